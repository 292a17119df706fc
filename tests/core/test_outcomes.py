"""Outcome tables: the standard scheme row by row at its limits, and the faults that a table can have."""

from decimal import Decimal

import msgspec
import pytest

from core.making import TODAY, answers, must, questionnaire, scored, shipped, should
from portal.core.conditions import All, AnyOf, Condition, Not, Test
from portal.core.outcomes import faults, read_tables
from portal.core.schemes import OutcomeRow, OutcomeTable
from portal.core.scoring import score

# score, unmet musts, unmet shoulds, unmet criticals: rating, result for musts and shoulds
STANDARD = [
    ("100", 0, 0, 0, "strong", "met"),
    ("90", 0, 0, 0, "strong", "met"),
    ("90", 0, 3, 0, "strong", "met-but-for-shoulds"),
    ("90", 0, 0, 1, "strong", "met"),
    ("89.999", 0, 1, 0, "adequate", "met-but-for-shoulds"),
    ("89.96", 0, 1, 0, "adequate", "met-but-for-shoulds"),
    ("75", 0, 9, 0, "adequate", "met-but-for-shoulds"),
    ("74.999", 0, 9, 0, "weak", "met-but-for-shoulds"),
    ("100", 1, 0, 0, "weak", "not-met"),
    ("90", 1, 0, 0, "weak", "not-met"),
    ("60", 9, 9, 0, "weak", "not-met"),
    ("59.999", 0, 9, 0, "unacceptable", "met-but-for-shoulds"),
    ("59.999", 9, 9, 0, "unacceptable", "not-met"),
    ("99", 1, 0, 1, "unacceptable", "not-met"),
    ("74.999", 0, 9, 1, "unacceptable", "met-but-for-shoulds"),
    ("0", 30, 30, 9, "unacceptable", "not-met"),
]


def standard():
    return next(iter(shipped().questionnaires.values())).scheme


@pytest.mark.parametrize(("points", "musts", "shoulds", "criticals", "rating", "result"), STANDARD)
def test_the_standard_scheme_rates_row_by_row(points, musts, shoulds, criticals, rating, result):
    facts = {
        "score": points,
        "musts_unmet": str(musts),
        "shoulds_unmet": str(shoulds),
        "criticals_unmet": str(criticals),
    }
    found = read_tables(standard().tables, facts)

    assert {"rating": rating, "must-result": result} == {table: row.outcome for table, row in found.items()}


def test_every_row_of_the_standard_scheme_is_reached_by_a_row_above():
    outcomes = {row.outcome for table in standard().tables for row in table.rows}

    assert outcomes == {word for *_, rating, result in STANDARD for word in (rating, result)}


@pytest.mark.parametrize(
    ("weight", "shown", "rating"),
    [("9000", "90.0", "strong"), ("8996", "90.0", "adequate"), ("8994", "89.9", "adequate"), ("7496", "75.0", "weak")],
)
def test_a_score_is_compared_before_it_is_rounded(weight, shown, rating):
    """89.96 is shown as 90.0 and is still less than 90."""
    form = questionnaire(
        scored("a", weight), scored("b", str(10_000 - int(weight))), should("c"), tables=standard().tables
    )
    found = score(form, answers(a="yes", b="no", c="not-applicable"), {}, TODAY)

    assert (shown, rating) == (str(found.percent), found.outcomes["rating"].outcome)


def test_one_unmet_must_is_enough_to_miss_the_better_ratings():
    form = questionnaire(must("a"), scored("b", "1000"), tables=standard().tables)
    ratings = [
        score(form, answers(a=value, b="yes"), {}, TODAY).outcomes["rating"].outcome for value in ("yes", "partly")
    ]

    assert ["strong", "weak"] == ratings


def test_a_category_may_decide():
    rows = (row("good", at_least("score.4", "50")), row("bad"))
    form = questionnaire(scored("a", category="1"), scored("b", category="4"), tables=(table(*rows),))

    assert "good" == score(form, answers(a="no", b="yes"), {}, TODAY).outcomes["t"].outcome
    assert "bad" == score(form, answers(a="yes", b="no"), {}, TODAY).outcomes["t"].outcome
    assert "bad" == score(form, answers(a="yes", b="not-applicable"), {}, TODAY).outcomes["t"].outcome


@pytest.mark.parametrize("value", ["100", "50"])
def test_a_row_may_name_one_score(value):
    """The score goes into the table in one form only: 100, never 1E+2 or 100.00."""
    weight = {"100": "0.00", "50": "3.00"}[value]
    rows = (row("named", Test(operator="is", operand=(value,), fact="score")), row("else"))
    form = questionnaire(scored("a", "3.00"), scored("b", weight), tables=(table(*rows),))

    assert "named" == score(form, answers(a="yes", b="no"), {}, TODAY).outcomes["t"].outcome


def test_a_table_in_which_no_row_holds_gives_no_outcome():
    rows = table(row("good", at_least("score", "50")))

    assert {} == read_tables([rows], {"score": "49"})


# Faults.


def at_least(fact, limit):
    return Test(operator="at_least", operand=(limit,), fact=fact)


def at_most(fact, limit):
    return Test(operator="at_most", operand=(limit,), fact=fact)


def below(fact, limit):
    return Test(operator="below", operand=(limit,), fact=fact)


def equal(fact, *words):
    return Test(operator="is", operand=words, fact=fact)


def row(outcome: str, when: Condition | None = None):
    return OutcomeRow(outcome=outcome, label=outcome, when=when)


def table(*rows, first=True):
    return OutcomeTable(id="t", title="T", first=first, rows=rows)


SOUND = [
    table(row("all")),
    table(row("good", at_least("score", "50")), row("rest")),
    table(row("good", at_least("score", "50")), row("bad", below("score", "50")), first=False),
    table(row("good", at_least("score", "49.95")), row("bad", below("score", "49.95")), first=False),
    table(row("none", equal("musts_unmet", "0")), row("some", at_least("musts_unmet", "1")), first=False),
    table(row("none", equal("musts_unmet", "0")), row("some", Not(equal("musts_unmet", "0"))), first=False),
    table(row("five", equal("musts_unmet", "5")), row("ten", at_least("musts_unmet", "10")), row("rest")),
    table(row("good", at_least("score.4", "50")), row("rest")),
    table(
        row("good", All((at_least("score", "50"), at_most("musts_unmet", "0")))),
        row("bad", AnyOf((below("score", "50"), at_least("musts_unmet", "1")))),
        first=False,
    ),
    table(row("high", at_least("threat", "3")), row("rest")),
    table(row("red", equal("colour", "red")), row("rest")),
]


@pytest.mark.parametrize("sound", SOUND)
def test_a_sound_table_has_no_fault(sound):
    assert [] == list(faults(sound))


FAULTY = [
    (table(), "no row holds; add a last row without `when`"),
    (
        table(row("good", at_least("score", "50"))),
        "no row holds when score 0; add a last row without `when`",
    ),
    (
        table(row("good", at_least("score", "50")), row("bad", below("score", "49"))),
        "no row holds when score 49; add a last row without `when`",
    ),
    (
        table(row("good", at_least("score", "50")), row("bad", at_most("score", "49.9")), first=False),
        "no row holds when score 49.901; add a last row without `when`",
    ),
    (
        table(row("good", at_least("score.4", "50")), row("bad", below("score.4", "50"))),
        "no row holds when score.4 missing; add a last row without `when`",
    ),
    (
        table(row("none", at_most("musts_unmet", "0")), row("many", at_least("musts_unmet", "2"))),
        "no row holds when musts_unmet 1; add a last row without `when`",
    ),
    (
        table(row("good", at_least("score", "50")), row("bad", at_most("score", "50")), first=False),
        "good and bad both hold when score 50; only one may",
    ),
    (
        table(row("few", at_most("musts_unmet", "3")), row("some", at_least("musts_unmet", "1")), first=False),
        "few and some both hold when musts_unmet 1; only one may",
    ),
    (
        table(row("all"), row("none", at_least("score", "50"))),
        "none can never be reached; it never holds, or the rows before it take every case",
    ),
    (
        table(row("good", at_least("score", "50")), row("better", at_least("score", "90")), row("rest")),
        "better can never be reached; it never holds, or the rows before it take every case",
    ),
    (
        table(row("over", at_least("score", "101")), row("rest")),
        "over can never be reached; it never holds, or the rows before it take every case",
    ),
    (
        table(row("word", equal("musts_unmet", "many")), row("rest")),
        "word can never be reached; it never holds, or the rows before it take every case",
    ),
    (
        table(row("long", equal("musts_unmet", "1.0")), row("rest")),
        "long can never be reached; it never holds, or the rows before it take every case",
    ),
    (
        table(
            *(
                row(f"{fact}-{limit}", at_least(fact, str(limit)))
                for fact in ("score", "score.1", "score.2", "score.3")
                for limit in range(1, 90, 10)
            ),
            row("rest"),
        ),
        "it has more thresholds than can be checked; split it into several tables",
    ),
]


@pytest.mark.parametrize(("faulty", "sentence"), FAULTY)
def test_a_hole_an_overlap_and_a_row_that_is_never_reached_are_named(faulty, sentence):
    assert sentence in list(faults(faulty))


def test_several_faults_are_named_at_once():
    found = list(faults(table(row("good", at_least("score", "50")), row("same", at_least("score", "50")))))

    assert 2 == len(found)


def test_tables_that_are_sound_give_exactly_one_outcome_for_any_score():
    """What `faults` promises, tried on every half point between 0 and 100."""
    for sound in SOUND[1:4]:
        for value in (Decimal(number) / 2 for number in range(201)):
            holding = [one for one in sound.rows if read_tables([table(one)], {"score": str(value)})]

            assert (1 <= len(holding)) if sound.first else (1 == len(holding))


def test_a_scheme_is_the_same_after_it_was_kept():
    scheme = standard()

    assert scheme == msgspec.json.decode(msgspec.json.encode(scheme), type=type(scheme))
