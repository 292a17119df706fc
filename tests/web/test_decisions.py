"""Decisions: what is proposed, what needs a reason, the letter; and what happens between the years."""

from collections.abc import Callable

import pytest
from conftest import Browser, Clock, enter
from usecases.filling import submitted

from portal.core.casework import Outcome
from portal.core.records import Response
from portal.usecases.delivering import deliver
from portal.usecases.inviting import Invitation, invite
from portal.usecases.partner_lines import Attention, partner_lines
from portal.usecases.portal import Portal

from .filling import text_at, words

UNTIL = "2027-03-02"


@pytest.fixture
def base(portal: Portal, invitation: Invitation, ana: Browser, clock: Clock) -> str:
    """Ana has sent good answers."""
    submitted(portal, invitation, clock(), {})
    return invitation.response


def decide(dara: Browser, base: str, **more: str):
    said = {"do": "decide", "outcome": "approved", "valid_until": UNTIL, "reason": "", "letter": "", **more}
    return dara.post(f"/staff/responses/{base}/decision", said)


def test_what_is_proposed_is_decided_and_the_letter_reaches_the_partner(
    dara: Browser, ana: Browser, base: str, meridian_response: Callable[[], Response], portal: Portal, clock: Callable
) -> None:
    page = dara.get(f"/staff/responses/{base}/decision")
    before = ana.get(f"/partner/responses/{base}/letter")
    sent = decide(dara, base)
    [decision] = meridian_response().decisions
    letter = ana.get(f"/partner/responses/{base}/letter")

    assert "Approved</span> until 2 March 2027" in page.text
    assert (404, 303) == (before.status_code, sent.status_code)
    assert (Outcome.APPROVED, Outcome.APPROVED, UNTIL) == (
        decision.outcome, decision.proposed, str(decision.valid_until),
    )  # fmt: skip
    assert "You are approved." in letter.text
    assert "2 March 2027" in letter.text
    assert "Read and print the letter" in ana.get(f"/partner/responses/{base}/receipt").text
    deliver(portal, clock)
    assert 1 == len(list(portal.config.outbox.glob("*.eml")))


def test_another_decision_than_proposed_needs_a_reason_which_the_partner_never_sees(
    dara: Browser, ana: Browser, base: str, meridian_response: Callable[[], Response]
) -> None:
    silent = decide(dara, base, outcome="refused")
    decide(dara, base, outcome="refused", reason="A typed secret reason")

    assert 422 == silent.status_code
    assert "Say why the decision is another one" in silent.text
    assert meridian_response().decisions[0].valid_until is None
    for path in ("letter", "receipt", "actions"):
        page = ana.get(f"/partner/responses/{base}/{path}").text
        assert "secret reason" not in page
    assert "You are not approved." in ana.get(f"/partner/responses/{base}/letter").text


@pytest.mark.parametrize("until", ["", "2026-03-02", "2031-03-03", "soon"])
def test_an_approval_needs_a_last_day(dara: Browser, base: str, until: str) -> None:
    assert 422 == decide(dara, base, valid_until=until).status_code


def test_the_preview_sends_nothing_and_a_standard_letter_follows_what_is_chosen(
    dara: Browser, base: str, meridian_response: Callable[[], Response]
) -> None:
    page = dara.get(f"/staff/responses/{base}/decision")
    standard = text_at(page, "letter")
    look = decide(dara, base, do="preview", outcome="refused", letter=standard, standard=standard)
    own = decide(dara, base, do="preview", letter="Our **own** words <script>x</script>", standard=standard)

    assert (200, 200) == (look.status_code, own.status_code)
    assert "You are not approved." in text_at(look, "letter")
    assert "<strong>own</strong>" in own.text
    assert "<script>x" not in own.text
    assert () == meridian_response().decisions


def test_a_later_decision_takes_the_place_of_the_earlier_and_the_same_form_counts_once(
    dara: Browser, ana: Browser, base: str, meridian_response: Callable[[], Response]
) -> None:
    decide(dara, base, form="a" * 16)
    decide(dara, base, form="a" * 16)
    decide(dara, base, outcome="refused", reason="Fire")

    assert [Outcome.APPROVED, Outcome.REFUSED] == [one.outcome for one in meridian_response().decisions]
    assert "You are not approved." in ana.get(f"/partner/responses/{base}/letter").text
    assert "Earlier decision" in dara.get(f"/staff/responses/{base}/decision").text


def test_open_findings_lead_to_an_approval_with_actions_and_are_sent_with_it(
    dara: Browser, ana: Browser, base: str
) -> None:
    said = {"severity": "minor", "seen": "A torn fence", "required": "A whole fence"}
    dara.post(f"/staff/responses/{base}/findings", said)
    page = dara.get(f"/staff/responses/{base}/decision")
    decide(dara, base, outcome="approved-with-actions")

    assert "Approved, with actions</span> until" in page.text
    assert "A whole fence" in ana.get(f"/partner/responses/{base}/letter").text
    assert "A torn fence" in ana.get(f"/partner/responses/{base}/actions").text


def test_the_cheapest_steps_are_shown_to_staff_at_once_and_to_the_partner_after_the_decision(
    portal: Portal, invitation: Invitation, ana: Browser, dara: Browser, clock: Clock
) -> None:
    submitted(portal, invitation, clock(), {"cyber-rules": "no"})
    base = invitation.response
    before = ana.get(f"/partner/responses/{base}/actions")
    score = dara.get(f"/staff/responses/{base}/score")
    decide(dara, base, reason="As agreed", outcome="approved-with-actions")
    after = ana.get(f"/partner/responses/{base}/actions")

    assert "The cheapest steps to the next rating" in score.text
    assert "The shortest way to a better result" not in before.text
    assert "The shortest way to a better result" in after.text
    assert "Strong" not in after.text


def test_renewal_is_proposed_in_time_and_no_longer_once_invited(
    dara: Browser, base: str, portal: Portal, clock: Clock, staff: Callable
) -> None:
    decide(dara, base)

    def line():
        return partner_lines(portal, clock())[0]

    early = line()
    clock.move(days=300)
    late = line()
    invite(portal, ["meridian"], by="dara@example.com", now=clock())

    assert ("approved", UNTIL) == (early.scored.decision, str(early.scored.valid_until))
    assert Attention.RENEW not in early.attention
    assert Attention.RENEW in late.attention
    assert Attention.RENEW not in line().attention


def test_the_list_says_until_when_a_partner_is_approved(dara: Browser, base: str) -> None:
    decide(dara, base)

    assert "Approved until" in words(dara.get("/staff/partners"), "partners")


def test_the_partner_tells_what_has_happened_and_staff_see_what_it_concerns(
    dara: Browser, ana: Browser, base: str, meridian_response: Callable[[], Response], portal: Portal, clock: Clock
) -> None:
    address = f"/partner/responses/{base}/events"
    wrong = ana.post(address, {"event": "", "text": ""})
    told = ana.post(address, {"event": "seal-breach", "text": "A typed story", "day": "2026-03-01"})
    [event] = meridian_response().happenings
    page = dara.get(f"/staff/responses/{base}/events")
    attention = partner_lines(portal, clock())[0].attention
    done = dara.post(
        f"/staff/responses/{base}/events/{event.id}", {"note": "Called them"}, page=f"/staff/responses/{base}/events"
    )

    assert (422, 303, 303) == (wrong.status_code, told.status_code, done.status_code)
    assert "Choose what has happened." in wrong.text
    assert ("seals", "conveyances", "procedures")[:1] == event.sections[:1]
    assert "#section-seals" in page.text
    assert Attention.EVENT in attention
    assert Attention.EVENT not in partner_lines(portal, clock())[0].attention
    assert "Called them" not in ana.get(address).text
    assert "A typed story" in ana.get(address).text


def test_staff_record_events_themselves_and_the_partner_does_not_see_them(
    dara: Browser, ana: Browser, base: str
) -> None:
    kept = dara.post(f"/staff/responses/{base}/events", {"event": "other", "text": "We heard of a fire"})

    assert 303 == kept.status_code
    assert "We heard of a fire" in dara.get(f"/staff/responses/{base}/events").text
    assert "We heard of a fire" not in ana.get(f"/partner/responses/{base}/events").text


def test_nothing_is_decided_or_told_before_the_answers_are_sent(
    dara: Browser, ana: Browser, invitation: Invitation
) -> None:
    base = invitation.response
    told = ana.post(f"/partner/responses/{base}/events", {"event": "other", "text": "x"})

    assert (409, 409) == (decide(dara, base, reason="x").status_code, told.status_code)


def test_the_letter_is_in_the_language_of_the_contact(
    dara: Browser, browser: Callable[[], Browser], portal: Portal, other, clock: Clock
) -> None:
    made = invite(portal, ["norte"], by="dara@example.com", now=clock(), language="es")[0]
    chen = enter(browser(), made, "Chen")
    submitted(portal, made, clock(), {})
    decide(dara, made.response, reason="As agreed")
    page = chen.get(f"/partner/responses/{made.response}/letter")

    assert "Su empresa queda aprobada." in page.text
    assert "2 de marzo de 2027" in page.text
