"""Alternative measures: not met until a reviewer accepts them, always described, judged again after a change."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from core.making import NOW, TODAY, YES_PARTLY_NO, answers, must, needs, option, questionnaire, response
from portal.core.alternatives import alternative_chosen, judge_alternative
from portal.core.asking import lacks
from portal.core.errors import NotAllowed, NotFound, Refused
from portal.core.lifecycle import Saved, save
from portal.core.marks import Alternative, Round
from portal.core.records import Answer, State
from portal.core.returning import answered_round
from portal.core.scoring import score
from portal.core.worth import Verdict

OTHER = replace(option("other-way", Verdict.NOT_MET, alternative=True), asks=needs(comment="required"))
WAIVED = option("waived", Verdict.NOT_MET, alternative=True, accepted_as=Verdict.NOT_APPLICABLE)
FORM = questionnaire(must("gate", options=(*YES_PARTLY_NO, OTHER, WAIVED)), must("fence"))
GIVEN = {"gate": Answer(value="other-way", comment="Dogs.", version=1), **answers(fence="yes")}
SENT = response(State.SUBMITTED, answers=GIVEN)
ACCEPTED = Alternative(accepted=True, by="dara@example.com", at=NOW)
REFUSED = Alternative(accepted=False, note="Dogs sleep.", by="dara@example.com", at=NOW)


def judged(given):
    return score(FORM, given.answers, {}, TODAY, alternatives=given.alternatives)


def test_it_counts_as_not_met_until_it_is_accepted():
    before, after = judged(SENT), judged(judge_alternative(SENT, FORM, "gate", ACCEPTED))

    assert (Decimal(3), Verdict.NOT_MET, None) == (before.points, before.lines[0].verdict, before.lines[0].alternative)
    assert (Decimal(6), Verdict.MET, ACCEPTED) == (after.points, after.lines[0].verdict, after.lines[0].alternative)
    assert Decimal(6) == before.possible == after.possible


def test_a_refused_one_is_not_met_and_the_trace_says_why():
    found = judged(judge_alternative(SENT, FORM, "gate", REFUSED))

    assert (Decimal(3), REFUSED) == (found.points, found.lines[0].alternative)


def test_a_later_word_takes_the_place_of_an_earlier_one():
    twice = judge_alternative(judge_alternative(SENT, FORM, "gate", REFUSED), FORM, "gate", ACCEPTED)

    assert {"gate": ACCEPTED} == twice.alternatives


def test_what_does_not_apply_leaves_both_sums_once_that_is_accepted():
    claimed = replace(SENT, answers={**GIVEN, **answers(gate="waived")})
    found = judged(judge_alternative(claimed, FORM, "gate", ACCEPTED))

    assert (Decimal(3), Decimal(6)) == (judged(claimed).points, judged(claimed).possible)
    assert (Decimal(3), Decimal(3)) == (found.points, found.possible)


def test_it_must_be_described():
    gate = FORM.question("gate")

    assert ["gate-comment"] == [problem.where for problem in lacks(gate, Answer(value="other-way"), 0)]
    assert [] == lacks(gate, GIVEN["gate"], 0)


def asked_back(saves):
    """The judged response, asked back, with these answers, and sent again."""
    returned = replace(
        judge_alternative(SENT, FORM, "gate", ACCEPTED),
        state=State.RETURNED,
        rounds=(Round(number=1, sent=NOW, by="dara@example.com", due=TODAY),),
    )
    after, _ = save(returned, saves, by="Ana", now=NOW)
    return answered_round(after, replace(after, state=State.SUBMITTED), NOW)


@pytest.mark.parametrize(
    "changed", [Answer(value="yes"), Answer(value="other-way", comment="Cats."), Answer(value=None, comment="Dogs.")]
)
def test_a_change_of_the_answer_cancels_what_the_reviewer_said(changed):
    assert {} == asked_back([Saved(question=FORM.question("gate"), answer=changed)]).alternatives


def test_saving_the_same_or_another_answer_leaves_it():
    saves = [
        Saved(question=FORM.question("gate"), answer=Answer(value="other-way", comment="Dogs.")),
        Saved(question=FORM.question("fence"), answer=Answer(value="no")),
    ]

    assert {"gate": ACCEPTED} == asked_back(saves).alternatives


def test_a_judgement_of_an_answer_that_is_no_alternative_counts_nothing():
    found = judged(replace(SENT, answers=answers(gate="no", fence="yes"), alternatives={"gate": ACCEPTED}))

    assert (Decimal(3), None) == (found.points, found.lines[0].alternative)


@pytest.mark.parametrize(
    ("given", "id", "word", "fact"),
    [
        (SENT, "fence", ACCEPTED, NotAllowed),
        (SENT, "nothing", ACCEPTED, NotFound),
        (replace(SENT, state=State.STARTED), "gate", ACCEPTED, NotAllowed),
        (SENT, "gate", replace(REFUSED, note=""), Refused),
    ],
)
def test_what_cannot_be_judged_is_refused(given, id, word, fact):
    with pytest.raises(fact):
        judge_alternative(given, FORM, id, word)


def test_only_a_chosen_alternative_is_one():
    gate = FORM.question("gate")

    assert OTHER == alternative_chosen(gate, Answer(value="other-way"))
    assert alternative_chosen(gate, Answer(value="yes")) is None
    assert alternative_chosen(gate, None) is None
