"""The staff's door: in, out, the password again, another password; what ends a session ends it at once."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import PASSWORD, Browser
from flask import Flask

from portal.config import Config
from portal.core.records import Role, Session
from portal.usecases import people
from portal.usecases.portal import Portal, open_portal
from portal.usecases.secrets import hashed
from portal.web.app import create_app

OTHER_PASSWORD = "nine green kettles sing at dawn"
LIST = "/staff/partners"
EMAIL = "reviewer@example.com"
WRONG = {"email": EMAIL, "password": "wrong wrong wrong wrong"}
RIGHT = {"email": EMAIL, "password": PASSWORD}


def cookie_of(one: Browser, name: str = "portal-staff") -> str:
    cookie = one.client.get_cookie(name)
    return cookie.value if cookie else ""


def is_in(one: Browser) -> bool:
    page = one.get(LIST)
    assert page.status_code == 200 or page.headers["Location"].startswith("/sign-in?next="), page.status
    return page.status_code == 200


@pytest.fixture
def stranger(browser: Callable, staff: Callable) -> Browser:
    """Nobody yet, at a portal that has a reviewer."""
    staff(Role.REVIEWER)
    return browser()


def test_the_start_leads_a_stranger_to_the_door_and_staff_to_the_desk(stranger: Browser, dara: Browser):
    assert "/sign-in" == stranger.get("/").headers["Location"]
    assert "/staff/desk" == dara.get("/").headers["Location"]


def test_signing_in_hands_over_a_cookie_that_scripts_and_other_sites_cannot_use(stranger: Browser):
    page = stranger.post("/sign-in", RIGHT)
    cookie = page.headers["Set-Cookie"]

    assert ("/", 303) == (page.headers["Location"], page.status_code)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert is_in(stranger)


def test_over_https_the_cookie_is_bound_to_the_host(config: Config, portal: Portal, clock: Callable, staff: Callable):
    staff(Role.REVIEWER)
    safe = replace(portal, config=replace(config, base_url="https://127.0.0.1"))
    app = create_app(safe, clock)
    one = Browser(app)

    cookie = one.post("/sign-in", RIGHT, base_url="https://127.0.0.1").headers["Set-Cookie"]

    assert cookie.startswith("__Host-portal-staff=")
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_the_secret_is_new_at_each_sign_in_and_the_one_before_is_over(portal: Portal, dara: Browser, clock: Callable):
    """T06, A16."""
    before = cookie_of(dara)
    dara.post("/sign-in", RIGHT)

    assert cookie_of(dara) != before
    assert portal.store.find(Session, hashed(before)) is None
    assert portal.store.find(Session, hashed(cookie_of(dara)))


def test_a_cookie_that_somebody_else_chose_is_not_taken_over(stranger: Browser):
    stranger.client.set_cookie("portal-staff", "chosen")
    stranger.post("/sign-in", RIGHT)

    assert "chosen" != cookie_of(stranger)


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_wrong_is_told_once_and_says_nothing_of_who_is_there(email: str, stranger: Browser):
    page = stranger.post("/sign-in", {**WRONG, "email": email})

    assert 422 == page.status_code
    assert "These do not fit together." in page.text
    assert "Set-Cookie" not in page.headers
    assert WRONG["password"] not in page.text
    assert f'value="{email}"' in page.text


def test_an_unknown_address_gets_the_same_page_as_a_known_one(stranger: Browser, browser: Callable):
    """A09: status, text and length are alike."""
    pages = [browser().post("/sign-in", {**WRONG, "email": email}) for email in (EMAIL, "reviewed@example.com")]
    texts = [page.text.replace("reviewed@", "reviewer@") for page in pages]

    assert len(texts[0]) == len(texts[1])


@pytest.mark.parametrize("field", ["email", "password"])
def test_an_empty_field_is_named_and_linked(field: str, stranger: Browser):
    page = stranger.post("/sign-in", {**RIGHT, field: ""})

    assert 422 == page.status_code
    assert f'<a href="#{field}">' in page.text


def test_too_many_tries_wait_for_everybody_of_that_name_even_after_a_restart(
    stranger: Browser, browser: Callable, staff: Callable, config: Config, clock: Callable
):
    """T05, A01."""
    staff(Role.ADMIN)
    for _ in range(6):
        stranger.post("/sign-in", WRONG)

    again = Browser(create_app(open_portal(config), clock)).post("/sign-in", RIGHT)
    here = browser().post("/sign-in", RIGHT)
    other = browser().post("/sign-in", {"email": "admin@example.com", "password": PASSWORD})

    assert [429, 429, 303] == [again.status_code, here.status_code, other.status_code]
    assert 0 < int(here.headers["Retry-After"]) <= 61
    assert "Too many tries." in here.text
    clock.move(seconds=61)

    assert 303 == browser().post("/sign-in", RIGHT).status_code


ELSEWHERE = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/staff/partners",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%0d%0aSet-Cookie:x=y",
    "///evil.example",
    "/\t/evil.example",
    " //evil.example",
    "evil.example",
    "",
]


@pytest.mark.parametrize("next_page", ELSEWHERE)
def test_next_never_leads_to_another_site(next_page: str, stranger: Browser):
    """T18: wherever it is asked to, the door opens into our own house."""
    page = stranger.post("/sign-in", {**RIGHT, "next": next_page})
    goal = page.headers["Location"]

    assert 303 == page.status_code
    assert goal.startswith("/")
    assert not goal.startswith(("//", "/\\"))
    assert "\r" not in goal
    assert "evil.example" not in goal or goal == "/evil.example"


def test_next_leads_to_the_page_that_was_asked_for(stranger: Browser):
    door = stranger.get(f"{LIST}?state=started&sort=due").headers["Location"]
    page = stranger.post(door, {**RIGHT, "next": f"{LIST}?state=started&sort=due"})

    assert f'name="next" value="{LIST}?state=started&amp;sort=due"' in stranger.get(door).text
    assert f"{LIST}?state=started&sort=due" == page.headers["Location"]


def test_signing_out_ends_the_session_and_its_cookie_is_worth_nothing(dara: Browser, browser: Callable):
    """T06, A17: the cookie that was saved before is sent again, also with a forged address."""
    saved = cookie_of(dara)
    page = dara.post("/sign-out", page=LIST)
    thief = browser()
    thief.client.set_cookie("portal-staff", saved)

    assert "/sign-in?done=signed-out" == page.headers["Location"]
    assert '"cache", "storage"' == page.headers["Clear-Site-Data"]
    assert "" == cookie_of(dara)
    assert not is_in(thief)
    assert 303 == thief.get(LIST, headers={"X-Forwarded-For": "127.0.0.1"}).status_code


def test_who_is_signed_out_is_told_so(dara: Browser):
    page = dara.post("/sign-out", page=LIST, follow_redirects=True)

    assert "You are signed out." in page.text


@pytest.mark.parametrize(
    "change",
    [
        lambda portal, now: people.set_disabled(portal, EMAIL, True, by="admin@example.com", now=now),
        lambda portal, now: people.change_role(portal, EMAIL, Role.READER, by="admin@example.com", now=now),
        lambda portal, now: people.set_password(portal, EMAIL, OTHER_PASSWORD, by="admin@example.com", now=now),
    ],
    ids=["disabled", "role", "password"],
)
def test_a_session_ends_between_two_requests(change: Callable, portal: Portal, dara: Browser, clock: Callable):
    """T06, A17, A25."""
    assert is_in(dara)

    change(portal, clock())

    assert not is_in(dara)


@pytest.mark.parametrize(("idle", "within"), [(29, True), (36, False)])
def test_half_an_hour_without_a_request_ends_the_session(idle: int, within: bool, dara: Browser, clock: Callable):
    """A15; five minutes are allowed for clocks that disagree."""
    clock.move(minutes=idle)

    assert within == is_in(dara)


def test_twelve_hours_end_a_session_in_constant_use(dara: Browser, clock: Callable):
    """A15."""
    for _ in range(24):
        assert is_in(dara)
        clock.move(minutes=30)
    clock.move(minutes=6)

    assert not is_in(dara)


@pytest.mark.parametrize("address", ["/", "/sign-in", LIST, "/staff/confirm", "/staff/export", "/sign-out"])
def test_looking_gives_nobody_a_session(address: str, stranger: Browser):
    """A20."""
    assert "Set-Cookie" not in stranger.get(address).headers


def test_an_export_asks_for_the_password_after_ten_minutes_and_then_goes_on(dara: Browser, clock: Callable):
    """A19."""
    take = {"format": "csv"}
    clock.move(minutes=9, seconds=59)
    assert 200 == dara.post("/staff/export", take).status_code
    clock.move(seconds=2)

    came_from = {"Referer": "http://localhost/staff/export"}
    asked = dara.post("/staff/export", take, page="/staff/password", headers=came_from)
    assert "/staff/confirm?next=/staff/export" == asked.headers["Location"]
    wrong = dara.post(asked.headers["Location"], {"password": "wrong wrong wrong wrong", "next": "/staff/export"})
    assert (422, True) == (wrong.status_code, "This is not your password." in wrong.text)
    right = dara.post(asked.headers["Location"], {"password": PASSWORD, "next": "/staff/export"})

    assert "/staff/export" == right.headers["Location"]
    assert 200 == dara.post("/staff/export", take).status_code


def test_guessing_while_signed_in_is_throttled_as_well(dara: Browser):
    for _ in range(6):
        dara.post("/staff/confirm", {"password": "wrong wrong wrong wrong"})

    page = dara.post("/staff/confirm", {"password": PASSWORD})

    assert (429, True) == (page.status_code, "Retry-After" in page.headers)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(dara: Browser, staff: Callable, browser: Callable):
    """A05."""
    elsewhere = staff(Role.REVIEWER)
    page = dara.post("/staff/password", {"current": PASSWORD, "new": OTHER_PASSWORD}, follow_redirects=True)

    assert "Your password is changed." in page.text
    assert (True, False) == (is_in(dara), is_in(elsewhere))
    assert 422 == browser().post("/sign-in", RIGHT).status_code
    assert 303 == browser().post("/sign-in", {**RIGHT, "password": OTHER_PASSWORD}).status_code


@pytest.mark.parametrize(
    ("current", "new", "field", "told"),
    [
        ("wrong wrong wrong wrong", OTHER_PASSWORD, "current", "This is not your password."),
        (PASSWORD, "short", "new", "Choose a password of 15 to 128 characters."),
        (PASSWORD, "passwordpassword", "new", "This password is too easy to guess."),
        ("", OTHER_PASSWORD, "current", "Write your password."),
    ],
)
def test_what_is_wrong_with_a_new_password_is_told_at_its_field(
    current: str, new: str, field: str, told: str, dara: Browser, browser: Callable
):
    page = dara.post("/staff/password", {"current": current, "new": new})

    assert 422 == page.status_code
    assert f'<a href="#{field}">{told}' in page.text
    assert 303 == browser().post("/sign-in", RIGHT).status_code


def test_password_fields_let_people_paste_and_browsers_remember(stranger: Browser, dara: Browser):
    """A04."""
    assert 'autocomplete="current-password"' in stranger.get("/sign-in").text
    assert 'autocomplete="new-password"' in dara.get("/staff/password").text
    assert "onpaste" not in stranger.get("/sign-in").text


def test_every_page_for_staff_can_be_left(app: Flask, staff: Callable, values: dict[str, str]):
    """A18."""
    admin = staff(Role.ADMIN)
    pages = [
        "/staff/partners", "/staff/new-partner", "/staff/import-partners", "/staff/people", "/staff/export",
        "/staff/password", "/staff/confirm", "/staff/partners/meridian",
        f"/staff/responses/{values['response_id']}", f"/staff/responses/{values['response_id']}/score",
        f"/staff/responses/{values['response_id']}/history",
    ]  # fmt: skip

    assert [] == [page for page in pages if 'action="/sign-out"' not in admin.get(page).text]
