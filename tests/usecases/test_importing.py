"""A table is looked at first: duplicates are noticed, changes are shown, and then all of it is done or none."""

from collections.abc import Callable

import pytest

from portal.core.errors import Refused
from portal.core.likeness import SAME_NAME
from portal.core.records import Partner
from portal.usecases import changing_partners
from portal.usecases.importing_partners import Choice, Row, Taken, look, take
from portal.usecases.portal import Portal

BY = "dara@example.com"
Given = dict[str, str]


def row(name: str, email: str, **more: object) -> Given:
    return {"name": name, "country": "VN", "business_type": "foreign_manufacturer", "contact_email": email, **more}


def placed(*rows: Given) -> list[tuple[str, Given]]:
    return [(f"row {number}", one) for number, one in enumerate(rows, 2)]


TWIN = row("MERIDIAN TEXTILES Co., Ltd", "sales@mill.example.org")
NEW = row("Cedar Mill", "cedar@cedar.example.org")


def looked(portal: Portal, clock: Callable, *rows: Given) -> list[Row]:
    return look(portal, placed(*rows), clock())


def test_a_new_partner_that_looks_like_one_that_is_there_comes_with_the_reason(
    portal: Portal, meridian: Partner, clock: Callable
):
    twin, new = looked(portal, clock, TWIN, NEW)

    assert [("meridian", (SAME_NAME,))] == [(one.company.id, one.reasons) for one in twin.twins]
    assert (Choice.LEAVE, Choice.ADD, ()) == (twin.usual, new.usual, new.twins)
    assert ["meridian"] == list(portal.store.ids(Partner))


def test_rows_of_one_table_are_compared_too(portal: Portal, clock: Callable):
    first, second = looked(portal, clock, NEW, row("Cedar Mill Ltd", "x@y.example.org"))

    assert ((), "row 2") == (first.twins, second.twins[0].company.id)


def test_what_looks_like_another_is_left_out_unless_it_is_chosen(portal: Portal, meridian: Partner, clock: Callable):
    rows = placed(TWIN, NEW)

    assert Taken(added=1, changed=0) == take(portal, rows, {}, by=BY, now=clock())
    assert Taken(added=1, changed=0) == take(portal, rows[:1], {"row 2": "add"}, by=BY, now=clock())
    assert 3 == len(list(portal.store.ids(Partner)))


def test_a_row_of_a_partner_that_is_there_shows_what_it_changes(portal: Portal, meridian: Partner, clock: Callable):
    given = row("Meridian Textiles", "ana@example.com", id="meridian", city="Huế", tags="")
    given["contacts"] = [{"name": "Linh"}]
    (one,) = looked(portal, clock, given)

    assert ("meridian", Choice.UPDATE) == (one.partner, one.usual)
    assert [("city", "", "Huế")] == [(c.field, c.before, c.after) for c in one.changes if c.field == "city"]
    assert {"city", "contacts"} == {change.field for change in one.changes}
    assert Taken(added=0, changed=1) == take(portal, placed(given), {}, by=BY, now=clock())
    kept = portal.store.get(Partner, "meridian")
    assert ("Huế", meridian.tags, "Linh") == (kept.city, kept.tags, kept.contacts[0].name)
    assert [Choice.LEAVE] == [one.usual for one in looked(portal, clock, given)]


def test_it_is_told_by_name_and_country_where_there_is_no_id(portal: Portal, meridian: Partner, clock: Callable):
    (one,) = looked(portal, clock, row("MERIDIAN textiles", "new@example.com"))

    assert ("meridian", {"name", "contact_email"}) == (one.partner, {change.field for change in one.changes})
    take(portal, placed(one.given), {"row 2": "leave"}, by=BY, now=clock())
    assert meridian == portal.store.get(Partner, "meridian")


@pytest.mark.parametrize(
    "bad",
    [row("", "a@example.com"), row("Meridian Textiles", "nobody", id="meridian"), row("A", "a@example.com", id="/")],
)
def test_one_bad_row_and_nothing_is_done(bad: Given, portal: Portal, meridian: Partner, clock: Callable):
    with pytest.raises(Refused) as refusal:
        take(portal, placed(NEW, bad), {}, by=BY, now=clock())

    assert {"row 3"} == {problem.where.split(",")[0] for problem in refusal.value.problems}
    assert ["meridian"] == list(portal.store.ids(Partner))


def test_a_partner_that_is_retired_or_stands_there_twice_is_a_mistake(
    portal: Portal, meridian: Partner, clock: Callable
):
    given = row("Meridian Textiles", "ana@example.com", id="meridian")
    with pytest.raises(Refused):
        looked(portal, clock, given, given)
    changing_partners.retire_partner(portal, "meridian", "", by=BY, now=clock())
    with pytest.raises(Refused):
        looked(portal, clock, given)
