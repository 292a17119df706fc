"""A contact answers: with a script and without, alone and together, on a good line and a bad one."""

import pytest
from evidence.samples import png
from playwright.sync_api import Response as HttpResponse

from browser.conftest import Opens, Site, started
from portal.core.records import Response

QUESTION = "#question-seals-stock"
STATUS = f"{QUESTION} [data-status]"


def stored(site: Site, invitation) -> Response:
    return site.portal.store.get(Response, invitation.response)


def saved(page, question: str = "seals-stock") -> None:
    """Wait until the page says that the answer is saved."""
    page.locator(f"#question-{question} [data-status]", has_text="Saved at").wait_for()


def test_every_page_on_the_way_is_accessible(site: Site, opens: Opens):
    invitation, ana = site.invite(), opens()
    ana.page.goto(site.link(invitation))
    ana.looked_at()
    base = started(site, ana, invitation)

    for place in (
        "",
        "/sections/company",
        "/sections/seals",
        "/sections/closing",
        "/submit",
        "/copy",
        "/sections/seals?check=1",
    ):
        ana.page.goto(base + place)

        ana.looked_at()


def test_an_answer_saves_itself_and_opens_what_it_leads_to(site: Site, opens: Opens):
    invitation, ana = site.invite(), opens()
    base = started(site, ana, invitation)
    page = ana.page
    page.goto(f"{base}/sections/seals")
    assert page.locator("#question-seals-locked").is_hidden()

    page.check("[name=seals-stock][value=yes]")
    saved(page)
    page.check("[name=seals-locked][value=no]")
    saved(page, "seals-locked")

    assert page.locator("#seals-locked-action").is_visible()
    assert page.locator("#seals-locked-comment").is_visible()
    assert ["yes", "no"] == [stored(site, invitation).answers[id].value for id in ("seals-stock", "seals-locked")]
    page.reload()
    assert page.is_checked("[name=seals-locked][value=no]")
    ana.looked_at()


def test_without_a_script_the_save_button_does_the_same(site: Site, opens: Opens):
    invitation, ana = site.invite(), opens(scripts=False)
    base = started(site, ana, invitation)
    page = ana.page
    page.goto(f"{base}/sections/seals")
    page.check("[name=seals-stock][value=yes]")
    page.set_input_files("#seals-rules-evidence", {"name": "seal log.png", "mimeType": "image/png", "buffer": png()})

    page.click("main form .button:visible >> nth=0")

    page.locator(".notice-good").wait_for()
    assert page.locator("#question-seals-locked").is_visible()
    assert "yes" == stored(site, invitation).answers["seals-stock"].value
    assert ["seal log.png"] == [item.name for item in stored(site, invitation).evidence]


def test_evidence_is_uploaded_shown_and_removed(site: Site, opens: Opens):
    invitation, ana = site.invite(), opens()
    base = started(site, ana, invitation)
    page = ana.page
    page.goto(f"{base}/sections/seals")
    page.locator("#question-seals-rules summary", has_text="Evidence").click()

    page.set_input_files("#seals-rules-evidence", {"name": "log.png", "mimeType": "image/png", "buffer": png()})
    page.locator("#question-seals-rules .evidence a", has_text="log.png").wait_for()
    lie = {"name": "page.pdf", "mimeType": "application/pdf", "buffer": b"<html>"}
    page.set_input_files("#seals-rules-evidence", lie)
    page.locator("#question-seals-rules .evidence .field-error").wait_for()
    ana.wrong.clear()  # the refused upload stands in the console, as it should
    ana.looked_at()
    page.locator("#question-seals-rules .evidence button", has_text="Remove").click()

    page.locator("#question-seals-rules .evidence a").wait_for(state="detached")
    assert () == stored(site, invitation).evidence


def test_two_people_see_both_answers_and_choose(site: Site, opens: Opens):
    invitation, ana, bruno = site.invite(), opens(), opens()
    base = started(site, ana, invitation, "Ana")
    started(site, bruno, invitation, "Bruno")
    for one in (ana, bruno):
        one.page.goto(f"{base}/sections/seals")
    ana.page.check("[name=seals-stock][value=yes]")
    saved(ana.page)

    bruno.page.check("[name=seals-stock][value=no]")

    conflict = bruno.page.locator(f"{QUESTION} .conflict")
    conflict.wait_for()
    assert "Ana" in conflict.inner_text()
    assert "yes" == stored(site, invitation).answers["seals-stock"].value
    bruno.wrong.clear()  # the refused save stands in the console, as it should
    bruno.looked_at()
    bruno.page.click(f"{QUESTION} .conflict button:has-text('Use mine')")
    saved(bruno.page)
    assert "no" == stored(site, invitation).answers["seals-stock"].value


def test_the_other_answer_can_be_kept(site: Site, opens: Opens):
    invitation, ana, bruno = site.invite(), opens(), opens()
    base = started(site, ana, invitation, "Ana")
    started(site, bruno, invitation, "Bruno")
    for one in (ana, bruno):
        one.page.goto(f"{base}/sections/seals")
    ana.page.check("[name=seals-stock][value=yes]")
    saved(ana.page)
    bruno.page.check("[name=seals-stock][value=no]")

    bruno.page.click(f"{QUESTION} .conflict button:has-text('Keep this answer')")

    saved(bruno.page)
    assert bruno.page.is_checked("[name=seals-stock][value=yes]")
    assert "yes" == stored(site, invitation).answers["seals-stock"].value


def test_text_typed_while_the_line_is_down_is_saved_when_it_is_back(site: Site, opens: Opens):
    invitation, ana = site.invite(), opens()
    base = started(site, ana, invitation)
    page = ana.page
    page.goto(f"{base}/sections/company")
    page.route("**/answers/**", lambda route: route.abort())
    page.fill("#company-name", "梅里迪安纺织 Meridian")
    page.locator("#company-name").blur()
    page.locator("#question-company-name .field-error").wait_for()
    assert "梅里迪安纺织 Meridian" == page.input_value("#company-name")

    page.unroute("**/answers/**")

    saved(page, "company-name")
    assert "梅里迪安纺织 Meridian" == stored(site, invitation).answers["company-name"].value


def test_a_bad_number_is_named_and_stays_on_the_page(site: Site, opens: Opens):
    invitation, ana = site.invite(), opens(scripts=False)
    base = started(site, ana, invitation)
    page = ana.page
    page.goto(f"{base}/sections/company")
    page.fill("#company-name", "Meridian")
    page.fill("#company-employees", "many")

    page.click("main form .button:visible >> nth=0")

    page.locator("#errors").wait_for()
    assert "many" == page.input_value("#company-employees")
    assert "Meridian" == stored(site, invitation).answers["company-name"].value


@pytest.mark.parametrize("place", ["", "/sections/company", "/sections/closing", "/submit"])
def test_a_small_screen_or_large_letters_make_no_page_scroll_sideways(site: Site, opens: Opens, place):
    """320 pixels is what doubled letters leave of a phone of 640: browsers zoom by narrowing the page."""
    invitation, ana = site.invite(), opens(width=320)
    base = started(site, ana, invitation)
    ana.page.goto(base + place)
    widths = ana.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")

    assert widths[0] <= widths[1]


def test_everything_is_reached_with_the_keyboard_alone(site: Site, opens: Opens):
    invitation, ana = site.invite(), opens()
    base = started(site, ana, invitation)
    page = ana.page
    page.goto(f"{base}/sections/agriculture")

    page.keyboard.press("Tab")
    assert "#content" == page.evaluate("document.activeElement.getAttribute('href')")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("(one => one.name || one.textContent.trim().slice(0, 20))(document.activeElement)"))

    assert {"agriculture-rules", "agriculture-wood", "Save and go on"} <= reached


@pytest.mark.parametrize("place", ["", "/sections/procedures", "/sections/conveyances", "/workbook", "/colleagues"])
def test_the_first_load_of_a_page_costs_at_most_thirty_kilobytes(site: Site, opens: Opens, place: str):
    ana, fresh = opens(), opens()
    base = started(site, ana, site.invite())
    sizes: list[int] = []

    def count(found: HttpResponse) -> None:
        size = found.request.sizes()
        sizes.append(size["responseBodySize"] + size["responseHeadersSize"])

    fresh.page.context.add_cookies(ana.page.context.cookies())
    fresh.page.on("response", count)
    fresh.page.goto(f"{base}{place}")
    fresh.page.wait_for_load_state("networkidle")

    assert len(sizes) >= 3
    assert sum(sizes) <= 30_000
