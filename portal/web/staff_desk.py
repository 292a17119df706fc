"""The day's desk: the first page of staff."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.desk import read_days
from portal.core.errors import Problem, Refused
from portal.usecases.desk import desk_of, set_clock
from portal.web import here
from portal.web.staff_pages import again, printable

bp = Blueprint("staff_desk", __name__)


@bp.get("/staff/desk")
def show() -> ResponseReturnValue:
    """What needs a person now."""
    return _page([])


def _page(problems: Sequence[Problem]) -> str:
    desk = desk_of(here.portal(), here.person().id, here.now())
    return render_template(
        "staff/desk.html",
        desk=desk,
        me=here.person().id,
        today=here.today(),
        year=here.now().year,
        problems=problems,
        review_days=printable(request.form.get("review_days", str(desk.review_days))[:10]),
        notice=request.args.get("done"),
    )


@bp.post("/staff/desk/clock")
def set_review_clock() -> ResponseReturnValue:
    """Say in how many days answers shall be reviewed."""
    try:
        days = read_days(request.form.get("review_days", ""))
    except Refused as fact:
        return again(_page, fact)
    set_clock(here.portal(), days, by=here.person().id, now=here.now())
    return redirect(url_for(".show", done="clock-set"), code=303)
