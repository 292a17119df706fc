"""Checking, sending, the receipt and the copy."""

from collections.abc import Callable
from html import escape

import pytest
from conftest import Browser, Clock
from evidence.samples import png
from usecases.filling import entered, good_value, submitted
from werkzeug.test import TestResponse

from portal.core.asking import outline
from portal.core.questionnaire import Kind, Question, Questionnaire
from portal.core.records import Response, State
from portal.core.telling import Manner, value_text
from portal.store.protocol import NotKept
from portal.usecases import answering
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal, score_of

from .filling import element, send, send_file, tree_of


@pytest.fixture
def base(invitation: Invitation) -> str:
    return f"/partner/responses/{invitation.response}"


def fields_for(question: Question) -> dict[str, object]:
    """A good answer as its fields carry it."""
    value = good_value(question)
    if question.kind is not Kind.ROWS:
        return {question.id: list(value) if isinstance(value, tuple) else value}
    return {
        f"{question.id}-{number}-{column}": text
        for number, row in enumerate(value or ())
        for column, text in row.items()
    }


def shown_ids(page: TestResponse) -> set[str]:
    """The ids on a page that stand in nothing hidden."""
    tree = tree_of(page)
    hidden = {inner.get("id") for one in tree.iter() if one.get("hidden") is not None for inner in one.iter()}
    return {id for one in tree.iter() if (id := one.get("id"))} - hidden


def nearly_done(portal: Portal, invitation: Invitation, clock: Clock) -> Response:
    """Everything is answered well, but nothing is explained and nothing is sent."""
    access = entered(portal, invitation, clock())
    response = portal.store.get(Response, invitation.response)
    while True:
        seen = outline(portal.edition(response.edition), response)
        asked = [one for part in seen.sections for one in part.questions if one.kind is not Kind.STATEMENT]
        open_questions = [one for one in asked if one.id not in response.answers]
        if not open_questions:
            return response
        given = {one.id: (answering.Given(value=good_value(one)), None) for one in open_questions}
        response = answering.save_answers(portal, access, given, now=clock()).response


class TestChecking:
    def test_what_is_lacking_is_listed_with_links_that_lead_there(
        self, ana: Browser, base: str, section_page: str
    ) -> None:
        """Every link of the list lands on an element that is there and shown."""
        send(ana, ana.get(section_page), {"cyber-rules": "no", "cyber-remote": "yes"})
        box = element(ana.get(f"{base}/submit"), "errors")
        anchors: dict[str, set[str]] = {}
        for one in box.iter("a"):
            address, _, anchor = (one.get("href") or "").partition("#")
            anchors.setdefault(address, set()).update({anchor} - {""})

        assert "things are still needed" in " ".join(box.itertext())
        assert 16 == len(anchors)
        for address, wanted in anchors.items():
            assert wanted
            assert wanted <= shown_ids(ana.get(address)), address

    def test_sending_too_early_is_refused_and_changes_nothing(self, ana: Browser, base: str, kept: Callable) -> None:
        """A27: also where somebody sends the request without the button."""
        before = kept()
        page = ana.post(f"{base}/submit", page=base)

        assert 422 == page.status_code
        assert "things are still needed" in page.text
        assert before == kept()

    def test_while_something_is_lacking_there_is_no_button_to_send(self, ana: Browser, base: str) -> None:
        assert "Send to Example Importer Inc." not in ana.get(f"{base}/submit").text

    def test_fields_of_the_request_decide_nothing(self, ana: Browser, base: str, meridian_response: Callable) -> None:
        """A30: neither the state nor the reference comes from outside."""
        ana.post(f"{base}/submit", {"state": "submitted", "force": "1", "lacking": "", "reference": "X"}, page=base)

        assert (State.STARTED, "") == (meridian_response().state, meridian_response().reference)


class TestSending:
    def test_the_whole_way_without_javascript(
        self, ana: Browser, base: str, portal: Portal, meridian_response: Callable, invitation: Invitation
    ) -> None:
        """Section by section with nothing but forms, then check, send, receipt."""
        questionnaire = portal.edition(meridian_response().edition)
        while typed_lacking := _typed_lacking(questionnaire, meridian_response()):
            response = meridian_response()
            for part in outline(questionnaire, response).sections:
                changes: dict[str, object] = {}
                for question in part.questions:
                    if question.id not in response.answers and question.kind is not Kind.STATEMENT:
                        changes |= fields_for(question)
                comments = [where for where in typed_lacking.get(part.section.id, ()) if where.endswith("-comment")]
                changes |= dict.fromkeys(comments, "Because.")
                if changes:
                    page = ana.get(f"{base}/sections/{part.section.id}")

                    assert 303 == send(ana, page, changes).status_code
        lacking = outline(questionnaire, meridian_response()).lacking
        for where in {problem.where.removesuffix("-evidence") for problem in lacking}:
            _upload(ana, base, where)
        check = ana.get(f"{base}/submit")
        sent = ana.post(f"{base}/submit")
        receipt = ana.get(sent.headers["Location"])

        assert "Send to Example Importer Inc." in check.text
        assert (303, f"{base}/receipt") == (sent.status_code, sent.headers["Location"])
        assert State.SUBMITTED is meridian_response().state
        assert meridian_response().reference in receipt.text
        assert "Meridian Textiles" in receipt.text

    def test_sending_twice_is_sending_once(
        self, ana: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock, kept: Callable,
        meridian_response: Callable,
    ) -> None:  # fmt: skip
        """A double press, or the same page sent again an hour later: one submission, one reference."""
        token = ana.token(base)
        first = submitted(portal, invitation, clock())
        before = kept()
        clock.move(hours=1)
        again = [ana.client.post(f"{base}/submit", data={"csrf_token": token}) for _ in range(2)]

        assert [303, 303] == [page.status_code for page in again]
        assert (first.reference, first.submitted) == (meridian_response().reference, meridian_response().submitted)
        assert before == kept()

    def test_when_the_disk_refuses_nothing_is_sent(
        self, ana: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock, kept: Callable,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        """A28: all or nothing; the contact is told and can send again."""
        nearly_done(portal, invitation, clock)
        [problem] = outline(portal.edition(portal.store.get(Response, invitation.response).edition),
                            portal.store.get(Response, invitation.response)).lacking  # fmt: skip
        _upload(ana, base, problem.where.removesuffix("-evidence"))
        before = kept()
        with monkeypatch.context() as broken:
            broken.setattr(type(portal.store), "_keep", _full)
            refused = ana.post(f"{base}/submit")
        after = kept()
        sent = ana.post(f"{base}/submit")

        assert (503, 303) == (refused.status_code, sent.status_code)
        assert before == after

    def test_nothing_can_be_changed_afterwards(
        self, ana: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        """A27: every page of work leads to the receipt or the copy."""
        submitted(portal, invitation, clock())
        where = {address: ana.get(f"{base}{address}").headers.get("Location") for address in
                 ("", "/submit", "/sections/cybersecurity", "/receipt", "/copy")}  # fmt: skip

        assert {
            "": f"{base}/receipt", "/submit": f"{base}/receipt", "/sections/cybersecurity": f"{base}/copy",
            "/receipt": None, "/copy": None,
        } == where  # fmt: skip

    def test_before_sending_there_is_no_receipt(self, ana: Browser, base: str) -> None:
        assert base == ana.get(f"{base}/receipt").headers["Location"]


class TestReceiptAndCopy:
    def test_the_receipt_has_a_reference_that_can_be_read_out(
        self, ana: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        response = submitted(portal, invitation, clock())
        page = ana.get(f"{base}/receipt")

        assert 9 == len(response.reference)
        assert not set("01ILOU") & set(response.reference)
        assert response.reference in page.text
        assert f'datetime="{clock().isoformat()}"' in page.text

    def test_the_copy_shows_everything_asked_and_answered(
        self, ana: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        """Every visible question with its answer in words, its comment, its action and its files."""
        said = {"cyber-rules": "no", "cyber-protection": ("firewall", "updates"), "closing-incidents": "yes"}
        response = submitted(portal, invitation, clock(), said)
        text = " ".join("".join(tree_of(page := ana.get(f"{base}/copy")).itertext()).split())
        seen = outline(portal.edition(response.edition), response).sections
        asked = [one for part in seen for one in part.questions if one.kind is not Kind.STATEMENT]

        assert len(asked) > 110
        for question in asked:
            answer = response.answers[question.id]
            for said_text in (
                question.ask,
                *value_text(question, answer.value, Manner(written_out=True)).split("\n"),
                answer.comment,
            ):
                assert " ".join(said_text.split()) in text, question.id
            if answer.action:
                assert f"{answer.action.what}, {answer.action.who}, 30 September 2026" in text
        for item in response.evidence:
            assert escape(item.name) in page.text
        assert response.reference in text
        assert "not answered" not in text

    def test_the_copy_can_be_printed_before_anything_is_answered(self, ana: Browser, base: str) -> None:
        page = ana.get(f"{base}/copy")

        assert "not sent yet" in page.text
        assert page.text.count("on-paper") > 150
        assert page.text.count("☐ Partly") > 50

    def test_what_is_hidden_is_not_in_the_copy(self, ana: Browser, base: str, section_page: str) -> None:
        send(ana, ana.get(section_page), {"cyber-remote": "yes"})
        send(ana, ana.get(section_page), {"cyber-remote-secure": "no", "cyber-remote-secure-comment": "CANARY-hidden"})
        shown = ana.get(f"{base}/copy").text
        send(ana, ana.get(section_page), {"cyber-remote": "no"})

        assert "CANARY-hidden" in shown
        assert "CANARY-hidden" not in ana.get(f"{base}/copy").text

    def test_no_page_tells_how_answers_are_judged(
        self, ana: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        """A24: no score, weight, rating or reviewer, before and after sending."""
        response = submitted(portal, invitation, clock(), {"cyber-rules": "no"})
        questionnaire = portal.edition(response.edition)
        rows = [row for table in questionnaire.scheme.tables for row in table.rows]
        judged = {row.meaning for row in rows} | {row.next_step for row in rows} | {"dara@example.com"}
        judged |= {f"{score_of(response, questionnaire).percent}"}
        pages = [ana.get(f"{base}{where}", follow_redirects=True).text for where in ("", "/receipt", "/copy")]

        assert [] == [word for word in judged - {""} for page in pages if word in page]


def _typed_lacking(questionnaire: Questionnaire, response: Response) -> dict[str, list[str]]:
    """The fields that still need a text, by section."""
    parts = outline(questionnaire, response).sections
    found = {
        part.section.id: [one.where for one in part.lacking if not one.where.endswith("-evidence")] for part in parts
    }
    return {section: fields for section, fields in found.items() if fields}


def _full(*args: object) -> None:
    raise NotKept("Not saved: the server's disk is full. Your text is still in this page.")


def _upload(ana: Browser, base: str, question: str) -> None:
    page = send_file(ana, f"{base}/answers/{question}", "proof.png", png())

    assert 200 == page.status_code
