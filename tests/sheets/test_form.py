"""A workbook to fill in: locked but for its coloured cells, each of which knows what it takes."""

import io
import re
import zipfile

from portal.sheets.form import DATA, LISTS, FormBook, FormCell, FormColumn, FormLine, FormSheet, write_form
from portal.sheets.workbook import read_book
from sheets.samples import PAYLOADS

COLUMNS = (FormColumn("key", "", 0), FormColumn("asks", "Question", 40), FormColumn("value", "Answer", 20))
LINES = (
    FormLine("", {1: FormCell(value="A long introduction. " * 20, across=2)}),
    FormLine("a", {1: FormCell(value="Which?"), 2: FormCell(look="input", options="colours", refusal="Choose.")}),
    FormLine("b", {2: FormCell(value=3, look="input-whole", rule="{cell}>=1", hint="h" * 300)}),
    *(FormLine(f"p{at}", {2: FormCell(value=text, look="input")}) for at, text in enumerate(PAYLOADS)),
)  # fmt: skip


def book(name: str = "Gates", right_to_left: bool = False) -> bytes:
    sheets = (
        FormSheet(name=name, columns=COLUMNS, lines=LINES, kept=1),
        FormSheet(name=name, columns=COLUMNS, lines=()),
    )
    lists = {"colours": (("r", "红"), ("b", "Blue")), "others": (("x", "X"),)}
    return write_form(
        FormBook(title="Form", sheets=sheets, lists=lists, data=[("form", "1")], right_to_left=right_to_left)
    )


def same_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def test_every_sheet_comes_back_hidden_ones_too_with_every_text_as_it_was():
    sheets = read_book(book(), "form", 100, 10)
    texts = {cells[0]: cells[2] for _, cells in sheets["Gates"] if cells[0].startswith("p")}

    assert ["Gates", "Gates (2)", LISTS, DATA] == list(sheets)
    assert [["colours", "r", "红"], ["colours", "b", "Blue"], ["others", "x", "X"]] == [row for _, row in sheets[LISTS]]
    assert len(PAYLOADS) == len(texts)
    assert [] == [text for at, text in enumerate(PAYLOADS) if same_lines(texts[f"p{at}"]) != same_lines(text)]


def test_all_but_the_cells_for_answers_is_locked_without_a_password():
    sheet, workbook = part(book(), "xl/worksheets/sheet1.xml"), part(book(), "xl/workbook.xml")

    assert re.search(r'<sheetProtection sheet="1"[^>]*/>', sheet)
    assert "password" not in sheet
    assert 2 == workbook.count('state="veryHidden"')
    assert 'locked="0"' in part(book(), "xl/styles.xml")


def test_cells_know_what_they_take():
    sheet = part(book(), "xl/worksheets/sheet1.xml")

    assert "'portal-lists'!$C$1:$C$2" in sheet
    assert 'OR(C5="-",C5&gt;=1)' in sheet.replace("&quot;", '"')
    assert "<f>" not in sheet.split("<dataValidations")[0]


def test_it_prints_on_the_width_of_a_page_with_its_headings():
    sheet = part(book(right_to_left=True), "xl/worksheets/sheet1.xml")

    assert 'fitToHeight="0"' in sheet
    assert 'orientation="landscape"' in sheet
    assert 'rightToLeft="1"' in sheet
    assert "Print_Titles" in part(book(), "xl/workbook.xml")


def test_a_sheet_of_any_name_can_be_told_from_the_hidden_ones():
    assert {"portal-data (2)", DATA} <= set(read_book(book(DATA), "form", 100, 10))
