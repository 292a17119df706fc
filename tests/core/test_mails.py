"""Mails as values: when they are due, what may be done with them; texts with places; days on which to remind."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.errors import NotAllowed
from portal.core.lettering import unknown_places, wrong_text
from portal.core.letters import LETTERS, filled
from portal.core.mails import LOST_AFTER, Mail, MailState, by_hand, ended, is_due, put_off, sent, taken
from portal.core.reminders import letter_of, step_due

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MAIL = Mail(
    id="m", to="ana@example.com", letter="invitation", language="en", queued=NOW, queued_by="dara@example.com",
    next_try=NOW,
)  # fmt: skip
DUE, INVITED, STEPS = date(2026, 4, 1), date(2026, 3, 2), (-7, -1, 3, 10)


def test_a_mail_that_is_handed_over_belongs_to_nobody_else_for_a_while():
    held = taken(MAIL, NOW)

    assert (MailState.SENDING, 1) == (held.state, held.tries)
    assert not is_due(held.state, held.next_try, NOW + LOST_AFTER - timedelta(seconds=1))
    assert is_due(held.state, held.next_try, NOW + LOST_AFTER)


@pytest.mark.parametrize("state", [MailState.SENT, MailState.BOUNCED, MailState.FAILED, MailState.CANCELLED])
def test_what_is_over_is_never_due(state: MailState):
    assert not is_due(state, NOW, NOW + timedelta(days=999))


def test_a_mail_that_was_put_off_says_why_until_it_is_sent():
    later = put_off(taken(MAIL, NOW), "450 busy", NOW)

    assert (MailState.QUEUED, "450 busy", NOW + timedelta(minutes=1)) == (later.state, later.error, later.next_try)
    assert "" == sent(taken(later, NOW), NOW).error


@pytest.mark.parametrize(
    ("state", "step"),
    [(MailState.SENT, "cancel"), (MailState.SENT, "again"), (MailState.SENDING, "cancel"), (MailState.QUEUED, "x")],
)
def test_what_cannot_be_done_with_a_mail_is_refused(state: MailState, step: str):
    with pytest.raises(NotAllowed):
        by_hand(ended(MAIL, state, ""), step, MAIL.to, NOW)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("%(link)s", "%(note)s is missing: what a campaign says in its own words."),
        ("%(link)s %(note)s %(partner)s", "%(partner)s is unknown here; known are: "),
        ("%(link)s %(note)s %()s", "%()s is unknown here"),
        ("", "Fill this in."),
        ("%(link)s %(note)s" + "x" * 8000, "Write at most 8000 characters."),
    ],
)
def test_a_text_with_a_wrong_or_missing_place_is_refused_by_name(text: str, said: str):
    assert any(said in problem.message for problem in wrong_text(LETTERS["invitation"], "Hello", text))


def test_a_good_text_is_taken_and_a_subject_holds_no_link_and_no_line_end():
    good = "%(link)s %(note)s 100 % of %(title)s"

    assert [] == wrong_text(LETTERS["invitation"], "From %(importer)s", good)
    assert [["subject"]] * 2 == [
        [problem.where for problem in wrong_text(LETTERS["invitation"], subject, good)]
        for subject in ("%(link)s", "one\ntwo")
    ]


def test_a_message_of_a_campaign_may_have_places_too():
    assert [] == unknown_places("note", "until %(due)s", LETTERS["invitation"].knows)
    assert 1 == len(unknown_places("note", "dear %(name)s", LETTERS["invitation"].knows))


def test_what_is_filled_in_is_no_place():
    assert "%(b)s and %(c)s" == filled("%(a)s and %(c)s", {"a": "%(b)s", "b": "x"})


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (date(2026, 3, 24), None), (date(2026, 3, 25), -7), (date(2026, 3, 28), -7), (date(2026, 3, 29), None),
        (date(2026, 3, 31), -1), (DUE, -1), (date(2026, 4, 4), 3), (date(2026, 4, 11), 10), (date(2026, 5, 1), None),
    ],
)  # fmt: skip
def test_each_step_has_its_day_and_three_days_to_be_made_up_for(today: date, step: int | None):
    assert step == step_due(DUE, INVITED, STEPS, today)


def test_of_two_that_were_missed_only_the_last_is_sent():
    assert -1 == step_due(DUE, INVITED, (-3, -1), date(2026, 4, 1))


def test_nobody_is_reminded_on_the_day_of_the_invitation_or_of_what_lies_before_it():
    assert None is step_due(DUE, date(2026, 3, 31), STEPS, date(2026, 3, 31))
    assert None is step_due(DUE, date(2026, 3, 26), STEPS, date(2026, 3, 26))


def test_a_clock_that_jumps_sends_no_heap_of_old_reminders():
    """R07."""
    assert None is step_due(DUE, INVITED, STEPS, date(2027, 4, 1))


def test_before_and_after_the_due_date_it_is_another_letter():
    assert ["reminder", "reminder", "overdue"] == [
        letter_of(DUE, day) for day in (date(2026, 3, 31), DUE, date(2026, 4, 2))
    ]
