"""What a contact does with sites: see them all, add one on the same link, take out one that was added by mistake."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from portal.core import lifecycle, sites
from portal.core.asking import Outline, outline
from portal.core.records import Response, Session
from portal.usecases.answering import Access, whole_response
from portal.usecases.groups import group_ids, group_transaction
from portal.usecases.portal import Portal
from portal.usecases.secrets import new_id
from portal.usecases.sessions import change_session


class Site(Struct, frozen=True, kw_only=True):
    """One site with how far its response is."""

    response: Response
    seen: Outline
    name: str
    removable: bool


def sites_of(portal: Portal, access: Access, now: datetime) -> list[Site]:
    """All sites of the invitation, the first one first."""
    whole_response(portal, access, now)
    members = [portal.store.get(Response, id) for id in group_ids(portal, access.response)]
    return [_site(portal, members[0], one) for one in members]


def _site(portal: Portal, first: Response, response: Response) -> Site:
    questionnaire = portal.edition(response.edition)
    return Site(
        response=response,
        seen=outline(questionnaire, response),
        name=sites.site_name(response, questionnaire),
        removable=sites.is_untouched(first, response, questionnaire),
    )


def add_site(portal: Portal, access: Access, session: str, typed: Mapping[str, str], *, now: datetime) -> Response:
    """Open a response for one more site on the same link; the session that adds it has entered it."""
    id = new_id()
    key = (Response, id)
    with group_transaction(portal, access.response, key, by=access.name or "contact", at=now) as (records, members):
        link = lifecycle.require_whole(records.get(Response, access.response), access.link, now)
        questionnaire = portal.edition(members[0].edition)
        first, site = sites.another(members, link, questionnaire, id, typed, access.name, now)
        records.put(first, "site added")
        records.put(site, "site added")
    change_session(portal, session, lambda one: _entered(one, id, access.link), now)
    return site


def _entered(session: Session, id: str, link: str) -> Session:
    return replace(session, entered={**session.entered, id: link})


def remove_site(portal: Portal, access: Access, *, now: datetime) -> str:
    """Take out a site in which nothing was answered yet; its history stays. The id of the first site's response."""
    with group_transaction(portal, access.response, by=access.name or "contact", at=now) as (records, members):
        site = records.get(Response, access.response)
        lifecycle.require_whole(site, access.link, now)
        first = sites.without(members[0], site, portal.edition(site.edition))
        records.put(first, "site taken out")
        records.remove(Response, site.id, "site taken out")
    return first.id
