"""Campaigns on the pages of staff: chosen by a filter, looked at, sent, followed, reminded, copied."""

from collections.abc import Callable

import pytest
from conftest import Browser, Clock

from portal.core.campaigns import Campaign
from portal.core.records import Partner, Response, Role
from portal.usecases.delivering import deliver
from portal.usecases.inviting import Invitation
from portal.usecases.mailing import mail_rows
from portal.usecases.portal import Portal

from .filling import text_at

NEW = "/staff/new-campaign"
TYPED = {"name": "Spring", "due": "2026-04-01", "partner": ["meridian", "norte"], "note-en": "We **need** it."}


@pytest.fixture
def campaign(dara: Browser, meridian: Partner, other: Partner) -> str:
    """The address of a campaign to Meridian and Norte."""
    page = dara.post(NEW, {**TYPED, "do": "send"})
    assert page.status_code == 303, page.text
    return page.headers["Location"].partition("?")[0]


def test_the_filter_chooses_and_those_who_are_left_out_are_named(
    dara: Browser, invitation: Invitation, other: Partner
) -> None:
    everybody, mexico = dara.get(NEW).text, dara.get(f"{NEW}?country=MX").text

    assert "Invite Transportes del Norte" in everybody
    assert "1 left out, and why" in everybody
    assert "This partner has an invitation already" in everybody
    assert "left out" not in mexico
    assert "Invite Transportes del Norte" in mexico


def test_the_preview_shows_the_mail_in_each_language_and_sends_nothing(
    dara: Browser, meridian: Partner, other: Partner, portal: Portal
) -> None:
    page = dara.post(NEW, {**TYPED, "do": "look"})

    assert 200 == page.status_code
    assert 2 == page.text.count("<p>We <strong>need</strong> it.</p>")
    assert "1 partner gets it like this" in page.text
    assert ([], []) == (list(portal.store.ids(Response)), mail_rows(portal))
    assert "We **need** it." == text_at(page, "note-en")


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(dara: Browser, meridian: Partner, portal: Portal) -> None:
    page = dara.post(NEW, {"name": "", "due": "soon", "note-es": "hola %(name)s", "do": "send"})

    assert 422 == page.status_code
    for said in ("Give the campaign a name.", "Give a date.", "Tick at least one partner.", "%(name)s is unknown"):
        assert said in page.text
    assert "hola %(name)s" == text_at(page, "note-es")
    assert [] == list(portal.store.ids(Campaign))


def test_it_is_sent_and_followed(dara: Browser, campaign: str, portal: Portal, clock: Clock) -> None:
    before = dara.get(campaign).text
    deliver(portal, clock)
    after = dara.get(campaign).text

    assert "Mail waits: 2" in before
    assert "Mail waits: 2" not in after
    assert "Transportes del Norte" in dara.get(f"{campaign}?at=reached-mailed").text
    assert "Transportes del Norte" not in dara.get(f"{campaign}?at=reached-opened").text
    assert "Transportes del Norte" not in dara.get(f"{campaign}?at=nonsense&section=x").text
    assert "Spring" in dara.get("/staff/campaigns").text


def test_reminding_twice_a_day_reminds_once(dara: Browser, campaign: str, portal: Portal, clock: Clock) -> None:
    first = dara.post(f"{campaign}/remind", page=campaign)
    second = dara.post(f"{campaign}/remind", page=campaign)

    assert "are being reminded" in dara.get(first.headers["Location"]).text
    assert "Nobody is reminded" in dara.get(second.headers["Location"]).text
    assert 2 == len([row for row in mail_rows(portal) if row.step == "by hand"])


def test_links_to_copy_are_shown_once_with_their_codes(dara: Browser, campaign: str, browser: Callable) -> None:
    page = dara.post(f"{campaign}/links", {"partner": ["meridian", "stranger"]}, page=campaign)
    nobody = dara.post(f"{campaign}/links", page=campaign)

    assert 1 == page.text.count("QR code of the link")
    assert 200 == browser().get(text_at(page, "link-1")).status_code
    assert (422, True) == (nobody.status_code, "Tick at least one partner." in nobody.text)


def test_a_withdrawn_partner_gets_no_link_to_copy(dara: Browser, campaign: str, portal: Portal, clock: Clock) -> None:
    one = portal.store.get(Campaign, campaign.rsplit("/", 1)[1])
    response = f"/staff/responses/{one.responses['meridian']}"
    dara.post(f"{response}/withdraw", page=response)

    assert 422 == dara.post(f"{campaign}/links", {"partner": "meridian"}, page=campaign).status_code


def test_another_contact_is_written_to_from_the_response(dara: Browser, campaign: str, portal: Portal) -> None:
    one = portal.store.get(Campaign, campaign.rsplit("/", 1)[1])
    response = f"/staff/responses/{one.responses['meridian']}"
    wrong = dara.post(f"{response}/contact", {"contact_email": "nobody"}, page=response)
    dara.post(f"{response}/contact", {"contact_name": "Bao", "contact_email": "bao@example.com"}, page=response)

    assert (422, "nobody") == (wrong.status_code, text_at(wrong, "contact_email"))
    assert "bao@example.com" == portal.store.get(Partner, "meridian").contact_email
    assert "bao@example.com" in [row.to for row in mail_rows(portal)]


def test_readers_follow_and_send_nothing(staff: Callable, campaign: str) -> None:
    text = staff(Role.READER).get(campaign).text

    assert "Meridian Textiles" in text
    assert "Remind those" not in text
    assert "Make links to copy" not in text
