"""The day's desk: what needs somebody, the oldest first, each number leading to its list; admins set the clock."""

import re
from collections.abc import Callable

import pytest
from conftest import Browser, Clock
from usecases.filling import submitted

from portal.core.records import Role
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from web.filling import tree_of

DESK = "/staff/desk"


def piles(page) -> dict[str, int]:
    """Title to number of each pile on the desk."""
    heads = [" ".join("".join(one.itertext()).split()) for one in tree_of(page).iter("h2")]
    return {title: int(number) for number, _, title in (head.partition(" ") for head in heads)}


@pytest.fixture
def sent(portal: Portal, invitation: Invitation, clock: Clock) -> Invitation:
    """Meridian's answers, sent."""
    submitted(portal, invitation, clock(), {"cyber-rules": "no"})
    return invitation


@pytest.fixture
def admin(staff: Callable[[Role], Browser]) -> Browser:
    return staff(Role.ADMIN)


def test_where_nothing_waits_the_desk_says_so(dara: Browser):
    assert "Nothing waits." in dara.get(DESK).text


def test_answers_that_were_sent_wait_for_review_with_the_days_that_are_left(
    staff: Callable[[Role], Browser], sent: Invitation, clock: Clock
):
    page = staff(Role.READER).get(DESK)
    assert 1 == piles(page)["Answers to review"]
    assert "90 of 90 days left" in page.text
    clock.move(days=91)
    assert "1 day late" in staff(Role.READER).get(DESK).text


def test_each_number_leads_to_a_list_of_as_many_partners(dara: Browser, sent: Invitation):
    page = dara.get(DESK)
    for section in tree_of(page).iter("section"):
        link = next(next(section.iter("h2")).iter("a"))
        number = int(next(link.iter("span")).text)
        assert f"{number} of 1 partners" in dara.get(link.get("href")).text


def test_an_invitation_that_is_overdue_stands_on_the_desk(
    staff: Callable[[Role], Browser], invitation: Invitation, clock: Clock
):
    clock.move(days=40)
    assert {"Answers overdue": 1} == piles(staff(Role.READER).get(DESK))


def test_admins_set_how_long_a_review_may_take(admin: Browser, sent: Invitation):
    kept = admin.post("/staff/desk/clock", {"review_days": "30"}, page=DESK)
    assert (303, f"{DESK}?done=clock-set") == (kept.status_code, kept.headers["Location"])
    assert "30 of 30 days left" in admin.get(DESK).text


@pytest.mark.parametrize("days", ["0", "366", "", "soon", "-1", "9" * 20])
def test_a_clock_that_is_none_is_refused_and_what_was_typed_stands_there(admin: Browser, days: str):
    refused = admin.post("/staff/desk/clock", {"review_days": days}, page=DESK)
    assert 422 == refused.status_code
    assert "Write a number of days from 1 to 365." in refused.text
    assert "90" not in re.findall(r'value="(\d+)" min', refused.text)


def test_reviewers_see_no_clock_to_set(dara: Browser):
    assert "review_days" not in dara.get(DESK).text
