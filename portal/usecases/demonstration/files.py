"""Evidence of invented partners: a page of PDF and a picture, small and made here."""

import zlib
from random import Random
from textwrap import wrap

WIDTH, HEIGHT = 240, 160
Colour = tuple[int, int, int]


def page_of(title: str, company: str, day: str) -> bytes:
    """A PDF of one page with some text on it; signs that its font lacks become question marks."""
    lines = [company, "", *wrap(title, 60), "", f"Date: {day}", "", "Demonstration document. Everything is invented."]
    drawn = "".join(f"({_escaped(line)}) Tj T*\n" for line in lines)
    stream = f"BT /F1 14 Tf 20 TL 60 770 Td\n{drawn}ET".encode("cp1252", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    return _pdf(objects)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _pdf(objects: tuple[bytes, ...]) -> bytes:
    """The objects as a file, with the table that says where each begins."""
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count, start = len(objects) + 1, len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
    return bytes(made)


def picture_of(seed: str) -> bytes:
    """A PNG that looks a little like a container standing in a yard: sky, ground, ribbed doors, a seal."""
    lot = Random(seed)  # noqa: S311  # the same picture every time; nothing secret
    steel: Colour = lot.choice([(160, 52, 44), (34, 92, 142), (58, 116, 70), (196, 120, 40), (110, 112, 118)])
    left, top, wide, high = lot.randint(30, 60), lot.randint(30, 45), lot.randint(110, 140), 90
    rows = []
    for y in range(HEIGHT):
        row = [_behind(y, lot)] * WIDTH
        if top <= y < top + high:
            row[left : left + wide] = [_steel(steel, x, y - top, wide, high) for x in range(wide)]
        rows.append(b"\x00" + b"".join(bytes(colour) for colour in row))
    return _png(b"".join(rows))


def _behind(y: int, lot: Random) -> Colour:
    """Sky that grows lighter downwards, then ground with a little grain."""
    if y < HEIGHT * 3 // 5:
        return 140 + y // 2, 170 + y // 3, 205 + y // 4
    grain = lot.randint(-6, 6)
    return 118 + grain, 112 + grain, 104 + grain


def _steel(colour: Colour, x: int, y: int, wide: int, high: int) -> Colour:
    """The container's front: ribs, a gap between two doors, locking rods, and a yellow seal."""
    if abs(x - wide // 2) < 3 and abs(y - high * 2 // 3) < 4:
        return 240, 200, 40
    if x in (0, wide - 1, wide // 2) or y in (0, high - 1):
        return 30, 30, 32
    shade = -18 if x % 10 < 3 else 8 if x % 10 < 5 else 0
    rod = 50 if x % (wide // 4) == wide // 8 else 0
    red, green, blue = (max(0, min(255, part + shade + rod)) for part in colour)
    return red, green, blue


def _png(rows: bytes) -> bytes:
    head = WIDTH.to_bytes(4, "big") + HEIGHT.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big") for kind, data in chunks
    )
