"""Pictures: their frame is walked to the end and their size read, but nothing is ever decoded."""

import re
import zlib
from collections.abc import Callable
from typing import NamedTuple

from portal.core.wording import phrase
from portal.evidence.content import Content, number, refuse_second_file
from portal.evidence.limits import JPEG, PICTURE_PARTS, PICTURE_PIXELS, PNG, WEBP
from portal.evidence.refusals import unfit

DAMAGED = phrase("This picture is damaged or was cut short on its way. Check that it opens for you, and send it again.")
TOO_MANY_PIXELS = phrase(
    "This picture measures %(width)s by %(height)s pixels; at most %(most)s million are taken. "
    "Send it in a smaller size."
)
MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")  # inside the image data FF is followed by 00 or a restart D0-D7
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
BARE = frozenset({0x01, 0xD8})
SCAN, END = 0xDA, 0xD9


class Picture(NamedTuple):
    """Width and height in pixels, and where the picture's last byte is behind."""

    width: int
    height: int
    end: int


def check_jpeg(content: Content) -> str:
    """JPEG, with size and end mark, or Refused."""
    return _check(content, _jpeg(content), JPEG)


def check_png(content: Content) -> str:
    """PNG, with a sound header, image data and end chunk, or Refused."""
    return _check(content, _png(content), PNG)


def check_webp(content: Content) -> str:
    """WebP, whole and with an image in it, or Refused."""
    return _check(content, _webp(content), WEBP)


def _check(content: Content, picture: Picture, media_type: str) -> str:
    width, height, end = picture
    if width * height > PICTURE_PIXELS:
        most = str(PICTURE_PIXELS // 1_000_000)
        raise unfit(TOO_MANY_PIXELS, width=str(width), height=str(height), most=most)
    if not width * height or end > len(content):
        raise unfit(DAMAGED)
    refuse_second_file(content, end)
    return media_type


def _jpeg(content: Content) -> Picture:
    """Walk from marker to marker; a segment says its own length, a scan lasts until the next marker."""
    width = height = 0
    at, scanned = 2, False
    for _ in range(PICTURE_PARTS):
        found = MARKER.search(content, at)
        if not found:
            break
        kind, at = found[1][0], found.end()
        if kind == END:
            return Picture(width, height, at) if scanned else Picture(0, 0, at)
        if kind in FRAMES:
            height, width = max(height, number(content, at + 3, 2)), max(width, number(content, at + 5, 2))
        scanned = scanned or kind == SCAN
        at += 0 if kind in BARE else number(content, at, 2)
    raise unfit(DAMAGED)


def _png(content: Content) -> Picture:
    """Walk from chunk to chunk; the header is held to its checksum, since all trust in the size is in it."""
    header = content[12:29]
    if content[8:16] != b"\x00\x00\x00\rIHDR" or zlib.crc32(header) != number(content, 29, 4):
        raise unfit(DAMAGED)
    width, height = number(content, 16, 4), number(content, 20, 4)
    at = 8
    kinds: set[bytes] = set()
    for _ in range(PICTURE_PARTS):
        kind = content[at + 4 : at + 8]
        kinds.add(kind)
        at += 12 + number(content, at, 4)
        if kind == b"IEND" and b"IDAT" in kinds:
            return Picture(width, height, at)
        if at >= len(content):
            break
    raise unfit(DAMAGED)


def _vp8(content: Content, at: int) -> tuple[int, int]:
    return number(content, at + 6, 2, "little") & 0x3FFF, number(content, at + 8, 2, "little") & 0x3FFF


def _vp8l(content: Content, at: int) -> tuple[int, int]:
    bits = number(content, at + 1, 4, "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _vp8x(content: Content, at: int) -> tuple[int, int]:
    return number(content, at + 4, 3, "little") + 1, number(content, at + 7, 3, "little") + 1


WEBP_SIZES: dict[bytes, Callable[[Content, int], tuple[int, int]]] = {
    b"VP8 ": _vp8,
    b"VP8L": _vp8l,
    b"VP8X": _vp8x,
}
WEBP_IMAGES = frozenset({b"VP8 ", b"VP8L", b"ANMF"})


def _webp(content: Content) -> Picture:
    """Walk from chunk to chunk up to the length that the file announces; the largest size named counts."""
    end = 8 + number(content, 4, 4, "little")
    width = height = 0
    at, shown = 12, False
    for _ in range(PICTURE_PARTS):
        kind = content[at : at + 4]
        shown = shown or kind in WEBP_IMAGES
        if kind in WEBP_SIZES:
            wide, high = WEBP_SIZES[kind](content, at + 8)
            width, height = max(width, wide), max(height, high)
        length = number(content, at + 4, 4, "little")
        at += 8 + length + length % 2
        if at >= min(end, len(content)):
            break
    if not shown or not end <= at <= end + 1:
        raise unfit(DAMAGED)
    return Picture(width, height, end)
