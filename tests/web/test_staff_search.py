"""The history of everything, for admins: found by who, what, which and when, and changed by nobody."""

from collections.abc import Callable

import pytest
from conftest import Browser, Clock

from portal.core.records import Role
from portal.usecases import history_search
from portal.usecases.inviting import Invitation

HISTORY = "/staff/history"


@pytest.fixture
def admin(invitation: Invitation, dara: Browser, staff: Callable) -> Browser:
    """An admin, after Dara has taken everything out."""
    dara.post("/staff/export", {"format": "json"})
    return staff(Role.ADMIN)


@pytest.mark.parametrize(
    ("query", "finds", "not_this"),
    [
        ("", "All answers exported as json: 1 responses", "Nothing was found."),
        ("who=REVIEWER", "All answers exported", "Person added"),
        ("what=exported", "All answers exported", "Signed in"),
        ("kind=person", "Signed in", "All answers exported"),
        ("record=meridian", "Meridian Textiles", "Signed in"),
        ("until=2026-03-01", "Nothing was found.", "Signed in"),
        ("since=2026-03-03&until=2026-03-09", "Nothing was found.", "Signed in"),
        ("kind=nothing&page=", "Signed in", "Nothing was found."),
    ],
)
def test_steps_are_found_by_what_is_asked(query: str, finds: str, not_this: str, admin: Browser):
    page = admin.get(f"{HISTORY}?{query}")

    assert (200, True, False) == (page.status_code, finds in page.text, not_this in page.text)


@pytest.mark.parametrize("query", ["since=yesterday", "until=2026-13-01", "page=0", f"who={'x' * 255}"])
def test_what_cannot_be_searched_for_is_said(query: str, admin: Browser):
    page = admin.get(f"{HISTORY}?{query}")

    assert (200, True) == (page.status_code, "Something is not right yet" in page.text)


def test_the_newest_come_first_and_older_ones_on_the_next_page(
    admin: Browser, monkeypatch: pytest.MonkeyPatch, clock: Clock
):
    monkeypatch.setattr(history_search, "PAGE", 2)
    clock.move(minutes=1)
    admin.post("/staff/sessions/end-others", page="/staff/sessions")
    first, second = admin.get(HISTORY).text, admin.get(f"{HISTORY}?page=2").text

    assert first.index("Sessions ended") < first.index('scope="row"', first.index("Sessions ended"))
    assert ("Older" in first, "Newer" in first, "Newer" in second) == (True, False, True)
    assert "Sessions ended" not in second


def test_where_there_are_too_many_records_the_page_says_so(admin: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(history_search, "MOST_READ", 1)

    assert "Only the records that changed last were looked at." in admin.get(HISTORY).text


def test_no_password_or_hash_is_told(admin: Browser):
    page = admin.get(HISTORY).text

    assert ("argon2" in page, "(private)" in page) == (False, False)


@pytest.mark.parametrize("role", [Role.READER, Role.REVIEWER])
def test_it_is_not_there_for_the_others(role: Role, staff: Callable):
    one = staff(role)

    assert 404 == one.get(HISTORY).status_code
    assert HISTORY not in one.get("/staff/partners").text


def test_no_route_writes_it(app):
    assert {"GET", "HEAD", "OPTIONS"} == {
        method for rule in app.url_map.iter_rules() if rule.rule.startswith(HISTORY) for method in rule.methods
    }
