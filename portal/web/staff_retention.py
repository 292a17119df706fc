"""What is past its time, for admins: listed first, deleted when they say so."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.retention import Rule
from portal.usecases import retaining
from portal.web import here
from portal.web.staff_pages import confirmed

bp = Blueprint("staff_retention", __name__)

MOST_SHOWN = 200
WORDS = {
    Rule.UNSENT: "Not answered",
    Rule.SUPERSEDED: "Followed by newer answers",
    Rule.RETIRED: "Retired partner",
}


@bp.get("/staff/retention")
def listing() -> ResponseReturnValue:
    """The rules, and what they say may go now."""
    found = retaining.listed(here.portal(), here.now())
    return render_template(
        "staff/retention.html",
        found=found[:MOST_SHOWN],
        total=len(found),
        keep=retaining.keep_of(here.portal()),
        words=WORDS,
        confirmed=confirmed(),
        notice=request.args.get("done"),
    )


@bp.post("/staff/retention")
def delete() -> ResponseReturnValue:
    """Delete what was ticked, as far as it is still past its time."""
    chosen = set(request.form.getlist("past"))
    gone = retaining.delete(here.portal(), chosen, by=here.person().id, now=here.now())
    return redirect(url_for(".listing", done="retention-left" if gone.left else "retention-deleted"), code=303)
