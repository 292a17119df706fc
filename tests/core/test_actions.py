"""Corrective actions: which count, how far they are, what a report may say."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from portal.core.actions import action_of, actions_of, add_report, by_date, read_report, twin_of
from portal.core.answering import Given
from portal.core.asking import files_of
from portal.core.conditions import Test as Condition
from portal.core.errors import NotFound, Refused
from portal.core.lifecycle import remove_evidence
from portal.core.questionnaire import Need
from portal.core.records import Action, Answer, Evidence, State
from portal.core.reports import Progress, Report

from .making import NOW, TODAY, YES_PARTLY_NO, must, needs, questionnaire, response

ASKING = tuple(replace(one, asks=needs(action="required")) if one.id == "no" else one for one in YES_PARTLY_NO)
FORM = questionnaire(
    must("gate", options=ASKING),
    must("lamp", options=ASKING),
    must("lock", options=ASKING, shown_when=Condition(operator="is", operand=("no",), question="gate")),
)
DUE = date(2026, 5, 1)


def no(what: str = "Mend it", due: date | None = DUE) -> Answer:
    return Answer(value="no", action=Action(what=what, who="Bruno", due=due))


def sent(**answers: Answer):
    return response(State.SUBMITTED, answers=answers)


def report(id: str = "a" * 16, state: Progress = Progress.UNDER_WAY, **more) -> Report:
    return Report(id=id, text="Begun", state=state, at=NOW, by="Ana", **more)


def file(id: str, sha256: str = "1" * 64) -> Evidence:
    return Evidence(
        id=id, question="gate", sha256=sha256, size=1, media_type="image/png", name="a.png", added=NOW, by="Ana"
    )


def ids(found) -> list[str]:
    return [one.question.id for one in found]


def wrong(found) -> set[str]:
    return {problem.where.removeprefix("report-gate") for problem in found.value.problems}


def typed(**more: str) -> Given:
    return Given(**{"value": "under-way", "comment": "Begun", "other": "", "action_due": "", **more})


def test_only_actions_of_visible_questions_whose_answer_calls_for_one_count():
    all_no = sent(gate=no(), lamp=no(), lock=no())
    gate_is_mended = sent(gate=replace(no(), value="yes"), lamp=no(), lock=no())

    assert ["gate", "lamp", "lock"] == ids(actions_of(FORM, all_no))
    assert ["lamp"] == ids(actions_of(FORM, gate_is_mended))
    assert [] == ids(actions_of(FORM, sent(gate=Answer(value="no"))))


def test_before_submission_there_is_nothing_to_follow():
    assert () == actions_of(FORM, response(State.STARTED, answers={"gate": no()}))


def test_the_newest_report_says_how_far_it_is_and_the_last_moved_date_holds():
    told = sent(gate=no())
    told = add_report(told, "gate", report(due=date(2026, 6, 1), reason="Parts"), [])
    told = add_report(told, "gate", report("b" * 16, Progress.DONE), [])
    one = action_of(FORM, told, "gate")

    assert (Progress.DONE, date(2026, 6, 1), DUE) == (one.state, one.due, one.action.due)
    assert not one.is_open


@pytest.mark.parametrize(("on", "late"), [(DUE, False), (DUE + timedelta(days=1), True)])
def test_an_action_is_overdue_the_day_after_its_date_until_it_is_done(on: date, late: bool):
    told = sent(gate=no())

    assert late is action_of(FORM, told, "gate").is_overdue(on)
    assert not action_of(FORM, add_report(told, "gate", report(state=Progress.DONE), []), "gate").is_overdue(on)
    assert not action_of(FORM, sent(gate=no(due=None)), "gate").is_overdue(on)


def test_what_is_open_and_soonest_comes_first():
    told = sent(gate=no(), lamp=no(due=None), lock=no(due=TODAY))

    assert ["lock", "gate", "lamp"] == ids(by_date(actions_of(FORM, told)))
    done = add_report(told, "lock", report(state=Progress.DONE), [])
    assert ["gate", "lamp", "lock"] == ids(by_date(actions_of(FORM, done)))


def test_an_action_that_is_none_is_not_found():
    with pytest.raises(NotFound):
        action_of(FORM, sent(gate=Answer(value="yes")), "gate")


@pytest.mark.parametrize(
    ("given", "where"),
    [
        (typed(value=""), {""}),
        (typed(value="finished"), {""}),
        (typed(comment=" "), {"-comment"}),
        (typed(comment="x" * 4001), {"-comment"}),
        (typed(comment="a\x00b"), {"-comment"}),
        (typed(action_due="2026-06-01"), {"-other"}),
        (typed(action_due="2026-03-30", other="Late"), {"-action-due"}),
        (typed(action_due="soon"), {"-action-due"}),
        (typed(other="x" * 501), {"-other"}),
        (Given(), {"", "-comment"}),
    ],
)
def test_a_report_that_is_wrong_or_lacks_something_is_refused_at_its_field(given: Given, where: set[str]):
    with pytest.raises(Refused) as refused:
        read_report(action_of(FORM, sent(gate=no()), "gate"), given, report(), TODAY)

    assert where == wrong(refused)


def test_a_report_says_what_was_typed_and_a_date_that_stays_is_not_moved():
    action = action_of(FORM, sent(gate=no()), "gate")
    moved = read_report(action, typed(action_due="2026-06-01", other="Parts"), report(), TODAY)
    stays = read_report(action, typed(action_due="2026-05-01", other="Parts"), report(), TODAY)

    assert (Progress.UNDER_WAY, "Begun", date(2026, 6, 1), "Parts") == (
        moved.state, moved.text, moved.due, moved.reason,
    )  # fmt: skip
    assert (None, "") == (stays.due, stays.reason)


def test_the_answer_and_its_files_stay_as_they_were():
    before = replace(sent(gate=no()), evidence=(file("f1"),))
    after = add_report(before, "gate", report(), [file("f2")])

    assert before.answers == after.answers
    assert ["f1"] == [one.id for one in after.files_for("gate")]
    assert ["f2"] == [one.id for one in after.files_for("gate", "a" * 16)]
    assert {"gate": 1} == files_of(after.evidence)
    assert ("f2",) == after.reports["gate"][0].evidence


def test_a_file_of_a_report_is_never_taken_away():
    told = replace(add_report(sent(gate=no()), "gate", report(), [file("f2")]), state=State.STARTED)

    with pytest.raises(NotFound):
        remove_evidence(told, "f2", NOW)


def test_the_same_form_is_known_again_unless_it_says_something_else():
    told = add_report(sent(gate=no()), "gate", report(), [file("f1")])
    later = replace(report(), at=NOW + timedelta(hours=1))

    assert told.reports["gate"][0] == twin_of(told, "gate", later, [file("f9")])
    assert twin_of(told, "gate", replace(later, text="Half way"), []) is None
    assert twin_of(told, "gate", later, [file("f9", "2" * 64)]) is None
    assert twin_of(told, "gate", report("b" * 16), []) is None


def test_an_answer_that_only_recommends_an_action_is_followed_as_well():
    asking = tuple(replace(one, asks=needs(action="recommended")) for one in YES_PARTLY_NO)
    form = questionnaire(must("gate", options=asking))

    assert Need.RECOMMENDED is form.question("gate").options[2].asks.action
    assert ["gate"] == ids(actions_of(form, sent(gate=no())))
