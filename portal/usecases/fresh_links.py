"""A contact who lost their link, or whose link has ended, gets a new one by mail."""

from datetime import datetime

from portal.core import lifecycle
from portal.core.errors import PortalError
from portal.core.records import Partner
from portal.usecases import throttle
from portal.usecases.delivering import deliver_one
from portal.usecases.inviting import response_of
from portal.usecases.mailing import mail_to, queue
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed

ASKED = "contact"


def mail_fresh_link(portal: Portal, token: str, address: str, now: datetime) -> None:
    """Mail a new link to the address on file, if the old token was ever one of ours and staff have not withdrawn it.

    Whoever asks learns nothing: every outcome looks the same, and refusals are swallowed on purpose. A mail that does
    not go out at once stays in the queue.
    """
    try:
        throttle.check(portal, "requests for fresh links from one address", address, now)
        throttle.count(portal, "requests for fresh links from one address", address, now)
        response = response_of(portal, token)
        newest = lifecycle.invitation_link(response)
        if lifecycle.link_of(response, hashed(token)).sections or newest is None or newest.withdrawn is not None:
            return  # a colleague's: they ask who gave it to them; or withdrawn by staff
        throttle.check(portal, "fresh links for one response", response.id, now)
        throttle.count(portal, "fresh links for one response", response.id, now)
        mail = mail_to(portal.store.get(Partner, response.partner), response, "fresh-link", by=ASKED, now=now)
        queue(portal, mail, by=ASKED, now=now)
        deliver_one(portal, mail.id, lambda: now)
    except PortalError:
        return
