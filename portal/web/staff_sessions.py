"""One's own sessions: where one is signed in, and ending them."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.usecases import people
from portal.usecases.sessions import sessions_by_person
from portal.web import here

bp = Blueprint("staff_sessions", __name__)

HANDLE = 16  # signs of a session's id that name it on a page; the id is a hash and opens nothing


@bp.get("/staff/sessions")
def listing() -> ResponseReturnValue:
    """Where this person is signed in."""
    session = here.session()
    return render_template(
        "staff/sessions.html",
        sessions=sessions_by_person(here.portal(), here.now()).get(here.person().id, []),
        here_id=session.id if session else "",
        handle=HANDLE,
        notice=request.args.get("done"),
    )


@bp.post("/staff/sessions/end")
def end() -> ResponseReturnValue:
    """End one of them."""
    people.end_own_session(here.portal(), here.person().id, request.form.get("session", ""), here.now())
    return redirect(url_for(".listing", done="sessions-ended"), code=303)


@bp.post("/staff/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """End all of them but this one."""
    session, person = here.session(), here.person().id
    people.end_sessions(here.portal(), person, by=person, now=here.now(), keep=session.id if session else "")
    return redirect(url_for(".listing", done="sessions-ended"), code=303)
