"""Choosing a password by link: once, in time, by whoever has the mail, and without telling who is there."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy

import pyotp
import pytest
from conftest import PASSWORD, Browser, Clock
from msgspec.structs import replace

from portal.core.accounts import Entry
from portal.core.records import Person, Role
from portal.usecases import people
from portal.usecases.portal import Portal

DARA, FORGOTTEN, OVER = "reviewer@example.com", "/forgotten-password", "This link does not work"
CHOSEN = "nine green kettles sing at dawn"


@pytest.fixture
def mails(portal: Portal) -> Callable[[], list]:
    """The mails that were written, with their texts."""
    return lambda: [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in portal.config.outbox.glob("*.eml")
    ]


@pytest.fixture
def link(dara: Browser, browser: Callable, mails: Callable) -> str:
    """The link that Dara, who has forgotten her password, is mailed."""
    browser().post(FORGOTTEN, {"email": " Reviewer@Example.com "})
    return re.search(r"http://\S+", mails()[0].get_content())[0]


def opens(browser: Callable, password: str, **more: str) -> bool:
    return 303 == browser().post("/sign-in", {"email": DARA, "password": password, **more}).status_code


def test_a_forgotten_password_is_chosen_anew_by_a_mailed_link(link: str, browser: Callable, mails: Callable):
    chosen = browser().post(link, {"password": CHOSEN}, follow_redirects=True)

    assert [DARA] == [mail["To"] for mail in mails()]
    assert "Your password is kept. Sign in with it." in chosen.text
    assert [False, True] == [opens(browser, PASSWORD), opens(browser, CHOSEN)]


def test_the_link_works_once(link: str, browser: Callable):
    one, other = browser(), browser()
    token = other.token(link)
    one.post(link, {"password": CHOSEN})

    again = other.client.post(link, data={"csrf_token": token, "password": "another five words entirely"})

    assert (404, True) == (again.status_code, OVER in again.text)
    assert 404 == other.get(link).status_code
    assert opens(browser, CHOSEN)


def test_looking_at_the_link_changes_nothing(link: str, browser: Callable, stored: Callable):
    before = stored()
    for _ in range(3):
        page = browser().get(link)

    assert (200, before) == (page.status_code, stored())
    assert "Set-Cookie" not in page.headers


def test_the_link_ends_after_an_hour(link: str, browser: Callable, clock: Clock):
    clock.move(minutes=59)
    assert 200 == browser().get(link).status_code
    clock.move(minutes=1)

    assert 404 == browser().get(link).status_code


def test_an_invitation_ends_after_three_days(values: dict[str, str], browser: Callable, clock: Clock):
    address = f"/entry/{values['entry']}"
    clock.move(days=2, hours=23)
    assert 200 == browser().get(address).status_code
    clock.move(hours=1)

    assert 404 == browser().get(address).status_code


def test_a_later_link_ends_the_one_before(link: str, browser: Callable, portal: Portal):
    browser().post(FORGOTTEN, {"email": DARA})

    assert 404 == browser().get(link).status_code
    assert 1 == len(list(portal.store.ids(Entry)))


def test_another_password_ends_the_link(link: str, dara: Browser, browser: Callable):
    dara.post("/staff/password", {"current": PASSWORD, "new": CHOSEN})

    assert 404 == browser().get(link).status_code


def test_the_link_of_somebody_who_was_shut_out_opens_nothing(
    link: str, portal: Portal, browser: Callable, clock: Clock
):
    people.set_disabled(portal, DARA, True, by="admin@example.com", now=clock())
    shut_out = browser().get(link).status_code
    people.set_disabled(portal, DARA, False, by="admin@example.com", now=clock())

    assert [404, 404] == [shut_out, browser().get(link).status_code]


def test_choosing_ends_every_session(link: str, dara: Browser, browser: Callable):
    browser().post(link, {"password": CHOSEN})

    assert 303 == dara.get("/staff/partners").status_code


def test_a_reset_does_not_get_past_the_second_factor(link: str, portal: Portal, browser: Callable, clock: Clock):
    """A10."""
    secret = pyotp.random_base32()
    with portal.store.transaction((Person, DARA), by="test", at=clock()) as records:
        records.put(replace(records.get(Person, DARA), second_factor=secret), "second factor set up")
    browser().post(link, {"password": CHOSEN})

    assert [False, True] == [opens(browser, CHOSEN), opens(browser, CHOSEN, code=pyotp.TOTP(secret).at(clock()))]


def test_a_password_that_is_too_easy_does_not_use_the_link_up(link: str, browser: Callable):
    refused = browser().post(link, {"password": "short"})

    assert (422, True) == (refused.status_code, '<a href="#password">' in refused.text)
    assert 200 == browser().get(link).status_code


def test_only_the_hash_of_the_link_is_kept(link: str, portal: Portal):
    """A12."""
    secret = link.rsplit("/", 1)[1].encode()
    files = [path for path in portal.config.store.rglob("*") if path.is_file()]

    assert [] == [path for path in files if secret in path.read_bytes()]


@pytest.mark.parametrize("email", [DARA, "nobody@example.com", "no address", "new@example.com"])
def test_whoever_asks_for_a_link_gets_the_same_answer(
    email: str,
    dara: Browser,
    values: dict[str, str],
    browser: Callable,
    portal: Portal,
    monkeypatch: pytest.MonkeyPatch,
):
    """A09: known, unknown, not an address, invited only; and once throttled."""
    answers = set()
    for _ in range(12):
        page = browser().post(FORGOTTEN, {"email": email})
        answers.add((page.status_code, page.headers["Location"], page.text))

    assert {(303, f"{FORGOTTEN}?done=asked")} == {answer[:2] for answer in answers}
    assert 1 == len(answers)


def test_nobody_is_mailed_who_has_no_account_or_too_often(
    dara: Browser, values: dict[str, str], browser: Callable, mails: Callable
):
    """T05: at most three mails an hour for one account."""
    before = len(mails())
    for email in ("nobody@example.com", "new@example.com", *[DARA] * 5):
        browser().post(FORGOTTEN, {"email": email})

    assert 3 == len(mails()) - before


def test_asking_is_answered_alike_while_mails_cannot_be_sent(
    dara: Browser, browser: Callable, portal: Portal, monkeypatch
):
    def refused(self, message) -> None:
        raise OSError("no server")

    monkeypatch.setattr(type(portal.mailer), "send", refused)

    assert 303 == browser().post(FORGOTTEN, {"email": DARA}).status_code


def test_an_admin_is_told_when_the_mail_did_not_go_out(staff: Callable, portal: Portal, monkeypatch):
    def refused(self, message) -> None:
        raise OSError("no server")

    admin = staff(Role.ADMIN)
    monkeypatch.setattr(type(portal.mailer), "send", refused)
    page = admin.post("/staff/people", {"email": "bea@example.com", "name": "Bea", "role": "reader"})

    assert "could not be sent" in page.text
    assert re.search(r"/entry/[\w-]{43}", page.text)


def test_a_new_link_is_only_for_whoever_has_no_password_yet(staff: Callable, dara: Browser, values: dict[str, str]):
    """T17: an admin cannot take an account over by a link that is shown."""
    admin = staff(Role.ADMIN)
    new = admin.post("/staff/people/invite-again", {"email": "new@example.com"}, page="/staff/people")
    dara_s = admin.post("/staff/people/invite-again", {"email": DARA}, page="/staff/people")

    assert [200, 404] == [new.status_code, dara_s.status_code]
    assert 404 == admin.get(f"/entry/{values['entry']}").status_code


def test_coming_and_going_stands_in_the_history(dara: Browser, browser: Callable, portal: Portal, link: str):
    opens(browser, "wrong wrong wrong wrong")
    dara.post("/sign-out", page="/staff/password")
    browser().post(link, {"password": CHOSEN})

    assert [
        "person added", "signed in", "link to choose a password made (reset)", "sign-in refused", "signed out",
        "password chosen by link (reset)",
    ] == [event.what for event in portal.store.history(Person, DARA)]  # fmt: skip
