"""What a view works with in this request: the portal, the time, who asks."""

from datetime import date, datetime

from flask import current_app, g, request

from portal.core.errors import NotFound
from portal.core.lifecycle import link_of
from portal.core.records import Link, Person, Response, Session
from portal.usecases.answering import Access
from portal.usecases.portal import Portal


def portal() -> Portal:
    """The running portal."""
    found: Portal = current_app.extensions["portal"]
    return found


def now() -> datetime:
    """The time of this request, the same throughout it."""
    if "now" not in g:
        g.now = current_app.extensions["clock"]()
    at: datetime = g.now
    return at


def today() -> date:
    """The day of this request."""
    return now().date()


def address() -> str:
    """The network address of who asks, for throttles."""
    return request.remote_addr or "unknown"


def session() -> Session | None:
    """The session that the guard found for this request."""
    found: Session | None = g.get("session")
    return found


def person() -> Person:
    """The staff member who asks; the guard has let nobody else in."""
    found: Person | None = g.get("person")
    if found is None:
        raise NotFound("Nobody is signed in.")
    return found


def access(response_id: str) -> Access:
    """This browser's access to a response; one it has not entered does not exist for it."""
    one = session()
    link = (one.entered.get(response_id) or _link_of_group(one, response_id)) if one else None
    if one is None or link is None:
        raise NotFound("There is no such page.")
    return Access(response=response_id, link=link, name=one.name)


def _link_of_group(one: Session, response_id: str) -> str | None:
    """The link that opened the first site of a group, for a site that somebody else has added since."""
    response = portal().store.find(Response, response_id)
    link = one.entered.get(response.group) if response else None
    held = response is not None and any(one.token_hash == link and not one.sections for one in response.links)
    return link if held else None


def link_to(response: Response) -> Link:
    """The link by which this browser has entered a response."""
    return link_of(response, access(response.id).link)
