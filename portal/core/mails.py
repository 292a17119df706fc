"""A mail on its way: what is kept of it, when it is tried again, and what people may do with it. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from msgspec.structs import replace

from portal.core.errors import NotAllowed
from portal.core.record import Record


class MailState(StrEnum):
    """How far a mail has come."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    BOUNCED = "bounced"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Mail(Record, frozen=True, kw_only=True):
    """A mail to one address. It holds neither its text nor a link, so that no backup and no page can give one away.

    Both are made at the moment it is handed over: the text from `letter` (see `letters`) and the campaign's `note`,
    the link anew, of which the response keeps the hash as of any other. `step` is the reminder's day, counted from
    the due date, or says that it was sent by hand. `form` hangs the questionnaire on as a workbook.
    """

    kind: ClassVar[str] = "mail"
    keeps_history: ClassVar[bool] = True

    to: str
    letter: str
    language: str
    queued: datetime
    queued_by: str
    next_try: datetime
    partner: str = ""
    response: str = ""
    campaign: str = ""
    step: str = ""
    note: str = ""
    form: bool = False
    state: MailState = MailState.QUEUED
    tries: int = 0
    sent: datetime | None = None
    error: str = ""


# How long to wait after each try that came to nothing; three days in all, so that a server may be away over a weekend.
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=36),
)
# Whoever hands a mail over for longer than this has died; nobody can know whether it arrived.
LOST_AFTER = timedelta(minutes=15)
MAY_HAVE_GONE = "The connection ended while it was handed over. It may have arrived: ask, or try again."
CAME_BACK = "Somebody on our side saw that it came back."

# What people may do with a mail, by what it is now.
BY_HAND: dict[tuple[MailState, str], MailState] = {
    (MailState.QUEUED, "cancel"): MailState.CANCELLED,
    (MailState.QUEUED, "again"): MailState.QUEUED,
    (MailState.BOUNCED, "again"): MailState.QUEUED,
    (MailState.FAILED, "again"): MailState.QUEUED,
    (MailState.CANCELLED, "again"): MailState.QUEUED,
    (MailState.SENT, "came-back"): MailState.BOUNCED,
}


def is_due(state: MailState, next_try: datetime, now: datetime) -> bool:
    """Whether somebody has to look at a mail now: to hand it over, or because whoever did so has died."""
    return state in (MailState.QUEUED, MailState.SENDING) and next_try <= now


def taken(mail: Mail, now: datetime) -> Mail:
    """The mail while it is handed over."""
    return replace(mail, state=MailState.SENDING, tries=mail.tries + 1, next_try=now + LOST_AFTER)


def sent(mail: Mail, now: datetime) -> Mail:
    """The mail that a server has taken."""
    return replace(mail, state=MailState.SENT, sent=now, error="")


def put_off(mail: Mail, error: str, now: datetime) -> Mail:
    """The mail that waits for its next try; it has failed once all are used up."""
    if mail.tries > len(PAUSES):
        return ended(mail, MailState.FAILED, error)
    return replace(mail, state=MailState.QUEUED, error=error, next_try=now + PAUSES[mail.tries - 1])


def ended(mail: Mail, state: MailState, error: str) -> Mail:
    """The mail that will not be tried again by itself."""
    return replace(mail, state=state, error=error)


def by_hand(mail: Mail, step: str, to: str, now: datetime) -> Mail:
    """The mail after what somebody on our side did with it; tried again it goes to the address that counts now."""
    state = BY_HAND.get((mail.state, step))
    if state is None:
        raise NotAllowed("This cannot be done with this mail now. Look at it again.")
    if state is MailState.QUEUED:
        return replace(mail, state=state, to=to, tries=0, next_try=now, sent=None, error="")
    return replace(mail, state=state, error=CAME_BACK if state is MailState.BOUNCED else "")
