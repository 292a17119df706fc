"""Sessions live on the server: they idle out, end after a while whatever happens, and end when told to."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.core.errors import NotFound
from portal.core.lifecycle import CLOCK_SLACK
from portal.core.records import Session
from portal.usecases.portal import Portal
from portal.usecases.sessions import (
    PARTNER_IDLE,
    PARTNER_LONGEST,
    SEEN_EVERY,
    STAFF_IDLE,
    STAFF_LONGEST,
    change_session,
    end_session,
    end_sessions_of,
    find_session,
    is_fresh,
    open_session,
    person_of,
    sweep_sessions,
)

WHO = {
    "staff": ({"person": "dara@example.com"}, STAFF_IDLE, STAFF_LONGEST),
    "partner": ({"entered": {"r1": "hash"}}, PARTNER_IDLE, PARTNER_LONGEST),
}


def opened(portal: Portal, clock: Callable, **who: object) -> str:
    return open_session(portal, lambda id: Session(id=id, made=clock(), seen=clock(), **who), clock())


def test_the_limits_are_those_of_the_security_page():
    """A15: staff half an hour idle and twelve hours in all, partners two and twenty-four hours."""
    hours = [limit / timedelta(hours=1) for limit in (STAFF_IDLE, STAFF_LONGEST, PARTNER_IDLE, PARTNER_LONGEST)]

    assert [0.5, 12, 2, 24] == hours


@pytest.mark.parametrize("who", WHO)
def test_a_session_idles_out(who: str, portal: Portal, clock: Callable):
    given, idle, _ = WHO[who]
    secret = opened(portal, clock, **given)

    clock.move(seconds=idle.total_seconds())
    assert find_session(portal, secret, clock())
    clock.move(seconds=(idle + CLOCK_SLACK).total_seconds() + 1)

    assert find_session(portal, secret, clock()) is None


@pytest.mark.parametrize("who", WHO)
def test_a_session_in_use_ends_all_the_same(who: str, portal: Portal, clock: Callable):
    given, idle, longest = WHO[who]
    secret, steps = opened(portal, clock, **given), 0
    while find_session(portal, secret, clock()):
        clock.move(seconds=idle.total_seconds() / 2)
        steps += 1

    assert longest < steps * idle / 2 <= longest + CLOCK_SLACK + idle / 2


@pytest.mark.parametrize("secret", ["", "x", "\ud800", "é", "../session"])
def test_a_cookie_that_names_nothing_is_no_session(secret: str, portal: Portal, clock: Callable):
    assert find_session(portal, secret, clock()) is None


def test_reading_a_page_writes_that_it_was_seen_only_now_and_then(portal: Portal, clock: Callable):
    secret = opened(portal, clock, person="dara@example.com")
    made = clock()

    clock.move(seconds=SEEN_EVERY.total_seconds())
    assert made == find_session(portal, secret, clock()).seen
    clock.move(seconds=1)
    find_session(portal, secret, clock())

    assert clock() == find_session(portal, secret, clock()).seen


def test_a_session_that_ended_meanwhile_is_not_written_back(portal: Portal, clock: Callable):
    secret = opened(portal, clock, person="dara@example.com")
    session = find_session(portal, secret, clock())
    end_session(portal, session.id, clock())

    change_session(portal, session.id, lambda one: one, clock())

    assert find_session(portal, secret, clock()) is None


def test_ending_twice_is_once(portal: Portal, clock: Callable):
    session = find_session(portal, opened(portal, clock, person="dara@example.com"), clock())
    end_session(portal, session.id, clock())
    end_session(portal, session.id, clock())

    assert [] == list(portal.store.ids(Session))


def test_all_sessions_of_a_person_end_but_the_one_to_keep(portal: Portal, clock: Callable):
    secrets = [opened(portal, clock, person="dara@example.com") for _ in range(3)]
    other = opened(portal, clock, person="bea@example.com")
    partner = opened(portal, clock, entered={"r1": "hash"})
    keep = find_session(portal, secrets[0], clock()).id

    end_sessions_of(portal, "dara@example.com", clock(), keep=keep)

    assert [True, False, False, True, True] == [
        find_session(portal, secret, clock()) is not None for secret in (*secrets, other, partner)
    ]


def test_the_partners_session_names_nobody_of_ours(portal: Portal, clock: Callable):
    session = find_session(portal, opened(portal, clock, entered={"r1": "hash"}), clock())

    with pytest.raises(NotFound):
        person_of(portal, session)


def test_sessions_that_are_long_over_are_swept_away(portal: Portal, clock: Callable):
    opened(portal, clock, person="dara@example.com")
    clock.move(hours=25)
    fresh = opened(portal, clock, person="dara@example.com")

    sweep_sessions(portal, clock())

    assert [find_session(portal, fresh, clock()).id] == list(portal.store.ids(Session))


def test_a_clock_that_is_set_back_shuts_nobody_out_and_makes_nobody_fresh(portal: Portal, clock: Callable):
    """R07."""
    secret = open_session(
        portal,
        lambda id: Session(id=id, made=clock(), seen=clock(), person="dara@example.com", confirmed=clock()),
        clock(),
    )
    clock.move(hours=-5)
    session = find_session(portal, secret, clock())

    assert session is not None
    assert not is_fresh(session, clock())
