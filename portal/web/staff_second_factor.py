"""Setting up the second factor, and taking it away."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import Problem, Refused
from portal.usecases import second_factor
from portal.web import here
from portal.web.forms import CodeForm, checked
from portal.web.staff_pages import again, qr_code

bp = Blueprint("staff_second_factor", __name__)


@bp.get("/staff/second-factor")
def form() -> ResponseReturnValue:
    """A fresh secret to scan; nothing is kept before a code proves that the app has it."""
    return _page([])


def _page(problems: Sequence[Problem]) -> str:
    secret = request.form.get("secret") or second_factor.new_secret()
    address = second_factor.address_for_app(here.portal(), here.person().id, secret)
    return render_template(
        "staff/second_factor.html",
        problems=problems,
        secret=secret,
        qr=qr_code(address),
        enrolled=bool(here.person().second_factor),
        codes_left=len(here.person().recovery),
        notice=request.args.get("done"),
    )


@bp.post("/staff/second-factor")
def enrol() -> ResponseReturnValue:
    """Keep the secret."""
    given, session = CodeForm(request.form), here.session()
    try:
        checked(given)
        secret, code, keep = given.secret.data or "", given.code.data or "", session.id if session else ""
        codes = second_factor.enrol(here.portal(), here.person().id, secret, code, keep, here.now())
    except Refused as fact:
        return again(_page, fact)
    return _codes_page(codes, "second-factor")


def _codes_page(codes: Sequence[str], notice: str) -> str:
    """Recovery codes, this once: only their hashes are kept, so the page answers the POST itself."""
    return render_template("staff/recovery_codes.html", codes=codes, notice=notice)


@bp.post("/staff/second-factor/recovery-codes")
def renew_codes() -> ResponseReturnValue:
    """New recovery codes in place of those before."""
    return _codes_page(second_factor.renew_recovery_codes(here.portal(), here.person().id, here.now()), "codes-made")


@bp.post("/staff/second-factor/forget")
def forget() -> ResponseReturnValue:
    """Take it away; the person signs in anew."""
    second_factor.forget(here.portal(), here.person().id, by=here.person().id, now=here.now())
    return redirect(url_for("signing.home"), code=303)
