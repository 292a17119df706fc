"""What the partner reads once it is decided, and what it tells us between the years."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.casework import Happening
from portal.core.errors import NotFound, Problem, Refused
from portal.core.happenings import OTHER
from portal.languages.tongues import tongue
from portal.usecases import deciding
from portal.usecases.reporting import FORM_ID
from portal.usecases.secrets import new_id
from portal.web import here
from portal.web.partner import mine

bp = Blueprint("letters", __name__)


@bp.get("/partner/responses/<response_id>/letter")
def show(response_id: str) -> ResponseReturnValue:
    """The letter of the decision that holds, to read and to print."""
    response, _ = mine(response_id)
    if not response.decisions:
        raise NotFound("There is no letter yet.")
    decision = response.decisions[-1]
    return render_template(
        "partner/letter.html", response=response, decision=decision, written_in=tongue(decision.language)
    )


@bp.get("/partner/responses/<response_id>/events")
def events(response_id: str) -> ResponseReturnValue:
    """What the partner has told us since it sent its answers, with room to tell more."""
    return _page(response_id, [])


def _page(response_id: str, problems: Sequence[Problem]) -> str:
    response, _ = mine(response_id)
    return render_template(
        "partner/events.html",
        response=response,
        kinds={one.id: one.label for one in here.portal().library.follow_up.events.values()},
        other=OTHER,
        own=[one for one in reversed(response.happenings) if not one.from_staff],
        problems=problems,
        form_id=new_id(),
        notice=request.args.get("done"),
    )


def told(by: str) -> Happening:
    """What was typed about an event."""
    form, day = request.form.get("form", ""), request.form.get("day", "")
    return Happening(
        id=form if FORM_ID.fullmatch(form) else new_id(),
        text=request.form.get("text", ""),
        at=here.now(),
        by=by,
        day=_day(day),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@bp.post("/partner/responses/<response_id>/events")
def report(response_id: str) -> ResponseReturnValue:
    """Tell us that something has happened."""
    access = here.access(response_id)
    try:
        deciding.report_event(here.portal(), access, told(access.name), request.form.get("event", ""), now=here.now())
    except Refused as fact:
        return _page(response_id, fact.problems), 422
    return redirect(url_for(".events", response_id=response_id, done="event-told"), code=303)
