"""When something breaks: a plain page, nothing told, nothing lost, and everybody else goes on."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Browser, Clock, enter
from evidence.samples import pdf
from flask import Flask

from portal.cli.logs import OneLine
from portal.core.records import Response, Session
from portal.store.protocol import NotKept
from portal.usecases import answering
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.web import here

from .filling import send, send_file, text_at, words

FULL = "Not saved: the server's disk is full. Your text is still in this page."
CANARY = "CANARY-in-an-exception"


def file_of(portal: Portal, kind: type, id: str) -> Path:
    """The file that a record lies in."""
    [found] = (portal.config.store / "records" / kind.kind).rglob(f"{id}.json")
    return found


def full(*args: object) -> None:
    raise NotKept(FULL)


class TestUnknownErrors:
    @pytest.fixture
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A view that fails in a way nobody foresaw, with a secret in its message."""

        def explode(*args: object) -> None:
            raise ZeroDivisionError(f"{CANARY} in /srv/portal/store")

        monkeypatch.setattr(answering, "own_response", explode)

    def test_the_page_has_a_number_and_nothing_else(
        self, broken: None, ana: Browser, section_page: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A67, T19: no path, no value, no trace; the log has the same number with the trace."""
        page = ana.get(section_page)
        [number] = re.findall(r"\(incident ([0-9a-f]{8})\)", page.text)

        assert 500 == page.status_code
        # The choice of languages leads back to the address that was asked for, and that is all it says.
        text = re.sub(r'<details class="languages">.*?</details>', "", page.text, flags=re.DOTALL)
        for told in (CANARY, "Traceback", "ZeroDivision", "/srv/", "portal/web", "own_response", section_page):
            assert told not in text
        assert f"incident {number} on sections.show" in caplog.text
        assert CANARY in caplog.text

    def test_a_program_gets_the_number_as_json(
        self, ana: Browser, section_page: str, invitation: Invitation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def explode(*args: object, **kwargs: object) -> None:
            raise KeyError(CANARY)

        monkeypatch.setattr(answering, "save_answers", explode)
        page = ana.put(f"/partner/responses/{invitation.response}/answers/cyber-rules", {}, page=section_page)

        assert (500, "application/json") == (page.status_code, page.mimetype)
        assert re.search(r"incident [0-9a-f]{8}", page.json["errors"][0])
        assert CANARY not in page.text

    def test_each_incident_has_a_number_of_its_own(
        self, broken: None, ana: Browser, section_page: str, browser: Callable, invitation: Invitation
    ) -> None:
        """A67: the process lives on after many of them."""
        numbers = {re.findall("incident ([0-9a-f]+)", ana.get(section_page).text)[0] for _ in range(50)}

        assert 50 == len(numbers)
        assert 200 == browser().get(invitation.link).status_code

    def test_in_the_log_it_is_one_line_without_secrets(
        self, ana: Browser, invitation: Invitation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A65: control characters escaped, tokens masked, also in a trace."""

        def explode(*args: object) -> None:
            raise RuntimeError(f"line\r\nforged {invitation.link} \x1b[31m")

        monkeypatch.setattr(answering, "own_response", explode)
        ana.get(f"/partner/responses/{invitation.response}/copy")
        lines = [OneLine().format(record) for record in caplog.records if record.name == "portal"]
        caplog.clear()  # the message above has the link in it; what is written does not

        assert lines
        for line in lines:
            assert line.isascii()
            assert line.isprintable()
            assert invitation.link.rsplit("/", 1)[1] not in line

    def test_a_crooked_path_is_one_line_in_the_log(
        self, ana: Browser, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A65, CVE-2025-48432: a path with line ends forges no line."""

        def explode(id: str) -> None:
            raise RuntimeError(f"no {id}")

        monkeypatch.setattr(here, "access", explode)
        page = ana.get("/partner/responses/x%0d%0aERROR%20forged%1b[31m/copy")
        lines = [OneLine().format(record) for record in caplog.records]

        assert 500 == page.status_code
        assert [line for line in lines if "forged" in line]
        assert all(line.isprintable() and line.isascii() for line in lines)


class TestDamage:
    def test_a_damaged_response_is_out_of_order_and_no_other(
        self, ana: Browser, chen: Browser, section_page: str, portal: Portal, invitation: Invitation,
        other_invitation: Invitation, caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        """R08: 503 for that one, named in the log, never written over; everybody else goes on."""
        token = ana.token(section_page)
        path = file_of(portal, Response, invitation.response)
        spoilt = path.read_bytes().replace(b"Meridian", b"Meridiam")
        path.write_bytes(spoilt)
        base = f"/partner/responses/{invitation.response}"
        looked = [ana.get(address).status_code for address in (section_page, base, f"{base}/copy", f"{base}/submit")]
        saved = ana.client.post(section_page, data={"csrf_token": token, "cyber-rules": "yes"})
        put = ana.client.put(f"{base}/answers/cyber-rules", json={"value": "yes"}, headers={"X-CSRF-Token": token})
        other = chen.put(
            f"/partner/responses/{other_invitation.response}/answers/cyber-rules",
            {"value": "yes"},
            page=f"/partner/responses/{other_invitation.response}",
        )

        assert [503] * 4 == looked
        assert (503, 503, 200) == (saved.status_code, put.status_code, other.status_code)
        assert "60" == saved.headers["Retry-After"]
        assert "What you saved before is still there" in saved.text
        assert spoilt == path.read_bytes()
        assert "damaged" in caplog.text
        assert str(portal.config.data) not in saved.text + put.text

    def test_a_damaged_session_ends_and_the_link_opens_another(
        self, ana: Browser, invitation: Invitation, section_page: str, portal: Portal
    ) -> None:
        """R08: nobody is shut out for good by a cookie whose record is spoilt."""
        [id] = portal.store.ids(Session)
        file_of(portal, Session, id).write_text("{}")

        assert 403 == ana.get(section_page).status_code
        assert 200 == enter(ana, invitation, "Ana").get(section_page).status_code


class TestFullDisk:
    @pytest.fixture
    def disk_full(self, ana: Browser, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
        monkeypatch.setattr(type(portal.store), "_keep", full)
        return monkeypatch

    def test_a_section_comes_back_with_what_was_typed(
        self, ana: Browser, section_page: str, kept: Callable, disk_full: pytest.MonkeyPatch
    ) -> None:
        """R03: 503, the text is in the page, and sent again it is saved."""
        before = kept()
        changes = {"cyber-rules": "no", "cyber-rules-comment": "Three hours of typing", "cyber-sharing": "partly"}
        page = send(ana, ana.get(section_page), changes)
        after = kept()
        disk_full.undo()
        again = send(ana, page)

        assert (503, "60") == (page.status_code, page.headers["Retry-After"])
        assert "the server's disk is full" in words(page, "errors")
        assert "Three hours of typing" == text_at(page, "cyber-rules-comment")
        assert before == after
        assert 303 == again.status_code
        assert "Three hours of typing" == text_at(ana.get(section_page), "cyber-rules-comment")

    def test_a_program_is_told_and_may_try_again(
        self, ana: Browser, section_page: str, invitation: Invitation, disk_full: pytest.MonkeyPatch
    ) -> None:
        """Contract: never 200 unless it is on disk."""
        page = ana.put(
            f"/partner/responses/{invitation.response}/answers/cyber-rules", {"value": "yes"}, page=section_page
        )

        assert (503, [FULL], "60") == (page.status_code, page.json["errors"], page.headers["Retry-After"])

    def test_reading_goes_on(
        self, ana: Browser, section_page: str, clock: Clock, browser: Callable, invitation: Invitation,
        disk_full: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        """R03: pages, copies and invitations can still be read, also when the visit should be noted."""
        clock.move(minutes=30)

        assert 200 == ana.get(section_page).status_code
        assert 200 == ana.get(f"/partner/responses/{invitation.response}/copy").status_code
        assert 200 == browser().get(invitation.link).status_code

    def test_the_machine_that_watches_sees_it(
        self, browser: Callable, portal: Portal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The process lives; the store cannot be written."""
        monkeypatch.setattr(type(portal.store), "ready", full)

        assert 200 == browser().get("/healthz").status_code
        assert 503 == browser().get("/readyz").status_code

    def test_a_file_that_cannot_be_noted_is_no_success(
        self, ana: Browser, invitation: Invitation, disk_full: pytest.MonkeyPatch, meridian_response: Callable
    ) -> None:
        base = f"/partner/responses/{invitation.response}"
        page = send_file(ana, f"{base}/answers/cyber-rules", "x.pdf", pdf())

        assert 503 == page.status_code
        assert () == meridian_response().evidence


def test_every_error_has_a_plain_page_in_words(app: Flask, ana: Browser, section_page: str) -> None:
    """A67: no bare error of the framework's; each says what to do."""
    pages = {
        403: Browser(app).get(section_page),
        404: ana.get("/nowhere"),
        405: ana.client.post("/healthz"),
        413: ana.client.post(section_page, data={"x": "x" * 2_200_000}),
    }

    assert list(pages) == [page.status_code for page in pages.values()]
    for page in pages.values():
        assert "Example Importer Inc." in page.text
        assert "Werkzeug" not in page.text
        assert 60 < len(re.sub("<[^>]+>|\\s+", " ", page.text.split("<h1>")[1]))
