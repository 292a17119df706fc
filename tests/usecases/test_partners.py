"""Partners come in by hand or by table: whole, checked, all or none."""

from collections.abc import Callable
from io import BytesIO

import pytest

from portal.core.errors import NotFound, Refused
from portal.core.records import Partner
from portal.core.register import PartnerRow
from portal.sheets.tables import Sheet
from portal.sheets.write import write_csv, write_xlsx
from portal.usecases import partners
from portal.usecases.partners import add_partner, import_partners, partner_rows
from portal.usecases.portal import Portal

COLUMNS = ("name", "country", "business_type", "contact_email")
LOTUS = ("Lotus Ceramics", "TH", "foreign_manufacturer", "malee@example.com")
SIERRA = ("Sierra Madre", "Mexico", "Highway carrier (US/Canada, US/Mexico)", "rosa@example.com")


def csv_of(*rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS) -> bytes:
    file = BytesIO()
    write_csv(Sheet("partners", columns, rows), file)
    return file.getvalue()


def xlsx_of(*rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS) -> bytes:
    file = BytesIO()
    write_xlsx([Sheet("partners", columns, rows)], file)
    return file.getvalue()


def imported(portal: Portal, clock: Callable, data: bytes, name: str = "partners.csv") -> list[Partner]:
    return import_partners(portal, data, name, by="dara@example.com", now=clock())


def problems_of(portal: Portal, clock: Callable, data: bytes) -> list[str]:
    with pytest.raises(Refused) as refusal:
        imported(portal, clock, data)
    return [f"{problem.where}: {problem.message}" for problem in refusal.value.problems]


@pytest.mark.parametrize(("make", "name"), [(csv_of, "partners.csv"), (xlsx_of, "partners.xlsx")])
def test_a_table_is_imported_whole(make: Callable, name: str, portal: Portal, clock: Callable):
    made = imported(portal, clock, make(LOTUS, SIERRA), name)

    assert ["Lotus Ceramics", "Sierra Madre"] == [row.name for row in partner_rows(portal)]
    assert ["TH", "MX"] == [one.country for one in made]
    assert ["foreign_manufacturer", "highway_carrier"] == [one.business_type for one in made]


def test_columns_may_come_in_any_order_and_spelling(portal: Portal, clock: Callable):
    columns = ("Contact E-mail", "Tags", "Business Type", "ID", "Country", "Name", "City", "Contact name")
    columns = tuple(column.replace("E-mail", "Email") for column in columns)
    row = (
        "malee@example.com",
        "tiles; tier 1",
        "Foreign manufacturer",
        "lotus",
        "Thailand",
        "Lotus",
        "Lampang",
        "Malee",
    )

    made = imported(portal, clock, csv_of(row, columns=columns))[0]

    assert ("lotus", "TH", ("tiles", "tier 1"), "Malee") == (made.id, made.country, made.tags, made.contact_name)


def test_one_bad_row_keeps_every_row_out_and_is_named(portal: Portal, clock: Callable):
    bad = ("", "Atlantis", "witchcraft", "nobody")

    found = problems_of(portal, clock, csv_of(LOTUS, bad, SIERRA))

    assert {"row 3, name", "row 3, country", "row 3, business_type", "row 3, contact_email"} == {
        one.split(":")[0] for one in found
    }
    assert [] == portal.store.rows(PartnerRow)
    assert [] == list(portal.store.ids(Partner))


def test_every_bad_row_is_named_not_only_the_first(portal: Portal, clock: Callable):
    rows = [("", "TH", "foreign_manufacturer", "a@example.com")] * 3

    found = problems_of(portal, clock, csv_of(*rows))

    assert ["row 2, name", "row 3, name", "row 4, name"] == [one.split(":")[0] for one in found]


def test_a_partner_twice_in_a_table_or_already_there_is_a_mistake(portal: Portal, meridian: Partner, clock: Callable):
    again = (meridian.name.upper(), "VN", "foreign_manufacturer", "ana@example.com")

    assert ["row 2, name", "row 4, name"] == [
        one.split(":")[0] for one in problems_of(portal, clock, csv_of(again, LOTUS, LOTUS))
    ]


def test_a_table_without_a_needed_column_names_it(portal: Portal, clock: Callable):
    found = problems_of(portal, clock, csv_of(("Lotus", "TH"), columns=("name", "country")))

    assert 2 == len(found)
    assert "The column “business_type” is missing." in found[0]
    assert "The column “contact_email” is missing." in found[1]


def test_a_column_that_nobody_knows_is_a_mistake_and_not_lost_in_silence(portal: Portal, clock: Callable):
    found = problems_of(portal, clock, csv_of((*LOTUS, "x"), columns=(*COLUMNS, "colour")))

    assert 1 == len(found)
    assert "“colour” is not a column of partners." in found[0]


def test_a_table_without_rows_is_refused(portal: Portal, clock: Callable):
    assert ["partners.csv: The table has no rows below the names of the columns."] == problems_of(
        portal, clock, csv_of()
    )


def test_what_is_no_table_is_refused(portal: Portal, clock: Callable):
    with pytest.raises(Refused):
        imported(portal, clock, b"PK\x03\x04 not a workbook", "partners.xlsx")

    assert [] == list(portal.store.ids(Partner))


@pytest.mark.parametrize("id", ["../x", "a/b", "-a", "a..b", "ä", "a b", "a" * 41, "con\x00"])
def test_an_id_that_could_lead_elsewhere_is_refused(id: str, portal: Portal, clock: Callable):
    given = dict(zip(COLUMNS, LOTUS, strict=True)) | {"id": id}

    with pytest.raises(Refused):
        add_partner(portal, given, by="dara@example.com", now=clock())

    assert [] == list(portal.store.ids(Partner))


def test_a_country_code_that_yaml_would_read_as_no_stays_norway(portal: Portal, clock: Callable):
    given = dict(zip(COLUMNS, LOTUS, strict=True)) | {"country": "NO"}

    assert "NO" == add_partner(portal, given, by="dara@example.com", now=clock()).country


def test_an_id_is_made_where_none_is_given_and_is_never_given_twice(portal: Portal, clock: Callable):
    rows = [(f"Works {number}", "TH", "foreign_manufacturer", "a@example.com") for number in range(50)]

    assert 50 == len({one.id for one in imported(portal, clock, csv_of(*rows))})


def test_partners_are_kept_with_their_history(portal: Portal, meridian: Partner):
    event = portal.store.history(Partner, meridian.id)[0]

    assert ("partner added", "dara@example.com") == (event.what, event.by)


def test_a_partner_who_is_not_there_is_not_found(portal: Portal):
    with pytest.raises(NotFound):
        partners.partner(portal, "nobody")
