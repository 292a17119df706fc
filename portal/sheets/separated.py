"""Text separated by commas, semicolons or tabs, in any of the encodings that Excel saves."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

from portal.core.errors import Problem, Refused
from portal.sheets.cells import unguard

DELIMITERS = ",;\t"
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NOT_A_TABLE = re.compile(r"\s*(<[!?a-z]|%PDF-|\{\\rtf)", re.IGNORECASE)
BINARY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

NOT_TEXT = "This is neither a workbook (.xlsx) nor a table as text (.csv). Save it as .xlsx, or as CSV UTF-8."
READ_AS_WESTERN = (
    "The file is not in UTF-8 and was read as Western European text (Windows-1252). Look at accents and other "
    "special letters; if they are wrong, save it as .xlsx or as CSV UTF-8."
)
BROKEN = "Row %(row)s cannot be read: a quotation mark is missing or out of place, or a cell is very long."


def read_csv(data: bytes, where: str) -> tuple[Iterator[tuple[int, list[str]]], tuple[Problem, ...]]:
    """The rows, numbered from 1 as a spreadsheet shows them, and what to know of how the text was read.

    What `write_csv` put in front of a cell is taken off. Refused for what is no text; a broken row is refused when
    it is come to. A cell of more than 131,072 characters counts as broken.
    """
    text, notes = _decoded(data, where)
    if NOT_A_TABLE.match(text) or BINARY.search(text.partition("\n")[0]):
        raise Refused([Problem(where, NOT_TEXT)])
    return _rows(text, where), notes


def _decoded(data: bytes, where: str) -> tuple[str, tuple[Problem, ...]]:
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise Refused([Problem(where, NOT_TEXT)]) from error
        return _western(data, where), (Problem(where, READ_AS_WESTERN),)


def _western(data: bytes, where: str) -> str:
    """Almost any bytes are Windows-1252, so only those without control characters are believed."""
    text = data.decode("cp1252", "replace")
    if BINARY.search(text) or "\ufffd" in text:
        raise Refused([Problem(where, NOT_TEXT)])
    return text


def _delimiter(text: str) -> str:
    """The one that cuts the headings into most columns; the comma if none does."""
    return max(DELIMITERS, key=lambda delimiter: len(next(filter(None, _reader(text, delimiter)), [])))


def _reader(text: str, delimiter: str, strict: bool = False) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _rows(text: str, where: str) -> Iterator[tuple[int, list[str]]]:
    row = 0
    try:
        for row, cells in enumerate(_reader(text, _delimiter(text), strict=True), 1):
            yield row, [unguard(cell) for cell in cells]
    except csv.Error as error:
        raise Refused([Problem(where, BROKEN, {"row": str(row + 1)})]) from error
