"""How staff raise findings, word them anew before they are sent, and take up what a partner promised. Pure."""

from collections.abc import Callable
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from portal.core.actions import Tracked
from portal.core.answering import plain_text
from portal.core.casework import Finding, FindingStep, Move, Severity, Stand
from portal.core.errors import NotAllowed, Problem, Refused
from portal.core.findings import finding_of, taken_up, with_finding
from portal.core.lifecycle import moved
from portal.core.records import Response
from portal.core.reports import Progress

LONGEST, MOST_FINDINGS = 2000, 200


class Raised(Struct, frozen=True, kw_only=True):
    """A finding as staff type it."""

    severity: str
    seen: str
    required: str
    due: date | None
    cause: str = ""
    question: str = ""
    criterion: str = ""


def raise_finding(response: Response, typed: Raised, *, id: str, by: str, now: datetime) -> Response:
    """The response with one more finding, which the partner does not see yet; Refused with everything that is wrong."""
    kept = _with_text(response, typed, Finding(
        id=id, severity=Severity.MINOR, seen="", required="", due=now.date(), raised=now, by=by
    ), now.date())  # fmt: skip
    if len(response.findings) >= MOST_FINDINGS:
        raise Refused([Problem("", "At most %(most)s findings fit.", {"most": str(MOST_FINDINGS)})])
    return replace(response, state=moved(response, "follow"), findings=(*response.findings, kept))


def change_finding(response: Response, finding_id: str, typed: Raised, today: date) -> Response:
    """The response with a finding worded anew, which only works while the partner has not been told."""
    finding = finding_of(response, finding_id)
    if finding.sent is not None:
        raise NotAllowed("This finding has been sent. Ask again, waive it, or raise another one.")
    return with_finding(response, _with_text(response, typed, finding, today))


def _with_text(response: Response, typed: Raised, finding: Finding, today: date) -> Finding:
    problems: list[Problem] = []

    def text(where: str, said: str, needed: str = "") -> str:
        try:
            kept = plain_text(where, said, LONGEST)
        except Refused as fact:
            problems.extend(fact.problems)
            return ""
        if needed and not kept:
            problems.append(Problem(where, needed))
        return kept

    if typed.severity not in list(Severity):
        problems.append(Problem("severity", "Choose how severe it is."))
    seen = text("seen", typed.seen, "Say what was seen.")
    required = text("required", typed.required, "Say what is required.")
    cause = text("cause", typed.cause)
    if typed.due is None or typed.due < today:
        problems.append(Problem("due", "Give a date that has not passed."))
    if problems or typed.due is None:
        raise Refused(problems)
    return replace(
        finding, severity=Severity(typed.severity), seen=seen, required=required, cause=cause, due=typed.due,
        question=typed.question, criterion=typed.criterion,
    )  # fmt: skip


def take_up(
    response: Response, tracked: Tracked, *, seen: str, new_id: Callable[[], str], by: str, now: datetime
) -> Response:
    """The response with a promised corrective action followed as a finding: agreed, and proved where reported as done.

    `seen` is what the partner answered. The partner knows what it promised, so nothing waits to be sent.
    """
    question = tracked.question
    if question.id in taken_up(response):
        raise NotAllowed("This corrective action is followed as a finding already.")
    due = tracked.due or now.date()
    promise = FindingStep(
        id=new_id(), move=Move.PROPOSE, at=response.submitted or now, by=tracked.answer.by,
        text=tracked.action.what, who=tracked.action.who, due=due,
    )  # fmt: skip
    agreed = FindingStep(id=new_id(), move=Move.AGREE, at=now, by=by, due=due)
    done = tracked.reports[-1] if tracked.reports and tracked.state is Progress.DONE else None
    proof = [
        FindingStep(id=done.id, move=Move.PROVE, at=done.at, by=done.by, text=done.text, evidence=done.evidence)
    ] if done else []  # fmt: skip
    finding = Finding(
        id=new_id(),
        severity=Severity.CRITICAL if question.critical else Severity.MAJOR,
        seen=seen[:LONGEST],
        required=tracked.action.what[:LONGEST],
        due=due,
        raised=now,
        by=by,
        question=question.id,
        criterion=question.criterion,
        state=Stand.PROVED if proof else Stand.AGREED,
        steps=(promise, agreed, *proof),
        sent=now,
        promised=True,
    )
    return replace(response, state=moved(response, "follow"), findings=(*response.findings, finding))
