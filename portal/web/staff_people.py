"""Who may sign in, for admins. Everything here needs a password typed a short while ago; the guard sees to it."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import Problem, Refused
from portal.core.records import Role
from portal.usecases import entering, people
from portal.usecases.sessions import sessions_by_person
from portal.web import here
from portal.web.forms import DisabledForm, ExportForm, PersonForm, RoleForm, checked
from portal.web.staff_pages import again, confirmed

bp = Blueprint("staff_people", __name__)


@bp.get("/staff/people")
def listing() -> ResponseReturnValue:
    """Everybody who may sign in."""
    return _people_page([])


def _people_page(problems: Sequence[Problem]) -> str:
    return render_template(
        "staff/people.html",
        people=people.people(here.portal()),
        roles=list(Role),
        sessions=sessions_by_person(here.portal(), here.now()),
        form=PersonForm(request.form),
        confirmed=confirmed(),
        problems=problems,
        notice=request.args.get("done"),
    )


@bp.post("/staff/people")
def invite() -> ResponseReturnValue:
    """Invite somebody; they choose their own password."""
    form = PersonForm(request.form)
    try:
        checked(form)
        made = entering.invite_person(
            here.portal(),
            form.email.data or "",
            form.name.data or "",
            Role(form.role.data),
            may_export=bool(form.may_export.data),
            by=here.person().id,
            now=here.now(),
        )
    except Refused as fact:
        return again(_people_page, fact)
    return _invited_page(made)


def _invited_page(made: entering.Made) -> str:
    """The link, this once: only its hash is kept, so it answers the POST itself."""
    return render_template("staff/invited.html", made=made)


@bp.post("/staff/people/invite-again")
def invite_again() -> ResponseReturnValue:
    """Another link for somebody who has not come yet."""
    return _invited_page(entering.invite_again(here.portal(), _email(), by=here.person().id, now=here.now()))


@bp.post("/staff/people/role")
def change_role() -> ResponseReturnValue:
    """Give somebody another role; their sessions end."""
    form = RoleForm(request.form)
    try:
        checked(form)
    except Refused as fact:
        return again(_people_page, fact)
    people.change_role(here.portal(), _email(), Role(form.role.data), by=here.person().id, now=here.now())
    return redirect(url_for(".listing", done="person-changed"), code=303)


def _email() -> str:
    """Whose line it is; an e-mail address stays out of addresses, which are logged."""
    return request.form.get("email", "")


@bp.post("/staff/people/export")
def set_may_export() -> ResponseReturnValue:
    """Let somebody take out the answers of all partners, or no longer."""
    may = bool(ExportForm(request.form).may_export.data)
    people.set_may_export(here.portal(), _email(), may, by=here.person().id, now=here.now())
    return redirect(url_for(".listing", done="right-changed"), code=303)


@bp.post("/staff/people/sessions/end")
def end_sessions() -> ResponseReturnValue:
    """End every session of somebody."""
    people.end_sessions(here.portal(), _email(), by=here.person().id, now=here.now())
    return redirect(url_for(".listing", done="sessions-ended"), code=303)


@bp.post("/staff/people/disabled")
def set_disabled() -> ResponseReturnValue:
    """Shut somebody out or let them in again; their sessions end."""
    disabled = bool(DisabledForm(request.form).disabled.data)
    people.set_disabled(here.portal(), _email(), disabled, by=here.person().id, now=here.now())
    return redirect(url_for(".listing", done="person-changed"), code=303)
