"""Inviting: a response each, a link each, shown once; links end when they are told to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.content.library import Library
from portal.core.errors import LinkOver, NotAllowed, NotFound, Refused
from portal.core.records import Edition, LinkKey, Partner, Response, State
from portal.usecases.answering import look_at_invitation, own_response
from portal.usecases.inviting import Invitation, extend_link, invite, replace_link, withdraw_link
from portal.usecases.partners import add_partner
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed

from .filling import entered, submitted, token_of

DARA = "dara@example.com"
ADDRESS = "192.0.2.1"


def looked(portal: Portal, invitation: Invitation, clock: Callable) -> Response:
    return look_at_invitation(portal, token_of(invitation), ADDRESS, clock())


def test_an_invitation_opens_a_response_pinned_to_its_edition(portal: Portal, invitation: Invitation, clock: Callable):
    response = portal.store.get(Response, invitation.response)

    assert (State.INVITED, "foreign-manufacturer") == (response.state, response.questionnaire)
    assert response.edition == portal.store.get(Edition, response.edition).id
    assert {"name": "Meridian Textiles", "business_type": "foreign_manufacturer", "country": "VN"}.items() <= (
        response.facts.items()
    )


def test_the_link_leads_to_the_response_and_only_its_hash_is_kept(
    portal: Portal, invitation: Invitation, clock: Callable
):
    kept = b"".join(path.read_bytes() for path in portal.config.data.rglob("*") if path.is_file())

    assert invitation.response == looked(portal, invitation, clock).id
    assert token_of(invitation).encode() not in kept
    assert hashed(token_of(invitation)).encode() in kept


def test_links_start_with_the_address_in_the_settings(portal: Portal, invitation: Invitation):
    assert invitation.link.startswith(f"{portal.config.base_url}/invitation/")
    assert 43 == len(token_of(invitation))


def test_a_partner_with_an_open_invitation_is_not_invited_again(
    portal: Portal, invitation: Invitation, clock: Callable
):
    with pytest.raises(Refused) as refusal:
        invite(portal, ["meridian"], by=DARA, now=clock())

    assert "has an invitation already" in str(refusal.value)


def test_many_are_invited_all_or_none(portal: Portal, meridian: Partner, other: Partner, clock: Callable):
    with pytest.raises(Refused) as refusal:
        invite(portal, [meridian.id, "nobody", other.id, other.id], by=DARA, now=clock())

    assert ["nobody", "partner"] == [problem.where for problem in refusal.value.problems]
    assert ([], []) == (list(portal.store.ids(Response)), list(portal.store.ids(LinkKey)))


def test_each_of_many_gets_a_link_of_its_own(portal: Portal, meridian: Partner, other: Partner, clock: Callable):
    made = invite(portal, [meridian.id, other.id], by=DARA, now=clock(), due=date(2026, 5, 1))

    assert [meridian.id, other.id] == [one.partner for one in made]
    assert 2 == len({one.link for one in made})
    assert {date(2026, 5, 1)} == {portal.store.get(Response, one.response).due for one in made}


def test_without_a_questionnaire_for_the_business_type_nobody_is_invited(portal: Portal, clock: Callable):
    given = {
        "id": "sea",
        "name": "Sea",
        "country": "NO",
        "business_type": "sea_carrier",
        "contact_email": "s@example.com",
    }
    add_partner(portal, given, by=DARA, now=clock())
    others = {id: one for id, one in portal.library.questionnaires.items() if id != "sea-carrier"}
    without = replace(portal, library=Library(catalogue=portal.library.catalogue, questionnaires=others))

    with pytest.raises(Refused) as refusal:
        invite(without, ["sea"], by=DARA, now=clock())

    assert "There is no questionnaire" in str(refusal.value)


def test_a_partner_who_has_submitted_can_be_invited_again(portal: Portal, invitation: Invitation, clock: Callable):
    submitted(portal, invitation, clock())

    again = invite(portal, ["meridian"], by=DARA, now=clock())[0]

    assert again.response != invitation.response


def test_a_withdrawn_link_is_over_and_what_was_entered_is_kept(portal: Portal, invitation: Invitation, clock: Callable):
    access = entered(portal, invitation, clock())
    before = portal.store.get(Response, invitation.response)
    withdraw_link(portal, invitation.response, by=DARA, now=clock())

    with pytest.raises(LinkOver):
        looked(portal, invitation, clock)
    with pytest.raises(LinkOver):
        own_response(portal, access, clock())
    assert before.answers == portal.store.get(Response, invitation.response).answers


def test_after_withdrawing_the_partner_can_be_invited_again(portal: Portal, invitation: Invitation, clock: Callable):
    withdraw_link(portal, invitation.response, by=DARA, now=clock())

    assert 1 == len(invite(portal, ["meridian"], by=DARA, now=clock()))


def test_a_new_link_kills_the_one_before_it(portal: Portal, invitation: Invitation, clock: Callable):
    new = replace_link(portal, invitation.response, by=DARA, now=clock())

    with pytest.raises(LinkOver):
        looked(portal, invitation, clock)
    assert invitation.response == looked(portal, new, clock).id


def test_a_link_expires_and_extending_it_opens_it_again(portal: Portal, invitation: Invitation, clock: Callable):
    clock.move(days=portal.config.link_days + 1)
    with pytest.raises(LinkOver):
        looked(portal, invitation, clock)

    extend_link(portal, invitation.response, clock().date() + timedelta(days=5), by=DARA, now=clock())

    assert clock().date() + timedelta(days=5) == looked(portal, invitation, clock).due


def test_a_link_stays_open_through_the_whole_of_its_due_day(portal: Portal, invitation: Invitation, clock: Callable):
    due = clock().date() + timedelta(days=200)
    extend_link(portal, invitation.response, due, by=DARA, now=clock())

    clock.move(days=200, hours=14)

    assert due == looked(portal, invitation, clock).due


def test_a_due_date_that_has_passed_is_refused(portal: Portal, invitation: Invitation, clock: Callable):
    with pytest.raises(Refused):
        extend_link(portal, invitation.response, clock().date() - timedelta(days=1), by=DARA, now=clock())


def test_a_withdrawn_link_cannot_be_extended(portal: Portal, invitation: Invitation, clock: Callable):
    withdraw_link(portal, invitation.response, by=DARA, now=clock())

    with pytest.raises(NotAllowed):
        extend_link(portal, invitation.response, clock().date(), by=DARA, now=clock())


@pytest.mark.parametrize("token", ["", "x", "é" * 43, "\ud800", "a" * 100_000, "../../etc/passwd"])
def test_a_token_that_is_none_is_not_found(token: str, portal: Portal, invitation: Invitation, clock: Callable):
    with pytest.raises(NotFound):
        look_at_invitation(portal, token, ADDRESS, clock())


def test_what_happened_to_a_link_is_in_the_history(portal: Portal, invitation: Invitation, clock: Callable):
    replace_link(portal, invitation.response, by=DARA, now=clock())
    withdraw_link(portal, invitation.response, by=DARA, now=clock())

    assert ["invited", "link replaced", "link withdrawn"] == [
        event.what for event in portal.store.history(Response, invitation.response)
    ]
