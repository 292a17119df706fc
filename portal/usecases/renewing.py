"""Renewal: a partner's next response starts from the last one, and the contact says what is still true."""

from collections.abc import Callable, Iterable
from datetime import datetime

from portal.core import confirming, handing, lifecycle, returning
from portal.core.questionnaire import Questionnaire
from portal.core.records import Response
from portal.usecases.answering import Access, require_room
from portal.usecases.portal import Portal

Change = Callable[[Response, Questionnaire], Response]


def confirm(portal: Portal, access: Access, question_id: str, version: int | None, *, now: datetime) -> Response:
    """Still true: last year's answer is given again, by whoever says so."""

    def changed(response: Response, questionnaire: Questionnaire) -> Response:
        question, one = confirming.carried_for(questionnaire, response, question_id)
        return confirming.confirm(response, question, one, version=version, by=access.name, now=now)

    return _change(portal, access, [question_id], changed, "confirmed as still true", now)


def not_sure(portal: Portal, access: Access, question_id: str, *, now: datetime) -> Response:
    """Not sure: the question stays unanswered and is marked to come back to."""

    def changed(response: Response, questionnaire: Questionnaire) -> Response:
        question, _ = confirming.carried_for(questionnaire, response, question_id)
        return confirming.not_sure(response, question, by=access.name, now=now)

    return _change(portal, access, [question_id], changed, "marked to come back to", now)


def keep_file(portal: Portal, access: Access, question_id: str, evidence_id: str, *, now: datetime) -> Response:
    """Still valid: one of last year's files supports the answer once more."""

    def changed(response: Response, questionnaire: Questionnaire) -> Response:
        question, one = confirming.carried_for(questionnaire, response, question_id)
        lifecycle.moved(response, "answer")
        return confirming.keep_files(response, question, one, [evidence_id], now)

    return _change(portal, access, [question_id], changed, "evidence kept", now)


def confirm_section(portal: Portal, access: Access, section_id: str, *, now: datetime) -> Response:
    """Everything of a section that one press can confirm is still true."""

    def changed(response: Response, questionnaire: Questionnaire) -> Response:
        lifecycle.moved(response, "answer")
        return confirming.confirm_section(questionnaire, response, section_id, by=access.name, now=now)

    section = portal.asked_in(access.response).section(section_id)
    questions = [question.id for question in section.questions] if section else []
    return _change(portal, access, questions, changed, "a section confirmed as still true", now)


def _change(
    portal: Portal, access: Access, questions: Iterable[str], change: Change, what: str, now: datetime
) -> Response:
    with portal.store.transaction((Response, access.response), by=access.name or "contact", at=now) as records:
        before = records.get(Response, access.response)
        link, questionnaire = lifecycle.require_live(before, access.link, now), portal.edition(before.edition)
        handing.require_questions(link, questionnaire, questions)
        after = change(before, questionnaire)
        returning.require_open(questionnaire, before, after, now.date())
        if len(after.evidence) > len(before.evidence):
            require_room(before, "answer", after.evidence[len(before.evidence) :])
        if after != before:
            records.put(after, what)
    return after
