"""A file's bytes as the checks read them: mapped, so that 25 MB cost no memory."""

import mmap
import re
from typing import Literal

from portal.core.wording import phrase
from portal.evidence.refusals import wrong_type

DIRECTORY_END = b"PK\x05\x06"
DIRECTORY_END_SIZE = 22
DIRECTORY_LOCATOR = b"PK\x06\x07"
DIRECTORY_LOCATOR_SIZE = 20
DIRECTORY_ENTRY = b"PK\x01\x02"
LONGEST_COMMENT = 0xFFFF
HEAD = 1024
APPENDED = re.compile(rb"%PDF-|<(?i:html|script|!doctype|svg[\s>])")

TWO_FILES_IN_ONE = phrase(
    "This file holds a second file of another kind behind or inside the first. "
    "Open it, save it anew, and send that. Accepted are: %(accepted)s."
)


class Content(mmap.mmap):
    """All bytes of a file on disk, to be searched and sliced; also a file for zipfile."""

    def seekable(self) -> bool:
        """Always so; zipfile asks, and mmap itself learned to answer only in Python 3.13."""
        return True


def number(content: Content, at: int, size: int, order: Literal["big", "little"] = "big") -> int:
    """The unsigned number in these bytes; fewer bytes at the end of a cut file read as a smaller number."""
    return int.from_bytes(content[at : at + size], order)


def refuse_second_file(content: Content, end: int) -> None:
    """Refuse a file that is also another: an archive, or a page or PDF behind its `end`.

    Other bytes behind the end stay: telephones append a film or a brightness map to their photos.
    A PDF reader looks for its mark in the first 1,024 bytes, so it must not be there either.
    """
    appended = APPENDED.search(content, end) or content.find(b"%PDF-", 1, HEAD) > 0
    if appended or _has_archive(content):
        raise wrong_type(TWO_FILES_IN_ONE)


def _has_archive(content: Content) -> bool:
    """Whether an unpacking program would find a zip directory at the end of these bytes."""
    at = content.rfind(DIRECTORY_END)
    first = max(0, len(content) - DIRECTORY_END_SIZE - LONGEST_COMMENT)
    while at >= first:
        start = at - number(content, at + 12, 4, "little")
        locator = at - DIRECTORY_LOCATOR_SIZE
        if start >= 0 and content[start : start + 4] == DIRECTORY_ENTRY:
            return True
        if locator >= 0 and content[locator : locator + 4] == DIRECTORY_LOCATOR:
            return True
        at = content.rfind(DIRECTORY_END, 0, at)
    return False
