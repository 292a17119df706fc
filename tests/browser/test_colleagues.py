"""A contact with helpers and several sites, and a question to the importer, with the script."""

import re

from browser.conftest import Opens, Site, signed_in, started
from portal.core.records import Response


def test_a_question_to_the_importer_is_no_part_of_the_answer_beside_it(site: Site, opens: Opens):
    """The script saves answers as they are left; what is asked of the importer waits for its button."""
    invitation, ana, dara = site.invite(), opens(), opens(width=1200)
    base = started(site, ana, invitation)
    page = ana.page
    page.goto(f"{base}/sections/seals")
    box = page.locator("#question-seals-stock")
    box.locator(".ask summary").click()
    page.fill("#seals-stock-asking", "Which seals do you mean?")
    page.locator("h1").click()
    page.wait_for_timeout(300)

    assert "" == box.locator("[data-status]").text_content()
    ana.looked_at()
    box.get_by_role("button", name="Send the question").click()
    page.get_by_text("Your question is sent.").wait_for()
    response = site.portal.store.get(Response, invitation.response)
    assert "Which seals do you mean?" == response.threads["seals-stock"][0].text
    assert {} == response.answers
    ana.looked_at()

    signed_in(site, dara)
    dara.page.goto(f"{site.address}/staff/responses/{invitation.response}")
    dara.looked_at()
    dara.page.fill("#seals-stock-asking", "Bolt seals.")
    dara.page.get_by_role("button", name="Send answer").click()
    dara.page.get_by_text("The answer is sent to the partner.").wait_for()
    page.reload()
    assert "Bolt seals." in box.text_content()


def test_the_browser_asks_before_a_question_that_was_not_sent_is_left(site: Site, opens: Opens):
    ana = opens()
    base, page, asked = started(site, ana, site.invite()), ana.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(f"{base}/sections/seals")
    page.locator("#question-seals-stock .ask summary").click()
    page.fill("#seals-stock-asking", "Which seals do you mean?")
    for way_out in (page.get_by_role("link", name="All sections"), page.get_by_role("button", name="Leave")):
        with page.expect_event("dialog"):
            way_out.click(no_wait_after=True)

    assert ["beforeunload", "beforeunload"] == asked
    assert "Which seals do you mean?" == page.input_value("#seals-stock-asking")
    page.click(".languages > summary")
    page.click(".languages [value=tr]:has-text('Türkçe')")
    page.wait_for_selector("html[lang=tr]")
    assert "Which seals do you mean?" == page.input_value("#seals-stock-asking")
    page.locator("#question-seals-stock .ask button").click()
    page.wait_for_url("**done=asked**")
    assert 2 == len(asked)


def test_a_section_is_handed_over_and_a_site_added(site: Site, opens: Opens):
    invitation, ana, bruno = site.invite(), opens(width=320), opens(width=320)
    base = started(site, ana, invitation)
    page = ana.page
    page.goto(base)
    page.get_by_role("link", name="Ask a colleague").click()
    ana.looked_at()
    page.fill("#name", "Bruno")
    page.check("[name=sections][value=seals]")
    page.get_by_role("button", name="Make the link").click()
    link = page.input_value("#link")
    ana.looked_at()
    bruno.page.goto(site.address + re.sub(r"^https?://[^/]+", "", link))
    bruno.looked_at()
    bruno.page.click("main button")
    bruno.page.wait_for_url("**/partner/responses/*")
    bruno.looked_at()
    bruno.page.click(".tasks a")
    bruno.page.check("[name=seals-stock][value=yes]")
    bruno.page.locator("#question-seals-stock [data-status]", has_text="Saved at").wait_for()

    page.goto(base)
    assert "Bruno is answering this section" in page.text_content(".tasks")
    page.goto(f"{base}/colleagues")
    ana.looked_at()
    page.goto(f"{base}/sites")
    page.fill("#first", "Hanoi")
    page.locator("[name=name]").fill("Hue")
    ana.looked_at()
    page.get_by_role("button", name="Add the site").click()
    page.get_by_text("The site is added.").wait_for()
    page.get_by_role("link", name="Your sites").first.click()
    assert ["Hanoi", "Hue"] == page.locator(".tasks a").all_text_contents()
    ana.looked_at()
    for wide in (page, bruno.page):
        assert wide.evaluate("document.documentElement.scrollWidth <= innerWidth")
