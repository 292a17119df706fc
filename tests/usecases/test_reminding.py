"""Reminders: at their steps, once each, and to nobody who has answered or asked for silence."""

from dataclasses import replace

import pytest
from conftest import Clock
from mail.reading import body, mails

from portal.core.records import Response
from portal.usecases.delivering import deliver
from portal.usecases.inviting import Invitation, extend_link, invite, withdraw_link
from portal.usecases.portal import Portal, open_portal
from portal.usecases.reminding import choose_reminders, remind, remind_now

from .filling import entered, submitted

CRON = "cron"


@pytest.fixture
def due_soon(portal: Portal, invitation: Invitation, clock: Clock) -> Invitation:
    """Meridian's invitation, a week before its answers are due."""
    clock.move(days=23)
    return invitation


def steps(portal: Portal, clock: Clock) -> list[str]:
    return [one.step for one in remind(portal, by=CRON, now=clock())]


def test_running_it_twice_or_twice_at_once_reminds_once(portal: Portal, due_soon: Invitation, clock: Clock) -> None:
    again = open_portal(portal.config)

    assert (["-7"], [], []) == (steps(portal, clock), steps(portal, clock), steps(again, clock))
    assert 1 == deliver(portal, clock)
    assert ["ana@example.com"] == [mail["To"] for mail in mails(portal)]
    assert "/invitation/" in body(mails(portal)[0])


def test_a_whole_invitation_is_reminded_before_and_after_its_day(
    portal: Portal, invitation: Invitation, clock: Clock
) -> None:
    seen = []
    for _ in range(60):
        clock.move(days=1)
        seen += steps(portal, clock)
        deliver(portal, clock)

    assert ["-7", "-1", "+3", "+10"] == seen
    assert ["Reminder"] * 2 + ["Example "] * 2 == [mail["Subject"][:8] for mail in mails(portal)]


def test_a_new_due_date_begins_anew(portal: Portal, due_soon: Invitation, clock: Clock) -> None:
    steps(portal, clock)
    due = portal.store.get(Response, due_soon.response).due
    extend_link(portal, due_soon.response, due.replace(day=due.day + 1), by="dara@example.com", now=clock())
    clock.move(days=1)

    assert ["-7"] == steps(portal, clock)


def test_nobody_is_reminded_who_has_sent_the_answers(portal: Portal, due_soon: Invitation, clock: Clock) -> None:
    submitted(portal, due_soon, clock())

    assert [] == steps(portal, clock)


def test_a_reminder_that_waits_is_not_sent_once_the_answers_are(
    portal: Portal, due_soon: Invitation, clock: Clock
) -> None:
    steps(portal, clock)
    submitted(portal, due_soon, clock())

    assert 0 == deliver(portal, clock)
    assert [] == mails(portal)


def test_nor_who_was_withdrawn(portal: Portal, due_soon: Invitation, clock: Clock) -> None:
    withdraw_link(portal, due_soon.response, by="dara@example.com", now=clock())

    assert [] == steps(portal, clock)


def test_nor_who_asked_for_silence_until_they_ask_to_be_reminded_again(
    portal: Portal, due_soon: Invitation, clock: Clock
) -> None:
    choose_reminders(portal, due_soon.response, stop=True, by="contact", now=clock())
    silent = steps(portal, clock)
    choose_reminders(portal, due_soon.response, stop=False, by="contact", now=clock())

    assert ([], ["-7"]) == (silent, steps(portal, clock))


def test_a_reminder_that_waits_is_not_sent_after_silence_was_asked_for(
    portal: Portal, due_soon: Invitation, clock: Clock
) -> None:
    steps(portal, clock)
    choose_reminders(portal, due_soon.response, stop=True, by="contact", now=clock())

    assert 0 == deliver(portal, clock)


def test_several_sites_are_reminded_together_while_one_is_open(portal: Portal, meridian, clock: Clock) -> None:
    made = invite(portal, [meridian.id], by="dara@example.com", now=clock(), sites=["Plant 1", "Plant 2"])[0]
    submitted(portal, made, clock())
    clock.move(days=23)

    assert ["-7"] == steps(portal, clock)
    assert 1 == deliver(portal, clock)


def test_the_steps_are_a_setting(portal: Portal, due_soon: Invitation, clock: Clock) -> None:
    never = replace(portal, config=replace(portal.config, reminders=()))

    assert [] == steps(never, clock)


def test_by_hand_only_those_are_reminded_who_have_not_answered_and_once_a_day(
    portal: Portal, invitation: Invitation, other_invitation: Invitation, clock: Clock
) -> None:
    entered(portal, invitation, clock())
    submitted(portal, other_invitation, clock())
    both = [invitation.response, other_invitation.response]
    first = remind_now(portal, both, by="dara@example.com", now=clock())
    second = remind_now(portal, both, by="dara@example.com", now=clock())
    clock.move(days=1)
    third = remind_now(portal, both, by="dara@example.com", now=clock())

    assert [["meridian"], [], ["meridian"]] == [[one.partner for one in made] for made in (first, second, third)]
