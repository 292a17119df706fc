"""The shortest way to the next rating, and the score with verified corrections."""

from decimal import Decimal

import pytest

from portal.core.conditions import All
from portal.core.conditions import Test as Condition
from portal.core.schemes import OutcomeRow, OutcomeTable
from portal.core.scoring import score
from portal.core.steps import cheapest_steps, with_full_credit

from .making import TODAY, answers, must, questionnaire, scored, should


def fact(name: str, operator: str, limit: str) -> Condition:
    return Condition(operator=operator, operand=(limit,), fact=name)


RATING = OutcomeTable(
    id="rating", title="Rating", first=True,
    rows=(
        OutcomeRow(outcome="strong", label="Strong", when=All(
            parts=(fact("musts_unmet", "at_most", "0"), fact("score", "at_least", "90")))),
        OutcomeRow(outcome="weak", label="Weak", when=All(
            parts=(fact("criticals_unmet", "at_most", "0"), fact("score", "at_least", "50")))),
        OutcomeRow(outcome="bad", label="Bad"),
    ),
)  # fmt: skip
FORM = questionnaire(
    must("gate", critical=True), must("lamp"), must("lock"), should("dog"), should("sign"), tables=(RATING,)
)


def judged(**values: str):
    said = {"gate": "yes", "lamp": "yes", "lock": "yes", "dog": "yes", "sign": "yes", **values}
    return score(FORM, answers(**said), {}, TODAY)


def lift(**values: str):
    return cheapest_steps(FORM, judged(**values))


def test_at_the_top_there_is_nothing_to_do():
    assert lift() is None


def test_the_one_thing_that_lifts_the_rating_is_named_with_what_it_brings():
    found = lift(lamp="no")

    assert (["lamp"], 0, "strong", Decimal("100.0"), Decimal(3)) == (
        [one.question for one in found.steps], found.more, found.rating.outcome, found.percent, found.gain,
    )  # fmt: skip


def test_what_does_not_help_is_left_out():
    """A critical question stands between bad and weak; the shoulds do not."""
    found = lift(gate="no", dog="no", sign="no")

    assert (["gate"], "weak") == ([one.question for one in found.steps], found.rating.outcome)


def test_where_more_than_three_are_needed_the_rest_is_counted_and_the_binding_come_first():
    form = questionnaire(*(must(id) for id in "abcdefg"), should("x"), must("h"), tables=(RATING,))
    said = dict.fromkeys("abcd", "yes") | dict.fromkeys("efgh", "no") | {"x": "partly"}
    found = cheapest_steps(form, score(form, answers(**said), {}, TODAY))

    assert (["e", "f", "g"], 1, "strong") == (
        [one.question for one in found.steps], found.more, found.rating.outcome,
    )  # fmt: skip


def test_a_questionnaire_without_that_table_has_no_steps():
    form = questionnaire(must("gate"))

    assert cheapest_steps(form, score(form, answers(gate="no"), {}, TODAY)) is None


@pytest.mark.parametrize("value", ["no", "partly", "not-applicable"])
def test_a_corrected_question_counts_as_met_and_its_line_says_so(value: str):
    declared = judged(lamp=value)
    provisional = with_full_credit(FORM, declared, {"lamp"})
    line = next(one for one in provisional.lines if one.question == "lamp")

    assert (Decimal("100.0"), True, Decimal(3)) == (provisional.percent, line.corrected, line.points)
    assert not any(one.corrected for one in declared.lines)


def test_where_one_of_several_suffices_a_correction_counts_once():
    form = questionnaire(scored("a", "2", one_of="g"), scored("b", "2", one_of="g"), scored("c", "2"))
    declared = score(form, answers(a="partly", b="no", c="yes"), {}, TODAY)
    provisional = with_full_credit(form, declared, {"b"})

    assert (Decimal(4), Decimal(4)) == (provisional.points, provisional.possible)
