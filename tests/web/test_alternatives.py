"""Another way of doing it: described by the partner, judged by a reviewer, told by the score; and what answers say.

The pages are those of the carrier form of `content/real`.
"""

from collections.abc import Callable

import pytest
from conftest import Browser, enter
from content.real_answers import filled, the
from msgspec.structs import replace

from portal.config import Config
from portal.content.library import Library, load_library
from portal.core.records import Response, Role
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.usecases.scores import scores

from .filling import element, send, text_at, words

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="session")
def library() -> Library:
    return replace(load_library(Config.questionnaires), questionnaires={"carrier": the("weighted-carrier")})


@pytest.fixture
def chen(browser: Callable, other_invitation: Invitation) -> Browser:
    return enter(browser(), other_invitation, "Chen")


@pytest.fixture
def sent(portal: Portal, chen: Browser, other_invitation: Invitation, clock: Callable) -> str:
    """Chen has sent everything; that item 1.1 does not apply to him is still to be approved."""
    id = other_invitation.response
    with portal.store.transaction((Response, id), by="Chen", at=clock()) as records:
        answers = filled(the("weighted-carrier"), v1="x", t1="n").answers
        records.put(replace(records.get(Response, id), answers=answers), "answers saved")
    page = chen.post(f"/partner/responses/{id}/submit")
    assert page.status_code == 303, page.text
    return f"/staff/responses/{id}"


def judge(who: Browser, sent: str, **form: str):
    return who.post(f"{sent}/alternatives/v1", form, page="/staff/password")


def test_a_reviewer_finds_what_is_to_be_judged(dara: Browser, sent: str) -> None:
    shown = ana_words(dara, sent)

    assert "Not met" in shown
    assert "The partner says that this does not apply. Until you accept that, it counts as not met." in shown
    assert "Accept: Do all doors of tractors and trailers have locks that work?" in shown


def ana_words(who: Browser, sent: str) -> str:
    return words(who.get(sent), "question-v1")


def test_once_accepted_it_counts_and_the_score_says_by_whom(
    portal: Portal, dara: Browser, sent: str, clock: Callable
) -> None:
    before = scores(portal, clock())[-1]
    page = judge(dara, sent, accepted="yes", note="Bobtails only.")
    after = scores(portal, clock())[-1]

    assert (303, f"{sent}?done=judged#question-v1") == (page.status_code, page.headers["Location"])
    assert ("fail-mandatory", "excellent") == (before.rating, after.rating)
    assert (92.5, 100.0) == (before.score, after.score)
    assert "Accepted as an alternative measure by reviewer@example.com" in ana_words(dara, sent)
    assert "Alternative measure accepted by reviewer@example.com. Bobtails only." in words(
        dara.get(f"{sent}/score"), "line-v1"
    )
    assert "accepted: Bobtails only." in words(dara.get(f"{sent}/history"), "content")


def test_refusing_needs_a_reason_and_may_be_taken_back(
    portal: Portal, dara: Browser, sent: str, clock: Callable
) -> None:
    without = judge(dara, sent, accepted="no")
    judge(dara, sent, accepted="no", note="You have three trailers.")

    assert 422 == without.status_code
    assert "Say why the measure is not enough." in words(without, "errors")
    assert "Refused as an alternative measure" in ana_words(dara, sent)
    assert "You have three trailers." in ana_words(dara, sent)
    assert "fail-mandatory" == scores(portal, clock())[-1].rating
    judge(dara, sent, accepted="yes")
    assert "excellent" == scores(portal, clock())[-1].rating


@pytest.mark.parametrize(
    "form", [{"accepted": "yes", "note": "x" * 4001}, {"accepted": "perhaps", "note": HOSTILE}, {}]
)
def test_what_cannot_be_taken_is_refused_and_comes_back(
    form: dict[str, str], portal: Portal, dara: Browser, sent: str
) -> None:
    page = judge(dara, sent, **form)

    assert 422 == page.status_code
    assert form.get("note", "") == text_at(page, "alternative-v1")
    assert {} == portal.store.get(Response, sent.rsplit("/", 1)[1]).alternatives


def test_a_note_is_shown_as_text(dara: Browser, sent: str) -> None:
    judge(dara, sent, accepted="no", note=HOSTILE)

    assert HOSTILE in ana_words(dara, sent)
    assert HOSTILE not in dara.get(sent).text


def test_readers_see_it_and_cannot_judge(staff: Callable, sent: str) -> None:
    reader = staff(Role.READER)

    assert "form" not in {one.tag for one in element(reader.get(sent), "question-v1").iter()}
    assert 404 == judge(reader, sent, accepted="yes").status_code


@pytest.mark.parametrize(("question", "status"), [("v2", 409), ("nothing", 404)])
def test_only_an_alternative_can_be_judged(question: str, status: int, dara: Browser, sent: str) -> None:
    page = dara.post(f"{sent}/alternatives/{question}", {"accepted": "yes"}, page="/staff/password")

    assert status == page.status_code


def test_answers_that_are_not_sent_yet_are_not_judged(
    dara: Browser, chen: Browser, other_invitation: Invitation
) -> None:
    base = f"/partner/responses/{other_invitation.response}/sections/vehicles"
    send(chen, chen.get(base), {"v1": "x", "v1-comment": "No trailers."})
    there = f"/staff/responses/{other_invitation.response}"

    assert "Until you accept that" not in ana_words(dara, there)
    assert 409 == judge(dara, there, accepted="yes").status_code


def test_the_partner_must_describe_it(chen: Browser, other_invitation: Invitation) -> None:
    base = f"/partner/responses/{other_invitation.response}/sections/vehicles"
    send(chen, chen.get(base), {"v1": "x"})
    shown = chen.get(f"{base}?check=1")

    assert "Explain this answer in a comment." in words(shown, "errors")
    assert "Say why it does not apply. It counts as N until the buyer approves it." in words(shown, "question-v1")


def test_the_best_of_several_is_marked_on_the_answers_and_on_the_score(dara: Browser, sent: str) -> None:
    """Item 2.1a is not there, the escort of 2.1b is: it counts, and the calls of 2.1c do not count beside it."""
    answers, trace = dara.get(sent), dara.get(f"{sent}/score")

    for other in ("t1", "t3"):
        assert "Not counted: one of several is enough" in words(answers, f"question-{other}")
        assert "Not counted: one of several is enough, and 2.1b counts." in words(trace, f"line-{other}")
    assert "Not counted" not in words(trace, "line-t2")
    assert "Tracking (25 points)" in words(trace, "content")


def test_a_corrective_action_that_is_only_allowed_stands_folded(
    portal: Portal, chen: Browser, other_invitation: Invitation
) -> None:
    """Item 4.2 is a should-be: nothing is asked. A mandatory item answered N asks for an action, which stands open."""
    base = f"/partner/responses/{other_invitation.response}/sections/vehicles"
    send(chen, chen.get(base), {"v1": "n", "v2": "n"})
    shown = chen.get(base)
    blocks = {
        id: next(one for one in element(shown, f"question-{id}").iter("details") if one.get("data-part") == "action")
        for id in ("v1", "v2")
    }

    assert "open" in blocks["v1"].attrib
    assert "hidden" not in blocks["v1"].attrib
    assert "hidden" in blocks["v2"].attrib
