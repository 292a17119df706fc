"""A request that changes something comes from a page of ours, or changes nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import Browser, enter, token_of
from flask import Flask

from portal.core.records import Role
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal, open_portal
from portal.web.app import create_app

from .asking import is_staff, knock
from .places import UNSAFE, Door, doors

FOREIGN = {
    "no token": {"X-CSRF-Token": ""},
    "made up": {"X-CSRF-Token": "x" * 88},
    "not text": {"X-CSRF-Token": "\xe9\xff"},
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same-site": {"Sec-Fetch-Site": "same-site"},
    "foreign origin": {"Origin": "https://evil.example"},
    "null origin": {"Origin": "null"},
    "look-alike origin": {"Origin": "http://127.0.0.1:8000.evil.example"},
}


def unsafe(app: Flask, values: dict[str, str]) -> list[Door]:
    return [door for door in doors(app, values) if door.method in UNSAFE]


@pytest.mark.parametrize("forged", FOREIGN)
def test_a_forged_request_is_refused_at_every_door_and_changes_nothing(
    forged: str, app: Flask, values: dict[str, str], ana: Browser, staff: Callable, stored: Callable
) -> None:
    """T07, A53: each unsafe route, as the person who may use it: 403, every byte of the store as before."""
    dara = staff(Role.ADMIN)
    before = stored()
    for door in unsafe(app, values):
        page = knock(dara if is_staff(door) else ana, door, values["response_id"], headers=FOREIGN[forged])

        assert 403 == page.status_code, door
    assert before == stored()


def test_without_any_header_a_body_without_the_token_is_refused(
    app: Flask, values: dict[str, str], ana: Browser, staff: Callable, stored: Callable
) -> None:
    """T07: a plain form, as another site would send it from an old browser."""
    dara = staff(Role.ADMIN)
    before = stored()
    for door in unsafe(app, values):
        who = dara if is_staff(door) else ana
        for data in ({}, {"csrf_token": ""}, {"csrf_token": "\xe9"}, {"csrf_token": "A" * 88}):
            assert 403 == who.client.open(door.address, method=door.method, data=data).status_code, door
        elsewhere = f"{door.address}?csrf_token={token_of(who.get('/sign-in').text)}"
        assert 403 == who.client.open(elsewhere, method=door.method).status_code, door
    assert before == stored()


def test_the_token_of_another_session_is_refused(ana: Browser, bruno: Browser, invitation: Invitation) -> None:
    """T07: a token is bound to its session, even on the same link."""
    overview = f"/partner/responses/{invitation.response}"
    stolen = bruno.token(overview)
    address = f"{overview}/answers/cyber-rules"

    assert 403 == ana.client.put(address, json={"value": "no"}, headers={"X-CSRF-Token": stolen}).status_code
    assert 200 == bruno.client.put(address, json={"value": "no"}, headers={"X-CSRF-Token": stolen}).status_code


# What anybody may send, and the token is anybody's.
BEFORE_SIGN_IN = ("partner.start", "partner.fresh_link", "signing.sign_in", "entering.")


def test_the_token_of_somebody_without_a_session_opens_nothing(
    app: Flask, values: dict[str, str], ana: Browser, staff: Callable, browser: Callable, stored: Callable
) -> None:
    """T07: the token that everybody gets on the invitation page is of no use behind it."""
    anybodys = browser().token("/sign-in")
    reviewer = staff(Role.ADMIN)
    before = stored()
    for door in unsafe(app, values):
        if not door.endpoint.startswith(BEFORE_SIGN_IN):
            who = reviewer if is_staff(door) else ana
            page = who.client.open(door.address, method=door.method, headers={"X-CSRF-Token": anybodys})

            assert 403 == page.status_code, door
    assert before == stored()


def test_tokens_look_different_on_every_page_and_all_work(ana: Browser, section_page: str) -> None:
    """T07: each is under a fresh mask, so that the length of a compressed page tells nothing about it."""
    tokens = {ana.token(section_page) for _ in range(5)}
    answers = [ana.client.post(section_page, data={"csrf_token": token}).status_code for token in tokens]

    assert 5 == len(tokens)
    assert [303] * 5 == answers


def test_a_request_from_our_own_page_is_taken(ana: Browser, section_page: str) -> None:
    """T07: what browsers say of themselves on our own pages lets them in."""
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    page = ana.post(section_page, {"cyber-rules": "yes"}, headers=headers)

    assert 303 == page.status_code


def test_one_browser_may_be_with_staff_and_at_a_partners_link(
    staff: Callable, invitation: Invitation, section_page: str
) -> None:
    """T07: the two sessions keep their own tokens, whichever page was opened last."""
    both = enter(staff(Role.REVIEWER), invitation, "Dara tries it")
    on_partner_page = both.token(section_page)
    on_staff_page = both.token("/staff/password")

    assert 303 == both.client.post(section_page, data={"csrf_token": on_partner_page}).status_code
    assert 403 == both.client.post(section_page, data={"csrf_token": on_staff_page}).status_code
    assert 403 == both.client.post("/sign-out", data={"csrf_token": on_partner_page}).status_code
    assert 303 == both.client.post("/sign-out", data={"csrf_token": on_staff_page}).status_code


def test_a_new_key_ends_no_session_and_only_asks_to_open_the_page_again(
    portal: Portal, clock: Callable, ana: Browser, section_page: str
) -> None:
    """A60: sessions are records; the key signs forms alone."""
    old = ana.token(section_page)
    changed = create_app(
        open_portal(replace(portal.config, secret=b"another secret of thirty-two bytes or more")), clock
    )
    again = Browser(changed)
    cookie = ana.client.get_cookie("portal-partner", domain="localhost")
    again.client.set_cookie("portal-partner", cookie.value, domain="localhost")

    assert 403 == again.client.post(section_page, data={"csrf_token": old}).status_code
    assert 303 == again.post(section_page, {"cyber-rules": "yes"}).status_code
