"""The parts of a response that reviewers fill in; they stand below the partner's answers."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import Problem, Stale
from portal.store.protocol import NotKept
from portal.usecases import reviewing
from portal.web import here, staff_responses
from portal.web.forms import Typed, section_form
from portal.web.review_form import drawn

bp = Blueprint("staff_reviewing", __name__)


@bp.post("/staff/responses/<response_id>/review")
def save(response_id: str) -> ResponseReturnValue:
    """Save what the reviewer says; where something cannot be kept, the page with it still there."""
    opened = staff_responses.open_response(response_id)
    asked = [question for section in opened.questionnaire.review for question in section.questions]
    typed = section_form(asked, request.form)
    given = {id: (one.given, one.version) for id, one in typed.items() if one.touched and one.take != "theirs"}
    try:
        saved = reviewing.save_review_answers(here.portal(), response_id, given, by=here.person().id, now=here.now())
    except NotKept as fact:
        unsaved = {id: [Problem(id, str(fact))] for id in given}
        return _again(response_id, typed, unsaved, {}), 503, {"Retry-After": "60"}
    if saved.refused or saved.stale:
        return _again(response_id, typed, saved.refused, saved.stale), 422 if saved.refused else 409
    return redirect(
        url_for("staff_responses.show", response_id=response_id, done="reviewed", _anchor="review"), code=303
    )


def _again(
    response_id: str,
    typed: Mapping[str, Typed],
    refused: Mapping[str, Sequence[Problem]],
    stale: Mapping[str, Stale],
) -> str:
    opened = staff_responses.open_response(response_id)
    parts = drawn(opened.response, opened.questionnaire, typed, refused, stale)
    told = [problem for problems in refused.values() for problem in problems]
    told += [Problem(id, "Another reviewer has answered this meanwhile.") for id in stale]
    return staff_responses.answers_page(response_id, told, parts)
