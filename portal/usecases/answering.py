"""What a contact does with a response: enter, answer, add evidence, submit."""

from collections.abc import Mapping
from datetime import datetime
from typing import IO

from msgspec import Struct

from portal.core import lifecycle
from portal.core.answering import Given, take
from portal.core.errors import NotAllowed, NotFound, Problem, Refused, Stale
from portal.core.questionnaire import Question, Questionnaire
from portal.core.records import Evidence, Response, Session, State
from portal.evidence.limits import FILE_BYTES, RESPONSE_BYTES, RESPONSE_FILES
from portal.usecases import throttle
from portal.usecases.inviting import response_of
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed, new_id, new_reference
from portal.usecases.sessions import change_session, open_session

LONGEST_FILE_NAME = 150


class Access(Struct, frozen=True, kw_only=True):
    """Who works on which response: the link that let them in, and the name they gave."""

    response: str
    link: str
    name: str


class Saved(Struct, frozen=True, kw_only=True):
    """What came of saving: the response before and now, what was refused, what somebody else had saved first."""

    before: Response
    response: Response
    refused: dict[str, list[Problem]]
    stale: dict[str, Stale]


def look_at_invitation(portal: Portal, token: str, address: str, now: datetime) -> Response:
    """The response behind a live link, for the invitation page; changes nothing but the count of wrong tries."""
    try:
        response = response_of(portal, token)
    except NotFound:
        throttle.check(portal, "unknown links from one address", address, now)
        throttle.count(portal, "unknown links from one address", address, now)
        raise
    lifecycle.require_live(response, hashed(token), now)
    return response


def enter(
    portal: Portal, token: str, name: str, session: Session | None, address: str, now: datetime
) -> tuple[Response, str]:
    """Press Start: the response is open, the token is exchanged for a session. Gives the new secret, or "" for none."""
    response_id, link = look_at_invitation(portal, token, address, now).id, hashed(token)
    name = name.strip()[:80]
    with portal.store.transaction((Response, response_id), by=name or "contact", at=now) as records:
        response = lifecycle.start(records.get(Response, response_id), link, now)
        records.put(response, "opened")
    if session is not None:
        entered = {**session.entered, response_id: link}
        change_session(portal, session.id, lambda one: _entered(one, entered, name, now), now)
        return response, ""
    secret = open_session(
        portal, lambda id: Session(id=id, made=now, seen=now, entered={response_id: link}, name=name), now
    )
    return response, secret


def _entered(session: Session, entered: dict[str, str], name: str, now: datetime) -> Session:
    return Session(id=session.id, made=session.made, seen=now, entered=entered, name=name or session.name)


def own_response(portal: Portal, access: Access, now: datetime) -> Response:
    """The response, through a link that is still live; LinkOver where it is not."""
    response = portal.store.get(Response, access.response)
    lifecycle.require_live(response, access.link, now)
    return response


def question_of(questionnaire: Questionnaire, id: str) -> Question:
    """The question of that id, or NotFound."""
    question = questionnaire.question(id)
    if question is None:
        raise NotFound("There is no such question.")
    return question


def save_answers(
    portal: Portal,
    access: Access,
    given: Mapping[str, tuple[Given, int | None]],
    *,
    now: datetime,
    section: str = "",
) -> Saved:
    """Save answers, each with the version it was changed from.

    What is malformed is refused by question, what somebody else saved first is told, everything else is kept.
    """
    with portal.store.transaction((Response, access.response), by=access.name or "contact", at=now) as records:
        before = records.get(Response, access.response)
        lifecycle.require_live(before, access.link, now)
        questionnaire = portal.edition(before.edition)
        saves, refused = [], dict[str, list[Problem]]()
        questions = {question.id: question for question in questionnaire.questions}
        for id, (typed, version) in given.items():
            question = questions.get(id)
            if question is None:
                refused[id] = [Problem(id, "There is no such question.")]
                continue
            answer, problems = take(question, typed, now.date(), before.answers.get(id))
            if problems:
                refused[id] = problems
            else:
                saves.append(lifecycle.Saved(question=question, answer=answer, version=version))
        response, stale = lifecycle.save(before, saves, by=access.name, now=now, section=section)
        if response != before:
            records.put(response, "answers saved")
    return Saved(before=before, response=response, refused=refused, stale=stale)


def add_evidence(
    portal: Portal, access: Access, question_id: str, name: str, stream: IO[bytes], *, now: datetime
) -> Evidence:
    """Take a file for a question: its type is told from its bytes, its name is kept as text only."""
    before = own_response(portal, access, now)
    question = question_of(portal.edition(before.edition), question_id)
    require_room(before)
    kept = portal.evidence.keep(stream, FILE_BYTES)
    item = Evidence(
        id=new_id(),
        question=question.id,
        sha256=kept.sha256,
        size=kept.size,
        media_type=kept.media_type,
        name=_shown_name(name),
        added=now,
        by=access.name,
    )
    with portal.store.transaction((Response, access.response), by=access.name or "contact", at=now) as records:
        response = records.get(Response, access.response)
        lifecycle.require_live(response, access.link, now)
        require_room(response, item.size)
        twin = [one for one in response.evidence if (one.question, one.sha256) == (question.id, item.sha256)]
        if twin:
            return twin[0]
        records.put(lifecycle.add_evidence(response, [item], now), "evidence added")
    return item


def _shown_name(name: str) -> str:
    """The sender's name for a file as plain text: no folders, no control or direction signs, not too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(sign for sign in last if sign.isprintable() and not 0xD800 <= ord(sign) < 0xE000).strip()
    return (shown or "file")[-LONGEST_FILE_NAME:]


def require_room(response: Response, more: int = 0) -> None:
    """Whether files can still be added: NotAllowed once submitted, Refused where too many or too large."""
    if response.state is State.SUBMITTED:
        raise NotAllowed("These answers have been submitted and can no longer be changed.")
    if len(response.evidence) >= RESPONSE_FILES:
        raise Refused([Problem("evidence", "At most %(most)s files fit.", {"most": str(RESPONSE_FILES)})])
    if sum(item.size for item in response.evidence) + more > RESPONSE_BYTES:
        raise Refused([Problem("evidence", "The files together are too large. Remove some you do not need.")])


def remove_evidence(portal: Portal, access: Access, evidence_id: str, *, now: datetime) -> Evidence:
    """Take a file away from a response that is not submitted. Its bytes stay for the history."""
    with portal.store.transaction((Response, access.response), by=access.name or "contact", at=now) as records:
        response = records.get(Response, access.response)
        lifecycle.require_live(response, access.link, now)
        item = evidence_of(response, evidence_id)
        records.put(lifecycle.remove_evidence(response, evidence_id, now), "evidence removed")
    return item


def evidence_of(response: Response, evidence_id: str) -> Evidence:
    """One file of a response, or NotFound."""
    for item in response.evidence:
        if item.id == evidence_id:
            return item
    raise NotFound("There is no such file.")


def submit(portal: Portal, access: Access, *, now: datetime) -> Response:
    """Hand the response over, or Refused with everything that is lacking; twice is once."""
    with portal.store.transaction((Response, access.response), by=access.name or "contact", at=now) as records:
        response = records.get(Response, access.response)
        lifecycle.require_live(response, access.link, now)
        if response.state is State.SUBMITTED:
            return response
        questionnaire = portal.edition(response.edition)
        submitted = lifecycle.submit(response, questionnaire, reference=new_reference(), now=now)
        records.put(submitted, "submitted")
    return submitted
