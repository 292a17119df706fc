"""Inviting: a response is opened for a partner and a secret link to it is made; links are withdrawn and replaced."""

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from portal.content.library import content_hash
from portal.core import lifecycle
from portal.core.errors import NotAllowed, NotFound, PortalError, Problem, Refused
from portal.core.records import Edition, Link, LinkKey, Partner, Response, State
from portal.core.register import ResponseRow
from portal.mail import fresh_link
from portal.store.protocol import Key
from portal.usecases import throttle
from portal.usecases.earlier import Newest, newest_submitted, renewed_from
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed, new_id, new_secret

log = logging.getLogger("portal")

DUE_DAYS = 30


class Invitation(Struct, frozen=True, kw_only=True):
    """A link that was just made. It is shown once: only its hash is kept."""

    partner: str
    response: str
    link: str
    expires: datetime


def invite(
    portal: Portal, partners: Sequence[str], *, by: str, now: datetime, due: date | None = None
) -> list[Invitation]:
    """Open a response for each partner and make its link; all or none. It carries over what the last one said.

    Refused where a partner is unknown, has an open response already, or there is no questionnaire for its type.
    """
    rows = [row for row in portal.store.rows(ResponseRow) if isinstance(row, ResponseRow)]
    open_rows = {row.partner for row in rows if row.state is not State.SUBMITTED and not row.link_withdrawn}
    problems = [problem for id in partners if (problem := _why_not(portal, id, open_rows)) is not None]
    if len(set(partners)) < len(partners):
        problems.append(Problem("partner", "A partner is named twice."))
    if due is not None and due < now.date():
        problems.append(Problem("due", "Give a date that has not passed."))
    if problems:
        raise Refused(problems)
    newest = newest_submitted(rows)
    made = [_opened(portal, portal.store.get(Partner, id), newest, due, by, now) for id in partners]
    editions = {one.edition.id: one.edition for one in made}
    keys: list[Key] = [(Edition, id) for id in editions]
    for one in made:
        keys += [(Response, one.response.id), (LinkKey, one.response.links[0].token_hash)]
    with portal.store.transaction(*keys, by=by, at=now) as records:
        for edition in editions.values():
            if records.find(Edition, edition.id) is None:
                records.put(edition, "edition kept")
        for one in made:
            records.put(one.response, "invited")
            records.put(LinkKey(id=one.response.links[0].token_hash, response=one.response.id), "link made")
    return [_invitation(portal, one.response, one.token, one.response.links[0]) for one in made]


def _why_not(portal: Portal, id: str, open_rows: set[str]) -> Problem | None:
    partner = portal.store.find(Partner, id)
    if partner is None:
        return Problem(id, "There is no such partner.")
    if id in open_rows:
        return Problem(id, "This partner has an invitation already; withdraw it first or replace its link.")
    if portal.library.for_business_type(partner.business_type) is None:
        values = {"type": partner.business_type}
        return Problem(id, "There is no questionnaire for the business type “%(type)s”.", values)
    return None


class _Opened(Struct, frozen=True):
    """A response that is ready to be kept, with the token of its link."""

    edition: Edition
    response: Response
    token: str


def _opened(portal: Portal, partner: Partner, newest: Newest, due: date | None, by: str, now: datetime) -> _Opened:
    questionnaire = portal.library.for_business_type(partner.business_type)
    if questionnaire is None:
        raise NotAllowed("There is no questionnaire for this business type.")
    edition = Edition(id=content_hash(questionnaire), questionnaire=questionnaire)
    token, link = _new_link(portal, by, now)
    response = Response(
        id=new_id(),
        partner=partner.id,
        questionnaire=questionnaire.id,
        edition=edition.id,
        state=State.INVITED,
        invited=now,
        facts={
            "name": partner.name,
            "business_type": partner.business_type,
            "country": partner.country,
            "tags": partner.tags,
        },
        due=due or (now + timedelta(days=DUE_DAYS)).date(),
        links=(link,),
        **renewed_from(portal, newest, partner.id, questionnaire, now.date()),
    )
    return _Opened(edition, response, token)


def _new_link(portal: Portal, by: str, now: datetime) -> tuple[str, Link]:
    token = new_secret()
    expires = now + timedelta(days=portal.config.link_days)
    return token, Link(token_hash=hashed(token), made=now, made_by=by, expires=expires)


def _invitation(portal: Portal, response: Response, token: str, link: Link) -> Invitation:
    return Invitation(
        partner=response.partner,
        response=response.id,
        link=f"{portal.config.base_url}/invitation/{token}",
        expires=link.expires,
    )


def withdraw_link(portal: Portal, response_id: str, *, by: str, now: datetime) -> None:
    """End every link of a response at once; what was entered is kept."""
    with portal.store.transaction((Response, response_id), by=by, at=now) as records:
        records.put(lifecycle.withdraw(records.get(Response, response_id), now), "link withdrawn")


def extend_link(portal: Portal, response_id: str, due: date, *, by: str, now: datetime) -> None:
    """Move the due date; the link stays open at least that long, and as long as a new one would."""
    if due < now.date():
        raise Refused([Problem("due", "Give a date that has not passed.")])
    end = datetime.combine(due + timedelta(days=1), datetime.min.time(), now.tzinfo)
    expires = max(end, now + timedelta(days=portal.config.link_days))
    with portal.store.transaction((Response, response_id), by=by, at=now) as records:
        records.put(lifecycle.extend(records.get(Response, response_id), expires, due), "link extended")


def replace_link(portal: Portal, response_id: str, *, by: str, now: datetime) -> Invitation:
    """Make a new link to the same response; the ones before it are over."""
    token, link = _new_link(portal, by, now)
    return _invitation(portal, _with_link(portal, response_id, link, by, now), token, link)


def _with_link(portal: Portal, response_id: str, link: Link, by: str, now: datetime) -> Response:
    keys = ((Response, response_id), (LinkKey, link.token_hash))
    with portal.store.transaction(*keys, by=by, at=now) as records:
        response = lifecycle.with_new_link(records.get(Response, response_id), link, now)
        records.put(response, "link replaced")
        records.put(LinkKey(id=link.token_hash, response=response_id), "link made")
    return response


def mail_fresh_link(portal: Portal, token: str, address: str, now: datetime) -> None:
    """Mail a new link to the address on file, if the old token was ever one of ours and was not withdrawn by staff.

    Whoever asks learns nothing: every outcome looks the same, and faults are swallowed on purpose.
    """
    try:
        throttle.check(portal, "requests for fresh links from one address", address, now)
        throttle.count(portal, "requests for fresh links from one address", address, now)
        response = response_of(portal, token)
        link = lifecycle.link_of(response, hashed(token))
        if link.withdrawn is not None and response.links[-1].token_hash == link.token_hash:
            return
        throttle.check(portal, "fresh links for one response", response.id, now)
        throttle.count(portal, "fresh links for one response", response.id, now)
        partner = portal.store.get(Partner, response.partner)
        token, made = _new_link(portal, "contact", now)
        invitation = _invitation(portal, response, token, made)
        # The mail goes first: a server that refuses it must not cost anybody the link that still works.
        portal.mailer.send(
            fresh_link(
                to=partner.contact_email,
                sender=portal.config.mail_from,
                importer=portal.config.importer,
                title=portal.edition(response.edition).title,
                link=invitation.link,
                expires=f"{invitation.expires:%d %B %Y}",
            )
        )
        _with_link(portal, response.id, made, "contact", now)
    except PortalError:
        return
    except OSError as fault:
        log.warning("a fresh link could not be mailed: %s", type(fault).__name__)


def response_of(portal: Portal, token: str) -> Response:
    """The response that a token leads to, or NotFound; whether the link is still live is not looked at."""
    key = portal.store.find(LinkKey, hashed(token))
    if key is None:
        raise NotFound("There is no such link.")
    return portal.store.get(Response, key.response)
