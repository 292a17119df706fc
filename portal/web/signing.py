"""Signing in and out, typing the password again, choosing another one."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as HttpResponse

from portal.core.errors import NotFound, Problem, Refused
from portal.core.records import Session
from portal.usecases import passwords, people
from portal.usecases.sessions import end_session, find_session
from portal.usecases.throttle import TooMany
from portal.web import here, staff_pages
from portal.web.browsers import browser_of
from portal.web.forms import ConfirmForm, PasswordForm, SignInForm, checked
from portal.web.guard import cookie_name, load_person, local_path, set_cookie
from portal.web.staff_pages import again, printable

bp = Blueprint("signing", __name__)
bp.add_app_template_global(staff_pages.may)

NOT_YOURS = "This is not your password."


@bp.get("/")
def home() -> ResponseReturnValue:
    """To the desk, or to the door."""
    signed_in = load_person(request) is not None
    return redirect(url_for("staff_desk.show" if signed_in else ".form"), code=303)


@bp.get("/sign-in")
def form() -> ResponseReturnValue:
    """Who are you?"""
    return _sign_in_page([])


def _sign_in_page(problems: Sequence[Problem]) -> str:
    return render_template(
        "staff/sign_in.html",
        problems=problems,
        email=printable(request.form.get("email", "")),
        next=local_path(request.values.get("next", "")),
        notice=request.args.get("done"),
    )


@bp.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Open a session under a new secret; the one that this browser had before is over."""
    given = SignInForm(request.form)
    try:
        checked(given)
        email, password, code = (field.data or "" for field in (given.email, given.password, given.code))
        browser = browser_of(request.user_agent.string)
        secret = people.sign_in(here.portal(), email, password, here.address(), here.now(), code, browser)
    except (Refused, TooMany) as fact:
        return again(_sign_in_page, fact)
    earlier = find_session(here.portal(), request.cookies.get(cookie_name("staff"), ""), here.now())
    if earlier is not None:
        end_session(here.portal(), earlier.id, here.now())
    page = redirect(local_path(request.form.get("next", "")), code=303)
    set_cookie(page, cookie_name("staff"), secret)
    return page


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session on the server; the cookie then names nothing."""
    people.sign_out(here.portal(), _session(), here.now())
    page: HttpResponse = redirect(url_for(".form", done="signed-out"), code=303)
    page.delete_cookie(cookie_name("staff"), path="/", secure=here.portal().config.https, samesite="Lax")
    page.headers["Clear-Site-Data"] = '"cache", "storage"'
    return page


def _session() -> Session:
    session = here.session()
    if session is None:
        raise NotFound("Nobody is signed in.")
    return session


@bp.get("/staff/confirm")
def confirm_form() -> ResponseReturnValue:
    """The password again, before something that reaches far."""
    return _confirm_page([])


def _confirm_page(problems: Sequence[Problem]) -> str:
    next_page = local_path(request.values.get("next", ""))
    return render_template("staff/confirm.html", problems=problems, next=next_page)


@bp.post("/staff/confirm")
def confirm() -> ResponseReturnValue:
    """Count the password as fresh for a while, and go on to where it was needed."""
    given = ConfirmForm(request.form)
    try:
        checked(given)
        people.confirm(here.portal(), _session(), given.password.data or "", here.address(), here.now())
    except people.WrongPassword:
        return again(_confirm_page, Refused([Problem("password", NOT_YOURS)]))
    except (Refused, TooMany) as fact:
        return again(_confirm_page, fact)
    return redirect(local_path(request.form.get("next", "")), code=303)


@bp.get("/staff/password")
def password_form() -> ResponseReturnValue:
    """Choose another password."""
    return _password_page([])


def _password_page(problems: Sequence[Problem]) -> str:
    # The use case knows of one password only: the one that is chosen.
    problems = [Problem("new", one.text, one.values) if one.where == "password" else one for one in problems]
    return render_template(
        "staff/password.html",
        problems=problems,
        shortest=passwords.SHORTEST,
        longest=passwords.LONGEST,
        notice=request.args.get("done"),
    )


@bp.post("/staff/password")
def change_password() -> ResponseReturnValue:
    """Change it; every other session of this person ends."""
    given = PasswordForm(request.form)
    current, new = given.current.data or "", given.new.data or ""
    try:
        checked(given)
        people.change_password(here.portal(), _session(), current, new, here.address(), here.now())
    except people.WrongPassword:
        return again(_password_page, Refused([Problem("current", NOT_YOURS)]))
    except (Refused, TooMany) as fact:
        return again(_password_page, fact)
    return redirect(url_for(".password_form", done="password-changed"), code=303)
