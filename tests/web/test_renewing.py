"""The second year: last year's answers stand beside the questions, and a few presses say which are still true."""

import re
from collections.abc import Callable
from io import BytesIO
from xml.etree.ElementTree import Element

import pytest
from conftest import Browser, Clock, enter, path_of
from evidence.samples import pdf, png
from usecases.filling import entered, good_value, submitted
from werkzeug.test import TestResponse

from portal.core.asking import outline
from portal.core.confirming import renewal
from portal.core.questionnaire import Kind
from portal.core.records import Response, State
from portal.usecases import answering, inviting
from portal.usecases.answering import Access
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed

from .checking import check_answer
from .filling import element, fields_of, multipart, send, tree_of, words

DARA = "dara@example.com"


@pytest.fixture
def first(portal: Portal, invitation: Invitation, clock: Clock) -> Response:
    """Last year's response: all good but the rules of cybersecurity, explained and promised for September."""
    access = entered(portal, invitation, clock())
    said = answering.Given(value="no", comment="It is as we say.")
    answering.save_answers(portal, access, {"cyber-rules": (said, None)}, now=clock())
    answering.add_evidence(portal, access, "cyber-rules", "draft.png", BytesIO(png()), now=clock())
    return submitted(portal, invitation, clock(), {"cyber-remote": "yes"})


@pytest.fixture
def second(portal: Portal, first: Response, clock: Clock) -> Invitation:
    """A year later the partner is invited again."""
    clock.move(days=365)
    return inviting.invite(portal, ["meridian"], by=DARA, now=clock())[0]


@pytest.fixture
def ana(browser: Callable[[], Browser], second: Invitation) -> Browser:
    return enter(browser(), second, "Ana")


@pytest.fixture
def base(second: Invitation) -> str:
    return f"/partner/responses/{second.response}"


@pytest.fixture
def now(portal: Portal, second: Invitation) -> Callable[[], Response]:
    return lambda: portal.store.get(Response, second.response)


def press(who: Browser, page: TestResponse, address: str, choice: str, **changes: str) -> TestResponse:
    """Press a button of the page that sends its whole form elsewhere."""
    fields = {**fields_of(page), "choice": choice, **changes}
    return check_answer(who.client.post(address, **multipart(fields)))


def test_the_overview_says_what_is_to_do(ana: Browser, base: str, portal: Portal, now: Callable, clock: Clock) -> None:
    todo = renewal(portal.edition(now().edition), now(), clock().date())
    text = ana.get(base).text

    assert todo.to_confirm > 100
    assert (0, 0) == (todo.new, todo.confirmed)
    assert 5 <= todo.anew <= 10
    assert f"<dt>Answers to confirm</dt><dd>{todo.to_confirm}</dd>" in text
    assert f"<dt>To answer anew or to complete</dt><dd>{todo.anew}</dd>" in text


def test_the_invitation_says_that_last_years_answers_are_there(
    browser: Callable, second: Invitation, base: str, ana: Browser
) -> None:
    address = path_of(second.link)
    text, overview = browser().get(address).text, ana.get(base).text
    card = re.search(r"<h2>What is to do this year.+?</div>", overview, re.DOTALL)[0]

    assert "Your answers of last year are here." in card
    assert card in text


def test_the_invitation_of_the_first_year_says_nothing_of_last_year(browser: Callable, invitation: Invitation) -> None:
    assert "last year" not in browser().get(path_of(invitation.link)).text


def test_the_list_of_staff_marks_the_score_of_last_year(
    portal: Portal, ana: Browser, dara: Browser, second: Invitation, clock: Clock
) -> None:
    under_way = words(dara.get("/staff/partners"), "partners")
    submitted(portal, second, clock())
    sent = words(dara.get("/staff/partners"), "partners")

    assert re.search(r"Started 0/\d+ \d+\.\dlast year \w+last year \d", under_way)
    assert "last year" not in sent


def test_what_staff_read_of_last_year_stands_above_the_link_and_is_no_taller_than_it_needs(
    second: Invitation, dara: Browser
) -> None:
    page = dara.get(f"/staff/responses/{second.response}")
    [beside] = [one for one in tree_of(page).iter("div") if "link" in ids_of(one)]

    assert ["last-year", "link", "mails"] == ids_of(beside)


def ids_of(parent: Element) -> list[str]:
    """The ids of what stands directly in an element."""
    return [child.get("id", "") for child in parent]


def test_a_section_that_is_answered_but_lacks_a_date_says_how_much_is_needed(
    ana: Browser, base: str, now: Callable, portal: Portal, clock: Callable
) -> None:
    page = ana.get(f"{base}/sections/cybersecurity")
    press(ana, page, f"{base}/sections/cybersecurity/still-true", "")
    seen = outline(portal.edition(now().edition), now(), clock().date()).section("cybersecurity")
    line = re.search(r'sections/cybersecurity">.+?</li>', ana.get(base).text, re.DOTALL)[0]

    assert ["cyber-rules-action-due"] == [one.where for one in seen.lacking]
    assert seen.answered == seen.asked
    assert "1 still needed" in line
    assert "In progress" not in line


def test_last_years_answer_stands_beside_its_question_and_is_not_yet_an_answer(
    ana: Browser, base: str, now: Callable
) -> None:
    page = ana.get(f"{base}/sections/cybersecurity")
    saved = send(ana, page)
    beside = words(page, "question-cyber-rules")

    assert "Last year's answer: No" in beside
    assert "Comment: It is as we say." in beside
    assert "Write it down" in beside
    assert ({}, 0) == (now().answers, len(now().evidence))
    assert 303 == saved.status_code


def test_still_true_is_one_press_without_javascript(ana: Browser, base: str, now: Callable, first: Response) -> None:
    page = ana.get(f"{base}/sections/cybersecurity")
    pressed = press(ana, page, f"{base}/carried/cyber-rules", "still-true")
    answer = now().answers["cyber-rules"]
    after = ana.get(f"{base}/sections/cybersecurity")

    assert f"{base}/sections/cybersecurity?done=still-true#question-cyber-rules" == pressed.headers["Location"]
    assert ("no", "It is as we say.", "Ana") == (answer.value, answer.comment, answer.by)
    assert first.answers["cyber-rules"].saved < answer.saved
    assert {item.sha256 for item in first.files_for("cyber-rules")} == {
        item.sha256 for item in now().files_for("cyber-rules")
    }
    assert "Still true" in words(after, "question-cyber-rules")
    # Last year's date has passed: the action needs a new one.
    assert "Head of security" == element(after, "cyber-rules-action-who").get("value")
    assert "" == element(after, "cyber-rules-action-due").get("value")


def test_what_was_typed_elsewhere_on_the_page_is_kept_by_the_press(ana: Browser, base: str, now: Callable) -> None:
    page = ana.get(f"{base}/sections/cybersecurity")
    press(ana, page, f"{base}/carried/cyber-rules", "still-true", **{"cyber-remote": "no"})

    assert ("no", "no") == tuple(now().answers[id].value for id in ("cyber-rules", "cyber-remote"))


def test_an_answer_that_was_typed_over_counts_even_if_still_true_is_pressed(
    ana: Browser, base: str, now: Callable
) -> None:
    page = ana.get(f"{base}/sections/cybersecurity")
    press(ana, page, f"{base}/carried/cyber-rules", "still-true", **{"cyber-rules": "yes"})

    assert "yes" == now().answers["cyber-rules"].value


def test_changed_opens_the_fields_with_last_years_answer_to_start_from(ana: Browser, base: str, now: Callable) -> None:
    page = ana.get(f"{base}/sections/cybersecurity")
    folded = [one for one in element(page, "question-cyber-rules").iter("details") if one.get("class") == "changed"]
    send(ana, page, {"cyber-rules": "partly", "cyber-rules-comment": "Half of them."})
    after = ana.get(f"{base}/sections/cybersecurity")

    assert ["no"] == [one.get("value") for one in folded[0].iter("input") if one.get("checked") is not None]
    assert ("partly", "Half of them.") == (now().answers["cyber-rules"].value, now().answers["cyber-rules"].comment)
    assert ["cyber-rules"] == list(now().answers)
    assert "Answered anew" in words(after, "question-cyber-rules")


def test_the_script_saves_a_changed_answer_from_the_same_mark(ana: Browser, base: str, now: Callable) -> None:
    saved = ana.put(f"{base}/answers/cyber-rules", {"value": "partly", "version": 0}, page=f"{base}/sections/company")

    assert 200 == saved.status_code
    assert "partly" == now().answers["cyber-rules"].value


def test_not_sure_is_marked_and_counts_as_not_answered(ana: Browser, base: str, now: Callable, portal: Portal) -> None:
    address = f"{base}/carried/cyber-rules"
    section = f"{base}/sections/cybersecurity"
    press(ana, ana.get(section), address, "still-true")
    press(ana, ana.get(section), address, "not-sure")
    part = next(
        one for one in outline(portal.edition(now().edition), now()).sections if one.section.id == "cybersecurity"
    )

    assert 0 == part.answered
    assert "To come back to" in words(ana.get(section), "question-cyber-rules")
    assert "<dt>To come back to</dt><dd>1</dd>" in ana.get(base).text


def test_somebody_elses_answer_is_not_overwritten_by_an_old_page(
    ana: Browser, browser: Callable, second: Invitation, base: str, now: Callable
) -> None:
    section = f"{base}/sections/cybersecurity"
    old_page = ana.get(section)
    bruno = enter(browser(), second, "Bruno")
    send(bruno, bruno.get(section), {"cyber-rules": "yes"})
    pressed = press(ana, old_page, f"{base}/carried/cyber-rules", "still-true")

    assert "done=first" in pressed.headers["Location"]
    assert ("yes", "Bruno") == (now().answers["cyber-rules"].value, now().answers["cyber-rules"].by)


def test_a_file_of_last_year_is_used_again_beside_a_changed_answer(
    ana: Browser, base: str, now: Callable, first: Response
) -> None:
    section, [file] = f"{base}/sections/cybersecurity", first.files_for("cyber-rules")
    send(ana, ana.get(section), {"cyber-rules": "yes", "cyber-rules-comment": ""})
    page = ana.get(section)
    press(ana, page, f"{base}/carried/cyber-rules", f"keep:{file.id}")

    assert f'value="keep:{file.id}"' in page.text
    assert [file] == now().files_for("cyber-rules")
    assert 200 == ana.get(f"{base}/evidence/{file.id}").status_code
    assert f'value="keep:{file.id}"' not in ana.get(section).text


def test_a_file_that_is_too_old_cannot_be_used_again(
    portal: Portal, browser: Callable, first: Response, clock: Clock
) -> None:
    """25 months later; the page says so, and the answer asks for a newer file."""
    clock.move(days=770)
    again = inviting.invite(portal, ["meridian"], by=DARA, now=clock())[0]
    ana, base = enter(browser(), again, "Ana"), f"/partner/responses/{again.response}"
    page = ana.get(f"{base}/sections/cybersecurity")
    [file] = first.files_for("cyber-rules")
    kept = press(ana, page, f"{base}/carried/cyber-rules", f"keep:{file.id}")
    press(ana, page, f"{base}/carried/cyber-rules", "still-true")
    response = portal.store.get(Response, again.response)

    assert "Too old, please add a newer one" in words(page, "question-cyber-rules")
    assert 409 == kept.status_code
    assert ("no", []) == (response.answers["cyber-rules"].value, response.files_for("cyber-rules"))


@pytest.mark.parametrize("choice", ["", "maybe", "keep:", "keep:nothing"])
def test_a_press_that_is_none_of_ours_changes_nothing(choice: str, ana: Browser, base: str, kept: Callable) -> None:
    page, before = ana.get(f"{base}/sections/cybersecurity"), kept()
    pressed = press(ana, page, f"{base}/carried/cyber-rules", choice)

    assert pressed.status_code in (409, 422)
    assert before == kept()


def test_a_question_that_is_none_is_not_there(ana: Browser, base: str) -> None:
    page = ana.get(f"{base}/sections/cybersecurity")

    assert 404 == press(ana, page, f"{base}/carried/nothing", "still-true").status_code


def test_last_year_renews_in_a_few_presses(
    ana: Browser, base: str, now: Callable, portal: Portal, clock: Clock, second: Invitation
) -> None:
    """One press a section; what is left is what was promised for a date that has passed, and what is asked anew."""
    presses, where = 0, f"{base}/sections/company"
    while "/sections/" in where:
        page = ana.get(where)
        button = re.search(r'formaction="([^"]+/still-true)"', page.text)
        assert button or "/closing" in where
        if button is None:
            break
        # A section that needs a look leads back to itself: its other answers were confirmed by then.
        sent = check_answer(ana.client.post(button[1], **multipart(fields_of(page))))
        presses, back = presses + 1, sent.headers["Location"].split("?")[0]
        following = re.search(r'href="([^"]+)">[^<]+<span aria-hidden="true"> →', ana.get(back).text)
        where = back if back != where.split("?")[0] else following[1]
    form = portal.edition(now().edition)
    lacking = [problem.where for problem in outline(form, now()).lacking]
    anew = [one for part in form.sections for one in part.questions if one.id in lacking]
    access = Access(response=second.response, link=hashed(second.link.rsplit("/", 1)[1]), name="Ana")
    given = {one.id: (answering.Given(value=good_value(one)), None) for one in anew}
    given["closing-incidents"] = (answering.Given(value="no"), None)
    given["cyber-rules"] = (answering.Given(action_due="2027-06-30"), None)
    answering.save_answers(portal, access, given, now=clock())
    sent = ana.post(f"{base}/submit", page=f"{base}/submit")

    assert 15 == presses
    assert "cyber-rules-action-due" in lacking
    assert len(lacking) <= 9
    assert not any(one.carry for one in anew)
    assert 303 == sent.status_code
    assert State.SUBMITTED is now().state
    assert now().receipt


def test_pressing_for_a_section_keeps_what_was_typed_on_it(ana: Browser, base: str, now: Callable) -> None:
    page = ana.get(f"{base}/sections/cybersecurity")
    fields = {**fields_of(page), "cyber-rules": "partly", "cyber-rules-comment": "Half."}
    check_answer(ana.client.post(f"{base}/sections/cybersecurity/still-true", **multipart(fields)))

    assert "partly" == now().answers["cyber-rules"].value
    assert "yes" == now().answers["cyber-remote"].value


def test_nothing_is_carried_where_nothing_was_submitted(
    portal: Portal, invitation: Invitation, browser: Callable, clock: Clock
) -> None:
    bruno = enter(browser(), invitation, "Bruno")
    base = f"/partner/responses/{invitation.response}"
    answer = bruno.post(f"{base}/carried/cyber-rules", {"choice": "still-true"}, page=base)

    assert 409 == answer.status_code
    assert "What is to do this year" not in bruno.get(base).text
    assert ("", {}) == (
        portal.store.get(Response, invitation.response).previous,
        portal.store.get(Response, invitation.response).carried,
    )


def test_staff_see_both_years_side_by_side(
    ana: Browser, dara: Browser, base: str, now: Callable, first: Response
) -> None:
    section = f"{base}/sections/cybersecurity"
    press(ana, ana.get(section), f"{base}/carried/cyber-rules", "still-true")
    send(ana, ana.get(section), {"cyber-remote": "no"})
    page = dara.get(f"/staff/responses/{now().id}")
    score = dara.get(f"/staff/responses/{now().id}/score")

    assert "Confirmed" in words(page, "question-cyber-rules")
    assert "Changed" in words(page, "question-cyber-remote")
    assert "Last year: Yes" in words(page, "question-cyber-remote")
    assert "Not answered yet" in words(page, "question-vision-contact")
    assert first.reference in words(page, "last-year")
    assert f'href="/staff/responses/{first.id}/score"' in score.text
    assert "last-year" not in {one.get("id") for one in tree_of(dara.get(f"/staff/responses/{first.id}")).iter()}


def test_a_file_chosen_beside_a_press_is_kept(ana: Browser, base: str, now: Callable) -> None:
    page = ana.get(f"{base}/sections/cybersecurity")
    fields = {**fields_of(page), "choice": "still-true"}
    body = multipart(fields, [("cyber-rules-evidence", "new.pdf", pdf())])
    check_answer(ana.client.post(f"{base}/carried/cyber-rules", **body))

    assert "new.pdf" in [item.name for item in now().files_for("cyber-rules")]


def test_every_kind_of_question_can_be_carried(portal: Portal, now: Callable) -> None:
    """All kinds that the shipped questionnaire uses, but those that are given anew each year; rows are incidents, and
    files prove a certificate that this factory has not.
    """
    form = portal.edition(now().edition)
    kinds = {form.question(id).kind for id in now().carried}
    asked = {one.kind for one in form.questions}

    assert asked - kinds == {Kind.AGREEMENT, Kind.SIGNATURE, Kind.DATE, Kind.ROWS, Kind.FILES, Kind.STATEMENT} & asked


@pytest.mark.parametrize("address", ["carried/cyber-rules", "sections/cybersecurity/still-true"])
def test_a_question_to_the_importer_that_was_typed_on_the_page_is_sent_by_the_press(
    ana: Browser, base: str, now: Callable, address: str
) -> None:
    page = ana.get(f"{base}/sections/cybersecurity")
    press(ana, page, f"{base}/{address}", "still-true", **{"cyber-remote-asking": "Does a VPN count?"})

    assert ["Does a VPN count?"] == [one.text for one in now().threads["cyber-remote"]]
    assert "cyber-rules" in now().answers
