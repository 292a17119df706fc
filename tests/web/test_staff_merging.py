"""Duplicates and the time line on the staff's pages."""

import re
from collections.abc import Callable

import pytest
from conftest import Browser

from portal.core.records import Partner
from portal.usecases.inviting import Invitation
from portal.usecases.partners import add_partner
from portal.usecases.portal import Portal

LIST = "/staff/partners"
MERGE = f"{LIST}/meridian/merge"


@pytest.fixture
def twin(portal: Portal, meridian: Partner, clock: Callable) -> Partner:
    given = {
        "id": "twin",
        "name": "Meridian Textiles Ltd",
        "country": "VN",
        "business_type": "foreign_manufacturer",
        "contact_email": "linh@example.com",
    }
    return add_partner(portal, given, by="dara@example.com", now=clock())


def test_a_duplicate_is_noticed_compared_and_merged(
    portal: Portal, twin: Partner, invitation: Invitation, dara: Browser
):
    page = dara.get(f"{LIST}/meridian").text
    assert "Looks like" in page
    assert f"{MERGE}?twin=twin" in page
    side = dara.get(f"{MERGE}?twin=twin").text
    assert all(text in side for text in ("linh@example.com", "ana@example.com", 'value="twin"', "1 response<"))

    done = dara.post(MERGE, {"twin": "twin", "keep": "twin"}, page=f"{MERGE}?twin=twin", follow_redirects=True).text
    assert "The two are one partner now." in done
    assert f"/staff/responses/{invitation.response}" in done
    assert f"{LIST}/twin" == dara.get(f"{LIST}/meridian").headers["Location"]
    assert "Looks like" not in done


def test_what_was_not_chosen_is_asked_for(twin: Partner, dara: Browser):
    for given in ({"twin": "twin"}, {"twin": "twin", "keep": "norte"}, {"keep": "meridian"}):
        page = dara.post(MERGE, given)

        assert (422, True) == (page.status_code, "Choose which of the two is kept." in page.text)
    assert "There is no other partner of that id." in dara.get(f"{MERGE}?twin=nobody").text


def test_the_time_line_is_paged_and_leads_to_each_response(
    ana: Browser, invitation: Invitation, dara: Browser, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("portal.web.staff_merging.PAGE_SIZE", 2)
    first = dara.get(f"{LIST}/meridian/history").text
    pages = int(re.search(r"Page 1 of (\d+)", first)[1])
    last = dara.get(f"{LIST}/meridian/history?page={pages}").text

    assert f"/staff/responses/{invitation.response}/history" in first
    assert "Opened" in first
    assert "Partner added" in last
    assert 'rel="prev"' in last
    assert 200 == dara.get(f"{LIST}/meridian/history?page=x").status_code
