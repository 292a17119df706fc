"""From the link to the summary site: the contact submits, staff read the score, the site shows it."""

import http.server
import threading
from functools import partial
from io import BytesIO

from evidence.samples import png
from usecases.filling import entered, good_value, submitted

from browser.conftest import Opens, Site, signed_in, started
from portal.core.answering import Given
from portal.core.asking import outline
from portal.core.questionnaire import Kind
from portal.core.records import Response
from portal.publish import publish
from portal.usecases import answering
from portal.usecases.inviting import Invitation
from portal.usecases.summing import summary_of
from portal.web.app import _now


def fill(site: Site, invitation: Invitation) -> None:
    """Answer everything but the declaration, as many days of work would, and explain what asks to be explained."""
    access = entered(site.portal, invitation, _now())
    questionnaire = site.portal.edition(site.portal.store.get(Response, invitation.response).edition)
    signed = (Kind.AGREEMENT, Kind.SIGNATURE, Kind.STATEMENT, Kind.FILES)
    for _ in range(6):
        response = site.portal.store.get(Response, invitation.response)
        asked = [question for part in outline(questionnaire, response).sections for question in part.questions]
        missing = {
            question.id: (Given(value=good_value(question), comment="As in our manual."), None)
            for question in asked
            if question.id not in response.answers and question.kind not in signed
        }
        answering.save_answers(site.portal, access, missing, now=_now())
    answering.add_evidence(site.portal, access, "seals-proof", "certificate.png", BytesIO(png()), now=_now())
    response = site.portal.store.get(Response, invitation.response)
    left = {problem.where for problem in outline(questionnaire, response).lacking}
    assert left == {question.id for question in questionnaire.questions if question.kind in signed[:2]}


def test_a_partner_submits_staff_follow_the_score_and_the_site_shows_it(site: Site, opens: Opens):
    invitation, ana, dara = site.invite(), opens(), opens(width=1280)
    fill(site, invitation)
    base = started(site, ana, invitation)
    page = ana.page
    page.goto(f"{base}/sections/closing")
    page.locator("[data-kind=agreement] input[type=checkbox]").check()
    page.locator("[data-kind=agreement] [data-status]", has_text="Saved at").wait_for()
    page.locator("[data-kind=signature] input:not([type=hidden])").first.fill("Ana Tran")
    page.locator("[data-kind=signature] input:not([type=hidden])").first.blur()
    page.locator("[data-kind=signature] [data-status]", has_text="Saved at").wait_for()
    page.goto(f"{base}/submit")
    ana.looked_at()

    page.click("main form button:has-text('Send')")
    page.wait_for_url("**/receipt")
    ana.looked_at()
    reference = site.portal.store.get(Response, invitation.response).reference
    assert reference in page.inner_text("main")
    page.goto(f"{base}/copy")
    ana.looked_at()

    signed_in(site, dara)
    dara.looked_at()
    desk = dara.page
    desk.click("text=Answers to review")
    desk.wait_for_url("**attention=to-review**")
    desk.click("text=Meridian (invented)")
    desk.wait_for_url("**/staff/partners/meridian")
    dara.looked_at()
    desk.goto(f"{site.address}/staff/responses/{invitation.response}")
    dara.looked_at()
    desk.evaluate("window.print = () => { document.title = 'printed'; }")
    desk.click("text=Print these answers")
    assert "printed" == desk.title()
    desk.emulate_media(media="print")
    assert not desk.locator("#link").is_visible()
    assert desk.locator("#section-company").is_visible()
    desk.emulate_media(media="screen")
    desk.goto(f"{site.address}/staff/responses/{invitation.response}/score")
    dara.looked_at()
    assert "Strong" in desk.inner_text("main")

    folder = site.portal.config.publication
    publish(summary_of(site.portal, _now().date()), folder, site_folder=site.portal.config.site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    reader = opens(width=1280)
    for place in ("index.html", "partners/index.html", "partners/meridian/index.html", "method/index.html"):
        reader.page.goto(f"http://127.0.0.1:{server.server_port}/{place}")
        reader.looked_at()
    reader.page.goto(f"http://127.0.0.1:{server.server_port}/partners/meridian/index.html")
    assert "Strong" in reader.page.inner_text("main")
    server.shutdown()
    server.server_close()


def test_the_list_of_staff_fits_a_laptop_and_shows_what_was_found_in_answers(site: Site, opens: Opens):
    submitted(site.portal, site.invite(), _now(), {"cyber-rules": "no"})
    access = entered(site.portal, site.invite("norte", "highway_carrier", "MX"), _now())
    said = {"company-name": (Given(value="Transportes del Norte"), None)}
    answering.save_answers(site.portal, access, said, now=_now(), section="conveyances")
    dara = opens(width=1280)
    signed_in(site, dara)
    dara.page.goto(f"{site.address}/staff/partners")
    wide = "document.querySelector('#partners').scrollWidth - document.querySelector('#partners').clientWidth"

    assert dara.page.evaluate(wide) <= 0
    dara.page.fill("#text", "TRANSPORTES")
    dara.page.check("text=also in answers")
    dara.page.click("text=Filter")
    dara.page.wait_for_url("**answers=1**")
    dara.looked_at()
    dara.page.click(".found a")
    dara.page.wait_for_url("**#question-company-name")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Plain files, nothing printed."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
