"""Tables as values: what is written to a sheet, and what a read one turned out to hold."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from portal.core.errors import Problem, Refused
from portal.sheets.cells import Cell

MOST_PROBLEMS = 20

NO_TABLE = "There is no table in this file: its first row must hold the headings."
TOO_MANY_ROWS = "There are more than %(most)s rows. Split the table into several files."
TOO_MANY_COLUMNS = "Row %(row)s holds something in column %(column)s or beyond; at most %(most)s columns are read."
NO_HEADING = "Column %(column)s has no heading in row %(heading_row)s, but an entry in row %(row)s."
SAME_HEADING = "Columns %(first)s and %(column)s of row %(row)s have the same heading: %(heading)s."


class Sheet(Struct, frozen=True):
    """A table to write: its name, its headings, and its rows, each with one cell for every heading.

    The rows may be a generator, so that a large table never lies in memory.
    """

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


class Row(Struct, frozen=True):
    """A row that was read: its number as the spreadsheet shows it (from 1), and its cells as text by heading."""

    number: int
    cells: Mapping[str, str]


class Table(Struct, frozen=True):
    """A table that was read: its headings and rows in order, and what the person should know of how it was read."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Problem, ...] = ()


def tabulate(
    lines: Iterable[tuple[int, Sequence[str]]],
    where: str,
    max_rows: int,
    max_columns: int,
    notes: tuple[Problem, ...] = (),
) -> Table:
    """Make a table of numbered lines: the first with an entry is the headings, blank lines and columns are left out.

    Refused, with every reason, where there is no table, it is too large, or a heading is missing or there twice.
    """
    filled = list(islice((line for line in lines if any(map(str.strip, line[1]))), max_rows + 2))
    if not filled:
        raise Refused([Problem(where, NO_TABLE)])
    if len(filled) > max_rows + 1:
        raise Refused([Problem(where, TOO_MANY_ROWS, {"most": str(max_rows)})])
    (heading_row, line), *body = filled
    entries = _first_entries(filled)
    last = max(entries)
    if last >= max_columns:
        values = {"row": str(entries[last]), "column": letters(last), "most": str(max_columns)}
        raise Refused([Problem(where, TOO_MANY_COLUMNS, values)])
    headings = {at: _cell(line, at).strip() for at in sorted(entries)}
    problems = _heading_problems(headings, entries, heading_row, where)
    if problems:
        raise Refused(problems[:MOST_PROBLEMS])
    rows = (Row(number, {heading: _cell(cells, at) for at, heading in headings.items()}) for number, cells in body)
    return Table(tuple(headings.values()), tuple(rows), notes)


def letters(column: int) -> str:
    """The name that spreadsheets give a column, counted from 0: A to Z, AA and on."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def shown(text: str, most: int = 80) -> str:
    """Text from a stranger as it may appear in a sentence: one line, nothing that steers a terminal, not endless."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text[: most + 1])
    return plain if len(text) <= most else f"{plain[: most - 1]}…"


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""


def _first_entries(lines: Iterable[tuple[int, Sequence[str]]]) -> dict[int, int]:
    """The columns that hold anything, and the number of the first row in which they do."""
    entries: dict[int, int] = {}
    for number, cells in lines:
        for at, cell in enumerate(cells):
            if at not in entries and cell.strip():
                entries[at] = number
    return entries


def _heading_problems(headings: Mapping[int, str], entries: Mapping[int, int], row: int, where: str) -> list[Problem]:
    problems = []
    seen: dict[str, int] = {}
    for at, heading in headings.items():
        values = {"column": letters(at), "heading_row": str(row), "row": str(entries[at])}
        first = seen.setdefault(heading.casefold(), at)
        if not heading:
            problems.append(Problem(where, NO_HEADING, values))
        elif first != at:
            values |= {"first": letters(first), "heading": shown(heading), "row": str(row)}
            problems.append(Problem(where, SAME_HEADING, values))
    return problems
