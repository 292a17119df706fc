"""Visits on site: what is planned, what was seen of each answer, and when a visit is over. Pure, like all rules."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from portal.core.errors import NotAllowed, NotFound, Problem, Refused
from portal.core.evidence import Evidence
from portal.core.record import Record

LONGEST_NOTE, LONGEST_REPORT, LONGEST_NAME, MOST_NAMES = 4000, 20_000, 80, 20


class VisitState(StrEnum):
    """How far a visit has come; `MOVES` says which step leads where."""

    PLANNED = "planned"
    UNDER_WAY = "under-way"
    DONE = "done"
    CANCELLED = "cancelled"


class Result(StrEnum):
    """What looking at the thing itself says of a declared answer."""

    VERIFIED = "verified"
    OTHERWISE = "not-as-declared"
    NOT_SEEN = "not-seen"


class Seen(Struct, frozen=True, kw_only=True):
    """What the team says of one question; without a result it is only a note.

    `found` is the option that would have been true, `declared` the version of the answer that was looked at: where
    the partner changes its answer later, what was seen says nothing of the new one. `version` counts the saves.
    """

    result: Result | None = None
    note: str = ""
    found: str = ""
    declared: int = 0
    version: int = 0
    by: str = ""
    at: datetime | None = None

    def says_the_same(self, other: "Seen") -> bool:
        """Whether both say the same of the same answer, whoever saved them and when."""
        mine, theirs = ((one.result, one.note, one.found, one.declared) for one in (self, other))
        return mine == theirs


class Plan(Struct, frozen=True, kw_only=True):
    """When, who, and which questions are to be looked at."""

    planned_from: date
    planned_until: date
    team: tuple[str, ...]
    questions: tuple[str, ...]
    musts_only: bool = False


class Visit(Record, frozen=True, kw_only=True):
    """A visit to one site of a partner, with the answers of one response as its checklist.

    `questions` is what is to be looked at, as it was planned; `photos` are tied to them. `left_out` says why some of
    them were not looked at.
    """

    kind: ClassVar[str] = "visit"
    keeps_history: ClassVar[bool] = True

    partner: str
    response: str
    site: str
    state: VisitState
    planned_from: date
    planned_until: date
    team: tuple[str, ...]
    questions: tuple[str, ...]
    made: datetime
    by: str
    musts_only: bool = False
    seen: dict[str, Seen] = {}
    photos: tuple[Evidence, ...] = ()
    report: str = ""
    left_out: str = ""
    began: datetime | None = None
    finished: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether something can still be filled in."""
        return self.state in (VisitState.PLANNED, VisitState.UNDER_WAY)

    @property
    def marked(self) -> int:
        """How many of the planned questions have a result."""
        return sum(self.result_of(id) is not None for id in self.questions)

    @property
    def otherwise(self) -> int:
        """How many answers were found not to be as declared."""
        return sum(self.result_of(id) is Result.OTHERWISE for id in self.questions)

    def result_of(self, question: str) -> Result | None:
        """The result of one question, None where it has none yet."""
        return self.seen[question].result if question in self.seen else None

    def photos_of(self, question: str) -> list[Evidence]:
        """The photos taken for one question."""
        return [item for item in self.photos if item.question == question]


# Which step leads where; a step that is not in the table cannot be taken.
MOVES: dict[tuple[VisitState, str], VisitState] = {
    (VisitState.PLANNED, "plan"): VisitState.PLANNED,
    (VisitState.UNDER_WAY, "plan"): VisitState.UNDER_WAY,
    (VisitState.PLANNED, "cancel"): VisitState.CANCELLED,
    (VisitState.PLANNED, "see"): VisitState.UNDER_WAY,
    (VisitState.UNDER_WAY, "see"): VisitState.UNDER_WAY,
    (VisitState.UNDER_WAY, "report"): VisitState.UNDER_WAY,
    (VisitState.UNDER_WAY, "finish"): VisitState.DONE,
}
OVER = "This visit is over; nothing in it changes any more."
WHY_NOT = {
    (VisitState.PLANNED, "report"): "Nothing has been looked at yet.",
    (VisitState.PLANNED, "finish"): "Nothing has been looked at yet.",
    (VisitState.UNDER_WAY, "cancel"): "This visit is under way. Finish it, and say why the rest was not looked at.",
}


def moved(visit: Visit, step: str) -> VisitState:
    """The state after a step, or NotAllowed with the reason."""
    state = MOVES.get((visit.state, step))
    if state is None:
        raise NotAllowed(WHY_NOT.get((visit.state, step), OVER))
    return state


def require_plan(plan: Plan) -> None:
    """Refused with everything that is wrong with a plan."""
    problems = []
    if plan.planned_until < plan.planned_from:
        problems.append(Problem("planned_until", "The last day lies before the first."))
    if not plan.team:
        problems.append(Problem("team", "Say who goes."))
    if len(plan.team) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in plan.team):
        problems.append(Problem("team", f"At most {MOST_NAMES} names, each of at most {LONGEST_NAME} signs."))
    if not plan.questions:
        problems.append(Problem("scope", "Tick at least one section that has something to look at."))
    if problems:
        raise Refused(problems)


def planned_anew(visit: Visit, plan: Plan) -> Visit:
    """The visit with another plan; what has been marked stays in it, whatever is ticked."""
    require_plan(plan)
    wanted = {*plan.questions, *visit.seen, *(photo.question for photo in visit.photos)}
    kept = [id for id in visit.questions if id in wanted]
    return replace(
        visit,
        state=moved(visit, "plan"),
        planned_from=plan.planned_from,
        planned_until=plan.planned_until,
        team=plan.team,
        questions=(*kept, *(id for id in plan.questions if id not in kept)),
        musts_only=plan.musts_only,
    )


def wrong_with(mark: Seen, question: str) -> list[Problem]:
    """What is wrong with a mark, at its field."""
    problems = []
    if mark.result is Result.OTHERWISE and not mark.note:
        problems.append(Problem(f"{question}-note", "Say what you found instead."))
    if len(mark.note) > LONGEST_NOTE:
        problems.append(Problem(f"{question}-note", f"A note has at most {LONGEST_NOTE} signs."))
    return problems


def see(visit: Visit, marks: Mapping[str, Seen], *, by: str, now: datetime) -> tuple[Visit, dict[str, Seen]]:
    """The visit with these marks, and what is kept where somebody else had marked first.

    Each mark carries the version it was changed from. One that says what is kept already changes nothing.
    """
    state, seen, overtaken = moved(visit, "see"), dict(visit.seen), {}
    for id, mark in marks.items():
        if id not in visit.questions:
            raise NotFound("This question is not part of the visit.")
        kept = seen.get(id, Seen())
        if kept.says_the_same(mark):
            continue
        if kept.version != mark.version:
            overtaken[id] = kept
            continue
        seen[id] = replace(mark, version=kept.version + 1, by=by, at=now)
    if seen == visit.seen:
        return visit, overtaken
    return replace(visit, state=state, seen=seen, began=visit.began or now), overtaken


def with_photos(visit: Visit, added: tuple[Evidence, ...], removed: frozenset[str], now: datetime) -> Visit:
    """The visit with more photos, and without some; the same photo of the same question is kept once."""
    state = moved(visit, "see")
    if any(item.question not in visit.questions for item in added):
        raise NotFound("This question is not part of the visit.")
    photos = [item for item in visit.photos if item.id not in removed]
    for item in added:
        if all((one.question, one.sha256) != (item.question, item.sha256) for one in photos):
            photos.append(item)
    if tuple(photos) == visit.photos:
        return visit
    return replace(visit, state=state, photos=tuple(photos), began=visit.began or now)


def with_report(visit: Visit, report: str) -> Visit:
    """The visit with what the team writes about it as a whole."""
    state = moved(visit, "report")
    if len(report) > LONGEST_REPORT:
        raise Refused([Problem("report", f"A report has at most {LONGEST_REPORT} signs.")])
    return replace(visit, state=state, report=report)


def finish(visit: Visit, left_out: str, now: datetime) -> Visit:
    """The visit once it is over: every question has a result, or it is said why some have none."""
    state, without = moved(visit, "finish"), len(visit.questions) - visit.marked
    if without and not left_out:
        say = f"{without} of {len(visit.questions)} questions have no result: mark them, or say why not."
        raise Refused([Problem("left_out", say)])
    if len(left_out) > LONGEST_NOTE:
        raise Refused([Problem("left_out", f"A reason has at most {LONGEST_NOTE} signs.")])
    return replace(visit, state=state, left_out=left_out if without else "", finished=now)


def cancel(visit: Visit) -> Visit:
    """The visit that will not take place."""
    return replace(visit, state=moved(visit, "cancel"))


def photo_of(visit: Visit, id: str) -> Evidence:
    """One photo of a visit, or NotFound."""
    for item in visit.photos:
        if item.id == id:
            return item
    raise NotFound("There is no such photo.")
