"""An uploaded workbook taken apart: whose form it is, and every filled cell by question, with the place it stands in.

Nothing in it is believed. What it says of itself only tells apart what was changed in it from what was not.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from portal.core.errors import Problem, Refused
from portal.core.questionnaire import Kind, Question, Questionnaire
from portal.core.records import Response
from portal.sheets.form import DATA, LISTS
from portal.sheets.read import TOO_LARGE
from portal.sheets.tables import letters, shown
from portal.sheets.workbook import Lines, read_book
from portal.usecases.secrets import hashed
from portal.usecases.workbook.cells import (
    CODES,
    FIRST_OF_TABLE,
    KEY,
    NAME,
    Place,
    as_key,
    is_listed,
    row_keys,
    table_code,
    tidied,
)
from portal.usecases.workbook.layout import FORMAT

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 10_000, 60
MOST_WRONG = 200

NOT_OURS = (
    "This workbook is not the form that was downloaded here: what it needs to be read is missing. Download the form "
    "again and copy your answers into it."
)
OTHER_RESPONSE = (
    "This form was made for another company or for another invitation. Download the form on this page and fill in that."
)
OTHER_EDITION = (
    "This form was made for another edition of the questionnaire. Download the form on this page and copy your "
    "answers into it."
)
COLUMNS_MOVED = "The columns of this page were moved or deleted, so it cannot be read. Take the page as it was."
NO_SUCH_ROW = "This row does not belong to the form."
TWICE = "This row is in the form twice; the other one is %(sheet)s, row %(row)s."
NO_SUCH_CELL = "Nothing is asked in this cell."


class Spot(Struct, frozen=True):
    """A cell where it stands: sheet, row and column as the spreadsheet shows them, and its text."""

    sheet: str
    row: int
    column: str
    text: str


class Wrong(Struct, frozen=True):
    """A cell that cannot be taken: where it stands, what was read there, and why."""

    spot: Spot
    text: str
    values: "Mapping[str, str | Problem]" = {}


class Filled(Struct, frozen=True, kw_only=True):
    """The cells of one question, the version of the answer that the form was made with, and its print then."""

    question: Question
    cells: dict[Place, Spot]
    rows: dict[str, Spot]
    version: int
    print_then: str


class Opened(Struct, frozen=True, kw_only=True):
    """A workbook that belongs to the response: questions as filled in, its lists, and cells that belong nowhere."""

    filled: dict[str, Filled]
    lists: dict[str, dict[str, str]]
    wrong: list[Wrong]


def open_workbook(data: bytes, name: str, response: Response, questionnaire: Questionnaire) -> Opened:
    """Take a workbook apart. Refused where it is none, too large, not a form of ours, or one for something else."""
    where = shown(name)
    if len(data) > MOST_BYTES:
        raise Refused([Problem(where, TOO_LARGE, {"most": str(MOST_BYTES // 1024**2)})])
    book = read_book(data, where, MOST_ROWS, MOST_COLUMNS)
    said = _Said(book.pop(DATA, []))
    for expected, found, text in (
        (FORMAT, said.one("form"), NOT_OURS),
        (hashed(response.id), said.one("response"), OTHER_RESPONSE),
        (response.edition, said.one("edition"), OTHER_EDITION),
    ):
        if found != expected:
            raise Refused([Problem(where, text)])
    lists = _lists(book.pop(LISTS, []), said)
    return _Sorter(questionnaire, said).sort(book, lists)


class _Said:
    """What a form says of itself."""

    def __init__(self, lines: Lines) -> None:
        self.rows = [cells for _, cells in lines]

    def one(self, name: str) -> str:
        """What it says of one thing, empty where nothing."""
        return next((cells[1] for cells in self.rows if cells[0] == name and len(cells) > 1), "")

    def each(self, name: str, length: int) -> Iterator[list[str]]:
        """Every row of a sort, its name left out."""
        return (cells[1:length] for cells in self.rows if cells[0] == name and len(cells) >= length)


def _lists(lines: Lines, said: _Said) -> dict[str, dict[str, str]]:
    """By subject, what the workbook's own list calls each option, to its id."""
    named: dict[str, dict[str, str]] = {}
    for _, cells in lines:
        if len(cells) >= 3:
            named.setdefault(cells[0], {})[as_key(cells[2])] = cells[1]
    return {subject: named[name] for subject, name in said.each("list", 3) if name in named}


class _Sorter:
    """Sorts the cells of all sheets by question."""

    def __init__(self, questionnaire: Questionnaire, said: _Said) -> None:
        self.places = {question.id: frozenset(_places(question)) for question in questionnaire.questions}
        self.questions = {question.id: question for question in questionnaire.questions}
        # Where the form itself says something in a column of answers.
        self.printed = {id: {(id, "value")} for id in self.questions}
        self.made = {id: (version, mark) for id, version, mark in said.each("question", 4)}
        self.filled: dict[str, Filled] = {}
        self.rows: dict[str, Spot] = {}
        self.wrong: list[Wrong] = []

    def sort(self, book: Mapping[str, Lines], lists: dict[str, dict[str, str]]) -> Opened:
        """Every sheet, cell by cell; sheets that somebody added for notes of their own are passed over."""
        for sheet, lines in book.items():
            keyed = [(number, cells) for number, cells in lines if cells[0] and number > 1]
            if not keyed:
                continue
            codes = lines[0][1] if lines[0][0] == 1 else []
            if codes[: len(CODES)] != list(CODES):
                raise Refused([Problem(shown(sheet), COLUMNS_MOVED)])
            for number, cells in keyed:
                self._row(sheet, number, cells, codes)
        return Opened(filled=self.filled, lists=lists, wrong=self.wrong[:MOST_WRONG])

    def _row(self, sheet: str, number: int, cells: list[str], codes: list[str]) -> None:
        key = cells[0]
        row = Spot(shown(sheet), number, "A", shown(key))
        match = KEY.fullmatch(key)
        question = self.questions.get(match["id"]) if match else None
        if question is None:
            self.wrong.append(Wrong(row, NO_SUCH_ROW))
            return
        if key in self.rows:
            first = self.rows[key]
            self.wrong.append(Wrong(row, TWICE, {"sheet": first.sheet, "row": str(first.row)}))
            return
        self.rows[key] = row
        filled = self.filled.setdefault(question.id, self._empty(question))
        filled.rows[key] = row
        for at, code in enumerate(codes):
            text = tidied(cells[at]) if at < len(cells) else ""
            if not text:
                continue
            spot = replace(row, column=letters(at), text=text)
            if (key, code) in self.places[question.id]:
                filled.cells[key, code] = spot
            elif at >= FIRST_OF_TABLE and code != "help" and (key, code) not in self.printed[question.id]:
                self.wrong.append(Wrong(replace(spot, text=shown(text)), NO_SUCH_CELL))

    def _empty(self, question: Question) -> Filled:
        version, mark = self.made.get(question.id, ("", ""))
        known = version.isdecimal() and len(version) < 9
        return Filled(question=question, cells={}, rows={}, version=int(version) if known else 0, print_then=mark)


def _places(question: Question) -> Iterator[Place]:
    """Every cell in which something is asked."""
    id = question.id
    if question.kind is Kind.CHOICES:
        yield from ((f"{id}/{option.id}", "value") for option in question.options)
    elif question.kind is Kind.ROWS:
        codes = [table_code(place) for place in range(len(question.columns))]
        codes += [NAME] if is_listed(question) else []
        yield from ((key, code) for key in row_keys(question) for code in codes)
    elif question.kind is not Kind.FILES:
        yield id, "value"
    yield f"{id}~other", "value"
    if question.takes_more:
        yield from ((id, code) for code in ("comment", "action", "who", "due"))
