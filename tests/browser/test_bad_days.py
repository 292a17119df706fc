"""What goes wrong between a contact and the server, and what is never lost by it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from evidence.samples import png
from playwright.sync_api import Page, Route

from browser.conftest import Opens, Site, Watched, started
from portal.core.records import Response
from portal.evidence.limits import FILE_BYTES

NAME = "#company-name"
STATUS = "#question-company-name [data-status]"
BAR = "[data-trouble]"
SAVES = "**/answers/**"


def stored(site: Site, invitation) -> Response:
    return site.portal.store.get(Response, invitation.response)


def said(site: Site, invitation, question: str = "company-name"):
    """What the store holds as the answer, None for nothing."""
    answer = stored(site, invitation).answers.get(question)
    return answer and answer.value


def saved(page: Page, question: str = "company-name") -> None:
    """Wait until the page says that the answer is saved."""
    page.locator(f"#question-{question} [data-status]", has_text="Saved at").wait_for()


def kept_down(page: Page) -> None:
    """The line goes down."""
    page.route("**/*", lambda route: route.abort() if route.request.method in ("PUT", "POST") else route.continue_())


@pytest.fixture
def invitation(site: Site) -> Iterator[object]:
    yield site.invite()


@pytest.fixture
def ana(site: Site, opens: Opens, invitation) -> Watched:
    """Ana, on the page about her company."""
    watched = opens()
    base = started(site, watched, invitation)
    watched.page.goto(f"{base}/sections/company")
    return watched


def test_a_visit_that_ended_goes_on_once_the_link_is_opened_again_in_another_tab(site: Site, invitation, ana: Watched):
    page = ana.page
    page.context.clear_cookies()
    page.fill(NAME, "Meridian 梅里迪安")
    page.locator(NAME).blur()
    page.locator(BAR, has_text="Open the link").wait_for()
    assert said(site, invitation) is None
    assert "Meridian 梅里迪安" == page.input_value(NAME)

    started(site, Watched(page.context.new_page()), invitation)

    saved(page)
    assert "Meridian 梅里迪安" == said(site, invitation)
    assert page.locator(BAR).is_hidden()
    page.click("main form .button:visible >> nth=0")
    page.wait_for_url("**/sections/certificate*")


def test_pressing_save_while_the_line_is_down_leaves_page_and_text_as_they_are(site: Site, invitation, ana: Watched):
    page = ana.page
    kept_down(page)
    page.fill(NAME, "Meridian")

    page.click("main form .button:visible >> nth=0")

    page.locator(BAR, has_text="Not saved yet").wait_for()
    ana.accessible()
    assert page.url.endswith("/sections/company")
    assert "Meridian" == page.input_value(NAME)
    page.unroute("**/*")
    page.click("main form .button:visible >> nth=0")
    page.wait_for_url("**/sections/certificate*")
    assert "Meridian" == said(site, invitation)


def test_a_link_pressed_right_after_typing_waits_for_the_save(site: Site, invitation, ana: Watched):
    page, asked = ana.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.fill(NAME, "Meridian")

    page.click("text=All sections")

    page.wait_for_url("**/partner/responses/*")
    page.locator("ol.tasks").wait_for()
    assert [] == asked
    assert "Meridian" == said(site, invitation)


def test_the_browser_asks_before_unsaved_text_is_left(invitation, ana: Watched):
    page, asked = ana.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    kept_down(page)
    page.fill(NAME, "Meridian")

    with page.expect_event("dialog"):
        page.close(run_before_unload=True)

    assert ["beforeunload"] == asked
    assert "Meridian" == page.input_value(NAME)


def test_a_save_whose_answer_was_lost_on_the_way_is_no_conflict_with_oneself(site: Site, invitation, ana: Watched):
    page = ana.page

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(SAVES, swallow)
    page.fill(NAME, "Meridian")
    page.locator(NAME).blur()
    page.locator(STATUS, has_text="Not saved yet").wait_for()
    page.unroute(SAVES)
    page.fill(NAME, "Meridian Textiles")
    page.locator(NAME).blur()

    saved(page)

    assert 0 == page.locator(".conflict").count()
    assert "Meridian Textiles" == said(site, invitation)


def test_enter_saves_a_field_and_stays_on_the_page(site: Site, invitation, ana: Watched):
    page = ana.page
    page.fill(NAME, "Meridian")

    page.keyboard.press("Enter")

    saved(page)
    assert page.url.endswith("/sections/company")
    assert "Meridian" == said(site, invitation)


def test_what_the_server_refused_is_told_and_can_be_corrected(site: Site, invitation, ana: Watched):
    page, field = ana.page, "#company-employees"
    page.fill(field, "many")
    page.locator(field).blur()
    page.locator("#question-company-employees .field-error", has_text="number").wait_for()
    assert "true" == page.get_attribute(field, "aria-invalid")
    ana.wrong.clear()  # the refused save stands in the console, as it should
    ana.looked_at()

    page.fill(field, "120")
    page.locator(field).blur()

    saved(page, "company-employees")
    assert page.get_attribute(field, "aria-invalid") is None
    assert "120" == said(site, invitation, "company-employees")


def test_pressing_save_goes_on_although_something_was_refused_before(site: Site, opens: Opens, invitation):
    watched = opens()
    base = started(site, watched, invitation)
    page = watched.page
    page.goto(f"{base}/sections/company")
    page.fill("#company-employees", "many")
    page.locator("#company-employees").blur()
    page.locator("#question-company-employees .field-error", has_text="number").wait_for()
    watched.wrong.clear()  # the refused save stands in the console, as it should

    page.click("main form .button:visible >> nth=0")

    page.locator("#errors").wait_for()
    assert "many" == page.input_value("#company-employees")
    watched.wrong.clear()


def test_a_page_that_came_back_with_something_refused_is_not_left_in_silence(site: Site, opens: Opens, invitation):
    watched = opens()
    base = started(site, watched, invitation)
    page, asked = watched.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(f"{base}/sections/company")
    page.fill("#company-employees", "many")
    page.click("main form .button:visible >> nth=0")
    page.locator("#errors").wait_for()
    page.click("main h1")

    with page.expect_event("dialog"):
        page.close(run_before_unload=True)

    assert ["beforeunload"] == asked
    assert "many" == page.input_value("#company-employees")


def test_two_people_without_a_script_see_both_answers_until_one_is_chosen(site: Site, opens: Opens, invitation):
    ana, bruno = opens(scripts=False), opens(scripts=False)
    base = started(site, ana, invitation, "Ana")
    started(site, bruno, invitation, "Bruno")
    save = "main form .button:visible >> nth=0"
    for one, text in ((ana, "Meridian Textiles"), (bruno, "Meridian 纺织")):
        one.page.goto(f"{base}/sections/company")
        one.page.fill(NAME, text)
    ana.page.click(save)
    bruno.page.click(save)
    conflict = bruno.page.locator("#question-company-name .conflict")
    assert "Meridian Textiles" in conflict.inner_text()
    assert "Meridian 纺织" in conflict.inner_text()
    bruno.wrong.clear()  # the refused save stands in the console, as it should

    bruno.page.click(save)

    assert conflict.is_visible()
    assert "Meridian Textiles" == said(site, invitation)
    conflict.locator("input[value=mine]").check()
    bruno.page.click(save)
    bruno.page.wait_for_url("**/sections/certificate*")
    assert "Meridian 纺织" == said(site, invitation)


def test_rows_are_added_and_saved_without_a_reload(site: Site, opens: Opens, invitation):
    watched = opens()
    base = started(site, watched, invitation)
    page = watched.page
    page.goto(f"{base}/sections/closing")
    rows = page.locator("#question-closing-audits .rows > li")
    before = rows.count()

    page.click("#question-closing-audits button:has-text('Add a row')")

    assert before + 1 == rows.count()
    assert f"closing-audits-{before}-who" == page.evaluate("document.activeElement.id")
    for part, text in (("who", "海关"), ("date", "2026-01-31"), ("result", "No remarks")):
        page.fill(f"#closing-audits-{before}-{part}", text)
    page.locator(f"#closing-audits-{before}-result").blur()
    saved(page, "closing-audits")
    watched.looked_at()
    assert ({"who": "海关", "date": "2026-01-31", "result": "No remarks"},) == said(site, invitation, "closing-audits")


def test_none_of_these_goes_with_nothing_else(site: Site, opens: Opens, invitation):
    watched = opens()
    base = started(site, watched, invitation)
    page = watched.page
    page.goto(f"{base}/sections/seals")
    page.check("[name=seals-rules][value=storage]")
    page.check("[name=seals-rules][value=road]")

    page.check("[name=seals-rules][value=none]")

    saved(page, "seals-rules")
    assert not page.is_checked("[name=seals-rules][value=storage]")
    page.check("[name=seals-rules][value=people]")
    assert not page.is_checked("[name=seals-rules][value=none]")
    page.click("text=All sections")
    page.locator("ol.tasks").wait_for()
    assert ("people",) == said(site, invitation, "seals-rules")


def test_files_with_very_long_names_are_taken_several_at_once(site: Site, opens: Opens, invitation):
    watched = opens(width=320)
    base = started(site, watched, invitation)
    page, box = watched.page, "#question-seals-rules"
    page.goto(f"{base}/sections/seals")
    page.locator(f"{box} summary", has_text="Evidence").click()
    names = ["封条管理程序" * 8 + ".png", "seal-log-" * 14 + ".png"]
    files = [{"name": name, "mimeType": "image/png", "buffer": png(width)} for width, name in enumerate(names, 1)]

    page.set_input_files("#seals-rules-evidence", files)

    page.locator(f"{box} .evidence a").nth(1).wait_for()
    watched.looked_at()
    assert 2 == len(stored(site, invitation).evidence)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_input_files("#seals-rules-evidence", files[:1])
    page.locator(f"{box} [data-status]", has_text="Added").wait_for()
    page.locator(f"{box} progress").wait_for(state="detached")
    assert 2 == page.locator(f"{box} .evidence li").count()


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(site: Site, opens: Opens, invitation, tmp_path: Path):
    watched = opens()
    base = started(site, watched, invitation)
    page = watched.page
    page.goto(f"{base}/sections/seals")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    huge = tmp_path / "film.pdf"
    with huge.open("wb") as file:
        file.truncate(FILE_BYTES + 1)

    page.set_input_files("#seals-rules-evidence", huge)

    page.locator("#question-seals-rules li.field-error", has_text="too large").wait_for(state="attached")
    assert [] == sent
    assert str(FILE_BYTES) == page.get_attribute("form[data-answers]", "data-largest")


@pytest.mark.parametrize("place", ["/sections/company", "/sections/closing", "/sections/seals", "", "/submit", "/copy"])
def test_letters_twice_as_large_make_no_page_scroll_sideways(site: Site, opens: Opens, invitation, place):
    watched = opens(width=640)
    base = started(site, watched, invitation)
    watched.page.goto(base + place)

    watched.page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert watched.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_each_stop_of_the_keyboard_can_be_seen(site: Site, opens: Opens, invitation):
    watched = opens(width=1280)
    base = started(site, watched, invitation)
    page = watched.page
    page.goto(f"{base}/sections/agriculture")
    unseen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        unseen += page.evaluate(
            """(one => {
              const style = getComputedStyle(one), place = one.getBoundingClientRect();
              const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && place.width > 1;
              return one === document.body || seen ? [] : [one.outerHTML.slice(0, 100)];
            })(document.activeElement)"""
        )

    assert [] == unseen


def test_the_printed_copy_has_no_buttons_and_offers_the_choices(site: Site, opens: Opens, invitation):
    watched = opens(width=1280)
    base = started(site, watched, invitation)
    page = watched.page
    page.goto(f"{base}/copy")

    page.emulate_media(media="print")

    assert page.locator("nav").first.is_hidden()
    assert page.locator(".no-print").is_hidden()
    assert "☐ Partly" in page.inner_text("main")
