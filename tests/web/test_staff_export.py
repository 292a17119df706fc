"""Answers as files: for reviewers, with a fresh password, under a name of ours, noted in the log."""

import json
import logging
from collections.abc import Callable

import pytest
from conftest import Browser

from portal.core.accounts import Audit
from portal.core.records import Role
from portal.sheets.read import read_table
from portal.usecases import people
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "json": "application/json",
}


@pytest.fixture
def both(ana: Browser, other_invitation: Invitation) -> None:
    """Two partners are invited."""


@pytest.mark.parametrize("format", TYPES)
def test_everything_comes_as_a_download_under_a_name_of_ours(format: str, both: None, dara: Browser):
    page = dara.post("/staff/export", {"format": format})

    assert (200, TYPES[format]) == (page.status_code, page.mimetype)
    assert f"attachment; filename=answers-2026-03-02.{format}" == page.headers["Content-Disposition"]
    assert str(len(page.data)) == page.headers["Content-Length"]
    assert "no-store" == page.headers["Cache-Control"]


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_a_table_of_everything_can_be_read_again(format: str, both: None, dara: Browser):
    table = read_table(dara.post("/staff/export", {"format": format}).data, f"all.{format}")

    assert {"meridian", "norte"} == {row.cells["partner"] for row in table.rows}
    assert len(table.rows) > 200


@pytest.mark.parametrize("format", TYPES)
def test_one_response_comes_alone(format: str, both: None, invitation: Invitation, dara: Browser):
    page = dara.get(f"/staff/responses/{invitation.response}/export/{format}")
    name = f"answers-meridian-{invitation.response}.{format}"

    assert f"attachment; filename={name}" == page.headers["Content-Disposition"]
    if format == "json":
        assert ["meridian"] == [one["score"]["partner"] for one in json.loads(page.data)]
    else:
        assert {"meridian"} == {row.cells["partner"] for row in read_table(page.data, name).rows}


def test_what_is_typed_comes_as_text(both: None, invitation: Invitation, ana: Browser, dara: Browser):
    """T11."""
    section = f"/partner/responses/{invitation.response}/sections/company"
    address = f"/partner/responses/{invitation.response}/answers/company-name"
    ana.put(address, {"value": "=1+1", "comment": "-5", "version": 0}, page=section)

    text = dara.get(f"/staff/responses/{invitation.response}/export/csv").data.decode()

    assert '"\'=1+1"' in text
    assert '"\'-5"' in text


def test_the_page_to_choose_asks_for_the_password_first(both: None, dara: Browser, clock: Callable):
    assert 'value="xlsx"' in dara.get("/staff/export").text
    clock.move(minutes=11)
    page = dara.get("/staff/export").text

    assert 'value="xlsx"' not in page
    assert 'href="/staff/confirm?next=/staff/export"' in page


def test_readers_take_nothing_out(both: None, invitation: Invitation, staff: Callable):
    """T15."""
    reader = staff(Role.READER)
    addresses = ["/staff/export", f"/staff/responses/{invitation.response}/export/csv"]

    assert [404] * 2 == [reader.get(address).status_code for address in addresses]


def test_who_takes_answers_out_is_noted(both: None, dara: Browser, portal: Portal, caplog: pytest.LogCaptureFixture):
    """T15."""
    caplog.set_level(logging.INFO, "portal")
    dara.post("/staff/export", {"format": "csv"})

    assert "reviewer@example.com takes out all answers as csv" in caplog.messages
    assert ("reviewer@example.com", "all answers exported as csv: 2 responses") == (
        portal.store.history(Audit, "exports-2026-03")[-1].by,
        portal.store.history(Audit, "exports-2026-03")[-1].what,
    )


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMIN])
def test_taking_everything_out_is_a_right_of_its_own(role: Role, both: None, portal: Portal, staff: Callable, clock):
    """T15: without it the page is not there, whatever the role."""
    one = staff(role)
    people.set_may_export(portal, f"{role.value}@example.com", False, by="root", now=clock())
    without = [one.get("/staff/export"), one.post("/staff/export", {"format": "csv"}, page="/staff/password")]

    assert [404, 404] == [page.status_code for page in without]
    assert "/staff/export" not in one.get("/staff/partners").text
    assert portal.store.find(Audit, "exports-2026-03") is None


def test_an_admin_gives_the_right_and_takes_it_away(dara: Browser, staff: Callable):
    admin, who = staff(Role.ADMIN), {"email": "reviewer@example.com"}
    admin.post("/staff/people/export", who, page="/staff/people")
    taken = dara.get("/staff/export").status_code
    admin.post("/staff/people/export", {**who, "may_export": "1"}, page="/staff/people")
    own = admin.post("/staff/people/export", {"email": "admin@example.com"}, page="/staff/people")

    assert [404, 200, 409] == [taken, dara.get("/staff/export").status_code, own.status_code]


@pytest.mark.parametrize("format", ["exe", "XLSX", "..", "csv%00", "%2e%2e"])
def test_a_format_that_is_none_is_not_there(format: str, both: None, invitation: Invitation, dara: Browser):
    assert 404 == dara.post("/staff/export", {"format": format}).status_code
    assert 404 == dara.get(f"/staff/responses/{invitation.response}/export/{format}").status_code
