"""For the machine that watches: whether the process lives, whether the store can be written."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.web import here

bp = Blueprint("health", __name__)
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    """200 while the process lives."""
    return "alive\n", 200, PLAIN


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """200 while the store can be written, 503 otherwise."""
    here.portal().store.ready()
    return "ready\n", 200, PLAIN
