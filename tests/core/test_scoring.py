"""The score: weights and credits, what is left out, what counts as missing, bands, and the trace that adds up."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from core.making import (
    TODAY,
    YES_PARTLY_NO,
    answers,
    must,
    option,
    question,
    questionnaire,
    scored,
    section,
    should,
)
from portal.core.conditions import Test
from portal.core.judging import judge, months_before, verdict_of
from portal.core.questionnaire import Band, Kind
from portal.core.schemes import OutcomeRow, OutcomeTable
from portal.core.scoring import percent, score
from portal.core.worth import Obligation, Verdict

MET, PARTLY, NOT_MET = Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET
NOT_APPLICABLE, NOT_JUDGED = Verdict.NOT_APPLICABLE, Verdict.NOT_JUDGED
ALWAYS = OutcomeTable(id="t", title="T", first=True, rows=(OutcomeRow(outcome="any", label="Any"),))


def judged(form, given, **more):
    return score(form, given, {}, TODAY, **more)


def sums(form, given, **more):
    found = judged(form, given, **more)
    return str(found.points), str(found.possible), None if found.percent is None else str(found.percent)


# The method as the scheme explains it, with its own example.


def test_two_musts_yes_and_partly_and_a_should_no_make_64_3():
    form = questionnaire(must("a"), must("b"), should("c"))

    assert ("4.5", "7", "64.3") == sums(form, answers(a="yes", b="partly", c="no"))


@pytest.mark.parametrize(
    ("value", "points", "possible", "verdict"),
    [
        ("yes", "3", "3", MET),
        ("partly", "1.5", "3", PARTLY),
        ("no", "0", "3", NOT_MET),
        ("not-applicable", "0", "0", NOT_APPLICABLE),
        (None, "0", "3", NOT_JUDGED),
        ("", "0", "3", NOT_JUDGED),
    ],
)
def test_an_answer_earns_its_credit_of_the_weight(value, points, possible, verdict):
    line = judged(questionnaire(must("a")), answers(a=value)).lines[0]

    assert (Decimal(points), Decimal(possible), verdict) == (line.points, line.possible, line.verdict)
    assert Decimal(3) == line.weight


def test_what_does_not_apply_leaves_both_sums():
    form = questionnaire(must("a"), must("b"), scored("c", "40"))

    assert ("3", "6", "50.0") == sums(form, answers(a="yes", b="no", c="not-applicable"))


def test_what_is_missing_earns_nothing_but_counts():
    assert ("3", "6", "50.0") == sums(questionnaire(must("a"), must("b")), answers(a="yes"))


def test_a_comment_without_an_answer_counts_as_missing():
    form = questionnaire(must("a"))
    given = {"a": msgspec.structs.replace(answers(a=None)["a"], comment="Later.")}

    assert ("0", "3", "0.0") == sums(form, given)


@pytest.mark.parametrize(
    "form",
    [
        questionnaire(question("a"), question("b", Kind.NUMBER), tables=(ALWAYS,)),
        questionnaire(must("a"), should("b"), tables=(ALWAYS,)),
        questionnaire(scored("a", "0"), scored("b", "0"), tables=(ALWAYS,)),
        questionnaire(tables=(ALWAYS,)),
    ],
    ids=["nothing is scored", "nothing applies", "everything weighs nought", "there are no questions"],
)
def test_where_nothing_counts_there_is_no_score_and_no_outcome(form):
    found = judged(form, answers(a="not-applicable", b="not-applicable"))

    assert (None, {}) == (found.percent, found.outcomes)
    assert Decimal(0) == found.points == found.possible


def test_a_category_in_which_nothing_counts_has_no_percentage():
    form = questionnaire(must("a", "1.1", category="1"), must("b", "4.1"))
    found = judged(form, answers(a="not-applicable", b="yes"))

    assert [("1", None), ("4", Decimal("100.0"))] == [(part.id, part.percent) for part in found.categories]


def test_an_answer_without_a_worth_is_left_out():
    form = questionnaire(scored("a", options=(*YES_PARTLY_NO, option("unknown"))), scored("b"))

    assert ("1", "1", "100.0") == sums(form, answers(a="unknown", b="yes"))


def test_a_weight_of_nought_is_shown_in_the_trace_and_changes_no_sum():
    form = questionnaire(scored("a", "0"), scored("b"))
    found = judged(form, answers(a="no", b="yes"))

    assert ["a", "b"] == [line.question for line in found.lines]
    assert ("1", "1", "100.0") == sums(form, answers(a="no", b="yes"))


def test_questions_that_are_not_scored_have_no_line():
    assert [] == list(judged(questionnaire(question("a"), question("b", Kind.CHOICE)), answers(a="x")).lines)


def test_a_hidden_question_is_not_counted():
    inner = must("inner", shown_when=Test(operator="is", operand=("yes",), question="gate"))
    form = questionnaire(question("gate", Kind.CHOICE, options=YES_PARTLY_NO), must("a"), inner)

    assert ("3", "3", "100.0") == sums(form, answers(gate="no", a="yes", inner="no"))
    assert ("3", "6", "50.0") == sums(form, answers(gate="yes", a="yes", inner="no"))


# A bad yes, several choices, bands, files and other kinds.

GOOD_NO = (option("yes", NOT_MET), option("partly", PARTLY), option("no", MET))


@pytest.mark.parametrize(("value", "points"), [("yes", "0"), ("partly", "0.5"), ("no", "1")])
def test_a_yes_can_be_the_bad_answer(value, points):
    found = judged(questionnaire(scored("a", options=GOOD_NO)), answers(a=value))

    assert Decimal(points) == found.points


def several(good=("one", "two", "three")):
    return question(
        "a",
        Kind.CHOICES,
        weight=Decimal(3),
        category="4",
        good=good,
        options=(
            *(option(id) for id in ("one", "two", "three", "other")),
            option("none", NOT_MET, alone=True),
            option("nobody", NOT_APPLICABLE, alone=True),
        ),
    )


@pytest.mark.parametrize(
    ("value", "credit", "verdict"),
    [
        (("one", "two", "three"), "1", MET),
        (("one", "two", "three", "other"), "1", MET),
        (("one", "two"), "0.66", PARTLY),
        (("one",), "0.33", PARTLY),
        (("other",), "0", NOT_MET),
        (("none",), "0", NOT_MET),
        (("nobody",), None, NOT_APPLICABLE),
        (None, "0", NOT_JUDGED),
    ],
)
def test_several_choices_earn_the_share_of_good_ones_rounded_down(value, credit, verdict):
    line = judged(questionnaire(several()), answers(a=value)).lines[0]

    assert (None if credit is None else Decimal(credit), verdict) == (line.credit, line.verdict)


def test_seven_of_seven_good_choices_are_full_credit():
    good = tuple("abcdefg")
    asked = question("a", Kind.CHOICES, weight=Decimal(1), good=good, options=tuple(map(option, good)))

    assert ("1.00", "1", "100.0") == sums(questionnaire(asked), answers(a=good))


def band(credit, **limit):
    return Band(credit=Decimal(credit), verdict=verdict_of(Decimal(credit)), **limit)


FOOTAGE = (band("1", at_least=Decimal(14)), band("0.5", at_least=Decimal(7)))
DAYS_BETWEEN = (band("0", at_least=Decimal(8)), band("1"))


@pytest.mark.parametrize(
    ("bands", "value", "credit"),
    [
        (FOOTAGE, "14", "1"),
        (FOOTAGE, "1000", "1"),
        (FOOTAGE, "13.99", "0.5"),
        (FOOTAGE, "7", "0.5"),
        (FOOTAGE, "6.999", "0"),
        (FOOTAGE, "0", "0"),
        (FOOTAGE, "-1", "0"),
        (DAYS_BETWEEN, "8", "0"),
        (DAYS_BETWEEN, "7", "1"),
        (DAYS_BETWEEN, "-1", "1"),
    ],
)
@pytest.mark.parametrize("kind", [Kind.NUMBER, Kind.PERCENTAGE])
def test_a_number_earns_the_credit_of_its_band(kind, bands, value, credit):
    asked = question("a", kind, weight=Decimal(1), bands=bands)

    assert Decimal(credit) == judged(questionnaire(asked), answers(a=value)).points


REVIEWED = (band("1", within_months=12), band("0.5", within_months=24))


@pytest.mark.parametrize(
    ("value", "credit"),
    [
        ("2026-03-31", "1"),
        ("2025-03-31", "1"),
        ("2025-03-30", "0.5"),
        ("2024-03-31", "0.5"),
        ("2024-03-30", "0"),
        ("1999-01-01", "0"),
        ("2026-05-01", "1"),
    ],
)
def test_a_date_earns_the_credit_of_its_band_as_of_the_day(value, credit):
    asked = question("a", Kind.DATE, weight=Decimal(1), bands=REVIEWED)

    assert Decimal(credit) == judged(questionnaire(asked), answers(a=value)).points


def test_the_same_date_earns_less_a_year_later():
    form = questionnaire(question("a", Kind.DATE, weight=Decimal(1), bands=REVIEWED))
    days = [date(2026, 3, 31), date(2027, 3, 31), date(2028, 3, 31)]

    assert ["1", "0.5", "0"] == [str(score(form, answers(a="2026-01-15"), {}, day).points) for day in days]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 31), 0, date(2026, 3, 31)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 3, 31), 4, date(2025, 11, 30)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 12, 31), 1200, date(1926, 12, 31)),
    ],
)
def test_months_are_counted_back_by_the_calendar(day, months, expected):
    assert expected == months_before(day, months)


@pytest.mark.parametrize(
    ("fewest", "files", "points"), [(0, 0, "0"), (0, 1, "1"), (1, 1, "1"), (3, 2, "0"), (3, 3, "1")]
)
def test_files_earn_everything_once_there_are_enough(fewest, files, points):
    form = questionnaire(question("a", Kind.FILES, weight=Decimal(1), fewest=fewest))

    assert Decimal(points) == judged(form, {}, files={"a": files}).points


GIVEN = {
    Kind.TEXT: "text",
    Kind.EMAIL: "ana@example.com",
    Kind.COUNTRY: "VN",
    Kind.ROWS: ({"name": "Plant"},),
    Kind.AGREEMENT: "agreed",
    Kind.SIGNATURE: "Ana Tran",
}


@pytest.mark.parametrize("kind", GIVEN)
def test_other_kinds_earn_everything_once_they_are_given(kind):
    form = questionnaire(question("a", kind, weight=Decimal(1)))

    assert ("1", "1", "100.0") == sums(form, answers(a=GIVEN[kind]))
    assert ("0", "1", "0.0") == sums(form, {})


@pytest.mark.parametrize(("credit", "verdict"), [("1", MET), ("0.99", PARTLY), ("0.01", PARTLY), ("0", NOT_MET)])
def test_a_credit_amounts_to_a_verdict(credit, verdict):
    assert verdict is verdict_of(Decimal(credit))


def test_an_answer_that_is_no_option_any_more_is_left_out():
    assert (NOT_APPLICABLE, None) == judge(must("a"), "gone", 0, TODAY)


# Musts, shoulds and criticals.


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (("yes", "yes"), MET),
        (("yes", "partly"), PARTLY),
        (("partly", "partly"), PARTLY),
        (("yes", "no"), PARTLY),
        (("partly", "no"), PARTLY),
        (("yes", None), PARTLY),
        (("no", "no"), NOT_MET),
        (("no", None), NOT_MET),
        ((None, None), NOT_JUDGED),
        (("yes", "not-applicable"), MET),
        (("no", "not-applicable"), NOT_MET),
    ],
)
def test_several_questions_on_one_criterion_are_judged_together(values, verdict):
    form = questionnaire(must("a", "4.1"), must("b", "4.1"))
    found = judged(form, answers(a=values[0], b=values[1]))

    assert [("4.1", verdict)] == [(one.key, one.verdict) for one in found.of(Obligation.MUST)]
    assert (verdict is MET) is (found.unmet(Obligation.MUST) == ())


def test_a_criterion_that_does_not_apply_is_not_judged_at_all():
    found = judged(questionnaire(must("a", "4.1"), must("b", "4.2")), answers(a="not-applicable", b="yes"))

    assert ["4.2"] == [one.key for one in found.judgements]


def test_musts_and_shoulds_of_one_criterion_are_judged_apart():
    found = judged(questionnaire(must("a", "4.1"), should("b", "4.1")), answers(a="yes", b="no"))

    assert [("4.1", MET)] == [(one.key, one.verdict) for one in found.of(Obligation.MUST)]
    assert [("4.1", NOT_MET)] == [(one.key, one.verdict) for one in found.unmet(Obligation.SHOULD)]


def test_a_must_without_a_criterion_is_judged_by_its_question():
    found = judged(questionnaire(must("a"), must("b")), answers(a="yes", b="no"))

    assert [("a", "", "a", True), ("b", "", "b", False)] == [
        (one.key, one.criterion, one.question, one.met) for one in found.judgements
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("yes", ()), ("not-applicable", ()), ("partly", ("a",)), ("no", ("a",)), (None, ("a",))],
)
def test_a_critical_question_fails_unless_it_is_met_or_does_not_apply(value, expected):
    form = questionnaire(must("a", critical=True), must("b"))

    assert expected == judged(form, answers(a=value)).criticals_unmet


# The trace.


def test_categories_come_in_the_order_of_the_catalogue_and_others_after_them():
    form = questionnaire(scored("a", category="own"), scored("b", category="4"), scored("c", category="1"))
    found = judged(form, answers(a="yes", b="yes", c="no"))

    assert [("1", "One"), ("4", "Four"), ("own", "own")] == [(part.id, part.title) for part in found.categories]


def test_a_line_says_which_question_gave_what():
    asked = must("a", "4.1", label="3A", critical=True)
    line = judged(questionnaire(asked), answers(a="partly")).lines[0]

    assert ("a", "3A", "4.1", "4", Obligation.MUST, True) == (
        line.question, line.label, line.criterion, line.category, line.obligation, line.critical,
    )  # fmt: skip
    assert ("0.5", "1.5", "3") == (str(line.credit), str(line.points), str(line.possible))


@pytest.mark.parametrize(
    ("points", "possible", "expected"),
    [
        ("0", "0", None),
        ("0", "7", "0.0"),
        ("7", "7", "100.0"),
        ("4.5", "7", "64.3"),
        ("89.96", "100", "90.0"),
        ("89.95", "100", "90.0"),
        ("89.94", "100", "89.9"),
        ("0.05", "100", "0.1"),
        ("99.94", "100", "99.9"),
        ("99.95", "100", "99.9"),
        ("999999", "1000000", "99.9"),
    ],
)
def test_a_percentage_is_rounded_half_up_but_never_to_100(points, possible, expected):
    found = percent(Decimal(points), Decimal(possible))

    assert expected == (None if found is None else str(found))


HUNDREDTHS = st.integers(0, 10**8).map(lambda number: Decimal(number) / 100)


@any_of(HUNDREDTHS, HUNDREDTHS)
def test_only_full_points_read_100(points, missing):
    found = percent(points, points + missing)

    assert (found == 100) is (missing == 0 and points > 0)
    assert found is None or 0 <= found <= 100


def test_a_score_is_the_same_after_it_was_kept():
    found = judged(questionnaire(must("a"), tables=(ALWAYS,)), answers(a="partly"))

    assert found == msgspec.json.decode(msgspec.json.encode(found), type=type(found))


def test_further_facts_reach_the_outcome_tables():
    when = Test(operator="at_least", operand=("1",), fact="open_actions")
    rows = (OutcomeRow(outcome="open", label="Open", when=when), OutcomeRow(outcome="done", label="Done"))
    form = questionnaire(must("a"), tables=(OutcomeTable(id="t", title="T", first=True, rows=rows),))

    assert "open" == judged(form, answers(a="yes"), further={"open_actions": "2"}).outcomes["t"].outcome
    assert "done" == judged(form, answers(a="yes")).outcomes["t"].outcome


def test_sections_do_not_change_the_sum():
    parts = must("a"), should("b")
    given = answers(a="yes", b="no")

    assert sums(questionnaire(*parts), given) == sums(
        questionnaire(section("one", parts[0]), section("two", parts[1])), given
    )
