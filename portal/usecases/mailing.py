"""The queue of mails: put in with what they are about, looked at, stopped or tried again by people."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from portal.core.errors import NotFound
from portal.core.mails import Mail, MailState, by_hand
from portal.core.records import Partner, Record, Response
from portal.core.register import MailRow
from portal.usecases.inviting import Along
from portal.usecases.portal import Portal
from portal.usecases.secrets import new_id

MAILS_A_PAGE = 50


def mail_to(
    partner: Partner,
    response: Response,
    letter: str,
    *,
    by: str,
    now: datetime,
    id: str = "",
    language: str = "",
    campaign: str = "",
    step: str = "",
    note: str = "",
    form: bool = False,
) -> Mail:
    """A mail to the partner's contact about a response, due at once; in the language the contact reads in."""
    return Mail(
        id=id or new_id(),
        to=partner.contact_email,
        letter=letter,
        language=language or response.language,
        queued=now,
        queued_by=by,
        next_try=now,
        partner=partner.id,
        response=response.group or response.id,
        campaign=campaign,
        step=step,
        note=note,
        form=form,
    )


def queue(portal: Portal, mail: Mail, *, by: str, now: datetime) -> bool:
    """Keep a mail until it is sent; False where one of that id is kept already, so that asking twice is harmless."""
    with portal.store.transaction((Mail, mail.id), by=by, at=now) as records:
        if records.find(Mail, mail.id) is not None:
            return False
        records.put(mail, "mail queued")
    return True


def invitations_mailed(portal: Portal, *, by: str, now: datetime) -> Along:
    """What is kept along with invitations that are to be mailed as well: a mail for each."""

    def along(responses: Sequence[Response]) -> list[tuple[Record, str]]:
        partners = [portal.store.get(Partner, one.partner) for one in responses]
        return [
            (mail_to(partner, one, "invitation", by=by, now=now), "mail queued")
            for partner, one in zip(partners, responses, strict=True)
        ]

    return along


class MailList(Struct, frozen=True, kw_only=True):
    """One page of the mails, newest first, with how many there are in each state."""

    rows: list[MailRow]
    counts: dict[MailState, int]
    total: int
    found: int
    page: int
    pages: int


def mail_rows(portal: Portal) -> list[MailRow]:
    """All mails as lists show them, newest first."""
    rows = [row for row in portal.store.rows(MailRow) if isinstance(row, MailRow)]
    return sorted(rows, key=lambda row: (row.queued, row.id), reverse=True)


def mails_about(portal: Portal, response: Response) -> list[MailRow]:
    """The mails about a response and the other sites of its invitation, newest first."""
    return [row for row in mail_rows(portal) if row.response == (response.group or response.id)]


def list_mails(portal: Portal, state: str, text: str, page: int) -> MailList:
    """The mails in a state, all where it is empty, whose address or partner holds a text."""
    rows = mail_rows(portal)
    found = [
        row for row in rows if state in ("", row.state) and text.casefold() in f"{row.to} {row.partner}".casefold()
    ]
    pages = max(1, -(-len(found) // MAILS_A_PAGE))
    page = min(max(page, 1), pages)
    return MailList(
        rows=found[(page - 1) * MAILS_A_PAGE : page * MAILS_A_PAGE],
        counts=_counts(row.state for row in rows),
        total=len(rows),
        found=len(found),
        page=page,
        pages=pages,
    )


def _counts(states: Iterable[MailState]) -> dict[MailState, int]:
    counted = Counter(states)
    return {state: counted[state] for state in MailState}


STEPS = {"cancel": "mail cancelled", "again": "mail to be tried again", "came-back": "mail came back"}


def change_mail(portal: Portal, id: str, step: str, *, by: str, now: datetime) -> Mail:
    """Cancel a mail, try it again at once, or note that it came back."""
    known = portal.store.find(Mail, id)
    if known is None or step not in STEPS:
        raise NotFound("There is no such mail.")
    partner = portal.store.find(Partner, known.partner)
    with portal.store.transaction((Mail, id), by=by, at=now) as records:
        mail = records.get(Mail, id)
        changed = by_hand(mail, step, partner.contact_email if partner else mail.to, now)
        records.put(changed, STEPS[step])
    return changed
