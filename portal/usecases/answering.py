"""What a contact does with a response: enter, answer, add evidence."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import IO

from msgspec import Struct
from msgspec.structs import replace

from portal.core import handing, lifecycle, returning
from portal.core.answering import Given, take
from portal.core.errors import NotAllowed, NotFound, Problem, Refused, Stale
from portal.core.questionnaire import FactOf, Question, Questionnaire
from portal.core.records import Answer, Evidence, Response, Session
from portal.evidence.limits import FILE_BYTES, RESPONSE_BYTES, RESPONSE_FILES
from portal.usecases import throttle
from portal.usecases.groups import group_transaction, spread_facts
from portal.usecases.inviting import response_of
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed, new_id
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


class Reading(Struct, frozen=True):
    """The language somebody reads in, and the second one beside it; empty for none."""

    language: str = ""
    second: str = ""


def enter(
    portal: Portal,
    token: str,
    name: str,
    session: Session | None,
    address: str,
    now: datetime,
    reading: Reading | None = None,
) -> tuple[Response, str]:
    """Press Start: the response is open, the token is exchanged for a session. Gives the new secret, or "" for none.

    Without a choice the session reads as the invitation says, or as was chosen last.
    """
    response_id, link = look_at_invitation(portal, token, address, now).id, hashed(token)
    name = name.strip()[:80]
    with group_transaction(portal, response_id, by=name or "contact", at=now) as (records, members):
        opened = {
            one.id: _reads_in(lifecycle.start(one, link, now, name), link, reading)
            for one in members
            if _opens(one, response_id, link)
        }
        for one in opened.values():
            records.put(one, "opened")
    response, entered = opened[response_id], dict.fromkeys(opened, link)
    read = reading or Reading(response.language, response.second_language)
    change = partial(
        _entered, entered=entered, name=lifecycle.link_of(response, link).name or name, reading=read, now=now
    )
    if session is not None:
        change_session(portal, session.id, change, now)
        return response, ""
    return response, open_session(portal, lambda id: change(Session(id=id, made=now, seen=now)), now)


def _opens(response: Response, asked: str, link: str) -> bool:
    """Whether a link opens this response: the one it leads to, and the other sites that have it as well."""
    return response.id == asked or any(one.token_hash == link for one in response.links)


def _reads_in(response: Response, link: str, reading: Reading | None) -> Response:
    """The response with the language that its contact chose; what a colleague reads in is the colleague's own."""
    if reading is None or lifecycle.link_of(response, link).sections:
        return response
    return replace(response, language=reading.language, second_language=reading.second)


def _entered(session: Session, *, entered: dict[str, str], name: str, reading: Reading, now: datetime) -> Session:
    return replace(
        session,
        seen=now,
        entered={**session.entered, **entered},
        name=name or session.name,
        language=reading.language,
        second_language=reading.second,
    )


def read_in(portal: Portal, access: Access, session: Session, reading: Reading, *, now: datetime) -> None:
    """Go on in another language, or in two: this browser at once, mails and later visits from now on."""
    with portal.store.transaction((Response, access.response), by=access.name or "contact", at=now) as records:
        response = records.get(Response, access.response)
        lifecycle.require_live(response, access.link, now)
        records.put(_reads_in(response, access.link, reading), "language chosen")
    chosen = {"language": reading.language, "second_language": reading.second}
    change_session(portal, session.id, lambda one: replace(one, **chosen), now)


def own_response(portal: Portal, access: Access, now: datetime) -> Response:
    """The response, through a link that is still live; LinkOver where it is not."""
    response = portal.store.get(Response, access.response)
    lifecycle.require_live(response, access.link, now)
    return response


def whole_response(portal: Portal, access: Access, now: datetime) -> Response:
    """The response for somebody who may see and send everything; NotFound for a colleague with some sections."""
    response = portal.store.get(Response, access.response)
    lifecycle.require_whole(response, access.link, now)
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
        link = lifecycle.require_live(before, access.link, now)
        questionnaire = portal.edition(before.edition)
        handing.require_questions(link, questionnaire, given)
        saves, refused = checked(questionnaire.questions, given, before.answers, now)
        keep = partial(lifecycle.save, before, by=access.name, now=now, section=section)
        shut = returning.locked_in(questionnaire, before, keep(saves)[0], now.date())
        refused |= {id: [Problem(id, returning.LOCKED)] for id in shut}
        response, stale = keep([save for save in saves if save.question.id not in shut])
        if response != before:
            records.put(response, "answers saved")
    if facts := [save.question.id for save in saves if save.question.fact_of is FactOf.COMPANY]:
        spread_facts(portal, response, facts, by=access.name, now=now)
    return Saved(before=before, response=response, refused=refused, stale=stale)


def checked(
    questions: Iterable[Question],
    given: Mapping[str, tuple[Given, int | None]],
    kept: Mapping[str, Answer],
    now: datetime,
) -> tuple[list[lifecycle.Saved], dict[str, list[Problem]]]:
    """What of the given answers to these questions can be saved, and what is wrong with the others, by question."""
    saves, refused = [], dict[str, list[Problem]]()
    asked = {question.id: question for question in questions}
    for id, (typed, version) in given.items():
        question = asked.get(id)
        if question is None:
            refused[id] = [Problem(id, "There is no such question.")]
            continue
        answer, problems = take(question, typed, now.date(), kept.get(id))
        if problems:
            refused[id] = problems
        else:
            saves.append(lifecycle.Saved(question=question, answer=answer, version=version))
    return saves, refused


def add_evidence(
    portal: Portal, access: Access, question_id: str, name: str, stream: IO[bytes], *, now: datetime
) -> Evidence:
    """Take a file for a question: its type is told from its bytes, its name is kept as text only."""
    before = own_response(portal, access, now)
    question = question_of(portal.edition(before.edition), question_id)
    require_opened(portal, before, access, question_id)
    require_room(before, "answer")
    require_asked_back(portal, before, question_id, now)
    item = keep_file(portal, question.id, name, stream, by=access.name, now=now)
    with portal.store.transaction((Response, access.response), by=access.name or "contact", at=now) as records:
        response = records.get(Response, access.response)
        lifecycle.require_live(response, access.link, now)
        require_room(response, "answer", [item])
        twin = [one for one in response.evidence if (one.question, one.sha256) == (question.id, item.sha256)]
        if twin:
            return twin[0]
        require_asked_back(portal, response, question_id, now)
        records.put(lifecycle.add_evidence(response, [item], now), "evidence added")
    return item


def keep_file(portal: Portal, question_id: str, name: str, stream: IO[bytes], *, by: str, now: datetime) -> Evidence:
    """Keep a file's bytes and say what it is; no record names it yet."""
    kept = portal.evidence.keep(stream, FILE_BYTES)
    return Evidence(
        id=new_id(),
        question=question_id,
        sha256=kept.sha256,
        size=kept.size,
        media_type=kept.media_type,
        name=_shown_name(name),
        added=now,
        by=by,
    )


def _shown_name(name: str) -> str:
    """The sender's name for a file as plain text: no folders, no control or direction signs, not too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(sign for sign in last if sign.isprintable() and not 0xD800 <= ord(sign) < 0xE000).strip()
    return (shown or "file")[-LONGEST_FILE_NAME:]


def require_room(response: Response, step: str, more: Sequence[Evidence] = (), size: int = 0) -> None:
    """Refused where files no longer fit, NotAllowed where the step that brings them cannot be taken.

    `size` are the bytes of a file that is still on its way.
    """
    lifecycle.moved(response, step)
    if len(response.evidence) + max(len(more), 1) > RESPONSE_FILES:
        raise Refused([Problem("evidence", "At most %(most)s files fit.", {"most": str(RESPONSE_FILES)})])
    if size + sum(item.size for item in (*response.evidence, *more)) > RESPONSE_BYTES:
        raise Refused([Problem("evidence", "The files together are too large. Remove some you do not need.")])


def remove_evidence(portal: Portal, access: Access, evidence_id: str, *, now: datetime) -> Evidence:
    """Take a file away from a response that is not submitted. Its bytes stay for the history."""
    with portal.store.transaction((Response, access.response), by=access.name or "contact", at=now) as records:
        response = records.get(Response, access.response)
        lifecycle.require_live(response, access.link, now)
        item = evidence_of(response, evidence_id)
        require_opened(portal, response, access, item.question)
        require_asked_back(portal, response, item.question, now)
        records.put(lifecycle.remove_evidence(response, evidence_id, now), "evidence removed")
    return item


def require_opened(portal: Portal, response: Response, access: Access, question_id: str) -> None:
    """NotFound where a colleague's link does not open this question."""
    link = lifecycle.link_of(response, access.link)
    handing.require_questions(link, portal.edition(response.edition), [question_id])


def require_asked_back(portal: Portal, response: Response, question_id: str, now: datetime) -> None:
    """NotAllowed where a response was sent back without this question."""
    if question_id in returning.locked(portal.edition(response.edition), response, now.date()):
        raise NotAllowed(returning.LOCKED)


def own_evidence(portal: Portal, access: Access, evidence_id: str, now: datetime) -> Evidence:
    """A file of one's own response, as far as one's link opens it."""
    response = own_response(portal, access, now)
    item = evidence_of(response, evidence_id)
    require_opened(portal, response, access, item.question)
    return item


def evidence_of(response: Response, evidence_id: str) -> Evidence:
    """One file of a response, or NotFound."""
    for item in response.evidence:
        if item.id == evidence_id:
            return item
    raise NotFound("There is no such file.")
