"""Tables in: a file given as .xlsx or .csv, told apart by its content, becomes a checked table of text."""

from portal.core.errors import Problem, Refused
from portal.sheets.separated import read_csv
from portal.sheets.tables import Table, shown, tabulate
from portal.sheets.workbook import OLD_OR_LOCKED, OLD_OR_LOCKED_MARK, read_xlsx

MOST_BYTES = 25 * 1024 * 1024

TOO_LARGE = "The file is larger than %(most)s MB."


def read_table(data: bytes, name: str, max_rows: int = 20_000, max_columns: int = 100) -> Table:
    """Read the first visible sheet of a workbook, or a CSV file; `name` is what the person calls the file.

    Every cell is text: numbers without `.0`, dates as 2026-11-24, yes or no. Cells of a formula hold the value it
    had when the workbook was saved. `max_rows` does not count the headings. Refused with every reason, each saying
    the file and the row or column, where it is no such file, damaged, too large, or not a table with headings.
    """
    where = shown(name)
    if len(data) > MOST_BYTES:
        raise Refused([Problem(where, TOO_LARGE, {"most": str(MOST_BYTES // 1024**2)})])
    if data.startswith(OLD_OR_LOCKED_MARK):
        raise Refused([Problem(where, OLD_OR_LOCKED)])
    if data.startswith(b"PK"):
        return tabulate(read_xlsx(data, where, max_rows, max_columns), where, max_rows, max_columns)
    lines, notes = read_csv(data, where)
    return tabulate(lines, where, max_rows, max_columns, notes)
