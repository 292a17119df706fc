"""A contact chooses a language, or two, on a phone: nothing is lost, and from right to left nothing sticks out."""

import pytest

from .conftest import Opens, Site, started


@pytest.mark.parametrize("scripts", [True, False])
def test_the_language_is_changed_on_the_page_that_is_open(site: Site, opens: Opens, scripts: bool):
    ana = opens(scripts=scripts)
    address = started(site, ana, site.invite())
    ana.page.goto(f"{address}/sections/company")
    ana.page.click(".languages > summary")
    ana.page.click(".languages [value=ar]:has-text('العربية')")

    ana.page.wait_for_url(f"{address}/sections/company")
    assert ("ar", "rtl") == (ana.page.get_attribute("html", "lang"), ana.page.get_attribute("html", "dir"))


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_typed_is_saved_before_the_language_changes(site: Site, opens: Opens, scripts: bool):
    ana = opens(scripts=scripts)
    address = started(site, ana, site.invite())
    ana.page.goto(f"{address}/sections/company")
    ana.page.fill("#company-name", "شركة ميريديان")
    ana.page.click(".languages > summary")
    ana.page.click(".languages [value=ar]:has-text('العربية')")

    ana.page.wait_for_selector("html[lang=ar]")
    assert "شركة ميريديان" == ana.page.input_value("#company-name")


def test_without_a_script_the_enter_key_saves_and_changes_no_language(site: Site, opens: Opens):
    ana = opens(scripts=False)
    address = started(site, ana, site.invite())
    ana.page.goto(f"{address}/sections/company?language=tr")
    ana.page.press("#company-name", "Enter")

    ana.page.wait_for_url("**/sections/certificate*")
    assert "en" == ana.page.get_attribute("html", "lang")


@pytest.mark.parametrize("place", ["", "/sections/company", "/sections/cybersecurity", "/submit", "/copy"])
def test_from_right_to_left_and_with_two_languages_every_page_is_accessible_and_fits(
    site: Site, opens: Opens, place: str
):
    ana = opens(width=320)
    address = started(site, ana, site.invite())
    ana.page.goto(f"{address}{place}?language=ar&second=en")
    ana.page.click(".languages > summary")

    # The copy holds all the pages that are looked at above; only whether it fits is its own.
    if place != "/copy":
        ana.looked_at()
    assert 320 == ana.page.evaluate("document.documentElement.scrollWidth")
