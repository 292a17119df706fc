"""Tables in, honest ones and others."""

import io
import subprocess
import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.errors import Refused
from portal.sheets import opened, workbook
from portal.sheets.read import read_table
from portal.sheets.tables import letters, shown

from .samples import PAYLOADS, csv_of, read, values, xlsx_of

NAMES = "Name;Land\nMüller;Österreich\n"
SHEET = "xl/worksheets/sheet1.xml"


def refused(data: bytes, **limits: int) -> list[str]:
    """What is said to the person, each reason with its file."""
    with pytest.raises(Refused) as error:
        read(data, **limits)
    return [f"{problem.where}: {problem.message}" for problem in error.value.problems]


def made(fill) -> bytes:
    """A workbook as other programs make them."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        fill(book)
    return held.getvalue()


def changed(data: bytes, name: str, old: str, new: str) -> bytes:
    """The workbook with one part of it changed."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.namelist():
            text = before.read(part).decode()
            assert part != name or old in text
            after.writestr(part, text.replace(old, new) if part == name else text)
    return held.getvalue()


@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_export_import_and_export_again_give_the_same(make):
    columns = ["Id", "=Answer"]
    rows = [[str(number), payload] for number, payload in enumerate(PAYLOADS)]
    table = read(make(columns, rows))

    assert columns == list(table.columns)
    assert rows == values(table)


def test_a_csv_comes_out_byte_for_byte_as_it_went_in():
    first = csv_of(["Id", "Answer"], [[str(number), payload] for number, payload in enumerate(PAYLOADS)])
    table = read(first)

    assert first == csv_of(table.columns, values(table))


@settings(deadline=None, derandomize=True)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_any_text_survives_a_csv(texts):
    rows = [["x", text] for text in texts]

    assert rows == values(read(csv_of(["A", "B"], rows)))


def test_rows_keep_the_number_that_the_spreadsheet_shows():
    rows = [["1", "a\nb"], [None, None], ["2", "c"], ["  ", ""], ["3", "d"]]

    assert [2, 4, 6] == [row.number for row in read(csv_of(["A", "B"], rows)).rows]
    assert [2, 4, 6] == [row.number for row in read(xlsx_of(["A", "B"], rows)).rows]


def test_a_table_may_start_further_down_and_to_the_right():
    def fill(book):
        page = book.add_worksheet()
        for row, cells in enumerate([["Name", "City"], ["Minh", "Huế"]], 3):
            page.write_row(row, 2, cells)

    table = read(made(fill))

    assert ("Name", "City") == table.columns
    assert [(5, {"Name": "Minh", "City": "Huế"})] == [(row.number, row.cells) for row in table.rows]


def test_the_first_sheet_that_one_sees_is_read():
    def fill(book):
        book.add_worksheet("Lists").hide()
        book.add_worksheet("Partners").write_column(0, 0, ["Name", "Minh"])
        book.add_worksheet("Notes").write_column(0, 0, ["Other", "x"])
        book.get_worksheet_by_name("Partners").activate()

    assert ("Name",) == read(made(fill)).columns


def test_numbers_dates_and_answers_of_other_programs_are_text():
    def fill(book):
        page = book.add_worksheet()
        page.write_row(0, 0, ["number", "share", "date", "time", "yes", "sum", "error", "phone"])
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        hour = book.add_format({"num_format": "hh:mm"})
        page.write_number(1, 0, 5)
        page.write_number(1, 1, 0.85)
        page.write_number(1, 2, 46350, day)
        page.write_number(1, 3, 0.3125, hour)
        page.write_boolean(1, 4, True)
        page.write_formula(1, 5, "=A1+1", None, 6)
        page.write_formula(1, 6, "=NA()", None, "#N/A")
        page.write_number(1, 7, 862155551234)

    expected = [["5", "0.85", "2026-11-24", "07:30:00", "yes", "6", "", "862155551234"]]

    assert expected == values(read(made(fill)))


@pytest.mark.parametrize(
    "data",
    [
        NAMES.encode(),
        NAMES.encode("utf-8-sig"),
        NAMES.encode("utf-16"),
        b"\xfe\xff" + NAMES.encode("utf-16-be"),
        NAMES.replace(";", ",").encode(),
        NAMES.replace(";", "\t").encode("utf-16"),
        NAMES.replace("\n", "\r\n").encode(),
        NAMES.replace("\n", "\r").encode(),
        ("\n\n" + NAMES).encode(),
        NAMES.replace("Name", '"Name"').replace("Land", ' "Land" ').replace(' "Land" ', "Land").encode(),
    ],
)
def test_a_csv_is_read_in_whatever_way_excel_saved_it(data):
    table = read(data)

    assert (("Name", "Land"), [["Müller", "Österreich"]], ()) == (table.columns, values(table), table.notes)


def test_western_text_is_read_with_a_note_that_says_so():
    table = read(NAMES.encode("cp1252"))

    assert [["Müller", "Österreich"]] == values(table)
    assert ["partners"] == [note.where for note in table.notes]
    assert "Windows-1252" in table.notes[0].message


def test_the_content_decides_what_a_file_is_and_not_its_name():
    assert [["x"]] == values(read_table(csv_of(["A"], [["x"]]), "partners.xlsx"))
    assert [["x"]] == values(read_table(xlsx_of(["A"], [["x"]]), "partners.csv"))


def test_headings_lose_blanks_around_them_and_cells_do_not():
    table = read(b"\xef\xbb\xbf Name ,City\n Minh , Hue \n")

    assert (("Name", "City"), [[" Minh ", " Hue "]]) == (table.columns, values(table))


def test_short_rows_and_blank_columns_are_filled_and_left_out():
    assert [["Minh", "", ""]] == values(read(b"Name,,City,Country,\nMinh\n"))


def test_a_table_of_headings_alone_has_no_rows():
    assert ((), ("Name",)) == (read(b"Name\n").rows, read(xlsx_of(["Name"], [])).columns)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" , \n,,\n"])
def test_a_file_without_a_table_is_refused(data):
    assert ["partners: There is no table in this file: its first row must hold the headings."] == refused(data)


def test_a_workbook_without_a_table_is_refused():
    def chart_only(book):
        book.add_worksheet().hide()
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=Sheet1!$A$1:$A$2"})
        book.add_chartsheet().set_chart(chart)
        book.worksheets()[1].activate()

    for data in (made(lambda book: book.add_worksheet()), made(chart_only)):
        assert "no table" in refused(data)[0]


def test_every_fault_of_the_headings_is_named_with_row_and_column():
    expected = [
        "partners: Column B has no heading in row 2, but an entry in row 4.",
        "partners: Columns A and D of row 2 have the same heading: NAME.",
    ]

    assert expected == refused(b"\nName,,City,NAME\nMinh,,Hue,\nAn,x,Hue,\n")


def test_an_entry_beside_the_table_is_named():
    assert ["partners: Column C has no heading in row 1, but an entry in row 3."] == refused(b"A,B\n1,2\n1,2,3\n")


@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_a_table_of_just_the_most_is_read_and_one_more_is_refused(make):
    assert 5 == len(read(make(["A", "B"], [["x", "y"]] * 5), max_rows=5, max_columns=2).rows)
    assert ["partners: There are more than 5 rows. Split the table into several files."] == refused(
        make(["A", "B"], [["x", "y"]] * 6), max_rows=5
    )
    assert ["partners: Row 1 holds something in column B or beyond; at most 1 columns are read."] == refused(
        make(["A", "B"], []), max_columns=1
    )


def test_a_file_of_too_many_bytes_is_refused_unread():
    assert ["partners: The file is larger than 25 MB."] == refused(b"A\n" * (13 * 2**20))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old format"),
        (b"<!DOCTYPE html><table><tr><td>Name</td></tr></table>", "neither"),
        (b"%PDF-1.7\nName", "neither"),
        (rb"{\rtf1 Name}", "neither"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither"),
        (NAMES.encode("utf-16-le"), "neither"),
        (b"\xff\xfeN", "neither"),
        ("名称,城市\n厂,上海\n".encode("gbk") + b"\x81\xff", "neither"),
        (b'Name,City\nMinh,"Hue\n', "Row 2"),
        (b'Name,City\nMinh,Hue\n"An" x,Hue\n', "Row 3"),
        (b"Name\n" + b"x" * 140_000, "Row 2"),
        (b"PK\x03\x04 and nothing more", "not an Excel workbook"),
        (xlsx_of(["A"], [["x"]])[:-30], "not an Excel workbook"),
        (b"PK" + b"PK\x01\x02" * 3_000, "not an Excel workbook"),
        (changed(xlsx_of(["A"], [["x"]]), "xl/workbook.xml", "<sheets>", "<sheets"), "not an Excel workbook"),
    ],
    ids=range(15),
)
def test_what_is_no_table_is_refused_with_a_sentence(data, words):
    assert words in refused(data)[0]


def test_a_workbook_whose_part_lies_about_its_checksum_is_refused():
    data = bytearray(xlsx_of(["A"], [["x"]]))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        at = archive.getinfo(SHEET).header_offset
    data[at + 60] ^= 0xFF

    assert "not an Excel workbook" in refused(bytes(data))[0]


def test_a_workbook_that_unpacks_to_a_gigabyte_is_refused_unopened(monkeypatch):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(21):
            archive.writestr(f"xl/{number}.xml", b"\0" * (10 * 2**20))
    monkeypatch.setattr(subprocess, "run", None)

    assert ["partners: This workbook unpacks to more than 200 MB. Copy the table into a new workbook."] == refused(
        held.getvalue()
    )


@pytest.mark.parametrize("far", ["XFD1048576", "ZZ900000"])
def test_a_cell_in_the_last_corner_costs_the_child_its_life_and_nobody_elses(far):
    """To the library it means 17 thousand million cells, for which there is no memory."""
    data = changed(
        xlsx_of(["A"], [["x"]]),
        SHEET,
        "</sheetData>",
        f'<row r="{far.lstrip("XFDZ")}"><c r="{far}" t="inlineStr"><is><t>far</t></is></c></row></sheetData>',
    )

    assert "too large to be opened" in refused(data)[0]


def test_a_long_text_that_every_cell_repeats_is_refused():
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 62))
    text = "x" * 1_000_000
    data = changed(xlsx_of(["A"], []), SHEET, "</sheetData>", f"{cells}</sheetData>")
    held = io.BytesIO(data)
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<sst><si><t>{text}</t></si></sst>")
    data = changed(
        held.getvalue(),
        "xl/_rels/workbook.xml.rels",
        "</Relationships>",
        '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )

    assert "too large to be opened" in refused(data)[0]


def test_a_workbook_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_SECONDS", 0)

    assert "too large to be opened" in refused(xlsx_of(["A"], [["x"]]))[0]


def test_the_child_reads_no_further_than_asked():
    lines = list(opened.lines(xlsx_of(["A", "B", "C"], [["1", "2", "3"]] * 50), 5, 1, False))

    assert [("Partners", 1, ["A", "B"]), *(("Partners", number, ["1", "2"]) for number in range(2, 8))] == lines


def test_names_and_headings_of_strangers_cannot_steer_a_terminal():
    with pytest.raises(Refused) as error:
        read_table(b"A\x1b[2J" * 2 + b"\n", "p\x1b[2J\r\n.csv" + "x" * 300)

    assert str(error.value).isprintable()
    assert "a…" == shown("abc", 2)


def test_columns_are_called_what_spreadsheets_call_them():
    assert ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"] == [
        letters(n) for n in (0, 25, 26, 51, 52, 701, 702, 16_383)
    ]
