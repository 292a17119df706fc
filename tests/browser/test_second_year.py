"""After sending and in the next year, on a phone of 320 pixels: actions are reported on, answers confirmed."""

import pytest
from evidence.samples import png
from usecases.filling import entered, submitted

from browser.conftest import Opens, Site, signed_in, started
from portal.core.records import Response
from portal.usecases import reporting
from portal.usecases.answering import Given
from portal.usecases.inviting import Invitation, invite
from portal.web.app import _now


def second_year(site: Site) -> Invitation:
    """Last year is sent, one action of it is reported as done, and the partner is invited again."""
    first = site.invite()
    submitted(site.portal, first, _now(), {"cyber-rules": "no", "vision-contact": "no"})
    access = entered(site.portal, first, _now())
    said = Given(value="done", comment="Somebody is named.")
    reporting.report(site.portal, access, "vision-contact", said, [], form="", now=_now())
    return invite(site.portal, ["meridian"], by="test", now=_now())[0]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_last_years_answers_are_confirmed_changed_or_left_for_later(scripts: bool, site: Site, opens: Opens):
    invitation, ana = second_year(site), opens(scripts=scripts, width=320)
    page, base = ana.page, started(site, ana, invitation)
    if scripts:
        ana.looked_at()
    assert "Answers to confirm" in page.inner_text("main")

    page.goto(f"{base}/sections/vision")
    assert "You reported this as done on" in page.inner_text("#question-vision-contact")
    page.click("text=All answers of this section are still true")
    page.goto(f"{base}/sections/cybersecurity")
    if scripts:
        ana.looked_at()
    page.click("#question-cyber-rules button:has-text('Still true')")
    page.wait_for_url("**done=still-true**")
    page.click("#question-cyber-protection button:has-text('Not sure')")
    page.wait_for_url("**done=not-sure**")
    page.click("#question-cyber-remote summary:has-text('Changed')")
    page.click("#question-cyber-remote label:has-text('No')")
    if scripts:
        page.locator("#question-cyber-remote [data-status]", has_text="Saved at").wait_for()
        assert "Answered anew" in page.inner_text("#question-cyber-remote")
    page.click("button.button:has-text('Save and go on')")
    page.wait_for_load_state()
    page.goto(f"{base}/sections/seals")
    response = site.portal.store.get(Response, invitation.response)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert {"cyber-rules": "no", "cyber-remote": "no"} == {
        id: answer.value for id, answer in response.answers.items() if id.startswith("cyber")
    }
    assert "Ana" == response.carried["cyber-protection"].unsure
    assert "vision-contact" not in response.answers
    assert sum(id.startswith("vision") for id in response.answers) > 3


def test_actions_are_reported_on_the_same_link_and_staff_see_it(site: Site, opens: Opens):
    invitation, ana, dara = site.invite(), opens(width=320), opens(width=1280)
    page, base = ana.page, started(site, ana, invitation)
    submitted(site.portal, invitation, _now(), {"cyber-rules": "no"})
    page.goto(base)
    ana.looked_at()
    page.click("text=See and report your actions")
    page.click("summary:has-text('Report progress')")
    ana.looked_at()
    page.click("label:has-text('Done')")
    page.fill("#report-cyber-rules-comment", "The rules hang at the board.")
    page.set_input_files("#report-cyber-rules-evidence", [{"name": "b.png", "mimeType": "image/png", "buffer": png()}])
    page.click("text=Send this report")
    page.wait_for_url("**done=reported**")
    ana.looked_at()
    signed_in(site, dara)
    dara.page.goto(f"{site.address}/staff/responses/{invitation.response}/actions")
    dara.looked_at()

    assert "b.png" in page.inner_text("main")
    assert "The rules hang at the board." in dara.page.inner_text("main")
    dara.page.goto(f"{site.address}/staff/responses/{invitation.response}")
    dara.looked_at()
    assert "Receipt matches" in dara.page.inner_text("main")


def test_the_browser_asks_before_a_report_that_was_not_sent_is_left(site: Site, opens: Opens):
    invitation, ana = site.invite(), opens()
    page, base, asked = ana.page, started(site, ana, invitation), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    submitted(site.portal, invitation, _now(), {"cyber-rules": "no"})
    page.goto(f"{base}/actions")
    page.click("summary:has-text('Report progress')")
    page.fill("#report-cyber-rules-comment", "The rules hang at the board.")
    with page.expect_event("dialog"):
        page.click("main a >> nth=0", no_wait_after=True)
    page.click("text=Send this report")
    page.locator("#errors").wait_for()

    assert "The rules hang at the board." == page.input_value("#report-cyber-rules-comment")
    with page.expect_event("dialog"):
        page.click("main a:has-text('Receipt')", no_wait_after=True)
    page.click("label:has-text('Done')")
    page.click("text=Send this report")
    page.wait_for_url("**done=reported**")
    page.click("main a:has-text('Receipt')")
    page.wait_for_url("**/receipt")
    assert ["beforeunload", "beforeunload"] == asked
