"""The data files: documented, stable, and harmless in a spreadsheet."""

import csv
import json
import re
from io import StringIO

import pytest

from portal.publish.data import Row, data_of, harmless, to_csv, to_json
from publish.cast import SITE, partner, summary

COLUMNS = [
    *("id", "name", "country", "country_name", "business_type", "business_type_name", "state", "submitted", "due"),
    *(
        "overdue",
        "score",
        "rating",
        "rating_label",
        "colour",
        "must_result",
        "certified_until",
        "musts",
        "musts_met",
        "shoulds",
    ),
    *("shoulds_met", "criticals_unmet"),
]


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def test_the_json_file_has_the_documented_columns_in_order(site):
    data = json.loads((site / "data/partners.json").read_bytes())

    assert ["format", "importer", "on", "categories", "partners"] == list(data)
    assert (1, "Harbor & Pine Imports", "2026-03-31", ["3", "4"]) == tuple(data.values())[:4]
    assert [[*COLUMNS, "categories", "unmet"]] * 4 == [list(row) for row in data["partners"]]


def test_the_csv_file_has_the_documented_columns_in_order(site):
    text = (site / "data/partners.csv").read_text("utf-8")

    assert [*COLUMNS, "category_3", "category_4", "unmet"] == list(read_csv(text)[0])


def test_the_readme_documents_every_column_and_no_other():
    readme = (SITE / "README.md").read_text("utf-8").split("### The data files")[1]

    assert list(Row.__struct_fields__) == re.findall(r"^\| `(\w+)` \|", readme, re.MULTILINE)


def test_json_tells_numbers_as_numbers_and_the_unknown_as_null(site):
    rows = {row["id"]: row for row in json.loads((site / "data/partners.json").read_bytes())["partners"]}

    assert (62.5, "weak", "2026-02-03", False, {"3": 50.0, "4": 25.0}, ["3.1", "4.2"]) == tuple(
        rows["norte"][name] for name in ("score", "rating", "submitted", "overdue", "categories", "unmet")
    )
    assert (None, "", None, True, {}, []) == tuple(
        rows["delta"][name] for name in ("score", "rating", "submitted", "overdue", "categories", "unmet")
    )


def test_csv_says_the_same(site):
    rows = {row["id"]: row for row in read_csv((site / "data/partners.csv").read_text("utf-8"))}

    assert ("62.5", "weak", "2026-02-03", "no", "50.0", "25.0", "3.1 4.2") == tuple(
        rows["norte"][name] for name in ("score", "rating", "submitted", "overdue", "category_3", "category_4", "unmet")
    )
    assert ("", "", "", "yes", "", "", "") == tuple(
        rows["delta"][name] for name in ("score", "rating", "submitted", "overdue", "category_3", "category_4", "unmet")
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"])
def test_no_cell_of_the_csv_file_starts_a_formula(start):
    name = f"{start}1+1|cmd"
    rows = read_csv(to_csv(data_of(summary((partner("x", name),), ()))))

    assert f"'{name}" == rows[0]["name"]


def test_a_cell_that_starts_no_formula_is_left_alone():
    assert "Mill = Co" == harmless("Mill = Co")
    assert "" == harmless("")


def test_every_cell_is_quoted_so_that_no_name_moves_a_column():
    text = to_csv(data_of(summary((partner("x", 'Say "no",\r\nplease; ok'),), ())))

    assert 'Say "no",\r\nplease; ok' == read_csv(text)[0]["name"]
    assert all(line.startswith('"') for line in (text.splitlines()[0], text.splitlines()[-1][-1:]))


def test_the_same_summary_gives_the_same_bytes():
    assert to_json(data_of(summary())) == to_json(data_of(summary()))
