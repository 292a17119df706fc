"""Whether a certificate lets a partner leave early, until when it is good, and what is then still asked."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from portal.core.conditions import Lookup, Test, holds
from portal.core.judging import months_after
from portal.core.questionnaire import Question, Questionnaire, Section
from portal.core.records import Answer, Response, State
from portal.core.rules import Exit

Proved = Callable[[Question], bool]
STILL_OPEN = frozenset({State.INVITED, State.STARTED, State.RETURNED})


class ExitState(Struct, frozen=True, kw_only=True):
    """An exit that a partner says it may take: until when its certificate is good, and what proof is missing."""

    exit: Exit
    until: date | None
    unproved: tuple[str, ...]
    on: date

    @property
    def ended(self) -> bool:
        """Whether the certificate has run out."""
        return self.until is not None and self.until < self.on

    @property
    def open(self) -> bool:
        """Whether the partner may leave by it."""
        return self.until is not None and not self.ended and not self.unproved


class Asked(Struct, frozen=True, kw_only=True, dict=True):
    """The questions that are asked, by section id, and the exit that the answers claim, open or not.

    `answers` are those that decided it, each arranged as its question is asked.
    """

    shown: dict[str, tuple[Question, ...]]
    answers: Mapping[str, Answer]
    exit: ExitState | None = None

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions by id."""
        return {question.id: question for questions in self.shown.values() for question in questions}


class Certified(Struct, frozen=True, kw_only=True):
    """What a response shows in place of a score once it left by an exit."""

    exit: str
    title: str
    until: date


def day_of(response: Response, on: date | None = None) -> date:
    """The day as of which a response is read, so that looking later changes nothing.

    The day it was submitted; while it is still open `on`, and where that is left out the day it was last saved.
    """
    if response.submitted is not None and response.state not in STILL_OPEN:
        return response.submitted.date()
    return on or (response.last_saved or response.invited).date()


def certified_by(state: ExitState | None) -> Certified | None:
    """The certificate of an exit that is open."""
    if state is None or state.until is None or not state.open:
        return None
    return Certified(exit=state.exit.id, title=state.exit.title, until=state.until)


def claimed(
    exits: Iterable[Exit], shown: Mapping[str, Question], lookup: Lookup, proved: Proved, on: date
) -> ExitState | None:
    """The first exit that is open; where none is, the first that the answers claim."""
    states = [_state(one, shown, lookup, proved, on) for one in exits if holds(one.when, lookup)]
    return next((state for state in states if state.open), states[0] if states else None)


def _state(exit: Exit, shown: Mapping[str, Question], lookup: Lookup, proved: Proved, on: date) -> ExitState:
    return ExitState(
        exit=exit,
        until=_good_until(exit, lookup),
        unproved=tuple(id for id in exit.proof if id not in shown or not proved(shown[id])),
        on=on,
    )


def _good_until(exit: Exit, lookup: Lookup) -> date | None:
    """The last day on which the certificate is good; None while a date that decides it is not given."""
    ends = []
    for id, months in ((exit.valid_until, 0), (exit.checked, exit.review_months)):
        if not id:
            continue
        found = lookup(Test(operator="is", operand=(), question=id))
        if not isinstance(found, str):
            return None
        ends.append(months_after(date.fromisoformat(found), months))
    return min(ends, default=None)


def left_over(questionnaire: Questionnaire, exit: Exit) -> tuple[Section, ...]:
    """The sections that are still asked while an exit is open, cut down to what is asked of them."""
    return tuple(part for section in questionnaire.sections if (part := still_asked(section, exit)) is not None)


def still_asked(section: Section, exit: Exit) -> Section | None:
    """What is left of a section while an exit is open, or None where nothing is."""
    if section.id in exit.keep:
        return replace(section, questions=tuple(one for one in section.questions if one.id not in exit.skip))
    own = set(exit.looks_at)
    last = max((place for place, one in enumerate(section.questions, 1) if one.id in own), default=0)
    return replace(section, questions=section.questions[:last]) if last else None
