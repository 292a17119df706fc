"""A question to the importer beside a question: asked from its section, or on a page of its own at any time."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import Problem, Refused
from portal.core.questionnaire import Question, Section
from portal.core.threads import field_of
from portal.usecases import threads
from portal.web import here
from portal.web.partner import mine

bp = Blueprint("threads", __name__)

PAGE = "/partner/responses/<response_id>/questions/<question_id>"


@bp.get(PAGE)
def show(response_id: str, question_id: str) -> ResponseReturnValue:
    """What was asked about a question and answered, with room to ask; also after submission."""
    return _page(response_id, question_id, "", [])


def _page(response_id: str, question_id: str, typed: str, problems: Sequence[Problem]) -> str:
    response, questionnaire = mine(response_id)
    return render_template(
        "partner/thread.html",
        response=response,
        question=threads.shown_question(response, questionnaire, here.link_to(response), question_id),
        thread=response.threads.get(question_id, ()),
        field=field_of(question_id),
        typed=typed,
        problems=problems,
        notice=request.args.get("done"),
    )


@bp.post(PAGE)
def ask(response_id: str, question_id: str) -> ResponseReturnValue:
    """Ask."""
    back = url_for(".show", response_id=response_id, question_id=question_id, done="asked")
    return _refused(response_id, question_id) or redirect(back, code=303)


def ask_beside(response_id: str, section: Section) -> ResponseReturnValue | None:
    """Ask everything that was typed beside the questions of a section; where to go after that, None for straight on.

    Whichever button was pressed: a question that somebody typed must not be lost because they pressed Save.
    """
    pressed = request.form.get("ask", "")
    for question in section.questions:
        if _typed_about(question) or question.id == pressed:
            refused = _refused(response_id, question.id)
            if refused is not None:
                return refused
    if not pressed:
        return None
    place = f"question-{pressed}"
    back = url_for("sections.show", response_id=response_id, section_id=section.id, done="asked", _anchor=place)
    return redirect(back, code=303)


def _typed_about(question: Question) -> str:
    return request.form.get(field_of(question.id), "").strip()


def is_typed_beside(section: Section) -> bool:
    """Whether the form that was sent holds a question to the importer."""
    return any(_typed_about(question) for question in section.questions)


def _refused(response_id: str, question_id: str) -> ResponseReturnValue | None:
    """Ask what was typed about a question; the page with what was wrong where it cannot be asked."""
    typed = request.form.get(field_of(question_id), "")
    try:
        threads.ask_importer(here.portal(), here.access(response_id), question_id, typed, now=here.now())
    except Refused as fact:
        return _page(response_id, question_id, typed, fact.problems), 422
    return None
