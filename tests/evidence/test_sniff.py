"""What is taken and what is not, by content alone."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from portal.core.errors import Refused
from portal.evidence.limits import ACCEPTED, FILE_BYTES, LIMITS, MB, RESPONSE_BYTES, RESPONSE_FILES, XLSX, ZIP_MEMBERS
from portal.evidence.refusals import WrongType
from portal.evidence.sniff import sniff

from .samples import (
    HONEST,
    MACRO_MAIN,
    TYPES,
    WORD_MAIN,
    Part,
    content_types,
    docx,
    gigabyte_of_zeros,
    jpeg,
    link,
    object_stream,
    pdf,
    png,
    raw_docx,
    raw_zip,
    riff,
    segment,
    vp8,
    vp8x,
    xlsx,
    zipped,
)

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SETTINGS = "word/_rels/settings.xml.rels"
TEMPLATE = link("attachedTemplate", "https://example.com/t.dotm", outside=True)
DOCUMENT_LINKS = "word/_rels/document.xml.rels"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'
DOCM = docx({"[Content_Types].xml": content_types("word/document.xml", MACRO_MAIN)})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
ENTITIES = '<!DOCTYPE t [<!ENTITY a "aaaa">]>' + f'<Types xmlns="{TYPES}">&a;</Types>'

WRONG_TYPE = {
    "html": (HTML, "web page"),
    "html behind a mark and blanks": (b"\xef\xbb\xbf \n" + HTML, "web page"),
    "svg": (SVG, "SVG"),
    "text": (b"Our guards work day and night.", "cannot be taken"),
    "the EICAR test text": (EICAR, "cannot be taken"),
    "a macro document": (DOCM, "macros"),
    "a macro project in a document": (docx({"word/vbaProject.bin": b"x"}), "macros"),
    "a macro project under another name": (
        docx(
            {
                "[Content_Types].xml": content_types(
                    "word/document.xml",
                    WORD_MAIN,
                    '<Override PartName="/word/a.bin" ContentType="application/vnd.ms-office.vbaProject"/>',
                ),
                "word/a.bin": b"x",
            }
        ),
        "macros",
    ),
    "a link to a macro project": (docx({DOCUMENT_LINKS: link("vbaProject", "a.bin")}), "macros"),
    "an old macro sheet": (xlsx({"xl/macrosheets/sheet1.xml": "<m/>"}), "macros"),
    "a plain zip": (zipped({"a.txt": "text"}), "archive"),
    "an empty zip": (zipped({}), "archive"),
    "an Office file of another kind": (docx(main="application/vnd.ms-powerpoint"), "another kind"),
    "a Word file without its document": (
        zipped({"[Content_Types].xml": content_types("word/document.xml", WORD_MAIN)}),
        "another kind",
    ),
    "Word and Excel in one": (
        docx(
            {
                "[Content_Types].xml": content_types(
                    "word/document.xml",
                    WORD_MAIN,
                    f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX}.main+xml"/>',
                ),
                "xl/workbook.xml": "<x/>",
            }
        ),
        "another kind",
    ),
    "OpenDocument": (
        raw_zip(Part("mimetype", b"application/vnd.oasis.opendocument.text"), Part("content.xml")),
        "OpenDocument",
    ),
    "an old or locked Office file": (OLE, "password"),
    "rar": (b"Rar!\x1a\x07\x01\x00", "archive"),
    "gzip": (b"\x1f\x8b\x08\x00", "archive"),
    "a HEIC photo": (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
    "a film": (b"\0\0\0\x18ftypmp42\0\0\0\0", "film"),
    "gif": (b"GIF89a\1\0\1\0", "another kind"),
    "a program": (b"MZ\x90\0\3\0\0\0", "program"),
    "rtf": (rb"{\rtf1 text}", "RTF"),
    "a photo that is also a zip": (jpeg() + zipped({"a.txt": "text"}), "second file"),
    "a picture that is also a zip with a comment": (
        png() + zipped({"a.txt": "text"})[:-2] + b"\x05\0notes",
        "second file",
    ),
    "a picture with a page behind it": (png() + HTML, "second file"),
    "a WebP with a page behind it": (riff(vp8()) + HTML, "second file"),
    "a photo that is also a PDF": (jpeg(extra=segment(0xFE, pdf())), "second file"),
    "a photo with a PDF behind it": (jpeg() + pdf(), "second file"),
    "a PDF that is also a zip": (pdf(zipped({"a.txt": "text"})), "second file"),
    "a PDF with a page behind it": (pdf(end=b"\n" + HTML), "second file"),
}

UNFIT = {
    "nothing": (b"", "empty"),
    "a PDF cut short": (pdf()[:-20], "cut short"),
    "a mark and nothing more": (b"%PDF-1.7\n", "cut short"),
    "a PDF end without a PDF": (b"%PDF-1.7\n<html></html>%%EOF", "cut short"),
    "a PDF with a lot behind it": (pdf(end=b" " * 2000), "cut short"),
    "a PDF with a script": (pdf(b"<</S/JavaScript/JS(app.alert)>>"), "script"),
    "a PDF with a script, its letters disguised": (pdf(b"<</S/J#61va#53cript/JS(x)>>"), "script"),
    "a PDF with a packed script": (pdf(object_stream(b"<</S/JavaScript/JS(x)>>")), "script"),
    "a PDF with a script, packed and disguised": (
        pdf(object_stream(b"<</S/JavaScrip#74>>", b"/Obj#53tm")),
        "script",
    ),
    "a PDF that starts a program": (pdf(b"<</S/Launch/F(cmd.exe)>>"), "program"),
    "a PDF with a file inside": (pdf(b"<</Type/EmbeddedFile>>"), "another file"),
    "a PDF that unpacks to a lot": (pdf(object_stream(b"\0" * (17 * MB))), "unpacks"),
    "a photo cut short": (jpeg()[:-2], "cut short"),
    "a photo cut in a segment": (jpeg()[:30], "cut short"),
    "a photo without image data": (b"\xff\xd8\xff\xe0\0\2\xff\xd9", "cut short"),
    "a photo without height": (jpeg(8, 0), "cut short"),
    "a photo of nothing but marks": (b"\xff\xd8" + b"\xff\x01" * 200_000, "cut short"),
    "a photo of 4 gigapixels": (jpeg(65_000, 65_000), "million"),
    "a picture of 225 megapixels": (png(15_000, 15_000), "15000 by 15000"),
    "a picture cut short": (png()[:-4], "cut short"),
    "a picture cut in its header": (png()[:20], "cut short"),
    "a picture with a false header": (png().replace(b"\0\0\0\2\0\0\0\2", b"\0\0\0\2\0\0\0\3"), "cut short"),
    "a picture without image data": (png()[:33] + png()[-12:], "cut short"),
    "a WebP cut short": (riff(vp8())[:-4], "cut short"),
    "a WebP without an image": (riff(vp8x()), "cut short"),
    "a WebP chunk beyond the end": (riff((b"VP8 ", b"")).replace(b"VP8 \0", b"VP8 \xff"), "cut short"),
    "a WebP of 225 megapixels": (riff(vp8x(15_000, 15_000), vp8()), "million"),
    "a Word file cut short": (docx()[:-30], "damaged"),
    "a Word file with bytes behind it": (docx() + b"\0" * 40, "damaged"),
    "a Word file behind a page": (b"PK\x03\x04" + HTML + docx(), "damaged"),
    "a Word file that is also a PDF": (raw_zip(Part("%PDF-1.7"), Part("[Content_Types].xml")), "damaged"),
    "a Word file with entities": (docx({"[Content_Types].xml": ENTITIES}), "damaged"),
    "a Word file whose types are not XML": (docx({"[Content_Types].xml": "<Types"}), "damaged"),
    "a Word file whose types are endless": (raw_zip(Part("[Content_Types].xml", HTML * 90_000)), "damaged"),
    "a fetched template": (docx({SETTINGS: TEMPLATE}), "example.com/t.dotm"),
    "a fetched template, disguised": (docx({SETTINGS: TEMPLATE.replace("External", "Ext&#101;rnal")}), "elsewhere"),
    "a fetched template in UTF-16": (docx({SETTINGS: TEMPLATE.encode("utf-16")}), "elsewhere"),
    "a fetched template in capitals": (docx({SETTINGS.upper(): TEMPLATE}), "elsewhere"),
    "a fetched template called a hyperlink": (
        docx({SETTINGS: link("hyperlink", "https://example.com/t.dotm", outside=True)}),
        "elsewhere",
    ),
    "a fetched object": (docx({DOCUMENT_LINKS: link("oleObject", "https://example.com/", outside=True)}), "elsewhere"),
    "a fetched picture": (docx({DOCUMENT_LINKS: link("image", "file://host/share", outside=True)}), "elsewhere"),
    "an object inside": (docx({DOCUMENT_LINKS: link("oleObject", "media/a.bin")}), "another file"),
    "a file inside": (docx({"word/embeddings/oleObject1.bin": b"x"}), "another file"),
    "an archive inside": (docx({"word/media/photos.zip": b"x"}), "photos.zip"),
    "an archive inside, called a picture": (docx({"word/media/a.png": zipped({"a": "b"})}), "another file"),
    "a workbook fed by others": (xlsx({"xl/externalLinks/externalLink1.xml": "<e/>"}), "elsewhere"),
    "a workbook fed by a database": (xlsx({"xl/connections.xml": "<c/>"}), "elsewhere"),
    "a locked part": (raw_docx(Part("word/a.xml", flags=1)), "password"),
    "a link in the archive": (raw_docx(Part("word/a.xml", mode=0o120777)), "damaged"),
    "an unusual packing": (raw_docx(Part("word/a.xml", method=12)), "damaged"),
    "a part that climbs out": (raw_docx(Part("../../a.xml")), "damaged"),
    "a part from the root": (raw_docx(Part("/etc/passwd")), "damaged"),
    "a part from a drive": (raw_docx(Part("C:\\a.xml")), "damaged"),
    "the same part twice": (raw_docx(Part("word/Document.xml", b"<other/>")), "damaged"),
    "a part that is longer than it says": (raw_docx(Part("word/a.xml", b"<main/>", size=3)), "damaged"),
    "a part that is shorter than it says": (raw_docx(Part("word/a.xml", b"<main/>", size=30)), "damaged"),
    "too many parts": (raw_docx(*(Part(f"word/{n}.xml", b"") for n in range(ZIP_MEMBERS))), "2000 parts"),
    "too much in all": (
        raw_docx(*(Part(f"word/{n}.xml", b"<a/>", b"x" * 9_000, size=900_000, method=8) for n in range(250))),
        "200 MB",
    ),
}


@pytest.fixture
def given(tmp_path: Path):
    def check(data: bytes) -> str:
        path = tmp_path / "given"
        path.write_bytes(data)
        with path.open("rb") as file:
            return sniff(file)

    return check


@pytest.mark.parametrize(("data", "media_type"), HONEST.values(), ids=HONEST)
def test_an_honest_file_is_taken_for_what_it_is(given, data, media_type):
    assert media_type == given(data)


@pytest.mark.parametrize(("data", "words"), WRONG_TYPE.values(), ids=WRONG_TYPE)
def test_a_file_of_a_wrong_type_is_refused_with_a_sentence(given, data, words):
    with pytest.raises(WrongType, match=words):
        given(data)


@pytest.mark.parametrize(("data", "words"), UNFIT.values(), ids=UNFIT)
def test_an_accepted_type_is_refused_for_what_is_in_it(given, data, words):
    with pytest.raises(Refused, match=words) as refused:
        given(data)

    assert not isinstance(refused.value, WrongType)


def test_a_wrong_type_says_what_is_taken_instead(given):
    with pytest.raises(WrongType) as refused:
        given(HTML)

    assert "PDF, JPEG, PNG, WebP, Word (.docx), Excel (.xlsx)" in refused.value.problems[0].message


@pytest.mark.parametrize("size", [None, 900_000], ids=["as large as it is", "called small"])
def test_a_gigabyte_in_a_megabyte_is_refused_without_unpacking_it(given, size):
    """Whether the directory tells the truth or not, no more than a little is ever held."""
    bomb = raw_docx(Part("word/a.xml", b"", gigabyte_of_zeros(), size=2**30 if size is None else size, method=8))
    tracemalloc.start()
    try:
        with pytest.raises(Refused):
            given(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert len(bomb) < 2 * MB
    assert peak < 10 * MB


def test_a_directory_of_a_million_entries_is_never_opened(given, monkeypatch):
    """Opening it would cost memory for each entry before any of them could be counted."""
    monkeypatch.setattr(zipfile, "ZipFile", None)

    with pytest.raises(Refused, match="parts"):
        given(b"PK\x03\x04" + b"PK\x01\x02" * 1_000_000)


def test_a_workbook_of_a_real_program_is_taken(given):
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as workbook:
        sheet = workbook.add_worksheet("培训")
        sheet.write_url(0, 0, "https://example.com/")
        sheet.insert_image(1, 1, "seal.png", {"image_data": io.BytesIO(png())})

    assert XLSX == given(held.getvalue())


def test_the_name_of_a_part_cannot_bring_control_characters_into_the_sentence(given):
    with pytest.raises(Refused) as refused:
        given(docx({"word/embeddings/\x1b[2Jx": b"x"}))

    assert refused.value.problems[0].message.isprintable()


def test_the_table_of_limits_says_what_the_code_does():
    assert {
        "application/pdf": ".pdf",
        "image/jpeg": ".jpg",
        "image/png": ".png",
        "image/webp": ".webp",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    } == {media_type: accepted.extension for media_type, accepted in ACCEPTED.items()}
    assert (25 * 2**20, 200, 2**30) == (FILE_BYTES, RESPONSE_FILES, RESPONSE_BYTES)
    assert {"FILE_BYTES": FILE_BYTES, "ZIP_MEMBERS": 2_000, "RESPONSE_FILES": 200}.items() <= {
        name: limit.value for name, limit in LIMITS.items()
    }.items()
