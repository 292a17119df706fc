"""One response for staff: its answers, its score with the trace, its history, its files, its link."""

import logging
from collections.abc import Sequence
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct, structs

from portal.core import handing, receipts, threads
from portal.core.alternatives import alternative_chosen
from portal.core.asking import outline
from portal.core.errors import NotFound, Problem, Refused
from portal.core.history_steps import steps
from portal.core.letters import LETTERS
from portal.core.lifecycle import invitation_link, is_live
from portal.core.lines import Line, note_on
from portal.core.questionnaire import Questionnaire
from portal.core.records import Partner, Response, State
from portal.core.remarks import contradictions
from portal.core.returning import as_sent
from portal.core.scoring import CategoryScore, Score
from portal.core.steps import cheapest_steps, gain
from portal.core.worth import Obligation
from portal.languages.tongues import ENGLISH, tongue
from portal.usecases import alternatives, answering, inviting
from portal.usecases.answering import Reading
from portal.usecases.earlier import last_year
from portal.usecases.mailing import mails_about
from portal.usecases.partner_lines import link_state
from portal.usecases.portal import MUST_RESULT, RATING, provisional_of, score_of
from portal.usecases.threads import answer_partner
from portal.usecases.visits import verified_of
from portal.web import here, speaking
from portal.web.partner_answers import file_page
from portal.web.review_form import Drawn, drawn
from portal.web.staff_pages import again, given_due, links_page, usual_due

bp = Blueprint("staff_responses", __name__)
log = logging.getLogger("portal")


class Opened(Struct, frozen=True):
    """A response with what belongs to it.

    It is seen as it was sent, also while the partner works on what was asked back; `state` says which of the two it is.
    """

    response: Response
    questionnaire: Questionnaire
    partner: Partner
    state: State


def open_response(response_id: str) -> Opened:
    """The response of that id with what belongs to it, or NotFound."""
    response = here.portal().store.get(Response, response_id)
    partner = here.portal().store.get(Partner, response.partner)
    return Opened(as_sent(response), here.portal().edition(response.edition), partner, response.state)


def _shown_in() -> Reading:
    """The language, or the two, in which somebody on our side wants to see the questions."""
    first, second = (speaking.known_language(request.args.get(name, "")) for name in ("language", "second"))
    return Reading(first or ENGLISH, second if second != first else "")


def page(template: str, opened: Opened, **more: object) -> str:
    """A page about one response."""
    return render_template(
        template,
        response=structs.replace(opened.response, state=opened.state),
        questionnaire=opened.questionnaire,
        partner=opened.partner,
        final=opened.state.is_sent,
        **more,
    )


@bp.get("/staff/responses/<response_id>")
def show(response_id: str) -> ResponseReturnValue:
    """Everything that was asked and answered, section by section."""
    return answers_page(response_id, [])


def answers_page(response_id: str, problems: Sequence[Problem], review: Sequence[Drawn] | None = None) -> str:
    """The page, with what was wrong on top; `review` are the reviewers' sections where they were just typed in."""
    opened, shown_in = open_response(response_id), _shown_in()
    response, link = opened.response, invitation_link(opened.response)
    if link is None:
        raise NotFound("This response has no link.")
    judged = score_of(response, opened.questionnaire)
    seen = outline(speaking.edition_in(response.edition, shown_in), response, here.today())
    return page(
        "staff/response.html",
        opened,
        seen=seen,
        shown_in=shown_in,
        language_names={code: one.name for code, one in here.portal().languages.tongues.items()},
        language_name=lambda code: tongue(code).name,
        judged={line.question: line for line in judged.lines},
        certified=judged.certified,
        doubts=contradictions(opened.questionnaire, response, here.today()),
        review=drawn(response, opened.questionnaire) if review is None else review,
        link=link,
        live_links=sum(is_live(one, here.now()) for one in response.links if not one.sections and one != link),
        mails=mails_about(here.portal(), response),
        letters=LETTERS,
        colleagues=handing.colleagues(response, seen, here.now()),
        asked=threads.asked(response, opened.questionnaire),
        typed=request.form,
        link_state=link_state(link.withdrawn is not None, link.expires, here.now()),
        today=here.today(),
        last_year=last_year(here.portal(), response),
        receipt=receipts.checked(response, request.args.get("compare", "")),
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
    opened = open_response(response_id)
    judged = score_of(opened.response, opened.questionnaire)
    return page(
        "staff/score.html",
        opened,
        judged=judged,
        today=here.today(),
        last_year=last_year(here.portal(), opened.response),
        rating=judged.outcomes.get(RATING),
        result=judged.outcomes.get(MUST_RESULT),
        musts=judged.of(Obligation.MUST),
        shoulds=judged.of(Obligation.SHOULD),
        unmet=judged.unmet(Obligation.MUST),
        unmet_shoulds=judged.unmet(Obligation.SHOULD),
        parts=_parts(judged),
        questions={question.id: question for question in opened.questionnaire.questions},
        note_on=note_on,
        verified=verified_of(here.portal(), opened.response, judged),
        provisional=provisional_of(opened.response, opened.questionnaire),
        lift=cheapest_steps(opened.questionnaire, judged),
        gain=gain,
    )


def _parts(judged: Score) -> list[Part]:
    return [
        Part(category, tuple(line for line in judged.lines if line.category == category.id))
        for category in judged.categories
    ]


@bp.get("/staff/responses/<response_id>/history")
def history(response_id: str) -> ResponseReturnValue:
    """Who did what, when; what answers said before and after."""
    opened = open_response(response_id)
    events = here.portal().store.history(Response, response_id)
    return page("staff/history.html", opened, steps=steps(events, opened.questionnaire))


@bp.get("/staff/responses/<response_id>/evidence/<evidence_id>")
def evidence(response_id: str, evidence_id: str) -> ResponseReturnValue:
    """A file that supports an answer, as a download. Who takes it is noted."""
    item = answering.evidence_of(open_response(response_id).response, evidence_id)
    log.info("%s takes out evidence %s of %s", here.person().id, item.id, response_id)
    return file_page(item)


@bp.post("/staff/responses/<response_id>/questions/<question_id>")
def reply(response_id: str, question_id: str) -> ResponseReturnValue:
    """Answer what the partner asked about a question."""
    text = request.form.get(threads.field_of(question_id), "")
    try:
        answer_partner(here.portal(), response_id, question_id, text, by=here.person().id, now=here.now())
    except Refused as fact:
        return again(partial(answers_page, response_id), fact)
    return redirect(url_for(".show", response_id=response_id, done="replied", _anchor="asked"), code=303)


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
        return again(partial(answers_page, response_id), fact)
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
        return again(partial(answers_page, response_id), fact)
    page = "staff_review.show" if request.form.get("back") == "review" else ".show"
    there = url_for(page, response_id=response_id, done="judged", _anchor=f"question-{question_id}")
    return redirect(there, code=303)


@bp.post("/staff/responses/<response_id>/replace")
def replace(response_id: str) -> ResponseReturnValue:
    """Make a new link and end the one before it."""
    return links_page([inviting.replace_link(here.portal(), response_id, by=here.person().id, now=here.now())])
