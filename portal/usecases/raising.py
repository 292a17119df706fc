"""What staff do with findings: raise them, send them, answer what the partner proposes, verify what it proves."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from portal.core import actions, findings, lifecycle, raising
from portal.core.casework import Finding, FindingStep, Move
from portal.core.errors import NotAllowed, NotFound
from portal.core.questionnaire import Questionnaire
from portal.core.raising import Raised
from portal.core.records import Response
from portal.core.telling import AS_KEPT, value_text
from portal.usecases.portal import Portal
from portal.usecases.secrets import new_id
from portal.usecases.telling import tell_contact

DONE: dict[Move, str] = {
    Move.AGREE: "corrective action agreed",
    Move.ASK_AGAIN: "more asked about a finding",
    Move.VERIFY: "correction verified, finding closed",
    Move.WAIVE: "finding waived",
    Move.REOPEN: "finding opened again",
}


def raise_finding(portal: Portal, response_id: str, typed: Raised, *, by: str, now: datetime) -> Finding:
    """Keep a new finding; the partner does not see it before it is sent."""
    make = partial(raising.raise_finding, typed=typed, id=new_id(), by=by, now=now)
    return _changed(portal, response_id, make, "finding raised", by=by, now=now, typed=typed).findings[-1]


def change_finding(
    portal: Portal, response_id: str, finding_id: str, typed: Raised, *, by: str, now: datetime
) -> Response:
    """Word a finding anew that is not sent yet."""
    make = partial(raising.change_finding, finding_id=finding_id, typed=typed, today=now.date())
    return _changed(portal, response_id, make, "finding changed", by=by, now=now, typed=typed)


def move_finding(
    portal: Portal, response_id: str, finding_id: str, step: FindingStep, *, by: str, now: datetime
) -> Response:
    """Agree, ask again, verify, waive or open again; the contact is told where it knows of the finding."""
    if step.move not in DONE:
        raise NotAllowed("This step is the partner's.")
    make = partial(findings.make_move, finding_id=finding_id, step=step)
    response = _changed(portal, response_id, make, DONE[step.move], by=by, now=now)
    if findings.finding_of(response, finding_id).sent is not None:
        tell_contact(portal, response, "findings-sent", by=by, now=now)
    return response


def take_up(portal: Portal, response_id: str, question_id: str, *, by: str, now: datetime) -> Finding:
    """Follow a corrective action that the partner promised with its answer as a finding, so that it can be verified."""
    asked = portal.asked_in(response_id)

    def make(response: Response) -> Response:
        lifecycle.moved(response, "follow")
        tracked = actions.action_of(asked, response, question_id)
        seen = value_text(tracked.question, tracked.answer.value, AS_KEPT)
        seen = ": ".join(filter(None, (tracked.question.ask, seen)))
        return raising.take_up(response, tracked, seen=seen, new_id=new_id, by=by, now=now)

    return _changed(portal, response_id, make, "corrective action taken up", by=by, now=now).findings[-1]


def send_findings(portal: Portal, response_id: str, *, by: str, now: datetime) -> Response:
    """Let the partner see every finding that waits, and tell the contact by mail; NotAllowed where none waits."""

    def make(response: Response) -> Response:
        if not findings.unsent(response):
            raise NotAllowed("There is no finding to send.")
        return findings.send(response, now)

    response = _changed(portal, response_id, make, "findings sent to the partner", by=by, now=now)
    tell_contact(portal, response, "findings-sent", by=by, now=now)
    return response


def _changed(
    portal: Portal,
    response_id: str,
    make: Callable[[Response], Response],
    what: str,
    *,
    by: str,
    now: datetime,
    typed: Raised | None = None,
) -> Response:
    if typed is not None:
        _require_known(portal.asked_in(response_id), typed)
    with portal.store.transaction((Response, response_id), by=by, at=now) as records:
        changed = make(records.get(Response, response_id))
        records.put(changed, what)
    return changed


def _require_known(questionnaire: Questionnaire, typed: Raised) -> None:
    """NotFound where a finding hangs on a question or a criterion that this questionnaire does not have."""
    if typed.question and questionnaire.question(typed.question) is None:
        raise NotFound("There is no such question.")
    if typed.criterion and typed.criterion not in questionnaire.criteria:
        raise NotFound("There is no such criterion.")
