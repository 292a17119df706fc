"""What the portal promises a partner, walked from end to end, each in English, in Chinese, and from right to left."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page
from usecases.filling import answered, submitted

from browser.conftest import Opens, Site, Watched, started
from browser.test_offline import filled
from portal.core.records import Response
from portal.core.words import Words
from portal.usecases.answering import Access
from portal.usecases.inviting import Invitation, invite
from portal.usecases.scores import scores
from portal.usecases.secrets import hashed
from portal.web.app import _now

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh_Hans", "ar"])
SAVE = "main form[data-answers] .row > .button:not(.quiet)"
# How a field of each kind is filled in by somebody in a hurry.
TYPED = {"text": "海关 جمارك", "email": "ana@example.com", "number": "12", "percentage": "12", "date": "2026-03-02"}
# Nothing of ours may be left in English; languages are called by their own names everywhere.
ENGLISH_LEFT = "main [lang=en]"
# Whether a question's own fields hold an answer.
HELD = """(box) => [...box.querySelectorAll(`[name="${box.dataset.question}"]`)]
  .some((one) => (["radio", "checkbox"].includes(one.type) ? one.checked : one.value))"""


def stored(site: Site, invitation: Invitation) -> Response:
    """The response as it is on disk."""
    return site.portal.store.get(Response, invitation.response)


def fill(page: Page, said: dict[str, str]) -> None:
    """Answer everything that is shown and empty: as `said`, else whatever its kind takes, the first of several."""
    done: set[str] = set()
    while (box := _next(page, done)) is not None:
        id, kind = box.get_attribute("data-question") or "", box.get_attribute("data-kind") or ""
        done.add(id)
        if kind in ("choice", "choices", "agreement"):
            wanted = f"[value='{said[id]}']" if id in said else ""
            box.locator(f"input[name='{id}']{wanted}").first.check()
        elif kind == "country":
            box.locator("select").first.select_option(said.get(id, "MX"))
        elif kind in TYPED or kind == "signature":
            page.fill(f"#{id}", said.get(id, TYPED.get(kind, "Ana")))
            page.locator(f"#{id}").blur()
        if kind not in ("rows", "files"):
            box.locator("[data-status]:not(:empty)").wait_for()


def _next(page: Page, done: set[str]) -> Locator | None:
    """The first question that is shown, empty, and was not dealt with."""
    for box in page.locator("[data-question]").all():
        if box.is_visible() and box.get_attribute("data-question") not in done and not box.evaluate(HELD):
            return box
    return None


def looked_at(watched: Watched, language: str) -> None:
    """The page is sound, and wholly in its language. In the other direction it is looked at most closely."""
    if language == "ar":
        watched.accessible()
    assert [] == watched.wrong, watched.page.url
    page = watched.page
    assert ("rtl" if language == "ar" else "ltr") == page.get_attribute("html", "dir")
    if language != "en":
        assert [] == page.locator(ENGLISH_LEFT).all_inner_texts()


@LANGUAGES
def test_a_certified_carrier_is_done_after_five_pages(site: Site, opens: Opens, language: str):
    invitation, ana = site.invite("ruta", "highway_carrier", "MX", language=language), opens()
    page, visited = ana.page, list[str]()
    base = started(site, ana, invitation)
    page.on("framenavigated", lambda frame: visited.append(frame.url))
    looked_at(ana, language)
    page.click(".tasks a >> nth=0")
    fill(page, {})
    page.click(SAVE)
    page.wait_for_url("**/sections/certificate*")
    fill(page, {"certificate-ctpat": "member", "certificate-status": "certified"})
    page.click(SAVE)
    page.wait_for_url("**/sections/closing*")
    fill(page, {"closing-incidents": "no"})
    page.click(SAVE)
    page.wait_for_url("**/submit")
    looked_at(ana, language)
    page.click(f"form[action='{base.removeprefix(site.address)}/submit'] .button")
    page.wait_for_url("**/receipt")
    looked_at(ana, language)

    [line] = scores(site.portal, _now())
    assert ("submitted", None, "certified") == (line.state, line.score, line.rating)
    pages = [url.split("?")[0].split("#")[0].removeprefix(base) for url in visited]
    assert ["/sections/company", "/sections/certificate", "/sections/closing", "/submit", "/receipt"] == pages
    assert language == stored(site, invitation).submitted_language


@LANGUAGES
def test_a_factory_with_three_sites_has_three_scores_from_one_link(site: Site, opens: Opens, language: str):
    invitation, ana = site.invite(language=language), opens()
    base = started(site, ana, invitation)
    page = ana.page
    for name in ("Huế", "胡志明市"):
        page.goto(f"{base}/sites")
        if page.locator("#first").count():
            page.fill("#first", "Hà Nội")
        page.fill("#name", name)
        page.select_option("#country", "VN")
        looked_at(ana, language)
        page.click("form.card .button")
        page.wait_for_url("**?done=*")
    page.goto(f"{base}/sites")
    addresses = [one.get_attribute("href") or "" for one in page.locator(".tasks a").all()]
    wrong = ({}, {"cyber-rules": "no"}, {"cyber-rules": "no", "cyber-shared-accounts": "yes"})
    for address, said in zip(addresses, wrong, strict=True):
        id, token = address.rsplit("/", 1)[1], invitation.link.rsplit("/", 1)[1]
        answered(site.portal, Access(response=id, link=hashed(token), name="Ana"), _now(), said)
        page.goto(f"{site.address}{address}/submit")
        page.click("main .card .button")
        page.wait_for_url("**/receipt")
    looked_at(ana, language)

    lines = scores(site.portal, _now())
    assert {"Hà Nội", "Huế", "胡志明市"} == {line.site for line in lines}
    assert 3 == len({line.score for line in lines})


@LANGUAGES
def test_a_form_filled_in_excel_is_taken_once_two_errors_are_mended(
    site: Site, opens: Opens, language: str, tmp_path: Path
):
    invitation, ana = site.invite(language=language), opens()
    words = site.portal.languages.words(language)
    said = Words(language, lambda text: words.own.get(text) or words.content.get(text, text))
    base = started(site, ana, invitation)
    page = ana.page
    typed: dict[tuple[str, str], object] = {
        ("company-name", "value"): "Meridian 梅里迪安 ميريديان",
        ("cyber-rules", "value"): "Perhaps",
        ("closing-audits#1", "value"): "海关",
        ("closing-audits#1", "comment"): "last spring",
    }
    page.goto(f"{base}/workbook")
    looked_at(ana, language)
    with page.expect_download():
        page.click("a[href$='/workbook/file']")
    page.set_input_files("#workbook", filled(site, invitation, typed, tmp_path / "form.xlsx", said))
    page.click("main form .button")
    assert 2 == page.locator("#errors ul.stack > li").count()
    looked_at(ana, language)
    page.goto(f"{base}/workbook")
    typed |= {("cyber-rules", "value"): said.said("Yes"), ("closing-audits#1", "comment"): "2026-01-15"}
    page.set_input_files("#workbook", filled(site, invitation, typed, tmp_path / "mended.xlsx", said))
    page.click("main form .button")
    assert 0 == page.locator("#errors").count()
    page.click("main form .button")
    page.wait_for_url("**done=workbook")

    answers = stored(site, invitation).answers
    assert {"company-name", "cyber-rules", "closing-audits"} == set(answers)
    assert "yes" == answers["cyber-rules"].value


@LANGUAGES
def test_last_years_response_renews_in_a_few_clicks(site: Site, opens: Opens, language: str):
    submitted(site.portal, site.invite(), _now())
    invitation = invite(site.portal, ["meridian"], by="test", now=_now(), language=language)[0]
    ana, clicks = opens(), 0
    base = started(site, ana, invitation)
    page = ana.page
    looked_at(ana, language)
    sections = [one.get_attribute("href") or "" for one in page.locator(".tasks a").all()]
    for address in sections:
        page.goto(site.address + address)
        confirm = page.locator("[formaction$='/still-true']")
        if confirm.count():
            confirm.click()
            page.wait_for_load_state()
            clicks += 1
    page.goto(f"{base}/sections/cybersecurity")
    looked_at(ana, language)
    page.goto(f"{base}/submit")
    anew = [one.get_attribute("href") or "" for one in page.locator("#errors > ul > li > a").all()]
    for address in anew:
        page.goto(site.address + address)
        fill(page, {"closing-incidents": "no"})
    page.goto(f"{base}/submit")
    page.click("main .card .button")
    page.wait_for_url("**/receipt")

    assert clicks < len(sections)
    assert len(anew) <= 3
    assert "submitted" == stored(site, invitation).state
