"""Telling a contact by mail that something new waits on their link. What it is stands on the page alone."""

from datetime import datetime

from portal.core.records import Partner, Response
from portal.usecases.mailing import mail_to, queue
from portal.usecases.portal import Portal


def tell_contact(portal: Portal, response: Response, letter: str, *, by: str, now: datetime) -> None:
    """Queue that letter for the contact; what it tells of stands on the page whether or not the mail goes out."""
    partner = portal.store.find(Partner, response.partner)
    if partner is not None:
        queue(portal, mail_to(partner, response, letter, by=by, now=now), by=by, now=now)
