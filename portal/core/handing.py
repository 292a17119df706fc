"""Handing sections to colleagues: links that open only these, and who is working on what. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from portal.core.asking import Outline, asked_in
from portal.core.errors import NotAllowed, NotFound, Problem, Refused
from portal.core.lifecycle import invitation_link, is_live, with_link
from portal.core.questionnaire import Questionnaire
from portal.core.records import Link, Response, State

MOST_COLLEAGUES = 20
# A colleague who is late is not shut out at midnight.
GRACE = timedelta(days=14)
# Whoever saved within this time is taken to be still at it.
AT_WORK = timedelta(minutes=30)


class Colleague(Struct, frozen=True, kw_only=True):
    """A colleague's link as the contact sees it; `last` is when they last saved something in their sections."""

    link: Link
    live: bool
    titles: tuple[str, ...]
    asked: int
    answered: int
    last: datetime | None


class AtWork(Struct, frozen=True, kw_only=True):
    """Somebody else who answers a section now; the name is empty where they gave none."""

    name: str
    at: datetime


def expiry(response: Response, due: date | None) -> datetime:
    """When a colleague's link ends: some days after its own due date, and never later than the invitation's."""
    invitation = invitation_link(response)
    if invitation is None:
        raise NotAllowed("This response has no link.")
    if due is None:
        return invitation.expires
    end = datetime.combine(due + timedelta(days=1), datetime.min.time(), invitation.expires.tzinfo)
    return min(invitation.expires, end + GRACE)


def hand(response: Response, link: Link, questionnaire: Questionnaire, now: datetime) -> Response:
    """The response with one more colleague's link, or Refused with what is wrong with it."""
    if response.state is State.SUBMITTED:
        raise NotAllowed("These answers have been submitted and can no longer be changed.")
    problems = [Problem("name", "Write the name of your colleague.")] if not link.name else []
    known = asked_in(questionnaire, response, now.date()).shown
    if not link.sections or not known.keys() >= set(link.sections):
        problems.append(Problem("sections", "Choose at least one section."))
    if link.due is not None and link.due < now.date():
        problems.append(Problem("due", "Give a date that has not passed."))
    if len([one for one in response.links if one.sections and is_live(one, now)]) >= MOST_COLLEAGUES:
        most = {"most": str(MOST_COLLEAGUES)}
        problems.append(Problem("", "At most %(most)s colleagues can have a link. Withdraw one first.", most))
    if problems:
        raise Refused(problems)
    return replace(response, links=(*response.links, link))


def link_of_colleague(response: Response, id: str) -> Link:
    """The colleague's link of that id, or NotFound."""
    for link in response.links:
        if link.sections and link.id == id:
            return link
    raise NotFound("There is no such link.")


def take_back(response: Response, id: str, now: datetime) -> Response:
    """The response with a colleague's link over from now on."""
    link = link_of_colleague(response, id)
    return with_link(response, replace(link, withdrawn=link.withdrawn or now))


def lengthen(response: Response, id: str, due: date, now: datetime) -> Response:
    """The response with another due date for a colleague, whose link stays open accordingly."""
    link = link_of_colleague(response, id)
    if link.withdrawn is not None:
        raise NotAllowed("This link was withdrawn. Make a new one instead.")
    if due < now.date():
        raise Refused([Problem("due", "Give a date that has not passed.")])
    return with_link(response, replace(link, due=due, expires=expiry(response, due)))


def narrowed(seen: Outline, link: Link) -> Outline:
    """What a link shows of a response: everything, or the sections that were handed over."""
    if not link.sections:
        return seen
    return replace(seen, sections=tuple(part for part in seen.sections if part.section.id in link.sections))


def require_questions(link: Link, questionnaire: Questionnaire, ids: Iterable[str]) -> None:
    """NotFound where a link does not open the section of one of these questions."""
    if not link.sections:
        return
    opened = {q.id for section in questionnaire.sections if section.id in link.sections for q in section.questions}
    if not opened.issuperset(ids):
        raise NotFound("There is no such question.")


def colleagues(response: Response, seen: Outline, now: datetime) -> tuple[Colleague, ...]:
    """Every colleague's link, the newest first, with how far each has come."""
    return tuple(_colleague(link, response, seen, now) for link in reversed(response.links) if link.sections)


def _colleague(link: Link, response: Response, seen: Outline, now: datetime) -> Colleague:
    theirs = narrowed(seen, link)
    answers = [response.answers.get(question.id) for part in theirs.sections for question in part.questions]
    saved = [one.saved for one in answers if one and one.saved and one.by == link.name]
    return Colleague(
        link=link,
        live=is_live(link, now),
        titles=tuple(part.section.title for part in theirs.sections),
        asked=theirs.asked,
        answered=theirs.answered,
        last=max(saved, default=None),
    )


def handed(response: Response, now: datetime) -> dict[str, tuple[str, ...]]:
    """Section id to the names of the colleagues who have it now."""
    found: dict[str, tuple[str, ...]] = {}
    for link in response.links:
        if is_live(link, now):
            for id in link.sections:
                found[id] = (*found.get(id, ()), link.name)
    return found


def at_work(questionnaire: Questionnaire, response: Response, me: str, now: datetime) -> dict[str, AtWork]:
    """Section id to whoever else saved an answer there within the last half hour, the latest of them."""
    found: dict[str, AtWork] = {}
    for section in questionnaire.sections:
        for question in section.questions:
            answer = response.answers.get(question.id)
            if answer is None or answer.saved is None or answer.by == me or now - answer.saved > AT_WORK:
                continue
            if response.started is not None and answer.saved <= response.started:
                continue  # filled in when the site was made
            if section.id not in found or found[section.id].at < answer.saved:
                found[section.id] = AtWork(name=answer.by, at=answer.saved)
    return found
