"""A secret link: looked at by machines, entered by people, over when it is over."""

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from conftest import Browser, Clock, enter, path_of
from flask import Flask
from mail.reading import body, mails
from msgspec.structs import replace
from usecases.filling import submitted
from werkzeug.test import TestResponse

from portal.core.records import Partner, Response, State
from portal.core.register import MailRow
from portal.usecases import inviting
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal

from .checking import TOKEN, check_answer
from .conftest import token_in
from .places import SCANNERS

MALFORMED = (
    "x", "0" * 43, "A" * 43, "é" * 20, "令牌", "%ff%fe%00", "a b", "..", "-", "_" * 5000, "null", "%F0%9F", "' OR 1=1",
)  # fmt: skip


def seen(page: TestResponse, token: str) -> str:
    """A page as it looks whichever token was asked for."""
    return re.sub(r'action="/invitation/[^"]*"', "…", TOKEN.sub("…", page.text))


def ask_for_fresh(browser: Browser, address: str) -> TestResponse:
    return browser.post(f"{path_of(address)}/fresh-link", page="/sign-in")


class TestLooking:
    def test_scanners_may_look_as_often_as_they_like(
        self, app: Flask, invitation: Invitation, stored: Callable, browser: Callable, meridian_response: Callable
    ) -> None:
        """T01, R16: 200 looks change no byte, set no cookie, count as no opening; then people come in at once."""
        before = stored()
        for number in range(200):
            machine = browser()
            page = machine.client.open(
                path_of(invitation.link) + ("", "?utm_source=mail", "?a=1&a=2")[number % 3],
                method=("GET", "HEAD", "GET", "OPTIONS")[number % 4],
                headers={"User-Agent": SCANNERS[number % len(SCANNERS)]},
            )

            assert (200, False) == (page.status_code, "Set-Cookie" in page.headers)
        assert before == stored()
        assert None is meridian_response().links[0].opened
        assert State.INVITED is meridian_response().state

        ana = enter(browser(), invitation, "Ana")

        assert 200 == ana.get(f"/partner/responses/{invitation.response}").status_code
        assert State.STARTED is meridian_response().state
        assert meridian_response().links[0].opened

    def test_a_press_without_the_token_of_the_page_starts_nothing(
        self, invitation: Invitation, stored: Callable, browser: Callable
    ) -> None:
        """T01: a scanner that presses buttons blindly gets no further than the page."""
        before = stored()

        assert 403 == browser().client.post(path_of(invitation.link), data={"name": "Robot"}).status_code
        assert before == stored()

    def test_the_page_says_who_asks_and_names_no_partner(self, invitation: Invitation, browser: Callable) -> None:
        """T02: whoever has the link alone learns what is asked, not of whom."""
        page = browser().get(invitation.link)

        assert "Example Importer Inc. asks you about security" in page.text
        assert "about 120 minutes" in page.text
        assert "1 April 2026" in page.text
        for secret in ("Meridian", "ana@example.com", invitation.response, "cotton"):
            assert secret not in page.text

    def test_nothing_submits_itself(self, invitation: Invitation, browser: Callable) -> None:
        """T01, M14: the page has a button and no script."""
        page = browser().get(invitation.link)

        assert "<script" not in page.text
        assert "http-equiv" not in page.text
        assert 1 == page.text.count('<button class="button">')


class TestStarting:
    def test_start_exchanges_the_token_for_a_cookie_and_leaves_the_address(
        self, invitation: Invitation, browser: Callable, secrets_made: list[str]
    ) -> None:
        """T02, A51: by 303, with a cookie that scripts and other sites cannot have."""
        page = browser().post(invitation.link, {"name": "Ana"})
        (cookie,) = page.headers.getlist("Set-Cookie")

        assert (303, f"/partner/responses/{invitation.response}") == (page.status_code, page.headers["Location"])
        assert f"portal-partner={secrets_made[-1]}" == cookie.split(";")[0]
        assert {"httponly", "samesite=lax", "path=/"} == {part.strip().lower() for part in cookie.split(";")[1:]}

    def test_the_link_works_again_and_again(self, invitation: Invitation, browser: Callable) -> None:
        """T01: a link is never used up."""
        for name in ("Ana", "Bruno", ""):
            one = enter(browser(), invitation, name)

            assert 200 == one.get(f"/partner/responses/{invitation.response}").status_code

    def test_entering_twice_in_one_browser_keeps_the_pages_that_are_open(
        self, ana: Browser, invitation: Invitation, section_page: str
    ) -> None:
        """A contact who opens the mail again can still save what stands in another tab."""
        token = ana.token(section_page)
        again = ana.post(invitation.link, {"name": "Ana"})

        assert "portal-partner" not in str(again.headers)
        assert 303 == ana.client.post(section_page, data={"csrf_token": token}).status_code

    @pytest.mark.parametrize("name", ["A\x00na", "Ana\r\nSet-Cookie: x=1", "\u202eanA", "x" * 5000, "😀" * 90, "<b>"])
    def test_an_odd_name_harms_nothing(self, name: str, invitation: Invitation, browser: Callable) -> None:
        """A65, T08: a name is text of at most 80 characters, or refused."""
        page = browser().post(invitation.link, {"name": name})

        assert page.status_code in (303, 422)

    def test_only_the_name_is_read(self, invitation: Invitation, browser: Callable, portal: Portal) -> None:
        """A30: fields that nobody asked for are ignored."""
        more = {"name": "Ana", "state": "submitted", "role": "admin", "response": "x", "expires": "2999-01-01"}
        browser().post(invitation.link, more)
        response = portal.store.get(Response, invitation.response)

        assert State.STARTED is response.state
        assert invitation.expires == response.links[0].expires

    def test_a_submitted_response_opens_at_its_receipt(
        self, portal: Portal, invitation: Invitation, clock: Clock, browser: Callable
    ) -> None:
        response = submitted(portal, invitation, clock())
        ana = enter(browser(), invitation, "Ana")
        page = ana.get(f"/partner/responses/{invitation.response}", follow_redirects=True)

        assert response.reference in page.text
        assert State.SUBMITTED is portal.store.get(Response, invitation.response).state


class TestWrongLinks:
    def test_every_unknown_link_gets_the_same_plain_page(self, browser: Callable, invitation: Invitation) -> None:
        """T04, A58: unknown, malformed, not ASCII: 404, one body, that gives nothing away."""
        one = browser()
        pages = {seen(page, token) for token in MALFORMED if (page := one.get(f"/invitation/{token}"))}
        statuses = {one.get(f"/invitation/{token}").status_code for token in MALFORMED[:5]}

        assert {404} == statuses
        assert 1 == len(pages)
        assert "supply-chain-security@example.com" in pages.pop()

    def test_a_link_that_is_almost_right_is_wrong(
        self, invitation: Invitation, browser: Callable, stored: Callable
    ) -> None:
        """T04, R16: cut, lengthened, in another case, with a dot: none opens."""
        token = token_in(invitation)
        almost = (token[:-1], token + "A", token.swapcase(), token[1:], token + ".", f"{token}%20", f"{token}%00")
        for one in almost:
            assert 404 == browser().get(f"/invitation/{one}").status_code, one

    def test_starting_on_an_unknown_link_starts_nothing(self, browser: Callable, kept: Callable) -> None:
        before = kept()
        page = browser().post(f"/invitation/{'x' * 43}", {"name": "Mallory"})

        assert (404, False) == (page.status_code, "Set-Cookie" in page.headers)
        assert before == kept()

    def test_guessing_is_slowed_down_and_valid_links_still_open(
        self, browser: Callable, invitation: Invitation, clock: Clock
    ) -> None:
        """T04: 30 unknown links in 10 minutes, then 429 with a time to wait; who has a valid link is not kept out."""
        one = browser()
        tries = [one.get(f"/invitation/{number:043}") for number in range(33)]
        pages = {seen(page, "") for page in tries[:30]}

        assert [404] * 30 + [429] * 3 == [page.status_code for page in tries]
        assert 1 == len(pages)
        assert {"601"} == {page.headers["Retry-After"] for page in tries[30:]}
        assert 429 == one.post(f"/invitation/{'y' * 43}", {"name": ""}, page="/sign-in").status_code
        assert 200 == one.get(invitation.link).status_code
        assert 303 == one.post(invitation.link, {"name": "Ana"}).status_code
        clock.move(minutes=10, seconds=1)

        assert 404 == one.get(f"/invitation/{'z' * 43}").status_code

    def test_another_header_is_not_another_address(self, browser: Callable, invitation: Invitation) -> None:
        """A55: who says to come from elsewhere is not believed where no proxy is configured."""
        one = browser()
        for number in range(30):
            one.get(f"/invitation/{number}", headers={"X-Forwarded-For": f"198.51.100.{number}"})
        elsewhere = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9"}

        assert 429 == one.get("/invitation/x", headers=elsewhere).status_code

    def test_another_address_is_not_slowed_down(self, browser: Callable) -> None:
        """T04: one guesser does not shut the door for everybody."""
        one = browser()
        for number in range(31):
            one.get(f"/invitation/{number}")

        assert 429 == one.get("/invitation/x").status_code
        assert 404 == one.get("/invitation/x", environ_overrides={"REMOTE_ADDR": "198.51.100.7"}).status_code


class TestOver:
    @pytest.fixture(params=["expired", "withdrawn", "replaced"])
    def over(
        self, request: pytest.FixtureRequest, ana: Browser, portal: Portal, invitation: Invitation, clock: Clock
    ) -> Browser:
        """Ana, who is in the middle of her work when her link ends."""
        match request.param:
            case "expired":
                clock.move(days=59, hours=23)
                enter(ana, invitation, "Ana")
                clock.move(hours=1, minutes=6)
            case "withdrawn":
                inviting.withdraw_link(portal, invitation.response, by="dara@example.com", now=clock())
            case "replaced":
                inviting.replace_link(portal, invitation.response, by="dara@example.com", now=clock())
        return ana

    def test_a_link_that_is_over_says_so_and_keeps_everything_shut(
        self, over: Browser, invitation: Invitation, section_page: str, kept: Callable
    ) -> None:
        """A25, contract: 410 on the link and, at the next request, in every session that came by it."""
        before = kept()
        page = over.get(invitation.link)
        anybody = over.token("/sign-in")
        start = over.client.post(path_of(invitation.link), data={"csrf_token": anybody})
        inside = [
            over.get(address)
            for address in (section_page, f"/partner/responses/{invitation.response}", f"{section_page}?check=1")
        ]

        assert [410] * 5 == [one.status_code for one in (page, start, *inside)]
        assert "This link is not valid" in page.text
        assert "Meridian" not in page.text + "".join(one.text for one in inside)
        assert before == kept()

    def test_an_unsaved_answer_is_refused_as_a_program_reads_it(
        self, portal: Portal, ana: Browser, invitation: Invitation, section_page: str, clock: Clock, kept: Callable
    ) -> None:
        """Contract: PUT answers 410 with errors when the link is over."""
        token = ana.token(section_page)
        inviting.withdraw_link(portal, invitation.response, by="dara@example.com", now=clock())
        before = kept()
        page = check_answer(
            ana.client.put(
                f"/partner/responses/{invitation.response}/answers/cyber-rules",
                json={"value": "yes"},
                headers={"X-CSRF-Token": token},
            )
        )

        assert (410, ["This link is no longer valid."]) == (page.status_code, page.json["errors"])
        assert before == kept()

    def test_a_clock_a_little_off_ends_no_link(self, browser: Callable, invitation: Invitation, clock: Clock) -> None:
        """R07: the end is meant to the day; five minutes shut nobody out."""
        clock.now = invitation.expires
        clock.move(minutes=4)

        assert 200 == browser().get(invitation.link).status_code

    def test_an_extended_link_opens_again(
        self, portal: Portal, browser: Callable, invitation: Invitation, clock: Clock
    ) -> None:
        clock.move(days=70)
        before = browser().get(invitation.link)
        inviting.extend_link(
            portal, invitation.response, clock().date().replace(day=28), by="dara@example.com", now=clock()
        )

        assert (410, 200) == (before.status_code, browser().get(invitation.link).status_code)


class TestFreshLinks:
    def test_the_reply_is_the_same_for_everybody(
        self, browser: Callable, portal: Portal, invitation: Invitation, other_invitation: Invitation, clock: Clock
    ) -> None:
        """A09, T01: live, expired, withdrawn, unknown or nonsense: nobody learns whether there is such a link."""
        inviting.withdraw_link(portal, other_invitation.response, by="dara@example.com", now=clock())
        addresses = (invitation.link, other_invitation.link, "/invitation/unknown", f"/invitation/{'x' * 43}")
        replies = [ask_for_fresh(browser(), address) for address in addresses]
        pages = [browser().get(reply.headers["Location"]) for reply in replies]

        assert {303} == {reply.status_code for reply in replies}
        assert {"done=mailed"} == {reply.headers["Location"].partition("?")[2] for reply in replies}
        assert 1 == len({seen(page, "") for page in pages})
        assert "If we know this link" in pages[0].text

    def test_the_new_link_goes_to_the_address_on_file_and_works(
        self, browser: Callable, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        clock.move(days=61)
        page = ask_for_fresh(browser(), invitation.link)
        [mail] = mails(portal)
        [link] = re.findall(r"http://\S+/invitation/\S+", body(mail))

        assert 303 == page.status_code
        assert "ana@example.com" == mail["To"]
        assert 200 == browser().get(link).status_code
        assert 410 == browser().get(invitation.link).status_code
        assert 303 == browser().post(link, {"name": "Ana"}).status_code

    def test_an_address_that_was_corrected_gets_it(
        self, browser: Callable, portal: Portal, invitation: Invitation, clock: Clock, meridian: Partner
    ) -> None:
        """The mail goes to whoever is on file now, never to whoever asks."""
        with portal.store.transaction((Partner, meridian.id), by="dara@example.com", at=clock()) as records:
            records.put(replace(meridian, contact_email="new@example.com"), "corrected")
        more = {"email": "mallory@example.com", "to": "mallory@example.com"}
        browser().post(f"{path_of(invitation.link)}/fresh-link", more, page="/sign-in")

        assert ["new@example.com"] == [mail["To"] for mail in mails(portal)]

    def test_a_withdrawn_link_brings_no_new_one(
        self, browser: Callable, portal: Portal, invitation: Invitation, clock: Clock, kept: Callable
    ) -> None:
        """What staff have taken away, nobody gets back by asking."""
        inviting.withdraw_link(portal, invitation.response, by="dara@example.com", now=clock())
        before = kept()
        ask_for_fresh(browser(), invitation.link)

        assert [] == mails(portal)
        assert before == kept()

    def test_a_link_from_before_the_last_one_brings_a_new_one(
        self, browser: Callable, portal: Portal, invitation: Invitation
    ) -> None:
        """Whoever kept only the first mail can still get on."""
        ask_for_fresh(browser(), invitation.link)
        ask_for_fresh(browser(), invitation.link)

        assert 2 == len(mails(portal))

    def test_three_an_hour_are_mailed_for_one_response(
        self, browser: Callable, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        """T01, A29: more than that is mail bombing; the reply stays the same."""
        one = browser()
        replies = [ask_for_fresh(one, invitation.link) for _ in range(5)]
        within = len(mails(portal))
        clock.move(hours=1, seconds=1)
        ask_for_fresh(one, invitation.link)

        assert [303] * 5 == [reply.status_code for reply in replies]
        assert (3, 4) == (within, len(mails(portal)))

    def test_ten_an_hour_are_taken_from_one_address(
        self, browser: Callable, portal: Portal, invitation: Invitation
    ) -> None:
        one = browser()
        for number in range(10):
            ask_for_fresh(one, f"/invitation/{number:043}")
        ask_for_fresh(one, invitation.link)

        assert [] == mails(portal)

    def test_when_mail_is_down_the_reply_is_the_same(
        self,
        browser: Callable,
        portal: Portal,
        invitation: Invitation,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """A09: a server that refuses tells nobody who is known."""

        class Down:
            def send(self, message: EmailMessage) -> None:
                raise ConnectionRefusedError("nobody answers")

        monkeypatch.setitem(portal.__dict__, "mailer", Down())
        replies = [ask_for_fresh(browser(), address) for address in (invitation.link, "/invitation/unknown")]

        assert [303, 303] == [reply.status_code for reply in replies]
        assert 200 == browser().get(invitation.link).status_code, "the old link ends when the new one is on its way"
        [line] = caplog.messages
        assert line.endswith("try 1: away")
        [waiting] = portal.store.rows(MailRow)
        assert ("queued", "The mail server cannot be used: ConnectionRefusedError.") == (waiting.state, waiting.error)

    def test_the_link_in_the_mail_is_made_from_the_settings(
        self, browser: Callable, portal: Portal, invitation: Invitation
    ) -> None:
        """T18: a forged host leads nowhere, and no mail is sent."""
        one = browser()
        token = one.token("/sign-in")
        page = one.client.post(
            f"{path_of(invitation.link)}/fresh-link",
            data={"csrf_token": token},
            headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
        )
        forwarded = one.post(
            f"{path_of(invitation.link)}/fresh-link", page="/sign-in", headers={"X-Forwarded-Host": "evil.example"}
        )

        assert (400, 303) == (page.status_code, forwarded.status_code)
        assert ["http://127.0.0.1:8000"] == re.findall(r"http://[^/\s]+", body(mails(portal)[0]))
