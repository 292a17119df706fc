"""Rows that have their names already: which there are, what is kept when names go, what is lacking in them."""

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from msgspec.structs import replace

from core.making import TODAY, answers, column, question, questionnaire, response
from portal.core.answering import MOST_ROWS, Given, take
from portal.core.asking import outline
from portal.core.questionnaire import Kind, RowName
from portal.core.records import Answer
from portal.core.rownames import NAMED, arranged, as_asked, left_over, merged, row_names, typed_only
from portal.core.telling import value_text

DAY, NIGHT = RowName(id="day", label="By day"), RowName(id="night", label="By night")
COLUMNS = (column("guards", Kind.NUMBER, required=True), column("notes", lines=3))
GRID = question("grid", Kind.ROWS, columns=COLUMNS, rows=(DAY, NIGHT))
TICKED = question("ticked", Kind.ROWS, columns=COLUMNS, rows=(DAY, NIGHT), rows_from="when")
LISTED = question("listed", Kind.ROWS, columns=COLUMNS, rows_from="gates", name="gate")


def row(name: str, **cells: str) -> dict[str, str]:
    return {NAMED: name, **cells}


def gates(*names: str) -> dict[str, Answer]:
    return answers(gates=tuple({"gate": name} for name in names))


def ids(question, given) -> list[str]:
    return [name.id for name in row_names(question, given)]


def test_a_grid_has_the_rows_that_are_printed():
    assert ["day", "night"] == ids(GRID, {})


def test_a_row_for_each_option_that_is_ticked():
    assert ["night"] == ids(TICKED, answers(when=("night",)))
    assert [] == ids(TICKED, {})
    assert [] == ids(TICKED, answers(when=("none",)))


def test_a_row_for_each_row_that_was_listed_named_by_its_text():
    assert ["North", "South"] == ids(LISTED, gates("North", "South"))
    assert [] == ids(LISTED, gates())
    assert ["North"] == ids(LISTED, answers(gates=({"gate": "North"}, {"lock": "yes"})))


def test_two_that_are_called_alike_have_a_row_each():
    assert ["Gate", "Gate (2)"] == ids(LISTED, gates("Gate", "Gate"))


def test_what_is_typed_follows_its_name_wherever_the_name_stands():
    given = {**gates("South", "North"), "listed": Answer(value=(row("North", guards="1"), row("South", guards="2")))}

    assert (row("South", guards="2"), row("North", guards="1")) == arranged(LISTED, given).value


def test_what_stands_beside_a_name_that_is_gone_is_kept_and_comes_back():
    typed = Answer(value=(row("North", guards="1"), row("South", guards="2")))
    without, again = {**gates("North"), "listed": typed}, {**gates("North", "South"), "listed": typed}

    assert (row("North", guards="1"),) == arranged(LISTED, without).value
    assert (row("South", guards="2"),) == left_over(LISTED, without)
    assert typed.value == arranged(LISTED, again).value
    assert () == left_over(LISTED, again)


def test_saving_other_rows_keeps_the_one_whose_name_is_gone():
    stored = Answer(value=(row("North", guards="1"), row("South", guards="2")))
    answer, problems = take(LISTED, Given(value=(row("North", guards="3"),)), TODAY, stored)

    assert [] == problems
    assert (row("North", guards="3"), row("South", guards="2")) == answer.value


def test_a_row_typed_empty_goes():
    stored = Answer(value=(row("North", guards="1"), row("South", guards="2")))
    answer, _ = take(LISTED, Given(value=(row("North", guards=" "),)), TODAY, stored)

    assert (row("South", guards="2"),) == answer.value
    assert take(LISTED, Given(value=None), TODAY, stored)[0].value is None


def test_saving_the_same_again_changes_nothing():
    stored = Answer(value=(row("North", guards="1"), row("South", guards="2")))

    assert stored.value == take(LISTED, Given(value=stored.value[::-1]), TODAY, stored)[0].value


@any_of(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["", "1", "2"])), max_size=12))
def test_nothing_that_was_typed_is_lost_but_by_typing_over_it(saves):
    kept, expected = None, {}
    for name, guards in saves:
        kept = merged(kept, (row(name, guards=guards),))
        expected[name] = guards

    assert {name: guards for name, guards in expected.items() if guards} == {
        one[NAMED]: one["guards"] for one in kept or ()
    }


@pytest.mark.parametrize(
    ("asked", "typed", "sentence"),
    [
        (GRID, row("dusk", guards="1"), "There is no row “dusk”."),
        (GRID, {"guards": "1"}, "There is no row “”."),
        (GRID, row("day", guard="1"), "There is no column “guard”."),
        (GRID, row("day", guards="many"), "Row By day, “Guards”: Write a number, such as 12."),
        (LISTED, row("North", guards="many"), "Row North, “Guards”: Write a number, such as 12."),
        (LISTED, row("", guards="1"), "There is no row “”."),
        (LISTED, row("x" * 501, guards="1"), "Write at most 500 characters; this is 1 too many."),
        (question("q", Kind.ROWS, columns=COLUMNS), row("day", guards="1"), "There is no column “_row”."),
    ],
)
def test_a_row_that_cannot_be_is_refused(asked, typed, sentence):
    answer, problems = take(asked, Given(value=(typed,)), TODAY)

    assert [sentence] == [problem.message for problem in problems]
    assert answer.value is None


def test_there_is_an_end_to_what_is_kept_of_names_that_are_gone():
    stored = Answer(value=tuple(row(str(number), guards="1") for number in range(MOST_ROWS)))
    answer, problems = take(LISTED, Given(value=(row("one more", guards="1"),)), TODAY, stored)

    assert ["Give at most 500 rows."] == [problem.message for problem in problems]
    assert stored.value == answer.value


def lacking(*questions, **given):
    form = questionnaire(*questions)
    return [(one.where, one.message) for one in outline(form, response(answers=answers(**given))).lacking]


def test_a_row_that_is_half_filled_is_named_by_its_name():
    assert [("grid-1-guards", "“By night”: fill in “Guards”.")] == lacking(
        GRID, grid=(row("day", guards="1"), row("night", notes="None."))
    )
    assert [("grid-1-guards", "“By night”: fill in “Guards”.")] == lacking(GRID, grid=(row("day", guards="1"),))
    assert [] == lacking(GRID, grid=(row("day", guards="1"), row("night", guards="0")))
    assert [("grid", "Answer this question.")] == lacking(GRID)


def test_rows_that_may_be_left_empty_are_whole_or_empty():
    free = replace(GRID, required=False)

    assert [] == lacking(free)
    assert [("grid-1-guards", "“By night”: fill in “Guards”.")] == lacking(free, grid=(row("day", guards="1"),))


def test_a_new_name_is_lacking_at_once():
    source = question("gates", Kind.ROWS, columns=(column("gate", required=True),))
    typed = (row("North", guards="1"),)

    assert [] == lacking(source, LISTED, gates=({"gate": "North"},), listed=typed)
    assert [("listed-1-guards", "“South”: fill in “Guards”.")] == lacking(
        source, LISTED, gates=({"gate": "North"}, {"gate": "South"}), listed=typed
    )


def test_what_is_left_over_alone_is_no_answer():
    source = question("gates", Kind.ROWS, columns=(column("gate", required=True),))
    seen = outline(
        questionnaire(source, LISTED),
        response(answers=answers(gates=({"gate": "South"},), listed=(row("North", guards="1"),))),
    )

    assert 1 == seen.answered


def test_named_rows_are_told_by_their_names():
    measured = replace(GRID, columns=(column("height", Kind.NUMBER, unit="m"), column("full", Kind.PERCENTAGE)))
    given = {"grid": Answer(value=(row("night", height="2", full="80"),))}
    asked = as_asked(questionnaire(measured).sections, given)

    assert "By night – Height: 2 m, Full: 80 %" == value_text(measured, asked["grid"].value)
    assert (row("night", height="2", full="80"),) == typed_only(asked["grid"]).value


@pytest.mark.parametrize(
    ("limits", "typed", "sentence"),
    [
        ({"kind": Kind.NUMBER, "at_least": 1}, "0", "Row 1, “C”: Write a number of at least 1."),
        ({"kind": Kind.NUMBER, "at_most": 9}, "10", "Row 1, “C”: Write a number of at most 9."),
        ({"kind": Kind.NUMBER, "decimals": 0}, "1.5", "Row 1, “C”: Write a whole number."),
        ({"kind": Kind.PERCENTAGE}, "101", "Row 1, “C”: Write a number of at most 100."),
        ({"kind": Kind.DATE, "when": "past"}, "2027-01-01", "Row 1, “C”: This date must not lie in the future."),
        ({"kind": Kind.DATE, "when": "future"}, "2026-01-01", "Row 1, “C”: This date must not lie in the past."),
        ({"longest": 3}, "four", "Row 1, “C”: Write at most 3 characters; this is 1 too many."),
    ],
)
def test_a_column_has_the_limits_of_its_kind(limits, typed, sentence):
    one = question("q", Kind.ROWS, columns=(column("c", **limits),))

    assert [sentence] == [problem.message for problem in take(one, Given(value=({"c": typed},)), TODAY)[1]]
