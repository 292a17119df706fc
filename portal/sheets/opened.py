"""A process of its own that opens one workbook, within limits on memory and time, and prints its rows as JSON lines.

A workbook of few bytes can ask for any amount of memory: one cell in the last row and column is enough. The library
ends its whole process when there is none to be had, so that must be a process which nobody else needs.
"""

import io
import resource
import sys
from collections.abc import Iterator

import msgspec
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from portal.sheets.cells import as_text

MOST_MEMORY = 1024**3
MOST_CPU_SECONDS = 30
MOST_CHARACTERS = 50_000_000
DAMAGED, TOO_MUCH = 3, 4


def rows(data: bytes, max_rows: int, max_columns: int) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first visible sheet that hold anything, at most one more than `max_rows` and the headings."""
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        visible = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if (sheet.typ, sheet.visible) == (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
        ]
        sheet = workbook.get_sheet_by_name(visible[0]) if visible else None
        if sheet is None or sheet.start is None:
            return
        left_out = [""] * sheet.start[1]
        found = 0
        for number, cells in enumerate(sheet.iter_rows(), 1):
            line = left_out + [as_text(cell) for cell in cells]
            while line and not line[-1].strip():
                line.pop()
            if line:
                yield number, line[: max_columns + 1]
                found += 1
            if found > max_rows + 1:
                return


def main() -> None:
    """Read a workbook from standard input; the exit code is DAMAGED or TOO_MUCH where it cannot be read."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    max_rows, max_columns = map(int, sys.argv[1:])
    characters = 0
    try:
        for number, line in rows(sys.stdin.buffer.read(), max_rows, max_columns):
            characters += sum(map(len, line))
            if characters > MOST_CHARACTERS:
                sys.exit(TOO_MUCH)
            sys.stdout.buffer.write(msgspec.json.encode((number, line)) + b"\n")
    except CalamineError:
        sys.exit(DAMAGED)
    except MemoryError:
        sys.exit(TOO_MUCH)


if __name__ == "__main__":
    main()
