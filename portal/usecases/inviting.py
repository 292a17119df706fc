"""Inviting: a response is opened for a partner and a secret link to it is made; links are withdrawn and replaced."""

import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from portal.content.library import content_hash
from portal.core import lifecycle
from portal.core.days import day_text
from portal.core.errors import NotAllowed, NotFound, PortalError, Problem, Refused
from portal.core.records import Edition, Link, LinkKey, Partner, Response, State
from portal.core.register import ResponseRow
from portal.core.sites import named, wrong_names
from portal.languages.tongues import ENGLISH
from portal.mail import fresh_link
from portal.store.protocol import Key
from portal.usecases import throttle
from portal.usecases.earlier import Newest, newest_submitted, renewed_from
from portal.usecases.groups import group_transaction
from portal.usecases.partner_lines import is_open, response_rows
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
    portal: Portal,
    partners: Sequence[str],
    *,
    by: str,
    now: datetime,
    due: date | None = None,
    language: str = ENGLISH,
    sites: Sequence[str] = (),
) -> list[Invitation]:
    """Open a response for each partner, or for each of these sites of one partner, and make its link; all or none.

    The link opens in that language. Refused where a partner is unknown, has an open response already, or there is no
    questionnaire for its type.
    """
    names = tuple(name for site in sites if (name := " ".join(site.split())))
    rows = response_rows(portal)
    wrong = [*_wrong_partners(portal, partners, rows), *wrong_names(names), *_wrong(partners, names, due, now)]
    if problems := [*wrong, *_wrong_language(portal, language)]:
        raise Refused(problems)
    opening = _Opening(newest=newest_submitted(rows), due=due, language=language, by=by, now=now)
    made = [_opened(portal, portal.store.get(Partner, id), names[0] if names else "", opening) for id in partners]
    editions = {one.edition.id: one.edition for one in made}
    others = [site for one in made for site in _other_sites(portal, one, names, opening)]
    keys: list[Key] = [(Edition, id) for id in editions] + [(Response, site.id) for site in others]
    keys += [(Partner, id) for id in partners]
    for one in made:
        keys += [(Response, one.response.id), (LinkKey, one.response.links[0].token_hash)]
    with portal.store.transaction(*keys, by=by, at=now) as records:
        require_active(records.get(Partner, id) for id in partners)
        for edition in editions.values():
            if records.find(Edition, edition.id) is None:
                records.put(edition, "edition kept")
        for site in others:
            records.put(site, "invited")
        for one in made:
            first = named(one.response, names[0], one.edition.questionnaire, now) if names else one.response
            records.put(replace(first, sites=tuple(site.id for site in others)), "invited")
            records.put(LinkKey(id=one.response.links[0].token_hash, response=one.response.id), "link made")
    return [_invitation(portal, one.response, one.token, one.response.links[0]) for one in made]


def _wrong_language(portal: Portal, language: str) -> list[Problem]:
    if language in portal.languages:
        return []
    values = {"language": language, "known": ", ".join(portal.languages.tongues)}
    return [Problem("language", "There is no language “%(language)s”; known are: %(known)s.", values)]


def _wrong_partners(portal: Portal, partners: Sequence[str], rows: Sequence[ResponseRow]) -> list[Problem]:
    open_rows = {row.partner for row in rows if is_open(row)}
    return [problem for id in partners if (problem := _why_not(portal, id, open_rows)) is not None]


def _wrong(partners: Sequence[str], sites: Sequence[str], due: date | None, now: datetime) -> list[Problem]:
    checks = (
        ("partner", len(set(partners)) < len(partners), "A partner is named twice."),
        ("due", due is not None and due < now.date(), "Give a date that has not passed."),
        ("sites", bool(sites) and len(partners) != 1, "Name the sites of one partner at a time."),
    )
    return [Problem(where, text) for where, wrong, text in checks if wrong]


def _why_not(portal: Portal, id: str, open_rows: set[str]) -> Problem | None:
    partner = portal.store.find(Partner, id)
    if partner is None:
        return Problem(id, "There is no such partner.")
    if partner.retired is not None:
        return Problem(id, "This partner is retired; bring it back first.")
    if id in open_rows:
        return Problem(id, "This partner has an invitation already; withdraw it first or replace its link.")
    if portal.library.for_business_type(partner.business_type) is None:
        values = {"type": partner.business_type}
        return Problem(id, "There is no questionnaire for the business type “%(type)s”.", values)
    return None


def require_active(partners: Iterable[Partner]) -> None:
    """Refused where somebody has retired or merged one of the partners meanwhile."""
    if retired := [partner for partner in partners if partner.retired is not None]:
        raise Refused([Problem(one.id, "This partner is retired; bring it back first.") for one in retired])


class _Opened(Struct, frozen=True):
    """A response that is ready to be kept, with the token of its link."""

    edition: Edition
    response: Response
    token: str


class _Opening(Struct, frozen=True):
    """How responses are opened: what they may renew, by when, in which language, by whom and when."""

    newest: Newest
    due: date | None
    language: str
    by: str
    now: datetime


def _opened(portal: Portal, partner: Partner, site: str, opening: _Opening) -> _Opened:
    now, due = opening.now, opening.due
    questionnaire = portal.library.for_business_type(partner.business_type)
    if questionnaire is None:
        raise NotAllowed("There is no questionnaire for this business type.")
    edition = Edition(id=content_hash(questionnaire), questionnaire=questionnaire)
    token, link = new_link(portal, opening.by, now)
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
        language=opening.language,
        **renewed_from(portal, opening.newest, partner.id, questionnaire, now.date(), site),
    )
    return _Opened(edition, response, token)


def _other_sites(portal: Portal, opened: _Opened, names: Sequence[str], opening: _Opening) -> list[Response]:
    """A response for each site but the first, on the same link; each renews what was said of that site."""
    first, questionnaire, now = opened.response, opened.edition.questionnaire, opening.now
    sites = []
    for name in names[1:]:
        site = replace(first, id=new_id(), group=first.id, previous="", carried={})
        said = renewed_from(portal, opening.newest, first.partner, questionnaire, now.date(), name)
        sites.append(named(replace(site, **said), name, questionnaire, now))
    return sites


def new_link(portal: Portal, by: str, now: datetime) -> tuple[str, Link]:
    """A link that opens everything for as long as the settings say, with the token that is kept nowhere."""
    token = new_secret()
    expires = now + timedelta(days=portal.config.link_days)
    return token, Link(token_hash=hashed(token), made=now, made_by=by, expires=expires)


def _invitation(portal: Portal, response: Response, token: str, link: Link) -> Invitation:
    return Invitation(
        partner=response.partner,
        response=response.id,
        link=address_of(portal, token),
        expires=link.expires,
    )


def address_of(portal: Portal, token: str) -> str:
    """The secret link as it is given to somebody."""
    return f"{portal.config.base_url}/invitation/{token}"


def withdraw_link(portal: Portal, response_id: str, *, by: str, now: datetime) -> None:
    """End every link of a response at once, of all its sites; what was entered is kept."""
    with group_transaction(portal, response_id, by=by, at=now) as (records, members):
        for one in members:
            records.put(lifecycle.withdraw(one, now), "link withdrawn")


def extend_link(portal: Portal, response_id: str, due: date, *, by: str, now: datetime) -> None:
    """Move the due date; the link stays open at least that long, and as long as a new one would."""
    if due < now.date():
        raise Refused([Problem("due", "Give a date that has not passed.")])
    end = datetime.combine(due + timedelta(days=1), datetime.min.time(), now.tzinfo)
    expires = max(end, now + timedelta(days=portal.config.link_days))
    with group_transaction(portal, response_id, by=by, at=now) as (records, members):
        for one in members:
            records.put(lifecycle.extend(one, expires, due), "link extended")


def replace_link(portal: Portal, response_id: str, *, by: str, now: datetime) -> Invitation:
    """Make a new link to the same response; the invitation's before it are over, those of colleagues stay."""
    token, link = new_link(portal, by, now)
    return _invitation(portal, _with_link(portal, response_id, link, by, now), token, link)


def _with_link(portal: Portal, response_id: str, link: Link, by: str, now: datetime) -> Response:
    with group_transaction(portal, response_id, (LinkKey, link.token_hash), by=by, at=now) as (records, members):
        for one in members:
            records.put(lifecycle.with_new_link(one, link, now), "link replaced")
        records.put(LinkKey(id=link.token_hash, response=members[0].id), "link made")
    return members[0]


def mail_fresh_link(portal: Portal, token: str, address: str, now: datetime) -> None:
    """Mail a new link to the address on file, if the old token was ever one of ours and was not withdrawn by staff.

    Whoever asks learns nothing: every outcome looks the same, and faults are swallowed on purpose.
    """
    try:
        throttle.check(portal, "requests for fresh links from one address", address, now)
        throttle.count(portal, "requests for fresh links from one address", address, now)
        response = response_of(portal, token)
        link = lifecycle.link_of(response, hashed(token))
        if link.sections or (link.withdrawn is not None and lifecycle.invitation_link(response) == link):
            return  # withdrawn by staff, or a colleague's: they ask who gave it to them
        throttle.check(portal, "fresh links for one response", response.id, now)
        throttle.count(portal, "fresh links for one response", response.id, now)
        partner = portal.store.get(Partner, response.partner)
        token, made = new_link(portal, "contact", now)
        invitation = _invitation(portal, response, token, made)
        # The mail goes first: a server that refuses it must not cost anybody the link that still works.
        words, title = portal.languages.words(response.language), portal.edition(response.edition).title
        portal.mailer.send(
            fresh_link(
                to=partner.contact_email,
                sender=portal.config.mail_from,
                importer=portal.config.importer,
                title=words.content.get(title, title),
                link=invitation.link,
                expires=day_text(invitation.expires, words.language),
                say=words.say,
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
