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
UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)

_line = msgspec.json.Decoder(tuple[int, list[str]])


def read_xlsx(data: bytes, where: str, max_rows: int, max_columns: int) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first visible sheet that hold anything, as text, numbered from 1 as a spreadsheet shows them.

    Refused where it is no workbook, damaged or too large. Up to one row and one column more than asked for are
    read, so that the caller sees that there are too many.
    """
    _measure(data, where)
    lines = _open_elsewhere(data, where, str(max_rows), str(max_columns))
    return map(_line.decode, lines)


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


def _open_elsewhere(data: bytes, where: str, *limits: str) -> list[bytes]:
    command = [sys.executable, "-I", "-m", "portal.sheets.opened", *limits]
    try:
        # Nothing in the command comes from outside; the workbook goes in as bytes.
        done = subprocess.run(command, input=data, capture_output=True, timeout=MOST_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise Refused([Problem(where, REACHES_TOO_FAR)]) from error
    if done.returncode:
        raise Refused([Problem(where, NOT_A_WORKBOOK if done.returncode == DAMAGED else REACHES_TOO_FAR)])
    return done.stdout.splitlines()
