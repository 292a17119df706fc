"""What happened at a partner between the years, for staff: what waits, what it concerns, what came of it."""

from collections.abc import Sequence
from functools import partial

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import Problem, Refused
from portal.core.happenings import OTHER
from portal.usecases import deciding
from portal.usecases.secrets import new_id
from portal.web import here
from portal.web.partner_letters import told
from portal.web.staff_pages import again
from portal.web.staff_responses import open_response, page

bp = Blueprint("staff_events", __name__)


@bp.get("/staff/responses/<response_id>/events")
def show(response_id: str) -> ResponseReturnValue:
    """Every event, the newest first."""
    return _page(response_id, [])


def _page(response_id: str, problems: Sequence[Problem]) -> str:
    opened = open_response(response_id)
    kinds = {one.id: one.label for one in here.portal().library.follow_up.events.values()}
    return page(
        "staff/events.html",
        opened,
        kinds={**kinds, OTHER: "Something else"},
        titles={section.id: section.title for section in opened.questionnaire.sections},
        problems=problems,
        form_id=new_id(),
        notice=request.args.get("done"),
    )


@bp.post("/staff/responses/<response_id>/events")
def record(response_id: str) -> ResponseReturnValue:
    """Keep what staff have heard."""
    open_response(response_id)
    try:
        deciding.record_event(here.portal(), response_id, told(here.person().id), request.form.get("event", ""))
    except Refused as fact:
        return again(partial(_page, response_id), fact)
    return redirect(url_for(".show", response_id=response_id, done="event-kept"), code=303)


@bp.post("/staff/responses/<response_id>/events/<event_id>")
def handle(response_id: str, event_id: str) -> ResponseReturnValue:
    """Note that somebody has looked at it."""
    try:
        deciding.handle_event(
            here.portal(), response_id, event_id, request.form.get("note", ""), by=here.person().id, now=here.now()
        )
    except Refused as fact:
        return again(partial(_page, response_id), fact)
    return redirect(url_for(".show", response_id=response_id, done="event-handled"), code=303)
