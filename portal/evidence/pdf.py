"""PDF: whole, and without scripts, programs to start or files inside, as far as that is cheaply seen.

The names of these things are looked for in the file's bytes, also when they are written with `#xx`, and in its
deflated object streams. They can still be hidden, by encryption or an unusual filter, so this keeps accidents and
common attacks out and is no virus scanner; the wall is that evidence is only ever handed out as a download.
"""

import re
import zlib
from collections.abc import Iterator

from portal.core.wording import phrase
from portal.evidence.content import Content, refuse_second_file
from portal.evidence.limits import MB, PDF, UNPACKED_BYTES, size_label
from portal.evidence.refusals import unfit

TAIL = 1024
OBJECT_STREAM_BYTES = 16 * MB

DAMAGED = phrase("This PDF is damaged or was cut short on its way. Check that it opens for you, and send it again.")
PACKED_TOO_TIGHT = phrase("This PDF unpacks to more than %(most)s. Print it to a new PDF, and send that.")
SCRIPT = phrase("This PDF holds a script. Print it to a new PDF, which leaves the script out, and send that.")
PROGRAM = phrase("This PDF wants to start a program. Print it to a new PDF, and send that.")
FILE_INSIDE = phrase("This PDF holds another file. Save that file, send it by itself, and print this PDF to a new one.")


def _named(name: str) -> bytes:
    """A pattern for a PDF name without its slash, each of whose letters may be written as `#xx`."""
    letters = (f"(?:{letter}|#{ord(letter):02x}|#{ord(letter):02X})" for letter in name)
    return "".join(letters).encode()


SENTENCES = {"JavaScript": SCRIPT, "Launch": PROGRAM, "EmbeddedFile": FILE_INSIDE}
DANGEROUS = re.compile(b"/(?:%s)" % b"|".join(b"(%s)" % _named(name) for name in SENTENCES))
OBJECT_STREAM = re.compile(b"/" + _named("ObjStm"))
STREAM = re.compile(rb"stream\r?\n")


def check_pdf(content: Content) -> str:
    """PDF, whole and without anything that acts, or Refused."""
    mark = content.rfind(b"%%EOF")
    if mark < max(0, len(content) - TAIL) or content.rfind(b"startxref", 0, mark) < 0:
        raise unfit(DAMAGED)
    refuse_second_file(content, mark)
    _refuse_dangerous(content)
    for unpacked in _object_streams(content):
        _refuse_dangerous(unpacked)
    return PDF


def _refuse_dangerous(content: Content | bytes) -> None:
    found = DANGEROUS.search(content)
    if found and found.lastindex:
        raise unfit(list(SENTENCES.values())[found.lastindex - 1])


def _object_streams(content: Content) -> Iterator[bytes]:
    """The streams in which newer PDFs keep most objects, inflated; one that is packed otherwise is left."""
    at, left = 0, UNPACKED_BYTES
    while found := OBJECT_STREAM.search(content, at):
        start = STREAM.search(content, found.end())
        if not start:
            return
        at = content.find(b"endstream", start.end())
        at = at if at >= 0 else len(content)
        unpacked = _inflate(content[start.end() : at])
        left -= len(unpacked)
        if left < 0 or len(unpacked) >= OBJECT_STREAM_BYTES:
            raise unfit(PACKED_TOO_TIGHT, most=size_label(UNPACKED_BYTES))
        yield unpacked


def _inflate(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, OBJECT_STREAM_BYTES)
    except zlib.error:
        return b""
