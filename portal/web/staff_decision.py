"""The decision for staff: what the outcome table proposes and why, the reviewer's word, the letter to the partner."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.casework import Decision, Outcome
from portal.core.errors import Problem, Refused
from portal.core.findings import unsent
from portal.languages.tongues import tongue
from portal.usecases import deciding
from portal.usecases.decision_letters import letter
from portal.usecases.reporting import FORM_ID
from portal.usecases.secrets import new_id
from portal.web import here
from portal.web.staff_pages import again
from portal.web.staff_responses import open_response, page

bp = Blueprint("staff_decision", __name__)

OUTCOMES = {
    Outcome.APPROVED: "Approved",
    Outcome.WITH_ACTIONS: "Approved, with actions",
    Outcome.REFUSED: "Refused",
}
COLOURS = {Outcome.APPROVED: "green", Outcome.WITH_ACTIONS: "amber", Outcome.REFUSED: "red"}


@bp.get("/staff/responses/<response_id>/decision")
def show(response_id: str) -> ResponseReturnValue:
    """What was decided so far, and room to decide."""
    return _page(response_id, [])


def _page(response_id: str, problems: Sequence[Problem]) -> str:
    opened = open_response(response_id)
    found = deciding.proposed(here.portal(), opened.response, here.now())
    outcome = _outcome() or found.outcome
    until = request.form.get("valid_until", str(found.valid_until or ""))
    standard = letter(here.portal(), opened.response, outcome, day(until), here.today()) if outcome else ""
    typed = _letter()
    return page(
        "staff/decision.html",
        opened,
        proposal=found,
        outcomes=OUTCOMES,
        colours=COLOURS,
        outcome=outcome,
        valid_until=until,
        reason=request.form.get("reason", ""),
        standard=standard,
        letter=typed or standard,
        preview=request.form.get("do") == "preview",
        waiting=unsent(opened.response),
        tongue=tongue,
        form_id=new_id(),
        problems=problems,
        today=here.today(),
        notice=request.args.get("done"),
    )


def _outcome() -> Outcome | None:
    text = request.form.get("outcome", "")
    return Outcome(text) if text in list(Outcome) else None


def _letter() -> str:
    """The letter where it was changed; nothing where it is the standard one of what was chosen before."""
    typed, standard = (
        request.form.get(name, "").replace("\r\n", "\n").strip() for name in ("letter", "standard")
    )  # fmt: skip
    return "" if typed == standard else typed


def day(text: str) -> date | None:
    """A day of a form, None where there is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@bp.post("/staff/responses/<response_id>/decision")
def decide(response_id: str) -> ResponseReturnValue:
    """Look at the letter first, or decide and send it."""
    outcome, form = _outcome(), request.form.get("form", "")
    if request.form.get("do") == "preview":
        return _page(response_id, [])
    if outcome is None:
        return again(partial(_page, response_id), Refused([Problem("outcome", "Choose what you decide.")]))
    typed = Decision(
        id=form if FORM_ID.fullmatch(form) else new_id(),
        outcome=outcome,
        proposed=None,
        letter=_letter(),
        language="",
        at=here.now(),
        by=here.person().id,
        reason=request.form.get("reason", ""),
        valid_until=day(request.form.get("valid_until", "")),
    )
    try:
        deciding.decide(here.portal(), response_id, typed, now=here.now())
    except Refused as fact:
        return again(partial(_page, response_id), fact)
    return redirect(url_for(".show", response_id=response_id, done="decided"), code=303)
