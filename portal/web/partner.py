"""The contact's pages: the invitation, the list of sections, a section, checking, submitting, the receipt."""

from collections.abc import Mapping
from threading import Thread

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec.structs import replace

from portal.core import handing, lifecycle, receipts, returning
from portal.core.actions import actions_of
from portal.core.asked_when import may_be_asked
from portal.core.asking import UNANSWERABLE, Outline, outline
from portal.core.confirming import Renewal, renewal
from portal.core.errors import LinkOver, NotFound, Refused
from portal.core.findings import is_open, sent_to_partner
from portal.core.questionnaire import Questionnaire
from portal.core.records import Link, Response, State
from portal.core.remarks import expired, remarks_seen
from portal.core.rownames import as_asked
from portal.usecases import answering
from portal.usecases.answering import Access, Reading
from portal.usecases.decision_letters import OUTCOMES
from portal.usecases.fresh_links import mail_fresh_link
from portal.usecases.secrets import hashed
from portal.usecases.sessions import end_session, find_session
from portal.usecases.submitting import submit as hand_over
from portal.web import here, speaking
from portal.web.guard import cookie_name, local_path, set_cookie
from portal.web.showing import section_line

bp = Blueprint("partner", __name__)


@bp.get("/invitation/<token>")
def invitation(token: str) -> ResponseReturnValue:
    """Who asks, why, how long it takes; looking changes nothing and sets no cookie."""
    try:
        response = answering.look_at_invitation(here.portal(), token, here.address(), here.now())
    except (NotFound, LinkOver) as fact:
        return link_over(token, 404 if isinstance(fact, NotFound) else 410)
    speaking.as_invited(response)
    questionnaire, link = speaking.edition(response.edition), lifecycle.link_of(response, hashed(token))
    return render_template(
        "partner/invitation.html",
        response=response,
        questionnaire=questionnaire,
        seen=handing.narrowed(outline(questionnaire, response, here.today()), link),
        token=token,
        link=link,
        renewal=_renewal(questionnaire, response, link),
    )


def _renewal(questionnaire: Questionnaire, response: Response, link: Link) -> Renewal | None:
    """What is to do where last year's answers are carried; colleagues see that beside each question."""
    return renewal(questionnaire, response, here.today()) if response.carried and not link.sections else None


@bp.get("/invitation/<token>/questions")
def questions(token: str) -> ResponseReturnValue:
    """Everything that may be asked, to read or print before starting: the questions alone, never an answer."""
    try:
        response = answering.look_at_invitation(here.portal(), token, here.address(), here.now())
    except (NotFound, LinkOver) as fact:
        return link_over(token, 404 if isinstance(fact, NotFound) else 410)
    speaking.as_invited(response)
    questionnaire, given = speaking.edition(response.edition), lifecycle.link_of(response, hashed(token)).sections
    asked = may_be_asked(questionnaire, response.facts, speaking.words())
    parts = [part for part in asked if not given or part.section.id in given]
    return render_template("partner/questions.html", response=response, questionnaire=questionnaire, parts=parts)


def link_over(token: str, status: int) -> ResponseReturnValue:
    """One plain page for a wrong, expired or withdrawn link; it gives nothing away and can ask for a fresh one."""
    return render_template("partner/link_over.html", token=token[:100], notice=request.args.get("done")), status


@bp.post("/invitation/<token>")
def start(token: str) -> ResponseReturnValue:
    """Press Start: the token becomes a cookie and leaves the address bar."""
    portal, cookie = here.portal(), cookie_name("partner")
    session = find_session(portal, request.cookies.get(cookie, ""), here.now())
    name, wanted = request.form.get("name", ""), chosen(request.args)
    try:
        response, secret = answering.enter(portal, token, name, session, here.address(), here.now(), wanted)
    except (NotFound, LinkOver) as fact:
        return link_over(token, 404 if isinstance(fact, NotFound) else 410)
    speaking.read_in(wanted or Reading(response.language, response.second_language))
    page = redirect(url_for(".overview", response_id=response.id), code=303)
    if secret:
        set_cookie(page, cookie, secret)
    return page


def chosen(given: Mapping[str, str]) -> Reading | None:
    """The languages that a form or an address names; None where it names none that there is."""
    language, second = (speaking.known_language(given.get(name, "")) for name in ("language", "second"))
    return Reading(language, second if second != language else "") if language else None


@bp.post("/invitation/<token>/fresh-link")
def fresh_link(token: str) -> ResponseReturnValue:
    """Ask for a new link by mail. The answer is the same for everybody, and takes no longer for those we know."""
    work = (here.portal(), token, here.address(), here.now())
    Thread(target=mail_fresh_link, args=work, daemon=current_app.testing).start()
    # The page goes on in the language it was asked in.
    language = speaking.known_language(request.args.get("language", ""))
    return redirect(url_for(".invitation", token=token, done="mailed", language=language or None), code=303)


@bp.get("/partner/responses/<response_id>")
def overview(response_id: str) -> ResponseReturnValue:
    """The list of sections with progress."""
    response, questionnaire = mine(response_id)
    link = here.link_to(response)
    if response.state is State.SUBMITTED and not link.sections:
        return redirect(url_for(".receipt", response_id=response_id), code=303)
    seen = seen_here(response, questionnaire)
    if response.state is State.RETURNED and not link.sections:
        return _returned_page(response, questionnaire, seen)
    return render_template(
        "partner/colleague.html" if link.sections else "partner/overview.html",
        response=response,
        questionnaire=questionnaire,
        link=link,
        seen=seen,
        lines=[section_line(part) for part in seen.sections],
        handed=handing.handed(response, here.now()),
        at_work=handing.at_work(questionnaire, response, here.access(response_id).name, here.now()),
        renewal=_renewal(questionnaire, response, link),
        expired=expired(seen),
        submitted=response.state is State.SUBMITTED or (response.state.is_sent and not seen.sections),
        notice=request.args.get("done"),
    )


def _returned_page(response: Response, questionnaire: Questionnaire, seen: Outline) -> str:
    """What is asked back, each with its note, and what new answers opened beside that; nothing else is to be done."""
    places, asks = places_in(seen), {question.id: question for question in questionnaire.questions}
    asked = response.rounds[-1]
    return render_template(
        "partner/returned.html",
        response=response,
        questionnaire=questionnaire,
        round=asked,
        seen=seen,
        places=places,
        further=[id for id in places if id not in asked.notes and asks[id].kind not in UNANSWERABLE],
        questions=asks,
        changed=returning.changed_ids(response),
        actions=actions_of(questionnaire, response),
        notice=request.args.get("done"),
    )


def mine(response_id: str) -> tuple[Response, Questionnaire]:
    """The response that this browser has entered, and the edition it is pinned to."""
    response = answering.own_response(here.portal(), here.access(response_id), here.now())
    return response, speaking.edition(response.edition)


def seen_here(response: Response, questionnaire: Questionnaire) -> Outline:
    """The response seen from above, as far as this browser's link opens it and its answers may be changed."""
    seen = handing.narrowed(outline(questionnaire, response, here.today()), here.link_to(response))
    return returning.only_open(seen, returning.locked(questionnaire, response, here.today()))


@bp.get("/partner/responses/<response_id>/submit")
def check(response_id: str) -> ResponseReturnValue:
    """Check your answers: everything that was said, and what is still lacking."""
    response, questionnaire = mine(response_id)
    if response.state is State.SUBMITTED:
        return redirect(url_for(".receipt", response_id=response_id), code=303)
    return _check_page(response, questionnaire)


def _check_page(response: Response, questionnaire: Questionnaire) -> str:
    seen = seen_here(response, questionnaire)
    asks, places = {question.id: question.ask for question in questionnaire.questions}, places_in(seen)
    return render_template(
        "partner/check.html",
        response=response,
        seen=seen,
        asks=asks,
        remarks=[one for one in remarks_seen(questionnaire, response, seen) if places.keys() & set(one.at)],
        places=places,
    )


def places_in(seen: Outline) -> dict[str, str]:
    """The section of each question that is to be answered here."""
    return {one.id: part.section.id for part in seen.sections for one in part.questions}


@bp.post("/partner/responses/<response_id>/submit")
def submit(response_id: str) -> ResponseReturnValue:
    """Hand the response over."""
    access = here.access(response_id)
    try:
        hand_over(here.portal(), access, now=here.now(), language=speaking.reading().language)
    except Refused:
        return _check_page(*mine(response_id)), 422
    return redirect(url_for(".receipt", response_id=response_id), code=303)


@bp.get("/partner/responses/<response_id>/receipt")
def receipt(response_id: str) -> ResponseReturnValue:
    """What was handed over, when, under which reference."""
    response, questionnaire = mine(response_id)
    if response.state is not State.SUBMITTED:
        return redirect(url_for(".overview", response_id=response_id), code=303)
    return render_template(
        "partner/receipt.html",
        response=response,
        questionnaire=questionnaire,
        seen=outline(questionnaire, response, here.today()),
        actions=actions_of(questionnaire, response),
        findings=sent_to_partner(response),
        outcomes=OUTCOMES,
        findings_open=sum(map(is_open, sent_to_partner(response))),
        receipt=receipts.checked(response),
        today=here.today(),
    )


@bp.get("/partner/responses/<response_id>/copy")
def copy(response_id: str) -> ResponseReturnValue:
    """One page to print or keep: what was asked and answered, and before it is sent all that may still be asked.

    While some of it is asked back, it is what was sent.
    """
    response, questionnaire = mine(response_id)
    response = returning.as_sent(response)
    seen = outline(questionnaire, response, here.today())
    return render_template(
        "partner/copy.html",
        response=replace(response, answers=dict(as_asked(questionnaire.sections, response.answers))),
        questionnaire=questionnaire,
        seen=seen,
        parts=list(may_be_asked(questionnaire, response.facts, speaking.words())),
        receipt=receipts.checked(response),
    )


@bp.post("/partner/responses/<response_id>/language")
def read_in(response_id: str) -> ResponseReturnValue:
    """Go on in another language, or in two, on the page that this was chosen on."""
    access, wanted = here.access(response_id), chosen(request.form)
    if wanted is not None:
        speaking.read_in(wanted)
        go_on_in(access, wanted)
    back = local_path(request.form.get("back", ""))
    own_page = url_for(".overview", response_id=response_id)
    return redirect(back if back.startswith(own_page) else own_page, code=303)


def go_on_in(access: Access, wanted: Reading) -> None:
    """Keep the languages that this browser's contact reads in from now on."""
    session = here.session()
    if session is not None:
        answering.read_in(here.portal(), access, session, wanted, now=here.now())


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
