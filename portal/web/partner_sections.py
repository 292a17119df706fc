"""One section of questions: shown, and saved by its button with everything that was typed and chosen on it."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from portal.core import handing
from portal.core.asking import Outline, SectionOutline, answered
from portal.core.confirming import at_once
from portal.core.errors import NotFound, Problem, Refused, Stale
from portal.core.questionnaire import Question, Questionnaire, Section
from portal.core.records import Response, State
from portal.core.remarks import Remark, remarks_seen
from portal.core.returning import locked, round_now
from portal.core.sufficing import groups_of
from portal.core.threads import field_of
from portal.store.protocol import NotKept
from portal.usecases import answering
from portal.usecases.answering import Access, Reading, Saved
from portal.web import here, speaking
from portal.web.forms import Typed, section_form
from portal.web.partner import chosen, go_on_in, mine, seen_here
from portal.web.partner_threads import ask_beside, is_typed_beside
from portal.web.questions import Drawer, Shown, show_question

bp = Blueprint("sections", __name__)

Problems = Mapping[str, list[Problem]]


@bp.get("/partner/responses/<response_id>/sections/<section_id>")
def show(response_id: str, section_id: str) -> ResponseReturnValue:
    """One section of questions."""
    response, questionnaire = mine(response_id)
    if response.state is State.SUBMITTED:
        # What a colleague may see then is on their overview.
        endpoint = "partner.overview" if here.link_to(response).sections else "partner.copy"
        return redirect(url_for(endpoint, response_id=response_id), code=303)
    if response.state is State.RETURNED and seen_here(response, questionnaire).section(section_id) is None:
        return redirect(url_for("partner.overview", response_id=response_id), code=303)
    return _section_page(response, questionnaire, section_id, {}, {}, {})


@bp.post("/partner/responses/<response_id>/sections/<section_id>")
def save(response_id: str, section_id: str) -> ResponseReturnValue:
    """Save what the page said, files included; go on, or come back to what needs more."""
    wanted = chosen(request.form)
    if wanted is not None:
        speaking.read_in(wanted)
    kept = keep_typed(response_id, section_id)
    if wanted is not None:
        return _read_on(response_id, section_id, wanted, kept)
    if not isinstance(kept, Saved):
        return kept
    questionnaire = here.portal().asked_in(response_id)
    part = section_of(questionnaire, section_id)
    return redirect(next_page(kept.before, kept.response, questionnaire, part), code=303)


def _read_on(
    response_id: str, section_id: str, wanted: Reading, kept: Saved | ResponseReturnValue
) -> ResponseReturnValue:
    """The same section in the languages that were chosen on it; what is still unsaved or unsent stays in the page."""
    try:
        go_on_in(here.access(response_id), wanted)
    except NotKept:
        if isinstance(kept, Saved):
            raise
    if not isinstance(kept, Saved):
        return kept
    if is_typed_beside(section_of(here.portal().asked_in(response_id), section_id)):
        return _section_page(*mine(response_id), section_id, {}, {}, {})
    return redirect(url_for("sections.show", response_id=response_id, section_id=section_id), code=303)


def keep_typed(response_id: str, section_id: str) -> Saved | ResponseReturnValue:
    """Keep everything that a section's form brought; unless the language changes, send a question to the importer too.

    Where something cannot be kept, the page with it still there; after a question that was sent, the way back to it.
    """
    portal, access = here.portal(), here.access(response_id)
    questionnaire = portal.asked_in(response_id)
    part = section_of(questionnaire, section_id)
    _require_opened(mine(response_id)[0], section_id)
    typed = section_form(part.questions, request.form)
    given = {id: (one.given, one.version) for id, one in typed.items() if one.touched and one.take != "theirs"}
    try:
        saved = answering.save_answers(portal, access, given, now=here.now(), section=section_id)
    except NotKept as fact:
        # What was typed goes back in the page, so that it can be sent again.
        unsaved = {id: [Problem(id, str(fact))] for id in given}
        page = _section_page(*mine(response_id), section_id, typed, {}, unsaved)
        return page, 503, {"Retry-After": "60"}
    refused = _merged(saved.refused, _take_files(access, part))
    if refused or saved.stale:
        page = _section_page(*mine(response_id), section_id, typed, saved.stale, refused)
        return page, 422 if refused else 409
    if chosen(request.form) is None and (asked := ask_beside(response_id, part)) is not None:
        return asked
    # With the files that came along, which may be the proof that ends the questionnaire.
    return replace(saved, response=mine(response_id)[0]) if request.files else saved


def _require_opened(response: Response, section_id: str) -> None:
    """NotFound where a colleague was not given this section."""
    link = here.link_to(response)
    if link.sections and section_id not in link.sections:
        raise NotFound("There is no such section.")


def _merged(one: Problems, other: Problems) -> Problems:
    return {id: [*one.get(id, ()), *other.get(id, ())] for id in (*one, *other)}


def section_of(questionnaire: Questionnaire, section_id: str) -> Section:
    """The section of that id, or NotFound."""
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


def next_page(before: Response, after: Response, questionnaire: Questionnaire, part: Section) -> str:
    """Where to go after saving: back to the section where its answers opened or need something, else to the next."""
    seen = seen_here(after, questionnaire)
    done, question = _wants_a_look(before, after, questionnaire, seen, part.id)
    if question is not None:
        anchor = f"question-{question.id}"
        return url_for("sections.show", response_id=after.id, section_id=part.id, done=done, _anchor=anchor)
    order = [one.section.id for one in seen.sections]
    place = order.index(part.id) + 1 if part.id in order else len(order)
    if request.form.get("then") == "list" or (place >= len(order) and (seen.lacking or here.link_to(after).sections)):
        return url_for("partner.overview", response_id=after.id, done="saved")
    if place >= len(order):
        return url_for("partner.check", response_id=after.id)
    return url_for("sections.show", response_id=after.id, section_id=order[place], done="saved")


def _wants_a_look(
    before: Response, after: Response, questionnaire: Questionnaire, seen: Outline, section_id: str
) -> tuple[str, Question | None]:
    """The first question that these answers opened, whose answer asks for more, or is hard to believe beside another.

    Saving again passes it by.
    """
    part = seen.section(section_id)
    if after.answers == before.answers or part is None:
        return "", None
    earlier = seen_here(before, questionnaire)
    for question in part.questions:
        if answered(question, after.answers.get(question.id), part.files.get(question.id, 0)):
            if part.lacking_by_question[question.id]:
                return "more", question
        elif question.shown_when is not None and question.id not in earlier.now.questions:
            return "new", question
    known = {remark.message for remark in remarks_seen(questionnaire, before, earlier)}
    fresh = [one for one in remarks_seen(questionnaire, after, seen) if one.message not in known]
    doubted = (question for question in part.questions if any(question.id in one.at for one in fresh))
    return "doubt", next(doubted, None)


def _section_page(
    response: Response,
    questionnaire: Questionnaire,
    section_id: str,
    typed: Mapping[str, Typed],
    stale: Mapping[str, Stale],
    refused: Problems,
) -> str:
    part, seen = section_of(questionnaire, section_id), seen_here(response, questionnaire)
    shut = locked(questionnaire, response, here.today())
    part = replace(part, questions=tuple(one for one in part.questions if one.id not in shut)) if shut else part
    place = next((number for number, one in enumerate(seen.sections) if one.section.id == section_id), None)
    if place is None:
        raise NotFound("There is no such section.")
    lacking = seen.sections[place].lacking_by_question if request.args.get("check") else {}
    wrong = {id: [*refused.get(id, ()), *lacking.get(id, ())] for id in (*refused, *lacking)}
    questions = _questions(response, part, seen.sections[place], typed, stale, wrong, frozenset(refused))
    questions = _with_remarks(questions, remarks_seen(questionnaire, response, seen))
    return render_template(
        "partner/section.html",
        response=response,
        section=part,
        seen=seen,
        part=seen.sections[place],
        place=place,
        previous=_neighbour(seen, place - 1),
        following=_neighbour(seen, place + 1),
        handed=handing.handed(response, here.now()).get(section_id, ()),
        at_work=handing.at_work(questionnaire, response, here.access(response.id).name, here.now()).get(section_id),
        still_true=[] if round_now(response) else at_once(questionnaire, response, section_id, here.today()),
        groups=_groups(questions, response),
        conflicts=[one for one in questions if one.theirs],
        wrong=_flat(refused),
        notice=request.args.get("done"),
        lacking=_flat(lacking),
    )


class Drawn(Struct, frozen=True):
    """A question, drawn, and why it was asked back."""

    id: str
    html: Markup
    note: str


class Group(Struct, frozen=True):
    """Questions under one heading, drawn; hidden while none of them is asked."""

    heading: str
    hidden: bool
    drawn: Sequence[Drawn]
    one_is_enough: bool


def _groups(questions: Sequence[Shown], response: Response) -> list[Group]:
    drawer: Drawer = current_app.extensions["drawer"]
    now = round_now(response)
    notes = now.notes if now else {}
    groups = []
    enough_of = groups_of(one.question for one in questions)
    for (heading, enough), found in groupby(
        questions, key=lambda one: (one.question.heading, enough_of.get(one.question.id, ""))
    ):
        shown = list(found)
        drawn = [
            Drawn(one.question.id, drawer.draw(one, response.id, response.edition), notes.get(one.question.id, ""))
            for one in shown
        ]
        groups.append(Group(heading, not any(one.visible for one in shown), drawn, bool(enough)))
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
            request.form.get(field_of(question.id), ""),
        )
        for question in section.questions
    ]


def _with_remarks(questions: Sequence[Shown], said: Sequence[Remark]) -> list[Shown]:
    """The questions, each with what is worth another look at it."""
    return [replace(one, remarks=tuple(remark for remark in said if one.question.id in remark.at)) for one in questions]


def _flat(problems: Problems) -> list[Problem]:
    return [problem for found in problems.values() for problem in found]


def _neighbour(seen: Outline, place: int) -> SectionOutline | None:
    return seen.sections[place] if 0 <= place < len(seen.sections) else None
