"""Admins say who may sign in and what they may do."""

import re
from collections.abc import Callable

import pytest
from conftest import PASSWORD, Browser

from portal.core.records import Person, Role
from portal.usecases.portal import Portal

PEOPLE = "/staff/people"
BEA = {"email": "bea@example.com", "name": "Bea", "role": "reader"}


@pytest.fixture
def admin(staff: Callable) -> Browser:
    return staff(Role.ADMIN)


def test_a_person_is_invited_and_chooses_a_password_nobody_else_knows(
    admin: Browser, browser: Callable, portal: Portal
):
    """A10."""
    page = admin.post(PEOPLE, BEA)
    link = re.search(r"http://\S+/entry/[\w-]{43}", page.text)[0]
    bea = browser()
    chosen = bea.post(link, {"password": PASSWORD})

    assert (200, True) == (page.status_code, "The link is mailed to bea@example.com." in page.text)
    assert "/sign-in?done=password-chosen" == chosen.headers["Location"]
    assert "Set-Cookie" not in chosen.headers
    assert 303 == bea.post("/sign-in", {"email": BEA["email"], "password": PASSWORD}).status_code
    assert (Role.READER, "admin@example.com") == (
        portal.store.get(Person, BEA["email"]).role,
        portal.store.history(Person, BEA["email"])[0].by,
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"role": "king"}, "role"),
        ({"email": ""}, "email"),
    ],
)
def test_somebody_who_cannot_be_added_is_told_why(wrong: dict, field: str, admin: Browser, portal: Portal):
    page = admin.post(PEOPLE, {**BEA, **wrong})

    assert (422, True) == (page.status_code, f'<a href="#{field}">' in page.text)
    assert ["admin@example.com"] == list(portal.store.ids(Person))


def test_somebody_who_is_there_already_is_not_added_again(admin: Browser):
    admin.post(PEOPLE, BEA)
    page = admin.post(PEOPLE, {**BEA, "role": "admin"})

    assert (422, True) == (page.status_code, "bea@example.com is already there." in page.text)


def test_another_role_holds_from_the_next_sign_in_and_ends_the_session(
    admin: Browser, dara: Browser, browser: Callable
):
    """A25."""
    admin.post(f"{PEOPLE}/role", {"email": "reviewer@example.com", "role": "reader"}, page=PEOPLE)
    again = browser()
    again.post("/sign-in", {"email": "reviewer@example.com", "password": PASSWORD})

    assert 303 == dara.get("/staff/partners").status_code
    assert (200, 404) == (again.get("/staff/partners").status_code, again.get("/staff/new-partner").status_code)


def test_who_is_shut_out_is_out_at_once_and_can_be_let_in_again(admin: Browser, dara: Browser, browser: Callable):
    """A17."""
    door = {"email": "reviewer@example.com", "password": PASSWORD}
    admin.post(f"{PEOPLE}/disabled", {"email": door["email"], "disabled": "1"}, page=PEOPLE)
    shut_out = [dara.get("/staff/partners").status_code, browser().post("/sign-in", door).status_code]

    admin.post(f"{PEOPLE}/disabled", {"email": door["email"]}, page=PEOPLE)

    assert [303, 422] == shut_out
    assert 303 == browser().post("/sign-in", door).status_code


@pytest.mark.parametrize(("door", "more"), [("role", {"role": "reader"}), ("disabled", {"disabled": "1"})])
def test_admins_cannot_change_themselves(door: str, more: dict, admin: Browser):
    page = admin.post(f"{PEOPLE}/{door}", {"email": "admin@example.com", **more}, page=PEOPLE)

    assert 409 == page.status_code
    assert 200 == admin.get(PEOPLE).status_code
    assert "This is you." in admin.get(PEOPLE).text


def test_a_role_that_is_none_and_a_person_who_is_none_change_nothing(admin: Browser, dara: Browser):
    wrong = admin.post(f"{PEOPLE}/role", {"email": "reviewer@example.com", "role": "king"}, page=PEOPLE)
    nobody = admin.post(f"{PEOPLE}/role", {"email": "nobody@example.com", "role": "reader"}, page=PEOPLE)

    assert [422, 404] == [wrong.status_code, nobody.status_code]
    assert 200 == dara.get("/staff/new-partner").status_code


def test_after_ten_minutes_changes_need_the_password_again(admin: Browser, portal: Portal, clock: Callable):
    """A19."""
    clock.move(minutes=11)
    page = admin.get(PEOPLE).text
    refused = admin.post(PEOPLE, BEA, page="/staff/password", headers={"Referer": f"http://localhost{PEOPLE}"})

    assert "type your password again" in page
    assert 'name="name"' not in page
    assert f"/staff/confirm?next={PEOPLE}" == refused.headers["Location"]
    assert portal.store.find(Person, BEA["email"]) is None


def test_no_hash_of_a_password_is_on_the_page(admin: Browser, dara: Browser):
    assert "argon2" not in admin.get(PEOPLE).text


@pytest.mark.parametrize("role", [Role.READER, Role.REVIEWER])
def test_people_do_not_exist_for_the_others(role: Role, staff: Callable):
    one = staff(role)

    assert 404 == one.get(PEOPLE).status_code
    assert 404 == one.post(PEOPLE, BEA, page="/staff/password").status_code
    assert PEOPLE not in one.get("/staff/partners").text
