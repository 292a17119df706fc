"""What the cells of one question hold: an answer as cells, and cells as what somebody meant by them.

A line is known by its key: the question's id, and after it an option (`/`), a row of a table (`#`) or the text beside
“other” (`~`). A row that is printed is known by its id; other rows are counted, and where they are called as something
that was listed earlier, their name stands in a cell before them. A cell is known by its line and by the code of its
column.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from portal.core.answering import AGREED, MOST_ROWS
from portal.core.questionnaire import Kind, Option, Question, RowName
from portal.core.records import Action, Answer
from portal.core.rownames import by_name
from portal.sheets.cells import Cell, as_text, is_exact

CODES = ("key", "number", "question", "only-if", "value", "comment", "action", "who", "due", "help")
FIRST_OF_TABLE = CODES.index("value")
# Where the name of a row stands that was listed earlier.
NAME = "only-if"
HYPHEN = "-"
MARK = "x"
MARKED = frozenset({"x", "✓", "✔", "☑", "☒", "1", "yes", "true"})
UNMARKED = frozenset({"", HYPHEN, "0", "no", "false"})
MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[ T]00:00(:00)?")
KEY = re.compile(r"(?P<id>[^/#~]*)(?:/(?P<option>.+)|#(?P<row>.+)|~(?P<part>other))?")
SERIAL = re.compile(r"[1-7][0-9]{4}")
EARLIEST = date(1900, 3, 1)

Place = tuple[str, str]
# Turns the subject of a list and an id into what people read.
Labels = Callable[[str, str], str]


def table_code(place: int) -> str:
    """The code of the column in which the cells of a table's n-th column stand."""
    at = FIRST_OF_TABLE + place
    return CODES[at] if at < len(CODES) else f"more-{at - len(CODES) + 1}"


def is_listed(question: Question) -> bool:
    """Whether the rows are called as something that was listed earlier, by names that no form can know beforehand."""
    return question.named_rows and not question.rows


def row_keys(question: Question) -> list[str]:
    """The keys of all lines that the question's table can have."""
    most = MOST_ROWS if question.named_rows else question.most
    ids = [row.id for row in question.rows] or range(1, most + 1)
    return [f"{question.id}#{id}" for id in ids]


def cells_of(
    question: Question, answer: Answer | None, labels: Labels, names: Sequence[RowName] = ()
) -> dict[Place, Cell]:
    """An answer as its cells; `names` are those of its rows where they were listed earlier."""
    said = answer or Answer()
    action = said.action or Action()
    id = question.id
    cells: dict[Place, Cell] = {
        (f"{id}~other", "value"): said.other,
        (id, "comment"): said.comment,
        (id, "action"): action.what,
        (id, "who"): action.who,
        (id, "due"): action.due,
    }
    if isinstance(said.value, str):
        cells[id, "value"] = _cell(question.kind, said.value, id, labels)
    else:
        cells.update(_several(question, said.value or (), labels, names))
    return {place: cell for place, cell in cells.items() if cell not in (None, "")}


def _several(
    question: Question, value: tuple[str | dict[str, str], ...], labels: Labels, names: Sequence[RowName]
) -> Iterator[tuple[Place, Cell]]:
    yield from (((f"{question.id}/{part}", "value"), MARK) for part in value if isinstance(part, str))
    if is_listed(question):
        yield from (((f"{question.id}#{number}", NAME), name.id) for number, name in enumerate(names, 1))
    for at, row in _numbered(question, value, names):
        for place, column in enumerate(question.columns):
            if row.get(column.id):
                cell = _cell(column.kind, row[column.id], f"{question.id}.{column.id}", labels)
                yield (f"{question.id}#{at}", table_code(place)), cell


def _numbered(
    question: Question, value: tuple[str | dict[str, str], ...], names: Sequence[RowName]
) -> Iterator[tuple[int | str, dict[str, str]]]:
    """The rows, each with what its key ends in."""
    if question.rows:
        yield from by_name(value).items()
    elif question.named_rows:
        typed = by_name(value)
        yield from ((number, typed.get(name.id, {})) for number, name in enumerate(names, 1))
    else:
        yield from ((number, row) for number, row in enumerate(value, 1) if isinstance(row, dict))


def _cell(kind: Kind, value: str, subject: str, labels: Labels) -> Cell:
    """A value as one cell: numbers and dates as such where a spreadsheet can hold them exactly."""
    if kind in (Kind.CHOICE, Kind.COUNTRY, Kind.AGREEMENT):
        return labels(subject, value)
    if kind in (Kind.NUMBER, Kind.PERCENTAGE):
        number = float(value)
        return number if is_exact(number) and as_text(number) == value else value
    if kind is Kind.DATE:
        day = date.fromisoformat(value)
        return day if day >= EARLIEST else value
    return value


def print_of(texts: Mapping[Place, str]) -> str:
    """A mark of what the cells of a question say, by which one sees whether anything was changed in them."""
    said = sorted((*place, tidied(text)) for place, text in texts.items() if text.strip())
    return f"{zlib.crc32(msgspec.json.encode(said)):08x}"


def tidied(text: str) -> str:
    """A cell's text without outer blanks, its line ends of one sort."""
    return text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def unique_labels(options: Iterable[Option], said: Callable[[str], str]) -> dict[str, str]:
    """Id to label in the reader's language, no label twice, since by its label an option is known again."""
    labels: dict[str, str] = {}
    for option in options:
        label = wanted = " ".join(said(option.label).split()) or option.id
        number = 1
        while as_key(label) in map(as_key, labels.values()) or label == HYPHEN:
            number += 1
            label = f"{wanted} ({number})"
        labels[option.id] = label
    return labels


def as_key(label: str) -> str:
    """A label as it is compared: case and blanks do not matter."""
    return " ".join(label.casefold().split())


def meaning(kind: Kind, text: str, ids: Mapping[str, str]) -> str:
    """What a cell means, as an answer takes it; what is not understood stays as it is and is refused there.

    `ids` leads from what an option may be called to its id.
    """
    if kind in (Kind.CHOICE, Kind.COUNTRY):
        return ids.get(as_key(text), text)
    if kind is Kind.AGREEMENT:
        return AGREED if text.casefold() in MARKED else ids.get(as_key(text), text)
    if kind is Kind.PERCENTAGE:
        return text.removesuffix("%").rstrip()
    if kind is Kind.DATE:
        midnight = MIDNIGHT.fullmatch(text)
        # A date that lost its format when it was copied is the number of days that spreadsheets count.
        return midnight[1] if midnight else _counted(text) if SERIAL.fullmatch(text) else text
    return text


def _counted(days: str) -> str:
    return (date(1899, 12, 30) + timedelta(days=int(days))).isoformat()
