"""Tables out, with whatever strangers typed into them."""

import io
import re
import tracemalloc
import zipfile
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from python_calamine import CalamineWorkbook

from portal.core.errors import Refused
from portal.sheets import write
from portal.sheets.cells import as_text, guard, unguard
from portal.sheets.tables import Sheet
from portal.sheets.write import sheet_name, write_csv, write_xlsx

from .samples import PAYLOADS, csv_of, read, values, xlsx_of

STARTS = tuple("=+-@\t\r\n\0＝＋－＠")


def sheet_xml(data: bytes, number: int = 1) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml").decode()


def styles_xml(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("xl/styles.xml").decode()


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_the_guard_comes_off_exactly(payload):
    assert payload == unguard(guard(payload))


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_no_field_of_a_csv_starts_like_a_formula(payload):
    field = csv_of(["Answer"], [[payload]]).decode("utf-8-sig").split("\r\n", 1)[1]

    assert not field.removeprefix('"').startswith(STARTS)


def test_text_that_is_no_formula_is_left_alone():
    assert ["12 guards", "", "'quoted'", "a=b"] == [guard(text) for text in ("12 guards", "", "'quoted'", "a=b")]


def test_a_csv_has_a_byte_order_mark_quotes_everywhere_and_windows_line_ends():
    expected = b'\xef\xbb\xbf"Name","Doors"\r\n"\xe5\x8e\x82","3"\r\n"say ""yes""",""\r\n'

    assert expected == csv_of(["Name", "Doors"], [["厂", 3], ['say "yes"', None]])


def test_a_csv_leaves_its_file_open_for_the_caller():
    held = io.BytesIO()
    write_csv(Sheet("A", ["Name"], []), held)

    assert not held.closed


def test_every_kind_of_cell_reads_the_same_from_both_files():
    rows = [
        [1, 2.0, 0.1 + 0.2, -5, 1e-7, True],
        [date(2026, 11, 24), datetime(2026, 11, 24, 8, 30, tzinfo=UTC), None, "text", 10**15, False],
        [date(1899, 1, 1), datetime(2026, 1, 1, 7, tzinfo=timezone(timedelta(hours=7))), "", "=1", 0, 86.5],
    ]
    columns = list("ABCDEF")
    expected = [
        ["1", "2", "0.3", "-5", "0.0000001", "yes"],
        ["2026-11-24", "2026-11-24 08:30:00", "", "text", "1000000000000000", "no"],
        ["1899-01-01", "2026-01-01", "", "=1", "0", "86.5"],
    ]

    assert expected == values(read(xlsx_of(columns, rows)))
    expected[2][1] = "2026-01-01 00:00:00"
    assert expected == values(read(csv_of(columns, rows)))


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_every_text_in_a_workbook_is_text_and_says_so(payload):
    data = xlsx_of(["Answer"], [[payload]])
    cell = re.search(r'<c r="A2" s="(\d+)" t="(\w+)">', sheet_xml(data))

    assert cell is not None
    assert "inlineStr" == cell[2]
    assert "<f>" not in sheet_xml(data)
    assert "<hyperlink" not in sheet_xml(data)
    formats = re.findall(r"<xf [^>]*>", styles_xml(data).partition("<cellXfs")[2])
    assert 'numFmtId="49"' in formats[int(cell[1])]
    assert 'quotePrefix="1"' in formats[int(cell[1])]


def test_numbers_and_dates_in_a_workbook_are_numbers_and_dates():
    data = xlsx_of(["Score", "Due"], [[86.5, date(2026, 11, 24)]])
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        rows = workbook.get_sheet_by_index(0).to_python()

    assert [["Score", "Due"], [86.5, date(2026, 11, 24)]] == rows


def test_headings_stay_in_view_and_columns_fit_what_is_in_them():
    data = xlsx_of(["Id", "Name", "Comment"], [["1", "安" * 20, "x" * 500]])
    widths = re.findall(r'<col min="\d" max="\d" width="([\d.]+)"', sheet_xml(data))

    assert [10, 42, 60] == [int(float(width)) for width in widths]
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in sheet_xml(data)
    assert "<b/>" in styles_xml(data)
    assert 'wrapText="1"' in styles_xml(data)


@pytest.mark.parametrize("letter", ["x", "安", "😀"])
def test_text_too_long_for_a_cell_is_cut_where_one_sees_it(letter):
    text = letter * 40_000
    (cell,) = values(read(xlsx_of(["A"], [[text]])))[0]
    kept = cell.rstrip("] abcdefghijklmnopqrstuvwyz0123456789,:[")[:-1] if letter == "x" else cell.rpartition(letter)[0]

    assert len(cell.encode("utf-16-le")) // 2 <= 32_767
    assert re.search(r" \[cut here: a cell holds no more, \d+ characters are missing\]$", cell)
    assert len(kept) > 15_000
    missing = int(re.findall(r"\d+", cell)[-1])
    assert 40_000 == cell.count(letter) + missing


def test_text_that_just_fits_is_not_cut():
    text = "=" + "x" * 32_766

    assert [[text]] == values(read(xlsx_of(["A"], [[text]])))


def test_a_csv_cuts_nothing():
    text = "=" + "安" * 100_000

    assert [[text]] == values(read(csv_of(["A"], [[text]])))


def test_half_a_character_does_not_stop_an_export():
    rows = [["a\ud83d"]]

    assert [["a\ufffd"]] == values(read(xlsx_of(["A"], rows)))
    assert [["a\ufffd"]] == values(read(csv_of(["A"], rows)))


def test_names_of_sheets_are_made_fit_for_excel():
    taken: set[str] = set()
    wanted = ["Partners", "partners", "a/b:c*[d]?\\", "", "'x'", "History", "n" * 40, "n" * 40, "安" * 40, "😀" * 20]
    expected = [
        "Partners",
        "partners (2)",
        "a-b-c--d---",
        "Sheet",
        "x",
        "History-",
        "n" * 31,
        "n" * 27 + " (2)",
        "安" * 31,
        "😀" * 15,
    ]

    assert expected == [sheet_name(name, taken) for name in wanted]


def test_a_workbook_holds_its_sheets_in_order_under_fit_names():
    held = io.BytesIO()
    write_xlsx((Sheet(name, ["A"], [[name]]) for name in ("=1+1", "Q1/2026", "q1/2026")), held)
    with CalamineWorkbook.from_filelike(io.BytesIO(held.getvalue())) as workbook:
        assert ["=1+1", "Q1-2026", "q1-2026 (2)"] == workbook.sheet_names


def test_a_row_that_does_not_fit_its_headings_is_a_mistake_of_the_caller():
    for make in (csv_of, xlsx_of):
        with pytest.raises(ValueError, match="2 cells for 1 headings"):
            make(["A"], [["1", "2"]])


def test_a_workbook_that_fails_writes_nothing():
    def rows():
        yield ["1"]
        raise LookupError

    held = io.BytesIO()
    with pytest.raises(LookupError):
        write_xlsx([Sheet("A", ["A"], rows())], held)

    assert b"" == held.getvalue()


def test_more_than_a_sheet_holds_is_refused_and_not_left_out(monkeypatch):
    monkeypatch.setattr(write, "MOST_ROWS", 10)
    assert 9 == len(read(xlsx_of(["A"], [["x"]] * 9)).rows)
    with pytest.raises(Refused, match="at most 10 rows"):
        xlsx_of(["A"], [["x"]] * 10)
    with pytest.raises(Refused, match="16384 columns"):
        xlsx_of(["x"] * 16_385, [])


def test_a_large_workbook_costs_little_memory(tmp_path):
    rows = ([f"answer {row} of {column}" for column in range(10)] for row in range(2_000))
    tracemalloc.start()
    try:
        with (tmp_path / "large.xlsx").open("wb") as file:
            write_xlsx([Sheet("Answers", [f"c{n}" for n in range(10)], rows)], file)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 3 * 2**20


def test_times_read_to_the_second_and_lengths_of_time_in_hours():
    near = datetime(2026, 11, 24, 7, 59, 59, 999_900, tzinfo=UTC)

    assert ["2026-11-24 08:00:00", "36:00:05", "nan"] == [
        as_text(value) for value in (near, timedelta(hours=36, seconds=5), float("nan"))
    ]
