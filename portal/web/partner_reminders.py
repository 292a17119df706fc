"""The contact says whether they want to be reminded."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.usecases.reminding import choose_reminders
from portal.web import here
from portal.web.partner import mine

bp = Blueprint("reminders", __name__)


@bp.post("/partner/responses/<response_id>/reminders")
def choose(response_id: str) -> ResponseReturnValue:
    """No more reminders of this invitation, or reminders again."""
    mine(response_id)
    stop = request.form.get("stop") == "1"
    choose_reminders(here.portal(), response_id, stop=stop, by="contact", now=here.now())
    done = "reminders-off" if stop else "reminders-on"
    return redirect(url_for("partner.overview", response_id=response_id, done=done), code=303)
