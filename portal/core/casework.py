"""What comes of a response once it is sent, as values: findings, decisions, and what happened between the years."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How much a finding matters."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Stand(StrEnum):
    """How far a finding has come; `findings.MOVES` says which move leads where."""

    OPEN = "open"
    PROPOSED = "proposed"
    AGREED = "agreed"
    PROVED = "proved"
    CLOSED = "closed"
    WAIVED = "waived"


class Move(StrEnum):
    """What can be done to a finding: the partner proposes and proves, everything else is the staff's."""

    PROPOSE = "propose"
    AGREE = "agree"
    ASK_AGAIN = "ask-again"
    PROVE = "prove"
    VERIFY = "verify"
    WAIVE = "waive"
    REOPEN = "reopen"


class FindingStep(Struct, frozen=True, kw_only=True):
    """One move of a finding, with what was said. `due` is the date proposed, or agreed; `evidence` are ids of files.

    With `compensating` the partner does something else that is as good, in place of what is required.
    """

    id: str
    move: Move
    at: datetime
    by: str
    text: str = ""
    who: str = ""
    due: date | None = None
    compensating: bool = False
    evidence: tuple[str, ...] = ()


class Finding(Struct, frozen=True, kw_only=True):
    """A stated gap between what a criterion asks and what was seen. The partner knows of it once it is `sent`.

    `due` is the date that was set when it was raised; `promised` marks one that took up a corrective action which
    the partner had promised with its answer.
    """

    id: str
    severity: Severity
    seen: str
    required: str
    due: date
    raised: datetime
    by: str
    cause: str = ""
    question: str = ""
    criterion: str = ""
    state: Stand = Stand.OPEN
    steps: tuple[FindingStep, ...] = ()
    sent: datetime | None = None
    promised: bool = False


class Outcome(StrEnum):
    """What was decided about a partner."""

    APPROVED = "approved"
    WITH_ACTIONS = "approved-with-actions"
    REFUSED = "refused"


class Decision(Struct, frozen=True, kw_only=True):
    """A decision on a response, and the letter that told the partner, as Markdown; a later one takes its place.

    `proposed` is what the outcome table led to, None where it led to nothing; `valid_until` is None for a refusal.
    """

    id: str
    outcome: Outcome
    proposed: Outcome | None
    letter: str
    language: str
    at: datetime
    by: str
    reason: str = ""
    valid_until: date | None = None


class Happening(Struct, frozen=True, kw_only=True):
    """Something that happened at the partner between the years; `event` is one of `follow-up.yaml`, empty for others.

    `sections` are those of the questionnaire that it concerns. It waits for staff until it is `handled`.
    """

    id: str
    text: str
    at: datetime
    by: str
    event: str = ""
    day: date | None = None
    from_staff: bool = False
    sections: tuple[str, ...] = ()
    handled: datetime | None = None
    handled_by: str = ""
    note: str = ""
