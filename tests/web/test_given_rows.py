"""Rows with names on a page: grids, a row for each thing listed before, and groups of which one is enough.

The page is the physical security survey of `content/real`.
"""

import io
from collections.abc import Callable

import pytest
from conftest import Browser
from content.real_answers import the
from msgspec.structs import replace

from portal.config import Config
from portal.content.library import Library, load_library
from portal.usecases.inviting import Invitation

from .filling import element, fields_of, send, text_at, words

TWO = {
    "buildings-0-called": "Hall 1", "buildings-0-use": "production", "buildings-0-floors": "2",
    "buildings-1-called": "Hall 2", "buildings-1-use": "warehouse", "buildings-1-floors": "1",
}  # fmt: skip


@pytest.fixture(scope="session")
def library() -> Library:
    return replace(load_library(Config.questionnaires), questionnaires={"survey": the("physical-security")})


@pytest.fixture
def base(invitation: Invitation) -> str:
    return f"/partner/responses/{invitation.response}"


@pytest.fixture
def page(base: str) -> str:
    return f"{base}/sections/buildings"


def rows_of(ana: Browser, page: str, question: str) -> list[str]:
    """The names that stand before the rows."""
    return [one.text for one in element(ana.get(page), question).iter("strong")]


def test_the_question_opens_with_a_row_for_each_building(ana: Browser, page: str) -> None:
    before = element(ana.get(page), "question-openings").get("hidden")
    sent = send(ana, ana.get(page), TWO)

    assert before is not None
    assert sent.headers["Location"].endswith("?done=new#question-openings")
    assert ["Hall 1", "Hall 2"] == rows_of(ana, page, "openings")
    assert "Doors for people, Hall 2" in words(ana.get(page), "openings")


def test_what_is_typed_beside_a_name_comes_back_beside_it(ana: Browser, page: str) -> None:
    send(ana, ana.get(page), TWO)
    send(ana, ana.get(page), {"openings-1-doors": "4", "openings-1-notes": "One\ntwo"})
    swapped = {name: TWO[name.translate({48: 49, 49: 48})] for name in TWO}
    send(ana, ana.get(page), swapped)
    shown = ana.get(page)

    assert ["Hall 2", "Hall 1"] == rows_of(ana, page, "openings")
    assert ("4", "One\ntwo", "") == tuple(text_at(shown, f"openings-{at}") for at in ("0-doors", "0-notes", "1-doors"))


def test_a_building_that_is_taken_out_takes_nothing_along(ana: Browser, page: str, meridian_response: Callable) -> None:
    send(ana, ana.get(page), TWO)
    send(ana, ana.get(page), {"openings-0-doors": "1", "openings-1-doors": "4"})
    send(ana, ana.get(page), {name: "" for name in TWO if name.startswith("buildings-1")})
    without = ana.get(page)
    send(ana, without, {"openings-0-doors": "2"})

    assert ["Hall 1"] == rows_of(ana, page, "openings")
    assert "Kept, though no longer listed before: Hall 2 – Doors for people: 4" in words(without, "question-openings")
    assert [("Hall 1", "2"), ("Hall 2", "4")] == [
        (row["_row"], row["doors"]) for row in meridian_response().answers["openings"].value
    ]
    send(ana, ana.get(page), TWO)
    assert "4" == text_at(ana.get(page), "openings-1-doors")


def test_sent_as_it_came_nothing_changes(ana: Browser, page: str, kept: Callable) -> None:
    send(ana, ana.get(page), TWO)
    send(ana, ana.get(page), {"openings-0-doors": "1", "openings-1-doors": "4"})
    send(ana, ana.get(page), {name: "" for name in TWO if name.startswith("buildings-0")})
    before = kept()

    assert 303 == send(ana, ana.get(page)).status_code
    assert before == kept()


def test_a_row_typed_empty_is_gone(ana: Browser, page: str, meridian_response: Callable) -> None:
    send(ana, ana.get(page), TWO)
    send(ana, ana.get(page), {"openings-0-doors": "1", "openings-1-doors": "4"})
    send(ana, ana.get(page), {"openings-1-doors": ""})

    assert ["Hall 1"] == [row["_row"] for row in meridian_response().answers["openings"].value]


def test_somebody_elses_rows_are_not_overwritten(ana: Browser, bruno: Browser, page: str) -> None:
    send(ana, ana.get(page), TWO)
    old = ana.get(page)
    send(bruno, bruno.get(page), {"openings-0-doors": "1"})
    shown = send(ana, old, {"openings-0-doors": "9"})

    assert 409 == shown.status_code
    assert "Hall 1 – Doors for people: 1" in words(shown, "question-openings")
    assert "9" == text_at(shown, "openings-0-doors")


def test_what_is_wrong_in_a_row_is_told_by_its_name_and_comes_back(ana: Browser, page: str) -> None:
    send(ana, ana.get(page), TWO)
    shown = send(ana, ana.get(page), {"openings-1-doors": "many", "openings-1-alarm": "2027-01-01"})

    assert 422 == shown.status_code
    assert "Row Hall 2, “Doors for people”: Write a number, such as 12." in words(shown, "errors")
    assert "many" == text_at(shown, "openings-1-doors")


def test_half_filled_rows_are_named_on_the_page_and_before_sending(ana: Browser, base: str, page: str) -> None:
    send(ana, ana.get(page), {**TWO, "buildings-1-floors": ""})
    send(ana, ana.get(page), {"openings-0-doors": "1"})
    shown = ana.get(f"{page}?check=1")
    links = {one.get("href") for one in element(shown, "errors").iter("a")}

    assert "Row 2: fill in “Floors”." in words(shown, "errors")
    assert "“Hall 2”: fill in “Doors for people”." in words(shown, "errors")
    assert {"#buildings-1-floors", "#openings-1-doors"} <= links
    assert "Row 2: fill in “Floors”." in words(ana.get(f"{base}/submit"), "errors")


def test_a_program_sends_rows_with_their_names(ana: Browser, base: str, page: str, meridian_response: Callable) -> None:
    put = lambda id, rows: ana.put(f"{base}/answers/{id}", {"value": rows}, page=page)  # noqa: E731
    named = put("buildings", [{"called": "Hall 1", "use": "office", "floors": "1"}])
    saved = put("openings", [{"_row": "Hall 1", "doors": "2", "docks": "0", "barred": "yes"}])
    bad = put("openings", [{"doors": "2"}])

    assert {"openings": [["Hall 1", "Hall 1"]]} == named.json["rows"]
    assert "openings" in named.json["shown"]
    assert {} == saved.json["rows"]
    assert "There is no row “”." == bad.json["errors"][0]["message"]
    assert "2" == meridian_response().answers["openings"].value[0]["doors"]


def test_a_grid_has_its_rows_at_once_and_no_others(ana: Browser, base: str, meridian_response: Callable) -> None:
    page = f"{base}/sections/perimeter"
    names = rows_of(ana, page, "fence")
    send(ana, ana.get(page), {"fence-0-made-of": "wall", "fence-0-height": "2,5", "fence-3-made-of": "open"})
    fields = fields_of(ana.get(page))

    assert ["North side", "East side", "South side", "West side"] == names
    assert [("north", "wall"), ("west", "open")] == [
        (row["_row"], row["made-of"]) for row in meridian_response().answers["fence"].value
    ]
    assert (["2.5"], ["open"]) == (fields["fence-0-height"], fields["fence-3-made-of"])
    assert "Height (m)" in words(ana.get(page), "fence")
    assert "data-rows" not in ana.get(page).text.split('id="question-fence"')[1].split("</fieldset>")[0]


def test_the_check_page_and_the_copy_tell_rows_by_their_names(ana: Browser, base: str, page: str) -> None:
    send(ana, ana.get(f"{base}/sections/perimeter"), {"fence-1-made-of": "mesh", "fence-1-height": "3"})
    told = "East side – Made of: Wire mesh, Height: 3 m"

    assert told in words(ana.get(f"{base}/copy"), "content")
    assert told in words(ana.get(f"{base}/submit"), "content")


def test_the_copy_leaves_out_what_is_no_longer_listed(ana: Browser, base: str, page: str) -> None:
    send(ana, ana.get(page), TWO)
    send(ana, ana.get(page), {"openings-0-doors": "1", "openings-1-doors": "4"})
    send(ana, ana.get(page), {name: "" for name in TWO if name.startswith("buildings-1")})
    copy = words(ana.get(f"{base}/copy"), "content")

    assert "Hall 1 – Doors for people: 1" in copy
    assert "Hall 2" not in copy


def test_on_paper_printed_names_stand_before_their_rows(ana: Browser, invitation: Invitation) -> None:
    paper = ana.get(f"{invitation.link}/questions").text
    listed = paper.split("How can each building be entered?")[1].split("</table>")[0]

    assert '<tr><th scope="row">North side</th>' in paper
    assert '<th scope="col">Height (m)' in paper
    assert '<tr><th scope="col">Name or number</th><th scope="col">Doors for people</th>' in listed
    assert 1 == paper.count("One of these is enough.")


def test_rows_are_filled_in_and_deleted_in_the_workbook(
    ana: Browser, base: str, page: str, fill: Callable[..., bytes], meridian_response: Callable
) -> None:
    def taken(typed: dict[tuple[str, str], object]) -> list[tuple[str, str]]:
        book = io.BytesIO(fill(typed))
        shown = ana.post(f"{base}/workbook", {"workbook": (book, "form.xlsx")})
        assert "errors" not in {one.get("id") for one in element(shown, "content").iter("div")}
        assert 303 == ana.post(f"{base}/workbook/take", fields_of(shown), page=page).status_code
        return [(row["_row"], row["doors"]) for row in meridian_response().answers["openings"].value or ()]

    send(ana, ana.get(page), TWO)
    codes = ("value", "comment", "action", "who", "due")
    both = taken({("openings#1", "value"): 3, ("openings#2", "value"): 5, ("fence#north", "value"): "Wall"})

    assert [("Hall 1", "3"), ("Hall 2", "5")] == both
    assert [("Hall 2", "5")] == taken({("openings#1", code): "-" for code in codes})
    assert [{"_row": "north", "made-of": "wall"}] == list(meridian_response().answers["fence"].value)


def test_one_of_these_is_enough(ana: Browser, base: str) -> None:
    page = f"{base}/sections/cameras"
    shown = ana.get(page)
    send(ana, shown, {"camera-count": "0", "night-guard": "adequate"})

    assert 1 == shown.text.count("One of these is enough.")
    assert "Intrusion at night is noticed by one of theseOne of these is enough." in words(shown, "content")
    assert "errors" not in {one.get("id") for one in element(ana.get(f"{page}?check=1"), "content").iter("div")}
