"""Findings for staff: raise, send, agree, ask again, verify, waive; each with its steps on a page of its own."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.asking import asked_in
from portal.core.casework import Finding, FindingStep, Move, Severity, Stand
from portal.core.errors import Problem, Refused
from portal.core.findings import MOVES, PARTNERS, by_date, due_of, finding_of, is_open, is_overdue, last, unsent
from portal.core.questionnaire import Questionnaire
from portal.core.raising import Raised
from portal.usecases import raising
from portal.usecases.secrets import new_id
from portal.web import here
from portal.web.staff_pages import again
from portal.web.staff_responses import Opened, open_response, page

bp = Blueprint("staff_findings", __name__)

COLOURS = {
    Stand.OPEN: "red",
    Stand.PROPOSED: "amber",
    Stand.AGREED: "lime",
    Stand.PROVED: "amber",
    Stand.CLOSED: "green",
    Stand.WAIVED: "grey",
}
STATES = {
    Stand.OPEN: "Open",
    Stand.PROPOSED: "Proposed",
    Stand.AGREED: "Agreed",
    Stand.PROVED: "Proved",
    Stand.CLOSED: "Closed",
    Stand.WAIVED: "Waived",
}
STEPS = {
    Move.PROPOSE: "The partner proposed",
    Move.AGREE: "Agreed",
    Move.ASK_AGAIN: "Asked again",
    Move.PROVE: "The partner sent proof",
    Move.VERIFY: "Verified and closed",
    Move.WAIVE: "Waived",
    Move.REOPEN: "Opened again",
}
FIELDS = ("severity", "question", "criterion", "seen", "cause", "required", "due")
SHARED = {
    "colours": COLOURS, "states": STATES, "moves": STEPS, "due_of": due_of, "is_open": is_open,
    "is_overdue": is_overdue, "last": last,
}  # fmt: skip


@bp.get("/staff/responses/<response_id>/findings")
def listing(response_id: str) -> ResponseReturnValue:
    """Every finding, what is open first, with room to raise another; `?question=` fills in what hangs on it."""
    return _listing(response_id, _prefilled(open_response(response_id)), [])


def _listing(response_id: str, typed: Mapping[str, str], problems: Sequence[Problem]) -> str:
    opened = open_response(response_id)
    return page(
        "staff/findings.html",
        opened,
        findings=by_date(opened.response.findings),
        still_open=sum(map(is_open, opened.response.findings)),
        waiting=unsent(opened.response),
        **_form(opened, typed, problems),
        **SHARED,
    )


def _form(opened: Opened, typed: Mapping[str, str], problems: Sequence[Problem]) -> dict[str, object]:
    """What the form of a finding draws."""
    questions = asked_in(opened.questionnaire, opened.response).questions.values()
    return {
        "typed": typed,
        "problems": problems,
        "questions": {one.id: f"{one.label} {one.ask}".strip() for one in questions if one.kind != "statement"},
        "criteria": {one.id: f"{one.id} {one.topic}" for one in opened.questionnaire.criteria.values()},
        "severities": {severity.value: severity.value.capitalize() for severity in Severity},
        "due_days": here.portal().library.follow_up.due_days,
        "today": here.today(),
        "notice": request.args.get("done"),
    }


def _prefilled(opened: Opened) -> dict[str, str]:
    """An empty form, or what is known of the question that it is about."""
    question = opened.questionnaire.question(request.args.get("question", ""))
    blank = dict.fromkeys(FIELDS, "")
    if question is None:
        return blank
    criterion = opened.questionnaire.criteria.get(question.criterion)
    return {
        **blank,
        "question": question.id,
        "criterion": criterion.id if criterion else "",
        "severity": Severity.CRITICAL if question.critical else "",
        "required": criterion.asks if criterion else "",
    }


def _typed(questionnaire: Questionnaire) -> Raised:
    """The finding of the form that was sent; without a date the one that criterion and severity lead to."""
    text = {name: request.form.get(name, "") for name in FIELDS}
    question = questionnaire.question(text["question"])
    criterion = text["criterion"] or (question.criterion if question else "")
    known = questionnaire.criteria.get(criterion)
    due: date | None = None
    if text["due"]:
        due = _day(text["due"])
    elif text["severity"] in list(Severity):
        obligation = question.obligation if question and question.obligation else known.obligation if known else None
        due = here.portal().library.follow_up.due(obligation, Severity(text["severity"]), here.today())
    return Raised(
        severity=text["severity"], seen=text["seen"], required=text["required"], cause=text["cause"], due=due,
        question=text["question"], criterion=criterion if known else text["criterion"],
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@bp.post("/staff/responses/<response_id>/findings")
def raise_one(response_id: str) -> ResponseReturnValue:
    """Raise a finding. The partner does not see it before it is sent."""
    typed = _typed(open_response(response_id).questionnaire)
    try:
        kept = raising.raise_finding(here.portal(), response_id, typed, by=here.person().id, now=here.now())
    except Refused as fact:
        return again(partial(_listing, response_id, request.form.to_dict()), fact)
    back = url_for(".listing", response_id=response_id, done="raised", _anchor=f"finding-{kept.id}")
    return redirect(back, code=303)


@bp.post("/staff/responses/<response_id>/send-findings")
def send(response_id: str) -> ResponseReturnValue:
    """Let the partner see every finding that waits."""
    raising.send_findings(here.portal(), response_id, by=here.person().id, now=here.now())
    return redirect(url_for(".listing", response_id=response_id, done="findings-sent"), code=303)


@bp.get("/staff/responses/<response_id>/findings/<finding_id>")
def show(response_id: str, finding_id: str) -> ResponseReturnValue:
    """One finding with its steps, and what can be done about it now."""
    return _show(response_id, finding_id, {}, [])


def _show(response_id: str, finding_id: str, typed: Mapping[str, str], problems: Sequence[Problem]) -> str:
    opened = open_response(response_id)
    finding = finding_of(opened.response, finding_id)
    said = typed or {name: str(getattr(finding, name)) for name in FIELDS}
    proposal = last(finding, Move.PROPOSE)
    return page(
        "staff/finding.html",
        opened,
        finding=finding,
        about=opened.questionnaire.question(finding.question),
        proposal=proposal,
        can=[move.value for state, move in MOVES if state is finding.state and move not in PARTNERS],
        chosen=request.form.get("move", ""),
        **_form(opened, said, problems),
        **SHARED,
    )


@bp.post("/staff/responses/<response_id>/findings/<finding_id>/wording")
def change(response_id: str, finding_id: str) -> ResponseReturnValue:
    """Word a finding anew that is not sent yet."""
    typed = _typed(open_response(response_id).questionnaire)
    try:
        raising.change_finding(here.portal(), response_id, finding_id, typed, by=here.person().id, now=here.now())
    except Refused as fact:
        return again(partial(_show, response_id, finding_id, request.form.to_dict()), fact)
    return _back(response_id, finding_id, "finding-changed")


@bp.post("/staff/responses/<response_id>/findings/<finding_id>")
def move(response_id: str, finding_id: str) -> ResponseReturnValue:
    """Agree, ask again, verify, waive or open again, whichever button was pressed."""
    finding = finding_of(open_response(response_id).response, finding_id)
    chosen = _move(request.form.get("move", ""))
    if chosen is None:
        fact = Refused([Problem("", "Choose what to do.")])
        return again(partial(_show, response_id, finding_id, {}), fact)
    step = FindingStep(
        id=new_id(), move=chosen, at=here.now(), by=here.person().id, text=request.form.get("text", ""),
        due=_agreed(finding) if chosen is Move.AGREE else None,
    )  # fmt: skip
    try:
        raising.move_finding(here.portal(), response_id, finding_id, step, by=here.person().id, now=here.now())
    except Refused as fact:
        return again(partial(_show, response_id, finding_id, {}), fact)
    return _back(response_id, finding_id, "finding-moved")


def _move(text: str) -> Move | None:
    return Move(text) if text in list(Move) else None


def _agreed(finding: Finding) -> date | None:
    """The date that is agreed: the one typed, else the one proposed."""
    proposal = last(finding, Move.PROPOSE)
    return _day(request.form["due"]) if request.form.get("due") else proposal.due if proposal else None


@bp.post("/staff/responses/<response_id>/actions/<question_id>/take-up")
def take_up(response_id: str, question_id: str) -> ResponseReturnValue:
    """Follow a corrective action that the partner promised, so that it can be verified."""
    found = raising.take_up(here.portal(), response_id, question_id, by=here.person().id, now=here.now())
    return _back(response_id, found.id, "taken-up")


def _back(response_id: str, finding_id: str, done: str) -> ResponseReturnValue:
    return redirect(url_for(".show", response_id=response_id, finding_id=finding_id, done=done), code=303)
