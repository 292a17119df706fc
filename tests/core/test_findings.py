"""Findings: every move from every state, what a move must say, dates, what counts as corrected, who sees what."""

from datetime import date, timedelta
from itertools import count, product

import pytest
from msgspec.structs import replace

from portal.core.actions import action_of, add_report
from portal.core.casework import Finding, FindingStep, Move, Severity, Stand
from portal.core.errors import NotAllowed, NotFound, Refused
from portal.core.findings import (
    MOVES,
    corrected,
    due_of,
    finding_of,
    is_overdue,
    make_move,
    send,
    sent_to_partner,
    taken_up,
    unsent,
)
from portal.core.follow_up import FollowUp
from portal.core.raising import Raised, change_finding, raise_finding, take_up
from portal.core.records import Action, Answer, Evidence, State
from portal.core.reports import Progress, Report
from portal.core.worth import Obligation

from .making import NOW, TODAY, YES_PARTLY_NO, must, needs, questionnaire, response, shipped

DUE = TODAY + timedelta(days=30)
DAYS = FollowUp(due_days={
    Obligation.MUST: {Severity.CRITICAL: 14, Severity.MAJOR: 30}, Obligation.SHOULD: {Severity.MAJOR: 60},
})  # fmt: skip


def finding(state: Stand = Stand.OPEN, **more) -> Finding:
    said = {"id": "f1", "severity": Severity.MAJOR, "seen": "No lock", "required": "A lock", "due": DUE, **more}
    return Finding(raised=NOW, by="dara@example.com", state=state, **{"question": "gate", "sent": NOW, **said})


def step(move: Move, **more) -> FindingStep:
    said = {"id": "s1", "text": "It will be done", "who": "Bruno", "due": DUE, "by": "Ana", **more}
    return FindingStep(move=move, at=NOW, **said)


def file(id: str = "e1") -> Evidence:
    return Evidence(
        id=id, question="gate", sha256="1" * 64, size=1, media_type="image/png", name="a.png", added=NOW, by="Ana"
    )


def kept(*findings: Finding, **more):
    return response(State.SUBMITTED, findings=findings, **more)


def typed(**more) -> Raised:
    return Raised(**{"severity": "major", "seen": "No lock", "required": "A lock", "due": DUE, **more})


def moved(before: Finding, made: FindingStep, *files: Evidence) -> Finding:
    return make_move(kept(before), "f1", made, files).findings[0]


@pytest.mark.parametrize(("state", "move"), list(product(Stand, Move)))
def test_a_move_is_made_as_the_table_says_and_no_other(state: Stand, move: Move):
    if (state, move) in MOVES:
        assert MOVES[state, move] is moved(finding(state), step(move), file()).state
    else:
        with pytest.raises(NotAllowed):
            moved(finding(state), step(move), file())


def test_everything_that_is_open_can_be_closed_and_everything_closed_opened_again():
    for state in Stand:
        assert any(start is state for start, _ in MOVES), state


@pytest.mark.parametrize(
    ("state", "move", "more", "where"),
    [
        (Stand.OPEN, Move.PROPOSE, {"text": " "}, {"x-text"}),
        (Stand.OPEN, Move.PROPOSE, {"who": ""}, {"x-who"}),
        (Stand.OPEN, Move.PROPOSE, {"due": None}, {"x-due"}),
        (Stand.OPEN, Move.PROPOSE, {"due": TODAY - timedelta(days=1)}, {"x-due"}),
        (Stand.OPEN, Move.PROPOSE, {"text": "x" * 4001}, {"x-text"}),
        (Stand.PROPOSED, Move.AGREE, {"due": None}, {"x-due"}),
        (Stand.PROPOSED, Move.ASK_AGAIN, {"text": ""}, {"x-text"}),
        (Stand.OPEN, Move.WAIVE, {"text": ""}, {"x-text"}),
        (Stand.CLOSED, Move.REOPEN, {"text": ""}, {"x-text"}),
        (Stand.AGREED, Move.PROVE, {"text": ""}, {"x-text", "x-evidence"}),
    ],
)
def test_a_move_that_fails_to_say_something_is_refused_at_its_field(state, move, more, where):
    with pytest.raises(Refused) as refused:
        make_move(kept(finding(state)), "f1", step(move, **more), [], "x-")

    assert where == {problem.where for problem in refused.value.problems}


def test_proof_needs_a_file_once_and_the_file_is_tied_to_its_step():
    once = make_move(kept(finding(Stand.AGREED)), "f1", step(Move.PROVE), [file()])
    again = make_move(once, "f1", step(Move.PROVE, id="s2"))

    assert ["e1"] == [one.id for one in once.files_for("gate", "s1")]
    assert [("e1",), ()] == [one.evidence for one in again.findings[0].steps]


def test_the_date_that_was_agreed_last_holds_and_what_is_closed_is_not_overdue():
    later = DUE + timedelta(days=9)
    proposed = moved(finding(), step(Move.PROPOSE, due=later))
    agreed = moved(proposed, step(Move.AGREE, id="s2", due=later))

    assert [DUE, DUE, later] == [due_of(finding()), due_of(proposed), due_of(agreed)]
    assert not is_overdue(agreed, later)
    assert is_overdue(agreed, later + timedelta(days=1))
    assert not is_overdue(replace(agreed, state=Stand.CLOSED), date.max)


def test_what_is_agreed_is_compensating_when_what_was_proposed_is():
    proposed = moved(finding(), step(Move.PROPOSE, compensating=True))

    assert moved(proposed, step(Move.AGREE, id="s2")).steps[-1].compensating


def test_the_date_follows_from_criterion_and_severity():
    assert TODAY + timedelta(days=14) == DAYS.due(Obligation.MUST, Severity.CRITICAL, TODAY)
    assert TODAY + timedelta(days=60) == DAYS.due(Obligation.SHOULD, Severity.MAJOR, TODAY)
    assert TODAY + timedelta(days=60) == DAYS.due(None, Severity.MAJOR, TODAY)
    assert DAYS.due(Obligation.SHOULD, Severity.MINOR, TODAY) is None
    assert all(set(Severity) == set(days) for days in shipped().follow_up.due_days.values())


def test_a_finding_is_raised_unsent_and_may_be_worded_anew_until_it_is_sent():
    raised = raise_finding(kept(), typed(), id="f1", by="dara@example.com", now=NOW)
    changed = change_finding(raised, "f1", typed(seen="No lock at all"), TODAY)
    sent = send(changed, NOW)

    assert [] == sent_to_partner(raised)
    assert ["No lock at all"] == [one.seen for one in sent_to_partner(sent)]
    assert ([1, 0]) == [len(unsent(changed)), len(unsent(sent))]
    with pytest.raises(NotAllowed):
        change_finding(sent, "f1", typed(), TODAY)


def test_the_partner_can_do_nothing_about_what_it_was_not_told():
    with pytest.raises(NotFound):
        make_move(kept(finding(sent=None)), "f1", step(Move.PROPOSE))
    with pytest.raises(NotFound):
        finding_of(kept(finding(sent=None)), "f1", sent=True)


def test_a_waived_finding_that_was_not_sent_is_never_sent():
    waived = make_move(kept(finding(sent=None)), "f1", step(Move.WAIVE))

    assert [] == sent_to_partner(send(waived, NOW))


def test_what_is_wrong_with_a_finding_is_told_at_once():
    wrong = typed(severity="dire", seen=" ", required="x" * 2001, due=TODAY - timedelta(days=1))
    with pytest.raises(Refused) as refused:
        raise_finding(kept(), wrong, id="f1", by="dara@example.com", now=NOW)

    assert {"severity", "seen", "required", "due"} == {problem.where for problem in refused.value.problems}


@pytest.mark.parametrize("state", [State.INVITED, State.STARTED])
def test_nothing_is_found_before_the_answers_are_sent(state: State):
    with pytest.raises(NotAllowed):
        raise_finding(response(state), typed(), id="f1", by="dara@example.com", now=NOW)


def test_a_question_is_corrected_once_its_findings_are_closed_and_none_is_open():
    closed = finding(Stand.CLOSED)

    assert {"gate"} == corrected(kept(closed))
    assert set() == corrected(kept(closed, finding(id="f2")))
    assert set() == corrected(kept(finding(Stand.WAIVED)))
    assert set() == corrected(kept(finding(Stand.CLOSED, question="")))


ASKING = tuple(replace(one, asks=needs(action="required")) if one.id == "no" else one for one in YES_PARTLY_NO)
FORM = questionnaire(must("gate", options=ASKING))


def test_what_the_partner_promised_and_reported_as_done_is_taken_up_as_proved():
    answer = Answer(value="no", action=Action(what="Mend it", who="Bruno", due=DUE))
    told = kept(answers={"gate": answer}, submitted=NOW)
    promised = take_up(told, action_of(FORM, told, "gate"), seen="No", new_id=_ids(), by="dara", now=NOW)
    done = Report(id="r" * 16, text="Mended", state=Progress.DONE, at=NOW, by="Ana")
    told = add_report(told, "gate", done, [file()])
    proved = take_up(told, action_of(FORM, told, "gate"), seen="No", new_id=_ids(), by="dara", now=NOW)

    assert [Stand.AGREED, Stand.PROVED] == [one.findings[0].state for one in (promised, proved)]
    assert ["e1"] == [one.id for one in proved.files_for("gate", proved.findings[0].steps[-1].id)]
    assert {"gate"} == taken_up(proved)
    with pytest.raises(NotAllowed):
        take_up(proved, action_of(FORM, proved, "gate"), seen="No", new_id=_ids(), by="dara", now=NOW)


def _ids():
    numbers = count()
    return lambda: f"id{next(numbers)}"
