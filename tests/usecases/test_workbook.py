"""The questionnaire as a workbook: what goes out comes back, and what was typed in it is checked cell by cell."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from core.making import questionnaire, response, section
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from web.test_every_kind import QUESTIONS

from portal.core.answering import CHECKS
from portal.core.conditions import Test
from portal.core.countries import countries
from portal.core.errors import Refused
from portal.core.questionnaire import Kind, Option, Question, Questionnaire
from portal.core.records import Action, Answer, Response
from portal.core.words import Words
from portal.sheets.form import FormCell, write_form
from portal.sheets.tables import Sheet
from portal.sheets.write import write_xlsx
from portal.usecases.workbook import opening
from portal.usecases.workbook.layout import lay_out
from portal.usecases.workbook.opening import open_workbook
from portal.usecases.workbook.reading import Read, read_answers
from usecases.filling import sentence

ENGLISH = Words()
TODAY = date(2026, 3, 31)
FACTS = {"name": "Meridian Textiles", "business_type": "foreign_manufacturer", "country": "VN"}
EVERY_KIND = questionnaire(section("all", *QUESTIONS))
FULL = {
    "choice": Answer(value="x", other="Something", comment="Why", action=Action(what="Mend", who="Bo", due=TODAY)),
    "choices": Answer(value=("a", "x"), other="More", version=3),
    "line": Answer(value="=1+1", comment="-\n'=2"),
    "lines": Answer(value="One\nTwo\t3"),
    "mail": Answer(value="ana@example.com"),
    "land": Answer(value="VN"),
    "number": Answer(value="7"),
    "share": Answer(value="12.5"),
    "day": Answer(value="1899-12-31"),
    "rows": Answer(
        value=(
            {"name": "门卫", "land": "CN", "count": "3.5", "day": "2025-01-01", "sort": "b"},
            {"name": "-", "mail": "a@example.com"},
        )
    ),
    "agreed": Answer(value="agreed"),
    "signed": Answer(value="Ana Tran"),
}


@dataclass
class Workbook:
    """A workbook that somebody fills in by hand: cells are set by their key and the code of their column."""

    response: Response
    questions: Questionnaire = EVERY_KIND
    words: Words = ENGLISH
    typed: dict[tuple[str, str], Any] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)

    def bytes(self) -> bytes:
        """The file."""
        book = lay_out(self.response, self.questions, self.words, "Harbor Imports")
        sheets = [replace(sheet, lines=[self._line(sheet, line) for line in sheet.lines]) for sheet in book.sheets]
        rows = [(row[0], self.data.get(row[0], row[1]), *row[2:]) for row in book.data]
        return write_form(replace(book, sheets=sheets, data=rows))

    def _line(self, sheet: Any, line: Any) -> Any:
        codes = [column.code for column in sheet.columns]
        cells = dict(line.cells)
        for (key, code), value in self.typed.items():
            if key == line.key:
                at = codes.index(code)
                cells[at] = replace(cells.get(at, FormCell()), value=value)
        return replace(line, cells=cells)

    def read(self, now: Response | None = None) -> Read:
        """What the portal reads, compared with what is stored now."""
        stored = now or self.response
        opened = open_workbook(self.bytes(), "form.xlsx", stored, self.questions)
        return read_answers(opened, stored, self.questions, TODAY)


def filled(**more: Any) -> Response:
    return response(facts=FACTS, answers=FULL, **more)


def new(read: Read) -> dict[str, Answer]:
    return {change.question.id: change.new for change in read.changes}


def test_the_portals_own_workbook_comes_back_and_changes_nothing():
    """Every kind of answer, also those that no cell can hold as what they are."""
    assert set(CHECKS) == {question.kind for question in QUESTIONS}
    assert Read(changes=(), wrong=()) == Workbook(filled()).read()


def test_an_empty_workbook_changes_nothing_even_where_answers_were_given_meanwhile():
    assert Read(changes=(), wrong=()) == Workbook(response(facts=FACTS)).read(filled())


def test_what_was_given_in_one_workbook_is_given_again_in_another():
    """All that is in a full workbook is read as it was stored by a response that has nothing yet."""
    full = Workbook(filled())
    opened = open_workbook(full.bytes(), "form.xlsx", response(facts=FACTS), EVERY_KIND)
    forgotten = {id: replace(one, print_then="") for id, one in opened.filled.items()}
    read = read_answers(replace(opened, filled=forgotten), response(facts=FACTS), EVERY_KIND, TODAY)

    assert () == read.wrong
    assert {id: replace(answer, version=0) for id, answer in FULL.items()} == new(read)


def test_each_wrong_cell_is_named_by_sheet_row_and_column_and_the_rest_is_taken():
    book = Workbook(filled())
    book.typed = {
        ("number", "value"): 70,
        ("number", "comment"): "Seventy",
        ("rows#2", "comment"): "Neverland",
        ("rows#3", "value"): "Dock",
        ("rows#3", "who"): "31.12.2025",
        ("choice", "value"): "Perhaps",
        ("choices/b", "value"): "maybe",
        ("line", "value"): "Better",
    }
    read = book.read()

    assert {
        ("Perhaps", "E", "Choose one of the answers offered."),
        ("maybe", "E", "Put an x here, or leave the cell empty."),
        ("70", "E", "Write a number of at most %(limit)s."),
        ("Neverland", "F", "Row %(row)s, “%(column)s”: Choose a country from the list."),
        ("31.12.2025", "H", "Row %(row)s, “%(column)s”: Write the date as year-month-day, such as 2026-03-31."),
    } == {(one.spot.text, one.spot.column, sentence(one)) for one in read.wrong}
    assert sorted(one.spot.row for one in read.wrong) == [one.spot.row for one in read.wrong]
    assert {"All"} == {one.spot.sheet for one in read.wrong}
    assert all(one.values.get("row", str(one.spot.row)) == str(one.spot.row) for one in read.wrong)
    assert {"number": ("7", "Seventy"), "line": ("Better", "-\n'=2")} == {
        id: (answer.value, answer.comment) for id, answer in new(read).items()
    }


def test_two_wrong_cells_are_two_errors_and_mended_they_are_taken():
    book = Workbook(filled())
    book.typed = {("number", "value"): "many", ("day", "value"): "soon"}

    assert ["many", "soon"] == [one.spot.text for one in book.read().wrong]
    book.typed = {("number", "value"): 5, ("day", "value"): date(2026, 1, 31)}
    read = book.read()
    assert () == read.wrong
    assert {"number": "5", "day": "2026-01-31"} == {id: answer.value for id, answer in new(read).items()}


def test_an_empty_cell_deletes_nothing_and_a_hyphen_does():
    emptied, struck = Workbook(filled()), Workbook(filled())
    places = [
        ("line", "value"), ("land", "value"), ("choice", "comment"), ("choice~other", "value"), ("rows#1", "value"),
        ("rows#1", "comment"), ("rows#1", "action"), ("rows#1", "who"), ("rows#1", "help"), ("rows#2", "due"),
        ("rows#2", "value"), ("choices/a", "value"), ("choices/x", "value"),
    ]  # fmt: skip
    emptied.typed = dict.fromkeys(places)
    struck.typed = dict.fromkeys(places, "-")
    read = struck.read()

    assert Read(changes=(), wrong=()) == emptied.read()
    assert () == read.wrong
    assert {"line": None, "land": None, "choice": "x", "rows": None, "choices": None} == {
        id: answer.value for id, answer in new(read).items()
    }
    assert ("", "") == (new(read)["choice"].comment, new(read)["choice"].other)
    assert FULL["choice"].action == new(read)["choice"].action


def test_a_hyphen_that_somebody_answered_stays_an_answer():
    said = {"line": Answer(value="-", comment="-", version=1)}
    book = Workbook(response(facts=FACTS, answers=said))
    book.typed = {("line", "comment"): "Nothing to say"}

    assert [("-", "Nothing to say")] == [(one.value, one.comment) for one in new(book.read()).values()]


def test_what_was_answered_on_the_web_meanwhile_is_a_conflict_only_where_both_changed():
    book = Workbook(filled())
    book.typed = {("line", "value"): "From Excel", ("mail", "value"): "excel@example.com"}
    web = {
        "line": Answer(value="From the web", version=1),
        "lines": Answer(value="Also from the web", version=1),
        "mail": Answer(value="excel@example.com", version=1),
    }
    read = book.read(response(facts=FACTS, answers={**FULL, **web}))

    assert [("line", True, "From the web", "From Excel")] == [
        (one.question.id, one.conflict, one.now.value, one.new.value) for one in read.changes
    ]


def test_an_answer_that_is_not_asked_is_taken_and_said_to_be_so():
    asked_if = Question(
        id="why", kind=Kind.TEXT, ask="Why not?", shown_when=Test(operator="is", operand=("a",), question="choice")
    )
    book = Workbook(filled(), questionnaire(section("all", *QUESTIONS, asked_if)))
    book.typed = {("why", "value"): "Because"}

    assert [("why", False)] == [(one.question.id, one.asked) for one in book.read().changes]


CHINESE = {"One & only": "唯一", "Two <2>": "二", "Else": "其他", "None of these": "以上都不是", "I agree": "我同意"}
ARABIC = {"One & only": "واحد", "Two <2>": "اثنان", "Else": "غير ذلك", "None of these": "لا شيء", "I agree": "أوافق"}


@pytest.mark.parametrize(("language", "catalogue"), [("zh", CHINESE), ("ar", ARABIC)])
def test_labels_in_any_language_come_back_as_the_same_options(language, catalogue):
    words = Words(language, lambda text: catalogue.get(text, text))
    book = Workbook(filled(), words=words)
    book.typed = {
        ("choice", "value"): f" {catalogue['Two <2>']} ",
        ("rows#1", "help"): catalogue["One & only"],
        ("land", "value"): countries(language)["MX"],
        ("agreed", "value"): catalogue["I agree"],
    }
    read = book.read()

    assert () == read.wrong
    found = new(read)
    assert ("b", "MX", "a") == (found["choice"].value, found["land"].value, found["rows"].value[0]["sort"])
    assert "agreed" not in found


def test_an_english_label_is_understood_in_a_chinese_workbook():
    book = Workbook(filled(), words=Words("zh", lambda text: CHINESE.get(text, text)))
    book.typed = {("choice", "value"): "one & ONLY"}

    assert "a" == new(book.read())["choice"].value


def test_options_whose_labels_are_alike_are_still_told_apart():
    options = (Option(id="p", label="Same"), Option(id="q", label="same "), Option(id="r", label="-"))
    twins = questionnaire(section("all", Question(id="twin", kind=Kind.CHOICE, ask="Which?", options=options)))
    for id, label in (("p", "Same"), ("q", "same (2)"), ("r", "- (2)")):
        book = Workbook(response(facts=FACTS), twins)
        book.typed = {("twin", "value"): label}

        assert id == new(book.read())["twin"].value


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=60)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=TEXTS, comment=TEXTS, number=st.decimals(1, 9, places=6), name=TEXTS, day=st.dates())
def test_whatever_was_answered_comes_back_unchanged(line, comment, number, name, day):
    asked = questionnaire(section("all", *(replace(one, decimals=6) for one in QUESTIONS)))
    said = {
        "line": Answer(value=line.strip() or None, comment=comment.strip(), version=1),
        "number": Answer(value=f"{number.normalize():f}"),
        "day": Answer(value=day.isoformat()),
        "rows": Answer(value=({"name": name.strip() or "x", "day": day.isoformat()},), version=2),
    }

    assert Read(changes=(), wrong=()) == Workbook(response(facts=FACTS, answers=said), asked).read()


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(Refused) as error:
        work()
    return str(error.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"response": "0" * 64}, "made for another company"),
        ({"edition": "older"}, "made for another edition"),
        ({"form": "2"}, "is not the form that was downloaded here"),
    ],
)
def test_a_form_for_something_else_is_refused(data, reason):
    assert reason in refusal(Workbook(filled(), data=data).read)


@pytest.mark.parametrize("name", ["nothing.xlsx", "old.xls", "zip.xlsx", "form.xlsx"])
def test_what_is_no_form_of_ours_is_refused(name, monkeypatch):
    monkeypatch.setattr(opening, "MOST_BYTES", 50_000)
    data = {
        "nothing.xlsx": b"",
        "old.xls": b"\xd0\xcf\x11\xe0" + b"0" * 99,
        "zip.xlsx": b"PK\x05\x06" + b"0" * 18,
        "form.xlsx": b"PK" + b"0" * 60_000,
    }[name]

    assert name in refusal(lambda: open_workbook(data, name, filled(), EVERY_KIND))


def test_a_workbook_of_somebody_elses_is_refused():
    held = io.BytesIO()
    write_xlsx([Sheet("answers", ["question", "value"], [["line", "x"]])], held)

    assert "is not the form" in refusal(lambda: open_workbook(held.getvalue(), "export", filled(), EVERY_KIND))
