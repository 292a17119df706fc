"""A workbook out of the portal and back into it: downloaded, looked at before anything is taken, and taken."""

from collections.abc import Mapping
from datetime import datetime

from portal.core import lifecycle
from portal.core.answering import Given, take
from portal.core.asking import asked_in
from portal.core.questionnaire import Questionnaire
from portal.core.records import Response
from portal.core.words import Words
from portal.sheets.form import write_form
from portal.usecases import throttle
from portal.usecases.answering import Access, Saved, own_response
from portal.usecases.portal import Portal
from portal.usecases.workbook.layout import lay_out
from portal.usecases.workbook.opening import open_workbook
from portal.usecases.workbook.reading import Change, Read, read_answers

LIMIT = "workbooks sent to one response"


def workbook_of(portal: Portal, response: Response, words: Words) -> bytes:
    """The workbook for a response, with all that was answered so far, in the reader's language."""
    return write_form(lay_out(response, portal.edition(response.edition), words, portal.config.importer))


def look_into(portal: Portal, access: Access, data: bytes, name: str, *, now: datetime) -> tuple[Response, Read]:
    """What an uploaded workbook would change; nothing is taken. Opening one costs time, so there is a limit."""
    response = own_response(portal, access, now)
    lifecycle.moved(response, "answer")
    throttle.check(portal, LIMIT, response.id, now)
    throttle.count(portal, LIMIT, response.id, now)
    questionnaire = portal.edition(response.edition)
    opened = open_workbook(data, name, response, questionnaire)
    return response, read_answers(opened, response, questionnaire, now.date())


def conflicts_of(
    saved: Saved, questionnaire: Questionnaire, given: Mapping[str, tuple[Given, int | None]], now: datetime
) -> list[Change]:
    """The answers that were not taken because somebody answered on the web meanwhile, to be shown beside theirs."""
    stored = saved.response
    asked = asked_in(questionnaire, stored, now.date()).questions
    return [
        Change(
            question=question,
            section=section.title,
            now=stored.answers.get(question.id),
            new=take(question, given[question.id][0], now.date())[0],
            version=given[question.id][1] or 0,
            conflict=True,
            asked=question.id in asked,
        )
        for section in questionnaire.sections
        for question in section.questions
        if question.id in saved.stale
    ]
