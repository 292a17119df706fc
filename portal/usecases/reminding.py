"""Reminding partners who have not sent their answers; whoever reminds twice reminds once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from portal.core.records import Partner, Response
from portal.core.register import ResponseRow
from portal.core.reminders import letter_of, step_due
from portal.core.sites import groups
from portal.usecases.groups import group_transaction
from portal.usecases.mailing import mail_to, queue
from portal.usecases.partner_lines import is_open, response_rows
from portal.usecases.portal import Portal

BY_HAND = "by hand"


class Reminded(Struct, frozen=True):
    """A reminder that was queued: to whom, about what, at which step."""

    partner: str
    response: str
    step: str
    to: str


def remind(portal: Portal, *, by: str, now: datetime) -> list[Reminded]:
    """Queue the reminders that the settings ask for today.

    The mail's id says response, due date and step, so that each is queued once, however often and by how many this is
    called; a due date that is moved begins anew.
    """
    queued = []
    for rows in wanting(response_rows(portal)):
        first = rows[0]
        step = step_due(first.due, first.invited.date(), portal.config.reminders, now.date()) if first.due else None
        if step is not None and (one := _queue(portal, first, f"{first.due}{step:+}", f"{step:+}", by, now)):
            queued.append(one)
    return queued


def wanting(rows: Iterable[ResponseRow]) -> list[list[ResponseRow]]:
    """The invitations on which something is still open and nobody has asked for silence."""
    return [sites for sites in groups(rows) if any(is_open(row) for row in sites) and not sites[0].reminders_stopped]


def remind_now(
    portal: Portal, responses: Sequence[str], *, by: str, now: datetime, campaign: str = ""
) -> list[Reminded]:
    """Remind those of these who have not answered and have not asked for silence, each at most once a day."""
    queued = []
    for rows in wanting(response_rows(portal)):
        if rows[0].id in responses:
            one = _queue(portal, rows[0], f"{now.date()}", BY_HAND, by, now, campaign)
            queued += [one] if one else []
    return queued


def _queue(
    portal: Portal, row: ResponseRow, place: str, step: str, by: str, now: datetime, campaign: str = ""
) -> Reminded | None:
    partner, response = portal.store.find(Partner, row.partner), portal.store.find(Response, row.id)
    if partner is None or partner.retired is not None or response is None:
        return None
    letter = letter_of(row.due, now.date()) if row.due else "reminder"
    id = f"reminder-{row.id}-{place.replace('+', 'p')}"
    mail = mail_to(partner, response, letter, by=by, now=now, id=id, step=step, campaign=campaign)
    if not queue(portal, mail, by=by, now=now):
        return None
    return Reminded(partner.id, row.id, step, mail.to)


def choose_reminders(portal: Portal, response_id: str, *, stop: bool, by: str, now: datetime) -> None:
    """Stop the reminders of an invitation, of all its sites, or take them up again."""
    stopped, what = (now, "reminders stopped") if stop else (None, "reminders taken up again")
    with group_transaction(portal, response_id, by=by, at=now) as (records, members):
        for one in members:
            if (one.reminders_stopped is None) == stop:
                records.put(replace(one, reminders_stopped=stopped), what)
