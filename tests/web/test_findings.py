"""Findings on both sides: Dara raises, Ana proposes and proves, Dara verifies; what is not sent Ana sees nowhere."""

from collections.abc import Callable

import pytest
from conftest import Browser, Clock, enter
from evidence.samples import pdf
from mail.reading import body, mails
from usecases.filling import submitted

from portal.core.casework import Move, Severity, Stand
from portal.core.records import Response
from portal.usecases.delivering import deliver
from portal.usecases.inviting import Invitation
from portal.usecases.partner_lines import Attention, partner_lines
from portal.usecases.portal import Portal

from .checking import check_answer
from .filling import element, multipart, words

RULES = "cyber-rules"
SEEN = "A typed password list hangs on the wall"


@pytest.fixture
def base(portal: Portal, invitation: Invitation, ana: Browser, clock: Clock) -> str:
    """Ana has sent everything, with one answer below good."""
    submitted(portal, invitation, clock(), {RULES: "no"})
    return invitation.response


def raised(dara: Browser, base: str, **more: str):
    said = {"question": RULES, "severity": "major", "seen": SEEN, "required": "Written rules", **more}
    return dara.post(f"/staff/responses/{base}/findings", said)


def pages_of(ana: Browser, base: str) -> str:
    paths = ("actions", "receipt", "copy", "events")
    return "".join(ana.get(f"/partner/responses/{base}/{path}").text for path in paths)


def answer(ana: Browser, base: str, move: str, *files: tuple[str, bytes], **more: str):
    page, [finding] = ana.get(f"/partner/responses/{base}/actions"), found(ana, base)
    name = f"{move}-{finding}"
    forms = [form for form in element(page, f"finding-{finding}").iter("form") if f'"{move}"' in _hidden(form)]
    hidden = {
        one.get("name", ""): one.get("value", "") for one in forms[0].iter("input") if one.get("type") == "hidden"
    }
    fields = {**hidden, **{f"{name}-{part}": text for part, text in more.items()}}
    body = multipart(fields, [(f"{name}-evidence", file, data) for file, data in files])
    return check_answer(ana.client.post(f"/partner/responses/{base}/findings/{finding}", **body))


def _hidden(form) -> str:
    return str([f'"{one.get("value")}"' for one in form.iter("input") if one.get("name") == "move"])


def found(ana: Browser, base: str) -> list[str]:
    page = ana.get(f"/partner/responses/{base}/actions").text
    return [part.split('"')[0] for part in page.split('id="finding-')[1:] if "-head" not in part.split('"')[0]]


def move(dara: Browser, base: str, finding: str, chosen: str, **more: str):
    return dara.post(f"/staff/responses/{base}/findings/{finding}", {"move": chosen, **more})


def test_a_finding_goes_from_raised_to_closed_and_counts_in_the_provisional_score(
    dara: Browser, ana: Browser, base: str, meridian_response: Callable[[], Response], portal: Portal, clock: Clock
) -> None:
    assert 303 == raised(dara, base).status_code
    [finding] = meridian_response().findings
    declared = dara.get(f"/staff/responses/{base}/score").text
    assert SEEN not in pages_of(ana, base)

    assert (
        303 == dara.post(f"/staff/responses/{base}/send-findings", page=f"/staff/responses/{base}/findings").status_code
    )
    assert SEEN in pages_of(ana, base)
    deliver(portal, clock)
    [mail] = mails(portal)
    assert SEEN not in body(mail)

    assert 303 == answer(ana, base, "propose", text="We write them", who="Bruno", due="2026-05-01").status_code
    assert Attention.FINDINGS_WAIT in partner_lines(portal, clock())[0].attention
    assert 303 == move(dara, base, finding.id, "agree", due="2026-05-02").status_code
    sent = answer(ana, base, "prove", ("rules.pdf", pdf()), text="Written")
    assert 303 == sent.status_code
    proof = meridian_response().findings[0].steps[-1]
    file = dara.get(f"/staff/responses/{base}/evidence/{proof.evidence[0]}")
    own = ana.get(f"/partner/responses/{base}/evidence/{proof.evidence[0]}")
    assert (pdf(), pdf()) == (file.data, own.data)
    assert 303 == move(dara, base, finding.id, "verify").status_code

    [closed] = meridian_response().findings
    score = dara.get(f"/staff/responses/{base}/score")
    assert Stand.CLOSED is closed.state
    assert [Move.PROPOSE, Move.AGREE, Move.PROVE, Move.VERIFY] == [one.move for one in closed.steps]
    assert "With verified corrections" in score.text
    assert "With verified corrections" not in declared
    assert "Checked and closed" in words(ana.get(f"/partner/responses/{base}/actions"), f"finding-{finding.id}")


def test_the_date_follows_from_the_criterion_and_the_severity(
    dara: Browser, base: str, meridian_response: Callable[[], Response]
) -> None:
    raised(dara, base)
    raised(dara, base, due="2026-03-09", severity="critical")
    one, other = meridian_response().findings

    assert ("2026-04-01", "4.1") == (str(one.due), one.criterion)
    assert ("2026-03-09", Severity.CRITICAL) == (str(other.due), other.severity)


def test_a_question_leads_to_its_finding_filled_in(dara: Browser, base: str) -> None:
    page = dara.get(f"/staff/responses/{base}/findings?question={RULES}")

    assert f'value="{RULES}" selected' in page.text
    assert 'value="4.1" selected' in page.text
    assert "Raise a finding" in dara.get(f"/staff/responses/{base}").text


def test_what_is_wrong_comes_back_with_what_was_typed(dara: Browser, ana: Browser, base: str) -> None:
    page = raised(dara, base, required="")
    raised(dara, base)
    dara.post(f"/staff/responses/{base}/send-findings", page=f"/staff/responses/{base}/findings")
    wrong = answer(ana, base, "propose", text="A typed plan", who="", due="")

    assert (422, 422) == (page.status_code, wrong.status_code)
    assert SEEN in page.text
    assert "Say what is required." in page.text
    assert "A typed plan" in wrong.text
    assert "Say who will do it." in wrong.text


def test_staff_ask_again_waive_and_open_again_with_a_note(
    dara: Browser, ana: Browser, base: str, meridian_response: Callable[[], Response]
) -> None:
    raised(dara, base)
    dara.post(f"/staff/responses/{base}/send-findings", page=f"/staff/responses/{base}/findings")
    finding = meridian_response().findings[0].id
    answer(ana, base, "propose", text="We are careful", who="Bruno", due="2026-05-01", compensating="1")
    silent = move(dara, base, finding, "ask-again")
    move(dara, base, finding, "ask-again", text="Careful is no rule")
    move(dara, base, finding, "waive", text="The office is closed now")
    page = words(ana.get(f"/partner/responses/{base}/actions"), f"finding-{finding}")
    reopened = move(dara, base, finding, "reopen", text="It is open again")
    early = move(dara, base, finding, "verify")

    assert (422, 303, 409) == (silent.status_code, reopened.status_code, early.status_code)
    assert "Careful is no rule" in page
    assert "in place of what is required" in page
    assert "No longer required" in page


def test_a_promised_action_that_is_reported_done_is_verified_as_a_finding(
    dara: Browser, ana: Browser, base: str, meridian_response: Callable[[], Response]
) -> None:
    taken = dara.post(f"/staff/responses/{base}/actions/{RULES}/take-up", page=f"/staff/responses/{base}/actions")
    again = dara.post(f"/staff/responses/{base}/actions/{RULES}/take-up", page=f"/staff/responses/{base}/findings")
    page = ana.get(f"/partner/responses/{base}/actions")

    assert (303, 409) == (taken.status_code, again.status_code)
    assert Stand.AGREED is meridian_response().findings[0].state
    assert "We follow this among our findings above" in page.text
    assert "Report progress" not in page.text


def test_what_is_overdue_shows_in_the_list_and_to_both_sides(
    dara: Browser, browser: Callable[[], Browser], invitation: Invitation, base: str, portal: Portal, clock: Clock
) -> None:
    raised(dara, base, due="2026-03-09")
    dara.post(f"/staff/responses/{base}/send-findings", page=f"/staff/responses/{base}/findings")
    clock.move(days=10)
    line = partner_lines(portal, clock())[0]
    ana = enter(browser(), invitation, "Ana")

    assert (2, 1) == (line.scored.open_actions, line.overdue_actions)
    assert Attention.ACTIONS_OVERDUE in line.attention
    assert "Overdue" in words(ana.get(f"/partner/responses/{base}/actions"), f"finding-{found(ana, base)[0]}")


def test_another_partner_and_a_finding_that_is_not_sent_do_not_exist(
    dara: Browser, ana: Browser, chen: Browser, base: str, meridian_response: Callable[[], Response]
) -> None:
    raised(dara, base)
    finding = meridian_response().findings[0].id
    token = ana.token(f"/partner/responses/{base}/events")
    said = {"csrf_token": token, "move": "propose", f"propose-{finding}-text": "x", f"propose-{finding}-who": "x"}
    unsent = ana.client.post(f"/partner/responses/{base}/findings/{finding}", data=said)
    staffs = ana.client.post(f"/partner/responses/{base}/findings/{finding}", data={**said, "move": "verify"})

    assert (404, 409) == (unsent.status_code, staffs.status_code)
    assert 404 == chen.get(f"/partner/responses/{base}/actions").status_code


def test_what_was_typed_is_never_markup(dara: Browser, ana: Browser, base: str) -> None:
    raised(dara, base, seen="<script>alert(1)</script>", required="<b>x</b>")
    dara.post(f"/staff/responses/{base}/send-findings", page=f"/staff/responses/{base}/findings")

    for page in (ana.get(f"/partner/responses/{base}/actions"), dara.get(f"/staff/responses/{base}/findings")):
        assert "<script>alert" not in page.text
