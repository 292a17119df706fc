"""The contact's pages: the invitation, the list of sections, a section, checking, submitting, the receipt."""

from threading import Thread

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec.structs import replace
from werkzeug.wrappers import Response as HttpResponse

from portal.core import handing, lifecycle, receipts
from portal.core.actions import actions_of
from portal.core.asked_when import may_be_asked
from portal.core.asking import Outline, outline
from portal.core.confirming import renewal
from portal.core.errors import LinkOver, NotFound, Refused
from portal.core.findings import is_open, sent_to_partner
from portal.core.questionnaire import Questionnaire
from portal.core.records import Response, State
from portal.core.remarks import remarks_seen
from portal.core.rownames import as_asked
from portal.usecases import answering
from portal.usecases.answering import Reading
from portal.usecases.inviting import mail_fresh_link
from portal.usecases.letters import OUTCOMES
from portal.usecases.secrets import hashed
from portal.usecases.sessions import end_session, find_session
from portal.web import here, speaking
from portal.web.guard import cookie_name, local_path
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
    )


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
    return render_template(
        "partner/questions.html", response=response, questionnaire=questionnaire, parts=parts, token=token
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
        response, secret = answering.enter(portal, token, name, session, here.address(), here.now(), _chosen())
    except (NotFound, LinkOver) as fact:
        return link_over(token, 404 if isinstance(fact, NotFound) else 410)
    page = redirect(url_for(".overview", response_id=response.id), code=303)
    if secret:
        set_cookie(page, cookie, secret)
    return page


def _chosen() -> Reading | None:
    """The languages chosen on the invitation page, which its form carries along."""
    language = speaking.known_language(request.args.get("language", ""))
    return Reading(language, speaking.known_language(request.args.get("second", ""))) if language else None


def set_cookie(page: HttpResponse, name: str, secret: str) -> None:
    """Hand a session's secret to the browser, out of reach of scripts and other sites."""
    https = here.portal().config.https
    page.set_cookie(name, secret, httponly=True, secure=https, samesite="Lax", path="/")


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
    return render_template(
        "partner/colleague.html" if link.sections else "partner/overview.html",
        response=response,
        questionnaire=questionnaire,
        link=link,
        seen=seen,
        lines=[section_line(part) for part in seen.sections],
        handed=handing.handed(response, here.now()),
        at_work=handing.at_work(questionnaire, response, here.access(response_id).name, here.now()),
        submitted=response.state is State.SUBMITTED,
        renewal=renewal(questionnaire, response, here.today()) if response.carried and not link.sections else None,
        notice=request.args.get("done"),
    )


def mine(response_id: str) -> tuple[Response, Questionnaire]:
    """The response that this browser has entered, and the edition it is pinned to."""
    response = answering.own_response(here.portal(), here.access(response_id), here.now())
    return response, speaking.edition(response.edition)


def seen_here(response: Response, questionnaire: Questionnaire) -> Outline:
    """The response seen from above, as far as this browser's link opens it."""
    return handing.narrowed(outline(questionnaire, response, here.today()), here.link_to(response))


@bp.get("/partner/responses/<response_id>/submit")
def check(response_id: str) -> ResponseReturnValue:
    """Check your answers: everything that was said, and what is still lacking."""
    response, questionnaire = mine(response_id)
    if response.state is State.SUBMITTED:
        return redirect(url_for(".receipt", response_id=response_id), code=303)
    return _check_page(response, questionnaire)


def _check_page(response: Response, questionnaire: Questionnaire) -> str:
    seen = outline(questionnaire, response, here.today())
    asks = {question.id: question.ask for question in questionnaire.questions}
    return render_template(
        "partner/check.html",
        response=response,
        questionnaire=questionnaire,
        seen=seen,
        asks=asks,
        remarks=remarks_seen(questionnaire, response, seen),
        places={one.id: part.section.id for part in seen.sections for one in part.questions},
    )


@bp.post("/partner/responses/<response_id>/submit")
def submit(response_id: str) -> ResponseReturnValue:
    """Hand the response over."""
    access = here.access(response_id)
    try:
        answering.submit(here.portal(), access, now=here.now(), language=speaking.reading().language)
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
    )


@bp.get("/partner/responses/<response_id>/copy")
def copy(response_id: str) -> ResponseReturnValue:
    """One page to print or keep: what was asked and answered, and before it is sent all that may still be asked."""
    response, questionnaire = mine(response_id)
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
    access, session = here.access(response_id), here.session()
    language, second = (speaking.known_language(request.form.get(name, "")) for name in ("language", "second"))
    if session is not None and language:
        chosen = Reading(language, second if second != language else "")
        answering.read_in(here.portal(), access, session, chosen, now=here.now())
    back = local_path(request.form.get("back", ""))
    own_page = url_for(".overview", response_id=response_id)
    return redirect(back if back.startswith(own_page) else own_page, code=303)


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
