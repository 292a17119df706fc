"""Work without internet and over lines that break: the workbook, files in pieces, paper, narrow screens."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from evidence.samples import jpeg, png, segment
from msgspec.structs import replace
from playwright.sync_api import Page, Route
from usecases.filling import submitted

from browser.conftest import Opens, Site, started
from portal.core.records import Response
from portal.core.words import Words
from portal.sheets.form import write_form
from portal.usecases.workbook.layout import lay_out

BOX = "#question-seals-rules"
PHOTO = jpeg(extra=segment(0xE2, b"x" * 60_000) * 25)  # three pieces
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# What stands out to the side, to be named where a page is too wide.
STICKS_OUT = """() => [...document.querySelectorAll("main *, header *")]
  .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def invitation(site: Site):
    return site.invite()


def stored(site: Site, invitation) -> Response:
    return site.portal.store.get(Response, invitation.response)


def filled(
    site: Site, invitation, typed: dict[tuple[str, str], object], path: Path, words: Words | None = None
) -> Path:
    """The workbook as somebody saved it in a spreadsheet: key and code of a cell to what was typed."""
    response = stored(site, invitation)
    book = lay_out(response, site.portal.edition(response.edition), words or Words(), "Importer")
    sheets = []
    for sheet in book.sheets:
        codes = [column.code for column in sheet.columns]
        lines = []
        for line in sheet.lines:
            cells = dict(line.cells)
            for (key, code), value in typed.items():
                if key == line.key:
                    cells[codes.index(code)] = replace(cells[codes.index(code)], value=value)
            lines.append(replace(line, cells=cells))
        sheets.append(replace(sheet, lines=lines))
    path.write_bytes(write_form(replace(book, sheets=sheets)))
    return path


@pytest.mark.parametrize("scripts", [True, False])
def test_a_form_filled_in_excel_is_taken_after_two_errors_were_named_and_mended(
    site: Site, opens: Opens, invitation, tmp_path: Path, scripts: bool
):
    watched = opens(scripts=scripts)
    base = started(site, watched, invitation)
    page = watched.page
    look = watched.looked_at if scripts else lambda: None  # the checks are scripts themselves
    page.click("text=Work without internet")
    look()
    with page.expect_download() as download:
        page.click("text=Download Excel form")
    assert zipfile.is_zipfile(download.value.path())
    typed: dict[tuple[str, str], object] = {
        ("company-name", "value"): "Meridian 梅里迪安",
        ("cyber-rules", "value"): "Perhaps",
        ("closing-audits#1", "value"): "海关",
        ("closing-audits#1", "comment"): "last spring",
    }

    page.set_input_files("#workbook", filled(site, invitation, typed, tmp_path / "form.xlsx"))
    page.click("text=Send and see what would change")
    look()
    assert "Cells that cannot be taken: 2" in page.inner_text("main")
    page.click("text=Take these answers")
    assert "Answers taken: 1" in page.inner_text("main")
    assert {"company-name"} == set(stored(site, invitation).answers)

    page.goto(f"{base}/workbook")
    typed |= {("cyber-rules", "value"): "Yes", ("closing-audits#1", "comment"): "2026-01-15"}
    page.set_input_files("#workbook", filled(site, invitation, typed, tmp_path / "mended.xlsx"))
    page.click("text=Send and see what would change")
    assert 0 == page.locator(".errors").count()
    page.click("text=Take these answers")

    page.locator(".notice", has_text="The answers of the workbook are taken.").wait_for()
    assert {"company-name", "cyber-rules", "closing-audits"} == set(stored(site, invitation).answers)


def choose(page: Page, base: str, *names: str) -> None:
    """Choose photos for a question."""
    page.goto(f"{base}/sections/seals")
    page.locator(f"{BOX} summary", has_text="Evidence").click()
    files = [{"name": name, "mimeType": "image/jpeg", "buffer": PHOTO} for name in names]
    page.set_input_files("#seals-rules-evidence", files)


def test_a_file_goes_on_where_the_line_broke_without_anybody_doing_anything(site: Site, opens: Opens, invitation):
    watched = opens(width=320)
    base = started(site, watched, invitation)
    page, sent = watched.page, list[str]()

    def line(route: Route) -> None:
        sent.append(route.request.url.split("?")[1].split("&")[0])
        if len(sent) in (2, 3):
            route.abort()
        else:
            route.continue_()

    page.route("**/evidence/*", line)
    choose(page, base, "gate.jpg")

    page.locator(f"{BOX} [data-status]", has_text="gate.jpg is not sent yet: 3").wait_for()
    assert not page.evaluate(WIDE)
    page.locator(f"{BOX} .evidence a", has_text="gate.jpg").wait_for()
    assert ["at=0", "at=524288", "at=524288", "at=524288", "at=1048576"] == sent
    assert [len(PHOTO)] == [item.size for item in stored(site, invitation).evidence]


def test_try_again_sends_at_once_what_the_page_still_holds(site: Site, opens: Opens, invitation):
    watched = opens()
    base = started(site, watched, invitation)
    page, down = watched.page, [True]
    page.route("**/evidence/*", lambda route: route.abort() if down[0] else route.continue_())
    choose(page, base, "gate.jpg", "yard.jpg")
    again = page.locator(f"{BOX} .evidence button", has_text="Try again")
    for _ in range(6):
        again.click()

    page.locator(f"{BOX} [data-status]", has_text="gate.jpg is not sent: 0 %").wait_for()
    watched.accessible()
    assert () == stored(site, invitation).evidence
    down[0] = False
    again.click()
    page.locator(f"{BOX} [data-status]", has_text="Added").wait_for()
    assert "gate.jpg" in page.inner_text(f"{BOX} .evidence")


def test_an_acknowledgement_that_was_lost_costs_nothing(site: Site, opens: Opens, invitation):
    """The server had the piece; the page is told so and goes on from there."""
    watched = opens()
    base = started(site, watched, invitation)
    page, lost = watched.page, list[int]()

    def line(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    page.route("**/evidence/*", line)
    choose(page, base, "gate.jpg")

    page.locator(f"{BOX} .evidence a", has_text="gate.jpg").wait_for()
    assert [200] == lost
    assert [len(PHOTO)] == [item.size for item in stored(site, invitation).evidence]


def test_a_file_of_a_wrong_sort_fails_with_the_reason_and_the_next_one_is_sent(site: Site, opens: Opens, invitation):
    watched = opens()
    base = started(site, watched, invitation)
    page = watched.page
    page.goto(f"{base}/sections/seals")
    page.locator(f"{BOX} summary", has_text="Evidence").click()
    wrong = {"name": "page.pdf", "mimeType": "application/pdf", "buffer": b"<script>"}
    page.set_input_files("#seals-rules-evidence", [wrong, {"name": "a.png", "mimeType": "image/png", "buffer": png()}])

    page.locator(f"{BOX} .evidence a", has_text="a.png").wait_for()
    assert "Accepted are" in page.inner_text(f"{BOX} li.field-error")


PLACES = (
    "", "/sections/company", "/sections/closing", "/sections/seals", "/submit", "/copy", "/workbook", "/colleagues",
    "/sites", "/questions/seals-rules",
)  # fmt: skip
SIZES = ("100%", "200%")
LONG = "x" * 80  # a name that no browser can break


def too_wide(site: Site, page: Page, *addresses: str) -> dict[tuple[str, str], list[str]]:
    """What stands out of these pages to the side, by address and size of letters; all that folds away is opened."""
    wide = {}
    for address in addresses:
        page.goto(address)
        page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = !(one.hidden = false)")
        for size in SIZES:
            page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
            if page.evaluate(WIDE):
                wide[address.removeprefix(site.address), size] = page.evaluate(STICKS_OUT)[:3]
    return wide


def test_no_page_scrolls_sideways_at_320_pixels_or_with_letters_twice_as_large(site: Site, opens: Opens, invitation):
    watched = opens(width=320)
    page = watched.page
    link = site.link(invitation)
    base = started(site, watched, invitation)
    page.goto(f"{base}/colleagues")
    page.fill("#name", LONG)
    page.check("[name=sections][value=seals]")
    page.get_by_role("button", name="Make the link").click()
    page.goto(f"{base}/sites")
    page.fill("#first", LONG)
    page.fill("#name", LONG[1:])
    page.get_by_role("button", name="Add the site").click()
    page.get_by_text("The site is added.").wait_for()
    pages = (link, f"{link}/questions", f"{link[:-3]}xyz", *(base + place for place in PLACES))

    assert {} == too_wide(site, page, *pages)


def test_reports_on_actions_fit_a_narrow_screen(site: Site, opens: Opens, invitation):
    watched = opens(width=320)
    base = started(site, watched, invitation)
    submitted(site.portal, invitation, datetime.now(UTC), {"cyber-rules": "no"})

    assert {} == too_wide(site, watched.page, f"{base}/actions", f"{base}/receipt")


def test_tags_in_the_list_of_sections_keep_clear_of_its_lines(site: Site, opens: Opens, invitation):
    watched = opens(width=390)
    started(site, watched, invitation)
    clear = """() => Math.min(...[...document.querySelectorAll(".tasks .tag")].map((tag) =>
        tag.closest("li").getBoundingClientRect().bottom - tag.getBoundingClientRect().bottom))"""

    assert watched.page.evaluate(clear) >= 8


def test_what_a_workbook_would_change_fits_a_narrow_screen(site: Site, opens: Opens, invitation, tmp_path: Path):
    watched = opens(width=320)
    base = started(site, watched, invitation)
    page = watched.page
    page.goto(f"{base}/workbook")
    long = "x" * 150
    typed = {("company-name", "value"): long, ("cyber-rules", "value"): long, ("cyber-rules", "comment"): long}
    page.set_input_files("#workbook", filled(site, invitation, typed, tmp_path / "form.xlsx"))
    page.click("text=Send and see what would change")
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert [] == (page.evaluate(STICKS_OUT) if page.evaluate(WIDE) else [])
