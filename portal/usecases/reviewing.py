"""What reviewers do with a response: they fill in the parts of the questionnaire that are theirs."""

from collections.abc import Mapping
from datetime import datetime

from portal.core.answering import Given
from portal.core.records import Response
from portal.core.reviewing import save_review
from portal.usecases.answering import Saved, checked
from portal.usecases.portal import Portal


def save_review_answers(
    portal: Portal, response_id: str, given: Mapping[str, tuple[Given, int | None]], *, by: str, now: datetime
) -> Saved:
    """Save what a reviewer says, each answer with the version it was changed from.

    What is malformed is refused by question, what another reviewer saved first is told, everything else is kept.
    """
    with portal.store.transaction((Response, response_id), by=by, at=now) as records:
        before = records.get(Response, response_id)
        review = portal.edition(before.edition).review
        questions = [question for section in review for question in section.questions]
        saves, refused = checked(questions, given, before.review_answers, now)
        response, stale = save_review(before, saves, by=by, now=now)
        if response != before:
            records.put(response, "reviewed")
    return Saved(before=before, response=response, refused=refused, stale=stale)
