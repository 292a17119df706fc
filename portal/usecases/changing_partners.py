"""Partners changed: what is kept of one edited, its certificate looked up, retired, brought back."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from portal.core.errors import NotAllowed, NotFound, Problem, Refused
from portal.core.partner_fields import Given, checked_fields
from portal.core.partners import Certificate, Retired
from portal.core.records import Partner, Response
from portal.core.tidying import Wrong, tidy
from portal.usecases.partner_lines import is_open, response_rows
from portal.usecases.partners import known_of, partner_rows
from portal.usecases.portal import Portal, score_of

LONGEST_REASON = 500
MEANWHILE = "Somebody has changed this partner meanwhile. Below is what you typed; open the page anew to see theirs."
STILL_OPEN = "This partner has an invitation that is not answered yet; withdraw it first."
NO_CERTIFICATE = "This response proves no certificate."
MERGED = "This partner was merged into another one and cannot be brought back."


def fingerprint(partner: Partner) -> str:
    """A mark of what is kept of a partner, by which a form tells that somebody else has changed it meanwhile."""
    return sha256(msgspec.json.encode(partner)).hexdigest()[:16]


def edit_partner(portal: Portal, id: str, given: Given, seen: str, *, by: str, now: datetime) -> Partner:
    """Change the fields that are given; Refused naming what is wrong, or where it is not as it was `seen`."""
    fields, problems = checked_fields(given, known_of(portal))
    if _name_is_taken(portal, id, fields.get("name", ""), fields.get("country", "")):
        problems.append(Problem("name", "Another partner in this country has this name already."))
    if problems:
        raise Refused(problems)

    def edited(partner: Partner) -> Partner:
        if seen != fingerprint(partner):
            raise Refused([Problem("", MEANWHILE)])
        if "certificates" in fields:
            fields["certificates"] = _still_checked(partner.certificates, fields["certificates"])
        return replace(partner, **fields)

    return _changed(portal, id, edited, "partner changed", by=by, now=now)


def _name_is_taken(portal: Portal, id: str, name: str, country: str) -> bool:
    others = (row for row in partner_rows(portal) if row.id != id)
    return any((row.name.casefold(), row.country) == (name.casefold(), country) for row in others)


def _still_checked(before: tuple[Certificate, ...], after: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    """The certificates as typed; of one that stays the same it is still known who looked it up last."""
    known = {(one.programme, one.number): one for one in before}
    kept = ((one, known.get((one.programme, one.number))) for one in after)
    return tuple(
        replace(one, last_checked=old.last_checked, checked_by=old.checked_by) if old else one for one, old in kept
    )


def check_certificate(portal: Portal, id: str, place: int, *, by: str, now: datetime) -> Partner:
    """Note that somebody looked a certificate up today, in the programme's own list."""

    def looked_up(partner: Partner) -> Partner:
        if place >= len(partner.certificates):
            raise NotFound("There is no such certificate.")
        found = list(partner.certificates)
        found[place] = replace(found[place], last_checked=now.date(), checked_by=by)
        return replace(partner, certificates=tuple(found))

    return _changed(portal, id, looked_up, "certificate checked", by=by, now=now)


def keep_certificate(portal: Portal, id: str, response_id: str, *, by: str, now: datetime) -> Partner:
    """Keep the certificate that a sent response proves among those of its partner; one kept before is renewed."""
    response = portal.store.get(Response, response_id)
    if response.partner != id:
        raise NotFound("There is no such response.")
    proved = score_of(response, portal.edition(response.edition)).certified
    if proved is None or response.submitted is None:
        raise NotAllowed(NO_CERTIFICATE)

    def certified(partner: Partner) -> Partner:
        others = tuple(one for one in partner.certificates if one.programme != proved.title)
        numbers = [one.number for one in partner.certificates if one.programme == proved.title]
        number = numbers[0] if numbers else ""
        new = Certificate(programme=proved.title, number=number, valid_until=proved.until)
        return replace(partner, certificates=(*others, new))

    return _changed(portal, id, certified, "certificate kept", by=by, now=now)


def retire_partner(portal: Portal, id: str, reason: str, *, by: str, now: datetime) -> Partner:
    """Take a partner out of lists, invitations and the summary; what it said is kept.

    Refused while an invitation of it is open.
    """
    try:
        why = tidy(reason, LONGEST_REASON)
    except Wrong as wrong:
        raise Refused([Problem("reason", wrong.text, wrong.values)]) from None

    def retired(partner: Partner) -> Partner:
        # Under the partner's lock nobody can invite it meanwhile.
        if any(is_open(row) for row in response_rows(portal, id)):
            raise Refused([Problem("reason", STILL_OPEN)])
        return partner if partner.retired else replace(partner, retired=Retired(since=now, by=by, reason=why))

    return _changed(portal, id, retired, "partner retired", by=by, now=now)


def bring_back(portal: Portal, id: str, *, by: str, now: datetime) -> Partner:
    """Work with a retired partner again."""

    def active(partner: Partner) -> Partner:
        if partner.retired and partner.retired.merged_into:
            raise NotAllowed(MERGED)
        return replace(partner, retired=None)

    return _changed(portal, id, active, "partner brought back", by=by, now=now)


def _changed(
    portal: Portal, id: str, change: Callable[[Partner], Partner], what: str, *, by: str, now: datetime
) -> Partner:
    with portal.store.transaction((Partner, id), by=by, at=now) as records:
        changed = change(records.get(Partner, id))
        records.put(changed, what)
    return changed
