"""Limits on tries: they are what README says, survive a restart, and slow down only who they are for."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import CHECKOUT, PASSWORD

from portal.config import Config
from portal.core.errors import NotFound
from portal.core.records import Role
from portal.usecases import throttle
from portal.usecases.answering import look_at_invitation
from portal.usecases.inviting import Invitation
from portal.usecases.people import WrongPassword, add_person, sign_in
from portal.usecases.portal import Portal, open_portal
from portal.usecases.throttle import LIMITS, TooMany

DARA, BEA = "dara@example.com", "bea@example.com"
UNITS = {"second": 1, "minute": 60, "min": 60, "hour": 3600, "h": 3600}


@pytest.fixture
def people(portal: Portal, clock: Callable) -> None:
    for email in (DARA, BEA):
        add_person(portal, email, Role.REVIEWER, PASSWORD, by="test", now=clock())


def wrong(portal: Portal, clock: Callable, times: int, email: str = DARA, address: str = "192.0.2.1") -> None:
    for _ in range(times):
        with pytest.raises(WrongPassword):
            sign_in(portal, email, "wrong wrong wrong wrong", address, clock())


def seconds(text: str) -> float:
    count, unit = re.fullmatch(r"(?:(\d+) )?([a-z]+?)s?", text.strip()).groups()
    return int(count or 1) * UNITS[unit]


def test_readme_lists_the_limits_as_they_are():
    """A01."""
    text = (CHECKOUT / "README.md").read_text()
    rows = re.findall(r"^\| ([^|]+) \| (\d+) \| ([^|]+) \|$", text, re.MULTILINE)
    told = {name.strip(): (int(tries), seconds(window)) for name, tries, window in rows if name.strip() in LIMITS}

    assert {name: (limit.tries, limit.window.total_seconds()) for name, limit in LIMITS.items()} == told


@pytest.mark.parametrize("limit", LIMITS)
def test_each_limit_lets_its_number_of_tries_through_and_then_waits(limit: str, portal: Portal, clock: Callable):
    tries, window = LIMITS[limit].tries, LIMITS[limit].window
    for _ in range(tries):
        throttle.check(portal, limit, "source", clock())
        throttle.count(portal, limit, "source", clock())

    with pytest.raises(TooMany) as refusal:
        throttle.check(portal, limit, "source", clock())
    assert window.total_seconds() <= refusal.value.seconds <= window.total_seconds() + 1
    throttle.check(portal, limit, "another source", clock())
    clock.move(seconds=window.total_seconds())

    throttle.check(portal, limit, "source", clock())


def test_after_six_wrong_passwords_even_the_right_one_has_to_wait(portal: Portal, people: None, clock: Callable):
    """T05."""
    wrong(portal, clock, 6)

    with pytest.raises(TooMany):
        sign_in(portal, DARA, PASSWORD, "192.0.2.1", clock())
    assert sign_in(portal, BEA, PASSWORD, "192.0.2.1", clock())
    clock.move(seconds=61)

    assert sign_in(portal, DARA, PASSWORD, "192.0.2.1", clock())


def test_a_restart_forgives_nothing(portal: Portal, people: None, clock: Callable, config: Config):
    """T05: the tries are kept in the store."""
    wrong(portal, clock, 6)

    with pytest.raises(TooMany):
        sign_in(open_portal(config), DARA, PASSWORD, "192.0.2.1", clock())


def test_addresses_that_nobody_has_are_throttled_like_the_others(portal: Portal, people: None, clock: Callable):
    """Otherwise waiting would tell that an account is there."""
    wrong(portal, clock, 6, "nobody@example.com")

    with pytest.raises(TooMany):
        sign_in(portal, "nobody@example.com", PASSWORD, "192.0.2.1", clock())


def test_guessing_many_accounts_from_one_address_is_slowed_too(portal: Portal, people: None, clock: Callable):
    for number in range(6):
        wrong(portal, clock, 5, f"guess{number}@example.com")

    with pytest.raises(TooMany):
        sign_in(portal, DARA, PASSWORD, "192.0.2.1", clock())
    assert sign_in(portal, DARA, PASSWORD, "198.51.100.7", clock())


def test_right_passwords_count_as_no_tries(portal: Portal, people: None, clock: Callable):
    for _ in range(8):
        assert sign_in(portal, DARA, PASSWORD, "192.0.2.1", clock())


def test_guessing_links_is_slowed_and_a_real_link_still_opens(portal: Portal, invitation: Invitation, clock: Callable):
    """T04."""
    for number in range(30):
        with pytest.raises(NotFound):
            look_at_invitation(portal, f"{number:043}", "192.0.2.1", clock())

    with pytest.raises(TooMany):
        look_at_invitation(portal, "x" * 43, "192.0.2.1", clock())
    token = invitation.link.rsplit("/", 1)[1]
    assert invitation.response == look_at_invitation(portal, token, "192.0.2.1", clock()).id


def test_a_clock_that_was_ahead_does_not_shut_anybody_out(portal: Portal, people: None, clock: Callable):
    """R07: tries in the future count as long ago."""
    clock.move(days=365)
    wrong(portal, clock, 6)
    clock.move(days=-365)

    assert sign_in(portal, DARA, PASSWORD, "192.0.2.1", clock())


def test_the_wait_is_told_in_minutes():
    assert "Too many tries. Wait 1 min and try again." == str(TooMany(20))
    assert "Too many tries. Wait 10 min and try again." == str(TooMany(int(timedelta(minutes=10).total_seconds())))
