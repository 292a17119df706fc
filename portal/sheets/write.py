"""Tables out: as an Excel workbook, or as CSV that Excel opens; whatever a stranger typed stays text in both."""

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

import xlsxwriter

from portal.core.errors import Problem, Refused
from portal.sheets.cells import Cell, as_text, display_width, guard, is_exact, naive
from portal.sheets.tables import Sheet

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_IN_CELL = 32_767
MOST_IN_NAME = 31
CUT = " [cut here: a cell holds no more, %d characters are missing]"
TOO_LARGE = "An Excel sheet holds at most %(rows)s rows and %(columns)s columns. Take CSV instead."

TEXT_STAYS_TEXT = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_AS_TEXT = 49  # the number of the built-in format `@`
_FORMATS = {
    "heading": {"bold": True, "text_wrap": True, "valign": "top", "num_format": _AS_TEXT, "quote_prefix": True},
    "text": {"text_wrap": True, "valign": "top", "num_format": _AS_TEXT, "quote_prefix": True},
    "number": {"valign": "top"},
    "date": {"valign": "top", "num_format": "yyyy-mm-dd"},
    "time": {"valign": "top", "num_format": "yyyy-mm-dd hh:mm:ss"},
}
_FIRST_DATE = date(1900, 3, 1)  # before it, Excel counts a 29 February 1900 that never was
_NOT_IN_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff]")
_NARROWEST, _WIDEST = 10, 60
_ROWS_MEASURED = 200


def write_csv(sheet: Sheet, to: BinaryIO) -> None:
    """Write a table as CSV in UTF-8 with a byte order mark, every field in quotation marks, lines ended by CR LF.

    A field that a spreadsheet could take for a formula gets a `'` in front, which `read_table` takes off again.
    """
    text = io.TextIOWrapper(to, encoding="utf-8-sig", newline="")
    try:
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        writer.writerow([guard(as_text(heading)) for heading in sheet.columns])
        for row in sheet.rows:
            writer.writerow([guard(as_text(cell)) for cell in _checked(row, sheet)])
        text.flush()
    finally:
        text.detach()


def write_xlsx(sheets: Iterable[Sheet], to: BinaryIO) -> None:
    """Write tables as one Excel workbook, its headings bold and kept in view; nothing is written if it fails.

    Text stays text, whatever it looks like. Text of more than 32,767 characters, which no Excel cell holds, is cut
    and ends in words that say so. Numbers beyond fifteen digits and dates before March 1900 are written as text.
    Refused for more rows or columns than a sheet holds.
    """
    with tempfile.TemporaryFile() as held, tempfile.TemporaryDirectory() as folder:
        with xlsxwriter.Workbook(held, {**TEXT_STAYS_TEXT, "constant_memory": True, "tmpdir": folder}) as workbook:
            formats = {name: workbook.add_format(format) for name, format in _FORMATS.items()}
            taken: set[str] = set()
            for sheet in sheets:
                _write_sheet(workbook.add_worksheet(sheet_name(sheet.name, taken)), sheet, formats)
        held.seek(0)
        shutil.copyfileobj(held, to)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that Excel allows and that is not `taken` yet, as like the wanted one as can be; it is taken then."""
    plain = _NOT_IN_NAME.sub("-", wanted).strip().strip("'") or "Sheet"
    if plain.casefold() == "history":  # Excel keeps this name to itself
        plain = f"{plain}-"
    name, number = _shortened(plain, MOST_IN_NAME).rstrip("'"), 1
    while name.casefold() in taken:
        number += 1
        mark = f" ({number})"
        name = _shortened(plain, MOST_IN_NAME - len(mark)) + mark
    taken.add(name.casefold())
    return name


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    widths = [_width(heading) for heading in sheet.columns]
    _refuse_beyond(0, len(sheet.columns))
    page.freeze_panes(1, 0)
    for column, heading in enumerate(sheet.columns):
        page.write_string(0, column, _cut(as_text(heading)), formats["heading"])
    for number, row in enumerate(sheet.rows, 1):
        _refuse_beyond(number, len(sheet.columns))
        for column, cell in enumerate(_checked(row, sheet)):
            name, write, value = prepared(cell)
            getattr(page, write)(number, column, value, formats[name])
            if number <= _ROWS_MEASURED:
                widths[column] = max(widths[column], _width(as_text(cell)))
    for column, width in enumerate(widths):
        page.set_column(column, column, min(max(width + 2, _NARROWEST), _WIDEST))


def _refuse_beyond(row: int, columns: int) -> None:
    """The library would leave out what does not fit without a word."""
    if row >= MOST_ROWS or columns > MOST_COLUMNS:
        raise Refused([Problem("", TOO_LARGE, {"rows": str(MOST_ROWS), "columns": str(MOST_COLUMNS)})])


def _checked(row: Sequence[Cell], sheet: Sheet) -> Sequence[Cell]:
    if len(row) != len(sheet.columns):
        raise ValueError(f"a row of {sheet.name} has {len(row)} cells for {len(sheet.columns)} headings")
    return row


def _number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and is_exact(cell)


_KINDS: tuple[tuple[Callable[[Any], bool], str, str, Callable[[Any], Any]], ...] = (
    (_number, "number", "write_number", lambda cell: cell),
    (lambda cell: isinstance(cell, datetime) and cell.date() >= _FIRST_DATE, "time", "write_datetime", naive),
    (
        lambda cell: isinstance(cell, date) and not isinstance(cell, datetime) and cell >= _FIRST_DATE,
        "date",
        "write_datetime",
        lambda cell: cell,
    ),
)


def prepared(cell: Cell) -> tuple[str, str, Any]:
    """How to write a cell: its format, the library's function, and the value to give to it."""
    for is_kind, name, write, value in _KINDS:
        if is_kind(cell):
            return name, write, value(cell)
    return "text", "write_string", _cut(as_text(cell))


def _units(text: str) -> int:
    """The length as Excel counts it, where a character beyond the first 65,536 counts twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _shortened(text: str, most: int) -> str:
    if _units(text) <= most:
        return text
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")  # never half a character


def _cut(text: str) -> str:
    if _units(text) <= MOST_IN_CELL:
        return text
    kept = _shortened(text, MOST_IN_CELL - len(CUT) - 20)
    return kept + CUT % (len(text) - len(kept))


def _width(text: str) -> int:
    """The longest line, as wide as it is on the screen."""
    longest = max(text.splitlines(), key=len, default="")[: _WIDEST + 1]
    return display_width(longest)
