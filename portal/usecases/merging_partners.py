"""Partners that are one company: found by likeness, merged in one step, told in one time line."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from portal.core.errors import Problem, Refused
from portal.core.history import Event
from portal.core.likeness import Company, Likeness, Twin
from portal.core.mails import Mail
from portal.core.merging import gone_into, merged
from portal.core.records import Partner, Response
from portal.core.register import PartnerRow
from portal.core.timeline import Moment, timeline
from portal.core.visits import Visit
from portal.store.protocol import Key, Transaction
from portal.usecases.mailing import mail_rows
from portal.usecases.partner_lines import is_open, response_rows
from portal.usecases.partners import partner_rows
from portal.usecases.portal import Portal
from portal.usecases.visits import visit_rows

NOT_TWO = "Choose another partner than this one."
BOTH_OPEN = "Both have an invitation that is not answered yet; withdraw one of them first."
RETIRED = "“%(name)s” is retired; bring it back first."


def company_of(row: PartnerRow) -> Company:
    """What of a partner is compared with others."""
    return Company(
        id=row.id,
        name=row.name,
        country=row.country,
        email=row.contact_email,
        other_names=row.other_names,
        identifiers=row.identifiers,
    )


def likeness_of(portal: Portal) -> Likeness:
    """All partners that we work with, to be compared with."""
    return Likeness(company_of(row) for row in partner_rows(portal))


def twins_of(portal: Portal, id: str) -> list[Twin]:
    """The partners that may be the same company as this one."""
    own = [row for row in partner_rows(portal) if row.id == id]
    return [twin for row in own for twin in likeness_of(portal).twins(company_of(row))]


def merge_partners(portal: Portal, keep: str, twin: str, *, by: str, now: datetime) -> Partner:
    """Let `keep` have all that is known of the twin and all of its responses; the twin is retired. All or nothing."""
    if keep == twin:
        raise Refused([Problem("twin", NOT_TWO)])
    while True:
        moving = _naming(portal, twin)
        keys: list[Key] = [(Partner, keep), (Partner, twin), *moving]
        with portal.store.transaction(*keys, by=by, at=now) as records:
            # Somebody may have invited the twin between looking and locking; under its lock nobody can.
            if _naming(portal, twin) == moving:
                return _merge(portal, records, keep, twin, moving, by, now)


def _naming(portal: Portal, partner: str) -> list[Key]:
    """The records that name a partner: its responses, the mails about them, the visits to it."""
    responses = ((Response, row.id) for row in response_rows(portal, partner))
    mails = ((Mail, row.id) for row in mail_rows(portal) if row.partner == partner)
    seen = ((Visit, row.id) for row in visit_rows(portal, partner=partner))
    return sorted([*responses, *mails, *seen], key=lambda key: (key[0].kind, key[1]))


def _merge(
    portal: Portal, records: Transaction, keep: str, twin: str, moving: list[Key], by: str, now: datetime
) -> Partner:
    kept, gone = records.get(Partner, keep), records.get(Partner, twin)
    for one in (kept, gone):
        if one.retired is not None:
            raise Refused([Problem("twin", RETIRED, {"name": one.name})])
    if all(any(is_open(row) for row in response_rows(portal, id)) for id in (keep, twin)):
        raise Refused([Problem("twin", BOTH_OPEN)])
    both = merged(kept, gone)
    records.put(both, f"merged with {gone.name} ({gone.id})")
    records.put(gone_into(gone, kept, by=by, now=now), f"merged into {kept.name} ({kept.id})")
    for kind, id in moving:
        records.put(replace(records.get(kind, id), partner=keep), "moved to another partner")
    return both


def timeline_of(portal: Portal, id: str) -> list[Moment]:
    """Everything that happened to a partner, to those that were merged into it and to its responses, newest first."""
    responses = {row.id: portal.store.history(Response, row.id) for row in response_rows(portal, id)}
    return timeline(_events_of(portal, id), responses)


def _events_of(portal: Portal, id: str) -> Iterator[Event]:
    yield from portal.store.history(Partner, id)
    for row in partner_rows(portal, retired=True):
        if row.merged_into == id:
            yield from _events_of(portal, row.id)
