"""What a contact does with colleagues: hand them sections by a link of their own, give them time, take it back."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from portal.core import handing, lifecycle
from portal.core.answering import plain_text
from portal.core.records import Link, LinkKey, Response
from portal.usecases.answering import Access, whole_response
from portal.usecases.inviting import address_of, new_link
from portal.usecases.portal import Portal
from portal.usecases.secrets import new_id

LONGEST_NAME, LONGEST_NOTE = 80, 500


class Handed(Struct, frozen=True, kw_only=True):
    """A colleague's link that was just made, with its address, which is shown once."""

    link: Link
    address: str


def ask_colleague(
    portal: Portal, access: Access, name: str, sections: Sequence[str], note: str, due: date | None, *, now: datetime
) -> Handed:
    """Hand sections of a response to a colleague; Refused where something is missing or there are too many."""
    response = whole_response(portal, access, now)
    token, plain = new_link(portal, access.name, now)
    link = replace(
        plain,
        id=new_id(),
        name=" ".join(plain_text("name", name, LONGEST_NAME).split()),
        note=plain_text("note", note, LONGEST_NOTE),
        sections=tuple(dict.fromkeys(sections)),
        due=due,
        expires=handing.expiry(response, due),
    )
    keys = ((Response, access.response), (LinkKey, link.token_hash))
    with portal.store.transaction(*keys, by=access.name or "contact", at=now) as records:
        response = records.get(Response, access.response)
        lifecycle.require_whole(response, access.link, now)
        records.put(
            handing.hand(response, link, portal.edition(response.edition), now), "sections handed to a colleague"
        )
        records.put(LinkKey(id=link.token_hash, response=access.response), "link made")
    return Handed(link=link, address=address_of(portal, token))


def withdraw_colleague(portal: Portal, access: Access, id: str, *, now: datetime) -> None:
    """End a colleague's link at once; what they answered is kept."""
    _change(portal, access, lambda one: handing.take_back(one, id, now), "link of a colleague withdrawn", now)


def extend_colleague(portal: Portal, access: Access, id: str, due: date, *, now: datetime) -> None:
    """Give a colleague more time, within that of the invitation."""
    _change(portal, access, lambda one: handing.lengthen(one, id, due, now), "link of a colleague extended", now)


def _change(portal: Portal, access: Access, change: Callable[[Response], Response], what: str, now: datetime) -> None:
    with portal.store.transaction((Response, access.response), by=access.name or "contact", at=now) as records:
        response = records.get(Response, access.response)
        lifecycle.require_whole(response, access.link, now)
        records.put(change(response), what)
