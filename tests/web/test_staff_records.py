"""A partner's record on the staff's side: changed with every mistake named, retired and brought back."""

import re
from collections.abc import Callable

from conftest import Browser
from usecases.filling import submitted
from usecases.test_certified import MEMBER

from portal.core.partners import Certificate, Contact, Site, Supplier
from portal.core.records import Partner, Role
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.usecases.summing import summary_of

PAGE, LIST = "/staff/partners/meridian", "/staff/partners"
EDIT = f"{PAGE}/edit"
TYPED = {
    "name": "Meridian Textiles",
    "country": "VN",
    "business_type": "foreign_manufacturer",
    "contact_email": "ana@example.com",
    "other_names": "子午线纺织\nميريديان",
    "further_types": ["exporter"],
    "looked_after_by": "reviewer@example.com",
    "contacts-0-name": "Linh",
    "contacts-0-email": "linh@example.com",
    "contacts-0-deputy": "yes",
    "contacts-3-name": "Minh",
    "sites-1-name": "Works 2",
    "identifiers-0-name": "MID",
    "identifiers-0-value": "VNMERTEX12DAN",
    "certificates-0-programme": "AEO",
    "certificates-0-number": "VN 7",
    "certificates-0-valid_until": "2026-12-31",
    "suppliers-0-name": "Sông Hàn Dyeing",
    "suppliers-0-country": "VN",
}


def seen_on(page: str) -> str:
    return re.search(r'name="seen" value="(\w+)"', page)[1]


def edit(who: Browser, **changes: object):
    """Open the form, type, press Save."""
    return who.post(EDIT, {**TYPED, "seen": seen_on(who.get(EDIT).text), **changes})


def kept(portal: Portal) -> Partner:
    return portal.store.get(Partner, "meridian")


def test_everything_that_is_typed_is_kept_and_shown(portal: Portal, meridian: Partner, dara: Browser):
    assert 303 == edit(dara).status_code
    partner, page = kept(portal), dara.get(PAGE).text

    assert ("子午线纺织", "ميريديان") == partner.other_names
    assert (("exporter",), "reviewer@example.com") == (partner.further_types, partner.looked_after_by)
    assert (Contact(name="Linh", email="linh@example.com", deputy=True), Contact(name="Minh")) == partner.contacts
    assert (Site(name="Works 2"),) == partner.sites
    assert (Supplier(name="Sông Hàn Dyeing", country="VN"),) == partner.suppliers
    assert {"MID": "VNMERTEX12DAN"} == partner.identifiers
    for text in ("子午线纺织", "Linh", "Deputy", "VNMERTEX12DAN", "Works 2", "AEO", "Sông Hàn Dyeing"):
        assert text in page
    assert ["Partner changed"] == re.findall("Partner changed", page)
    again = dara.get(EDIT).text
    assert all(f'value="{text}"' in again for text in ("Linh", "VNMERTEX12DAN", "2026-12-31"))


def test_a_mistake_leads_to_its_field_and_keeps_what_was_typed(portal: Portal, meridian: Partner, dara: Browser):
    page = edit(dara, **{"contacts-0-email": "nobody", "certificates-0-valid_until": "soon", "name": ""})

    assert 422 == page.status_code
    for id in ("name", "contacts-0-email", "certificates-0-valid_until"):
        assert f'<a href="#{id}">' in page.text
        assert f'id="{id}-error"' in page.text
    assert 'value="VNMERTEX12DAN"' in page.text
    assert meridian == kept(portal)


def test_two_who_change_it_at_once_do_not_overwrite_each_other(portal: Portal, meridian: Partner, dara: Browser):
    old = seen_on(dara.get(EDIT).text)
    edit(dara, city="Huế")
    page = edit(dara, seen=old, city="Đà Nẵng")

    assert (422, "Huế") == (page.status_code, kept(portal).city)
    assert "Somebody has changed this partner meanwhile" in page.text
    assert 'value="Đà Nẵng"' in page.text


def test_who_looked_a_certificate_up_stays_while_it_is_the_same(portal: Portal, meridian: Partner, dara: Browser):
    edit(dara)
    dara.post(f"{PAGE}/certificates/0", page=PAGE)
    edit(dara, city="Huế")
    checked = kept(portal).certificates[0]

    assert ("2026-03-02", "reviewer@example.com") == (str(checked.last_checked), checked.checked_by)
    edit(dara, **{"certificates-0-number": "VN 8"})
    assert Certificate(programme="AEO", number="VN 8", valid_until=checked.valid_until) == kept(portal).certificates[0]
    assert 404 == dara.post(f"{PAGE}/certificates/7", page=PAGE).status_code


def test_a_retired_partner_is_out_of_everything_and_comes_back(
    portal: Portal, invitation: Invitation, other: Partner, clock: Callable, dara: Browser, staff: Callable
):
    submitted(portal, invitation, clock())
    page = dara.post(f"{PAGE}/retire", {"reason": "Closed its works"}, follow_redirects=True).text

    assert all(text in page for text in ("The partner is retired.", "Closed its works", "Bring back"))
    assert "Make invitation link" not in page
    listed = dara.get(LIST).text
    assert "Meridian Textiles" not in listed
    assert "1 of 1 partners" in listed
    assert "Meridian Textiles" in dara.get(f"{LIST}?state=retired").text
    assert "This partner is retired" in dara.post(f"{PAGE}/invite", {"due": "2026-09-30"}, page=LIST).text
    assert ["Transportes del Norte"] == [one.name for one in summary_of(portal, clock().date()).partners]
    assert "Bring back" not in staff(Role.READER).get(PAGE).text

    dara.post(f"{PAGE}/bring-back", page=PAGE)
    assert "Meridian Textiles" in dara.get(LIST).text
    assert 2 == len(summary_of(portal, clock().date()).partners)


def test_a_partner_with_an_open_invitation_is_not_retired(portal: Portal, invitation: Invitation, dara: Browser):
    page = dara.post(f"{PAGE}/retire", {"reason": ""})

    assert (422, None) == (page.status_code, kept(portal).retired)
    assert "withdraw it first" in page.text


def test_the_sites_on_record_are_offered_when_inviting(meridian: Partner, dara: Browser):
    edit(dara)

    assert re.search(r'<textarea id="sites"[^>]*>\s*Works 2</textarea>', dara.get(PAGE).text)


def test_a_partner_is_found_by_its_other_names(meridian: Partner, other: Partner, dara: Browser):
    edit(dara)

    assert "Meridian Textiles" in dara.get(f"{LIST}?text=子午线").text


def test_a_proved_certificate_is_kept_by_a_button(
    portal: Portal, other_invitation: Invitation, clock: Callable, dara: Browser
):
    submitted(portal, other_invitation, clock(), MEMBER)
    page = dara.get(f"{LIST}/norte").text
    address = f"{LIST}/norte/responses/{other_invitation.response}/certificate"

    assert f'action="{address}"' in page
    done = dara.post(address, page=f"{LIST}/norte", follow_redirects=True).text
    assert "The certificate is kept in the partner&#39;s record." in done
    assert "not checked yet" in done
