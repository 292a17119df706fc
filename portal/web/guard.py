"""Shut by default: one table (permissions.py) says who may call which endpoint; what is not in it does not exist.

Before every request: the host is ours, the session is found, the endpoint's audience is let in, and a request that
changes something carries the token that only our own pages hold.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Request, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form, ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.form import BaseForm

from portal.core.errors import NotFound
from portal.core.records import Person, Role
from portal.usecases.answering import whole_response
from portal.usecases.sessions import find_session, is_fresh, person_of
from portal.web import here
from portal.web.permissions import (
    BEFORE_SECOND_FACTOR,
    FOR_COLLEAGUES,
    NEEDS_EXPORT_RIGHT,
    NEEDS_FRESH,
    PERMISSIONS,
    Audience,
)

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_BYTES = 32

RANKS = {Role.READER: 1, Role.REVIEWER: 2, Role.ADMIN: 3}
NEEDED_RANK = {Audience.READER: 1, Audience.REVIEWER: 2, Audience.ADMIN: 3}
STAFF = frozenset(NEEDED_RANK)
# Who must set up a second factor, by PORTAL_SECOND_FACTOR; readers can change nothing.
MUST_HAVE_CODES = {"offered": (), "admins": (Role.ADMIN,), "required": (Role.REVIEWER, Role.ADMIN)}

login_manager = LoginManager()
login_manager.session_protection = None  # phones and offices change address; sessions live on the server


def install(app: Flask) -> None:
    """Put the guard before every request."""
    # Its context processor would load the staff session while a page is drawn, and put it in place of a partner's.
    login_manager.init_app(app, add_context_processor=False)
    app.before_request(let_in)
    app.jinja_env.globals["csrf_token"] = csrf_token


class SignedIn:
    """What Flask-Login knows of a person."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        """The person's id."""
        return self.person.id


@login_manager.request_loader  # type: ignore[untyped-decorator]  # Flask-Login has no types
def load_person(request: Request) -> SignedIn | None:
    """The person of the staff session that the request's cookie names; asked anew at every request."""
    session = find_session(here.portal(), request.cookies.get(cookie_name("staff"), ""), here.now())
    if session is None:
        return None
    try:
        person = person_of(here.portal(), session)
    except NotFound:
        return None
    g.session, g.person = session, person
    return SignedIn(person)


def cookie_name(audience: str) -> str:
    """The cookie of an audience; over https the browser itself keeps it to this host."""
    return f"__Host-portal-{audience}" if here.portal().config.https else f"portal-{audience}"


def set_cookie(page: Response, name: str, value: str, max_age: timedelta | None = None) -> None:
    """Hand a session's secret, or what a browser is to remember, to it, out of reach of scripts and other sites."""
    https = here.portal().config.https
    page.set_cookie(name, value, max_age, httponly=True, secure=https, samesite="Lax", path="/")


def let_in() -> ResponseReturnValue | None:
    """Let the request in, or answer it here."""
    if request.routing_exception is not None:
        return None
    if request.mimetype != "multipart/form-data":
        # Only files need more; werkzeug itself bounds the texts of a multipart form, and no other body.
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    if not _our_host():
        abort(400)
    audience = PERMISSIONS.get(request.endpoint or "")
    if audience is None:
        abort(404)
    refused = _refused(audience)
    if refused is not None:
        return refused
    if request.method not in SAFE:
        require_token()
    _require_whole_link(audience)
    if request.endpoint in NEEDS_FRESH and not is_fresh(g.session, here.now()):
        back = request.full_path if request.method == "GET" else request.referrer or "/"
        return redirect(url_for("signing.confirm_form", next=local_path(back)), code=303)
    return None


def _require_whole_link(audience: Audience) -> None:
    """NotFound for a colleague, whose link opens some sections only and none of the pages of the whole."""
    response_id = (request.view_args or {}).get("response_id")
    if audience is Audience.PARTNER and request.endpoint not in FOR_COLLEAGUES and response_id is not None:
        whole_response(here.portal(), here.access(response_id), here.now())


def _our_host() -> bool:
    """Whether the request names a host of ours; links in mails are made from the settings alone."""
    base = urlsplit(here.portal().config.base_url)
    host = request.host.rsplit(":", 1)[0].strip("[]")
    return host in {base.hostname, "127.0.0.1", "localhost", "::1"}


def _refused(audience: Audience) -> ResponseReturnValue | None:
    if audience is Audience.PARTNER:
        g.session = find_session(here.portal(), request.cookies.get(cookie_name("partner"), ""), here.now())
        if g.session is None:
            abort(403)
    if audience in STAFF:
        if load_person(request) is None:
            next_page = local_path(request.full_path) if request.method == "GET" else None
            return redirect(url_for("signing.form", next=next_page), code=303)
        if not allows(g.person, request.endpoint or ""):
            abort(404)
        if _lacks_second_factor(g.person) and request.endpoint not in BEFORE_SECOND_FACTOR:
            return redirect(url_for("staff_second_factor.form"), code=303)
    return None


def allows(person: Person, endpoint: str) -> bool:
    """Whether a person's role, and where it takes one their right to export, opens an endpoint for staff."""
    if endpoint in NEEDS_EXPORT_RIGHT and not person.may_export:
        return False
    return RANKS[person.role] >= NEEDED_RANK[PERMISSIONS[endpoint]]


def _lacks_second_factor(person: Person) -> bool:
    """Whether the settings want a second factor that this person has not set up; readers can change nothing."""
    return person.role in MUST_HAVE_CODES[here.portal().config.second_factor] and not person.second_factor


def local_path(address: str) -> str:
    """The path of an address when it is one of ours, else the start page: nobody is sent elsewhere."""
    parts = urlsplit(address)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path.rstrip("?") if plain and "\\" not in path else "/"


class SessionBoundCSRF(CSRF):
    """WTForms' guard: a token bound to the session, or to nothing where nobody has one yet."""

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:  # noqa: ARG002
        """A token under a fresh mask, so that compression tells nothing about it."""
        mask = secrets.token_bytes(TOKEN_BYTES)
        return urlsafe_b64encode(mask + _xor(mask, _token())).decode()

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:  # noqa: ARG002
        """ValidationError where the token is not this session's."""
        try:
            raw = urlsafe_b64decode(field.data or "")
        except (NotBase64, ValueError):
            raw = b""
        if len(raw) != 2 * TOKEN_BYTES or not hmac.compare_digest(_xor(raw[:TOKEN_BYTES], raw[TOKEN_BYTES:]), _token()):
            raise ValidationError("The form has no valid token.")


class GuardForm(Form):
    """The token that every form carries, and nothing else."""

    class Meta:
        """WTForms' settings."""

        csrf = True
        csrf_class = SessionBoundCSRF
        csrf_field_name = "csrf_token"


def _token() -> bytes:
    session = here.session()
    bound = session.id if session else "nobody"
    return hmac.digest(here.portal().config.secret, f"csrf:{bound}".encode(), "sha256")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def csrf_token() -> str:
    """The token for this page's forms and scripts; under one mask for the whole page."""
    if "csrf_token" not in g:
        field = GuardForm()["csrf_token"]
        g.csrf_token = str(field.current_token) if isinstance(field, CSRFTokenField) else ""
    token: str = g.csrf_token
    return token


def require_token() -> None:
    """403 for a request that changes something and did not come from a page of ours."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)
    if not GuardForm(_token_given()).validate():
        abort(403)


def _token_given() -> MultiDict[str, str]:
    """The token from the header, as scripts send it, or from the form; the header first, so no body is read for it."""
    header = request.headers.get("X-CSRF-Token")
    return MultiDict({"csrf_token": request.form.get("csrf_token", "") if header is None else header})
