"""After submission: Ana keeps her list of corrective actions on the same link, and Dara sees what was reported."""

from collections.abc import Callable
from datetime import date

import pytest
from conftest import Browser, Clock, enter
from evidence.samples import pdf, png
from usecases.filling import submitted
from werkzeug.test import TestResponse

from portal.core.records import Response, State
from portal.usecases import answering, inviting
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal

from .checking import check_answer
from .filling import element, multipart, tree_of, words

RULES = "cyber-rules"
NAME = f"report-{RULES}"


@pytest.fixture
def base(portal: Portal, invitation: Invitation, ana: Browser, clock: Clock) -> str:
    """Ana has sent everything, with two answers below good."""
    submitted(portal, invitation, clock(), {RULES: "no", "vision-review-checks": "never"})
    return f"/partner/responses/{invitation.response}"


def form_on(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the form for one action."""
    form = next(element(page, f"action-{RULES}").iter("form"))
    return {one.get("name", ""): one.get("value", "") for one in form.iter("input") if one.get("type") == "hidden"}


def send(who: Browser, base: str, *files: tuple[str, bytes], page: TestResponse | None = None, **more: str):
    said = {NAME: "under-way", f"{NAME}-comment": "The rules are drafted.", **more}
    fields = {**form_on(page or who.get(f"{base}/actions")), **said}
    body = multipart(fields, [(f"{NAME}-evidence", name, data) for name, data in files])
    return check_answer(who.client.post(f"{base}/actions/{RULES}", **body))


def test_the_receipt_leads_to_the_list_of_actions(ana: Browser, base: str) -> None:
    receipt = ana.get(f"{base}/receipt")
    page = ana.get(f"{base}/actions")

    assert "2 of 2 are still open" in receipt.text
    assert f'href="{base}/actions"' in receipt.text
    assert f"{base}/receipt" == ana.get(base).headers["Location"]
    assert "Write it down" in words(page, f"action-{RULES}")
    assert "Head of security" in words(page, f"action-{RULES}")
    assert "30 September 2026" in words(page, f"action-{RULES}")
    assert "Overdue" not in page.text


def test_what_is_past_its_date_is_marked(
    browser: Callable[[], Browser], invitation: Invitation, base: str, clock: Clock
) -> None:
    """Ana comes back weeks later with the same link."""
    clock.now = clock.now.replace(month=4, day=20)
    ana = enter(browser(), invitation, "Ana")
    send(ana, base, **{f"{NAME}-action-due": "2026-04-21", f"{NAME}-other": "Sooner"})
    on_the_day = words(ana.get(f"{base}/actions"), f"action-{RULES}")
    clock.move(days=2)
    page = enter(ana, invitation, "Ana").get(f"{base}/actions")

    assert "Overdue" not in on_the_day
    assert "Overdue" in words(page, f"action-{RULES}")
    assert "at first 30 September 2026" in words(page, f"action-{RULES}")


def test_a_report_is_kept_with_its_files_and_the_answer_stays_as_it_was(
    ana: Browser, base: str, meridian_response: Callable[[], Response], clock: Clock
) -> None:
    before = meridian_response()
    sent = send(ana, base, ("rules.pdf", pdf()), ("board.png", png()), **{NAME: "done"})
    after = meridian_response()
    [report] = after.reports[RULES]
    page = ana.get(f"{base}/actions")

    assert (303, f"{base}/actions?done=reported#action-{RULES}") == (sent.status_code, sent.headers["Location"])
    assert ("done", "The rules are drafted.", "Ana", clock()) == (report.state, report.text, report.by, report.at)
    assert (before.answers, before.submitted, State.SUBMITTED) == (after.answers, after.submitted, after.state)
    assert before.files_for(RULES) == after.files_for(RULES)
    assert ["rules.pdf", "board.png"] == [one.name for one in after.files_for(RULES, report.id)]
    for one in after.files_for(RULES, report.id):
        assert one.name in words(page, f"action-{RULES}")
        assert 200 == ana.get(f"{base}/evidence/{one.id}").status_code
        assert one.name not in ana.get(f"{base}/copy").text
    assert "1 of 2 are still open" in ana.get(f"{base}/receipt").text


def test_the_same_form_sent_twice_is_one_report(
    ana: Browser, base: str, meridian_response: Callable[[], Response], kept: Callable
) -> None:
    page = ana.get(f"{base}/actions")
    send(ana, base, ("rules.pdf", pdf()), page=page)
    before = kept()
    again = send(ana, base, ("rules.pdf", pdf()), page=page)

    assert 303 == again.status_code
    assert 1 == len(meridian_response().reports[RULES])
    assert before == kept()


def test_a_page_that_comes_back_with_other_words_is_another_report(
    ana: Browser, base: str, meridian_response: Callable[[], Response]
) -> None:
    """The back button brings the form of before; nothing that is written in it may be lost."""
    page = ana.get(f"{base}/actions")
    send(ana, base, page=page)
    send(ana, base, page=page, **{f"{NAME}-comment": "And they are signed."})
    reports = meridian_response().reports[RULES]

    assert ["The rules are drafted.", "And they are signed."] == [one.text for one in reports]
    assert 2 == len({one.id for one in reports})


def test_what_is_refused_comes_back_with_the_words_still_there(ana: Browser, base: str, kept: Callable) -> None:
    before = kept()
    page = send(ana, base, **{NAME: "", f"{NAME}-comment": "Half <b>done</b>", f"{NAME}-action-due": "2026-02-01"})

    assert 422 == page.status_code
    assert {f"#{NAME}", f"#{NAME}-action-due", f"#{NAME}-other"} == {
        link.get("href") for link in element(page, "errors").iter("a")
    }
    assert "Half <b>done</b>" == (element(page, f"{NAME}-comment").text or "").removeprefix("\n")
    assert before == kept()


@pytest.mark.parametrize(("name", "data"), [("rules.pdf", b"<script>alert(1)</script>"), ("x.exe", b"MZ" + b"\0" * 99)])
def test_a_file_that_is_not_what_we_take_is_refused_with_the_whole_report(
    name: str, data: bytes, ana: Browser, base: str, meridian_response: Callable[[], Response], kept: Callable
) -> None:
    before = kept()
    page = send(ana, base, (name, data))

    assert 422 == page.status_code
    assert f'href="#{NAME}-evidence"' in page.text
    assert ({}, before) == (meridian_response().reports, kept())


def test_before_sending_there_is_nothing_to_report(ana: Browser, invitation: Invitation) -> None:
    there = f"/partner/responses/{invitation.response}"
    page = ana.post(f"{there}/actions/{RULES}", {NAME: "done", f"{NAME}-comment": "x"}, page=there)

    assert 409 == page.status_code
    assert "Send your answers first" in page.text
    assert "no corrective action" in ana.get(f"{there}/actions").text


def test_an_answer_without_an_action_takes_no_report(ana: Browser, base: str) -> None:
    for id in ("company-name", "no-such-question", "vision-contact"):
        page = ana.post(
            f"{base}/actions/{id}", {f"report-{id}": "done", f"report-{id}-comment": "x"}, page=f"{base}/receipt"
        )

        assert 404 == page.status_code, id


def test_when_the_link_is_over_nothing_can_be_reported(
    ana: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock, kept: Callable
) -> None:
    page = ana.get(f"{base}/actions")
    inviting.withdraw_link(portal, invitation.response, by="dara@example.com", now=clock())
    before = kept()

    assert 410 == send(ana, base, page=page).status_code
    assert before == kept()


def test_more_files_than_fit_are_refused(
    ana: Browser, base: str, monkeypatch: pytest.MonkeyPatch, meridian_response: Callable[[], Response]
) -> None:
    """The limit of the response holds for reports as for answers, to the last file and not one more."""
    has = len(meridian_response().evidence)
    monkeypatch.setattr(answering, "RESPONSE_FILES", has + 1)

    assert 422 == send(ana, base, ("a.pdf", pdf()), ("b.png", png())).status_code
    assert 303 == send(ana, base, ("a.pdf", pdf())).status_code
    assert has + 1 == len(meridian_response().evidence)


def test_staff_see_reports_and_files_by_date_and_the_count_in_the_list(
    ana: Browser, dara: Browser, base: str, meridian_response: Callable[[], Response]
) -> None:
    send(ana, base, ("rules.pdf", pdf()), **{f"{NAME}-action-due": "2026-08-31", f"{NAME}-other": "We were <quick>"})
    staff = f"/staff/responses/{meridian_response().id}"
    page = dara.get(f"{staff}/actions")
    rows = [one.get("id") for one in tree_of(page).iter("tr") if one.get("id")]
    [file] = meridian_response().files_for(RULES, meridian_response().reports[RULES][0].id)

    assert [f"action-{RULES}", "action-vision-review-checks"] == rows
    assert date(2026, 8, 31) == meridian_response().reports[RULES][0].due
    assert "We were <quick>" in words(page, f"action-{RULES}")
    assert "The rules are drafted." in words(page, f"action-{RULES}")
    assert 200 == dara.get(f"{staff}/evidence/{file.id}").status_code
    assert "Reported since: 1" in words(dara.get(staff), f"question-{RULES}")
    assert "rules.pdf" not in words(dara.get(staff), f"question-{RULES}")
    assert f'href="{staff}/actions">2<' in dara.get("/staff/partners").text
    assert "under-way · The rules are drafted." in dara.get(f"{staff}/history").text
    assert "Reported" not in dara.get("/staff/partners").text
