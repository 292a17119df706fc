"""The language is changed on a page of answers without a script: nothing that was typed is lost or sent too early.

And it stays with the browser for pages where nobody is known any more.
"""

from collections.abc import Callable

import pytest
from conftest import Browser, Clock, enter
from evidence.samples import pdf

from portal.store.disk import FULL
from portal.store.protocol import NotKept
from portal.usecases import answering
from portal.usecases.inviting import Invitation, invite
from portal.usecases.portal import Portal

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


def test_what_is_refused_is_still_there_in_the_new_language(ana: Browser, invitation: Invitation) -> None:
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


SPANISH = {"Accept-Language": "es"}


def test_a_visit_that_ended_and_unknown_links_speak_the_language_chosen_last(
    ana: Browser, section_page: str, clock: Clock
) -> None:
    before = ana.get(section_page)
    send(ana, before, ARABIC)
    clock.move(hours=30)
    over = ana.get(section_page, headers=SPANISH)
    unsaved = send(ana, before, {RULES: "no"})
    unknown = ana.get("/invitation/no-such-link", headers=SPANISH)

    assert [(403, "ar"), (403, "ar"), (404, "ar")] == [
        (page.status_code, lang_of(page)) for page in (over, unsaved, unknown)
    ]
    assert "Cookie" in unknown.headers["Vary"]


def test_who_never_chose_is_spoken_to_in_the_language_of_the_invitation(
    browser: Callable[[], Browser], portal: Portal, meridian, clock: Clock
) -> None:
    turkish = invite(portal, [meridian.id], by="dara@example.com", now=clock(), language="tr")[0]
    one = enter(browser(), turkish, "Ana")
    clock.move(hours=30)

    assert "tr" == lang_of(one.get(f"/partner/responses/{turkish.response}", headers=SPANISH))


def test_an_error_page_can_be_read_in_another_language_all_the_same(browser: Callable[[], Browser]) -> None:
    one = browser()
    one.client.set_cookie("portal-language", "ar", domain="localhost")
    page = one.get("/invitation/no-such-link?language=vi")

    assert "vi" == lang_of(page)
    assert "Set-Cookie" not in page.headers, "looking changes nothing"
    assert {"Español", "Türkçe"} <= {one.text for one in tree_of(page).iter("button")}


@pytest.mark.parametrize("language", ["xx", "", "../../etc", "AR", "ar" * 900])
def test_a_cookie_that_names_no_language_is_nothing(browser: Callable[[], Browser], language: str) -> None:
    one = browser()
    one.client.set_cookie("portal-language", language, domain="localhost")

    assert "es" == lang_of(one.get("/no-such-page", headers=SPANISH))


def test_staff_read_english_whatever_a_browser_remembers(browser: Callable[[], Browser]) -> None:
    one = browser()
    one.client.set_cookie("portal-language", "ar", domain="localhost")

    assert "en" == lang_of(one.get("/sign-in"))
