"""A question to the importer beside a question: asked on the page, answered by staff, kept and seen by both."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from conftest import Browser, Clock
from mail.reading import body, mails
from msgspec.structs import replace

from portal.core.messages import Message
from portal.core.records import Response, State
from portal.core.threads import MOST_A_DAY, MOST_MESSAGES
from portal.usecases.delivering import deliver
from portal.usecases.exporting import export
from portal.usecases.inviting import Invitation
from portal.usecases.mailing import mail_rows
from portal.usecases.portal import Portal, score_of

from .filling import send, text_at, words

ASKED = "Does a <shared> password count?"


@pytest.fixture
def base(invitation: Invitation) -> str:
    return f"/partner/responses/{invitation.response}"


@pytest.fixture
def staff_page(invitation: Invitation) -> str:
    return f"/staff/responses/{invitation.response}"


@pytest.fixture
def ask(ana: Browser, base: str) -> Callable[..., object]:
    def say(text: str = ASKED, question: str = "cyber-rules"):
        return ana.post(f"{base}/questions/{question}", {f"{question}-asking": text})

    return say


@pytest.fixture
def change(portal: Portal, invitation: Invitation, clock: Clock) -> Callable[..., None]:
    def put(**more: object) -> None:
        with portal.store.transaction((Response, invitation.response), by="test", at=clock()) as records:
            records.put(replace(records.get(Response, invitation.response), **more), "changed by a test")

    return put


def talk(count: int, at: datetime) -> dict[str, tuple[Message, ...]]:
    message = Message(id="m", text="Hello", by="Ana", at=at)
    return {"cyber-rules": tuple(replace(message, text=f"Hello {number}") for number in range(count))}


def test_a_question_from_the_section_page_is_kept_with_the_answers_around_it(
    ana: Browser, section_page: str, meridian_response: Callable
) -> None:
    typed = {"cyber-backup": "monthly", "cyber-rules-asking": ASKED, "ask": "cyber-rules"}
    page = send(ana, ana.get(section_page), typed)

    assert page.headers["Location"] == f"{section_page}?done=asked#question-cyber-rules"
    assert "monthly" == meridian_response().answers["cyber-backup"].value
    [message] = meridian_response().threads["cyber-rules"]
    assert (ASKED, "Ana", False) == (message.text, message.by, message.from_staff)
    again = ana.get(page.headers["Location"])
    assert "Your question is sent." in again.text
    assert "Does a &lt;shared&gt; password count?" in again.text


def test_a_question_that_was_typed_is_sent_by_any_button_of_the_page(
    ana: Browser, section_page: str, meridian_response: Callable
) -> None:
    send(ana, ana.get(section_page), {"cyber-rules-asking": ASKED})

    assert ASKED == meridian_response().threads["cyber-rules"][0].text


def test_a_question_typed_beside_an_answer_that_was_refused_is_still_there(
    ana: Browser, section_page: str, meridian_response: Callable
) -> None:
    page = send(ana, ana.get(section_page), {"cyber-rules": "no-such-option", "cyber-backup-asking": ASKED})

    assert 422 == page.status_code
    assert ASKED == text_at(page, "cyber-backup-asking")
    assert {} == meridian_response().threads


def test_pressing_the_button_twice_asks_once(ask: Callable, meridian_response: Callable) -> None:
    ask()
    ask()

    assert 1 == len(meridian_response().threads["cyber-rules"])


@pytest.mark.parametrize(
    ("text", "said"),
    [("  ", "Write your question first."), ("x" * 2001, "Write at most 2000 characters"), ("a\x08", "cannot be kept")],
)
def test_what_cannot_be_asked_is_said_with_the_text_still_there(
    text: str, said: str, ask: Callable, meridian_response: Callable
) -> None:
    page = ask(text)

    assert 422 == page.status_code
    assert said in page.text
    assert {} == meridian_response().threads


def test_a_question_that_is_not_asked_of_this_partner_is_not_there(ask: Callable, ana: Browser, base: str) -> None:
    for id in ("no-such", "company-scac"):
        assert 404 == ana.get(f"{base}/questions/{id}").status_code, id


def test_another_partner_sees_nothing_of_it(ask: Callable, chen: Browser, other_invitation: Invitation, base) -> None:
    ask()
    theirs = f"/partner/responses/{other_invitation.response}"

    assert "shared&gt;" not in chen.get(f"{theirs}/sections/cybersecurity").text
    assert 404 == chen.get(f"{base}/questions/cyber-rules").status_code


class TestLimits:
    @pytest.mark.parametrize(("count", "days"), [(MOST_A_DAY, 0), (MOST_MESSAGES, 30)])
    def test_nobody_can_flood_us(
        self, count: int, days: int, change: Callable, ask: Callable, clock: Clock, meridian_response: Callable
    ) -> None:
        change(threads=talk(count - 1, clock() - timedelta(days=days)))
        first, second = ask("one more"), ask("and another")

        assert (303, 422) == (first.status_code, second.status_code)
        assert count == len(meridian_response().threads["cyber-rules"])

    def test_the_next_day_there_is_room_again(self, change: Callable, ask: Callable, clock: Clock) -> None:
        change(threads=talk(MOST_A_DAY, clock() - timedelta(hours=25)))

        assert 303 == ask().status_code

    def test_what_the_partner_writes_does_not_shut_staff_up(
        self, change: Callable, dara: Browser, staff_page: str, clock: Clock
    ) -> None:
        change(threads=talk(MOST_MESSAGES, clock()))
        page = dara.post(f"{staff_page}/questions/cyber-rules", {"cyber-rules-asking": "Enough."}, page=staff_page)

        assert 303 == page.status_code


class TestStaff:
    def test_see_what_waits_in_the_list_and_on_the_response(
        self, ask: Callable, dara: Browser, staff_page: str
    ) -> None:
        ask()

        assert "1 asked" in dara.get("/staff/partners?attention=question").text
        assert "Has asked you something" in dara.get("/staff/partners/meridian").text
        page = dara.get(staff_page)
        assert ASKED in words(page, "asked")
        assert "Waits for an answer" in words(page, "asked")

    def test_answer_and_both_sides_see_both(
        self, ask: Callable, ana: Browser, dara: Browser, staff_page: str, section_page: str
    ) -> None:
        ask()
        page = dara.post(
            f"{staff_page}/questions/cyber-rules", {"cyber-rules-asking": "No, it <does not>."}, page=staff_page
        )

        assert 303 == page.status_code
        assert "1 asked" not in dara.get("/staff/partners").text
        assert "Answered" in words(dara.get(staff_page), "asked")
        for text in (ana.get(section_page).text, dara.get(staff_page).text):
            assert "Does a &lt;shared&gt; password count?" in text
            assert "No, it &lt;does not&gt;." in text

    def test_show_themselves_to_the_partner_under_the_importers_name(
        self, ask: Callable, ana: Browser, dara: Browser, staff_page: str, section_page: str, portal: Portal
    ) -> None:
        ask()
        dara.post(f"{staff_page}/questions/cyber-rules", {"cyber-rules-asking": "No."}, page=staff_page)

        assert "reviewer@example.com" not in ana.get(section_page).text

    def test_tell_the_contact_by_mail_that_there_is_an_answer_and_not_which(
        self, ask: Callable, dara: Browser, staff_page: str, portal: Portal, clock: Clock
    ) -> None:
        ask()
        dara.post(f"{staff_page}/questions/cyber-rules", {"cyber-rules-asking": "Secret answer"}, page=staff_page)
        deliver(portal, clock)
        [mail] = mails(portal)
        text = body(mail)

        assert "ana@example.com" == mail["To"]
        assert "has answered" in text
        assert "Secret answer" not in text
        assert "shared" not in text

    def test_keep_the_answer_when_the_mail_does_not_go_out(
        self, ask: Callable, dara: Browser, staff_page: str, portal: Portal, clock: Clock, monkeypatch,
        meridian_response: Callable,
    ) -> None:  # fmt: skip
        def refuse(message: object) -> None:
            raise OSError("no way out")

        ask()
        monkeypatch.setattr(portal.mailer, "send", refuse)
        page = dara.post(f"{staff_page}/questions/cyber-rules", {"cyber-rules-asking": "No."}, page=staff_page)
        deliver(portal, clock)

        assert 303 == page.status_code
        assert 2 == len(meridian_response().threads["cyber-rules"])
        assert ["queued"] == [row.state for row in mail_rows(portal)], "it is tried again"

    def test_cannot_answer_what_was_not_asked(self, ask: Callable, dara: Browser, staff_page: str) -> None:
        ask()
        page = dara.post(f"{staff_page}/questions/cyber-backup", {"cyber-backup-asking": "No."}, page=staff_page)

        assert 404 == page.status_code

    def test_are_told_when_the_answer_is_empty(self, ask: Callable, dara: Browser, staff_page: str) -> None:
        ask()
        page = dara.post(f"{staff_page}/questions/cyber-rules", {"cyber-rules-asking": " "}, page=staff_page)

        assert 422 == page.status_code
        assert "Write an answer." in page.text


def test_after_submission_the_partner_can_still_ask_and_read(
    change: Callable, ask: Callable, ana: Browser, base: str, clock: Clock
) -> None:
    change(state=State.SUBMITTED, submitted=clock(), reference="K7M2-QD4X")

    assert 303 == ask().status_code
    assert "Does a &lt;shared&gt; password count?" in ana.get(f"{base}/copy").text
    assert f'href="{base}/questions/cyber-rules"' in ana.get(f"{base}/copy").text


def test_talking_changes_no_score(ask: Callable, portal: Portal, meridian_response: Callable) -> None:
    before = meridian_response()
    ask()
    questionnaire = portal.edition(before.edition)

    assert score_of(before, questionnaire) == score_of(meridian_response(), questionnaire)


@pytest.mark.parametrize("format", ["json", "csv", "xlsx"])
def test_what_was_said_leaves_with_the_answers(
    format: str, ask: Callable, portal: Portal, invitation: Invitation
) -> None:
    ask("Which password counts?")
    out = BytesIO()
    export(portal, format, [invitation.response], out)
    data = out.getvalue()
    if format == "xlsx":
        with ZipFile(out) as book:
            data = b"".join(book.read(name) for name in book.namelist())

    assert b"Which password counts?" in data
