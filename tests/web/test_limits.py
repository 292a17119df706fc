"""Limits: what is written down is what the code does, and nothing is read beyond it."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import CHECKOUT, PASSWORD, Browser, Clock
from flask import Flask

from portal.core import answering as core_answering
from portal.core import tidying
from portal.core.questionnaire import Kind, Question
from portal.core.records import Role
from portal.evidence import limits as evidence_limits
from portal.evidence.store import FOLDER, NAME
from portal.usecases import passwords, sessions, throttle
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal, open_portal
from portal.usecases.throttle import LIMITS, TooMany
from portal.web import app as web_app
from portal.web import partner_answers
from portal.web.app import create_app

from .checking import check_answer
from .filling import fields_of, multipart

README = (CHECKOUT / "README.md").read_text()
MB = 1024 * 1024


def test_the_table_of_tries_in_the_readme_is_what_the_code_does() -> None:
    """A01: the throttle numbers are written down and true."""
    written = {
        limit: (int(tries), timedelta(minutes=int(minutes)))
        for limit, tries, minutes in re.findall(r"^\| ([a-z ]+) \| (\d+) \| (\d+) min \|$", README, re.MULTILINE)
    }

    assert {name: (limit.tries, limit.window) for name, limit in LIMITS.items()} == written


def test_the_table_of_limits_in_the_readme_is_what_the_code_does() -> None:
    """A41: sizes, lengths and sessions."""
    written = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|$", README.split("## Limits")[1], re.MULTILINE))
    kinds = ", ".join(one.label for one in evidence_limits.ACCEPTED.values()).replace("(.docx)", "")
    longest = Question(id="x", kind=Kind.TEXT, ask="x").longest
    form, answer = web_app.LARGEST_FORM // MB, partner_answers.LARGEST_ANSWER // 1024

    assert written["one file of evidence"].startswith(f"{evidence_limits.FILE_BYTES // MB} MB: PDF, JPEG, PNG, WebP")
    assert kinds.startswith("PDF, JPEG, PNG, WebP")
    assert f"{evidence_limits.RESPONSE_FILES}, 1 GB together" == written["files of one response · photos of one visit"]
    assert evidence_limits.RESPONSE_BYTES == 1024 * MB
    assert f"{form} MB · {answer} KB" == written["a page of answers · one answer sent by a program"]
    assert (
        f"{longest:,} characters unless the question says otherwise · {core_answering.LONGEST_COMMENT:,}"
        == (written["an answer's text · a comment"])
    )
    assert written["a session of staff"].startswith("30 min without a request, 12 h in all")
    assert (timedelta(minutes=30), timedelta(hours=12)) == (sessions.STAFF_IDLE, sessions.STAFF_LONGEST)
    assert written["a session of a partner"].startswith("2 h without a request, 24 h in all")
    assert (timedelta(hours=2), timedelta(hours=24)) == (sessions.PARTNER_IDLE, sessions.PARTNER_LONGEST)
    assert written["a password of staff"].startswith(f"{passwords.SHORTEST} to {passwords.LONGEST} characters")
    assert timedelta(minutes=10) == sessions.FRESH
    assert "typed again after 10 min" in written["a password of staff"]


@pytest.mark.parametrize("name", LIMITS)
def test_each_limit_lets_so_many_pass_and_then_waits(name: str, portal: Portal, clock: Clock) -> None:
    """A01: to the last try and not one more; another source is not touched; a restart forgets nothing."""
    limit = LIMITS[name]
    for _ in range(limit.tries):
        throttle.check(portal, name, "one", clock())
        throttle.count(portal, name, "one", clock())
        clock.move(seconds=1)
    again = open_portal(portal.config)
    for one in (portal, again):
        with pytest.raises(TooMany) as refused:
            throttle.check(one, name, "one", clock())

        assert 0 < refused.value.seconds <= limit.window.total_seconds()
    throttle.check(portal, name, "another", clock())
    clock.move(seconds=limit.window.total_seconds())
    throttle.check(portal, name, "one", clock())


def test_a_clock_set_back_locks_nobody_out(portal: Portal, clock: Clock) -> None:
    """R07: tries that lie ahead of the clock count as long ago."""
    name = "unknown links from one address"
    for _ in range(LIMITS[name].tries):
        throttle.count(portal, name, "one", clock())
    clock.move(days=-365)

    throttle.check(portal, name, "one", clock())


class TestPasswords:
    def sign_in(self, browser: Browser, email: str, password: str, **kwargs: object):
        return browser.post("/sign-in", {"email": email, "password": password}, **kwargs)

    def test_six_wrong_ones_slow_down_one_account_and_no_other(
        self, app: Flask, staff: Callable, browser: Callable, portal: Portal, clock: Clock
    ) -> None:
        """T05: the seventh, right one waits; another account does not; still so after a restart."""
        staff(Role.READER)
        staff(Role.ADMIN)
        wrong = [self.sign_in(browser(), "reader@example.com", f"wrong {n} wrong wrong") for n in range(6)]
        right = self.sign_in(browser(), "reader@example.com", PASSWORD)
        other = self.sign_in(browser(), "admin@example.com", PASSWORD)
        restarted = Browser(create_app(open_portal(portal.config), clock))
        still = self.sign_in(restarted, " READER@example.com ", PASSWORD)
        clock.move(minutes=1, seconds=1)
        later = self.sign_in(browser(), "reader@example.com", PASSWORD)

        assert {422} == {page.status_code for page in wrong}
        assert (429, 303, 429, 303) == tuple(page.status_code for page in (right, other, still, later))
        assert 0 < int(right.headers["Retry-After"]) <= 61

    def test_many_accounts_from_one_address_are_slowed_down_too(
        self, app: Flask, staff: Callable, browser: Callable
    ) -> None:
        """T05: thirty in ten minutes, whoever they say they are; no difference for names that do not exist."""
        one = browser()
        tries = [self.sign_in(one, f"nobody{number}@example.com", "wrong wrong wrong") for number in range(31)]
        forged = self.sign_in(one, "x@example.com", "wrong", headers={"X-Forwarded-For": "198.51.100.1"})

        assert [422] * 30 + [429] == [page.status_code for page in tries]
        assert 429 == forged.status_code

    def test_known_and_unknown_names_are_told_the_same(self, staff: Callable, browser: Callable) -> None:
        """T05, A09: one message, and the slow check is made for both."""
        staff(Role.READER)
        pages = [
            self.sign_in(browser(), email, "wrong wrong wrong").text.replace(email, "…")
            for email in ("reader@example.com", "writer@example.com")
        ]

        assert "do not fit together" in pages[0]
        assert 1 == len({re.sub('value="[^"]*"', "", page) for page in pages})


BROKEN = [
    b"",
    b"--",
    b"--x",
    b"--x\r\n\r\n\r\n--x--",
    b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--",
    b"\xff" * 999,
]


class TestSizes:
    def test_a_form_of_more_than_two_megabytes_is_not_read(
        self, ana: Browser, section_page: str, kept: Callable
    ) -> None:
        """M11, T12: neither as a multipart form nor in the other way of encoding, which Werkzeug does not bound."""
        token, before = ana.token(section_page), kept()
        text = "x" * (2 * MB + 1)
        parts = ana.client.post(section_page, **multipart({"csrf_token": token, "cyber-rules-comment": text}))
        plain = ana.client.post(section_page, data={"csrf_token": token, "cyber-rules-comment": text})
        unsaid = ana.client.post(section_page, data=text, headers={"X-CSRF-Token": token})

        assert (413, 413) == (check_answer(parts).status_code, check_answer(plain).status_code)
        assert "That is too large" in plain.text
        assert unsaid.status_code in (303, 413)
        assert before == kept()

    @pytest.mark.parametrize("address", ["/sign-in", "/partner/leave"])
    def test_nobody_can_make_us_read_more_on_another_page(self, address: str, ana: Browser, section_page: str) -> None:
        page = ana.client.post(address, data={"csrf_token": ana.token(section_page), "email": "x" * (2 * MB + 1)})

        assert 413 == check_answer(page).status_code

    def test_an_answer_of_megabytes_is_refused_before_it_is_read(
        self, ana: Browser, invitation: Invitation, section_page: str
    ) -> None:
        page = ana.put(
            f"/partner/responses/{invitation.response}/answers/cyber-rules",
            {"comment": "x" * 3 * MB},
            page=section_page,
        )

        assert (413, "application/json") == (page.status_code, page.mimetype)

    def test_a_form_of_thousands_of_parts_is_refused(self, ana: Browser, section_page: str, kept: Callable) -> None:
        """T12, CVE-2023-25577: 2,000 parts, ten times what the largest section has."""
        token, before = ana.token(section_page), kept()

        def parts(count: int) -> int:
            fields = {"csrf_token": token, **{f"x{number}": "" for number in range(count - 1)}}
            return check_answer(ana.client.post(section_page, **multipart(fields))).status_code

        assert (303, 413) == (parts(2000), parts(2001))
        assert before == kept()

    def test_the_largest_honest_section_fits_easily(self, ana: Browser, invitation: Invitation, portal: Portal) -> None:
        """What we ask ourselves must not run into our own limits."""
        for section in portal.edition(next(iter(portal.editions))).sections:
            page = ana.get(f"/partner/responses/{invitation.response}/sections/{section.id}")
            if page.status_code == 200:
                fields = fields_of(page)

                assert len(fields) < web_app.MOST_PARTS / 2, section.id
                assert len(json.dumps(fields)) < web_app.LARGEST_FORM / 20, section.id

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"--",
            b"--x",
            b"--x\r\n\r\n\r\n--x--",
            b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--",
            b"\xff" * 999,
        ],
    )
    @pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data", "application/x-y", ""])
    def test_a_broken_body_breaks_nothing(self, body: bytes, kind: str, ana: Browser, section_page: str) -> None:
        """A32: whatever a body is called and holds, the answer is a page of ours."""
        headers = {"X-CSRF-Token": ana.token(section_page)}
        page = check_answer(ana.client.post(section_page, data=body, content_type=kind, headers=headers))

        assert page.status_code in (303, 400, 413, 422)


WORST = ["a" * 100_000, "a@" * 50_000, "a." * 50_000 + "@", "1" * 100_000, "1," * 50_000, " " * 100_000, "-1." * 30_000]


@pytest.mark.parametrize(
    "pattern",
    [tidying.EMAIL, core_answering.NUMBER, core_answering.THOUSANDS, tidying.FORBIDDEN, FOLDER, NAME],
    ids=lambda pattern: pattern.pattern[:30],
)
def test_patterns_come_to_an_end_on_the_worst_of_texts(pattern: re.Pattern[str]) -> None:
    """A39: an expression that backtracks would not finish on these."""
    for text in (*WORST, *("a@" + one for one in WORST), *("1" + one for one in WORST)):
        pattern.fullmatch(text)
        pattern.search(text[:5000])
