"""Who may sign in, and with what."""

from collections.abc import Callable

import pytest
from conftest import PASSWORD

from portal.core.errors import NotAllowed, NotFound, Refused
from portal.core.records import Person, Role, Session
from portal.usecases import passwords, people
from portal.usecases.people import (
    WrongPassword,
    add_person,
    change_password,
    change_role,
    check_new_password,
    confirm,
    set_disabled,
    set_password,
    sign_in,
)
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed
from portal.usecases.sessions import find_session, is_fresh, person_of

DARA, ADMIN, ADDRESS = "dara@example.com", "admin@example.com", "192.0.2.1"
OTHER_PASSWORD = "nine green kettles sing at dawn"


@pytest.fixture
def dara(portal: Portal, clock: Callable) -> Person:
    return add_person(portal, DARA, Role.REVIEWER, PASSWORD, by=ADMIN, now=clock())


def session_of(portal: Portal, clock: Callable, email: str = DARA, password: str = PASSWORD) -> Session | None:
    return find_session(portal, sign_in(portal, email, password, ADDRESS, clock()), clock())


def test_the_right_password_opens_a_session(portal: Portal, dara: Person, clock: Callable):
    session = session_of(portal, clock)

    assert DARA == session.person
    assert dara == person_of(portal, session)


def test_the_address_may_be_typed_in_any_case(portal: Portal, dara: Person, clock: Callable):
    assert DARA == session_of(portal, clock, "  Dara@Example.com ").person


@pytest.mark.parametrize(
    ("email", "password"),
    [(DARA, "wrong wrong wrong wrong"), (DARA, ""), ("nobody@example.com", PASSWORD), ("", ""), (DARA, PASSWORD + " ")],
)
def test_a_wrong_password_and_an_unknown_address_are_told_the_same(
    email: str, password: str, portal: Portal, dara: Person, clock: Callable
):
    with pytest.raises(WrongPassword) as refusal:
        sign_in(portal, email, password, ADDRESS, clock())

    assert str(refusal.value).startswith("password: These do not fit together.")


def test_there_is_no_account_that_nobody_made(portal: Portal, clock: Callable):
    """A06: an empty portal lets nobody in."""
    for email in ("admin", "admin@example.com", "root"):
        with pytest.raises(WrongPassword):
            sign_in(portal, email, email, ADDRESS, clock())

    assert [] == people.people(portal)


def test_an_unknown_address_costs_a_hash_too(portal: Portal, dara: Person, monkeypatch: pytest.MonkeyPatch):
    """T05: known and unknown take the same way, so they take the same time."""
    verified = []
    monkeypatch.setattr(
        type(people.HASHER), "verify", lambda hasher, kept, password: verified.append(kept.split("$")[3]) or False
    )
    for email in (DARA, "nobody@example.com"):
        people._verified(portal, email, "wrong wrong wrong wrong", dara.added)

    assert 2 == len(verified)
    assert verified[0] == verified[1]


def test_a_password_that_is_too_long_is_refused_before_it_is_hashed(
    portal: Portal, dara: Person, clock: Callable, monkeypatch: pytest.MonkeyPatch
):
    """A02: 129 signs are never given to the hasher, neither when set nor when checked."""
    monkeypatch.setattr(people, "HASHER", None)
    people._nobody.cache_clear()

    with pytest.raises(Refused):
        add_person(portal, "new@example.com", Role.READER, "x7 " * 43, by=ADMIN, now=clock())
    with pytest.raises(WrongPassword):
        sign_in(portal, DARA, "x7 " * 43, ADDRESS, clock())


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("maple tram 4821"[:14], False),
        ("maple tram 4821", True),
        ("maple tram 4821 " * 8, True),
        ("maple tram 4821 " * 8 + "x", False),
    ],
    ids=["14", "15", "128", "129"],
)
def test_a_password_has_from_15_to_128_signs(password: str, taken: bool, portal: Portal):
    """A02."""
    try:
        check_new_password(portal, password, DARA)
    except Refused:
        assert not taken
    else:
        assert taken


@pytest.mark.parametrize(
    "password",
    [
        *(word * 3 for word in passwords.COMMON),
        "aaaaaaaaaaaaaaaaaaaa",
        "12341234123412341234",
        "ExampleImporterInc2026",
        "dara-dara-dara-dara",
        "portalportalportal1",
        "Password123456789!",
    ],
)
def test_a_password_that_anybody_would_try_is_refused(password: str, portal: Portal):
    """A03."""
    with pytest.raises(Refused):
        check_new_password(portal, password, DARA)


@pytest.mark.parametrize(
    "password",
    ["  käse & “brot” 🐟 mit zwiebeln  ", "'; DROP TABLE people; -- x", "密码很长但是没有人能够猜到它对吗真的"],
)
def test_a_password_may_hold_any_sign_and_is_compared_exactly(password: str, portal: Portal, clock: Callable):
    """A04."""
    add_person(portal, DARA, Role.READER, password, by=ADMIN, now=clock())

    assert DARA == session_of(portal, clock, DARA, password).person
    for other in (password.strip() + "x", password.swapcase() + " ", password[:-1]):
        with pytest.raises(WrongPassword):
            sign_in(portal, DARA, other, ADDRESS, clock())


def test_only_a_hash_of_the_password_is_kept(portal: Portal, dara: Person):
    kept = b"".join(path.read_bytes() for path in portal.config.data.rglob("*") if path.is_file())

    assert PASSWORD.encode() not in kept
    assert dara.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_hash_does_not_enter_the_history(portal: Portal, dara: Person):
    told = str(portal.store.history(Person, DARA))

    assert "argon2" not in told


def test_somebody_is_added_once(portal: Portal, dara: Person, clock: Callable):
    with pytest.raises(Refused):
        add_person(portal, DARA.upper(), Role.ADMIN, PASSWORD, by=ADMIN, now=clock())

    assert Role.REVIEWER == portal.store.get(Person, DARA).role


def test_changing_the_password_needs_the_one_before_and_ends_the_other_sessions(
    portal: Portal, dara: Person, clock: Callable
):
    """A05."""
    here, elsewhere = session_of(portal, clock), session_of(portal, clock)

    with pytest.raises(WrongPassword):
        change_password(portal, here, "wrong wrong wrong wrong", OTHER_PASSWORD, ADDRESS, clock())
    assert portal.store.find(Session, elsewhere.id)

    change_password(portal, here, PASSWORD, OTHER_PASSWORD, ADDRESS, clock())

    assert portal.store.find(Session, here.id)
    assert portal.store.find(Session, elsewhere.id) is None
    assert DARA == session_of(portal, clock, DARA, OTHER_PASSWORD).person
    with pytest.raises(WrongPassword):
        sign_in(portal, DARA, PASSWORD, ADDRESS, clock())


@pytest.mark.parametrize(
    "step",
    [
        lambda portal, now: set_password(portal, DARA, OTHER_PASSWORD, by=ADMIN, now=now),
        lambda portal, now: change_role(portal, DARA, Role.READER, by=ADMIN, now=now),
        lambda portal, now: set_disabled(portal, DARA, True, by=ADMIN, now=now),
    ],
    ids=["password", "role", "disabled"],
)
def test_a_session_ends_at_once_when_its_person_changes(step: Callable, portal: Portal, dara: Person, clock: Callable):
    """A17, A25."""
    secret = sign_in(portal, DARA, PASSWORD, ADDRESS, clock())

    step(portal, clock())

    assert find_session(portal, secret, clock()) is None


def test_who_is_disabled_cannot_sign_in_until_let_in_again(portal: Portal, dara: Person, clock: Callable):
    set_disabled(portal, DARA, True, by=ADMIN, now=clock())
    with pytest.raises(WrongPassword):
        sign_in(portal, DARA, PASSWORD, ADDRESS, clock())

    set_disabled(portal, DARA, False, by=ADMIN, now=clock())

    assert DARA == session_of(portal, clock).person


def test_a_session_that_was_left_behind_does_not_outlive_disabling(portal: Portal, dara: Person, clock: Callable):
    """Even a session record that somehow stayed names nobody."""
    session = session_of(portal, clock)
    set_disabled(portal, DARA, True, by=ADMIN, now=clock())

    with pytest.raises(NotFound):
        person_of(portal, session)


def test_nobody_can_change_their_own_role_or_shut_themselves_out(portal: Portal, dara: Person, clock: Callable):
    with pytest.raises(NotAllowed):
        change_role(portal, DARA, Role.ADMIN, by=DARA, now=clock())
    with pytest.raises(NotAllowed):
        set_disabled(portal, DARA, True, by=DARA, now=clock())


def test_a_role_cannot_be_given_to_nobody(portal: Portal, clock: Callable):
    with pytest.raises(NotFound):
        change_role(portal, "nobody@example.com", Role.ADMIN, by=ADMIN, now=clock())


def test_confirming_makes_the_session_fresh_for_ten_minutes(portal: Portal, dara: Person, clock: Callable):
    """A19."""
    session = session_of(portal, clock)
    clock.move(minutes=11)
    assert not is_fresh(session, clock())

    confirm(portal, session, PASSWORD, ADDRESS, clock())
    confirmed = portal.store.get(Session, session.id)
    clock.move(minutes=9, seconds=59)
    assert is_fresh(confirmed, clock())
    clock.move(seconds=2)

    assert not is_fresh(confirmed, clock())


def test_a_hash_of_former_strength_is_renewed_when_its_owner_comes(
    portal: Portal, dara: Person, clock: Callable, monkeypatch: pytest.MonkeyPatch
):
    weak = type(people.HASHER)(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(people, "HASHER", weak)
    set_password(portal, DARA, PASSWORD, by=ADMIN, now=clock())
    monkeypatch.undo()

    session_of(portal, clock)

    assert "m=19456,t=2" in portal.store.get(Person, DARA).password


def test_people_are_listed_by_address(portal: Portal, dara: Person, clock: Callable):
    add_person(portal, "bea@example.com", Role.READER, PASSWORD, by=ADMIN, now=clock())

    assert ["bea@example.com", DARA] == [person.id for person in people.people(portal)]


def test_a_secret_is_not_its_session_id(portal: Portal, dara: Person, clock: Callable):
    """A16: the store holds the hash of what the browser holds."""
    secret = sign_in(portal, DARA, PASSWORD, ADDRESS, clock())

    assert portal.store.find(Session, secret) is None
    assert portal.store.find(Session, hashed(secret))
