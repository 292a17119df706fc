"""One response for staff: its answers, its score with the trace, its history, its files, its link."""

import logging
from collections.abc import Sequence
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from portal.core.alternatives import alternative_chosen
from portal.core.asking import outline
from portal.core.errors import Problem, Refused
from portal.core.questionnaire import Obligation, Questionnaire
from portal.core.records import Partner, Response, State
from portal.core.scoring import CategoryScore, Line, Score
from portal.usecases import alternatives, answering, inviting
from portal.usecases.export_rows import note_on
from portal.usecases.partner_lines import link_state
from portal.usecases.portal import MUST_RESULT, RATING, score_of
from portal.web import here
from portal.web.partner_answers import file_page
from portal.web.staff_history import steps
from portal.web.staff_pages import again, given_due, links_page, usual_due

bp = Blueprint("staff_responses", __name__)
log = logging.getLogger("portal")


class Opened(Struct, frozen=True):
    """A response with what belongs to it."""

    response: Response
    questionnaire: Questionnaire
    partner: Partner


def _open(response_id: str) -> Opened:
    response = here.portal().store.get(Response, response_id)
    partner = here.portal().store.get(Partner, response.partner)
    return Opened(response, here.portal().edition(response.edition), partner)


def _page(template: str, opened: Opened, **more: object) -> str:
    return render_template(
        template,
        response=opened.response,
        questionnaire=opened.questionnaire,
        partner=opened.partner,
        final=opened.response.state is State.SUBMITTED,
        **more,
    )


@bp.get("/staff/responses/<response_id>")
def show(response_id: str) -> ResponseReturnValue:
    """Everything that was asked and answered, section by section."""
    return _answers_page(response_id, [])


def _answers_page(response_id: str, problems: Sequence[Problem]) -> str:
    opened = _open(response_id)
    response, link = opened.response, opened.response.links[-1]
    return _page(
        "staff/response.html",
        opened,
        seen=outline(opened.questionnaire, response),
        judged={line.question: line for line in score_of(response, opened.questionnaire).lines},
        link=link,
        link_state=link_state(link.withdrawn is not None, link.expires, here.now()),
        today=here.now().date(),
        due=request.form.get("due", response.due.isoformat() if response.due else usual_due()),
        problems=problems,
        wrong_at=[problem.where for problem in problems],
        is_alternative=alternative_chosen,
        note=request.form.get("note", ""),
        notice=request.args.get("done"),
    )


class Part(Struct, frozen=True):
    """A category with the lines that add up to it."""

    category: CategoryScore
    lines: tuple[Line, ...]


@bp.get("/staff/responses/<response_id>/score")
def score(response_id: str) -> ResponseReturnValue:
    """The score, and every line of it, so that each number can be followed to a question."""
    opened = _open(response_id)
    judged = score_of(opened.response, opened.questionnaire)
    return _page(
        "staff/score.html",
        opened,
        judged=judged,
        rating=judged.outcomes.get(RATING),
        result=judged.outcomes.get(MUST_RESULT),
        musts=judged.of(Obligation.MUST),
        shoulds=judged.of(Obligation.SHOULD),
        unmet=judged.unmet(Obligation.MUST),
        unmet_shoulds=judged.unmet(Obligation.SHOULD),
        parts=_parts(judged),
        questions={question.id: question for question in opened.questionnaire.questions},
        note_on=note_on,
    )


def _parts(judged: Score) -> list[Part]:
    return [
        Part(category, tuple(line for line in judged.lines if line.category == category.id))
        for category in judged.categories
    ]


@bp.get("/staff/responses/<response_id>/history")
def history(response_id: str) -> ResponseReturnValue:
    """Who did what, when; what answers said before and after."""
    opened = _open(response_id)
    events = here.portal().store.history(Response, response_id)
    return _page("staff/history.html", opened, steps=steps(events, opened.questionnaire))


@bp.get("/staff/responses/<response_id>/evidence/<evidence_id>")
def evidence(response_id: str, evidence_id: str) -> ResponseReturnValue:
    """A file that supports an answer, as a download. Who takes it is noted."""
    item = answering.evidence_of(here.portal().store.get(Response, response_id), evidence_id)
    log.info("%s takes out evidence %s of %s", here.person().id, item.id, response_id)
    return file_page(item)


@bp.post("/staff/responses/<response_id>/withdraw")
def withdraw(response_id: str) -> ResponseReturnValue:
    """End the link at once."""
    inviting.withdraw_link(here.portal(), response_id, by=here.person().id, now=here.now())
    return redirect(url_for(".show", response_id=response_id, done="withdrawn"), code=303)


@bp.post("/staff/responses/<response_id>/extend")
def extend(response_id: str) -> ResponseReturnValue:
    """Give the partner more time."""
    try:
        inviting.extend_link(here.portal(), response_id, given_due(), by=here.person().id, now=here.now())
    except Refused as fact:
        return again(partial(_answers_page, response_id), fact)
    return redirect(url_for(".show", response_id=response_id, done="extended"), code=303)


@bp.post("/staff/responses/<response_id>/alternatives/<question_id>")
def judge_alternative(response_id: str, question_id: str) -> ResponseReturnValue:
    """Accept or refuse a measure that the partner takes in place of the one asked for."""
    try:
        alternatives.judge_alternative(
            here.portal(),
            response_id,
            question_id,
            accepted={"yes": True, "no": False}.get(request.form.get("accepted", "")),
            note=request.form.get("note", ""),
            by=here.person().id,
            now=here.now(),
        )
    except Refused as fact:
        return again(partial(_answers_page, response_id), fact)
    there = url_for(".show", response_id=response_id, done="judged", _anchor=f"question-{question_id}")
    return redirect(there, code=303)


@bp.post("/staff/responses/<response_id>/replace")
def replace(response_id: str) -> ResponseReturnValue:
    """Make a new link and end the one before it."""
    return links_page([inviting.replace_link(here.portal(), response_id, by=here.person().id, now=here.now())])
