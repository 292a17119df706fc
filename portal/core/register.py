"""The register: one small row for each partner and response, kept along with the store, so lists open no response."""

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from portal.core.mails import MailState
from portal.core.records import State
from portal.core.visits import VisitState


class PartnerRow(Struct, frozen=True, kw_only=True, tag="partner"):
    """What lists show of a partner."""

    id: str
    name: str
    country: str
    business_type: str
    contact_name: str
    contact_email: str
    tags: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    identifiers: dict[str, str] = {}
    retired: date | None = None
    merged_into: str = ""


class ScoreRow(Struct, frozen=True, kw_only=True):
    """The score of a response in short; `verdicts` maps a judged criterion to its verdict.

    A criterion with must and should parts has two: its must stands in `verdicts`, its should in `should_parts`.
    `categories` maps a category id to its points and its possible points; `percent` is None for "no score".
    A response that left by an exit has no score at all: `certified_until` is the last day of its certificate.
    """

    percent: Decimal | None
    rating: str
    rating_label: str
    colour: str
    must_result: str
    must_result_label: str
    musts: int
    musts_met: int
    shoulds: int
    shoulds_met: int
    criticals_unmet: int
    categories: dict[str, tuple[Decimal, Decimal]] = {}
    verdicts: dict[str, str] = {}
    should_parts: dict[str, str] = {}
    certified_until: date | None = None


class ResponseRow(Struct, frozen=True, kw_only=True, tag="response"):
    """What lists show of a response; `score` is there once it is submitted.

    Of the `to_review` answers reviewers have `marked` some, `flagged` of them to be asked back; `rounds` counts how
    often it was sent back, and while it is, `due` is the date of that round. `assigned` is the id of who reviews it.
    `actions_due` are the dates of the open corrective actions that have one, findings among them, so that lists can
    count what is overdue; `findings_waiting` counts those on which staff have the next word. `decision` is the outcome
    of the newest decision, `valid_until` the last day that it holds; `events_waiting` nobody has looked at yet.
    """

    id: str
    partner: str
    questionnaire: str
    edition: str
    state: State
    invited: datetime
    due: date | None
    link_expires: datetime | None
    link_withdrawn: bool
    opened: datetime | None
    last_saved: datetime | None
    last_section: str
    submitted: datetime | None
    answered: int
    asked: int
    evidence: int
    score: ScoreRow | None = None
    open_questions: int = 0
    site: str = ""
    group: str = ""
    open_actions: int = 0
    actions_due: tuple[date, ...] = ()
    reminders_stopped: bool = False
    to_review: int = 0
    marked: int = 0
    flagged: int = 0
    rounds: int = 0
    assigned: str = ""
    open_findings: int = 0
    findings_waiting: int = 0
    decision: str = ""
    valid_until: date | None = None
    events_waiting: int = 0

    def overdue_actions(self, on: date) -> int:
        """How many open corrective actions are past their date."""
        return sum(due < on for due in self.actions_due)


class MailRow(Struct, frozen=True, kw_only=True, tag="mail"):
    """What lists show of a mail, and what says when it is tried next."""

    id: str
    to: str
    letter: str
    partner: str
    response: str
    campaign: str
    step: str
    state: MailState
    queued: datetime
    next_try: datetime
    sent: datetime | None
    tries: int
    error: str


class VisitRow(Struct, frozen=True, kw_only=True, tag="visit"):
    """What lists show of a visit: when, who, and how many of its questions have a result."""

    id: str
    partner: str
    response: str
    site: str
    state: VisitState
    planned_from: date
    planned_until: date
    team: tuple[str, ...]
    asked: int
    marked: int
    otherwise: int


Row = PartnerRow | ResponseRow | MailRow | VisitRow

CERTIFIED, ENDED = "certified", "certificate-expired"


def rated(score: ScoreRow, on: date) -> ScoreRow:
    """A score as it reads on a day: where a certificate stands in its place, it is good or it has ended."""
    if score.certified_until is None:
        return score
    good = score.certified_until >= on
    rating, label, colour = (CERTIFIED, "Certified", "green") if good else (ENDED, "Certificate expired", "amber")
    return replace(score, rating=rating, rating_label=label, colour=colour, must_result=rating, must_result_label=label)
