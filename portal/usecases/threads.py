"""Questions to the importer: asked by the partner beside a question, answered by staff, both kept."""

from datetime import datetime

from portal.core import handing, lifecycle, threads
from portal.core.asking import outline
from portal.core.errors import NotFound
from portal.core.messages import Message
from portal.core.questionnaire import Question, Questionnaire
from portal.core.records import Link, Response
from portal.usecases.answering import Access
from portal.usecases.portal import Portal
from portal.usecases.secrets import new_id
from portal.usecases.telling import tell_contact


def shown_question(response: Response, questionnaire: Questionnaire, link: Link, question_id: str) -> Question:
    """A question that is asked of whoever has this link, or NotFound."""
    for part in handing.narrowed(outline(questionnaire, response), link).sections:
        for question in part.questions:
            if question.id == question_id:
                return question
    raise NotFound("There is no such question.")


def ask_importer(portal: Portal, access: Access, question_id: str, text: str, *, now: datetime) -> None:
    """Ask staff about a question, before or after submission."""
    with portal.store.transaction((Response, access.response), by=access.name or "contact", at=now) as records:
        response = records.get(Response, access.response)
        link = lifecycle.require_live(response, access.link, now)
        questionnaire = portal.edition(response.edition)
        shown_question(response, questionnaire, link, question_id)
        message = Message(id=new_id(), text=text, by=access.name, at=now)
        records.put(threads.say(response, questionnaire, question_id, message), "question to the importer")


def answer_partner(portal: Portal, response_id: str, question_id: str, text: str, *, by: str, now: datetime) -> None:
    """Answer the partner beside the question, and tell the contact by mail that there is an answer."""
    with portal.store.transaction((Response, response_id), by=by, at=now) as records:
        response = records.get(Response, response_id)
        if not response.threads.get(question_id):
            raise NotFound("Nothing was asked about this question.")
        message = Message(id=new_id(), text=text, by=by, at=now, from_staff=True)
        questionnaire = portal.edition(response.edition)
        records.put(threads.say(response, questionnaire, question_id, message), "question of the partner answered")
    tell_contact(portal, response, "question-answered", by=by, now=now)
