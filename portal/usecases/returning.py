"""Sending a response back: what is flagged is asked again, and the contact is told by mail."""

import logging
from datetime import date, datetime, timedelta

from portal.core import returning
from portal.core.answering import LONGEST_COMMENT, plain_text
from portal.core.days import day_text
from portal.core.marks import Round
from portal.core.records import Partner, Response
from portal.mail import asked_back
from portal.usecases.portal import Portal

log = logging.getLogger("portal")


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
    partner = portal.store.find(Partner, response.partner)
    if partner is not None:
        _tell(portal, partner, response, due)
    return response


def _tell(portal: Portal, partner: Partner, response: Response, due: date) -> None:
    """Mail the contact in their language; what is asked stands on the page whether or not the mail goes out."""
    words, title = portal.languages.words(response.language), portal.edition(response.edition).title
    mail = asked_back(
        to=partner.contact_email,
        sender=portal.config.mail_from,
        importer=portal.config.importer,
        title=words.content.get(title, title),
        count=len(response.rounds[-1].notes),
        due=day_text(due, words.language),
        say=words.say,
    )
    try:
        portal.mailer.send(mail)
    except OSError as fault:
        log.warning("a contact could not be told of what is asked back: %s", type(fault).__name__)
