"""What happens to one invented partner: invited, opened, answered section by section, submitted, withdrawn."""

from datetime import datetime, timedelta
from io import BytesIO

from msgspec import Struct

from portal.core.actions import actions_of
from portal.core.answering import Given
from portal.core.asking import asked_in
from portal.core.errors import Refused
from portal.core.questionnaire import Question, Section
from portal.core.records import Response, Role
from portal.usecases import answering, inviting, renewing, reporting
from portal.usecases.answering import Access
from portal.usecases.demonstration.answers import Answerer
from portal.usecases.demonstration.companies import Company
from portal.usecases.demonstration.files import page_of, picture_of
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed
from portal.usecases.sessions import end_session
from portal.usecases.submitting import submit

REVIEWER = "reviewer@example.com"
ADDRESS = "192.0.2.1"  # an address that is nobody's, for the count of wrong links
MORNING = timedelta(hours=2, minutes=7)
REPORTS = (
    ("done", "Finished and checked by our security officer. See the photo."),
    ("under-way", "Ordered and paid; it will be delivered next month."),
    ("planned", "Agreed with the owner of the building; work begins after the holidays."),
)


class SignIn(Struct, frozen=True, kw_only=True):
    """Somebody who can sign in, with the password that was just set."""

    email: str
    role: Role
    password: str


class Doors(Struct, frozen=True, kw_only=True):
    """The ways into a demonstration: who can sign in, and two live links, one not started and one in progress."""

    people: tuple[SignIn, ...]
    links: tuple[str, ...]


def tell(portal: Portal, company: Company, now: datetime) -> Invitation | None:
    """Let it happen, up to the state in which the company is now."""
    if company.state == "not-invited":
        return None
    invited = now - timedelta(days=company.invited)
    invitation = inviting.invite(portal, [company.id], by=REVIEWER, now=invited)[0]
    if company.withdrawn:
        inviting.withdraw_link(portal, invitation.response, by=REVIEWER, now=invited + timedelta(days=3))
    if company.state != "invited":
        _answer(portal, company, invitation, invited, now)
    if company.reports:
        _report(portal, company, invitation, invited + timedelta(days=company.took + 3))
    return _renew(portal, company, now - timedelta(days=company.renewed)) if company.renewed else invitation


def _answer(portal: Portal, company: Company, invitation: Invitation, invited: datetime, now: datetime) -> None:
    token = invitation.link.rsplit("/", 1)[-1]
    ended = invited + timedelta(days=company.took)
    opened = min(invited + timedelta(days=1, hours=3), ended)
    response, secret = answering.enter(portal, token, company.contact, None, ADDRESS, opened)
    end_session(portal, hashed(secret), opened)
    if company.state == "opened":
        return
    access = Access(response=response.id, link=hashed(token), name=company.contact)
    questionnaire = portal.edition(response.edition)
    sections = questionnaire.sections
    answerer, step = Answerer(company, opened.date(), now.date()), (ended - opened) / (len(sections) + 1)
    for number, section in enumerate(sections[: max(1, round(len(sections) * company.share))], 1):
        at = opened + step * number
        # A certificate that was proved on the page before may have made this one needless.
        if section.id in asked_in(questionnaire, portal.store.get(Response, response.id), at.date()).shown:
            _answer_section(portal, access, answerer, section, response.facts, at)
    if company.state == "submitted":
        submit(portal, access, now=ended)


def _report(portal: Portal, company: Company, invitation: Invitation, now: datetime) -> None:
    """Say how far the first actions are; what is done is shown by a photo."""
    access = Access(response=invitation.response, link=hashed(invitation.link.rsplit("/", 1)[-1]), name=company.contact)
    response = portal.store.get(Response, invitation.response)
    actions = actions_of(portal.edition(response.edition), response)[: company.reports]
    for place, action in enumerate(actions):
        state, text = REPORTS[place % len(REPORTS)]
        photo = picture_of(f"{company.id} {action.question.id} mended")
        files = [("IMG_0217.png", BytesIO(photo))] if state == "done" else []
        given = Given(value=state, comment=text)
        reporting.report(portal, access, action.question.id, given, files, form="", now=now + MORNING * place)


def _renew(portal: Portal, company: Company, invited: datetime) -> Invitation:
    """The second year: invited again, and some sections are confirmed as still true."""
    invitation = inviting.invite(portal, [company.id], by=REVIEWER, now=invited)[0]
    token, opened = invitation.link.rsplit("/", 1)[-1], invited + timedelta(days=2)
    _, secret = answering.enter(portal, token, company.contact, None, ADDRESS, opened)
    end_session(portal, hashed(secret), opened)
    access = Access(response=invitation.response, link=hashed(token), name=company.contact)
    sections = portal.asked_in(invitation.response).sections
    for place, section in enumerate(sections[: len(sections) // 2]):
        renewing.confirm_section(portal, access, section.id, now=opened + MORNING * place)
    return invitation


def _answer_section(
    portal: Portal,
    access: Access,
    answerer: Answerer,
    section: Section,
    facts: dict[str, str | tuple[str, ...]],
    now: datetime,
) -> None:
    answered = list(answerer.section(section, facts))
    given = {question.id: (typed, None) for question, typed, _ in answered}
    saved = answering.save_answers(portal, access, given, now=now, section=section.id)
    if saved.refused:
        raise Refused([problem for problems in saved.refused.values() for problem in problems])
    later = now + MORNING / 5
    for question, _, asks in answered:
        if answerer.adds_file(asks, question):
            _add_file(portal, access, answerer, question, later)


def _add_file(portal: Portal, access: Access, answerer: Answerer, question: Question, now: datetime) -> None:
    title = question.typical_evidence or question.ask
    if "hoto" in title:
        name, data = f"IMG_{len(title):04}.png", picture_of(f"{answerer.company.id} {question.id}")
    else:
        name, data = f"{question.id}.pdf", page_of(title, answerer.company.name, now.date().isoformat())
    answering.add_evidence(portal, access, question.id, name, BytesIO(data), now=now)
