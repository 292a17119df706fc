"""Inviting: a response is opened for a partner and a secret link to it is made; links are withdrawn and replaced."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from portal.content.library import content_hash
from portal.core import lifecycle
from portal.core.errors import NotAllowed, NotFound, Problem, Refused
from portal.core.records import Edition, Link, LinkKey, Partner, Record, Response, State
from portal.core.register import ResponseRow
from portal.core.sites import named, wrong_names
from portal.languages.tongues import ENGLISH
from portal.store.protocol import Key
from portal.usecases.earlier import Newest, newest_submitted, renewed_from
from portal.usecases.groups import group_transaction
from portal.usecases.partner_lines import is_open, response_rows
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed, new_id, new_secret

DUE_DAYS = 30

# What else is kept when partners are invited: records made of the new responses, each with what its history says.
Along = Callable[[Sequence[Response]], Sequence[tuple[Record, str]]]


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
    languages: Mapping[str, str] | None = None,
    along: Along | None = None,
) -> list[Invitation]:
    """Open a response for each partner, or for each of these sites of one partner, and make its link; all or none.

    The link opens in that language, or in the one that `languages` names for the partner. What `along` makes of the
    responses, such as mails, is kept in the same step. Refused where a partner is unknown, has an open response
    already, or there is no questionnaire for its type.
    """
    names = tuple(name for site in sites if (name := " ".join(site.split())))
    rows = response_rows(portal)
    wrong = [*_wrong_partners(portal, partners, rows), *wrong_names(names), *_wrong(partners, names, due, now)]
    if problems := [*wrong, *_wrong_language(portal, language)]:
        raise Refused(problems)
    opening = _Opening(newest_submitted(rows), due, language, by, now, languages or {})
    made = [_opened(portal, portal.store.get(Partner, id), names[0] if names else "", opening) for id in partners]
    _keep(portal, made, names, along([one.response for one in made]) if along else (), opening)
    return [_invitation(portal, one.response, one.token, one.response.links[0]) for one in made]


def _keep(
    portal: Portal,
    made: Sequence["_Opened"],
    names: Sequence[str],
    more: Sequence[tuple[Record, str]],
    opening: "_Opening",
) -> None:
    """Keep editions, responses, links and what goes along with them in one step."""
    editions = {one.edition.id: one.edition for one in made}
    others = [site for one in made for site in _other_sites(portal, one, names, opening)]
    keys: list[Key] = [(Edition, id) for id in editions] + [(Response, site.id) for site in others]
    keys += [(type(record), record.id) for record, _ in more]
    keys += [(Partner, one.response.partner) for one in made]
    for one in made:
        keys += [(Response, one.response.id), (LinkKey, one.response.links[0].token_hash)]
    with portal.store.transaction(*keys, by=opening.by, at=opening.now) as records:
        require_active(records.get(Partner, one.response.partner) for one in made)
        for edition in editions.values():
            if records.find(Edition, edition.id) is None:
                records.put(edition, "edition kept")
        for site in others:
            records.put(site, "invited")
        for one in made:
            first = one.response
            if names:
                first = named(first, names[0], one.edition.questionnaire, opening.now)
            records.put(replace(first, sites=tuple(site.id for site in others)), "invited")
            records.put(LinkKey(id=one.response.links[0].token_hash, response=one.response.id), "link made")
        for record, what in more:
            records.put(record, what)


def _wrong_language(portal: Portal, language: str) -> list[Problem]:
    if language in portal.languages:
        return []
    values = {"language": language, "known": ", ".join(portal.languages.tongues)}
    return [Problem("language", "There is no language “%(language)s”; known are: %(known)s.", values)]


def _wrong_partners(portal: Portal, partners: Sequence[str], rows: Sequence[ResponseRow]) -> list[Problem]:
    open_rows = {row.partner for row in rows if is_open(row)}
    return [problem for id in partners if (problem := why_not(portal, id, open_rows)) is not None]


def _wrong(partners: Sequence[str], sites: Sequence[str], due: date | None, now: datetime) -> list[Problem]:
    checks = (
        ("partner", len(set(partners)) < len(partners), "A partner is named twice."),
        ("due", due is not None and due < now.date(), "Give a date that has not passed."),
        ("sites", bool(sites) and len(partners) != 1, "Name the sites of one partner at a time."),
    )
    return [Problem(where, text) for where, wrong, text in checks if wrong]


def why_not(portal: Portal, id: str, open_rows: set[str]) -> Problem | None:
    """Why a partner cannot be invited; `open_rows` are the partners that have an open response."""
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
    languages: Mapping[str, str]


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
        language=opening.languages.get(partner.id, opening.language),
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


def another_link(portal: Portal, response_id: str, *, by: str, now: datetime) -> Invitation:
    """Make one more link to a response, to be copied; the ones that mails brought go on working."""
    token, link = new_link(portal, by, now)
    with group_transaction(portal, response_id, (LinkKey, link.token_hash), by=by, at=now) as (records, members):
        newest = lifecycle.invitation_link(members[0])
        if newest is None or newest.withdrawn is not None:
            raise NotAllowed(lifecycle.WITHDRAWN)
        for one in members:
            records.put(lifecycle.with_more_link(one, link), "another link made")
        records.put(LinkKey(id=link.token_hash, response=members[0].id), "link made")
    return _invitation(portal, members[0], token, link)


def _with_link(portal: Portal, response_id: str, link: Link, by: str, now: datetime) -> Response:
    with group_transaction(portal, response_id, (LinkKey, link.token_hash), by=by, at=now) as (records, members):
        for one in members:
            records.put(lifecycle.with_new_link(one, link, now), "link replaced")
        records.put(LinkKey(id=link.token_hash, response=members[0].id), "link made")
    return members[0]


def response_of(portal: Portal, token: str) -> Response:
    """The response that a token leads to, or NotFound; whether the link is still live is not looked at."""
    key = portal.store.find(LinkKey, hashed(token))
    if key is None:
        raise NotFound("There is no such link.")
    return portal.store.get(Response, key.response)
