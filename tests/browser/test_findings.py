"""From a finding to the letter: Dara raises, Ana answers on her phone, Dara verifies and decides, Ana prints."""

from datetime import UTC, datetime

from conftest import PASSWORD
from evidence.samples import png
from usecases.filling import submitted

from portal.core.records import Role
from portal.usecases.people import add_person

from .conftest import Opens, Site, started


def test_a_finding_is_raised_answered_verified_and_the_letter_printed(site: Site, opens: Opens) -> None:
    invitation, now = site.invite(), datetime.now(UTC)
    add_person(site.portal, "dara@example.com", Role.REVIEWER, PASSWORD, by="test", now=now)
    dara, ana = opens(width=1280), opens()
    staff, partner = dara.page, ana.page
    base = f"{site.address}/staff/responses/{invitation.response}"
    mine = started(site, ana, invitation)
    submitted(site.portal, invitation, now, {"cyber-rules": "no"})

    staff.goto(f"{base}/findings?question=cyber-rules")
    staff.fill("#email", "dara@example.com")
    staff.fill("#password", PASSWORD)
    staff.click("main button")
    staff.goto(f"{base}/findings?question=cyber-rules")
    staff.select_option("#severity", "major")
    staff.fill("#seen", "There are no written rules.")
    staff.click("text=Raise the finding")
    dara.looked_at()
    staff.click("text=Send finding to the partner")

    partner.goto(f"{mine}/actions")
    partner.fill("[name$='-text']", "We write them down.")
    partner.fill("[name$='-who']", "Bruno")
    ana.looked_at()
    partner.click("text=Send this proposal")

    staff.click("text=There are no written rules.")
    dara.looked_at()
    staff.click("button:has-text('Agree')")
    partner.goto(f"{mine}/actions")
    partner.locator("form:has-text('Send this proof') textarea").fill("They are written.")
    partner.locator("form:has-text('Send this proof') input[type=file]").set_input_files(
        {"name": "rules.png", "mimeType": "image/png", "buffer": png()}
    )
    partner.click("text=Send this proof")
    ana.looked_at()
    staff.reload()
    staff.click("text=Verify and close")

    staff.goto(f"{base}/score")
    dara.looked_at()
    staff.goto(f"{base}/decision")
    staff.fill("#reason", "The only gap is closed.")
    staff.check("input[value=approved-with-actions]")
    staff.click("text=Preview the letter")
    dara.looked_at()
    staff.click("text=Decide and send")
    dara.looked_at()

    partner.goto(f"{mine}/receipt")
    ana.looked_at()
    partner.click("text=Read and print the letter")
    ana.looked_at()
    partner.emulate_media(media="print")
    assert partner.locator("article").is_visible()
    assert not partner.locator("text=Use your browser").is_visible()
    partner.emulate_media(media="screen")
    partner.goto(f"{mine}/events")
    ana.looked_at()
