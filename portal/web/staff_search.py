"""The history of everything, searched by admins. It can be read, and by nothing here changed."""

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.core.errors import Problem
from portal.core.history_steps import steps
from portal.usecases.history_search import SUBJECTS, USUAL_DAYS, Asked, search
from portal.web import here
from portal.web.forms import SearchForm, problems_of

bp = Blueprint("staff_search", __name__)

WORDS = {"person": "Person", "partner": "Partner", "response": "Response", "audit": "Exports and strangers"}


@bp.get("/staff/history")
def history() -> ResponseReturnValue:
    """Who did what, to what, when."""
    form = SearchForm(request.args)
    problems = [] if form.validate() else [Problem(k, t) for k, texts in problems_of(form).items() for t in texts]
    until = form.until.data or here.today()
    asked = Asked(
        who=form.who.data or "",
        what=form.what.data or "",
        kind=form.kind.data if form.kind.data in SUBJECTS else "",
        record=form.record.data or "",
        since=form.since.data or until - timedelta(days=USUAL_DAYS),
        until=until,
        page=form.page.data or 1,
    )
    results = None if problems else search(here.portal(), asked)
    return render_template(
        "staff/search.html",
        asked=asked,
        problems=problems,
        results=results,
        lines=[(one, steps([one.event])[0]) for one in results.steps] if results else [],
        kinds=WORDS,
    )
