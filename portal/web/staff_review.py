"""Reviewing a response: question by question, then what was flagged goes back to the partner at once."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.asking import outline
from portal.core.errors import NotAllowed, PortalError, Problem, Refused, Stale
from portal.core.lines import note_on
from portal.core.marking import progress
from portal.core.marks import Mark, Opinion
from portal.core.returning import flagged
from portal.evidence.limits import JPEG, PNG, WEBP
from portal.usecases import answering, marking, returning
from portal.usecases.earlier import last_year
from portal.web import here
from portal.web.partner_answers import file_page
from portal.web.review_cards import FILTER_WORDS, Batch, Card, batch, cards_of
from portal.web.staff_pages import again, given_due
from portal.web.staff_responses import Opened, open_response, page

bp = Blueprint("staff_review", __name__)
log = logging.getLogger("portal")

PICTURES = frozenset({JPEG, PNG, WEBP})
ROUND_DAYS = 14


@bp.get("/staff/responses/<response_id>/review")
def show(response_id: str) -> ResponseReturnValue:
    """A section's questions, or those that a filter lets through, each with what helps to judge it."""
    return _review_page(response_id, [])


def _cards(opened: Opened) -> list[Card]:
    seen = outline(opened.questionnaire, opened.response)
    return cards_of(opened.response, opened.questionnaire, seen, last_year(here.portal(), opened.response))


def _batch(cards: Sequence[Card], at: str = "") -> Batch:
    """The page that the address asks for; where `at` is not on it, the section with that question."""
    asked = batch(cards, request.args.get("only", ""), request.args.get("section", ""))
    home = next((card.section.id for card in cards if card.question.id == at), "")
    there = not home or any(card.question.id == at for card in asked.cards)
    return asked if there else batch(cards, "", home)


def _review_page(response_id: str, problems: Sequence[Problem], at: str = "", conflict: Mark | None = None) -> str:
    """The page, with what was wrong on top; `at` is the question whose form comes back with what was typed in it."""
    opened = open_response(response_id)
    if not opened.state.is_sent:
        raise NotAllowed("These answers are not submitted yet.")
    cards = _cards(opened)
    chosen = _batch(cards, at)
    return page(
        "staff/review.html",
        opened,
        batch=chosen,
        here=_place(chosen),
        sections={card.section.id: card.section for card in cards},
        left=[card.section.id for card in cards if card.mark.opinion is Opinion.OPEN],
        filters={id: (words, len(batch(cards, id, "").cards)) for id, words in FILTER_WORDS.items()},
        progress=progress(opened.questionnaire, opened.response),
        reviewers=marking.reviewers(here.portal()),
        pictures=PICTURES,
        note_on=note_on,
        today=here.today(),
        problems=problems,
        at=at,
        typed=request.form,
        conflict=conflict,
        notice=request.args.get("done"),
    )


@bp.post("/staff/responses/<response_id>/review/<question_id>")
def mark(response_id: str, question_id: str) -> ResponseReturnValue:
    """Keep a mark and go on to the next question; where somebody was first, both are shown."""
    following = _following(response_id, question_id)
    try:
        _keep_mark(response_id, question_id)
    except (Refused, Stale, NotAllowed) as fact:
        return _mark_again(response_id, question_id, fact)
    return redirect(following, code=303)


def _keep_mark(response_id: str, question_id: str) -> None:
    opinion, version = request.form.get("opinion", ""), request.form.get("version", "")
    if opinion not in set(Opinion) or not version.isdecimal() or len(version) > 9:
        raise Refused([Problem(f"{question_id}-note", "Choose what you think of the answer.")])
    said = Mark(
        opinion=Opinion(opinion),
        note=request.form.get("note", ""),
        staff_note=request.form.get("staff_note", ""),
        version=int(version),
    )
    seen = request.form.get("reference", "")
    marking.mark(here.portal(), response_id, question_id, said, seen, by=here.person().id, now=here.now())


def _mark_again(response_id: str, question_id: str, fact: PortalError) -> ResponseReturnValue:
    """The page with what was typed still in the question's form, and what another reviewer said beside it."""
    held = fact.stored if isinstance(fact, Stale) and isinstance(fact.stored, Mark) else None
    where = f"question-{question_id}"
    words = "Another reviewer was first. Both are shown; what you save now replaces the other." if held else str(fact)
    problems = fact.problems or (Problem(where, words),)
    return _review_page(response_id, problems, question_id, held), 422 if isinstance(fact, Refused) else 409


def _following(response_id: str, question_id: str) -> str:
    """Where to go after a question: to the next on its page, to the section after it, at last to what is sent back."""
    opened = open_response(response_id)
    chosen = _batch(_cards(opened))
    to = partial(url_for, response_id=response_id)
    if (id := chosen.after(question_id)) or chosen.only:
        return to(".show", **_place(chosen), _anchor=f"question-{id}" if id else None)
    return to(".show", section=chosen.following) if chosen.following else to(".round_form")


def _place(chosen: Batch) -> dict[str, Any]:
    return {"only": chosen.only} if chosen.only else {"section": chosen.section}


@bp.post("/staff/responses/<response_id>/accepted-where-met")
def accept_met(response_id: str) -> ResponseReturnValue:
    """Accept every answer that is fully met and has no mark yet."""
    seen = request.form.get("reference", "")
    marking.accept_met(here.portal(), response_id, seen, by=here.person().id, now=here.now())
    return redirect(url_for(".show", response_id=response_id, only="open", done="met-accepted"), code=303)


@bp.post("/staff/responses/<response_id>/credits/<question_id>")
def set_credit(response_id: str, question_id: str) -> ResponseReturnValue:
    """Let an answer count as something else than it declares, with the reason."""
    by, now = here.person().id, here.now()
    place = _place(_batch(_cards(open_response(response_id)), question_id))
    try:
        marking.set_credit(here.portal(), response_id, question_id, request.form, by=by, now=now)
    except Refused as fact:
        return again(partial(_review_page, response_id, at=question_id), fact)
    there = url_for(".show", response_id=response_id, **place, done="credit-set", _anchor=f"question-{question_id}")
    return redirect(there, code=303)


@bp.post("/staff/responses/<response_id>/assigned")
def assign(response_id: str) -> ResponseReturnValue:
    """Say who reviews these answers."""
    person = request.form.get("assigned", "")
    try:
        marking.assign(here.portal(), response_id, person, by=here.person().id, now=here.now())
    except Refused as fact:
        return again(partial(_review_page, response_id), fact)
    return redirect(url_for(".show", response_id=response_id, done="assigned"), code=303)


@bp.get("/staff/responses/<response_id>/round")
def round_form(response_id: str) -> ResponseReturnValue:
    """What goes back to the partner: every flagged question with its note, the date, a message; nothing is sent yet."""
    return _round_page(response_id, [])


def _round_page(response_id: str, problems: Sequence[Problem]) -> str:
    opened = open_response(response_id)
    usual = (here.today() + timedelta(days=ROUND_DAYS)).isoformat()
    return page(
        "staff/round.html",
        opened,
        flagged=flagged(opened.questionnaire, opened.response),
        questions={question.id: question for question in opened.questionnaire.questions},
        progress=progress(opened.questionnaire, opened.response),
        due=request.form.get("due", usual),
        message=request.form.get("message", ""),
        problems=problems,
        today=here.today(),
    )


@bp.post("/staff/responses/<response_id>/round")
def send_back(response_id: str) -> ResponseReturnValue:
    """Send back what is flagged: these questions are reopened, and the contact is told."""
    message = request.form.get("message", "")
    try:
        returning.send_back(here.portal(), response_id, given_due(), message, by=here.person().id, now=here.now())
    except Refused as fact:
        return again(partial(_round_page, response_id), fact)
    return redirect(url_for("staff_responses.show", response_id=response_id, done="sent-back"), code=303)


@bp.get("/staff/responses/<response_id>/evidence/<evidence_id>/picture")
def picture(response_id: str, evidence_id: str) -> ResponseReturnValue:
    """A picture to look at on the page: only what was found to be one, in a sandbox, never run. Who looks is noted."""
    item = answering.evidence_of(open_response(response_id).response, evidence_id)
    if item.media_type not in PICTURES:
        return redirect(url_for("staff_responses.evidence", response_id=response_id, evidence_id=evidence_id), code=303)
    log.info("%s looks at picture %s of %s", here.person().id, item.id, response_id)
    shown = file_page(item)
    shown.headers.set("Content-Disposition", "inline")
    return shown
