"""The second factor (A07, A11): codes of an app, each good once, asked of reviewers and admins where it is required."""

import re
from dataclasses import replace

import pyotp
import pytest
from conftest import PASSWORD, Browser

from portal.config import Config
from portal.core.records import Person, Role
from portal.usecases import people
from portal.usecases.portal import open_portal
from portal.web.app import create_app


@pytest.fixture
def secret():
    return pyotp.random_base32()


def code_at(secret, clock):
    return pyotp.TOTP(secret).at(clock())


def set_up(browser, secret, clock):
    return browser.post("/staff/second-factor", {"secret": secret, "code": code_at(secret, clock)})


def test_a_code_proves_that_the_app_has_the_secret(dara, portal, secret, clock):
    page = set_up(dara, secret, clock)

    assert 200 == page.status_code
    assert secret == portal.store.get(Person, "reviewer@example.com").second_factor


def test_a_wrong_code_keeps_nothing(dara, portal, secret):
    page = dara.post("/staff/second-factor", {"secret": secret, "code": "000000"})

    assert 422 == page.status_code
    assert "" == portal.store.get(Person, "reviewer@example.com").second_factor


def test_signing_in_then_asks_for_a_code_that_works_once(dara, browser, secret, clock):
    set_up(dara, secret, clock)
    clock.move(minutes=2)
    code = code_at(secret, clock)
    sign_in = {"email": "reviewer@example.com", "password": PASSWORD}

    without = browser().post("/sign-in", sign_in)
    right = browser().post("/sign-in", {**sign_in, "code": code})
    again = browser().post("/sign-in", {**sign_in, "code": code})

    assert [422, 303, 422] == [without.status_code, right.status_code, again.status_code]


def test_the_secret_stands_in_no_history(dara, portal, secret, clock):
    set_up(dara, secret, clock)

    events = portal.store.history(Person, "reviewer@example.com")

    assert "second factor set up" in [event.what for event in events]
    assert all(secret not in str(event.changes) for event in events)


def test_taking_it_away_ends_every_session(dara, portal, secret, clock):
    set_up(dara, secret, clock)

    dara.post("/staff/second-factor/forget", page="/staff/second-factor")

    assert "" == portal.store.get(Person, "reviewer@example.com").second_factor
    assert 303 == dara.get("/staff/partners").status_code


@pytest.mark.parametrize(("role", "reaches"), [(Role.READER, 200), (Role.REVIEWER, 303), (Role.ADMIN, 303)])
def test_where_it_is_required_nobody_who_changes_things_goes_without(config: Config, clock, role, reaches):
    portal = open_portal(replace(config, second_factor="required"))
    people.add_person(portal, "new@example.com", role, PASSWORD, by="test", now=clock())
    app = create_app(portal, clock)
    app.testing = True
    one = Browser(app)
    one.post("/sign-in", {"email": "new@example.com", "password": PASSWORD})

    page = one.get("/staff/partners")

    assert reaches == page.status_code
    if reaches == 303:
        assert page.headers["Location"] == "/staff/second-factor"


def codes_on(page) -> list[str]:
    return re.findall(r"<code>(\w{5}-\w{5})</code>", page.text)


def signs_in(browser, code) -> bool:
    sign_in = {"email": "reviewer@example.com", "password": PASSWORD, "code": code}
    return 303 == browser().post("/sign-in", sign_in).status_code


def test_recovery_codes_are_shown_once_and_each_signs_in_once(dara, browser, portal, secret, clock):
    """A12: what is kept is no code."""
    codes = codes_on(set_up(dara, secret, clock))
    kept = b"".join(path.read_bytes() for path in portal.config.store.rglob("*") if path.is_file())

    assert 10 == len(set(codes))
    assert [True, False] == [signs_in(browser, codes[3]), signs_in(browser, codes[3])]
    assert signs_in(browser, codes[7].lower().replace("-", " "))
    assert "Recovery codes left: 8." in dara.get("/staff/second-factor").text
    assert not any(code in dara.get("/staff/second-factor").text for code in codes)
    assert not any(code.replace("-", sign).encode() in kept for code in codes for sign in ("", "-"))


def test_new_recovery_codes_end_those_before(dara, browser, secret, clock):
    before = codes_on(set_up(dara, secret, clock))
    after = codes_on(dara.post("/staff/second-factor/recovery-codes", page="/staff/second-factor"))

    assert (10, set()) == (len(after), set(before) & set(after))
    assert [False, True] == [signs_in(browser, before[0]), signs_in(browser, after[0])]


def test_new_recovery_codes_need_a_fresh_password_and_a_second_factor(dara, secret, clock):
    without = dara.post("/staff/second-factor/recovery-codes", page="/staff/second-factor")
    set_up(dara, secret, clock)
    clock.move(minutes=11)
    late = dara.post("/staff/second-factor/recovery-codes", page="/staff/second-factor")

    assert [409, 303] == [without.status_code, late.status_code]


@pytest.mark.parametrize(("role", "reaches"), [(Role.REVIEWER, 200), (Role.ADMIN, 303)])
def test_it_can_be_required_of_admins_alone(config: Config, clock, role, reaches):
    portal = open_portal(replace(config, second_factor="admins"))
    people.add_person(portal, "new@example.com", role, PASSWORD, by="test", now=clock())
    app = create_app(portal, clock)
    app.testing = True
    one = Browser(app)
    one.post("/sign-in", {"email": "new@example.com", "password": PASSWORD})

    assert reaches == one.get("/staff/partners").status_code
