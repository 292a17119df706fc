"""A visit on site with a telephone in the hand: the checklist is filled in with a thumb, and a photo is taken."""

from datetime import timedelta

from evidence.samples import jpeg
from usecases.filling import submitted

from browser.conftest import Opens, Site, signed_in
from portal.core.visits import Result, Visit
from portal.usecases import visits
from portal.usecases.visits import Planned
from portal.web.app import _now

SMALL = """() => [...document.querySelectorAll("main :is(button, .option, .remove, textarea, select, [type=file])")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"""


def planned(site: Site) -> Visit:
    """A visit to Meridian that looks at seals only, from tomorrow on."""
    response = submitted(site.portal, site.invite(), _now())
    day = _now().date() + timedelta(days=1)
    plan = Planned(planned_from=day, planned_until=day, team=("Dara",), sections=("seals",))
    return visits.plan_visit(site.portal, response.id, plan, by="dara@example.com", now=_now())


def test_the_checklist_is_filled_in_on_a_phone_with_a_photo(site: Site, opens: Opens):
    visit, dara = planned(site), opens()
    page, first = dara.page, visit.questions[0]
    signed_in(site, dara)
    page.goto(f"{site.address}/staff/visits/{visit.id}")
    page.click("main >> text=Seals")
    box = page.locator(f"#question-{first}")
    assert not box.get_by_label("What would have been true").is_visible()
    box.get_by_label("Not as declared").check()
    box.locator(f"#{first}-note").fill("The seals lie open on the desk.")
    box.locator("input[type=file]").set_input_files({"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    assert [] == page.evaluate(SMALL)
    box.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**done=marked#question-{first}")

    assert "IMG_1.jpg" in box.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    dara.looked_at()
    kept = site.portal.store.get(Visit, visit.id)
    assert (Result.OTHERWISE, [first]) == (kept.seen[first].result, [photo.question for photo in kept.photos])
