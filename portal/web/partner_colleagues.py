"""The contact's colleagues: who has which sections, a link for another one, more time, taking back."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import handing
from portal.core.errors import Problem, Refused
from portal.usecases import colleagues
from portal.web import here
from portal.web.forms import ColleagueForm, DueForm, checked
from portal.web.partner import mine, seen_here

bp = Blueprint("colleagues", __name__)

PAGE = "/partner/responses/<response_id>/colleagues"


@bp.get(PAGE)
def listing(response_id: str) -> ResponseReturnValue:
    """Every colleague with a link, how far each is, and the form for another one."""
    return _page(response_id, [])


def _page(response_id: str, problems: Sequence[Problem]) -> str:
    response, questionnaire = mine(response_id)
    seen = seen_here(response, questionnaire)
    return render_template(
        "partner/colleagues.html",
        response=response,
        questionnaire=questionnaire,
        seen=seen,
        colleagues=handing.colleagues(response, seen, here.now()),
        chosen=request.form.getlist("sections"),
        typed=request.form,
        problems=problems,
        notice=request.args.get("done"),
    )


@bp.post(PAGE)
def ask(response_id: str) -> ResponseReturnValue:
    """Make a link for a colleague. It is shown this once, so the page answers the POST itself."""
    form = ColleagueForm(request.form)
    try:
        checked(form)
        handed = colleagues.ask_colleague(
            here.portal(),
            here.access(response_id),
            form.name.data or "",
            request.form.getlist("sections"),
            form.note.data or "",
            form.due.data,
            now=here.now(),
        )
    except Refused as fact:
        return _page(response_id, fact.problems), 422
    response, questionnaire = mine(response_id)
    titles = [section.title for section in questionnaire.sections if section.id in handed.link.sections]
    return render_template("partner/colleague_link.html", response=response, handed=handed, titles=titles)


@bp.post(f"{PAGE}/<colleague_id>/withdraw")
def withdraw(response_id: str, colleague_id: str) -> ResponseReturnValue:
    """End a colleague's link at once."""
    colleagues.withdraw_colleague(here.portal(), here.access(response_id), colleague_id, now=here.now())
    return redirect(url_for(".listing", response_id=response_id, done="colleague-withdrawn"), code=303)


@bp.post(f"{PAGE}/<colleague_id>/extend")
def extend(response_id: str, colleague_id: str) -> ResponseReturnValue:
    """Give a colleague more time."""
    form = DueForm(request.form)
    try:
        checked(form)
        due = form.due.data or here.now().date()
        colleagues.extend_colleague(here.portal(), here.access(response_id), colleague_id, due, now=here.now())
    except Refused as fact:
        # The field belongs to one of several colleagues; the sentence stands on top of the page.
        return _page(response_id, [Problem("", problem.text, problem.values) for problem in fact.problems]), 422
    return redirect(url_for(".listing", response_id=response_id, done="colleague-extended"), code=303)
