"""A questionnaire that was written in another language than English says so on every page."""

import pytest
from conftest import Browser
from content.real_answers import the
from msgspec.structs import replace

from portal.config import Config
from portal.content.library import Library, load_library
from portal.usecases.inviting import Invitation

from .filling import tree_of


@pytest.fixture(scope="session")
def library() -> Library:
    return replace(load_library(Config.questionnaires), questionnaires={"maquila": the("spanish-maquila")})


def test_its_own_words_are_marked_on_an_english_page(ana: Browser, invitation: Invitation) -> None:
    page = ana.get(f"/partner/responses/{invitation.response}")
    title = next(tree_of(page).iter("h1"))

    assert 'lang="en"' in page.text
    assert ["es"] == [one.get("lang") for one in title.iter("span")]


def test_on_a_page_in_its_own_language_nothing_is_marked(ana: Browser, invitation: Invitation) -> None:
    page = ana.get(f"/partner/responses/{invitation.response}?language=es")

    assert '<html lang="es"' in page.text
    assert 'span lang="es"' not in page.text
    assert 'span lang="en"' not in page.text
