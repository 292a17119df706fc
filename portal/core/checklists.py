"""Which questions of a response a visit looks at, and how they stand on its checklist."""

from collections.abc import Collection

from msgspec import Struct

from portal.core.asking import Outline
from portal.core.questionnaire import Kind, Question, Questionnaire, Section
from portal.core.visits import Result, Visit
from portal.core.worth import Obligation

# What nobody can walk up to and look at.
NOT_THERE_TO_SEE = frozenset({Kind.STATEMENT, Kind.AGREEMENT, Kind.SIGNATURE})


class CheckPart(Struct, frozen=True, kw_only=True):
    """A section with those of its questions that are to be looked at, and how many have a result."""

    section: Section
    questions: tuple[Question, ...]
    marked: int = 0
    otherwise: int = 0


def checkable(seen: Outline) -> list[CheckPart]:
    """The sections of a response with all that could be looked at on site."""
    parts = [
        CheckPart(
            section=part.section,
            questions=tuple(one for one in part.questions if one.kind not in NOT_THERE_TO_SEE),
        )
        for part in seen.sections
    ]
    return [part for part in parts if part.questions]


def in_scope(seen: Outline, sections: Collection[str], *, musts_only: bool) -> tuple[str, ...]:
    """The questions of some sections, in the order asked; with `musts_only` those on musts and the critical ones."""
    return tuple(
        question.id
        for part in checkable(seen)
        if part.section.id in sections
        for question in part.questions
        if not musts_only or question.obligation is Obligation.MUST or question.critical
    )


def checklist(visit: Visit, questionnaire: Questionnaire) -> list[CheckPart]:
    """The checklist of a visit, section by section, in the order asked."""
    planned = frozenset(visit.questions)
    parts = []
    for section in questionnaire.sections:
        questions = tuple(one for one in section.questions if one.id in planned)
        results = [visit.result_of(one.id) for one in questions]
        if questions:
            parts.append(
                CheckPart(
                    section=section,
                    questions=questions,
                    marked=sum(result is not None for result in results),
                    otherwise=results.count(Result.OTHERWISE),
                )
            )
    return parts
