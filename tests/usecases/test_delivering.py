"""Mails wait in the store until a real server takes them; what it says is kept, and no link is."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import Clock
from mail.reading import body, mails
from mail.servers import free_port, message, scripted, server
from msgspec.structs import replace as changed

from portal.config import Config
from portal.core.mails import CAME_BACK, MAY_HAVE_GONE, PAUSES, Mail, MailState
from portal.core.records import LinkKey, Partner, Response
from portal.mail import Outcome, Smtp
from portal.usecases.answering import look_at_invitation
from portal.usecases.delivering import deliver, deliver_one
from portal.usecases.inviting import Invitation, invite, replace_link, withdraw_link
from portal.usecases.letters import save_letter
from portal.usecases.mailing import change_mail, list_mails, mail_rows, mail_to, queue
from portal.usecases.portal import Portal, open_portal
from portal.usecases.threads import answer_partner, ask_importer

from .filling import entered, submitted, token_of

DARA = "dara@example.com"
ADDRESS = "192.0.2.1"


@pytest.fixture
def waiting(portal: Portal, invitation: Invitation, clock: Clock) -> Mail:
    """An invitation to Ana that waits in the queue."""
    return queued(portal, invitation, clock)


def queued(portal: Portal, invitation: Invitation, clock: Clock, letter: str = "invitation", **more: object) -> Mail:
    response = portal.store.get(Response, invitation.response)
    mail = mail_to(portal.store.get(Partner, response.partner), response, letter, by=DARA, now=clock(), **more)
    assert queue(portal, mail, by=DARA, now=clock())
    return mail


def by(portal: Portal, port: int) -> Portal:
    """The portal with a mail server on this machine."""
    return replace(portal, mailer=Smtp(f"smtp://127.0.0.1:{port}"))


def now_is(portal: Portal, mail: Mail) -> Mail:
    return portal.store.get(Mail, mail.id)


def link_in(text: str) -> str:
    [link] = re.findall(r"http://\S+/invitation/([\w-]+)", text)
    return link


def everything(portal: Portal) -> bytes:
    return b"".join(path.read_bytes() for path in portal.config.data.rglob("*") if path.is_file())


def test_a_mail_waits_for_its_server_and_survives_a_restart(
    portal: Portal, config: Config, waiting: Mail, clock: Clock
) -> None:
    assert 0 == deliver(by(portal, free_port("127.0.0.1")), clock)
    assert (MailState.QUEUED, 1) == (now_is(portal, waiting).state, now_is(portal, waiting).tries)

    clock.move(minutes=1)
    again = open_portal(config)
    with server() as (inbox, port):
        assert 1 == deliver(by(again, port), clock)

    assert [["ana@example.com"]] == [envelope.rcpt_tos for envelope in inbox.taken]
    assert (MailState.SENT, clock()) == (now_is(portal, waiting).state, now_is(portal, waiting).sent)


def test_what_was_sent_is_not_sent_twice(portal: Portal, waiting: Mail, clock: Clock) -> None:
    with server() as (inbox, port):
        deliver(by(portal, port), clock)
        deliver(by(portal, port), clock)

    assert 1 == len(inbox.taken)


def test_the_link_in_a_mail_opens_the_response_beside_the_one_before_and_lies_nowhere(
    portal: Portal, invitation: Invitation, waiting: Mail, clock: Clock
) -> None:
    """R11: the clear token exists only while it is handed over; no backup and no page can give it away."""
    with server() as (inbox, port):
        deliver(by(portal, port), clock)
        sent = inbox.taken[0].content.decode().replace("=\r\n", "")
    token = re.findall(r"/invitation/([\w-]{43})", sent)[0]

    assert token != token_of(invitation)
    assert invitation.response == look_at_invitation(portal, token, ADDRESS, clock()).id
    assert invitation.response == look_at_invitation(portal, token_of(invitation), ADDRESS, clock()).id
    assert token.encode() not in everything(portal)


def test_the_pauses_grow_and_after_three_days_it_has_failed(portal: Portal, waiting: Mail, clock: Clock) -> None:
    down, pauses = by(portal, free_port("127.0.0.1")), []
    while now_is(portal, waiting).state is MailState.QUEUED:
        clock.now = now_is(portal, waiting).next_try
        deliver(down, clock)
        pauses.append(now_is(portal, waiting).next_try - clock())

    assert list(PAUSES) == pauses[:-1] == sorted(pauses[:-1])
    assert timedelta(hours=72) <= sum(pauses[:-1], timedelta())
    assert (MailState.FAILED, len(PAUSES) + 1) == (now_is(portal, waiting).state, now_is(portal, waiting).tries)
    assert "ConnectionRefusedError" in now_is(portal, waiting).error


def test_before_its_time_it_is_left_alone(portal: Portal, waiting: Mail, clock: Clock) -> None:
    down = by(portal, free_port("127.0.0.1"))
    deliver(down, clock)
    clock.move(seconds=59)
    deliver(down, clock)

    assert 1 == now_is(portal, waiting).tries


@pytest.mark.parametrize(
    ("answer", "state", "links"),
    [("550 no such box", MailState.BOUNCED, 1), ("450 come again", MailState.QUEUED, 1)],
)
def test_what_a_server_says_of_an_address_is_kept_and_the_unused_link_is_not(
    answer: str, state: MailState, links: int, portal: Portal, invitation: Invitation, waiting: Mail, clock: Clock
) -> None:
    with server() as (inbox, port):
        inbox.refuses["ana@example.com"] = answer
        deliver(by(portal, port), clock)

    assert (state, answer) == (now_is(portal, waiting).state, now_is(portal, waiting).error)
    assert links == len(portal.store.get(Response, invitation.response).links) == len(list(portal.store.ids(LinkKey)))


def test_one_address_that_bounces_keeps_no_other_mail_back(
    portal: Portal, waiting: Mail, other_invitation: Invitation, clock: Clock
) -> None:
    queued(portal, other_invitation, clock)
    with server() as (inbox, port):
        inbox.refuses["ana@example.com"] = "550 no such box"
        assert 1 == deliver(by(portal, port), clock)

    assert {"sent": 1, "bounced": 1} == {state: n for state, n in list_mails(portal, "", "", 1).counts.items() if n}


def test_an_outage_costs_one_mail_a_try_and_not_all(
    portal: Portal, waiting: Mail, other_invitation: Invitation, clock: Clock
) -> None:
    queued(portal, other_invitation, clock)
    deliver(by(portal, free_port("127.0.0.1")), clock)

    assert [0, 1] == sorted(row.tries for row in mail_rows(portal))


def test_a_mail_whose_fate_is_unknown_is_left_to_a_person_and_its_link_works(
    portal: Portal, invitation: Invitation, waiting: Mail, clock: Clock
) -> None:
    """R11: cut after the message, nobody can know; sending again by itself might send twice."""
    with scripted("220 hello", "250 hello", "250 sender", "250 box", "354 go on") as port:
        deliver(by(portal, port), clock)
    clock.move(days=4)
    deliver(portal, clock)

    assert (MailState.FAILED, MAY_HAVE_GONE) == (now_is(portal, waiting).state, now_is(portal, waiting).error)
    assert 2 == len(portal.store.get(Response, invitation.response).links)


def test_when_the_sender_is_killed_the_mail_is_neither_lost_nor_sent_again(
    portal: Portal, waiting: Mail, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(message: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(portal.mailer, "send", killed)
    with pytest.raises(KeyboardInterrupt):
        deliver(portal, clock)
    monkeypatch.undo()
    within = deliver(portal, clock)
    clock.move(minutes=16)
    deliver(portal, clock)

    assert 0 == within
    assert (MailState.FAILED, MAY_HAVE_GONE) == (now_is(portal, waiting).state, now_is(portal, waiting).error)
    assert [] == mails(portal)


def test_no_reason_that_a_server_gives_holds_the_link(portal: Portal, waiting: Mail, clock: Clock, monkeypatch) -> None:
    """T19: some servers repeat what they did not like."""
    seen = []

    def refuse(message: object) -> None:
        import smtplib

        seen.append(link_in(body(message)))
        raise smtplib.SMTPDataError(554, f"no {seen[0]} here".encode())

    monkeypatch.setattr(portal.mailer, "send", refuse)
    deliver(portal, clock)

    assert "554 no … here" == now_is(portal, waiting).error
    assert seen[0].encode() not in everything(portal)


def test_a_fresh_link_ends_the_ones_before_only_once_it_is_sent(
    portal: Portal, invitation: Invitation, clock: Clock
) -> None:
    mail = queued(portal, invitation, clock, "fresh-link")
    deliver(by(portal, free_port("127.0.0.1")), clock)
    look_at_invitation(portal, token_of(invitation), ADDRESS, clock())
    clock.move(minutes=1)
    assert Outcome.SENT is deliver_one(portal, mail.id, clock)

    live = [one for one in portal.store.get(Response, invitation.response).links if one.withdrawn is None]
    assert 1 == len(live)
    assert link_in(body(mails(portal)[0])) != token_of(invitation)


class TestNeedless:
    def test_no_invitation_goes_out_once_the_link_was_withdrawn(
        self, portal: Portal, invitation: Invitation, waiting: Mail, clock: Clock
    ) -> None:
        withdraw_link(portal, invitation.response, by=DARA, now=clock())
        deliver(portal, clock)

        assert (MailState.CANCELLED, []) == (now_is(portal, waiting).state, mails(portal))

    def test_nor_once_the_answers_are_sent(
        self, portal: Portal, invitation: Invitation, waiting: Mail, clock: Clock
    ) -> None:
        submitted(portal, invitation, clock())
        deliver(portal, clock)

        assert (MailState.CANCELLED, []) == (now_is(portal, waiting).state, mails(portal))

    def test_a_link_that_was_replaced_stops_no_mail(
        self, portal: Portal, invitation: Invitation, waiting: Mail, clock: Clock
    ) -> None:
        replace_link(portal, invitation.response, by=DARA, now=clock())

        assert 1 == deliver(portal, clock)

    def test_what_is_about_nothing_is_cancelled_and_holds_nobody_up(
        self, portal: Portal, waiting: Mail, clock: Clock
    ) -> None:
        lost = changed(waiting, id="lost", response="no-such")
        queue(portal, lost, by=DARA, now=clock())

        assert 1 == deliver(portal, clock)
        assert MailState.CANCELLED is now_is(portal, lost).state


class TestByHand:
    def test_a_mail_that_came_back_is_noted_and_tried_again_at_the_address_that_counts_now(
        self, portal: Portal, meridian: Partner, waiting: Mail, clock: Clock
    ) -> None:
        deliver(portal, clock)
        back = change_mail(portal, waiting.id, "came-back", by=DARA, now=clock())
        with portal.store.transaction((Partner, meridian.id), by=DARA, at=clock()) as records:
            records.put(changed(meridian, contact_email="new@example.com"), "contact changed")
        change_mail(portal, waiting.id, "again", by=DARA, now=clock())
        deliver(portal, clock)

        assert (MailState.BOUNCED, CAME_BACK) == (back.state, back.error)
        assert ["ana@example.com", "new@example.com"] == [mail["To"] for mail in mails(portal)]

    def test_everything_that_happened_to_it_is_in_its_history(
        self, portal: Portal, waiting: Mail, clock: Clock
    ) -> None:
        change_mail(portal, waiting.id, "cancel", by=DARA, now=clock())
        change_mail(portal, waiting.id, "again", by=DARA, now=clock())
        deliver(portal, clock)

        steps = [event.what for event in portal.store.history(Mail, waiting.id)]
        assert ["mail queued", "mail cancelled", "mail to be tried again", "mail handed over", "mail sent"] == steps
        told = [event.what for event in portal.store.history(Response, waiting.response)]
        assert "link made for a mail to ana@example.com" == told[-1]


def test_a_question_answered_is_told_by_mail_and_brings_no_link(
    portal: Portal, invitation: Invitation, clock: Clock
) -> None:
    ask_importer(portal, entered(portal, invitation, clock()), "cyber-rules", "Which rules?", now=clock())
    answer_partner(portal, invitation.response, "cyber-rules", "All of them.", by=DARA, now=clock())
    deliver(portal, clock)

    assert "has answered" in mails(portal)[0]["Subject"]
    assert "/invitation/" not in body(mails(portal)[0])
    assert 1 == len(portal.store.get(Response, invitation.response).links)


def test_an_invitation_is_in_the_contacts_language_and_in_the_admins_words_where_there_are_any(
    portal: Portal, meridian: Partner, clock: Callable
) -> None:
    made = invite(portal, [meridian.id], by=DARA, now=clock(), language="vi")[0]
    save_letter(portal, "invitation", "en", "Hello", "Ours: %(link)s %(note)s", by=DARA, now=clock())
    queued(portal, made, clock)
    deliver(portal, clock)
    save_letter(portal, "invitation", "vi", "Chào", "Của chúng tôi: %(link)s %(note)s", by=DARA, now=clock())
    queued(portal, made, clock)
    deliver(portal, clock)

    assert ["Xin chào,", "Của chúng tôi:"] == [body(mail)[:14].split("\n")[0].strip()[:14] for mail in mails(portal)]


def test_the_form_that_hangs_on_a_mail_holds_no_answer(
    portal: Portal, invitation: Invitation, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr("portal.usecases.letters.workbook_of", lambda portal, response, words: seen.append(response))
    monkeypatch.setattr("portal.usecases.letters.composed", lambda *_, **more: seen.append(more["form"]) or message())
    entered(portal, invitation, clock())
    queued(portal, invitation, clock, form=True)
    deliver(portal, clock)

    assert ({}, ()) == (seen[0].answers, seen[0].evidence)
    assert "questionnaire.xlsx" == seen[1][0]
