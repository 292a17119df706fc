"""What the partner has to correct: findings, and what it promised itself; one page, on the same link."""

from collections.abc import Sequence
from datetime import date
from typing import IO

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.actions import STATES, actions_of, by_date, form_of
from portal.core.answering import Given
from portal.core.casework import FindingStep, Move, Severity, Stand
from portal.core.errors import NotAllowed, Problem, Refused
from portal.core.findings import PARTNERS, due_of, is_overdue, sent_to_partner, taken_up
from portal.core.questionnaire import Questionnaire
from portal.core.records import Response
from portal.core.reports import Progress
from portal.core.steps import Lift, cheapest_steps
from portal.core.wording import phrase
from portal.usecases import correcting, reporting
from portal.usecases.portal import provisional_of, score_of
from portal.usecases.secrets import new_id
from portal.web import here
from portal.web.partner import mine

bp = Blueprint("actions", __name__)

COLOURS = {Progress.PLANNED: "grey", Progress.UNDER_WAY: "amber", Progress.DONE: "green"}
WORDS = {option.id: option.label for option in STATES}
STANDS = {
    Stand.OPEN: (phrase("Say what you will do"), "red"),
    Stand.PROPOSED: (phrase("We are reading what you propose"), "grey"),
    Stand.AGREED: (phrase("Agreed: correct it and send proof"), "amber"),
    Stand.PROVED: (phrase("We are checking your proof"), "grey"),
    Stand.CLOSED: (phrase("Checked and closed"), "green"),
    Stand.WAIVED: (phrase("No longer required"), "grey"),
}
STEPS = {
    Move.PROPOSE: phrase("You proposed"),
    Move.AGREE: phrase("Agreed"),
    Move.ASK_AGAIN: phrase("We ask you again"),
    Move.PROVE: phrase("You sent proof"),
    Move.VERIFY: phrase("Checked and closed"),
    Move.WAIVE: phrase("No longer required"),
    Move.REOPEN: phrase("Opened again"),
}
SEVERITIES = {
    Severity.CRITICAL: (phrase("Critical"), "red"),
    Severity.MAJOR: (phrase("Major"), "amber"),
    Severity.MINOR: (phrase("Minor"), "grey"),
}
# What the partner can do about a finding: the first is offered openly, the rest can be unfolded.
OFFERED = {
    Stand.OPEN: (Move.PROPOSE,),
    Stand.PROPOSED: (Move.PROPOSE,),
    Stand.AGREED: (Move.PROVE, Move.PROPOSE),
    Stand.PROVED: (Move.PROVE,),
    Stand.CLOSED: (),
    Stand.WAIVED: (),
}


@bp.get("/partner/responses/<response_id>/actions")
def show(response_id: str) -> ResponseReturnValue:
    """Every finding and every corrective action of the response, what is open first."""
    return _page(response_id, "", [])


def _page(response_id: str, typed: str, problems: Sequence[Problem]) -> str:
    """The page; `typed` names the form that was sent and comes back with what was written in it."""
    response, questionnaire = mine(response_id)
    return render_template(
        "partner/actions.html",
        response=response,
        actions=by_date(actions_of(questionnaire, response)),
        followed=taken_up(response),
        findings=sent_to_partner(response),
        questions={one.id: one for one in questionnaire.questions},
        lift=_lift(response, questionnaire),
        stands=STANDS,
        steps=STEPS,
        severities=SEVERITIES,
        offered=OFFERED,
        due_of=due_of,
        is_overdue=is_overdue,
        today=here.now().date(),
        words=WORDS,
        colours=COLOURS,
        typed=typed,
        problems=problems,
        form_id=new_id,
        notice=request.args.get("done"),
    )


def _lift(response: Response, questionnaire: Questionnaire) -> Lift | None:
    """The cheapest steps to a better rating; nothing of a score is told before something was decided."""
    judged = score_of(response, questionnaire) if response.decisions else None
    return cheapest_steps(questionnaire, provisional_of(response, questionnaire) or judged) if judged else None


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
    try:
        reporting.report(
            here.portal(), access, question_id, given, _files(name), form=request.form.get("form", ""), now=here.now()
        )
    except Refused as fact:
        return _page(response_id, question_id, fact.problems), 422
    back = url_for(".show", response_id=response_id, done="reported", _anchor=f"action-{question_id}")
    return redirect(back, code=303)


@bp.post("/partner/responses/<response_id>/findings/<finding_id>")
def answer(response_id: str, finding_id: str) -> ResponseReturnValue:
    """Say what will be done about a finding, or prove that it is done."""
    move = request.form.get("move", "")
    if move not in list(PARTNERS):
        raise NotAllowed(phrase("This step cannot be taken now."))
    name = f"{move}-{finding_id}"
    step = FindingStep(
        id=request.form.get("form", ""),
        move=Move(move),
        at=here.now(),
        by=here.access(response_id).name,
        text=request.form.get(f"{name}-text", ""),
        who=request.form.get(f"{name}-who", ""),
        due=_day(request.form.get(f"{name}-due", "")),
        compensating=f"{name}-compensating" in request.form,
    )
    access = here.access(response_id)
    try:
        correcting.answer_finding(
            here.portal(), access, finding_id, step, _files(name), where=f"{name}-", now=here.now()
        )
    except Refused as fact:
        return _page(response_id, name, fact.problems), 422
    back = url_for(".show", response_id=response_id, done="finding-answered", _anchor=f"finding-{finding_id}")
    return redirect(back, code=303)


def _files(name: str) -> list[tuple[str, IO[bytes]]]:
    """The files that a form brought along."""
    return [(one.filename, one.stream) for one in request.files.getlist(f"{name}-evidence") if one.filename]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
