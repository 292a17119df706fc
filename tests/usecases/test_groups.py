"""All sites of an invitation are changed together, also while somebody adds one."""

from collections.abc import Callable

import pytest

from portal.core.records import Partner, Response
from portal.usecases import groups, inviting, sites
from portal.usecases.inviting import invite
from portal.usecases.portal import Portal

from .filling import entered

BY = "dara@example.com"


def test_a_site_that_was_added_while_we_looked_is_withdrawn_as_well(
    portal: Portal, meridian: Partner, clock: Callable, monkeypatch: pytest.MonkeyPatch
):
    invitation = invite(portal, [meridian.id], by=BY, now=clock(), sites=["Hanoi"])[0]
    access = entered(portal, invitation, clock())
    look = groups.group_ids

    def looked_before(*given: object) -> tuple[str, ...]:
        found = look(*given)
        monkeypatch.setattr(groups, "group_ids", look)
        sites.add_site(portal, access, "no session", {"name": "Hue", "country": "VN"}, now=clock())
        return found

    monkeypatch.setattr(groups, "group_ids", looked_before)
    inviting.withdraw_link(portal, invitation.response, by=BY, now=clock())
    first = portal.store.get(Response, invitation.response)

    assert 1 == len(first.sites)
    for id in (first.id, *first.sites):
        assert all(link.withdrawn for link in portal.store.get(Response, id).links)


def test_a_response_alone_is_a_group_of_one(portal: Portal, meridian: Partner, clock: Callable):
    invitation = invite(portal, [meridian.id], by=BY, now=clock())[0]

    assert (invitation.response,) == groups.group_ids(portal, invitation.response)
