"""One section of questions: shown, and saved by its button with everything that was typed and chosen on it."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from msgspec import Struct

from portal.core.asking import Outline, SectionOutline, answered, files_of, outline, visible
from portal.core.errors import NotFound, Problem, Refused, Stale
from portal.core.questionnaire import Question, Questionnaire, Section
from portal.core.records import Response, State
from portal.core.sufficing import groups_of
from portal.store.protocol import NotKept
from portal.usecases import answering
from portal.usecases.answering import Access, Saved
from portal.web import here
from portal.web.forms import Typed, section_form
from portal.web.partner import mine
from portal.web.questions import Drawer, Shown, show_question

bp = Blueprint("sections", __name__)

Problems = Mapping[str, list[Problem]]


@bp.get("/partner/responses/<response_id>/sections/<section_id>")
def show(response_id: str, section_id: str) -> ResponseReturnValue:
    """One section of questions."""
    response, questionnaire = mine(response_id)
    if response.state is State.SUBMITTED:
        return redirect(url_for("partner.copy", response_id=response_id), code=303)
    return _section_page(response, questionnaire, section_id, {}, {}, {})


@bp.post("/partner/responses/<response_id>/sections/<section_id>")
def save(response_id: str, section_id: str) -> ResponseReturnValue:
    """Save what the page said, files included; go on, or come back to what needs more."""
    kept = keep_typed(response_id, section_id)
    if not isinstance(kept, Saved):
        return kept
    questionnaire = here.portal().asked_in(response_id)
    return redirect(
        _next_page(kept.before, kept.response, questionnaire, _section_of(questionnaire, section_id)), code=303
    )


def keep_typed(response_id: str, section_id: str) -> Saved | ResponseReturnValue:
    """Keep everything that a section's form brought; where something cannot be kept, the page with it still there."""
    portal, access = here.portal(), here.access(response_id)
    questionnaire = portal.asked_in(response_id)
    part = _section_of(questionnaire, section_id)
    typed = section_form(part.questions, request.form)
    given = {id: (one.given, one.version) for id, one in typed.items() if one.touched and one.take != "theirs"}
    try:
        saved = answering.save_answers(portal, access, given, now=here.now(), section=section_id)
    except NotKept as fact:
        # What was typed goes back in the page, so that it can be sent again.
        unsaved = {id: [Problem(id, str(fact))] for id in given}
        page = _section_page(mine(response_id)[0], questionnaire, section_id, typed, {}, unsaved)
        return page, 503, {"Retry-After": "60"}
    refused = _merged(saved.refused, _take_files(access, part))
    if refused or saved.stale:
        response, _ = mine(response_id)
        page = _section_page(response, questionnaire, section_id, typed, saved.stale, refused)
        return page, 422 if refused else 409
    return saved


def _merged(one: Problems, other: Problems) -> Problems:
    return {id: [*one.get(id, ()), *other.get(id, ())] for id in (*one, *other)}


def _section_of(questionnaire: Questionnaire, section_id: str) -> Section:
    found = questionnaire.section(section_id)
    if found is None:
        raise NotFound("There is no such section.")
    return found


def _take_files(access: Access, part: Section) -> Problems:
    """Keep the files that came with the page; one that is refused leaves the others and all answers kept."""
    refused: dict[str, list[Problem]] = {}
    for question in part.questions:
        where = f"{question.id}-evidence"
        for file in request.files.getlist(where):
            if not file.filename:
                continue
            try:
                answering.add_evidence(here.portal(), access, question.id, file.filename, file.stream, now=here.now())
            except Refused as fact:
                refused.setdefault(question.id, []).extend(Problem(where, p.text, p.values) for p in fact.problems)
    return refused


def _next_page(before: Response, after: Response, questionnaire: Questionnaire, part: Section) -> str:
    """Where to go after saving: back to the section where its answers opened or need something, else to the next."""
    shown = visible(questionnaire, after.answers, after.facts)
    done, question = _wants_a_look(before, after, questionnaire, part, shown.get(part.id, ()))
    if question is not None:
        anchor = f"question-{question.id}"
        return url_for(".show", response_id=after.id, section_id=part.id, done=done, _anchor=anchor)
    order = list(shown)
    place = order.index(part.id) + 1 if part.id in order else len(order)
    if request.form.get("then") == "list" or place >= len(order):
        return url_for("partner.overview", response_id=after.id, done="saved")
    return url_for(".show", response_id=after.id, section_id=order[place], done="saved")


def _wants_a_look(
    before: Response, after: Response, questionnaire: Questionnaire, part: Section, shown: tuple[Question, ...]
) -> tuple[str, Question | None]:
    """The first question that these answers opened, or whose answer asks for more; saving again passes it by."""
    if after.answers == before.answers:
        return "", None
    files, lacking = files_of(after.evidence), _lacking(after, questionnaire, part)
    for question in shown:
        if answered(question, after.answers.get(question.id), files[question.id]):
            if lacking.get(question.id):
                return "more", question
        elif question.shown_when is not None and not _was_shown(before, questionnaire, question):
            return "new", question
    return "", None


def _was_shown(before: Response, questionnaire: Questionnaire, question: Question) -> bool:
    earlier = visible(questionnaire, before.answers, before.facts).values()
    return any(question.id == one.id for questions in earlier for one in questions)


def _section_page(
    response: Response,
    questionnaire: Questionnaire,
    section_id: str,
    typed: Mapping[str, Typed],
    stale: Mapping[str, Stale],
    refused: Problems,
) -> str:
    part, seen = _section_of(questionnaire, section_id), outline(questionnaire, response)
    place = next((number for number, one in enumerate(seen.sections) if one.section.id == section_id), None)
    if place is None:
        raise NotFound("There is no such section.")
    lacking = seen.sections[place].lacking_by_question if request.args.get("check") else {}
    wrong = {id: [*refused.get(id, ()), *lacking.get(id, ())] for id in (*refused, *lacking)}
    questions = _questions(response, part, seen.sections[place], typed, stale, wrong, frozenset(refused))
    return render_template(
        "partner/section.html",
        response=response,
        section=part,
        seen=seen,
        part=seen.sections[place],
        place=place,
        previous=_neighbour(seen, place - 1),
        following=_neighbour(seen, place + 1),
        groups=_groups(questions, response),
        conflicts=[one for one in questions if one.theirs],
        wrong=_flat(refused),
        notice=request.args.get("done"),
        lacking=_flat(lacking),
    )


class Group(Struct, frozen=True):
    """Questions under one heading, drawn; hidden while none of them is asked."""

    heading: str
    hidden: bool
    html: Markup
    one_is_enough: bool


def _groups(questions: Sequence[Shown], response: Response) -> list[Group]:
    drawer: Drawer = current_app.extensions["drawer"]
    groups = []
    enough_of = groups_of(one.question for one in questions)
    for (heading, enough), found in groupby(
        questions, key=lambda one: (one.question.heading, enough_of.get(one.question.id, ""))
    ):
        shown = list(found)
        html = Markup("").join(drawer.draw(one, response.id, response.edition) for one in shown)
        groups.append(Group(heading, not any(one.visible for one in shown), html, bool(enough)))
    return groups


def _questions(
    response: Response,
    section: Section,
    part: SectionOutline,
    typed: Mapping[str, Typed],
    stale: Mapping[str, Stale],
    wrong: Problems,
    refused: frozenset[str],
) -> list[Shown]:
    """The section's questions; one whose answer could not be kept shows what was typed."""
    visible_ids = {question.id for question in part.questions}
    return [
        show_question(
            question,
            response,
            question.id in visible_ids,
            typed[question.id].given
            if question.id in typed and (question.id in refused or question.id in stale)
            else None,
            wrong.get(question.id, ()),
            response.answers.get(question.id) if question.id in stale else None,
        )
        for question in section.questions
    ]


def _lacking(response: Response, questionnaire: Questionnaire, part: Section) -> Problems:
    """What each question of a section still lacks."""
    seen = outline(questionnaire, response).sections
    return next((one.lacking_by_question for one in seen if one.section.id == part.id), {})


def _flat(problems: Problems) -> list[Problem]:
    return [problem for found in problems.values() for problem in found]


def _neighbour(seen: Outline, place: int) -> SectionOutline | None:
    return seen.sections[place] if 0 <= place < len(seen.sections) else None
