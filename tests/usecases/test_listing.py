"""The list of partners: joined, filtered, sorted and cut into pages from the register alone."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from msgspec.structs import replace

from portal.core.answering import Given
from portal.core.records import Partner, Response
from portal.core.summary import Standing
from portal.usecases import answering, searching
from portal.usecases.inviting import Invitation, invite, withdraw_link
from portal.usecases.listing import PAGE_SIZE, SORTS, Listing, Wanted, list_partners
from portal.usecases.partner_lines import Attention, LinkState, PartnerLine, partner_lines, response_lines
from portal.usecases.partners import add_partner
from portal.usecases.portal import Portal

from .filling import entered, submitted

DARA = "dara@example.com"


@pytest.fixture
def four(portal: Portal, meridian: Partner, other: Partner, clock: Callable) -> dict[str, Invitation]:
    """Meridian has submitted, Norte has started and stopped, Lotus is invited and late, Zebra is only known."""
    for id, name, country in (("lotus", "Lotus Ceramics", "TH"), ("zebra", "zebra Leather", "AR")):
        given = {"id": id, "name": name, "country": country, "business_type": "foreign_manufacturer"}
        add_partner(portal, {**given, "contact_email": f"{id}@example.com"}, by=DARA, now=clock())
    made = {id: invite(portal, [id], by=DARA, now=clock(), due=date(2026, 6, 1))[0] for id in ("meridian", "norte")}
    made["lotus"] = invite(portal, ["lotus"], by=DARA, now=clock(), due=date(2026, 3, 5))[0]
    clock.move(days=1)
    submitted(portal, made["meridian"], clock(), {"vision-review-checks": "never"})
    access = entered(portal, made["norte"], clock(), "Chen")
    answering.save_answers(
        portal, access, {"company-name": (Given(value="Norte"), None)}, now=clock(), section="company"
    )
    clock.move(days=10)
    return made


def listed(portal: Portal, clock: Callable, **wanted: object) -> Listing:
    return list_partners(portal, Wanted(**wanted), clock())


def ids(portal: Portal, clock: Callable, **wanted: object) -> list[str]:
    return [line.partner.id for line in listed(portal, clock, **wanted).lines]


def line_of(portal: Portal, clock: Callable, id: str) -> PartnerLine:
    return next(line for line in partner_lines(portal, clock()) if line.partner.id == id)


def test_a_line_says_how_far_a_partner_has_come(portal: Portal, four: dict, clock: Callable):
    norte, zebra = line_of(portal, clock, "norte"), line_of(portal, clock, "zebra")

    assert (Standing.STARTED, "Your company and site", None) == (norte.standing, norte.stopped_at, norte.score)
    assert (1, clock() - timedelta(days=10)) == (norte.current.answered, norte.current.last_saved)
    assert (Standing.NOT_INVITED, None, "", None) == (zebra.standing, zebra.current, zebra.stopped_at, zebra.progress)


def test_only_who_has_submitted_has_a_score(portal: Portal, four: dict, clock: Callable):
    scored = {line.partner.id: line.percent for line in partner_lines(portal, clock()) if line.score}

    assert ["meridian"] == list(scored)
    assert 0 < scored["meridian"] < 100


def test_a_new_invitation_does_not_hide_the_score_that_is_known(portal: Portal, four: dict, clock: Callable):
    before = line_of(portal, clock, "meridian")
    invite(portal, ["meridian"], by=DARA, now=clock())

    line = line_of(portal, clock, "meridian")

    assert (Standing.INVITED, before.score) == (line.standing, line.score)
    assert (False, True) == (before.of_last_year, line.of_last_year)
    assert line.scored.id == four["meridian"].response


def test_nothing_is_read_but_the_register(portal: Portal, four: dict, clock: Callable):
    class OnlyRows:
        rows = portal.store.rows

    watched = Portal(**{**vars(portal), "store": OnlyRows()})

    assert 4 == listed(watched, clock).total


def test_counts_are_of_all_partners_whatever_is_filtered(portal: Portal, four: dict, clock: Callable):
    found = listed(portal, clock, country="AR")

    assert (1, 4) == (found.found, found.total)
    assert {one: int(one is not Standing.RETURNED) for one in Standing} == found.standings
    assert {
        Attention.OVERDUE: 1,
        Attention.NOT_OPENED: 1,
        Attention.LINK_OVER: 0,
        Attention.QUESTION: 0,
        Attention.ACTIONS_OVERDUE: 0,
        Attention.TO_REVIEW: 1,
        Attention.FINDINGS_WAIT: 0,
        Attention.EVENT: 0,
        Attention.RENEW: 0,
        Attention.TO_DECIDE: 0,
        Attention.PROOF_ENDS: 0,
    } == found.attention
    assert {"AR": "Argentina", "MX": "Mexico", "TH": "Thailand", "VN": "Vietnam"} == found.countries


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"text": "MERIDIAN"}, ["meridian"]),
        ({"text": "chen@example.com"}, ["norte"]),
        ({"text": "cotton asia"}, ["meridian"]),
        ({"text": "cotton lotus"}, []),
        ({"country": "TH"}, ["lotus"]),
        ({"business_type": "highway_carrier"}, ["norte"]),
        ({"state": "not-invited"}, ["zebra"]),
        ({"state": "submitted"}, ["meridian"]),
        ({"attention": "overdue"}, ["lotus"]),
        ({"attention": "not-opened"}, ["lotus"]),
        ({"attention": "link-over"}, []),
        ({"rating": "unacceptable", "state": "started"}, []),
        ({"state": "nonsense"}, []),
        ({}, ["lotus", "meridian", "norte", "zebra"]),
    ],
)
def test_filters_let_through_what_fits_all_of_them(
    wanted: dict, found: list[str], portal: Portal, four: dict, clock: Callable
):
    assert found == ids(portal, clock, **wanted)


def test_the_rating_can_be_filtered_by_what_occurs(portal: Portal, four: dict, clock: Callable):
    ratings = listed(portal, clock).ratings

    assert 1 == len(ratings)
    assert ["meridian"] == ids(portal, clock, rating=next(iter(ratings)))


@pytest.mark.parametrize("sort", SORTS)
def test_every_column_sorts_both_ways_with_the_unknown_last(sort: str, portal: Portal, four: dict, clock: Callable):
    up, down = (listed(portal, clock, sort=sort, down=down).lines for down in (False, True))
    values = [SORTS[sort](line) for line in up]
    known = [value for value in values if value is not None]

    assert known + [None] * (len(values) - len(known)) == values
    assert all(one <= other for one, other in pairwise(known))
    assert known[::-1] + [None] * (len(values) - len(known)) == [SORTS[sort](line) for line in down]


def test_names_are_sorted_as_people_do_and_decide_between_equals(portal: Portal, four: dict, clock: Callable):
    assert ["lotus", "meridian", "norte", "zebra"] == ids(portal, clock, sort="name")
    assert ["norte", "lotus", "meridian", "zebra"] == ids(portal, clock, sort="business_type", down=True)


def test_a_sort_that_is_none_is_by_name(portal: Portal, four: dict, clock: Callable):
    assert ids(portal, clock, sort="name") == ids(portal, clock, sort="nonsense")


def test_pages_hold_fifty_and_a_page_too_far_is_the_last(portal: Portal, clock: Callable):
    for number in range(PAGE_SIZE + 1):
        given = {"name": f"Works {number:03}", "country": "TH", "business_type": "foreign_manufacturer"}
        add_partner(portal, {**given, "contact_email": "a@example.com"}, by=DARA, now=clock())

    first, far = listed(portal, clock), listed(portal, clock, page=99)

    assert (PAGE_SIZE, 1, 2) == (len(first.lines), first.page, first.pages)
    assert (["Works 050"], 2) == ([line.partner.name for line in far.lines], far.page)


def test_an_empty_portal_has_one_empty_page(portal: Portal, clock: Callable):
    found = listed(portal, clock)

    assert (0, 1, 1, []) == (found.total, found.page, found.pages, found.lines)


def test_who_has_an_open_invitation_is_not_offered_another(portal: Portal, four: dict, clock: Callable):
    can = {line.partner.id: line.can_invite for line in partner_lines(portal, clock())}

    assert {"meridian": True, "norte": False, "lotus": False, "zebra": True} == can


def test_a_withdrawn_link_is_told_and_makes_room_for_another(portal: Portal, four: dict, clock: Callable):
    withdraw_link(portal, four["norte"].response, by=DARA, now=clock())

    line = line_of(portal, clock, "norte")

    assert (LinkState.WITHDRAWN, (Attention.LINK_OVER,), True) == (line.link, line.attention, line.can_invite)


def test_an_expired_link_is_told(portal: Portal, four: dict, clock: Callable):
    clock.move(days=portal.config.link_days)

    assert LinkState.EXPIRED is line_of(portal, clock, "norte").link


def test_the_responses_of_a_partner_come_newest_first(portal: Portal, four: dict, clock: Callable):
    again = invite(portal, ["meridian"], by=DARA, now=clock())[0]

    assert [again.response, four["meridian"].response] == [
        line.row.id for line in response_lines(portal, "meridian", clock())
    ]


def test_a_partner_who_stopped_in_a_section_that_is_gone_stopped_nowhere(portal: Portal, four: dict, clock: Callable):
    with portal.store.transaction((Response, four["norte"].response), by=DARA, at=clock()) as records:
        records.put(replace(records.get(Response, four["norte"].response), last_section="gone"), "moved")

    assert "" == line_of(portal, clock, "norte").stopped_at


def test_actions_past_their_date_are_counted_without_opening_the_response(portal: Portal, four: dict, clock: Callable):
    """Meridian has promised one thing, for 30 September; nothing is overdue that day, something is the day after."""
    before = line_of(portal, clock, "meridian")
    clock.now = clock.now.replace(month=9, day=30)
    on_the_day = line_of(portal, clock, "meridian")
    clock.move(days=1)
    after = line_of(portal, clock, "meridian")

    assert 1 == before.scored.open_actions
    assert [0, 0, 1] == [one.overdue_actions for one in (before, on_the_day, after)]
    assert Attention.ACTIONS_OVERDUE in after.attention
    assert ["meridian"] == ids(portal, clock, attention="actions-overdue")
    assert "meridian" == ids(portal, clock, sort="actions", down=True)[0]


def test_answers_are_searched_when_that_is_asked_for(portal: Portal, four: dict, clock: Callable):
    again = listed(portal, clock, text="NORTE", answers=True)
    [[hit]] = again.searched.hits.values()

    assert [] == ids(portal, clock, text="as agreed")
    assert ["meridian"] == ids(portal, clock, text="AS agreed", answers=True)
    assert [] == ids(portal, clock, text="as agreed", answers=True, country="MX")
    assert (["norte"], ["company-name"]) == (
        [line.partner.id for line in again.lines],
        [p.question for p in hit.places],
    )


def test_last_years_answers_are_found_while_new_ones_are_awaited(portal: Portal, four: dict, clock: Callable):
    invite(portal, ["meridian"], by=DARA, now=clock())
    [[hit]] = listed(portal, clock, text="as agreed", answers=True).searched.hits.values()

    assert (four["meridian"].response, True) == (hit.row.id, hit.earlier)


def test_a_search_in_answers_stops_at_its_limits_and_says_so(
    portal: Portal, four: dict, clock: Callable, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(searching, "MOST_FOUND", 1)
    few = listed(portal, clock, text="e", answers=True)
    monkeypatch.setattr(searching, "MOST_READ", 2)
    none = listed(portal, clock, text="nowhere", answers=True)

    assert (1, 3) == (few.found, few.searched.left)
    assert (0, 2) == (none.found, none.searched.left)


def test_a_damaged_response_does_not_end_a_search(portal: Portal, four: dict, clock: Callable):
    for path in portal.config.store.rglob(f"{four['meridian'].response}.json"):
        path.write_text("{", encoding="utf-8")
    found = listed(portal, clock, text="norte", answers=True)

    assert (["norte"], 1) == ([line.partner.id for line in found.lines], found.searched.damaged)
