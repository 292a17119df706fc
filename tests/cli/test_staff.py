import json

import pytest
from conftest import PASSWORD

from portal.config import config_from
from portal.core.errors import Refused
from portal.core.records import Person
from portal.usecases.people import sign_in
from portal.usecases.portal import open_portal


@pytest.fixture
def signs_in(data, clock):
    """Whether somebody gets in with a password."""

    def tried(email: str, password: str) -> bool:
        portal = open_portal(config_from({}, data))
        try:
            return bool(sign_in(portal, email, password, "192.0.2.1", clock()))
        except Refused:
            return False

    return tried


def people(terminal) -> dict[str, tuple[str, bool]]:
    """E-mail address to role and whether disabled."""
    rows = json.loads(terminal("staff", "list", "--json").stdout)
    return {row["email"]: (row["role"], row["disabled"]) for row in rows}


def test_a_person_is_added_with_a_password_that_is_shown_once(terminal, signs_in):
    added = terminal("staff", "add", "Dara@example.com", "--role", "reviewer")
    password = next(line.removeprefix("Password: ") for line in added.stdout.splitlines() if "Password" in line)

    assert 0 == added.exit_code
    assert signs_in("dara@example.com", password)
    assert {"dara@example.com": ("reviewer", False)} == people(terminal)
    assert password not in terminal("staff", "list").stdout


def test_two_made_passwords_differ(terminal):
    first = terminal("staff", "add", "one@example.com", "--role", "reader").stdout.splitlines()[-1]
    second = terminal("staff", "add", "two@example.com", "--role", "reader").stdout.splitlines()[-1]

    assert first != second


def test_a_password_can_be_handed_in_and_is_not_shown(terminal, signs_in):
    added = terminal("staff", "add", "dara@example.com", "--role", "admin", "--password-stdin", typed=f"{PASSWORD}\n")

    assert 0 == added.exit_code
    assert PASSWORD not in added.output
    assert signs_in("dara@example.com", PASSWORD)


def test_an_easy_password_is_refused_with_the_reason(terminal):
    refused = terminal("staff", "add", "dara@example.com", "--role", "admin", "--password-stdin", typed="password1\n")

    assert 1 == refused.exit_code
    assert "password: " in refused.stderr
    assert {} == people(terminal)


def test_nobody_is_added_twice(terminal):
    terminal("staff", "add", "dara@example.com", "--role", "reader")

    assert 1 == terminal("staff", "add", "dara@example.com", "--role", "admin").exit_code
    assert {"dara@example.com": ("reader", False)} == people(terminal)


def test_a_person_is_disabled_enabled_and_given_another_role(terminal):
    terminal("staff", "add", "dara@example.com", "--role", "reader")

    assert 0 == terminal("staff", "disable", "dara@example.com").exit_code
    assert {"dara@example.com": ("reader", True)} == people(terminal)
    assert "disabled" in terminal("staff", "list").stdout
    assert 0 == terminal("staff", "enable", "dara@example.com").exit_code
    assert 0 == terminal("staff", "role", "dara@example.com", "admin").exit_code
    assert {"dara@example.com": ("admin", False)} == people(terminal)


def test_a_new_password_takes_the_place_of_the_old_one(terminal, signs_in):
    terminal("staff", "add", "dara@example.com", "--role", "reader", "--password-stdin", typed=PASSWORD)

    changed = terminal("staff", "password", "dara@example.com")
    password = changed.stdout.splitlines()[-1].removeprefix("Password: ")

    assert signs_in("dara@example.com", password)
    assert not signs_in("dara@example.com", PASSWORD)


@pytest.mark.parametrize("words", [("disable",), ("enable",), ("password",)])
def test_what_is_done_to_somebody_who_is_not_there_is_refused(terminal, words):
    refused = terminal("staff", *words, "nobody@example.com")

    assert (1, "There is no such person.\n") == (refused.exit_code, refused.stderr)


def test_there_is_nobody_in_a_new_store(terminal):
    terminal("init")

    assert {} == people(terminal)


@pytest.mark.parametrize(
    ("role", "said", "may"),
    [
        ("admin", (), True),
        ("admin", ("--no-export",), False),
        ("reviewer", (), False),
        ("reader", ("--may-export",), True),
    ],
)
def test_an_admin_may_export_unless_it_is_said_otherwise(terminal, data, role: str, said: tuple[str, ...], may: bool):
    terminal("staff", "add", "dara@example.com", "--role", role, *said)
    assert may == open_portal(config_from({}, data)).store.get(Person, "dara@example.com").may_export
