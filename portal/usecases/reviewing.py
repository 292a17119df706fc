"""What reviewers do with a response: they fill in the parts of the questionnaire that are theirs."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from portal.core import lifecycle
from portal.core.answering import Given, take
from portal.core.errors import Problem, Stale
from portal.core.records import Response
from portal.core.reviewing import review_question, save_review
from portal.usecases.portal import Portal


class Reviewed(Struct, frozen=True, kw_only=True):
    """What came of saving: the response now, what was refused, what another reviewer had saved first."""

    response: Response
    refused: dict[str, list[Problem]]
    stale: dict[str, Stale]


def save_review_answers(
    portal: Portal, response_id: str, given: Mapping[str, tuple[Given, int | None]], *, by: str, now: datetime
) -> Reviewed:
    """Save what a reviewer says, each answer with the version it was changed from.

    What is malformed is refused by question, what another reviewer saved first is told, everything else is kept.
    """
    with portal.store.transaction((Response, response_id), by=by, at=now) as records:
        before = records.get(Response, response_id)
        questionnaire = portal.edition(before.edition)
        saves, refused = [], dict[str, list[Problem]]()
        for id, (typed, version) in given.items():
            question = review_question(questionnaire, id)
            if question is None:
                refused[id] = [Problem(id, "There is no such question.")]
                continue
            answer, problems = take(question, typed, now.date(), before.review_answers.get(id))
            if problems:
                refused[id] = problems
            else:
                saves.append(lifecycle.Saved(question=question, answer=answer, version=version))
        response, stale = save_review(before, saves, by=by, now=now)
        if response != before:
            records.put(response, "reviewed")
    return Reviewed(response=response, refused=refused, stale=stale)
