"""From facts to pages: each of the domain's exceptions has a status and a plain page; nobody sees a stack trace."""

import logging
import secrets
from collections.abc import Callable

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from portal.core.errors import LinkOver, NotAllowed, NotFound, PortalError, Refused, Stale
from portal.languages import marking
from portal.store.protocol import Damaged, NotKept
from portal.usecases.throttle import TooMany
from portal.web import speaking

log = logging.getLogger("portal")

STATUS: dict[type[PortalError], int] = {
    NotFound: 404,
    NotAllowed: 409,
    LinkOver: 410,
    Refused: 422,
    Stale: 409,
    Damaged: 503,
    NotKept: 503,
    TooMany: 429,
}

TITLES = {
    400: "This request could not be read",
    403: "Please open your link again",
    404: "There is no such page",
    405: "This cannot be done here",
    408: "That took too long",
    409: "This cannot be done now",
    410: "This link is no longer valid",
    413: "That is too large",
    415: "This kind of file is not taken",
    422: "Something is not right yet",
    429: "Too many tries",
    500: "Something went wrong on our side",
    503: "The portal cannot save just now",
}
TEXTS = {
    400: "Go back and try again. What you saved before is still there.",
    403: "For your safety the page must be opened again. Use the link in your invitation, or sign in. "
    "What you saved before is still there.",
    404: "Check the address, or open the link in your invitation again.",
    405: "Go back and use the buttons on the page.",
    413: "A file may have at most 25 MB, a page of answers 2 MB. What you saved before is still there.",
    500: "We have noted it. What you saved before is still there. Please try again in a minute.",
    503: "What you saved before is still there, and what you typed is still in the page: go back, wait a minute, "
    "and press Save again.",
}


def install(app: Flask) -> None:
    """Register a page for each fact."""
    for fact, status in STATUS.items():
        app.register_error_handler(fact, _page_for(status))
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unknown_error)


def _page_for(status: int) -> Callable[[PortalError], ResponseReturnValue]:
    def page(fact: PortalError) -> ResponseReturnValue:
        if isinstance(fact, Damaged):
            log.error("damaged record: %s", fact)
        known = isinstance(fact, NotFound | Damaged)
        text = speaking.own(TEXTS.get(status, "")) if known else speaking.reason(fact)
        retry = {"Retry-After": str(fact.seconds)} if isinstance(fact, TooMany) else {}
        retry |= {"Retry-After": "60"} if status == 503 else {}
        return error_page(status, text, retry)

    return page


def http_error(fault: HTTPException) -> ResponseReturnValue:
    """A page of ours for what the framework refuses."""
    status = fault.code or 500
    allowed = {name: value for name, value in fault.get_headers() if name == "Allow"}
    return error_page(status, speaking.own(TEXTS.get(status, "")), allowed)


def unknown_error(fault: Exception) -> ResponseReturnValue:
    """A number that staff can look up in the log, and nothing else."""
    number = secrets.token_hex(4)
    log.error("incident %s on %s", number, request.endpoint, exc_info=fault)
    incident = speaking.said("Please name this number when you write to us (incident %(number)s).", number=number)
    return error_page(500, speaking.own(TEXTS[500]), {}, incident)


def error_page(status: int, text: str, headers: dict[str, str], number: str = "") -> ResponseReturnValue:
    """The plain page for a status, or its JSON for a program."""
    title = speaking.own(TITLES.get(status, TITLES[500 if status >= 500 else 400]))
    if request.method == "PUT" or request.headers.get("Accept", "").startswith("application/json"):
        answer = jsonify(errors=[marking.plain(" ".join(filter(None, (text or title, number))))])
        answer.headers.extend(headers)
        return answer, status
    body = render_template("error.html", title=title, text=text, number=number)
    return body, status, headers
