"""Visits on site for staff: the list, planning, one visit as a whole, finishing it."""

from collections.abc import Callable, Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from portal.core.asking import outline
from portal.core.checklists import checkable, checklist
from portal.core.errors import Problem, Refused
from portal.core.history_steps import steps
from portal.core.visits import Visit, VisitState
from portal.usecases import visits
from portal.usecases.portal import score_of
from portal.usecases.visits import Planned, VisitLine
from portal.web import here
from portal.web.forms import VisitForm, checked, tidied
from portal.web.staff_pages import again
from portal.web.staff_responses import Opened, open_response, page

bp = Blueprint("staff_visits", __name__)

STATE_WORDS = {
    VisitState.UNDER_WAY: "Under way",
    VisitState.PLANNED: "Planned",
    VisitState.DONE: "Done",
    VisitState.CANCELLED: "Cancelled",
}
STATE_COLOURS = {
    VisitState.UNDER_WAY: "amber",
    VisitState.PLANNED: "lime",
    VisitState.DONE: "green",
    VisitState.CANCELLED: "grey",
}


class OpenedVisit(Struct, frozen=True):
    """A visit with the response that it checks and what belongs to that."""

    visit: Visit
    opened: Opened


def open_visit(visit_id: str) -> OpenedVisit:
    """The visit of that id with what belongs to it, or NotFound."""
    visit = here.portal().store.get(Visit, visit_id)
    return OpenedVisit(visit, open_response(visit.response))


def visit_page(template: str, found: OpenedVisit, **more: object) -> str:
    """A page about one visit."""
    return page(template, found.opened, visit=found.visit, words=STATE_WORDS, colours=STATE_COLOURS, **more)


@bp.get("/staff/visits")
def listing() -> ResponseReturnValue:
    """All visits: what is under way or coming up first."""
    partner, state = request.args.get("partner", ""), request.args.get("state", "")
    partners = visits.partners_visited(here.portal())
    wanted = {
        "partner": partner if partner in partners else "",
        "state": state if state in {one.value for one in VisitState} else "",
    }
    return render_template(
        "staff/visits.html",
        lines=visits.list_visits(here.portal(), **wanted),
        wanted=wanted,
        partners=partners,
        words=STATE_WORDS,
        colours=STATE_COLOURS,
        today=here.today(),
    )


@bp.get("/staff/responses/<response_id>/visits")
def of_response(response_id: str) -> ResponseReturnValue:
    """The visits that check one response, and what they have proved of it."""
    opened = open_response(response_id)
    judged = score_of(opened.response, opened.questionnaire)
    return page(
        "staff/response_visits.html",
        opened,
        lines=[VisitLine(row, "") for row in visits.visit_rows(here.portal(), response=response_id)],
        verified=visits.verified_of(here.portal(), opened.response, judged),
        words=STATE_WORDS,
        colours=STATE_COLOURS,
        today=here.today(),
    )


@bp.get("/staff/responses/<response_id>/visits/new")
def new_form(response_id: str) -> ResponseReturnValue:
    """What a plan needs: days, team, scope."""
    return _plan_page(open_response(response_id), None, [])


@bp.post("/staff/responses/<response_id>/visits/new")
def plan(response_id: str) -> ResponseReturnValue:
    """Plan a visit."""
    opened = open_response(response_id)
    try:
        made = visits.plan_visit(here.portal(), response_id, _planned(), by=here.person().id, now=here.now())
    except Refused as fact:
        return again(lambda problems: _plan_page(opened, None, problems), fact)
    return redirect(url_for(".show", visit_id=made.id, done="visit-planned"), code=303)


@bp.get("/staff/visits/<visit_id>/plan")
def change_form(visit_id: str) -> ResponseReturnValue:
    """The plan of a visit, to be changed."""
    found = open_visit(visit_id)
    return _plan_page(found.opened, found.visit, [])


@bp.post("/staff/visits/<visit_id>/plan")
def change(visit_id: str) -> ResponseReturnValue:
    """Change the plan."""
    found = open_visit(visit_id)
    try:
        visits.change_plan(here.portal(), visit_id, _planned(), by=here.person().id, now=here.now())
    except Refused as fact:
        return again(lambda problems: _plan_page(found.opened, found.visit, problems), fact)
    return redirect(url_for(".show", visit_id=visit_id, done="visit-changed"), code=303)


def _planned() -> Planned:
    """The plan that was typed, or Refused where a day is missing."""
    form = VisitForm(request.form)
    checked(form)
    first = form.planned_from.data or here.today()
    return Planned(
        planned_from=first,
        planned_until=form.planned_until.data or first,
        team=tuple(name for line in tidied(form.team.data or "").splitlines() if (name := line.strip())),
        sections=tuple(request.form.getlist("scope")),
        musts_only=form.musts_only.data,
    )


def _plan_page(opened: Opened, visit: Visit | None, problems: Sequence[Problem]) -> str:
    """The form of a plan: as it was typed, else as it is kept, else empty with all sections ticked."""
    parts = checkable(outline(opened.questionnaire, opened.response))
    typed = request.form if request.method == "POST" else None
    planned = {part.section.id for part in checklist(visit, opened.questionnaire)} if visit else None
    kept = {
        "planned_from": visit.planned_from.isoformat() if visit else "",
        "planned_until": visit.planned_until.isoformat() if visit else "",
        "team": "\n".join(visit.team) if visit else here.person().name,
        "musts_only": "1" if visit and visit.musts_only else "",
    }
    return page(
        "staff/visit_plan.html",
        opened,
        visit=visit,
        parts=parts,
        ticked=set(typed.getlist("scope")) if typed else planned or {part.section.id for part in parts},
        given={name: typed.get(name, "") for name in kept} if typed else kept,
        problems=problems,
    )


@bp.get("/staff/visits/<visit_id>")
def show(visit_id: str) -> ResponseReturnValue:
    """One visit: how far it is, section by section, its report, what happened to it."""
    return _overview(visit_id, [])


def _overview(visit_id: str, problems: Sequence[Problem]) -> str:
    found = open_visit(visit_id)
    events = here.portal().store.history(Visit, visit_id)
    return visit_page(
        "staff/visit.html",
        found,
        parts=checklist(found.visit, found.opened.questionnaire),
        steps=steps(events, found.opened.questionnaire),
        problems=problems,
        report=request.form.get("report", found.visit.report),
        left_out=request.form.get("left_out", found.visit.left_out),
        notice=request.args.get("done"),
    )


@bp.post("/staff/visits/<visit_id>/report")
def report(visit_id: str) -> ResponseReturnValue:
    """Keep the report."""
    text, by, now = tidied(request.form.get("report", "")), here.person().id, here.now()
    return _done(visit_id, lambda: visits.write_report(here.portal(), visit_id, text, by=by, now=now), "visit-report")


@bp.post("/staff/visits/<visit_id>/finish")
def finish(visit_id: str) -> ResponseReturnValue:
    """The visit is over, with the report that stands beside the button."""
    text, why = (tidied(request.form.get(name, "")) for name in ("report", "left_out"))
    by, now = here.person().id, here.now()
    return _done(
        visit_id, lambda: visits.finish_visit(here.portal(), visit_id, text, why, by=by, now=now), "visit-finished"
    )


@bp.post("/staff/visits/<visit_id>/cancel")
def cancel(visit_id: str) -> ResponseReturnValue:
    """The visit will not take place."""
    by, now = here.person().id, here.now()
    return _done(visit_id, lambda: visits.cancel_visit(here.portal(), visit_id, by=by, now=now), "visit-cancelled")


def _done(visit_id: str, step: Callable[[], None], notice: str) -> ResponseReturnValue:
    try:
        step()
    except Refused as fact:
        return again(lambda problems: _overview(visit_id, problems), fact)
    return redirect(url_for(".show", visit_id=visit_id, done=notice), code=303)


@bp.get("/staff/visits/<visit_id>/paper")
def paper(visit_id: str) -> ResponseReturnValue:
    """The checklist to print and to take along where no telephone may go."""
    found = open_visit(visit_id)
    return visit_page("staff/visit_paper.html", found, parts=checklist(found.visit, found.opened.questionnaire))
