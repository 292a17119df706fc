"""The parts of a questionnaire that reviewers alone fill in; no partner sees them and no score knows of them."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from portal.core.asking import asked_in, shown_sections
from portal.core.errors import Stale
from portal.core.lifecycle import Saved, merged
from portal.core.questionnaire import Question, Questionnaire, Section
from portal.core.records import Response


class ReviewPart(Struct, frozen=True, kw_only=True):
    """A reviewers' section with the questions that are asked now."""

    section: Section
    questions: tuple[Question, ...]


def reviewed(questionnaire: Questionnaire, response: Response) -> tuple[ReviewPart, ...]:
    """What reviewers are asked about a response; conditions see the partner's visible answers and their own."""
    now = asked_in(questionnaire, response)
    answers = {**{id: said for id, said in now.answers.items() if id in now.questions}, **response.review_answers}
    asked = shown_sections(questionnaire.review, answers, response.facts, set())
    return tuple(
        ReviewPart(section=section, questions=asked[section.id])
        for section in questionnaire.review
        if section.id in asked
    )


def review_question(questionnaire: Questionnaire, id: str) -> Question | None:
    """The question of that id in a reviewers' section."""
    return next((one for section in questionnaire.review for one in section.questions if one.id == id), None)


def save_review(
    response: Response, saves: Iterable[Saved], *, by: str, now: datetime
) -> tuple[Response, dict[str, Stale]]:
    """The response with what a reviewer says of it; the partner's answers and the score stay as they are."""
    answers, stale = merged(response.review_answers, saves, by=by, now=now)
    return replace(response, review_answers=answers), stale
