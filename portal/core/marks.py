"""What reviewers note on a response: a mark on each question, credits they set, rounds of asking back."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from portal.core.worth import Verdict


class Opinion(StrEnum):
    """What a reviewer says of an answer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    ASK_BACK = "ask-back"


class Mark(Struct, frozen=True, kw_only=True):
    """A reviewer's mark on one answer.

    `note` goes to the partner once the response is sent back; `staff_note` never does. `version` counts the saves, so
    that two reviewers do not overwrite each other.
    """

    opinion: Opinion = Opinion.OPEN
    note: str = ""
    staff_note: str = ""
    by: str = ""
    at: datetime | None = None
    version: int = 0


class Round(Struct, frozen=True, kw_only=True):
    """One time that a response was sent back: until when, with which message, and the note on each question.

    All of it was sent to the partner. `answered` is when the answers came back.
    """

    number: int
    sent: datetime
    by: str
    due: date
    message: str = ""
    notes: dict[str, str] = {}
    answered: datetime | None = None


class Override(Struct, frozen=True, kw_only=True):
    """The verdict and credit that a reviewer sets in place of what the answer earned; no credit: it does not apply."""

    verdict: Verdict
    credit: Decimal | None
    reason: str
    by: str
    at: datetime


class Alternative(Struct, frozen=True, kw_only=True):
    """What a reviewer thinks of a measure that the partner takes in place of the one asked for."""

    accepted: bool
    note: str = ""
    by: str
    at: datetime
