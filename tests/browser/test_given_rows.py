"""Rows with names and instructions under answers, with a script: they follow what is typed above them at once."""

from pathlib import Path

import pytest

from browser.conftest import Opens, Site, started
from portal.core.records import Response

REAL = Path(__file__).parents[1] / "content" / "real"


@pytest.fixture
def questionnaires(request: pytest.FixtureRequest) -> Path:
    return REAL / request.param


def asked_about(name: str):
    return pytest.mark.parametrize("questionnaires", [name], indirect=True)


def saved(page, question: str) -> None:
    page.locator(f"#question-{question} [data-status]", has_text="Saved at").wait_for()


@asked_about("physical-security")
def test_a_row_appears_for_each_building_while_they_are_listed(site: Site, opens: Opens):
    invitation, ana = site.invite(), opens()
    base = started(site, ana, invitation)
    page = ana.page
    page.goto(f"{base}/sections/buildings")
    names = page.locator("#openings > li:visible > [data-name]")
    assert page.locator("#question-openings").is_hidden()

    page.fill("#buildings-0-called", "Hall 1")
    page.keyboard.press("Tab")
    page.locator("#openings-0-doors").wait_for()
    page.fill("#openings-0-doors", "3")
    page.keyboard.press("Tab")
    saved(page, "openings")
    page.fill("#buildings-1-called", "Hall 2")
    page.keyboard.press("Tab")
    page.locator("#openings-1-doors").wait_for()

    assert ["Hall 1", "Hall 2"] == names.all_text_contents()
    assert ("3", "") == (page.input_value("#openings-0-doors"), page.input_value("#openings-1-doors"))
    page.fill("#openings-1-notes", "Two\nlines")
    page.keyboard.press("Tab")
    saved(page, "openings")
    page.fill("#buildings-0-called", "")
    page.keyboard.press("Tab")
    page.locator("#openings-1-notes").wait_for(state="detached")
    assert "Two\nlines" == page.input_value("#openings-0-notes")
    kept = site.portal.store.get(Response, invitation.response).answers["openings"].value
    assert [("Hall 1", "3", None), ("Hall 2", None, "Two\nlines")] == [
        (row["_row"], row.get("doors"), row.get("notes")) for row in kept
    ]
    ana.looked_at()
    for place in ("perimeter", "cameras"):
        page.goto(f"{base}/sections/{place}")
        ana.looked_at()


@asked_about("physical-security")
def test_two_who_fill_the_same_rows_choose_between_them(site: Site, opens: Opens):
    invitation, ana, bruno = site.invite(), opens(), opens()
    base = started(site, ana, invitation)
    started(site, bruno, invitation, "Bruno")
    for one in (ana, bruno):
        one.page.goto(f"{base}/sections/perimeter")
    ana.page.select_option("#fence-1-made-of", "mesh")
    saved(ana.page, "fence")

    bruno.page.fill("#fence-0-height", "2")
    bruno.page.keyboard.press("Tab")
    bruno.page.locator(".conflict", has_text="East side, Wire mesh").wait_for()
    bruno.page.click("text=Keep this answer")
    saved(bruno.page, "fence")

    assert ("", "mesh") == (bruno.page.input_value("#fence-0-height"), bruno.page.input_value("#fence-1-made-of"))


@asked_about("spanish-maquila")
@pytest.mark.parametrize("scripts", [True, False])
def test_an_instruction_stands_under_the_answer_that_is_chosen(site: Site, opens: Opens, scripts: bool):
    invitation, ana = site.invite(), opens(scripts=scripts, width=320)
    base = started(site, ana, invitation)
    page = ana.page
    page.goto(f"{base}/sections/instalaciones")
    says = page.locator("#question-f1 .says", has_text="plan de trabajo")
    before = says.is_visible()
    page.check("[name=f1][value=en-proceso]")

    assert (False, True) == (before, says.is_visible())
    assert page.locator("#question-f1 .says:visible").count() == 1
    if scripts:
        saved(page, "f1")
        assert page.locator("#f1-action").is_visible()
        ana.looked_at()
