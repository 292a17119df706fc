"""Where one is signed in, and ending it."""

import re
from collections.abc import Callable

import pytest
from conftest import PASSWORD, Browser

from portal.core.records import Person, Role
from portal.usecases.portal import Portal
from portal.web.browsers import browser_of

HERE, DARA = "/staff/sessions", "reviewer@example.com"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"


@pytest.fixture
def phone(dara: Browser, browser: Callable) -> Browser:
    """Dara's phone, signed in as well."""
    one = browser()
    one.post("/sign-in", {"email": DARA, "password": PASSWORD}, headers={"User-Agent": PHONE})
    return one


@pytest.mark.parametrize(
    ("agent", "words"),
    [(FIREFOX, "Firefox on Windows"), (PHONE, "Safari on iPhone"), ("", ""), ("<script>", ""), ("curl Linux", "Linux")],
)
def test_a_browser_is_told_in_two_words(agent: str, words: str):
    assert words == browser_of(agent)


def test_ones_own_sessions_are_listed(dara: Browser, phone: Browser, staff: Callable):
    staff(Role.READER)
    page = dara.get(HERE).text

    assert (1, 1) == (page.count("Safari on iPhone</th>"), page.count("This one"))
    assert 2 == page.count('<th scope="row">')


def test_one_session_is_ended_at_once(dara: Browser, phone: Browser):
    handle = re.search(r'name="session" value="(\w+)"', dara.get(HERE).text)[1]
    dara.post(f"{HERE}/end", {"session": handle}, page=HERE)

    assert [303, 200] == [phone.get(HERE).status_code, dara.get(HERE).status_code]


def test_all_others_are_ended_at_once(dara: Browser, phone: Browser, portal: Portal):
    phone.post(f"{HERE}/end-others", page=HERE)

    assert [303, 200] == [dara.get(HERE).status_code, phone.get(HERE).status_code]
    assert "sessions ended" == portal.store.history(Person, DARA)[-1].what


def test_nobody_ends_the_session_of_somebody_else(dara: Browser, phone: Browser, staff: Callable):
    reader = staff(Role.READER)
    handle = re.search(r'name="session" value="(\w+)"', dara.get(HERE).text)[1]

    assert [303, 303] == [reader.post(f"{HERE}/end", {"session": one}, page=HERE).status_code for one in (handle, "")]
    assert 200 == phone.get(HERE).status_code


def test_an_admin_sees_and_ends_the_sessions_of_a_person(dara: Browser, phone: Browser, staff: Callable):
    """A18."""
    admin = staff(Role.ADMIN)
    seen = admin.get("/staff/people").text
    admin.post("/staff/people/sessions/end", {"email": DARA}, page="/staff/people")

    assert "Safari on iPhone" in seen
    assert [303, 303, 200] == [one.get(HERE).status_code for one in (dara, phone, admin)]
