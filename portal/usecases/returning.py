"""Sending a response back: what is flagged is asked again, and the contact is told by mail."""

from datetime import date, datetime, timedelta

from portal.core import returning
from portal.core.answering import LONGEST_COMMENT, plain_text
from portal.core.marks import Round
from portal.core.records import Response
from portal.usecases.portal import Portal
from portal.usecases.telling import tell_contact


def send_back(portal: Portal, response_id: str, due: date, message: str, *, by: str, now: datetime) -> Response:
    """Ask back everything that is flagged, at once: the questions are reopened and one mail goes out."""
    text = plain_text("message", message, LONGEST_COMMENT)
    end = datetime.combine(due + timedelta(days=1), datetime.min.time(), now.tzinfo)
    expires = max(end, now + timedelta(days=portal.config.link_days))
    with portal.store.transaction((Response, response_id), by=by, at=now) as records:
        response = records.get(Response, response_id)
        opened = Round(number=0, sent=now, by=by, due=due, message=text)
        response = returning.send_back(response, portal.edition(response.edition), opened, expires)
        records.put(response, "asked back")
    tell_contact(portal, response, "asked-back", by=by, now=now)
    return response
