"""A workbook to fill in: what is asked stands fast, the cells for answers are coloured, and each knows what it takes.

Three things about it are hidden: a row and a column on each sheet by which its cells are known again, the lists that
cells offer, and a sheet of data about the form. All of it comes back from a stranger and proves nothing.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from msgspec import Struct

from portal.sheets.cells import Cell, as_text, display_width
from portal.sheets.tables import letters
from portal.sheets.write import TEXT_STAYS_TEXT, prepared, sheet_name

LISTS, DATA = "portal-lists", "portal-data"
MOST_IN_HINT = 255
TEXT = {"text_wrap": True, "valign": "top", "num_format": 49, "quote_prefix": True}
INPUT = {"valign": "top", "bg_color": "#FFF4CC", "border": 1, "border_color": "#B8A24A", "locked": False}
LOOKS: dict[str, dict[str, Any]] = {
    "heading": {**TEXT, "bold": True, "bg_color": "#17365D", "font_color": "#FFFFFF", "border": 1},
    "title": {**TEXT, "bold": True, "font_size": 16},
    "subtitle": {**TEXT, "bold": True, "font_size": 12},
    "text": TEXT,
    "asked": {**TEXT, "top": 1, "top_color": "#A6A6A6"},
    "strong": {**TEXT, "bold": True},
    "soft": {**TEXT, "font_color": "#595959", "italic": True},
    "input": {**INPUT, "text_wrap": True, "num_format": 49, "quote_prefix": True},
    "input-number": {**INPUT, "align": "left"},
    "input-whole": {**INPUT, "num_format": "0", "align": "left"},
    "input-decimal": {**INPUT, "num_format": "0.00", "align": "left"},
    "input-date": {**INPUT, "num_format": "yyyy-mm-dd", "align": "left"},
}
A4 = 9
PAGE = "&C&A – &P / &N"
LINE_HEIGHT = 15.5
PROTECTION = {"format_columns": True, "format_rows": True, "select_locked_cells": True, "autofilter": True}
# What a cell's rule says of the cell itself; a hyphen is always taken, since it deletes.
WITH_HYPHEN = '=OR({cell}="-",{rule})'


class FormCell(Struct, frozen=True, kw_only=True):
    """One cell: what stands in it, how it looks, over how many columns it runs, and what it takes.

    `options` names a list to choose from; `rule` is a formula about `{cell}`; `hint` is shown while one is in the cell,
    `refusal` when something else was typed.
    """

    value: Cell = None
    look: str = "text"
    across: int = 1
    options: str = ""
    rule: str = ""
    hint: str = ""
    refusal: str = ""


class FormLine(Struct, frozen=True):
    """One row: the key by which it is known again, empty where nothing is to be filled in, and cells by column."""

    key: str
    cells: Mapping[int, FormCell]


class FormColumn(Struct, frozen=True):
    """One column: the code by which it is known again, its heading and its width in letters."""

    code: str
    heading: str
    width: int


class FormSheet(Struct, frozen=True, kw_only=True):
    """One sheet; `kept` columns stay in view while one moves to the side."""

    name: str
    columns: Sequence[FormColumn]
    lines: Sequence[FormLine]
    kept: int = 0


class FormBook(Struct, frozen=True, kw_only=True):
    """The whole workbook: sheets, lists by name as pairs of id and label, and rows of data about the form."""

    title: str
    sheets: Sequence[FormSheet]
    lists: Mapping[str, Sequence[tuple[str, str]]]
    data: Sequence[Sequence[str]]
    right_to_left: bool = False


def write_form(book: FormBook) -> bytes:
    """The workbook as the bytes of an .xlsx file. Text stays text, whatever it looks like."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {**TEXT_STAYS_TEXT, "in_memory": True}) as workbook:
        workbook.set_properties({"title": book.title})
        _Writer(workbook, book).write()
    return held.getvalue()


class _Writer:
    """Writes one workbook."""

    def __init__(self, workbook: Any, book: FormBook) -> None:
        self.workbook, self.book = workbook, book
        self.looks = {name: workbook.add_format(look) for name, look in LOOKS.items()}
        self.ranges: dict[str, str] = {}

    def write(self) -> None:
        """Write every sheet; the visible ones come first."""
        taken = {LISTS, DATA}
        pages = [self.workbook.add_worksheet(sheet_name(sheet.name, taken)) for sheet in self.book.sheets]
        self._write_hidden(LISTS, self._list_rows())
        self._write_hidden(DATA, self.book.data)
        for page, sheet in zip(pages, self.book.sheets, strict=True):
            self._write_sheet(page, sheet)
        pages[0].activate()

    def _list_rows(self) -> list[Sequence[str]]:
        rows: list[Sequence[str]] = []
        for name, options in self.book.lists.items():
            first = len(rows) + 1
            rows += [(name, id, label) for id, label in options]
            self.ranges[name] = f"='{LISTS}'!$C${first}:$C${len(rows)}"
        return rows

    def _write_hidden(self, name: str, rows: Sequence[Sequence[str]]) -> None:
        page = self.workbook.add_worksheet(name)
        page.very_hidden()
        page.protect()
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                page.write_string(number, column, text, self.looks["text"])

    def _write_sheet(self, page: Any, sheet: FormSheet) -> None:
        self._set_up(page, sheet)
        for at, column in enumerate(sheet.columns):
            page.set_column(at, at, column.width, None, {"hidden": not column.width})
            page.write_string(0, at, column.code)
            page.write_string(1, at, column.heading, self.looks["heading"])
        for number, line in enumerate(sheet.lines, 2):
            if line.key:
                page.write_string(number, 0, line.key)
            for at, cell in line.cells.items():
                self._write_cell(page, sheet, number, at, cell)

    def _set_up(self, page: Any, sheet: FormSheet) -> None:
        if self.book.right_to_left:
            page.right_to_left()
        page.set_row(0, None, None, {"hidden": True})
        page.freeze_panes(2, sheet.kept)
        page.repeat_rows(1)
        page.set_landscape()
        page.set_paper(A4)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.set_footer(PAGE)
        page.protect("", PROTECTION)

    def _write_cell(self, page: Any, sheet: FormSheet, row: int, at: int, cell: FormCell) -> None:
        _, write, value = prepared(cell.value)
        look = self.looks[cell.look]
        if cell.across > 1:
            page.merge_range(row, at, row, at + cell.across - 1, "", look)
            width = sum(column.width for column in sheet.columns[at : at + cell.across])
            page.set_row(row, _height(as_text(cell.value), width, cell.look))
        if cell.value is None or cell.value == "":
            page.write_blank(row, at, None, look)
        else:
            getattr(page, write)(row, at, value, look)
        validation = self._validation(row, at, cell)
        if validation:
            page.data_validation(row, at, row, at, validation)

    def _validation(self, row: int, at: int, cell: FormCell) -> dict[str, Any] | None:
        hint = cell.hint[:MOST_IN_HINT]
        said = {"input_message": hint, "error_message": (cell.refusal or hint)[:MOST_IN_HINT]}
        if cell.options:
            return {"validate": "list", "source": self.ranges[cell.options], **said}
        if cell.rule:
            name = f"{letters(at)}{row + 1}"
            rule = WITH_HYPHEN.format(cell=name, rule=cell.rule.format(cell=name))
            return {"validate": "custom", "value": rule, **said}
        return {"validate": "any", "input_message": hint} if hint else None


def _height(text: str, width: int, look: str) -> float:
    """A row that runs over several columns is not made high enough by the spreadsheet itself."""
    larger: float = LOOKS[look].get("font_size", 11) / 11
    lines = sum(max(1, -(-round(display_width(line) * larger * 1.05) // width)) for line in text.split("\n"))
    return min(lines * LINE_HEIGHT * larger + 4, 400.0)
