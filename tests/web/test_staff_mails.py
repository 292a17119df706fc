"""Mails and their texts for staff: what became of each, what can be done, what mails say."""

from collections.abc import Callable

import pytest
from conftest import Browser, Clock

from portal.core.letters import LETTERS
from portal.core.mails import Mail, MailState
from portal.core.records import Partner, Response, Role
from portal.usecases.delivering import deliver
from portal.usecases.inviting import Invitation
from portal.usecases.letters import letter_in
from portal.usecases.mailing import mail_to, queue
from portal.usecases.portal import Portal

from .filling import text_at


@pytest.fixture
def mail(portal: Portal, invitation: Invitation, clock: Clock) -> Mail:
    response = portal.store.get(Response, invitation.response)
    one = mail_to(portal.store.get(Partner, response.partner), response, "reminder", by="test", now=clock(), step="-7")
    queue(portal, one, by="test", now=clock())
    return one


@pytest.fixture
def page(mail: Mail) -> str:
    return f"/staff/mails/{mail.id}"


def test_the_list_says_what_waits_and_why(
    dara: Browser, mail: Mail, portal: Portal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(message: object) -> None:
        raise ConnectionRefusedError("nobody answers")

    monkeypatch.setattr(portal.mailer, "send", refuse)
    deliver(portal, clock)
    text = dara.get("/staff/mails?state=queued").text

    assert "Reminder before the due date" in text
    assert "The mail server cannot be used: ConnectionRefusedError. Tried 1 time, again" in text
    assert "There are no such mails." in dara.get("/staff/mails?state=sent").text
    assert "There are no such mails." in dara.get("/staff/mails?text=nobody").text
    assert "ana@example.com" in dara.get("/staff/mails?text=MERIDIAN&page=9").text


def test_a_mail_is_cancelled_tried_again_and_noted_as_come_back(
    dara: Browser, mail: Mail, page: str, portal: Portal, clock: Clock
) -> None:
    states = []
    for step in ("cancel", "again"):
        dara.post(page, {"do": step})
        states.append(portal.store.get(Mail, mail.id).state)
    deliver(portal, clock)
    back = dara.post(page, {"do": "came-back"})

    assert [MailState.CANCELLED, MailState.QUEUED] == states
    assert MailState.BOUNCED is portal.store.get(Mail, mail.id).state
    assert "Somebody on our side saw that it came back." in dara.get(back.headers["Location"]).text


def test_what_can_no_longer_be_done_is_said(dara: Browser, page: str, portal: Portal, clock: Clock) -> None:
    deliver(portal, clock)
    late = dara.post(page, {"do": "cancel"})

    assert "meanwhile this mail has gone another way" in dara.get(late.headers["Location"]).text


def test_readers_look_and_change_nothing(staff: Callable, page: str) -> None:
    reader = staff(Role.READER)

    assert "Try again now" not in reader.get(page).text
    assert "Change what mails say" not in reader.get("/staff/mails").text


def test_the_response_shows_its_mails_and_stops_reminders(
    dara: Browser, mail: Mail, invitation: Invitation, meridian_response: Callable
) -> None:
    response = f"/staff/responses/{invitation.response}"

    assert "Reminder before the due date" in dara.get(response).text
    dara.post(f"{response}/reminders", {"stop": "1"}, page=response)
    assert meridian_response().reminders_stopped is not None
    assert "No more reminders, as was asked" in dara.get(response).text
    dara.post(f"{response}/reminders", page=response)
    assert meridian_response().reminders_stopped is None


class TestTexts:
    PLACE = "/staff/texts/invitation/es"

    @pytest.fixture
    def admin(self, staff: Callable) -> Browser:
        return staff(Role.ADMIN)

    def test_every_message_is_there_in_every_language(self, admin: Browser) -> None:
        text = admin.get("/staff/texts").text

        assert len(LETTERS) * 8 == text.count(">Ours<")

    def test_a_text_is_previewed_kept_and_given_up_again(self, admin: Browser, portal: Portal) -> None:
        typed = {"subject": "De %(importer)s", "text": "Hola **todos** <b>x</b>\n\n%(note)s\n\n%(link)s"}
        looked = admin.post(self.PLACE, {**typed, "do": "look"})
        kept_then = letter_in(portal, "invitation", "es").own
        admin.post(self.PLACE, {**typed, "do": "save"})
        kept = letter_in(portal, "invitation", "es")
        own = admin.get("/staff/texts").text.count(">Your own<")
        admin.post(self.PLACE, {"do": "forget"})

        assert "<p>Hola <strong>todos</strong> x</p>" in looked.text
        assert "<strong>De Example Importer Inc.</strong>" in looked.text
        assert (False, True, typed["text"], 1) == (kept_then, kept.own, kept.text, own)
        assert not letter_in(portal, "invitation", "es").own

    def test_a_wrong_place_is_refused_by_name_and_nothing_typed_is_lost(self, admin: Browser, portal: Portal) -> None:
        typed = {"subject": "Hello", "text": "Dear %(name)s, <script>", "do": "save"}
        page = admin.post(self.PLACE, typed)

        assert 422 == page.status_code
        for said in ("%(name)s is unknown here", "%(link)s is missing: the secret link", "%(note)s is missing"):
            assert said in page.text
        assert "Dear %(name)s, <script>" == text_at(page, "text")
        assert not letter_in(portal, "invitation", "es").own

    @pytest.mark.parametrize("place", ["/staff/texts/invitation/xx", "/staff/texts/nothing/es"])
    def test_what_there_is_not_is_not_there(self, place: str, admin: Browser) -> None:
        assert 404 == admin.get(place).status_code
