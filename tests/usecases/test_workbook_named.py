"""Rows that have their names already, and what else a questionnaire may ask, in the workbook and back."""

from decimal import Decimal
from typing import Any

import pytest
from content.real_answers import NAMES, the
from content.real_answers import filled as filled_form
from core.making import TODAY, answers, column, option, question, questionnaire, response, scored, section
from msgspec.structs import replace

from portal.core.answering import take
from portal.core.questionnaire import Kind, Need, Question, RowName
from portal.core.records import Answer
from portal.core.rownames import NAMED
from portal.core.worth import Verdict
from portal.usecases.workbook.layout import lay_out
from portal.usecases.workbook.opening import open_workbook
from portal.usecases.workbook.reading import Read, read_answers
from portal.web.sent import given_of, sent_of
from usecases.filling import sentence

from .test_workbook import ENGLISH, FACTS, Workbook, new

COLUMNS = (
    column("guards", Kind.NUMBER, required=True, decimals=0, at_most=Decimal(9), unit="people"),
    column("fence", Kind.CHOICE, options=(option("yes", Verdict.MET), option("no", Verdict.NOT_MET))),
    column("share", Kind.PERCENTAGE),
    column("since", Kind.DATE, when="past"),
    column("notes", lines=3, longest=20),
)
DAY, NIGHT = RowName(id="day", label="By day"), RowName(id="1", label="By night")
GRID = question("grid", Kind.ROWS, columns=COLUMNS, rows=(DAY, NIGHT))
SHIFTS = question("shifts", Kind.CHOICES, options=(option("day"), option("1")))
TICKED = question("ticked", Kind.ROWS, columns=COLUMNS, rows=(DAY, NIGHT), rows_from="shifts")
GATES = question("gates", Kind.ROWS, columns=(column("gate", required=True),), most=9)
LISTED = question("listed", Kind.ROWS, columns=COLUMNS, rows_from="gates", name="gate")
ASKED = questionnaire(section("all", GRID, SHIFTS, TICKED, GATES, LISTED))


def row(name: str, **cells: str) -> dict[str, str]:
    return {NAMED: name, **cells}


NORTH = row("North", guards="2", fence="no", share="12.5", since="2025-01-31", notes="One\n- two")
FULL = answers(
    grid=(row("day", guards="1", notes="-"), row("1", guards="3")),
    shifts=("1",),
    ticked=(row("1", guards="4", fence="yes"),),
    gates=({"gate": "South"}, {"gate": "North"}, {"gate": "North"}),
    listed=(NORTH, row("North (2)", guards="5")),
)


def book(given: dict[str, Answer] = FULL, **typed: Any) -> Workbook:
    """A workbook made from these answers and filled in: `grid__day__value` is a cell."""
    cells = {("#".join(name.split("__")[:2]), name.split("__")[2]): value for name, value in typed.items()}
    return Workbook(response(facts=FACTS, answers=given), ASKED, typed=cells)


def values(read: Read) -> dict[str, object]:
    assert () == read.wrong
    return {id: answer.value for id, answer in new(read).items()}


def printed(given: dict[str, Answer], key: str) -> dict[int, Any]:
    sheets = lay_out(response(facts=FACTS, answers=given), ASKED, ENGLISH, "Harbor Imports").sheets
    return next({at: cell.value for at, cell in line.cells.items()} for line in sheets[1].lines if line.key == key)


def test_a_workbook_with_grids_and_listed_rows_comes_back_and_changes_nothing():
    assert Read(changes=(), wrong=()) == book().read()
    assert Read(changes=(), wrong=()) == book({}).read(response(facts=FACTS, answers=FULL))


def test_what_stands_beside_names_in_one_workbook_is_given_again_in_another():
    empty = response(facts=FACTS)
    opened = open_workbook(book().bytes(), "form.xlsx", empty, ASKED)
    forgotten = {id: replace(one, print_then="") for id, one in opened.filled.items()}
    found = values(read_answers(replace(opened, filled=forgotten), empty, ASKED, TODAY))

    # A hyphen says nothing where there was nothing to delete.
    assert {**{id: one.value for id, one in FULL.items()}, "grid": (row("day", guards="1"), row("1", guards="3"))} == (
        found
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_form_of_an_importer_comes_back_unchanged(name: str):
    form = the(name)
    kept = replace(filled_form(form), edition=form.edition, facts=FACTS)

    assert Read(changes=(), wrong=()) == Workbook(kept, form).read()


def test_the_names_of_rows_stand_before_them():
    assert ("By day", "By night") == (printed(FULL, "grid#day")[3], printed(FULL, "grid#1")[3])
    assert "By night" == printed({}, "ticked#1")[3]
    assert ["South", "North", "North (2)", None] == [printed(FULL, f"listed#{at}")[3] for at in (1, 2, 3, 4)]
    assert "one line for each that you listed at 1.4." in printed(FULL, "listed")[4]
    assert "for each that you chose at 1.2." in printed(FULL, "ticked")[4]


def test_what_is_typed_beside_a_printed_name_is_kept_under_its_id():
    assert {"grid": (row("1", guards="7", fence="yes"),), "ticked": (row("day", notes="New"),)} == values(
        book({}, grid__1__value=7, grid__1__comment="Yes", ticked__day__help=None, ticked__day__due="New").read()
    )


def test_what_is_listed_and_described_in_the_same_workbook_belongs_together():
    typed = {
        "gates__1__value": "North", "gates__2__value": "South",
        "listed__1__only-if": "south ", "listed__1__value": 2, "listed__2__only-if": "North", "listed__2__value": 3,
    }  # fmt: skip

    assert (row("South", guards="2"), row("North", guards="3")) == values(book({}, **typed).read())["listed"]


def test_a_row_without_a_name_or_with_one_that_is_not_listed_is_named_and_not_taken():
    typed = {
        "listed__4__value": 1, "listed__5__only-if": "West", "listed__5__value": 1,
        "listed__6__only-if": "north", "listed__6__value": 9, "listed__1__value": 70,
    }  # fmt: skip
    read = book(**typed).read()

    assert [
        ("70", "E", "Row %(row)s, “%(column)s”: Write a number of at most %(limit)s."),
        ("1", "E", "Write in the first cell of this row what it is about."),
        ("West", "D", "This name is not in the list that was given earlier. Write it as it stands there."),
        ("north", "D", "There is another row of this name."),
    ] == [(one.spot.text, one.spot.column, sentence(one)) for one in read.wrong]
    assert () == read.changes


def test_beside_a_name_an_empty_cell_changes_nothing_and_a_hyphen_deletes():
    read = book(listed__2__value=None, listed__2__comment="-", listed__3__value="-", grid__day__due="-").read()

    kept = {name: text for name, text in NORTH.items() if name != "fence"}
    assert {"listed": (kept,)} == values(read)


def test_a_row_whose_name_is_gone_meanwhile_is_kept_and_not_complained_of():
    now = response(facts=FACTS, answers={**FULL, "gates": Answer(value=({"gate": "South"},), version=1)})
    found = values(book(listed__1__value=6).read(now))

    assert {"listed": (*FULL["listed"].value, row("South", guards="6"))} == found


@pytest.mark.parametrize("gone", [{2: "North"}, {2: "North", 3: "North (2)"}])
def test_a_row_that_was_deleted_in_the_workbook_is_gone_once_it_is_taken(gone: Any):
    """The page carries the answer from looking to taking, where it is put together with the stored one again."""
    codes = ("value", "comment", "action", "who", "due")
    typed = {f"listed__{number}__{code}": "-" for number in gone for code in codes}
    (change,) = book(**typed).read().changes
    taken, problems = take(LISTED, given_of(sent_of(change.to_send, 1)), TODAY, FULL["listed"])

    assert [] == problems
    assert change.new.value == taken.value
    kept = [one for one in FULL["listed"].value if one[NAMED] not in gone.values()]
    assert kept == list(taken.value or ())


def texts_of(*questions: Question) -> str:
    sheet = lay_out(response(facts=FACTS), questionnaire(section("all", *questions)), ENGLISH, "Harbor").sheets[1]
    return "\n".join(str(cell.value) for line in sheet.lines for cell in line.cells.values() if cell.value)


def test_units_instructions_and_another_way_are_told():
    other = option("other-way", alternative=True, says="Describe **what** you do.")
    other = replace(other, asks=replace(other.asks, comment=Need.REQUIRED))
    told = texts_of(GRID, scored("way", options=(option("yes", Verdict.MET), other)))

    assert "Guards (people)" in told
    assert "Share (%) (may be left empty)" in told
    assert "If you answer “Other-Way”: Describe what you do." in told
    assert "A comment is needed for: Other-Way" in told


def test_where_one_is_enough_it_is_said_once_above_the_first():
    told = texts_of(
        scored("before"), scored("guard", one_of="g"), question("who", parent="guard"), scored("dog", one_of="g")
    )

    assert 1 == told.count("One of these is enough.")
    assert told.index("about before") < told.index("One of these is enough.") < told.index("about guard")
