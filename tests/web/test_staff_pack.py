"""The validation pack for staff: chosen, counted, made by who may, noted."""

import json
import logging
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from conftest import Browser, Clock

from portal.core.records import Role
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.web import staff_pack

from .places import contents

BOTH = {"partner": ["meridian", "norte"], "go": "make"}


@pytest.fixture(autouse=True)
def both(ana: Browser, upload: Callable[..., str], invitation: Invitation, other_invitation: Invitation) -> None:
    """Two partners are invited; Ana has sent a file."""
    upload(ana, invitation.response)


def opened(page) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(page.data))


def test_everybody_is_ticked_and_counted_at_first(dara: Browser):
    page = dara.get("/staff/pack").text

    assert 2 == page.count('name="partner"') == page.count("checked")
    assert "2 partners; 2 responses, 0 of them submitted; 1 file of evidence" in page


def test_a_filter_and_a_period_choose(dara: Browser):
    filtered = dara.get("/staff/pack?country=MX").text
    earlier = dara.get("/staff/pack?until=2020-01-01").text

    assert 'value="norte" checked' in filtered
    assert "meridian" not in filtered
    assert "2 partners, 2 of them with no response in the period; 0 responses" in earlier


def test_what_is_ticked_is_counted_again(dara: Browser):
    page = dara.post("/staff/pack", {"partner": "norte", "go": "count"})

    assert 200 == page.status_code
    assert "1 partner; 1 response, 0 of them submitted; 0 files of evidence." in page.text
    assert 1 == page.text.count("checked")


def test_the_pack_comes_as_a_download_under_a_name_of_ours(dara: Browser, portal: Portal):
    page = dara.post("/staff/pack", BOTH)

    assert (200, "application/zip") == (page.status_code, page.mimetype)
    assert "attachment; filename=validation-pack-2026-03-02.zip" == page.headers["Content-Disposition"]
    assert str(len(page.data)) == page.headers["Content-Length"]
    with opened(page) as pack:
        manifest = json.loads(pack.read("manifest.json"))
        assert {"partner-meridian/index.html", "partner-norte/index.html", "index.html"} <= set(pack.namelist())
    assert "reviewer@example.com" == manifest["made_by"]
    assert [] == [name for name in contents(portal.config.data) if "zip" in name or "tmp" in name]


def test_only_what_is_ticked_goes_along(dara: Browser):
    with opened(dara.post("/staff/pack", {"partner": "norte", "go": "make", "since": "2026-03-01"})) as pack:
        assert {"partner-norte"} == {name.split("/")[0] for name in pack.namelist() if name.startswith("partner-")}
        assert "2026-03-01" == json.loads(pack.read("manifest.json"))["since"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Choose at least one partner."),
        ({"partner": "nobody"}, "There is no partner"),
        ({"partner": "norte", "since": "soon"}, "Not a valid date"),
        ({"partner": "norte", "since": "2026-02-01", "until": "2026-01-01"}, "ends before it begins"),
    ],
)
def test_what_cannot_be_made_comes_back_with_the_reason(given: dict, says: str, dara: Browser):
    page = dara.post("/staff/pack", {"go": "make", **given})

    assert 422 == page.status_code
    assert says in page.text


def test_readers_make_no_pack(staff: Callable):
    reader = staff(Role.READER)

    assert 404 == reader.get("/staff/pack").status_code
    assert 404 == reader.post("/staff/pack", BOTH, page="/staff/partners").status_code


def test_a_pack_asks_for_the_password_first(dara: Browser, clock: Clock):
    clock.move(minutes=11)
    page = dara.get("/staff/pack")
    sent = dara.post("/staff/pack", BOTH)

    assert 'value="make"' not in page.text
    assert "/staff/confirm?next=" in page.text
    assert (303, True) == (sent.status_code, sent.headers["Location"].startswith("/staff/confirm"))


def test_who_makes_a_pack_of_whom_is_noted(dara: Browser, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "portal")
    dara.post("/staff/pack", BOTH)

    assert [one for one in caplog.messages if one.startswith("reviewer@example.com makes a validation pack of 2")]
    assert [one for one in caplog.messages if one.endswith(": meridian norte")]


def test_a_pack_that_fails_leaves_nothing_behind(dara: Browser, portal: Portal, monkeypatch: pytest.MonkeyPatch):
    def failing(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(staff_pack, "make_pack", failing)
    before = set(contents(portal.config.data))

    assert 500 == dara.post("/staff/pack", BOTH).status_code
    assert before == set(contents(portal.config.data))
