"""Conditions: each operator row by row, thresholds, and how single tests are put together."""

import msgspec
import pytest

from portal.core import conditions
from portal.core.conditions import OPERATORS, THRESHOLDS, All, AnyOf, Condition, Not, Test, holds, lookup_facts

YES, NO = ("yes",), ("no",)

# operator, what it compares with, what is found, whether it holds
ROWS = [
    ("is", ("yes",), "yes", True),
    ("is", ("yes", "partly"), "partly", True),
    ("is", ("yes",), "no", False),
    ("is", ("yes",), "Yes", False),
    ("is", ("yes",), None, False),
    ("is", ("yes",), "", False),
    ("is", ("gate",), ("gate", "dock"), True),
    ("is", ("gate", "yard"), ("dock", "yard"), True),
    ("is", ("gate",), ("dock",), False),
    ("is", ("gate",), (), False),
    ("is", ("10",), "10", True),
    ("includes_all", ("gate", "dock"), ("dock", "yard", "gate"), True),
    ("includes_all", ("gate", "dock"), ("gate",), False),
    ("includes_all", ("gate",), "gate", True),
    ("includes_all", ("gate",), None, False),
    ("answered", YES, "anything", True),
    ("answered", YES, ("one",), True),
    ("answered", YES, None, False),
    ("answered", YES, (), False),
    ("answered", NO, None, True),
    ("answered", NO, (), True),
    ("answered", NO, "anything", False),
    ("at_least", ("10",), "10", True),
    ("at_least", ("10",), "9.99", False),
    ("at_least", ("10",), "9", False),
    ("at_least", ("-5",), "-4", True),
    ("at_most", ("10",), "10.0", True),
    ("at_most", ("10",), "10.001", False),
    ("above", ("10",), "10", False),
    ("above", ("10",), "10.001", True),
    ("above", ("9",), "10", True),
    ("below", ("10",), "9.999", True),
    ("below", ("10",), "10", False),
    ("at_least", ("2026-03-31",), "2026-03-31", True),
    ("at_least", ("2026-03-31",), "2026-03-30", False),
    ("at_most", ("2026-03-31",), "2026-03-31", True),
    ("above", ("2026-03-31",), "2026-04-01", True),
    ("below", ("2026-03-31",), "2026-03-31", False),
]

NONSENSE = [None, "", "many", (), ("10",), ("10", "20"), "10 20", "NaN", "sNaN", "2026-13-01"]


@pytest.mark.parametrize(("operator", "operand", "found", "expected"), ROWS)
def test_an_operator_compares_as_its_row_says(operator, operand, found, expected):
    assert expected is OPERATORS[operator](found, operand)


def test_every_operator_has_a_row_that_holds_and_one_that_does_not():
    seen = {(operator, expected) for operator, _, _, expected in ROWS}

    assert {(operator, held) for operator in OPERATORS for held in (True, False)} == seen


@pytest.mark.parametrize("found", NONSENSE, ids=repr)
@pytest.mark.parametrize("operator", sorted(THRESHOLDS))
@pytest.mark.parametrize("limit", ["10", "2026-03-31"])
def test_a_threshold_never_holds_for_what_is_no_number_and_no_date(operator, limit, found):
    assert OPERATORS[operator](found, (limit,)) is False


@pytest.mark.parametrize("operator", sorted(THRESHOLDS))
def test_a_number_is_never_compared_with_a_date(operator):
    assert OPERATORS[operator]("10", ("2026-03-31",)) is False
    assert OPERATORS[operator]("2026-03-31", ("10",)) is False


def test_no_condition_always_holds():
    assert holds(None, lookup_facts({})) is True


# Facts are a: yes, b: no. Each condition is put together from tests on them.
A_YES = Test(operator="is", operand=YES, fact="a")
B_YES = Test(operator="is", operand=YES, fact="b")
NESTED = [
    (All((A_YES,)), True),
    (All((A_YES, B_YES)), False),
    (All((A_YES, Not(B_YES))), True),
    (AnyOf((B_YES, A_YES)), True),
    (AnyOf((B_YES,)), False),
    (Not(All((A_YES, B_YES))), True),
    (Not(Not(A_YES)), True),
    (All((AnyOf((B_YES, A_YES)), Not(AnyOf((B_YES, All((B_YES, A_YES))))))), True),
    (Not(AnyOf((Not(A_YES), B_YES))), True),
]


@pytest.mark.parametrize(("condition", "expected"), NESTED)
def test_conditions_can_be_nested(condition, expected):
    assert expected is holds(condition, lookup_facts({"a": "yes", "b": "no"}))


def test_every_single_test_in_a_condition_is_found():
    condition = All((A_YES, Not(AnyOf((B_YES, A_YES)))))

    assert [A_YES, B_YES, A_YES] == list(conditions.tests(condition))
    assert [] == list(conditions.tests(None))


@pytest.mark.parametrize("condition", [condition for condition, _ in NESTED])
def test_a_condition_is_the_same_after_it_was_kept(condition):
    """An edition is stored with its conditions."""
    kept = msgspec.json.encode(condition)

    assert condition == msgspec.json.decode(kept, type=Condition)
