"""Word and Excel files: zip archives whose directory is judged before anything is unpacked."""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, cast

from portal.core.errors import Refused
from portal.core.wording import phrase
from portal.evidence.content import DIRECTORY_END, DIRECTORY_END_SIZE, DIRECTORY_ENTRY, HEAD, Content
from portal.evidence.limits import KB, UNPACKED_BYTES, UNPACKED_RATIO, UNPACKED_RATIO_FROM, ZIP_MEMBERS, size_label
from portal.evidence.parts import CONTENT_TYPES, check_relationships, media_type_of
from portal.evidence.refusals import WrongType, because, unfit, wrong_type

ARCHIVE = phrase("This is an archive. Unpack it, and send the files in it one by one. Accepted are: %(accepted)s.")
DAMAGED = phrase(
    "This Word or Excel file is damaged or put together in an unusual way. "
    "Open it, save it anew, and send that, or send a PDF of it."
)
LOCKED = phrase("This file is locked with a password. Save it without one, and send that.")
MACROS = phrase("This file holds macros. Save it without them (as .docx or .xlsx), or send a PDF of it.")
FILE_INSIDE = phrase(
    "This document holds another file (%(part)s). Send that file by itself, and take it out of the document "
    "or send the document as a PDF."
)
ELSEWHERE = phrase("This workbook takes values from elsewhere. Break its links to other files, or send a PDF of it.")
TOO_MANY_PARTS = phrase("This file is made of more than %(most)s parts. Send it as a PDF.")
PACKED_TOO_TIGHT = phrase("This file unpacks to more than %(most)s, or to very many times its size. Send a PDF of it.")

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)
PLAIN_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
UNSAFE_NAME = re.compile(r"(^|/)\.\.(/|$)|^/|[\\:\0]")
MACRO_NAME = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml)$|/macrosheets/", re.IGNORECASE)
ELSEWHERE_NAME = re.compile(r"/externallinks/|/connections\.xml$", re.IGNORECASE)
INSIDE_NAME = re.compile(
    r"/(embeddings|activex)/|\.(zip|rar|7z|jar|tar|t?gz|doc[xm]?|xls[xmb]?|ppt[xm]?|exe|dll|js|vbs)$",
    re.IGNORECASE,
)
INSIDE_BYTES = re.compile(rb"PK\x03\x04|Rar!|7z\xbc\xaf|\xd0\xcf\x11\xe0|MZ\x90\x00")


class Rule:
    """One thing no part may be: how it is seen in the zip directory, and how it is refused."""

    def __init__(
        self, text: str, broken: Callable[[zipfile.ZipInfo], object], refusal: type[Refused] = Refused
    ) -> None:
        self.text, self.broken, self.refusal = text, broken, refusal


RULES = (
    Rule(LOCKED, lambda part: part.flag_bits & 0x1),
    Rule(DAMAGED, lambda part: stat.S_ISLNK(part.external_attr >> 16)),
    Rule(DAMAGED, lambda part: part.compress_type not in PLAIN_METHODS),
    Rule(DAMAGED, lambda part: UNSAFE_NAME.search(part.filename)),
    Rule(MACROS, lambda part: MACRO_NAME.search(part.filename), WrongType),
    Rule(ELSEWHERE, lambda part: ELSEWHERE_NAME.search(part.filename)),
    Rule(FILE_INSIDE, lambda part: INSIDE_NAME.search(part.filename)),
    Rule(PACKED_TOO_TIGHT, lambda part: part.file_size > max(UNPACKED_RATIO_FROM, UNPACKED_RATIO * part.compress_size)),
)


def check_office(content: Content) -> str:
    """The media type of a Word or Excel file without macros, links to outside or files inside, or Refused."""
    _check_frame(content)
    try:
        with zipfile.ZipFile(cast(IO[bytes], content)) as archive:
            parts = archive.infolist()
            _check_directory(parts)
            _read_to_the_end(archive, parts)
            media_type = media_type_of(archive)
            check_relationships(archive)
    except UNREADABLE as error:
        raise unfit(DAMAGED) from error
    return media_type


def _check_frame(content: Content) -> None:
    """Count before opening, since opening costs memory for each entry; nothing may lie behind the directory."""
    entries, at = 0, content.find(DIRECTORY_ENTRY)
    while at >= 0 and entries <= ZIP_MEMBERS:
        entries, at = entries + 1, content.find(DIRECTORY_ENTRY, at + len(DIRECTORY_ENTRY))
    if entries > ZIP_MEMBERS:
        raise unfit(TOO_MANY_PARTS, most=str(ZIP_MEMBERS))
    end = len(content) - DIRECTORY_END_SIZE
    if content[end : end + 4] != DIRECTORY_END or content.find(b"%PDF-", 0, HEAD) >= 0:
        raise unfit(DAMAGED)


def _check_directory(parts: list[zipfile.ZipInfo]) -> None:
    """Everything that the directory alone gives away; two parts of one name or bytes before the first are a trick."""
    names = [part.filename.lower() for part in parts]
    if CONTENT_TYPES.lower() not in names:
        raise wrong_type(ARCHIVE)
    if len(set(names)) < len(names) or min(part.header_offset for part in parts) > 0:
        raise unfit(DAMAGED)
    most = size_label(UNPACKED_BYTES)
    for part in parts:
        for rule in RULES:
            if rule.broken(part):
                raise rule.refusal(because(rule.text, part=_shown(part), most=most))
    if sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise unfit(PACKED_TOO_TIGHT, most=most)


def _read_to_the_end(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Unpack each part into nothing: zipfile stops at the size in the directory and holds it to its checksum."""
    for part in parts:
        with archive.open(part) as unpacked:
            start = unpacked.read(8)
            size = len(start)
            while block := unpacked.read(64 * KB):
                size += len(block)
        if INSIDE_BYTES.match(start):
            raise unfit(FILE_INSIDE, part=_shown(part))
        if size != part.file_size:
            raise unfit(DAMAGED)


def _shown(part: zipfile.ZipInfo) -> str:
    """A part's name as it may appear in a sentence."""
    return "".join(letter if letter.isprintable() else "?" for letter in part.filename)[:80]
