"""A response reviewed wholly by keyboard, two answers asked back, exactly these reopened, the new answers received."""

import os
from pathlib import Path

from playwright.sync_api import Page, expect
from usecases.filling import answered, token_of

from browser.conftest import Opens, Site, Watched, signed_in, started
from portal.core.marks import Opinion
from portal.core.records import Response, State
from portal.usecases.answering import Access
from portal.usecases.secrets import hashed
from portal.usecases.submitting import submit
from portal.web.app import _now

ASKED = ("seals-stock", "seals-locked")
SHOTS = os.environ.get("PORTAL_SHOTS", "")


def shot(watched: Watched, name: str) -> None:
    """A picture of the page for whoever wants to look, where a folder is named."""
    if SHOTS:
        watched.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=False)


def ids_of(page: Page, selector: str) -> list[str]:
    """The ids of the elements on a page that a selector finds."""
    return [str(one.get_attribute("id")) for one in page.locator(selector).all()]


def test_by_keyboard_alone(site: Site, opens: Opens):
    invitation, ana, dara = site.invite(), opens(), opens(width=1280)
    base = started(site, ana, invitation)
    access = Access(response=invitation.response, link=hashed(token_of(invitation)), name="Ana")
    answered(site.portal, access, _now())
    submit(site.portal, access, now=_now())

    signed_in(site, dara)
    keys = dara.page.keyboard
    dara.page.goto(f"{site.address}/staff/responses/{invitation.response}/review?section=seals")
    dara.looked_at()
    shot(dara, "review-1280")
    ids = ids_of(dara.page, "[data-card]")
    for id in ids:
        dara.page.locator(f"#{id}:focus").wait_for()
        if id.removeprefix("question-") in ASKED:
            keys.press("b")
            keys.type(f"Tell us more about {id}.")
            keys.press("Control+Enter")
        else:
            keys.press("a")
    dara.page.locator(f"[data-card]:not(#{ids[-1]}):focus").wait_for()
    keys.press("?")
    assert dara.page.locator("[data-keys]").get_attribute("open") is not None

    dara.page.goto(f"{site.address}/staff/responses/{invitation.response}/review")
    dara.page.get_by_role("button", name="Accept all that are fully met").focus()
    keys.press("Enter")
    dara.page.get_by_text("had no mark is accepted").wait_for()
    for left in range(dara.page.locator("[data-card]").count() - 1, -1, -1):
        dara.page.locator("[data-card]:focus").wait_for()
        keys.press("a")
        expect(dara.page.locator("[data-card]")).to_have_count(left)
    dara.page.get_by_role("link", name="Send back").focus()
    keys.press("Enter")
    dara.page.get_by_role("heading", name="Send back").wait_for()
    dara.looked_at()
    shot(dara, "round-1280")
    dara.page.get_by_role("button", name="Send back to").focus()
    keys.press("Enter")
    dara.page.get_by_text("The partner sees the questions").wait_for()
    sent = site.portal.store.get(Response, invitation.response)
    assert (State.RETURNED, ASKED) == (sent.state, tuple(sent.rounds[0].notes))

    page = ana.page
    page.goto(base)
    ana.looked_at()
    shot(ana, "returned-390")
    assert len(ASKED) == page.locator(".tasks a").count()
    page.locator(".tasks a").first.click()
    ana.looked_at()
    shot(ana, "returned-section-390")
    assert list(ASKED) == page.eval_on_selector_all(
        "[data-question]:not([hidden])", "all => all.map(o => o.id.slice(9))"
    )
    for id in ASKED:
        page.locator(f"#question-{id} [data-part=comment] summary").click()
        page.fill(f"#{id}-comment", "Explained.")
        page.locator("h1").click()
        page.locator(f"#question-{id} [data-status]", has_text="Saved at").wait_for()
    page.goto(f"{base}/submit")
    ana.looked_at()
    page.get_by_role("button", name="Send to").click()
    page.get_by_role("heading", name="Thank you").wait_for()

    dara.page.goto(f"{site.address}/staff/responses/{invitation.response}/review?only=open")
    dara.looked_at()
    shot(dara, "again-1280")
    assert [f"question-{id}" for id in ASKED] == dara.page.eval_on_selector_all(
        "[data-card]", "all => all.map(o => o.id)"
    )
    again = site.portal.store.get(Response, invitation.response)
    assert {Opinion.OPEN} == {again.marks[id].opinion for id in ASKED}
    dara.page.set_viewport_size({"width": 390, "height": 844})
    shot(dara, "again-390")
    assert dara.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
