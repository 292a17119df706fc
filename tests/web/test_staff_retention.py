"""Admins see what is past its time and delete what they tick; nobody else does."""

from collections.abc import Callable

import pytest
from conftest import Browser, Clock

from portal.core.records import Partner, Response, Role
from portal.usecases import inviting
from portal.usecases.portal import Portal

PAGE = "/staff/retention"


@pytest.fixture
def old(portal: Portal, meridian: Partner, clock: Clock) -> str:
    """An invitation of long ago, which another one followed."""
    first = inviting.invite(portal, ["meridian"], by="test", now=clock())[0]
    inviting.withdraw_link(portal, first.response, by="test", now=clock())
    clock.move(days=1)
    inviting.invite(portal, ["meridian"], by="test", now=clock())
    clock.move(days=800)
    return first.response


def test_what_is_ticked_is_deleted_and_nothing_before_that(portal: Portal, old: str, staff: Callable):
    admin = staff(Role.ADMIN)
    page = admin.get(PAGE).text
    key = f"unsent:meridian:{old}"

    assert f'value="{key}" checked' in page
    assert "after 24 months" in page
    admin.post(PAGE, {})
    assert portal.store.find(Response, old) is not None
    done = admin.post(PAGE, {"past": [key]}, follow_redirects=True).text
    assert "What was ticked is deleted." in done
    assert "Nothing is past its time." in done
    assert portal.store.find(Response, old) is None


def test_deleting_asks_for_the_password_again(portal: Portal, old: str, staff: Callable, clock: Clock):
    admin = staff(Role.ADMIN)
    clock.move(minutes=11)

    assert "Type password first" in admin.get(PAGE).text
    assert "/staff/confirm" in admin.post(PAGE, {"past": [f"unsent:meridian:{old}"]}).headers["Location"]
    assert portal.store.find(Response, old) is not None


def test_reviewers_are_not_offered_it(dara: Browser):
    assert PAGE not in dara.get("/staff/partners").text
    assert 404 == dara.get(PAGE).status_code
