"""An Excel workbook from a stranger: measured before it is opened, and then opened in a process of its own."""

import io
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator

import msgspec

from portal.core.errors import Problem, Refused
from portal.sheets.opened import DAMAGED

MOST_PARTS = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_SECONDS = 60

NOT_A_WORKBOOK = "This is not an Excel workbook (.xlsx), or it is damaged. Open it in Excel, and save it anew."
UNPACKS_TOO_FAR = "This workbook unpacks to more than %(most)s MB. Copy the table into a new workbook."
REACHES_TOO_FAR = (
    "This workbook is too large to be opened. Perhaps a cell far below or to the right of the table holds something; "
    "copy the table into a new workbook."
)
OLD_OR_LOCKED_MARK = b"\xd0\xcf\x11\xe0"
OLD_OR_LOCKED = (
    "This is a workbook in the old format (.xls), or one with a password. Save it as .xlsx without a password."
)
UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)

Lines = list[tuple[int, list[str]]]

_line = msgspec.json.Decoder(tuple[str, int, list[str]])


def read_xlsx(data: bytes, where: str, max_rows: int, max_columns: int) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first visible sheet that hold anything, as text, numbered from 1 as a spreadsheet shows them.

    Refused where it is no workbook, damaged or too large. Up to one row and one column more than asked for are
    read, so that the caller sees that there are too many.
    """
    _measure(data, where)
    return ((number, cells) for _, number, cells in _open_elsewhere(data, where, max_rows, max_columns, False))


def read_book(data: bytes, where: str, max_rows: int, max_columns: int) -> dict[str, Lines]:
    """The rows of every sheet, hidden ones too, by the sheet's name; as text, numbered as a spreadsheet shows them.

    Refused where it is no workbook, damaged, or has a sheet of more rows; columns beyond the last are left out.
    """
    if data.startswith(OLD_OR_LOCKED_MARK):
        raise Refused([Problem(where, OLD_OR_LOCKED)])
    _measure(data, where)
    sheets: dict[str, Lines] = {}
    for sheet, number, cells in _open_elsewhere(data, where, max_rows, max_columns, True):
        sheets.setdefault(sheet, []).append((number, cells[:max_columns]))
    if any(len(lines) > max_rows for lines in sheets.values()):
        raise Refused([Problem(where, REACHES_TOO_FAR)])
    return sheets


def _measure(data: bytes, where: str) -> None:
    """Count the parts before zipfile does, which costs memory for each, and hold them to the sizes they state."""
    if data.count(b"PK\x01\x02") > MOST_PARTS:
        raise Refused([Problem(where, NOT_A_WORKBOOK)])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise Refused([Problem(where, UNPACKS_TOO_FAR, {"most": str(MOST_UNPACKED // 1024**2)})])
            broken = archive.testzip()
    except UNREADABLE as error:
        raise Refused([Problem(where, NOT_A_WORKBOOK)]) from error
    if broken is not None:
        raise Refused([Problem(where, NOT_A_WORKBOOK)])


def _open_elsewhere(
    data: bytes, where: str, max_rows: int, max_columns: int, every_sheet: bool
) -> Iterator[tuple[str, int, list[str]]]:
    limits = (str(max_rows), str(max_columns), str(int(every_sheet)))
    command = [sys.executable, "-I", "-m", "portal.sheets.opened", *limits]
    try:
        # Nothing in the command comes from outside; the workbook goes in as bytes.
        done = subprocess.run(command, input=data, capture_output=True, timeout=MOST_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise Refused([Problem(where, REACHES_TOO_FAR)]) from error
    if done.returncode:
        raise Refused([Problem(where, NOT_A_WORKBOOK if done.returncode == DAMAGED else REACHES_TOO_FAR)])
    return map(_line.decode, done.stdout.splitlines())
