"""Languages: nothing of ours is said in English only, what is not translated shows as English, and who chooses."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from conftest import Browser, Clock, enter
from flask import Flask
from mail.reading import body, mails
from usecases.filling import ready, submitted

from portal.core.asking import outline
from portal.core.casework import Decision, Outcome
from portal.core.raising import Raised
from portal.core.records import Response, Session
from portal.core.words import Words
from portal.languages.checking import PLACEHOLDERS
from portal.languages.extracting import own_words, what_questionnaires_say
from portal.languages.updating import as_file
from portal.languages.words import Languages
from portal.sheets.form import DATA, LISTS
from portal.sheets.workbook import read_book
from portal.store.disk import FULL
from portal.store.protocol import NotKept
from portal.usecases import answering, deciding, raising
from portal.usecases.delivering import deliver
from portal.usecases.inviting import Invitation, invite, withdraw_link
from portal.usecases.portal import Portal
from portal.usecases.sessions import change_session
from portal.usecases.threads import answer_partner
from portal.web import errors
from portal.web.guard import PERMISSIONS, Audience

from .conftest import token_in
from .filling import element, send, send_file, tree_of

PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
WIDE = str.maketrans(PLAIN, "".join(chr(ord(sign) + 0xFEE0) for sign in PLAIN))
# What is not ours to translate: names, addresses, ids, units that are written so everywhere, a language's own name.
NOT_OURS = re.compile(
    r"Example Importer Inc\.|supply-chain-security@example\.com|name@example\.com|Meridian Textiles|\bAna\b|Bruno|"
    r"Esperanto|English|rules\.pdf|[A-Z0-9]{4}-[A-Z0-9]{4}(-[A-Z0-9]{4})?|\b[0-9a-f]{8}\b|\bUTC\b|\b[KM]B\b|"
    r"Meksiko|Kanado|\b\d+\.\d+[a-z]\b|\b[A-F]\b|\b(?=[A-Z]*\d)[A-Z0-9]{6,}\b|"
    r"PDF|JPEG|PNG|WebP|Word \(\.docx\)|Excel \(\.xlsx\)|a typed word|文A|"
    r"^\d+(\.\d+)*[A-Za-z]?\.?$|\d{4}-[A-Z][a-z]+-\d\d"  # labels as printed, days in Esperanto
)
SPOKEN = ("title", "aria-label", "alt", "placeholder")


def wide(text: str) -> str:
    """A text in letters twice as wide, which nobody could have typed by mistake; places for values stay."""
    at, said = 0, ""
    for place in PLACEHOLDERS.finditer(text):
        said += text[at : place.start()].translate(WIDE) + place[0]
        at = place.end()
    return said + text[at:].translate(WIDE)


@pytest.fixture(scope="session")
def strange(tmp_path_factory: pytest.TempPathFactory, library) -> Path:
    """Catalogues of a language in which everything is translated, into wide letters."""
    folder = tmp_path_factory.mktemp("strange")
    (folder / "languages").mkdir()
    for place, english in ((folder, own_words()), (folder / "languages", what_questionnaires_say(library))):
        for one in english:
            if one.id:
                one.string = wide(str(one.id))
        (place / "eo.po").write_bytes(as_file(english, "eo"))
    return folder


@pytest.fixture
def portal(portal: Portal, strange: Path) -> Portal:
    """The portal with English and the strange language, under the code of one whose countries Babel can name."""
    return replace(portal, languages=Languages(strange, strange))


@pytest.fixture
def invitation(portal: Portal, meridian, clock: Clock) -> Invitation:
    return invite(portal, [meridian.id], by="dara@example.com", now=clock(), language="eo")[0]


def english_in(page) -> list[str]:
    """Every text on a page that is written in plain letters and is ours."""
    return [text for text in shown(page) if re.search("[A-Za-z]", NOT_OURS.sub("", text))]


def shown(page) -> Iterator[str]:
    """What people see or hear of a page; texts that somebody typed, times, countries and languages' names left out."""
    tree = tree_of(page)
    left_out = {
        id(inner)
        for one in tree.iter()
        if one.tag in ("time", "bdi", "textarea", "code")
        or "said" in (one.get("class") or "").split()
        or (one.tag == "select" and one.get("name") == "second")
        or (one.tag == "option" and re.fullmatch("[A-Z]{2}", one.get("value", "")))
        or (one.tag == "button" and one.get("name") == "language" and one.get("lang"))
        for inner in one.iter()
    }
    for one in tree.iter():
        if one.tag in ("script", "style"):
            continue
        if id(one) not in left_out and one.text and one.text.strip():
            yield one.text.strip()
        if one.tail and one.tail.strip():
            yield one.tail.strip()
        spoken = [value for name, value in one.items() if name in SPOKEN]
        if one.tag == "form" and one.get("data-answers"):
            words = {name: value for name, value in one.items() if name.startswith("data-") and name != "data-answers"}
            spoken += [re.sub(r"\{\w+\}", "", value) for value in words.values()]
        yield from (value for value in spoken if value.strip())


class TestNothingIsSaidInEnglishOnly:
    """Opens what partners can open, in a language in which everything of ours is translated."""

    def test_every_page_for_partners_is_visited_here(self) -> None:
        """A page that is new must be opened in a test below, and then be named here."""
        seen = {
            "partner.overview", "sections.show", "sections.save", "partner.check", "partner.submit", "partner.receipt",
            "partner.copy", "partner.leave", "partner.read_in", "answers.save", "answers.download",
            "answers.remove", "colleagues.listing", "colleagues.ask", "colleagues.withdraw", "colleagues.extend",
            "threads.show", "threads.ask", "sites.listing", "sites.add", "sites.remove", "renewing.decide",
            "renewing.confirm_section", "receipts.download", "actions.show", "actions.report", "workbook.show",
            "workbook.file", "workbook.look", "workbook.take", "answers.upload_piece", "reminders.choose",
            "actions.answer", "letters.show", "letters.events", "letters.report",
        }  # fmt: skip

        assert seen == {name for name, audience in PERMISSIONS.items() if audience is Audience.PARTNER}

    def test_the_invitation(self, browser: Callable[[], Browser], invitation: Invitation) -> None:
        assert [] == english_in(browser().get(invitation.link))

    def test_the_list_of_sections_and_what_it_tells(self, ana: Browser, invitation: Invitation) -> None:
        for done in ("", "?done=saved", "?done=reminders-off", "?done=reminders-on"):
            assert [] == english_in(ana.get(f"/partner/responses/{invitation.response}{done}"))

    def test_every_section(self, ana: Browser, invitation: Invitation, portal: Portal, meridian_response) -> None:
        seen = outline(portal.edition(meridian_response().edition), meridian_response())

        for part in seen.sections:
            for more in ("", "?check=1", "?done=new"):
                page = ana.get(f"/partner/responses/{invitation.response}/sections/{part.section.id}{more}")
                assert [] == english_in(page), part.section.id

    def test_what_is_refused_and_what_somebody_else_saved(
        self, ana: Browser, bruno: Browser, invitation: Invitation
    ) -> None:
        address = f"/partner/responses/{invitation.response}/sections/company"
        before = ana.get(address)
        send(bruno, bruno.get(address), {"company-name": "Meridian Textiles"})
        page = send(ana, before, {"company-name": "a typed word"})
        again = send(ana, ana.get(address), {"company-person-email": "a typed word"})

        assert (409, 422) == (page.status_code, again.status_code)
        assert [] == [*english_in(page), *english_in(again)]

    def test_checking_the_copy_and_the_receipt(
        self, ana: Browser, invitation: Invitation, portal: Portal, clock: Clock
    ) -> None:
        base = f"/partner/responses/{invitation.response}"
        assert [] == english_in(ana.get(f"{base}/submit"))
        assert [] == english_in(ana.get(f"{base}/copy"))
        submitted(portal, invitation, clock(), {})
        assert [] == english_in(ana.get(f"{base}/receipt"))

    def test_colleagues_sites_and_questions_to_the_importer(
        self, ana: Browser, browser: Callable[[], Browser], invitation: Invitation, portal: Portal, clock: Clock
    ) -> None:
        base, bruno = f"/partner/responses/{invitation.response}", browser()
        wrong = ana.post(f"{base}/colleagues", {"name": "", "sections": []})
        made = ana.post(f"{base}/colleagues", {"name": "Bruno", "sections": ["cybersecurity"], "note": "a typed word"})
        link = re.search(r'value="(http://[^"]+/invitation/[\w-]+)"', made.text)
        assert link
        mine = bruno.get(f"{link[1]}?language=eo")
        bruno.post(f"{link[1]}?language=eo", {"name": "Bruno", "language": "eo"})
        asked = f"{base}/questions/cyber-rules"
        ana.post(asked, {"cyber-rules-asking": "a typed word"})
        answer_partner(portal, invitation.response, "cyber-rules", "a typed word", by="dara@example.com", now=clock())
        no_name = ana.post(f"{base}/sites", {"name": ""})
        pages = [wrong, made, mine, no_name, bruno.get(base), bruno.get(f"{base}/sections/cybersecurity")]
        pages += [ana.get(f"{base}{page}") for page in ("/colleagues", "/sites", "", "/sections/cybersecurity")]

        assert [422, 200, 200, 422] == [page.status_code for page in pages[:4]]
        for page in (*pages, ana.get(asked), ana.get(f"{asked}?done=asked")):
            assert [] == english_in(page), page.request.path

    def test_papers_and_the_workbook(
        self, ana: Browser, fill: Callable, invitation: Invitation, portal: Portal
    ) -> None:
        base, words = f"/partner/responses/{invitation.response}", portal.languages.words("eo")
        strange = Words("eo", lambda text: words.own.get(text) or words.content.get(text, text))
        typed = {("cyber-rules", "value"): "a typed word", ("cyber-rules", "comment"): "a typed word"}
        sent = fill(typed, words=strange)
        looked = ana.post(f"{base}/workbook", {"workbook": (BytesIO(sent), "a typed word.xlsx")})
        none = ana.post(f"{base}/workbook", {"workbook": (BytesIO(b"none"), "a typed word.xlsx")})
        pages = [looked, none, ana.get(f"{base}/workbook"), ana.get(f"{base}/copy")]
        pages.append(ana.get(f"{invitation.link}/questions?language=eo"))

        assert [200, 422, 200, 200, 200] == [page.status_code for page in pages]
        for page in pages:
            assert [] == english_in(page), page.request.path

    def test_the_workbook_itself(self, ana: Browser, invitation: Invitation) -> None:
        file = ana.get(f"/partner/responses/{invitation.response}/workbook/file").data
        sheets = read_book(file, "form", 5000, 60)
        said = [
            text for name, lines in sheets.items() if name not in (DATA, LISTS) for _, cells in lines for text in cells
        ]

        assert len(said) > 500
        assert [] == [text for text in said if " " in text and re.search("[A-Za-z]{2}", NOT_OURS.sub("", text))]

    def test_actions_and_the_receipt_after_sending(
        self, ana: Browser, invitation: Invitation, portal: Portal, clock: Clock
    ) -> None:
        base = f"/partner/responses/{invitation.response}"
        submitted(portal, invitation, clock(), {"cyber-rules": "no"})
        before = ana.get(f"{base}/actions")
        wrong = ana.post(f"{base}/actions/cyber-rules", {"cyber-rules-report": "under-way"}, page=f"{base}/actions")
        pages = [before, wrong, ana.get(f"{base}/receipt"), ana.get(f"{base}/copy")]

        for page in pages:
            assert [] == english_in(page), page.request.path

    def test_findings_the_decision_and_events(
        self, ana: Browser, invitation: Invitation, portal: Portal, clock: Clock
    ) -> None:
        base, id = f"/partner/responses/{invitation.response}", invitation.response
        submitted(portal, invitation, clock(), {"cyber-rules": "no"})
        typed = Raised(
            severity="major", seen="a typed word", required="a typed word", due=date(2026, 9, 30), cause="a typed word"
        )
        finding = raising.raise_finding(portal, id, typed, by="dara@example.com", now=clock())
        decision = Decision(
            id="d" * 16, outcome=Outcome.REFUSED, proposed=None, letter="", language="", at=clock(), by="dara",
            reason="a typed word",
        )  # fmt: skip
        deciding.decide(portal, id, decision, now=clock())
        said = {"move": "propose"}
        wrong = ana.post(f"{base}/findings/{finding.id}", said, page=f"{base}/actions")
        ana.post(f"{base}/events", {"event": "moved", "text": "a typed word"})
        pages = [wrong, ana.post(f"{base}/events", {"event": "none"})]
        pages += [
            ana.get(f"{base}/{page}") for page in ("actions", "receipt", "letter", "events", "events?done=event-told")
        ]

        assert [422, 422, *[200] * 5] == [page.status_code for page in pages]
        for page in pages:
            assert [] == english_in(page), page.request.path

    def test_the_second_year(
        self, browser: Callable[[], Browser], invitation: Invitation, portal: Portal, clock: Clock
    ) -> None:
        submitted(portal, invitation, clock(), {"cyber-rules": "no"})
        clock.move(days=365)
        again = invite(portal, ["meridian"], by="dara@example.com", now=clock(), language="eo")[0]
        ana, base = enter(browser(), again, "Ana"), f"/partner/responses/{again.response}"
        pages = [ana.get(base), *(ana.get(f"{base}/sections/{id}") for id in ("company", "cybersecurity", "closing"))]

        for page in pages:
            assert [] == english_in(page), page.request.path

    def test_leaving_and_a_link_that_is_over(
        self, ana: Browser, invitation: Invitation, portal: Portal, clock: Clock
    ) -> None:
        page = f"/partner/responses/{invitation.response}"
        withdraw_link(portal, invitation.response, by="dara@example.com", now=clock())

        assert [] == english_in(ana.get(page))
        assert [] == english_in(ana.get(f"{invitation.link}?language=eo"))
        assert [] == english_in(ana.get(f"{invitation.link}?language=eo&done=mailed"))

    @pytest.mark.parametrize("status", sorted(errors.TITLES))
    def test_the_page_of_an_error(self, app: Flask, status: int) -> None:
        with app.test_request_context("/partner/responses/none?language=eo"):
            text = errors.speaking.own(errors.TEXTS.get(status, ""))
            body = errors.error_page(status, text, {})[0]
            page = app.process_response(app.make_response(body))

        assert "ｅ" in page.get_data(as_text=True).translate({}) or "ａ" in page.get_data(as_text=True)
        assert errors.TITLES[status] not in page.get_data(as_text=True)

    def test_what_a_program_is_told(self, ana: Browser, invitation: Invitation, section_page: str) -> None:
        base = f"/partner/responses/{invitation.response}/answers"
        wrong = ana.put(f"{base}/cyber-rules", {"value": "perhaps"}, page=section_page)
        files = [
            send_file(ana, f"{base}/cyber-rules", "x", data)
            for data in (b"GIF89a" + bytes(30), b"", b"%PDF-1.4 cut short")
        ]

        for page in (wrong, *files):
            assert page.status_code == 422, page.text
            said = " ".join(one["message"] if isinstance(one, dict) else one for one in page.json["errors"])
            assert not re.search("[A-Za-z]", NOT_OURS.sub("", said)), said

    def test_when_the_disk_refuses(
        self, ana: Browser, section_page: str, monkeypatch: pytest.MonkeyPatch, invitation: Invitation
    ) -> None:
        def full(*args: object, **kwargs: object) -> None:
            raise NotKept(FULL)

        before = ana.get(section_page)
        monkeypatch.setattr(answering, "save_answers", full)
        page = send(ana, before, {"cyber-rules": "no"})

        assert 503 == page.status_code
        assert [] == english_in(page)

    def test_the_mail_that_a_question_is_answered(
        self, ana: Browser, portal: Portal, invitation: Invitation, clock
    ) -> None:
        address = f"/partner/responses/{invitation.response}/questions/cyber-rules"
        ana.post(address, {"cyber-rules-asking": "a typed word"})
        answer_partner(portal, invitation.response, "cyber-rules", "a typed word", by="dara@example.com", now=clock())
        deliver(portal, clock)
        [message] = mails(portal)

        assert not re.search("[A-Za-z]", NOT_OURS.sub("", f"{message['Subject']}\n{body(message)}"))

    def test_the_mail_with_a_fresh_link(
        self, browser: Callable[[], Browser], portal: Portal, invitation: Invitation
    ) -> None:
        one = browser()
        token = one.token("/sign-in")
        one.client.post(f"/invitation/{token_in(invitation)}/fresh-link", data={"csrf_token": token})
        [message] = mails(portal)
        said = f"{message['Subject']}\n{body(message)}"
        left = NOT_OURS.sub("", re.sub(r"https?://\S+", "", said))

        assert not re.search("[A-Za-z]", left), left

    def test_the_test_itself_sees_what_is_not_translated(self, ana: Browser, invitation: Invitation) -> None:
        page = ana.get(f"/partner/responses/{invitation.response}?language=en")

        assert "Sections" in english_in(page)


def lang_of(page) -> tuple[str, str]:
    tree = tree_of(page)
    return tree.get("lang"), tree.get("dir")


def choose(who: Browser, response: str, language: str, second: str = "", back: str = ""):
    """Press the button of a language, as it stands on each page."""
    own = f"/partner/responses/{response}"
    form = {"language": language, "second": second, "back": back or own}
    return who.post(f"{own}/language", form, page=own)


class TestChoosing:
    def test_an_invitation_opens_in_its_language_and_says_so(
        self, browser: Callable[[], Browser], invitation: Invitation
    ) -> None:
        page = browser().get(invitation.link, headers={"Accept-Language": "en"})

        assert ("eo", "ltr") == lang_of(page)
        assert "eo" == page.headers["Content-Language"]

    def test_looking_in_another_language_changes_nothing(
        self, browser: Callable[[], Browser], invitation: Invitation, kept: Callable[[], dict[str, str]]
    ) -> None:
        before, one = kept(), browser()
        page = one.get(f"{invitation.link}?language=en")

        assert ("en", "ltr") == lang_of(page)
        assert before == kept()
        assert "Set-Cookie" not in page.headers

    def test_start_takes_over_what_was_chosen_on_the_invitation(
        self, browser: Callable[[], Browser], invitation: Invitation, meridian_response: Callable[[], Response]
    ) -> None:
        one = browser()
        page = one.get(f"{invitation.link}?language=en&second=eo")
        [start] = [form for form in tree_of(page).iter("form") if form.get("method") == "post"]
        entered = one.post(start.get("action"), {"name": "Ana"}, page=invitation.link)
        shown_then = one.get(entered.location)

        assert ("en", "ltr") == lang_of(shown_then)
        assert ("en", "eo") == (meridian_response().language, meridian_response().second_language)

    def test_the_contact_changes_the_language_on_the_page_that_is_open(
        self, ana: Browser, bruno: Browser, invitation: Invitation, section_page: str
    ) -> None:
        done = choose(ana, invitation.response, "en", back=section_page)

        assert (303, section_page) == (done.status_code, done.location)
        assert ("en", "ltr") == lang_of(ana.get(section_page))
        assert ("eo", "ltr") == lang_of(bruno.get(section_page)), "each browser reads in its own"

    def test_the_next_visit_and_the_next_mail_are_in_the_language_chosen_last(
        self, ana: Browser, browser: Callable[[], Browser], invitation: Invitation, portal: Portal
    ) -> None:
        choose(ana, invitation.response, "en")

        assert ("en", "ltr") == lang_of(browser().get(invitation.link))
        one = browser()
        one.client.post(f"/invitation/{token_in(invitation)}/fresh-link", data={"csrf_token": one.token("/sign-in")})
        assert "somebody asked for a new link" in body(mails(portal)[0])

    @pytest.mark.parametrize("language", ["", "xx", "../../etc", "eo\0", "EO"])
    def test_a_language_that_there_is_not_is_as_if_none_was_chosen(
        self, ana: Browser, invitation: Invitation, language: str
    ) -> None:
        done = choose(ana, invitation.response, language, back="https://example.com/")

        assert f"/partner/responses/{invitation.response}" == done.location, "and nobody is sent elsewhere"
        assert ("eo", "ltr") == lang_of(ana.get(done.location))

    def test_the_browsers_own_language_counts_only_where_nobody_is_known(
        self, browser: Callable[[], Browser], ana: Browser, invitation: Invitation
    ) -> None:
        esperanto = {"Accept-Language": "fr, eo;q=0.8"}
        unknown = browser().get("/invitation/no-such-link", headers=esperanto)

        assert ("eo", "ltr") == lang_of(unknown)
        assert "Accept-Language" in unknown.headers["Vary"]
        assert ("eo", "ltr") == lang_of(browser().get("/no-such-page", headers=esperanto))
        assert ("en", "ltr") == lang_of(browser().get("/no-such-page"))
        choose(ana, invitation.response, "en")
        assert ("en", "ltr") == lang_of(ana.get(f"/partner/responses/{invitation.response}", headers=esperanto))

    def test_staff_read_english_whatever_their_browser_says(self, dara: Browser) -> None:
        assert ("en", "ltr") == lang_of(dara.get("/staff/partners", headers={"Accept-Language": "eo"}))

    def test_every_page_offers_all_languages_by_their_own_names(
        self, ana: Browser, browser: Callable[[], Browser], invitation: Invitation, section_page: str
    ) -> None:
        pages = [
            browser().get(invitation.link),
            browser().get("/invitation/no-such-link"),
            ana.get(section_page),
            ana.get(f"/partner/responses/{invitation.response}/sections/none"),
        ]

        for page in pages:
            buttons = [one.text for one in tree_of(page).iter("button") if one.get("name") == "language"]
            assert {"English", "Esperanto"} <= set(buttons), page.request.path

    def test_staff_invite_in_a_language(
        self, dara: Browser, meridian, portal: Portal, browser: Callable[[], Browser]
    ) -> None:
        form = {"due": "2026-09-30", "language": "eo"}
        made = dara.post("/staff/partners/meridian/invite", form, page="/staff/partners/meridian")
        link = re.search(r"/invitation/[\w-]{43}", made.text)[0]

        assert ("eo", "ltr") == lang_of(browser().get(link))

    def test_staff_cannot_invite_in_a_language_that_there_is_not(self, dara: Browser, meridian) -> None:
        form = {"due": "2026-09-30", "language": "xx"}
        page = dara.post("/staff/partners/meridian/invite", form, page="/staff/partners/meridian")

        assert 422 == page.status_code
        assert "There is no language “xx”; known are: en, eo." in page.text


class TestWhatIsNotTranslated:
    """It shows in English, marked as English, and never as an empty line."""

    @pytest.fixture
    def half(self, tmp_path: Path, app: Flask, portal: Portal, clock: Clock) -> Flask:
        """The portal in Arabic, of which only a few words are translated."""
        header = 'msgid ""\nmsgstr ""\n"Language: ar\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        own = 'msgid "Sections"\nmsgstr "الأقسام"\n'
        content = (
            'msgid "Your company and site"\nmsgstr "شركتكم وموقعكم"\n\n'
            '#, fuzzy\nmsgid "Cybersecurity"\nmsgstr "ليس بعد"\n\n#~ msgid "Seals and sealing"\n#~ msgstr "الأختام"\n'
        )
        (tmp_path / "ar.po").write_text(header + own)
        (tmp_path / "languages").mkdir()
        (tmp_path / "languages" / "ar.po").write_text(header + content)
        arabic = replace(portal, languages=Languages(tmp_path, tmp_path))
        app.extensions["portal"] = arabic
        return app

    @pytest.fixture
    def page(self, half: Flask, ana: Browser, invitation: Invitation):
        return ana.get(f"/partner/responses/{invitation.response}?language=ar")

    def test_the_page_is_arabic_from_right_to_left(self, page) -> None:
        assert ("ar", "rtl") == lang_of(page)
        assert "<h2>الأقسام</h2>" in page.text
        assert ">شركتكم وموقعكم</a>" in page.text

    def test_english_is_marked_as_english(self, page) -> None:
        assert '<span lang="en" dir="ltr">Leave</span>' in page.text
        assert '<span lang="en" dir="ltr">Check your answers and send</span>' in page.text

    def test_a_translation_that_only_may_fit_is_not_shown(self, page) -> None:
        assert "ليس بعد" not in page.text

    def test_nothing_is_marked_where_no_element_may_stand(self, page, ana: Browser, section_page: str) -> None:
        section = ana.get(f"{section_page}?language=ar")

        assert "<title>Security questionnaire for foreign manufacturers – " in page.text
        for one in (page, section):
            assert not re.search("[\ufdd0-\ufdef]", one.text)
            assert not [value for element in tree_of(one).iter() for _, value in element.items() if "<span" in value]

    def test_days_and_countries_are_arabic(self, page, ana: Browser, invitation: Invitation) -> None:
        section = ana.get(f"/partner/responses/{invitation.response}/sections/company?language=ar")

        assert "1 أبريل 2026" in page.text
        assert "فيتنام" in section.text

    def test_a_text_with_several_paragraphs_is_marked_as_a_block(self, half: Flask, browser, invitation) -> None:
        page = browser().get(f"{invitation.link}?language=ar")

        assert re.search(r'<div lang="en" dir="ltr"><p>.*?</ul></div>', page.text, re.DOTALL)


class TestTwoLanguages:
    @pytest.fixture
    def both(self, ana: Browser, invitation: Invitation) -> Browser:
        choose(ana, invitation.response, "en", "eo")
        return ana

    def test_a_question_stands_in_both_languages(self, both: Browser, section_page: str) -> None:
        page = both.get(section_page)
        box = element(page, "question-cyber-rules")
        second = [one for one in box.iter("span") if one.get("class") == "second"]

        assert {("eo", "ltr")} == {(one.get("lang"), one.get("dir")) for one in second}
        assert wide("Yes") in [one.text for one in second]
        assert "Yes" in [(one.text or "").strip() for one in box.iter("span")]

    def test_a_list_of_choices_names_both(self, both: Browser, invitation: Invitation, portal: Portal) -> None:
        page = both.get(f"/partner/responses/{invitation.response}/sections/company")
        options = [one.text for one in tree_of(page).iter("option") if one.text and " / " in one.text]

        assert options or not [one for one in tree_of(page).iter("option") if one.get("value") == "other"]

    def test_the_copy_to_print_has_both(self, both: Browser, invitation: Invitation) -> None:
        page = both.get(f"/partner/responses/{invitation.response}/copy")

        assert "Security questionnaire for foreign manufacturers" in page.text
        assert wide("Security questionnaire for foreign manufacturers") in page.text

    def test_answers_are_saved_as_ever(self, both: Browser, section_page: str, meridian_response) -> None:
        page = send(both, both.get(section_page), {"cyber-rules": "no", "cyber-rules-comment": "没有 لا yok"})

        assert 303 == page.status_code
        assert ("no", "没有 لا yok") == (
            meridian_response().answers["cyber-rules"].value,
            meridian_response().answers["cyber-rules"].comment,
        )

    def test_staff_open_the_answers_in_another_language(
        self, ana: Browser, dara: Browser, invitation: Invitation
    ) -> None:
        address = f"/staff/responses/{invitation.response}"
        usual, other, two = (dara.get(f"{address}{more}") for more in ("", "?language=eo", "?language=eo&second=en"))

        assert wide("Your company and site") not in usual.text
        assert f'<span lang="eo" dir="ltr">{wide("Your company and site")}</span>' in other.text
        assert '<span class="second" lang="en" dir="ltr">Your company and site</span>' in two.text
        assert ("en", "ltr") == lang_of(other)


def test_the_language_of_the_answers_is_kept_when_they_are_sent(
    ana: Browser, dara: Browser, invitation: Invitation, meridian_response, portal: Portal, clock: Clock
) -> None:
    ready(portal, invitation, clock())
    sent = ana.post(f"/partner/responses/{invitation.response}/submit", {})
    page = dara.get(f"/staff/responses/{invitation.response}")

    assert 303 == sent.status_code
    assert "eo" == meridian_response().submitted_language
    assert "sent in Esperanto" in page.text


def test_a_session_from_before_there_were_languages_reads_english(
    ana: Browser, portal: Portal, invitation: Invitation, clock: Clock
) -> None:
    for id in list(portal.store.ids(Session)):
        change_session(portal, id, lambda one: msgspec.structs.replace(one, language=""), clock())

    assert ("en", "ltr") == lang_of(ana.get(f"/partner/responses/{invitation.response}"))
