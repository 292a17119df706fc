"""Reviewing question by question: marks, notes, credits, and what goes back to the partner."""

from collections.abc import Callable

import pytest
from conftest import Browser
from usecases.filling import submitted

from portal.core.marks import Opinion
from portal.core.records import Response, State
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal


@pytest.fixture
def review(portal: Portal, invitation: Invitation, clock: Callable) -> str:
    """The review page of what Ana has sent."""
    submitted(portal, invitation, clock(), {"cyber-rules": "no"})
    return f"/staff/responses/{invitation.response}/review"


def marked(who: Browser, review: str, question: str, **form: str):
    page = who.get(f"{review}?section=cybersecurity").text
    reference = page.split('name="reference" value="')[1].split('"')[0]
    form = {"version": "0", "note": "", "staff_note": "", "reference": reference, **form}
    return who.post(f"{review}/{question}?section=cybersecurity", form, page=review)


def test_a_section_lists_its_answers_with_a_form_each(dara: Browser, review: str) -> None:
    page = dara.get(f"{review}?section=cybersecurity")

    assert page.status_code == 200
    assert 'id="question-cyber-rules"' in page.text
    assert "looked at" in page.text


def test_accepting_goes_on_to_the_next_answer(dara: Browser, review: str, meridian_response: Callable) -> None:
    page = marked(dara, review, "cyber-rules", opinion="accepted")

    assert page.status_code == 303
    assert "section=cybersecurity#question-cyber-" in page.headers["Location"]
    assert Opinion.ACCEPTED is meridian_response().marks["cyber-rules"].opinion
    assert "reviewer@example.com" == meridian_response().marks["cyber-rules"].by


def test_asking_back_needs_a_note(dara: Browser, review: str, meridian_response: Callable) -> None:
    page = marked(dara, review, "cyber-rules", opinion="ask-back", staff_note="Odd.")

    assert page.status_code == 422
    assert "Write what the partner should do." in page.text
    assert "Odd." in page.text
    assert {} == meridian_response().marks


def test_sending_back_opens_a_round(dara: Browser, review: str, meridian_response: Callable) -> None:
    marked(dara, review, "cyber-rules", opinion="ask-back", note="Send us the rules.")
    address = review.removesuffix("review") + "round"
    form = dara.get(address).text
    page = dara.post(address, {"due": "2026-03-20", "message": "Thank you."})

    assert "Send us the rules." in form
    assert page.status_code == 303, page.text
    response: Response = meridian_response()
    assert State.RETURNED is response.state
    assert {"cyber-rules": "Send us the rules."} == response.rounds[-1].notes


def test_the_second_reviewer_is_shown_what_the_first_said(
    dara: Browser, review: str, meridian_response: Callable
) -> None:
    marked(dara, review, "cyber-rules", opinion="ask-back", note="Send us the rules.")
    page = marked(dara, review, "cyber-rules", opinion="accepted", staff_note="Fine to me.")

    assert page.status_code == 409
    assert "Another reviewer was first." in page.text
    assert "Send us the rules." in page.text
    assert "Fine to me." in page.text
    assert Opinion.ASK_BACK is meridian_response().marks["cyber-rules"].opinion


def test_a_credit_that_is_set_shows_in_the_trace(dara: Browser, review: str) -> None:
    address = f"{review.removesuffix('review')}credits/cyber-rules"
    refused = dara.post(address, {"verdict": "met", "reason": ""}, page=review)
    page = dara.post(address, {"verdict": "met", "reason": "Seen on site."}, page=review)

    assert (422, 303) == (refused.status_code, page.status_code)
    assert (
        "set to met (1) by reviewer@example.com: Seen on site."
        in dara.get(f"{review.removesuffix('review')}score").text
    )


def test_a_response_is_assigned_and_found_by_it(dara: Browser, review: str) -> None:
    address = f"{review.removesuffix('review')}assigned"
    page = dara.post(address, {"assigned": "reviewer@example.com"}, page=review)
    wrong = dara.post(address, {"assigned": "nobody@example.com"}, page=review)

    assert (303, 422) == (page.status_code, wrong.status_code)
    assert "Meridian Textiles" in dara.get("/staff/partners?assigned=reviewer@example.com").text
    assert "No partner is like that." in dara.get("/staff/partners?assigned=admin@example.com").text
