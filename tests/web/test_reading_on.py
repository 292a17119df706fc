"""The language is changed on a page of answers without a script: nothing that was typed is lost or sent too early."""

from collections.abc import Callable

import pytest
from conftest import Browser
from evidence.samples import pdf

from portal.store.disk import FULL
from portal.store.protocol import NotKept
from portal.usecases import answering

from .filling import send, text_at, tree_of, words

ARABIC = {"language": "ar", "second": "en"}
RULES = "cyber-rules"


def lang_of(page) -> str | None:
    return tree_of(page).get("lang")


def test_what_was_typed_is_saved_and_the_same_section_comes_back(
    ana: Browser, section_page: str, meridian_response: Callable
) -> None:
    done = send(ana, ana.get(section_page), {**ARABIC, RULES: "no"}, [(f"{RULES}-evidence", "rules.pdf", pdf())])

    assert (303, section_page) == (done.status_code, done.location)
    assert "ar" == lang_of(ana.get(section_page))
    stored = meridian_response()
    assert ("no", "ar", "en") == (stored.answers[RULES].value, stored.language, stored.second_language)
    assert ["rules.pdf"] == [file.name for file in stored.files_for(RULES)]


def test_what_is_refused_is_still_there_in_the_new_language(ana: Browser, invitation) -> None:
    section = f"/partner/responses/{invitation.response}/sections/company"
    page = send(ana, ana.get(section), {**ARABIC, "company-person-email": "no address"})

    assert (422, "ar") == (page.status_code, lang_of(page))
    assert "no address" == text_at(page, "company-person-email")
    assert "ar" == lang_of(ana.get(section))


def test_who_was_second_chooses_as_after_save(ana: Browser, bruno: Browser, section_page: str) -> None:
    before = ana.get(section_page)
    send(bruno, bruno.get(section_page), {RULES: "no"})
    page = send(ana, before, {**ARABIC, f"{RULES}-comment": "Ana: all is written"})

    assert (409, "ar") == (page.status_code, lang_of(page))
    assert "Ana: all is written" in words(page, f"question-{RULES}")


def test_a_question_to_the_importer_stays_in_the_page_and_is_not_sent(
    ana: Browser, section_page: str, meridian_response: Callable
) -> None:
    page = send(ana, ana.get(section_page), {**ARABIC, f"{RULES}-asking": "Does a sha", RULES: "no"})

    assert (200, "ar") == (page.status_code, lang_of(page))
    assert "Does a sha" == text_at(page, f"{RULES}-asking")
    assert {} == meridian_response().threads
    assert "no" == meridian_response().answers[RULES].value


def test_what_the_disk_does_not_take_goes_back_in_the_page(
    ana: Browser, section_page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **more: object) -> None:
        raise NotKept(FULL)

    before = ana.get(section_page)
    monkeypatch.setattr(answering, "save_answers", full)
    monkeypatch.setattr(answering, "read_in", full)
    page = send(ana, before, {**ARABIC, f"{RULES}-comment": "all is written"})

    assert (503, "ar") == (page.status_code, lang_of(page))
    assert "all is written" == text_at(page, f"{RULES}-comment")


def test_a_language_that_there_is_not_is_a_plain_save(ana: Browser, section_page: str) -> None:
    done = send(ana, ana.get(section_page), {"language": "xx", RULES: "no"})

    assert 303 == done.status_code
    assert "en" == lang_of(ana.get(section_page))


def test_the_buttons_belong_to_the_form_and_the_enter_key_presses_save(ana: Browser, section_page: str) -> None:
    page = tree_of(ana.get(section_page))
    [form] = [one for one in page.iter("form") if one.get("enctype")]
    owned = [one for one in page.iter("button") if one.get("form") == form.get("id")]
    inside = [one for one in page.iter("button") if one.get("name") == "language"]

    assert None is owned[0].get("name"), "what the Enter key presses"
    assert [*owned[1:]] == inside
    assert section_page == form.get("action")
