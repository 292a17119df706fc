"""Importing on the staff's pages, where something has to be decided first."""

import re
from html import unescape
from io import BytesIO

from conftest import Browser
from usecases.test_partners import COLUMNS, LOTUS, csv_of

from portal.core.records import Partner
from portal.usecases.portal import Portal

IMPORT = "/staff/import-partners"
TWIN = ("Meridian Textiles Ltd", "VN", "foreign_manufacturer", "x@y.example.org", "")
CHANGED = ("Meridian Textiles", "VN", "foreign_manufacturer", "ana@example.com", "Huế")


def send(who: Browser, *rows: tuple[str, ...]):
    data = csv_of(*rows, columns=(*COLUMNS, "city"))
    return who.post(IMPORT, {"file": (BytesIO(data), "partners.csv")}, content_type="multipart/form-data")


def table_in(page: str) -> str:
    return unescape(re.search(r'name="table" value="([^"]+)"', page)[1])


def test_what_has_to_be_decided_is_shown_first_and_then_done(portal: Portal, meridian: Partner, dara: Browser):
    page = send(dara, (*LOTUS, ""), TWIN, CHANGED).text

    assert ["meridian"] == list(portal.store.ids(Partner))
    assert all(text in page for text in ("Looks like", "the same name in the same country", "Huế", "1 partner is new"))
    decided = {"table": table_in(page), "row 3": "add"}
    done = dara.post(f"{IMPORT}/take", decided, page=IMPORT)
    assert "/staff/partners?done=imported" == done.headers["Location"]
    names = {portal.store.get(Partner, id).name for id in portal.store.ids(Partner)}
    assert {"Meridian Textiles", "Meridian Textiles Ltd", "Lotus Ceramics"} == names
    assert "Huế" == portal.store.get(Partner, "meridian").city


def test_a_table_that_does_not_come_back_whole_is_refused(portal: Portal, meridian: Partner, dara: Browser):
    for table in ("", "AAAA", "eNpLTEwEAAJ3ATE=", "ä"):
        assert 422 == dara.post(f"{IMPORT}/take", {"table": table}, page=IMPORT).status_code
    assert ["meridian"] == list(portal.store.ids(Partner))


def test_the_template_has_all_columns_and_can_be_sent_back_filled(dara: Browser):
    page = dara.get(f"{IMPORT}/template")

    assert page.data.startswith(b"PK")
    assert "partners.xlsx" in page.headers["Content-Disposition"]
