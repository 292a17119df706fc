"""What belongs to the people who sign in, beside themselves: links to choose a password, and the audit book."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from portal.core.record import Record


class Purpose(StrEnum):
    """Why somebody is given a link to choose a password."""

    INVITATION = "invitation"
    RESET = "reset"


class Entry(Record, frozen=True, kw_only=True):
    """A link by which a person chooses a password, once. The id is the SHA-256 of its secret in hexadecimal.

    It works only while `Person.entry` names it, so that a later link or another password ends it.
    """

    kind: ClassVar[str] = "entry"

    person: str
    purpose: Purpose
    expires: datetime


class Audit(Record, frozen=True, kw_only=True):
    """A month of one subject that belongs to no other record, such as exports. Its history is all that it says."""

    kind: ClassVar[str] = "audit"
    keeps_history: ClassVar[bool] = True


EXPORTS, STRANGERS = "exports", "strangers"


def audit_id(subject: str, at: datetime) -> str:
    """The id of a subject's book of a month."""
    return f"{subject}-{at:%Y-%m}"
