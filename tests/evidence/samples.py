"""Small files made in code: honest ones of each accepted kind, and the blocks that lies are built from."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from portal.evidence.limits import DOCX, JPEG, PDF, PNG, WEBP, XLSX

TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD_MAIN, EXCEL_MAIN = f"{DOCX}.main+xml", f"{XLSX}.main+xml"
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 2, height: int = 2) -> bytes:
    """A grey picture; only a small one has real image data."""
    lines = zlib.compress(b"\0" * ((width + 1) * height if width * height < 10_000 else 10))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def segment(marker: int, data: bytes) -> bytes:
    """One segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(width: int = 8, height: int = 8, frame: int = 0xC0, extra: bytes = b"") -> bytes:
    """The frame of a photo: a thumbnail with an end mark of its own, and image data with FF 00 and a restart mark."""
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
        + segment(0xE1, b"Exif\0\0 thumbnail \xff\xd8\xff\xd9")
        + extra
        + segment(frame, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
        + segment(0xDA, b"\1\1\0\0\x3f\0")
        + b"\x12\xff\x00\x34\xff\xd0\x56"
        + b"\xff\xd9"
    )


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP of these chunks."""
    body = b"WEBP"
    for kind, data in chunks:
        body += kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def vp8(width: int = 4, height: int = 4) -> tuple[bytes, bytes]:
    return b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height) + b"data!"


def vp8l(width: int = 4, height: int = 4) -> tuple[bytes, bytes]:
    return b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + b"data"


def vp8x(width: int = 4, height: int = 4) -> tuple[bytes, bytes]:
    return b"VP8X", b"\0\0\0\0" + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]


def pdf(inside: bytes = b"", end: bytes = b"\n") -> bytes:
    """One empty page, with `inside` as a further object."""
    return (
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
        b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n" + inside + b"\nxref\n0 4\n"
        b"trailer\n<</Root 1 0 R/Size 4>>\nstartxref\n9\n%%EOF" + end
    )


def object_stream(objects: bytes, name: bytes = b"/ObjStm") -> bytes:
    """Objects packed the way PDF 1.5 and later do."""
    return b"4 0 obj\n<</Type %s/N 1/First 4/Filter/FlateDecode>>\nstream\r\n%s\nendstream\nendobj" % (
        name,
        zlib.compress(objects),
    )


def content_types(part: str, main: str, more: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{TYPES}">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{part}" ContentType="{main}"/>{more}</Types>'
    )


def link(kind: str, target: str, outside: bool = False) -> str:
    mode = ' TargetMode="External"' if outside else ""
    relationship = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
    return f'<Relationships xmlns="{LINKS}">{relationship}</Relationships>'


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return held.getvalue()


def office(part: str, main: str, parts: Mapping[str, str | bytes]) -> bytes:
    return zipped(
        {
            "[Content_Types].xml": content_types(part, main),
            "_rels/.rels": link("officeDocument", part),
            part: '<?xml version="1.0"?><main/>',
            **parts,
        }
    )


def docx(parts: Mapping[str, str | bytes] = {}, part: str = "word/document.xml", main: str = WORD_MAIN) -> bytes:
    """A Word file, with further parts or other ones in place of its own."""
    return office(part, main, parts)


def xlsx(parts: Mapping[str, str | bytes] = {}, part: str = "xl/workbook.xml", main: str = EXCEL_MAIN) -> bytes:
    """An Excel file, with further parts or other ones in place of its own."""
    return office(part, main, parts)


@dataclass
class Part:
    """A zip member whose directory entry may say anything; by default it says the truth."""

    name: str
    data: bytes = b"<main/>"
    packed: bytes = b""
    size: int | None = None
    flags: int = 0
    method: int = 0
    mode: int = 0

    def fields(self) -> bytes:
        held = self.packed or self.data
        size = len(self.data) if self.size is None else self.size
        name = self.name.encode()
        return struct.pack(
            "<HHHHHIIIHH", 20, self.flags, self.method, 0, 33, zlib.crc32(self.data), len(held), size, len(name), 0
        )


def raw_zip(*parts: Part) -> bytes:
    """A zip written by hand, so that its directory can lie."""
    body, directory = b"", b""
    for part in parts:
        directory += (
            b"PK\x01\x02\x14\x03"
            + part.fields()
            + struct.pack("<HHHII", 0, 0, 0, part.mode << 16, len(body))
            + part.name.encode()
        )
        body += b"PK\x03\x04" + part.fields() + part.name.encode() + (part.packed or part.data)
    end = struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def raw_docx(*parts: Part) -> bytes:
    """A Word file written by hand, with these parts besides its own."""
    types = content_types("word/document.xml", WORD_MAIN).encode()
    return raw_zip(Part("[Content_Types].xml", types), Part("word/document.xml"), *parts)


def gigabyte_of_zeros() -> bytes:
    """One GiB, deflated to about 1 MB without ever holding it: the same block of 1 MiB, 1,024 times."""
    packer = zlib.compressobj(wbits=-15)
    packer.compress(b"\0" * 2**20)
    packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"\0" * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * 1024 + packer.flush()


HONEST = {
    "a PDF": (pdf(), PDF),
    "a PDF that ends without a line": (pdf(end=b""), PDF),
    "a PDF with packed objects": (pdf(object_stream(b"<</Type/Font>>")), PDF),
    "a PDF with packed objects in an unknown way": (pdf(b"<</Type/ObjStm>>stream\nnot deflated endstream"), PDF),
    "a photo": (jpeg(), JPEG),
    "a progressive photo of 48 megapixels": (jpeg(8000, 6000, 0xC2), JPEG),
    "a photo with a film behind it": (jpeg() + b"\0\0\0\x18ftypmp42 and the film", JPEG),
    "a photo with a brightness map behind it": (jpeg() + jpeg(), JPEG),
    "a picture": (png(), PNG),
    "a picture of 50 megapixels": (png(10_000, 5_000), PNG),
    "a lossy WebP": (riff(vp8()), WEBP),
    "a lossless WebP": (riff(vp8l()), WEBP),
    "an extended WebP": (riff(vp8x(), (b"ALPH", b"odd"), vp8()), WEBP),
    "a moving WebP": (riff(vp8x(), (b"ANIM", b"\0" * 6), (b"ANMF", b"\0" * 24)), WEBP),
    "a Word file": (docx(), DOCX),
    "a Word file made online": (docx(part="word/document2.xml"), DOCX),
    "a Word file with pictures": (docx({"word/media/image1.png": png(), "word/media/image2.jpg": jpeg()}), DOCX),
    "a Word file with hyperlinks": (
        docx({"word/_rels/document.xml.rels": link("hyperlink", "https://example.com/", outside=True)}),
        DOCX,
    ),
    "a Word file of its default type": (
        docx(
            {
                "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="{WORD_MAIN}"/>'
                f'<Override PartName="/[Content_Types].xml" ContentType="application/xml"/></Types>'
            }
        ),
        DOCX,
    ),
    "an Excel file": (xlsx(), XLSX),
    "an Excel file with print settings": (xlsx({"xl/printerSettings/printerSettings1.bin": b"A\0B\0" * 99}), XLSX),
    "an Excel file of 900 kB of zeros": (xlsx({"xl/worksheets/sheet1.xml": b" " * 900_000}), XLSX),
    "a Word file written by hand": (raw_docx(), DOCX),
}
