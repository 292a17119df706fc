"""The day's desk: what needs a person now, the oldest first, each number leading to its list. No response is opened."""

from collections.abc import Callable
from datetime import date, datetime

from msgspec import Struct

from portal.core.desk import THE_CLOCK, Clock, days_left
from portal.core.mails import MailState
from portal.core.visits import VisitState
from portal.usecases.mailing import mail_rows
from portal.usecases.partner_lines import Attention, PartnerLine, partner_lines
from portal.usecases.portal import Portal
from portal.usecases.visits import visit_rows

SHOWN = 5
BACK = frozenset({MailState.BOUNCED, MailState.FAILED})


class Sort(Struct, frozen=True):
    """One sort of work: its title, how its list is sorted, and the day that makes one older than another."""

    title: str
    sort: str
    since: Callable[[PartnerLine], date | None]


def _submitted(line: PartnerLine) -> date | None:
    return line.current.submitted.date() if line.current and line.current.submitted else None


def _saved(line: PartnerLine) -> date | None:
    return line.current.last_saved.date() if line.current and line.current.last_saved else None


def _due(line: PartnerLine) -> date | None:
    return line.current.due if line.current else None


def _action_due(line: PartnerLine) -> date | None:
    return min(line.scored.actions_due, default=None) if line.scored else None


def _valid(line: PartnerLine) -> date | None:
    return line.scored.valid_until if line.scored else None


def _certified(line: PartnerLine) -> date | None:
    return line.score.certified_until if line.score else None


# In the order in which the desk shows them.
WORK: dict[Attention, Sort] = {
    Attention.TO_REVIEW: Sort("Answers to review", "submitted", _submitted),
    Attention.TO_DECIDE: Sort("Reviewed, to be decided", "submitted", _submitted),
    Attention.QUESTION: Sort("Partners ask something", "saved", _saved),
    Attention.FINDINGS_WAIT: Sort("Proposals and proofs to look at", "actions", _action_due),
    Attention.EVENT: Sort("Partners report an event", "saved", _submitted),
    Attention.ACTIONS_OVERDUE: Sort("Corrective actions overdue", "actions", _action_due),
    Attention.OVERDUE: Sort("Answers overdue", "due", _due),
    Attention.RENEW: Sort("Approvals that have ended or end within 90 days", "valid", _valid),
    Attention.PROOF_ENDS: Sort("Certificates that have ended or end within 90 days", "rating", _certified),
}


class Task(Struct, frozen=True):
    """One partner in a pile, and the day that it is about; of a review also how many days are left."""

    line: PartnerLine
    day: date | None
    left: int | None = None


class Pile(Struct, frozen=True):
    """All work of one sort: how much there is, and the oldest of it."""

    attention: Attention
    title: str
    sort: str
    number: int
    oldest: tuple[Task, ...]


class Desk(Struct, frozen=True, kw_only=True):
    """The piles that are not empty, the mails that came back, visits that wait, and what is mine."""

    piles: tuple[Pile, ...]
    mails_back: int
    visits_open: int
    mine: int
    review_days: int


def clock(portal: Portal) -> Clock:
    """In how many days answers shall be reviewed."""
    return portal.store.find(Clock, THE_CLOCK) or Clock(id=THE_CLOCK)


def set_clock(portal: Portal, review_days: int, *, by: str, now: datetime) -> None:
    """Let reviews take so many days from now on."""
    with portal.store.transaction((Clock, THE_CLOCK), by=by, at=now) as records:
        records.put(Clock(id=THE_CLOCK, review_days=review_days), "review clock set")


def desk_of(portal: Portal, person: str, now: datetime) -> Desk:
    """What needs somebody now; `mine` counts what the person reviews."""
    lines, days, today = partner_lines(portal, now), clock(portal).review_days, now.date()
    piles = (_pile(attention, sort, lines, days, today) for attention, sort in WORK.items())
    return Desk(
        piles=tuple(pile for pile in piles if pile.number),
        mails_back=sum(row.state in BACK for row in mail_rows(portal)),
        visits_open=sum(_waits(row.state, row.planned_until, today) for row in visit_rows(portal)),
        mine=sum(line.current is not None and line.current.assigned == person for line in lines),
        review_days=days,
    )


def _waits(state: VisitState, until: date, today: date) -> bool:
    return state is VisitState.UNDER_WAY or (state is VisitState.PLANNED and until < today)


def _pile(attention: Attention, sort: Sort, lines: list[PartnerLine], days: int, today: date) -> Pile:
    mine = [line for line in lines if attention in line.attention]
    oldest = sorted(mine, key=lambda line: (sort.since(line) or date.max, line.partner.name.casefold()))[:SHOWN]
    tasks = tuple(_task(attention, line, sort.since(line), days, today) for line in oldest)
    return Pile(attention, sort.title, sort.sort, len(mine), tasks)


def _task(attention: Attention, line: PartnerLine, day: date | None, days: int, today: date) -> Task:
    clocked = attention in (Attention.TO_REVIEW, Attention.TO_DECIDE) and day is not None
    return Task(line, day, days_left(day, today, days) if clocked and day else None)
