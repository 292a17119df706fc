"""What a file is, by its content alone: one of the types that are taken, or a sentence that says why it is not."""

import mmap
import os
import re
from collections.abc import Callable
from typing import BinaryIO

from portal.core.errors import Problem
from portal.core.wording import phrase
from portal.evidence.content import HEAD, Content
from portal.evidence.office import check_office
from portal.evidence.pdf import check_pdf
from portal.evidence.pictures import check_jpeg, check_png, check_webp
from portal.evidence.refusals import unfit, wrong_type

EMPTY = phrase("This file is empty. Check that it opens for you, and choose it again.")
UNKNOWN = phrase("This kind of file cannot be taken. Accepted are: %(accepted)s.")

CHECKS: tuple[tuple[re.Pattern[bytes], Callable[[Content], str]], ...] = (
    (re.compile(rb"%PDF-[12]\.\d"), check_pdf),
    (re.compile(rb"\xff\xd8\xff"), check_jpeg),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), check_png),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), check_webp),
    (re.compile(rb"PK\x03\x04(?!.{26}mimetypeapplication/vnd\.oasis)", re.DOTALL), check_office),
)

KINDS_NOT_TAKEN: tuple[tuple[bytes, str], ...] = (
    (rb"(?i:.{0,512}?<svg[\s>])", "This is an SVG drawing. Save it as PNG or PDF"),
    (rb"(?i:.{0,512}?<(?:!doctype html|html|head|body|script)\b)", "This is a web page (HTML). Print it to a PDF"),
    (rb"\xd0\xcf\x11\xe0", "This is an Office file in the old format or with a password. Save it anew without one"),
    (rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis", "This is an OpenDocument file. Save it as .docx or PDF"),
    (rb"PK|Rar!|7z\xbc\xaf|\x1f\x8b", "This is an archive. Unpack it, and send the files in it one by one"),
    (rb".{4}ftyp(?:hei|hev|mif1|msf1|avif)", "This is a HEIC or AVIF picture. Save or send it as JPEG"),
    (rb".{4}ftyp|\x1aE\xdf\xa3|RIFF....AVI", "This is a film. Send photos of what it shows"),
    (rb"GIF8[79]a|BM.{4}\0{4}|II\*\0|MM\0\*", "This is a picture of another kind. Save it as PNG or JPEG"),
    (rb"MZ.{2}|\x7fELF|#!", "This is a program"),
    (rb"\{\\rtf", "This is an RTF text. Save it as .docx or PDF"),
)
NOT_TAKEN = tuple((re.compile(pattern, re.DOTALL), sentence) for pattern, sentence in KINDS_NOT_TAKEN)


def sniff(file: BinaryIO) -> str:
    """The media type, a key of ACCEPTED, of a file on disk that is open for reading.

    Refused where it is damaged, too large to unpack or holds what must not be in it; WrongType (a Refused)
    where it is of a sort that is not taken. Name, extension and what the browser said are never looked at.
    """
    if not file.seek(0, os.SEEK_END):
        raise unfit(EMPTY)
    with Content(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for signature, check in CHECKS:
            if signature.match(content):
                return check(content)
        head = content[:HEAD]
    sentence = next((sentence for kind, sentence in NOT_TAKEN if kind.match(head)), None)
    if sentence is None:
        raise wrong_type(UNKNOWN)
    raise wrong_type(phrase("%(what)s. Accepted are: %(accepted)s."), what=Problem("", sentence))
