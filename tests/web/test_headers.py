"""What every answer carries: headers that shut doors, cookies out of reach, nothing kept by browsers."""

import gzip
from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import Browser, Clock, path_of
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.config import Config
from portal.core.records import Role
from portal.usecases.inviting import Invitation, invite
from portal.usecases.portal import Portal, open_portal
from portal.web.app import create_app

from .asking import is_staff, knock
from .checking import check_answer, policy_of
from .places import doors

FOREIGN_HOSTS = ("evil.example", "127.0.0.1.evil.example", "evil.example:8000", "localhost.evil.example", "")


def test_every_route_carries_the_headers(
    app: Flask, values: dict[str, str], ana: Browser, staff: Callable, browser: Callable
) -> None:
    """A52, A63: `knock` holds each answer to `checking.py`, whoever asks, refusals and errors included."""
    admin = staff(Role.ADMIN)
    for door in doors(app, values):
        if door.method == "GET":
            for who in (browser(), admin if is_staff(door) else ana):
                knock(who, door, values["response_id"])


def test_errors_carry_them_too(ana: Browser, section_page: str, browser: Callable) -> None:
    """A52: errors, methods that are not known, addresses that are not there."""
    for page in (
        ana.client.get("/nowhere"),
        ana.client.open("/healthz", method="TRACE"),
        ana.client.post(section_page),
        ana.client.get(section_page, headers={"Host": "evil.example"}),
        ana.client.put("/nowhere"),
        ana.client.options(section_page),
    ):
        check_answer(page)


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(ana: Browser, section_page: str) -> None:
    """A52, A54: no unsafe source, no other host, no wildcard, no scheme."""
    policy = ana.get(section_page).headers["Content-Security-Policy"]
    sources = {source for found in policy_of(policy).values() for source in found}

    assert {"'none'", "'self'", "'script'"} == sources
    assert {"'none'"} == policy_of(policy)["default-src"] == policy_of(policy)["frame-ancestors"]


def test_assets_are_fetched_once_and_packed(app: Flask, browser: Callable, invitation: Invitation) -> None:
    """A63: only what is the same for everybody is kept by browsers; its address changes with its content."""
    for name, asset in app.extensions["assets"].by_name.items():
        plain = browser().get(f"/assets/{asset.digest}/{name}")
        packed = browser().get(f"/assets/{asset.digest}/{name}", headers={"Accept-Encoding": "gzip"})

        assert asset.body == plain.data == gzip.decompress(packed.data)
        assert "Accept-Encoding" == packed.headers["Vary"]
        assert name in asset.media_type or asset.media_type.startswith(("text/css", "text/javascript", "image/svg"))


def test_pages_are_packed_for_who_takes_it(ana: Browser, section_page: str) -> None:
    packed = ana.get(section_page, headers={"Accept-Encoding": "gzip, br"})
    plain = ana.get(section_page)

    assert "gzip" == packed.headers["Content-Encoding"]
    assert len(plain.data) > 5 * len(packed.data)
    assert str(len(packed.data)) == packed.headers["Content-Length"]
    assert plain.text.split("csrf")[0] == gzip.decompress(packed.data).decode().split("csrf")[0]


def test_content_types_are_what_the_content_is(ana: Browser, section_page: str, invitation: Invitation) -> None:
    """A56."""
    saved = ana.put(
        f"/partner/responses/{invitation.response}/answers/cyber-rules", {"value": "yes"}, page=section_page
    )

    assert "text/html; charset=utf-8" == ana.get(section_page).headers["Content-Type"]
    assert "application/json" == saved.headers["Content-Type"]
    assert "text/plain; charset=utf-8" == ana.get("/healthz").headers["Content-Type"]


def test_leaving_clears_what_the_browser_holds(ana: Browser, section_page: str) -> None:
    """A63: cookie, cache and storage go; the record on the server goes first."""
    page = ana.post("/partner/leave", page=section_page)

    assert (200, '"cache", "storage"') == (page.status_code, page.headers["Clear-Site-Data"])
    assert "portal-partner=;" in page.headers["Set-Cookie"]
    assert 403 == ana.get(section_page).status_code


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_host_that_is_not_ours_is_refused(host: str, browser: Callable, invitation: Invitation) -> None:
    """T18, M15: 400, before anything is looked at."""
    page = browser().client.get(path_of(invitation.link), headers={"Host": host})

    assert 400 == check_answer(page).status_code
    assert "asks you about security" not in page.text
    assert "evil" not in page.text + str(page.headers)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "127.0.0.1", "localhost:8000", "localhost", "[::1]:8000"])
def test_our_own_hosts_are_let_in(host: str, browser: Callable, invitation: Invitation) -> None:
    assert 200 == browser().client.get(path_of(invitation.link), headers={"Host": host}).status_code


def test_headers_of_a_proxy_nobody_configured_change_nothing(
    browser: Callable, ana: Browser, section_page: str
) -> None:
    """A55: not the host, not the scheme, not the address."""
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example",
              "X-Forwarded-Port": "1", "X-Forwarded-Prefix": "/evil", "Forwarded": "host=evil.example"}  # fmt: skip
    page = ana.get(section_page, headers=forged)
    away = browser().get("/", headers=forged)

    assert 200 == page.status_code
    assert "Strict-Transport-Security" not in page.headers
    assert "evil" not in page.text
    assert "/sign-in" == away.headers["Location"]


class TestHttps:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return replace(config, base_url="https://portal.example.com")

    @pytest.fixture
    def client(self, app: Flask) -> Callable[..., TestResponse]:
        """Asks as a browser does over https."""
        client: FlaskClient = app.test_client()

        def ask(method: str, address: str, **kwargs: object) -> TestResponse:
            return check_answer(
                client.open(path_of(address), method=method, base_url="https://portal.example.com", **kwargs)
            )

        return ask

    def token(self, page: TestResponse) -> str:
        return page.text.split('name="csrf_token" value="')[1].split('"')[0]

    def test_cookies_are_kept_to_this_host_and_to_https(self, client: Callable, invitation: Invitation) -> None:
        """A51: __Host-, Secure, HttpOnly, SameSite, no Domain."""
        token = self.token(client("GET", invitation.link))
        page = client("POST", f"{invitation.link}?language=es", data={"csrf_token": token, "name": "Ana"})
        cookies = page.headers.getlist("Set-Cookie")

        assert ["__Host-portal-partner", "__Host-portal-language"] == [cookie.split("=")[0] for cookie in cookies]
        for cookie in cookies:
            parts = {part.strip().lower() for part in cookie.split(";")[1:]}
            assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
            assert "domain" not in cookie.lower()
        assert 200 == client("GET", page.headers["Location"]).status_code

    def test_a_cookie_of_the_plain_name_opens_nothing(
        self, app: Flask, invitation: Invitation, client: Callable
    ) -> None:
        """A51: another host cannot set a cookie that is taken for ours."""
        token = self.token(client("GET", invitation.link))
        page = client("POST", invitation.link, data={"csrf_token": token})
        secret = page.headers["Set-Cookie"].split("=")[1].split(";")[0]
        stranger = app.test_client()
        stranger.set_cookie("portal-partner", secret, domain="portal.example.com")
        page = stranger.get(page.headers["Location"], base_url="https://portal.example.com")

        assert 403 == page.status_code

    def test_browsers_are_told_to_stay_with_https(self, client: Callable, invitation: Invitation) -> None:
        """A52: a year, sub-domains too, on every answer."""
        for page in (client("GET", invitation.link), client("GET", "/nowhere"), client("POST", "/sign-in")):
            assert "max-age=31536000; includeSubDomains" == page.headers["Strict-Transport-Security"]

    def test_links_begin_with_the_configured_address(self, invitation: Invitation) -> None:
        assert invitation.link.startswith("https://portal.example.com/invitation/")


class TestBehindAProxy:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return replace(config, proxies=1)

    def test_the_address_that_our_proxy_saw_counts_and_no_other(self, browser: Callable) -> None:
        """A55: the last entry is our proxy's; what stands before it came from outside."""
        one = browser()

        def guess(number: int, seen: str) -> int:
            forged = {"X-Forwarded-For": f"198.51.100.{number}, {seen}"}
            return one.get(f"/invitation/{number}", headers=forged).status_code

        first = [guess(number, "203.0.113.5") for number in range(31)]

        assert [404] * 30 + [429] == first
        assert 404 == guess(99, "203.0.113.6")

    def test_its_word_on_the_host_is_not_taken(self, browser: Callable, invitation: Invitation) -> None:
        """T18: links and checks go by the settings alone."""
        page = browser().get(invitation.link, headers={"X-Forwarded-Host": "evil.example"})

        assert 200 == page.status_code
        assert "evil" not in page.text


def test_two_installations_share_nothing(portal: Portal, clock: Clock, meridian, config: Config) -> None:
    """A59: a link of one portal is unknown to another."""
    made = invite(portal, [meridian.id], by="dara@example.com", now=clock())[0]
    elsewhere = open_portal(replace(config, data=config.data.parent / "other"))
    page = Browser(create_app(elsewhere, clock)).get(made.link)

    assert 404 == page.status_code
