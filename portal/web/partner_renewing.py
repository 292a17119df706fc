"""Still true, changed, not sure: what the contact says to last year's answers."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import NotFound, Problem, Refused
from portal.core.questionnaire import Section
from portal.core.records import Response
from portal.usecases import renewing
from portal.usecases.answering import Access, Saved
from portal.web import here
from portal.web.forms import given_version
from portal.web.partner_sections import keep_typed, next_page, section_of

bp = Blueprint("renewing", __name__)


@bp.post("/partner/responses/<response_id>/carried/<question_id>")
def decide(response_id: str, question_id: str) -> ResponseReturnValue:
    """Say to one answer of last year that it is still true, or that nobody is sure; or use one of its files again.

    The button sends the whole page along, so what was typed elsewhere on it is kept. Where the answer itself was
    typed over, that counts.
    """
    access = here.access(response_id)
    part = _part_of(response_id, question_id)
    kept = keep_typed(response_id, part.id)
    if not isinstance(kept, Saved):
        return kept
    done = "saved"
    if kept.before.answers.get(question_id) == kept.response.answers.get(question_id):
        done = _said(access, question_id, kept.response)
    back = url_for(
        "sections.show",
        response_id=response_id,
        section_id=part.id,
        done=done,
        _anchor=f"question-{question_id}",
    )
    return redirect(back, code=303)


def _part_of(response_id: str, question_id: str) -> Section:
    for section in here.portal().asked_in(response_id).sections:
        if any(question.id == question_id for question in section.questions):
            return section
    raise NotFound("There is no such question.")


def _said(access: Access, question_id: str, before: Response) -> str:
    """Do what the pressed button says; gives the name of what to tell."""
    choice, _, file = request.form.get("choice", "").partition(":")
    version = given_version(request.form.get(f"{question_id}-version", ""))
    steps: dict[str, Callable[..., Response]] = {
        "still-true": partial(renewing.confirm, version=version),
        "not-sure": renewing.not_sure,
        "keep": partial(renewing.keep_file, evidence_id=file),
    }
    if choice not in steps:
        raise Refused([Problem("choice", "Choose one of the answers offered.")])
    after = steps[choice](here.portal(), access, question_id, now=here.now())
    return "first" if choice == "still-true" and after == before else choice


@bp.post("/partner/responses/<response_id>/sections/<section_id>/still-true")
def confirm_section(response_id: str, section_id: str) -> ResponseReturnValue:
    """Say of all answers shown in a section that they are still true; go on, or come back to what needs more."""
    access = here.access(response_id)
    part = section_of(here.portal().asked_in(response_id), section_id)
    kept = keep_typed(response_id, section_id)
    if not isinstance(kept, Saved):
        return kept
    after = renewing.confirm_section(here.portal(), access, section_id, now=here.now())
    return redirect(next_page(kept.before, after, here.portal().asked_in(response_id), part), code=303)
