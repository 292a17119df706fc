"""Choosing a password by link: after an invitation, or because it is forgotten. Looking at a link changes nothing."""

from collections.abc import Sequence
from threading import Thread

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import NotFound, Problem, Refused
from portal.usecases import entering
from portal.usecases.passwords import LONGEST, SHORTEST
from portal.web import here
from portal.web.forms import ChosenForm, ForgottenForm, checked
from portal.web.staff_pages import again, printable

bp = Blueprint("entering", __name__)


@bp.get("/forgotten-password")
def forgotten_form() -> ResponseReturnValue:
    """Where shall the link go?"""
    return _forgotten_page([])


def _forgotten_page(problems: Sequence[Problem]) -> str:
    email = printable(request.form.get("email", ""))
    asked = request.args.get("done") == "asked"
    return render_template("staff/forgotten.html", problems=problems, email=email, asked=asked)


@bp.post("/forgotten-password")
def forgotten() -> ResponseReturnValue:
    """Mail a link. The answer is the same for everybody, and takes no longer for those we know."""
    form = ForgottenForm(request.form)
    try:
        checked(form)
    except Refused as fact:
        return again(_forgotten_page, fact)
    work = (here.portal(), form.email.data or "", here.address(), here.now())
    Thread(target=entering.mail_reset, args=work, daemon=current_app.testing).start()
    return redirect(url_for(".forgotten_form", done="asked"), code=303)


@bp.get("/entry/<entry>")
def form(entry: str) -> ResponseReturnValue:
    """Choose a password; or one plain page for a link that is wrong, used or over."""
    return _choose_page(entry, [])


def _choose_page(entry: str, problems: Sequence[Problem]) -> ResponseReturnValue:
    try:
        person, link = entering.look_at_entry(here.portal(), entry, here.now())
    except NotFound:
        return render_template("staff/entry_over.html"), 404
    page = render_template(
        "staff/entry.html",
        entry=entry,
        problems=problems,
        person=person,
        link=link,
        shortest=SHORTEST,
        longest=LONGEST,
    )
    return page, 422 if problems else 200


@bp.post("/entry/<entry>")
def choose(entry: str) -> ResponseReturnValue:
    """Keep the password, and on to the door: whoever has a second factor is asked for it there."""
    given = ChosenForm(request.form)
    try:
        checked(given)
        entering.choose(here.portal(), entry, given.password.data or "", here.now())
    except Refused as fact:
        return _choose_page(entry, fact.problems)
    except NotFound:
        return _choose_page(entry, [])
    return redirect(url_for("signing.form", done="password-chosen"), code=303)
