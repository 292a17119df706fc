"""What the staff pages share: who may do what, how a refusal comes back with its form, how a new link is shown."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

import segno
from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from msgspec import Struct

from portal.core.errors import Problem, Refused
from portal.core.records import Partner
from portal.languages.tongues import ENGLISH
from portal.usecases.exporting import links_to_paste
from portal.usecases.inviting import DUE_DAYS, Invitation
from portal.usecases.sessions import is_fresh
from portal.usecases.throttle import TooMany
from portal.web import here
from portal.web.forms import DueForm, checked
from portal.web.guard import allows

QUIET_ZONE = 4  # light modules around a QR code, without which cameras do not find it


def may(endpoint: str) -> bool:
    """Whether the person who looks may use a page, so that nothing is offered which would be refused."""
    person = g.get("person")
    return person is not None and allows(person, endpoint)


def confirmed() -> bool:
    """Whether the password was typed a short while ago, so that what needs it can be offered."""
    session = here.session()
    return session is not None and is_fresh(session, here.now())


def printable(text: str) -> str:
    """What was typed, as it may stand on a page again: signs that nobody sees do not belong in HTML."""
    return "".join(sign for sign in text if sign.isprintable())


def again(page: Callable[[Sequence[Problem]], str], fact: Refused | TooMany) -> ResponseReturnValue:
    """The page anew with what was wrong on top."""
    if isinstance(fact, TooMany):
        return page([Problem("", str(fact))]), 429, {"Retry-After": str(fact.seconds)}
    return page(fact.problems), 422


def given_due() -> date:
    """The due date of the form that was sent, or Refused."""
    form = DueForm(request.form)
    checked(form)
    return form.due.data or here.now().date()


def given_language() -> str:
    """The language chosen for an invitation."""
    return request.form.get("language", ENGLISH)


def usual_due() -> str:
    """The due date that is offered, as a date field takes it."""
    return (here.now() + timedelta(days=DUE_DAYS)).date().isoformat()


class QrCode(Struct, frozen=True):
    """A QR code to draw: one path of dark modules in a square of `side` modules."""

    path: str
    side: int


class NewLink(Struct, frozen=True):
    """A link as it is shown once."""

    invitation: Invitation
    partner: Partner
    qr: QrCode


def links_page(made: Sequence[Invitation]) -> str:
    """The page that shows new links, this once: only their hashes are kept, so it answers the POST itself."""
    partners = {one.partner: here.portal().store.get(Partner, one.partner) for one in made}
    links = [NewLink(one, partners[one.partner], qr_code(one.link)) for one in made]
    return render_template("staff/links.html", links=links, paste=links_to_paste(made, partners))


def qr_code(text: str) -> QrCode:
    """A text as a QR code that still reads when a seventh of it is spoilt."""
    matrix = segno.make(text, error="m", micro=False).matrix
    return QrCode("".join(_runs(matrix)), len(matrix) + 2 * QUIET_ZONE)


def _runs(matrix: Sequence[bytearray]) -> Iterator[str]:
    """Each run of dark modules as a bar one module high."""
    for y, row in enumerate(matrix, QUIET_ZONE):
        for dark, run in groupby(enumerate(row, QUIET_ZONE), key=lambda module: bool(module[1])):
            if dark:
                places = [x for x, _ in run]
                yield f"M{places[0]} {y}h{len(places)}v1h-{len(places)}z"
