"""Sessions live on the server: a cookie names one, and ending the record ends everything at once."""

from collections.abc import Callable

import pytest
from conftest import PASSWORD, Browser, Clock, enter
from flask import Flask

from portal.core.records import LinkKey, Role, Session
from portal.usecases import inviting, people, sessions
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal, open_portal
from portal.usecases.secrets import hashed
from portal.web.app import create_app

from .conftest import token_in

STAFF_PAGE = "/staff/partners"


def cookie(browser: Browser, audience: str) -> str:
    """The secret in a browser's cookie."""
    found = browser.client.get_cookie(f"portal-{audience}", domain="localhost")
    return found.value if found else ""


def with_cookie(app: Flask, audience: str, secret: str) -> Browser:
    """Another browser that holds a copy of a cookie."""
    thief = Browser(app)
    thief.client.set_cookie(f"portal-{audience}", secret, domain="localhost")
    return thief


def turned_away(browser: Browser) -> bool:
    """Whether a staff page sends this browser to the door."""
    page = browser.get(STAFF_PAGE)
    return page.status_code == 303 and page.headers["Location"].startswith("/sign-in")


class TestTime:
    def test_a_partner_may_think_for_two_hours(self, ana: Browser, section_page: str, clock: Clock) -> None:
        """A15: two hours idle, with five minutes for clocks; the server counts."""
        clock.move(hours=2, minutes=4)
        within = ana.get(section_page)
        clock.move(hours=2, minutes=6)

        assert (200, 403) == (within.status_code, ana.get(section_page).status_code)

    def test_a_partner_works_a_day_at_most_without_opening_the_link_again(
        self, ana: Browser, invitation: Invitation, section_page: str, clock: Clock
    ) -> None:
        """A15: 24 hours in all, however busy; then the link opens a new visit and everything is there."""
        for _ in range(24):
            clock.move(hours=1)
            assert 200 == ana.get(section_page).status_code
        clock.move(minutes=6)

        assert 403 == ana.get(section_page).status_code
        assert "Use the link in your invitation" in ana.get(section_page).text
        assert 200 == enter(ana, invitation, "Ana").get(section_page).status_code

    def test_staff_have_half_an_hour(self, dara: Browser, clock: Clock) -> None:
        """A15: 30 minutes idle."""
        clock.move(minutes=34)
        within = dara.get(STAFF_PAGE)
        clock.move(minutes=36)

        assert 200 == within.status_code
        assert turned_away(dara)

    def test_staff_sign_in_once_a_day(self, dara: Browser, clock: Clock) -> None:
        """A15: 12 hours in all."""
        for _ in range(36):
            clock.move(minutes=20)
            assert 200 == dara.get(STAFF_PAGE).status_code
        clock.move(minutes=6)

        assert turned_away(dara)

    def test_a_clock_set_back_ends_nothing(self, ana: Browser, dara: Browser, section_page: str, clock: Clock) -> None:
        """R07, M9."""
        clock.move(hours=-1)

        assert (200, 200) == (ana.get(section_page).status_code, dara.get(STAFF_PAGE).status_code)

    def test_reading_page_after_page_does_not_write_each_time(
        self, ana: Browser, section_page: str, clock: Clock, stored: Callable
    ) -> None:
        before = stored()
        clock.move(minutes=1)
        ana.get(section_page)

        assert before == stored()


class TestEnding:
    def test_leaving_ends_the_visit_for_every_copy_of_the_cookie(
        self, app: Flask, ana: Browser, bruno: Browser, section_page: str
    ) -> None:
        """A17, M8: the record goes, not only the cookie; a colleague's visit stays."""
        thief = with_cookie(app, "partner", cookie(ana, "partner"))
        before = thief.get(section_page).status_code
        ana.post("/partner/leave", page=section_page)

        assert (200, 403) == (before, thief.get(section_page).status_code)
        assert 200 == bruno.get(section_page).status_code

    def test_signing_out_ends_it_too(self, app: Flask, dara: Browser) -> None:
        """T06, A17."""
        thief = with_cookie(app, "staff", cookie(dara, "staff"))
        before = thief.get(STAFF_PAGE).status_code
        page = dara.post("/sign-out", page="/staff/password")

        assert 200 == before
        assert '"cache", "storage"' == page.headers["Clear-Site-Data"]
        assert turned_away(thief)

    @pytest.mark.parametrize("how", ["disabled", "role", "password", "gone"])
    def test_what_admins_change_holds_at_the_next_request(
        self, how: str, dara: Browser, portal: Portal, clock: Clock
    ) -> None:
        """A17, A25: between two requests of one browser."""
        before = dara.get(STAFF_PAGE).status_code
        email, by = "reviewer@example.com", {"by": "admin@example.com", "now": clock()}
        match how:
            case "disabled":
                people.set_disabled(portal, email, True, **by)
            case "role":
                people.change_role(portal, email, Role.READER, **by)
            case "password":
                people.set_password(portal, email, "seven grey herons sleep late", **by)
            case "gone":
                with portal.store.transaction((people.Person, email), by="test", at=clock()) as records:
                    records.remove(people.Person, email, "removed")

        assert 200 == before
        assert turned_away(dara)

    def test_withdrawing_a_link_ends_the_visits_that_came_by_it_only(
        self, ana: Browser, chen: Browser, section_page: str, portal: Portal, invitation: Invitation,
        other_invitation: Invitation, clock: Clock,
    ) -> None:  # fmt: skip
        """A25."""
        inviting.withdraw_link(portal, invitation.response, by="dara@example.com", now=clock())

        assert 410 == ana.get(section_page).status_code
        assert 200 == chen.get(f"/partner/responses/{other_invitation.response}").status_code

    def test_a_session_that_was_ended_meanwhile_is_not_written_back(
        self, ana: Browser, portal: Portal, clock: Clock
    ) -> None:
        """SecureDrop's case: a request under way must not bring back what an admin just ended."""
        [id] = portal.store.ids(Session)
        session = portal.store.get(Session, id)
        sessions.end_session(portal, id, clock())
        sessions.change_session(portal, id, lambda one: session, clock())

        assert None is portal.store.find(Session, id)

    def test_what_is_long_over_is_swept_away(self, ana: Browser, dara: Browser, portal: Portal, clock: Clock) -> None:
        sessions.sweep_sessions(portal, clock())
        kept = list(portal.store.ids(Session))
        clock.move(days=2)
        sessions.sweep_sessions(portal, clock())

        assert 2 == len(kept)
        assert [] == list(portal.store.ids(Session))


class TestSecrets:
    def test_each_visit_has_a_new_secret_of_256_bits(self, ana: Browser, bruno: Browser, dara: Browser) -> None:
        """A16, A58: made by `secrets`, 43 signs."""
        held = {cookie(ana, "partner"), cookie(bruno, "partner"), cookie(dara, "staff")}

        assert {43} == {len(secret) for secret in held}
        assert 3 == len(held)

    def test_signing_in_gives_a_new_one_and_ends_the_old(self, app: Flask, dara: Browser) -> None:
        """A16, T06: nothing that was there before signing in is worth anything after."""
        first = cookie(dara, "staff")
        dara.post("/sign-in", {"email": "reviewer@example.com", "password": PASSWORD})

        assert first != cookie(dara, "staff")
        assert turned_away(with_cookie(app, "staff", first))

    def test_a_secret_that_an_attacker_planted_is_not_taken_over(
        self, app: Flask, invitation: Invitation, browser: Callable
    ) -> None:
        """T06: session fixation; an unknown secret in the cookie gives way to a new one."""
        victim = with_cookie(app, "partner", "x" * 43)
        enter(victim, invitation, "Ana")

        assert "x" * 43 != cookie(victim, "partner")

    def test_only_its_hash_names_the_record(self, ana: Browser, portal: Portal) -> None:
        """A12, A16."""
        assert [hashed(cookie(ana, "partner"))] == list(portal.store.ids(Session))

    def test_the_hash_is_no_secret(self, app: Flask, ana: Browser, section_page: str) -> None:
        """T14: who has the store has no cookie."""
        thief = with_cookie(app, "partner", hashed(cookie(ana, "partner")))

        assert 403 == thief.get(section_page).status_code

    def test_a_secret_of_one_purpose_is_nothing_for_another(
        self, app: Flask, ana: Browser, dara: Browser, invitation: Invitation, section_page: str, portal: Portal
    ) -> None:
        """A59: links, partner visits, staff sessions, form tokens: every swap is refused."""
        held = {
            "link": token_in(invitation),
            "partner": cookie(ana, "partner"),
            "staff": cookie(dara, "staff"),
            "form": ana.token(section_page),
            "link's hash": next(portal.store.ids(LinkKey)),
            "session's hash": next(portal.store.ids(Session)),
            "response": invitation.response,
        }
        for purpose, secret in held.items():
            if purpose != "partner":
                assert 403 <= with_cookie(app, "partner", secret).get(section_page).status_code <= 404, purpose
            if purpose != "staff":
                assert turned_away(with_cookie(app, "staff", secret)), purpose
            if purpose != "link":
                assert 404 == Browser(app).get(f"/invitation/{secret}").status_code, purpose

    def test_the_address_and_make_of_the_browser_do_not_matter(
        self, ana: Browser, dara: Browser, section_page: str
    ) -> None:
        """T06, M8: an honest phone changes its address; forging one gives nothing."""
        for who, page in ((ana, section_page), (dara, STAFF_PAGE)):
            moved = who.get(
                page,
                environ_overrides={"REMOTE_ADDR": "203.0.113.77"},
                headers={"User-Agent": "Another/1.0", "X-Forwarded-For": "10.0.0.1"},
            )

            assert 200 == moved.status_code

    @pytest.mark.parametrize("value", ["", "x", "é", "\x00", "a" * 5000, "../../x", '"', "null", "%00"])
    def test_nonsense_in_a_cookie_is_nobody(
        self, value: str, app: Flask, section_page: str, invitation: Invitation
    ) -> None:
        """A58: no error, no entry."""
        header = {"Cookie": f"portal-partner={value}; portal-staff={value}"}
        one = Browser(app).client

        assert 403 == one.get(section_page, environ_overrides={"HTTP_COOKIE": header["Cookie"]}).status_code
        assert 303 == one.get(STAFF_PAGE, environ_overrides={"HTTP_COOKIE": header["Cookie"]}).status_code

    def test_sessions_outlive_a_restart(self, ana: Browser, portal: Portal, section_page: str, clock: Clock) -> None:
        again = create_app(open_portal(portal.config), clock)

        assert 200 == with_cookie(again, "partner", cookie(ana, "partner")).get(section_page).status_code


class TestWhereSigningInLeads:
    @pytest.mark.parametrize(
        "wanted",
        ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/x", "%2f%2fevil.example",
         "\\\\evil.example", "javascript:alert(1)", "/\t/evil.example", "///evil.example", "/x\r\nSet-Cookie: a=b",
         " //evil.example", "http://localhost@evil.example/"],
    )  # fmt: skip
    def test_it_leads_to_a_page_of_ours(self, wanted: str, staff: Callable, browser: Callable) -> None:
        """T18: no open redirect."""
        staff(Role.READER)
        page = browser().post("/sign-in", {"email": "reader@example.com", "password": PASSWORD, "next": wanted})
        location = page.headers["Location"]

        assert 303 == page.status_code
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))

    def test_it_leads_back_to_the_page_that_was_asked_for(self, staff: Callable, browser: Callable) -> None:
        staff(Role.READER)
        one = browser()
        door = one.get("/staff/partners?state=started").headers["Location"]
        page = one.post(
            "/sign-in",
            {"email": "reader@example.com", "password": PASSWORD, "next": "/staff/partners?state=started"},
            page=door,
        )

        assert "/staff/partners?state=started" == page.headers["Location"]
