"""The corrective actions of one response for staff: what was promised, what the partner has reported since."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.core.actions import actions_of, by_date
from portal.web import here
from portal.web.partner_actions import COLOURS, WORDS
from portal.web.staff_findings import STATES
from portal.web.staff_responses import open_response, page

bp = Blueprint("staff_actions", __name__)


@bp.get("/staff/responses/<response_id>/actions")
def show(response_id: str) -> ResponseReturnValue:
    """What is open first, the earliest date first."""
    opened = open_response(response_id)
    return page(
        "staff/actions.html",
        opened,
        actions=by_date(actions_of(opened.questionnaire, opened.response)),
        today=here.now().date(),
        words=WORDS,
        colours=COLOURS,
        followed={one.question: one for one in opened.response.findings if one.promised},
        stands=STATES,
    )
