"""Telling a contact by mail that something new waits on their link. What it is stands on the page alone."""

import logging
from collections.abc import Callable
from email.message import EmailMessage

from portal.core.records import Partner, Response
from portal.usecases.portal import Portal

log = logging.getLogger("portal")


def tell_contact(portal: Portal, response: Response, made: Callable[..., EmailMessage]) -> None:
    """Mail the contact in their language; what is told stands on the page whether or not the mail goes out."""
    partner = portal.store.find(Partner, response.partner)
    if partner is None:
        return
    words, title = portal.languages.words(response.language), portal.edition(response.edition).title
    message = made(
        to=partner.contact_email,
        sender=portal.config.mail_from,
        importer=portal.config.importer,
        title=words.content.get(title, title),
        say=words.say,
    )
    try:
        portal.mailer.send(message)
    except OSError as fault:
        log.warning("a contact could not be told: %s", type(fault).__name__)
