"""What the partner has promised to correct, and what it reports about that: one page, on the same link."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.actions import STATES, actions_of, by_date, form_of
from portal.core.answering import Given
from portal.core.errors import Problem, Refused
from portal.core.reports import Progress
from portal.usecases import reporting
from portal.usecases.secrets import new_id
from portal.web import here
from portal.web.partner import mine

bp = Blueprint("actions", __name__)

COLOURS = {Progress.PLANNED: "grey", Progress.UNDER_WAY: "amber", Progress.DONE: "green"}
WORDS = {option.id: option.label for option in STATES}


@bp.get("/partner/responses/<response_id>/actions")
def show(response_id: str) -> ResponseReturnValue:
    """Every corrective action of the response, what is open first."""
    return _page(response_id, "", [])


def _page(response_id: str, typed: str, problems: Sequence[Problem]) -> str:
    """The page; `typed` is the question whose form was sent and comes back with what was written in it."""
    response, questionnaire = mine(response_id)
    return render_template(
        "partner/actions.html",
        response=response,
        actions=by_date(actions_of(questionnaire, response)),
        today=here.now().date(),
        words=WORDS,
        colours=COLOURS,
        typed=typed,
        problems=problems,
        form_id=new_id,
        notice=request.args.get("done"),
    )


@bp.post("/partner/responses/<response_id>/actions/<question_id>")
def report(response_id: str, question_id: str) -> ResponseReturnValue:
    """Add a report to one action."""
    access, name = here.access(response_id), form_of(question_id).id
    given = Given(
        value=request.form.get(name, ""),
        comment=request.form.get(f"{name}-comment", ""),
        other=request.form.get(f"{name}-other", ""),
        action_due=request.form.get(f"{name}-action-due", ""),
    )
    files = [(one.filename, one.stream) for one in request.files.getlist(f"{name}-evidence") if one.filename]
    try:
        reporting.report(
            here.portal(), access, question_id, given, files, form=request.form.get("form", ""), now=here.now()
        )
    except Refused as fact:
        return _page(response_id, question_id, fact.problems), 422
    back = url_for(".show", response_id=response_id, done="reported", _anchor=f"action-{question_id}")
    return redirect(back, code=303)
