"""A process of its own that opens one workbook, within limits on memory and time, and prints its rows as JSON lines.

A workbook of few bytes can ask for any amount of memory: one cell in the last row and column is enough. The library
ends its whole process when there is none to be had, so that must be a process which nobody else needs.
"""

import io
import resource
import sys
from collections.abc import Iterator

import msgspec
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from portal.sheets.cells import as_text

MOST_MEMORY = 1024**3
MOST_CPU_SECONDS = 30
MOST_CHARACTERS = 50_000_000
DAMAGED, TOO_MUCH = 3, 4


def lines(data: bytes, max_rows: int, max_columns: int, every_sheet: bool) -> Iterator[tuple[str, int, list[str]]]:
    """Sheet, number and cells of each row that holds anything, of the first visible sheet or of every one.

    At most one row more than `max_rows` and the headings is read of a sheet, and one column more than `max_columns`.
    """
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        tables = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        visible = [sheet for sheet in tables if sheet.visible == SheetVisibleEnum.Visible]
        for sheet in tables if every_sheet else visible[:1]:
            for number, cells in _rows(workbook.get_sheet_by_name(sheet.name), max_rows):
                yield sheet.name, number, cells[: max_columns + 1]


def _rows(sheet: CalamineSheet, max_rows: int) -> Iterator[tuple[int, list[str]]]:
    if sheet.start is None:
        return
    left_out = [""] * sheet.start[1]
    found = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        line = left_out + [as_text(cell) for cell in cells]
        while line and not line[-1].strip():
            line.pop()
        if line:
            yield number, line
            found += 1
        if found > max_rows + 1:
            return


def main() -> None:
    """Read a workbook from standard input; the exit code is DAMAGED or TOO_MUCH where it cannot be read."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    max_rows, max_columns, every_sheet = map(int, sys.argv[1:])
    characters = 0
    try:
        for line in lines(sys.stdin.buffer.read(), max_rows, max_columns, bool(every_sheet)):
            characters += sum(map(len, line[2])) + len(line[2])
            if characters > MOST_CHARACTERS:
                sys.exit(TOO_MUCH)
            sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    except CalamineError:
        sys.exit(DAMAGED)
    except MemoryError:
        sys.exit(TOO_MUCH)


if __name__ == "__main__":
    main()
