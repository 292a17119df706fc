"""Work without internet: the workbook goes out, comes back, is looked at and taken."""

import io
from collections.abc import Callable
from html import unescape

import pytest
from conftest import Browser, Clock
from usecases.filling import entered

from portal.core.answering import Given
from portal.sheets.workbook import read_book
from portal.usecases import throttle
from portal.usecases.answering import save_answers
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.usecases.workbook import taking


@pytest.fixture
def base(invitation: Invitation) -> str:
    return f"/partner/responses/{invitation.response}"


def upload(who: Browser, base: str, data: bytes, name: str = "form.xlsx"):
    return who.post(f"{base}/workbook", {"workbook": (io.BytesIO(data), name)})


def carried(page) -> str:
    return unescape(page.text.split('name="answers" value="')[1].split('"')[0])


def take(who: Browser, base: str, page, **chosen: str):
    return who.post(
        f"{base}/workbook/take",
        {"answers": carried(page), **{name.replace("_", "-"): value for name, value in chosen.items()}},
        page=f"{base}/workbook",
    )


def test_the_workbook_is_downloaded_sent_back_looked_at_and_taken(
    ana: Browser, base: str, fill: Callable, meridian_response: Callable
) -> None:
    before = meridian_response()
    file = ana.get(f"{base}/workbook/file")
    sheets = read_book(file.data, "form", 5000, 60)
    page = upload(ana, base, fill({("cyber-rules", "value"): "Partly", ("cyber-rules", "comment"): "Half <b>"}))

    assert "attachment; filename=foreign-manufacturer.xlsx" == file.headers["Content-Disposition"]
    assert "4 Cybersecurity" in sheets
    assert (200, before) == (page.status_code, meridian_response())
    assert "Answers that would change: 1" in page.text
    assert "Half &lt;b&gt;" in page.text
    assert 303 == take(ana, base, page).status_code
    answer = meridian_response().answers["cyber-rules"]
    assert ("partly", "Half <b>", "Ana") == (answer.value, answer.comment, answer.by)
    assert "The answers of the workbook are taken." in ana.get(f"{base}?done=workbook").text


def test_the_download_as_it_is_changes_nothing(ana: Browser, base: str, meridian_response: Callable) -> None:
    page = upload(ana, base, ana.get(f"{base}/workbook/file").data)

    assert "Nothing: every answer in the workbook is already stored here." in page.text


def test_two_wrong_cells_are_named_the_rest_is_taken_and_the_mended_ones_after(
    ana: Browser, base: str, fill: Callable, meridian_response: Callable
) -> None:
    typed = {
        ("cyber-rules", "value"): "Perhaps",
        ("cyber-sharing", "value"): "Yes",
        ("closing-audits#1", "value"): "Customer",
        ("closing-audits#1", "comment"): "last spring",
    }
    page = upload(ana, base, fill(typed))
    after = take(ana, base, page)

    for found in (page, after):
        assert "Cells that cannot be taken: 2" in found.text
        assert "4 Cybersecurity, row" in found.text
        assert "column F" in found.text
        assert "last spring" in found.text
    assert (200, "Answers taken: 1") == (after.status_code, after.text.split('role="status">')[1].split("<")[0])
    assert {"cyber-sharing"} == set(meridian_response().answers)
    typed |= {("cyber-rules", "value"): "No", ("closing-audits#1", "comment"): "2026-01-15"}
    assert 303 == take(ana, base, upload(ana, base, fill(typed))).status_code
    assert {"cyber-sharing", "cyber-rules", "closing-audits"} == set(meridian_response().answers)


def test_what_a_colleague_answered_meanwhile_is_shown_beside_and_one_is_chosen(
    ana: Browser, base: str, fill: Callable, portal: Portal, invitation: Invitation, clock: Clock,
    meridian_response: Callable,
) -> None:  # fmt: skip
    old = fill({("cyber-rules", "value"): "No", ("cyber-sharing", "value"): "No", ("cyber-spam", "value"): "-"})
    bruno = entered(portal, invitation, clock(), "Bruno")
    for id in ("cyber-rules", "cyber-sharing"):
        save_answers(portal, bruno, {id: (Given(value="yes"), None)}, now=clock())
    page = upload(ana, base, old)
    undecided = take(ana, base, page)

    assert "Choose for each which answer stays." in page.text
    assert "Bruno" in page.text
    assert 409 == undecided.status_code
    assert {"yes"} == {answer.value for answer in meridian_response().answers.values()}
    chosen = {"cyber_rules-take": "mine", "cyber_rules-seen": "1", "cyber_sharing-take": "theirs"}
    assert 303 == take(ana, base, undecided, **chosen).status_code
    answers = meridian_response().answers
    assert ("no", "yes") == (answers["cyber-rules"].value, answers["cyber-sharing"].value)


def test_a_second_answer_between_looking_and_taking_is_a_conflict_again(
    ana: Browser, base: str, fill: Callable, portal: Portal, invitation: Invitation, clock: Clock,
    meridian_response: Callable,
) -> None:  # fmt: skip
    page = upload(ana, base, fill({("cyber-rules", "value"): "No"}))
    save_answers(portal, entered(portal, invitation, clock()), {"cyber-rules": (Given(value="yes"), None)}, now=clock())

    assert 409 == take(ana, base, page).status_code
    assert "yes" == meridian_response().answers["cyber-rules"].value


def test_another_partners_workbook_is_refused(
    ana: Browser, base: str, fill: Callable, chen: Browser, other_invitation: Invitation
) -> None:
    page = upload(ana, base, fill({}, other_invitation.response))

    assert 422 == page.status_code
    assert "This form was made for another company or for another invitation." in page.text


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0old"])
def test_what_is_no_workbook_is_refused_with_a_reason(ana: Browser, base: str, data: bytes) -> None:
    page = upload(ana, base, data, "<i>form.xlsx")

    assert 422 == page.status_code
    assert "This file was not taken" in page.text
    assert "<i>" not in page.text


def test_sending_no_file_says_so(ana: Browser, base: str) -> None:
    page = ana.post(f"{base}/workbook", {})

    assert (422, True) == (page.status_code, "Choose a file first." in page.text)


@pytest.mark.parametrize(
    "sent",
    ["", "{", "[]", '{"answers": {"cyber-rules": {"value": 1}}, "left": []}', '{"answers": 5, "left": []}', "[" * 9999],
)
def test_what_no_page_of_ours_would_carry_is_refused(ana: Browser, base: str, sent: str, kept: Callable) -> None:
    before = kept()
    page = ana.post(f"{base}/workbook/take", {"answers": sent}, page=f"{base}/workbook")

    assert 422 == page.status_code
    assert before == kept()


def test_what_the_page_carries_is_checked_again_and_shown_as_text(
    ana: Browser, base: str, meridian_response: Callable
) -> None:
    """The page's hidden answers are no more trusted than a cell."""
    left = '{"sheet": "<b>s", "row": 1, "column": "<b>c", "read": "<b>r", "why": "<b>%(x)s"}'
    sent = f'{{"answers": {{"cyber-rules": {{"value": "perhaps"}}, "no<b>": {{"value": "x"}}}}, "left": [{left}]}}'
    page = ana.post(f"{base}/workbook/take", {"answers": sent}, page=f"{base}/workbook")

    assert 200 == page.status_code
    assert "<b>" not in page.text
    assert "Choose one of the answers offered." in page.text
    assert {} == meridian_response().answers


def test_an_answer_without_a_version_never_overwrites(
    ana: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock, meridian_response: Callable
) -> None:
    save_answers(portal, entered(portal, invitation, clock()), {"cyber-rules": (Given(value="yes"), None)}, now=clock())
    sent = '{"answers": {"cyber-rules": {"value": "no"}}, "left": []}'

    assert 409 == ana.post(f"{base}/workbook/take", {"answers": sent}, page=f"{base}/workbook").status_code
    assert "yes" == meridian_response().answers["cyber-rules"].value


def test_workbooks_are_opened_only_so_often(
    ana: Browser, base: str, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    limit = throttle.Limit(2, throttle.LIMITS[taking.LIMIT].window)
    monkeypatch.setitem(throttle.LIMITS, taking.LIMIT, limit)
    pages = [upload(ana, base, b"hello").status_code for _ in range(3)]
    clock.move(hours=2)

    assert [422, 422, 429, 422] == [*pages, upload(ana, base, b"hello").status_code]


def test_a_reviewer_takes_the_form_for_a_partner_and_it_comes_back_through_the_link(
    dara: Browser, ana: Browser, base: str, invitation: Invitation
) -> None:
    page = dara.get(f"/staff/responses/{invitation.response}")
    file = dara.get(f"/staff/responses/{invitation.response}/workbook")

    assert "Excel form for this partner" in page.text
    assert f"form-meridian-{invitation.response}.xlsx" in file.headers["Content-Disposition"]
    assert 200 == upload(ana, base, file.data).status_code


class TestQuestionsOnPaper:
    """All questions before starting, and never an answer."""

    def test_the_link_shows_every_question_with_boxes_lines_and_conditions(
        self, browser: Callable, invitation: Invitation
    ) -> None:
        one = browser()
        page = one.get(f"{invitation.link}/questions")

        assert f"{invitation.link}/questions".endswith(
            one.get(invitation.link).text.split("/questions")[0][-20:] + "/questions"
        )
        assert page.text.count("on-paper") > 150
        assert page.text.count("☐ Partly") > 50
        assert page.text.count("Only if ") > 30
        assert page.text.count('class="write"') > 100
        assert '<table class="ruled">' in page.text

    def test_it_never_shows_an_answer_and_changes_nothing(
        self, browser: Callable, invitation: Invitation, portal: Portal, clock: Clock, kept: Callable
    ) -> None:
        access = entered(portal, invitation, clock())
        said = Given(value="yes", comment="CANARY-comment")
        save_answers(portal, access, {"cyber-rules": (said, None)}, now=clock())
        before = kept()

        assert "CANARY" not in browser().get(f"{invitation.link}/questions").text
        assert before == kept()

    def test_a_link_that_is_over_shows_nothing(self, browser: Callable, invitation: Invitation, clock: Clock) -> None:
        clock.move(days=400)

        assert 410 == browser().get(f"{invitation.link}/questions").status_code
        assert 404 == browser().get(f"/invitation/{'x' * 43}/questions").status_code

    def test_the_copy_before_sending_prints_the_answers_so_far_and_lines_for_the_rest(
        self, ana: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        access = entered(portal, invitation, clock())
        save_answers(portal, access, {"cyber-rules": (Given(value="partly", comment="Half"), None)}, now=clock())
        text = ana.get(f"{base}/copy").text

        assert '<strong class="said" dir="auto">Partly</strong>' in text
        assert '<span class="said" dir="auto">Half</span>' in text
        assert text.count("Only if ") > 30


def test_who_does_it_stands_apart_from_the_words_around_it_wherever_an_answer_is_shown(
    ana: Browser, base: str, fill: Callable
) -> None:
    typed = {"value": "No", "comment": "not yet", "action": "Write it down", "who": "نور", "due": "2026-09-30"}
    looked = upload(ana, base, fill({("cyber-rules", code): text for code, text in typed.items()}))
    take(ana, base, looked)

    for page in (looked, ana.get(f"{base}/copy"), ana.get(f"{base}/submit")):
        assert "Write it down</span>, <bdi>نور</bdi>, 30 September 2026</span>" in page.text, page.request.path
        assert "not yet</span></span>" in page.text, page.request.path
