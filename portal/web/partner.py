"""The contact's pages: the invitation, the list of sections, a section, checking, submitting, the receipt."""

from collections.abc import Mapping
from threading import Thread

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as HttpResponse

from portal.core.asking import Outline, SectionOutline, answered, files_of, lacks, outline, visible
from portal.core.errors import LinkOver, NotFound, Problem, Refused, Stale
from portal.core.questionnaire import Question, Questionnaire, Section
from portal.core.records import Response, State
from portal.usecases import answering
from portal.usecases.answering import Access
from portal.usecases.inviting import mail_fresh_link
from portal.usecases.sessions import end_session, find_session
from portal.web import here
from portal.web.forms import Typed, section_form
from portal.web.guard import cookie_name
from portal.web.showing import Drawer, section_line, show_question

bp = Blueprint("partner", __name__)

Problems = Mapping[str, list[Problem]]


@bp.get("/invitation/<token>")
def invitation(token: str) -> ResponseReturnValue:
    """Who asks, why, how long it takes; looking changes nothing and sets no cookie."""
    try:
        response = answering.look_at_invitation(here.portal(), token, here.address(), here.now())
    except (NotFound, LinkOver) as fact:
        return link_over(token, 404 if isinstance(fact, NotFound) else 410)
    questionnaire = here.portal().edition(response.edition)
    seen = outline(questionnaire, response)
    return render_template(
        "partner/invitation.html", response=response, questionnaire=questionnaire, seen=seen, token=token
    )


def link_over(token: str, status: int) -> ResponseReturnValue:
    """One plain page for a wrong, expired or withdrawn link; it gives nothing away and can ask for a fresh one."""
    return render_template("partner/link_over.html", token=token[:100], notice=request.args.get("done")), status


@bp.post("/invitation/<token>")
def start(token: str) -> ResponseReturnValue:
    """Press Start: the token becomes a cookie and leaves the address bar."""
    portal, cookie = here.portal(), cookie_name("partner")
    session = find_session(portal, request.cookies.get(cookie, ""), here.now())
    name = request.form.get("name", "")
    try:
        response, secret = answering.enter(portal, token, name, session, here.address(), here.now())
    except (NotFound, LinkOver) as fact:
        return link_over(token, 404 if isinstance(fact, NotFound) else 410)
    page = redirect(url_for(".overview", response_id=response.id), code=303)
    if secret:
        set_cookie(page, cookie, secret)
    return page


def set_cookie(page: HttpResponse, name: str, secret: str) -> None:
    """Hand a session's secret to the browser, out of reach of scripts and other sites."""
    https = here.portal().config.https
    page.set_cookie(name, secret, httponly=True, secure=https, samesite="Lax", path="/")


@bp.post("/invitation/<token>/fresh-link")
def fresh_link(token: str) -> ResponseReturnValue:
    """Ask for a new link by mail. The answer is the same for everybody, and takes no longer for those we know."""
    work = (here.portal(), token, here.address(), here.now())
    Thread(target=mail_fresh_link, args=work, daemon=current_app.testing).start()
    return redirect(url_for(".invitation", token=token, done="mailed"), code=303)


@bp.get("/partner/responses/<response_id>")
def overview(response_id: str) -> ResponseReturnValue:
    """The list of sections with progress."""
    response, questionnaire = _mine(response_id)
    if response.state is State.SUBMITTED:
        return redirect(url_for(".receipt", response_id=response_id), code=303)
    seen = outline(questionnaire, response)
    lines = [section_line(part) for part in seen.sections]
    return render_template(
        "partner/overview.html",
        response=response,
        questionnaire=questionnaire,
        seen=seen,
        lines=lines,
        notice=request.args.get("done"),
    )


def _mine(response_id: str) -> tuple[Response, Questionnaire]:
    response = answering.own_response(here.portal(), here.access(response_id), here.now())
    return response, here.portal().edition(response.edition)


@bp.get("/partner/responses/<response_id>/sections/<section_id>")
def section(response_id: str, section_id: str) -> ResponseReturnValue:
    """One section of questions."""
    response, questionnaire = _mine(response_id)
    if response.state is State.SUBMITTED:
        return redirect(url_for(".copy", response_id=response_id), code=303)
    return _section_page(response, questionnaire, section_id, {}, {}, {})


@bp.post("/partner/responses/<response_id>/sections/<section_id>")
def save_section(response_id: str, section_id: str) -> ResponseReturnValue:
    """Save what the page said, files included; go on, or come back to what needs more."""
    access = here.access(response_id)
    before, questionnaire = _mine(response_id)
    part = _section_of(questionnaire, section_id)
    typed = section_form(part.questions, request.form)
    given = {id: (one.given, _base(one)) for id, one in typed.items() if one.touched and one.take != "theirs"}
    saved = answering.save_answers(here.portal(), access, given, now=here.now(), section=section_id)
    refused = _merged(saved.refused, _take_files(access, part))
    if refused or saved.stale:
        response, _ = _mine(response_id)
        page = _section_page(response, questionnaire, section_id, typed, saved.stale, refused)
        return page, 422 if refused else 409
    return redirect(_next_page(before, saved.response, questionnaire, part), code=303)


def _merged(one: Problems, other: Problems) -> Problems:
    return {id: [*one.get(id, ()), *other.get(id, ())] for id in (*one, *other)}


def _base(typed: Typed) -> int | None:
    """The version that a save starts from; None saves over whatever is there, as the person chose."""
    return None if typed.take == "mine" else typed.version


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
    done, question = _wants_a_look(before, after, questionnaire, shown.get(part.id, ()))
    if question is not None:
        anchor = f"question-{question.id}"
        return url_for(".section", response_id=after.id, section_id=part.id, done=done, _anchor=anchor)
    order = list(shown)
    place = order.index(part.id) + 1 if part.id in order else len(order)
    if request.form.get("then") == "list" or place >= len(order):
        return url_for(".overview", response_id=after.id, done="saved")
    return url_for(".section", response_id=after.id, section_id=order[place], done="saved")


def _wants_a_look(
    before: Response, after: Response, questionnaire: Questionnaire, shown: tuple[Question, ...]
) -> tuple[str, Question | None]:
    """The first question that these answers opened, or whose answer asks for more; saving again passes it by."""
    if after.answers == before.answers:
        return "", None
    earlier = visible(questionnaire, before.answers, before.facts).values()
    known = {question.id for questions in earlier for question in questions}
    files = files_of(after.evidence)
    for question in shown:
        answer, count = after.answers.get(question.id), files[question.id]
        has_answer = answered(question, answer, count)
        if question.id not in known and not has_answer:
            return "new", question
        if has_answer and lacks(question, answer, count):
            return "more", question
    return "", None


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
    shown = {question.id for question in seen.sections[place].questions}
    files, checking = files_of(response.evidence), bool(request.args.get("check"))
    lacking = {
        question.id: lacks(question, response.answers.get(question.id), files[question.id])
        for question in seen.sections[place].questions
        if checking
    }
    drawer: Drawer = current_app.extensions["drawer"]
    questions = [
        show_question(
            question,
            response,
            question.id in shown,
            typed[question.id].given if question.id in refused or question.id in stale else None,
            [*refused.get(question.id, ()), *lacking.get(question.id, ())],
            response.answers.get(question.id) if question.id in stale else None,
        )
        for question in part.questions
    ]
    return render_template(
        "partner/section.html",
        response=response,
        section=part,
        seen=seen,
        part=seen.sections[place],
        place=place,
        previous=_neighbour(seen, place - 1),
        following=_neighbour(seen, place + 1),
        questions=questions,
        wrong=_flat(refused),
        notice=request.args.get("done"),
        lacking=_flat(lacking),
        draw=lambda one: drawer.draw(one, response.id, response.edition),
    )


def _flat(problems: Problems) -> list[Problem]:
    return [problem for found in problems.values() for problem in found]


def _neighbour(seen: Outline, place: int) -> SectionOutline | None:
    return seen.sections[place] if 0 <= place < len(seen.sections) else None


@bp.get("/partner/responses/<response_id>/submit")
def check(response_id: str) -> ResponseReturnValue:
    """Check your answers: everything that was said, and what is still lacking."""
    response, questionnaire = _mine(response_id)
    if response.state is State.SUBMITTED:
        return redirect(url_for(".receipt", response_id=response_id), code=303)
    return _check_page(response, questionnaire)


def _check_page(response: Response, questionnaire: Questionnaire) -> str:
    seen = outline(questionnaire, response)
    asks = {question.id: question.ask for question in questionnaire.questions}
    return render_template(
        "partner/check.html",
        response=response,
        questionnaire=questionnaire,
        seen=seen,
        asks=asks,
    )


@bp.post("/partner/responses/<response_id>/submit")
def submit(response_id: str) -> ResponseReturnValue:
    """Hand the response over."""
    access = here.access(response_id)
    try:
        answering.submit(here.portal(), access, now=here.now())
    except Refused:
        return _check_page(*_mine(response_id)), 422
    return redirect(url_for(".receipt", response_id=response_id), code=303)


@bp.get("/partner/responses/<response_id>/receipt")
def receipt(response_id: str) -> ResponseReturnValue:
    """What was handed over, when, under which reference."""
    response, questionnaire = _mine(response_id)
    if response.state is not State.SUBMITTED:
        return redirect(url_for(".overview", response_id=response_id), code=303)
    seen = outline(questionnaire, response)
    return render_template("partner/receipt.html", response=response, questionnaire=questionnaire, seen=seen)


@bp.get("/partner/responses/<response_id>/copy")
def copy(response_id: str) -> ResponseReturnValue:
    """Everything asked and answered on one page, to print or keep."""
    response, questionnaire = _mine(response_id)
    seen = outline(questionnaire, response)
    return render_template("partner/copy.html", response=response, questionnaire=questionnaire, seen=seen)


@bp.post("/partner/leave")
def leave() -> ResponseReturnValue:
    """End this browser's session; the link opens it again."""
    session = here.session()
    if session is not None:
        end_session(here.portal(), session.id, here.now())
    page = current_app.make_response(render_template("partner/left.html"))
    page.delete_cookie(cookie_name("partner"), path="/", secure=here.portal().config.https, samesite="Lax")
    page.headers["Clear-Site-Data"] = '"cache", "storage"'
    return page
