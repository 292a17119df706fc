"""Who may open which door, and that there is no other."""

from collections.abc import Callable

import pytest
from conftest import Browser
from flask import Flask

from portal.core.records import Role
from portal.usecases.portal import Portal
from portal.web import guard
from portal.web.app import create_app
from portal.web.guard import NEEDED_RANK, RANKS, STAFF
from portal.web.permissions import NEEDS_FRESH, PERMISSIONS, Audience

from .asking import knock
from .checking import check_answer
from .places import METHODS, Door, contents, doors, rules

# What ends the visit or takes away what others need comes last.
LAST = (
    "answers.remove", "partner.submit", "partner.leave", "partner.start", "partner.fresh_link",
    "staff_second_factor.forget", "signing.sign_out",
)  # fmt: skip


def in_order(app: Flask, values: dict[str, str]) -> list[Door]:
    return sorted(doors(app, values), key=lambda door: LAST.index(door.endpoint) if door.endpoint in LAST else -1)


def outcome(page) -> str:
    """What became of a request: sent to the door, shut out, not there, or let in."""
    if page.status_code == 303 and page.headers["Location"].startswith("/sign-in?"):
        return "sign in"
    return {403: "forbidden", 404: "not there"}.get(page.status_code, "let in")


def expected(audience: Audience, role: Role | None, partner: bool) -> str:
    """What the table says must become of it."""
    if audience is Audience.ANYONE:
        return "let in"
    if audience is Audience.PARTNER:
        return "let in" if partner else "forbidden"
    if role is None:
        return "sign in"
    return "let in" if RANKS[role] >= NEEDED_RANK[audience] else "not there"


def plain_sign_in(page, door: Door) -> str:
    """POSTs of strangers are sent to the door without a way back."""
    came = outcome(page)
    if page.status_code == 303 and page.headers["Location"] == "/sign-in" and door.endpoint not in ("signing.home",):
        return "sign in"
    return came


def test_the_table_names_every_route_and_nothing_else(app: Flask) -> None:
    """A21: one table, compared with the routes both ways."""
    assert {rule.endpoint for rule in rules(app)} == set(PERMISSIONS)
    assert NEEDS_FRESH <= set(PERMISSIONS)


def test_every_place_in_an_address_takes_one_step_of_a_path_only(app: Flask) -> None:
    """T10: no part of an address may hold a slash, so none can be a path."""
    converters = {type(converter).__name__ for rule in rules(app) for converter in rule._converters.values()}

    assert {"UnicodeConverter"} == converters


@pytest.mark.parametrize("who", ["nobody", "partner", *Role])
def test_each_role_is_let_in_exactly_where_the_table_says(
    who: str, app: Flask, values: dict[str, str], ana: Browser, staff: Callable, browser: Callable
) -> None:
    """A22: every cell of role by route by method."""
    staff(Role.READER)  # somebody for admins to work on
    role = who if isinstance(who, Role) else None
    one = {"nobody": browser, "partner": lambda: ana}[who]() if role is None else staff(role)
    wrong = {}
    for door in in_order(app, values):
        wanted = expected(PERMISSIONS[door.endpoint], role, partner=who == "partner")
        came = plain_sign_in(knock(one, door, values["response_id"]), door)
        if door.endpoint == "signing.sign_out" and came == "sign in" and wanted == "let in":
            came = "let in"  # where signing out leads
        if came != wanted:
            wrong[str(door)] = (wanted, came)

    assert {} == wrong


@pytest.mark.parametrize("who", ["nobody", "partner", Role.READER, Role.REVIEWER])
def test_whoever_is_refused_changes_nothing(
    who: str, app: Flask, values: dict[str, str], ana: Browser, staff: Callable, browser: Callable, stored: Callable
) -> None:
    """A22, A23: what is refused leaves every byte of the store as it was."""
    role = who if isinstance(who, Role) else None
    one = {"nobody": browser, "partner": lambda: ana}[who]() if role is None else staff(role)
    before = stored()
    for door in doors(app, values):
        if expected(PERMISSIONS[door.endpoint], role, partner=who == "partner") != "let in":
            knock(one, door, values["response_id"])

    assert before == stored()


def test_a_method_that_a_route_does_not_know_is_refused(app: Flask, values: dict[str, str], ana: Browser) -> None:
    """A56: unknown methods give 405 and say which are known; TRACE is off."""
    known: dict[str, set[str]] = {}
    for door in doors(app, values):
        known.setdefault(door.address, {"OPTIONS"}).update(
            {door.method} | ({"HEAD"} if door.method == "GET" else set())
        )
    for address, methods in known.items():
        for method in set(METHODS) - methods:
            page = check_answer(ana.client.open(address, method=method, buffered=True))

            assert (405, methods) == (page.status_code, set(page.headers["Allow"].split(", "))), f"{method} {address}"


def test_a_route_that_the_table_forgot_is_not_there(portal: Portal, clock: Callable) -> None:
    """A22: shut by default."""
    app = create_app(portal, clock)
    app.add_url_rule("/forgotten", "forgotten", lambda: "everything")

    assert 404 == app.test_client().get("/forgotten").status_code


def test_when_the_guard_itself_fails_nobody_is_let_in(
    app: Flask, ana: Browser, section_page: str, monkeypatch: pytest.MonkeyPatch, stored: Callable
) -> None:
    """A67: an exception in the permission check refuses; it does not open."""

    def broken(*args: object) -> None:
        raise RuntimeError("the guard is asleep")

    app.testing = False
    token = ana.token(section_page)
    before = stored()
    monkeypatch.setattr(guard, "find_session", broken)
    looked = ana.get(section_page)
    saved = ana.client.post(section_page, data={"csrf_token": token, "cyber-rules": "yes"})

    assert (500, 500) == (looked.status_code, saved.status_code)
    assert "cyber-rules" not in looked.text
    assert before == stored()


PROBES = (
    "/.git/HEAD", "/.env", "/console", "/debug", "/openapi.json", "/static/portal.css", "/var/secret", "/store",
    "/admin", "/login", "/server-status", "/assets/", "/assets/000000000000/look.css", "/assets/000000000000/../app.py",
    "/partner/responses", "/partner/responses/", "/invitation/", "/invitation", "/robots.txt", "/wp-login.php",
)  # fmt: skip


@pytest.mark.parametrize("address", PROBES)
def test_nothing_of_the_workshop_is_served(address: str, dara: Browser) -> None:
    """A61, T17: no debug pages, listings, repositories or documents."""
    assert 404 == dara.get(address).status_code


def test_the_debugger_cannot_be_called(browser: Callable, invitation) -> None:
    """T17: the arguments of Werkzeug's debugger do nothing."""
    plain = browser().get("/sign-in").text
    asked = browser().get("/sign-in?__debugger__=yes&cmd=resource&f=debugger.js&s=x")

    assert 200 == asked.status_code
    assert len(plain) == len(asked.text)


def test_an_asset_is_served_under_its_own_name_and_digest_only(app: Flask, browser: Callable) -> None:
    """A61: the folder of assets is a table in memory, not a path."""
    look = app.extensions["assets"].by_name["look.css"]
    one = browser()

    assert 200 == one.get(f"/assets/{look.digest}/look.css").status_code
    for name in ("answers.js", "..%2flook.css", "look.css%00", "LOOK.CSS", "%2e%2e/%2e%2e/app.py"):
        assert 404 == one.get(f"/assets/{look.digest}/{name}").status_code, name


def test_looking_twice_at_everything_changes_nothing(
    app: Flask, values: dict[str, str], ana: Browser, staff: Callable, portal: Portal
) -> None:
    """A53, A20: every GET called twice, by a partner and by an admin, leaves every byte as it was; no cookie is set."""
    for who in (ana, staff(Role.ADMIN)):
        before = contents(portal.config.data)
        for door in [door for door in doors(app, values) if door.method == "GET"] * 2:
            for method in ("GET", "HEAD", "OPTIONS"):
                page = who.client.open(door.address, method=method, buffered=True)

                assert "Set-Cookie" not in page.headers, door
                assert page.status_code < 500, door
        assert before == contents(portal.config.data)


def test_looking_later_notes_that_the_visitor_was_seen_and_nothing_else(
    app: Flask, values: dict[str, str], ana: Browser, clock, kept: Callable, stored: Callable
) -> None:
    """A53: only the session's time of the last look is written, and at most every two minutes."""
    before, all_before = kept(), stored()
    clock.move(minutes=3)
    for door in doors(app, values):
        if door.method == "GET" and PERMISSIONS[door.endpoint] not in STAFF:
            ana.client.get(door.address, buffered=True)
    seen = stored()
    clock.move(minutes=1)
    ana.client.get(f"/partner/responses/{values['response_id']}", buffered=True)

    assert before == kept()
    assert all_before != seen
    assert seen == stored()
