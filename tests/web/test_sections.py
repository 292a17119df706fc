"""A section without JavaScript: the form says what it means, loses nothing, and touches nothing else."""

from collections.abc import Callable

import pytest
from conftest import Browser, Clock
from usecases.filling import submitted

from portal.core.asking import outline
from portal.core.records import Response
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal

from .filling import element, fields_of, send, text_at, words

RULES, PROTECTION = "cyber-rules", "cyber-protection"


@pytest.fixture
def company_page(invitation: Invitation) -> str:
    return f"/partner/responses/{invitation.response}/sections/company"


@pytest.fixture
def closing_page(invitation: Invitation) -> str:
    return f"/partner/responses/{invitation.response}/sections/closing"


@pytest.fixture
def answers(meridian_response: Callable[[], Response]) -> Callable:
    """Meridian's answers as they are stored now, by question: the value alone."""
    return lambda: {id: answer.value for id, answer in meridian_response().answers.items()}


class TestSaving:
    def test_a_page_sent_as_it_came_changes_nothing(
        self, ana: Browser, invitation: Invitation, portal: Portal, kept: Callable
    ) -> None:
        """Every section, with nothing answered: no answer, no version, no time."""
        edition = portal.edition(portal.store.get(Response, invitation.response).edition)
        before = kept()
        for section in edition.sections:
            page = ana.get(f"/partner/responses/{invitation.response}/sections/{section.id}")

            assert 303 == send(ana, page).status_code, section.id
        assert before == kept()

    def test_a_page_with_answers_sent_as_it_came_changes_nothing_either(
        self, ana: Browser, section_page: str, closing_page: str, company_page: str, kept: Callable
    ) -> None:
        first = {
            section_page: {RULES: "partly", f"{RULES}-comment": "Two\r\nlines ", PROTECTION: ["firewall", "updates"],
                           f"{RULES}-action": "Write", f"{RULES}-action-who": "B", f"{RULES}-action-due": "2026-09-30"},
            company_page: {"company-work": " Sewing\r\n\r\nPacking", "company-country": "VN", "company-years": "07,0"},
            closing_page: {"closing-incidents": "yes", "closing-incident-list-0-what": "Theft",
                           "closing-incident-list-1-date": "2026-01-01", "closing-declaration": "agreed"},
        }  # fmt: skip
        statuses = [send(ana, ana.get(address), changes).status_code for address, changes in first.items()]
        before = kept()
        again = [send(ana, ana.get(address)).status_code for address in first]

        assert [303] * 3 == statuses == again
        assert before == kept()

    def test_fields_are_named_by_question_id(
        self, ana: Browser, section_page: str, meridian_response: Callable
    ) -> None:
        """Contract: a program may send the bare fields, and what it leaves out stays."""
        ana.post(section_page, {RULES: "no", f"{RULES}-comment": "Not yet"})
        ana.post(section_page, {RULES: "partly"})
        ana.post(section_page, {"cyber-sharing-comment": "We call them"})
        rules, sharing = (meridian_response().answers[id] for id in (RULES, "cyber-sharing"))

        assert ("partly", "Not yet", 2) == (rules.value, rules.comment, rules.version)
        assert (None, "We call them") == (sharing.value, sharing.comment)

    def test_an_unticked_box_is_a_cleared_answer_on_its_own_page(
        self, ana: Browser, section_page: str, answers: Callable
    ) -> None:
        send(ana, ana.get(section_page), {PROTECTION: ["firewall", "updates"], RULES: "yes"})
        one_less = send(ana, ana.get(section_page), {PROTECTION: ["updates"]})
        after_one = answers()
        send(ana, ana.get(section_page), {PROTECTION: None})

        assert 303 == one_less.status_code
        assert {PROTECTION: ("updates",), RULES: "yes"} == after_one
        assert {PROTECTION: None, RULES: "yes"} == answers()

    def test_without_its_version_a_question_that_is_not_mentioned_is_left_alone(
        self, ana: Browser, section_page: str, answers: Callable
    ) -> None:
        """A form that was cut on its way must not clear what it did not bring."""
        send(ana, ana.get(section_page), {PROTECTION: ["firewall"], RULES: "yes"})
        cut = {name: value for name, value in fields_of(ana.get(section_page)).items() if PROTECTION not in name}
        ana.post(section_page, {**cut, RULES: "no"})

        assert {PROTECTION: ("firewall",), RULES: "no"} == answers()

    def test_only_the_questions_of_the_page_are_touched(
        self, ana: Browser, section_page: str, answers: Callable
    ) -> None:
        """A30: fields of other pages, and fields that are no questions, are ignored."""
        more = {
            "company-name": "Another", "company-name-version": "0.", "seals-iso": "yes", "role": "admin", "score": "9",
            "state": "submitted", "reference": "X", "answers": "{}", "evidence_id": "x", "facts": "x", "version": "9",
        }  # fmt: skip
        ana.post(section_page, {RULES: "yes", **more})

        assert {RULES: "yes"} == answers()

    def test_a_name_given_twice_is_refused_where_one_answer_is_asked(
        self, ana: Browser, section_page: str, answers: Callable
    ) -> None:
        """A31: neither the first nor the last is taken; the rest of the page is kept."""
        page = ana.post(section_page, {RULES: ["yes", "no"], "cyber-sharing": "yes"})

        assert 422 == page.status_code
        assert "Give one answer." in words(page, "errors")
        assert {"cyber-sharing": "yes"} == answers()

    @pytest.mark.parametrize("mark", ["x", "-1", "9" * 30, "٣.", "0x1.", "1.2.3", "null", "\x00"])
    def test_a_mark_that_is_none_of_ours_breaks_nothing(
        self, mark: str, ana: Browser, section_page: str, answers: Callable
    ) -> None:
        page = ana.post(section_page, {RULES: "yes", f"{RULES}-version": mark})

        assert page.status_code in (303, 409)
        assert answers() in ({RULES: "yes"}, {})

    def test_saving_says_when_and_who_and_where(
        self, ana: Browser, section_page: str, meridian_response: Callable, clock: Clock
    ) -> None:
        clock.move(minutes=1)
        send(ana, ana.get(section_page), {RULES: "yes"})
        response = meridian_response()

        assert (clock(), "cybersecurity") == (response.last_saved, response.last_section)
        assert ("Ana", clock()) == (response.answers[RULES].by, response.answers[RULES].saved)

    def test_rows_are_kept_in_their_order_and_blank_ones_go(
        self, ana: Browser, closing_page: str, answers: Callable
    ) -> None:
        rows = {
            "closing-incidents": "yes",
            "closing-incident-list-0-what": "Theft", "closing-incident-list-0-date": "2026-01-10",
            "closing-incident-list-1-what": "  ",
            "closing-incident-list-3-what": "Seal", "closing-incident-list-3-outcome": "Nothing",
        }  # fmt: skip
        send(ana, ana.get(closing_page), rows)
        page = ana.get(closing_page)

        assert ({"what": "Theft", "date": "2026-01-10"}, {"what": "Seal", "outcome": "Nothing"}) == answers()[
            "closing-incident-list"
        ]
        assert ["Theft", "Seal", ""] == [text_at(page, f"closing-incident-list-{number}-what") for number in range(3)]

    def test_after_submission_the_form_is_shut(
        self, ana: Browser, section_page: str, portal: Portal, invitation: Invitation, clock: Clock, kept: Callable
    ) -> None:
        """A27: the page shows the copy instead, and what an old page sends is refused with a page of ours."""
        page = ana.get(section_page)
        submitted(portal, invitation, clock())
        before = kept()
        late = send(ana, page, {RULES: "no", "csrf_token": fields_of(page)["csrf_token"]})

        assert 303 == ana.get(section_page).status_code
        assert 409 == late.status_code
        assert "have been submitted" in late.text
        assert before == kept()


class TestGoingOn:
    def test_save_goes_to_the_next_section_and_the_list_when_asked(self, ana: Browser, section_page: str) -> None:
        onward = send(ana, ana.get(section_page), {"cyber-licences": "yes"})
        to_list = send(ana, ana.get(section_page), {"then": "list"})

        assert onward.headers["Location"].endswith("/sections/conveyances?done=saved")
        assert to_list.headers["Location"].endswith("?done=saved")
        assert "sections" not in to_list.headers["Location"]

    def test_the_last_section_leads_to_the_list(self, ana: Browser, closing_page: str) -> None:
        assert "sections" not in send(ana, ana.get(closing_page)).headers["Location"]

    def test_an_answer_that_opens_questions_comes_back_to_them_once(self, ana: Browser, section_page: str) -> None:
        first = send(ana, ana.get(section_page), {"cyber-remote": "yes"})
        page = ana.get(first.headers["Location"])
        second = send(ana, page)

        assert first.headers["Location"].endswith("?done=new#question-cyber-remote-secure")
        assert "further questions below" in page.text
        assert None is element(page, "question-cyber-remote-secure").get("hidden")
        assert "conveyances" in second.headers["Location"]

    def test_an_answer_that_asks_for_more_comes_back_to_it(self, ana: Browser, section_page: str) -> None:
        first = send(ana, ana.get(section_page), {RULES: "no"})
        page = ana.get(first.headers["Location"])

        assert first.headers["Location"].endswith(f"?done=more#question-{RULES}")
        assert None is not element(page, f"{RULES}-action").tag
        assert "needed for this answer" in words(page, f"question-{RULES}")

    def test_what_is_still_lacking_is_listed_and_linked(self, ana: Browser, section_page: str) -> None:
        send(ana, ana.get(section_page), {RULES: "no"})
        page = ana.get(f"{section_page}?check=1")

        assert "Still needed on this page" in words(page, "errors")
        assert f'href="#{RULES}-comment"' in page.text
        assert f'href="#{RULES}-action"' in page.text

    def test_a_notice_is_one_of_ours(self, ana: Browser, section_page: str) -> None:
        """T08: what stands in the address is not shown."""
        for done in ("<script>alert(1)</script>", "you have won", "__class__", "items"):
            assert done not in ana.get(section_page, query_string={"done": done, "check": "<b>"}).text


class TestHiddenQuestions:
    def test_an_answer_that_gets_hidden_keeps_its_text_and_does_not_count(
        self, ana: Browser, section_page: str, answers: Callable, portal: Portal, meridian_response: Callable
    ) -> None:
        send(ana, ana.get(section_page), {"cyber-remote": "yes"})
        send(ana, ana.get(section_page), {"cyber-remote-secure": "no", "cyber-remote-secure-comment": "Not yet"})
        send(ana, ana.get(section_page), {"cyber-remote": "no"})
        seen = outline(portal.edition(meridian_response().edition), meridian_response())
        page = ana.get(section_page)

        assert {"cyber-remote": "no", "cyber-remote-secure": "no"} == answers()
        assert 1 == seen.answered
        assert "cyber-remote-secure" not in {problem.where for problem in seen.lacking}
        assert None is not element(page, "question-cyber-remote-secure").get("hidden")

    def test_a_change_of_mind_brings_it_back(self, ana: Browser, section_page: str) -> None:
        for value in ("yes", "no", "yes"):
            send(ana, ana.get(section_page), {"cyber-remote": value, "cyber-remote-secure": "partly"})

        assert "Not" not in text_at(ana.get(section_page), "cyber-remote-secure-comment")
        assert ["partly"] == fields_of(ana.get(section_page))["cyber-remote-secure"]


class TestMistakes:
    def test_a_bad_value_stays_on_the_page_and_the_rest_is_saved(
        self, ana: Browser, company_page: str, answers: Callable
    ) -> None:
        """Errors stand on top, linked to their fields; the typed text is not lost."""
        changes = {"company-employees": "about <b>forty</b>", "company-years": "12", "company-work": "x" * 2001,
                   "company-person-email": "ana at example.com"}  # fmt: skip
        page = send(ana, ana.get(company_page), changes)

        assert 422 == page.status_code
        assert {"company-years": "12"} == answers()
        for id in ("company-employees", "company-person-email"):
            assert changes[id] == text_at(page, id)
            assert "true" == element(page, id).get("aria-invalid")
            assert f'href="#{id}"' in page.text
        assert "x" * 2001 == text_at(page, "company-work")
        assert "this is 1 too many" in words(page, "errors")
        assert "<b>forty" not in page.text

    def test_mended_it_is_saved(self, ana: Browser, company_page: str, answers: Callable) -> None:
        wrong = send(ana, ana.get(company_page), {"company-employees": "forty", "company-years": "12"})
        right = send(ana, wrong, {"company-employees": "40"})

        assert 303 == right.status_code
        assert {"company-employees": "40", "company-years": "12"} == answers()

    @pytest.mark.parametrize("typed", ["NaN", "1e9", "-", "١٢٣", "１２", "1.000", "½", "", " ", "\x00", "Infinity"])
    def test_whatever_stands_in_a_number_field_the_page_comes_back(
        self, typed: str, ana: Browser, company_page: str
    ) -> None:
        """The page itself is checked too: a control character must not spoil it."""
        assert send(ana, ana.get(company_page), {"company-employees": typed}).status_code in (303, 422)

    @pytest.mark.parametrize("part", ["comment", "action", "action-who", "action-due"])
    def test_a_part_that_is_wrong_is_linked_and_shown(
        self, part: str, ana: Browser, section_page: str, answers: Callable
    ) -> None:
        typed = "x" * 4001 if part != "action-due" else "2199-01-01"
        page = send(ana, ana.get(section_page), {RULES: "no", f"{RULES}-{part}": typed, "cyber-sharing": "yes"})

        assert 422 == page.status_code
        assert f'href="#{RULES}-{part}"' in page.text
        assert typed == text_at(page, f"{RULES}-{part}")
        assert {"cyber-sharing": "yes"} == answers()

    def test_wrong_rows_come_back_as_they_were_typed(self, ana: Browser, closing_page: str, answers: Callable) -> None:
        changes = {"closing-incidents": "yes", "closing-incident-list-0-what": "Theft",
                   "closing-incident-list-0-date": "last week", "closing-incident-list-1-what": "Seal"}  # fmt: skip
        page = send(ana, ana.get(closing_page), changes)

        assert 422 == page.status_code
        assert "Row 1, “Date”" in words(page, "errors")
        assert ["Theft", "Seal"] == [text_at(page, f"closing-incident-list-{row}-what") for row in (0, 1)]
        assert {"closing-incidents": "yes"} == answers()


class TestTwoPeople:
    @pytest.fixture
    def conflict(self, ana: Browser, bruno: Browser, section_page: str):
        """Bruno saved while Ana was typing; she presses Save."""
        pages = ana.get(section_page), bruno.get(section_page)
        send(bruno, pages[1], {RULES: "no", f"{RULES}-comment": "Bruno: nothing is written"})
        return send(ana, pages[0], {RULES: "yes", f"{RULES}-comment": "Ana: all is written", "cyber-sharing": "yes"})

    def test_both_texts_are_shown_and_nothing_is_lost(self, conflict, answers: Callable) -> None:
        """R06: 409, the loser's text on the screen, everything else on the page saved."""
        shown = words(conflict, f"question-{RULES}")

        assert 409 == conflict.status_code
        assert "Bruno: nothing is written" in shown
        assert "Ana: all is written" in shown
        assert "Bruno," in shown
        assert {RULES: "no", "cyber-sharing": "yes"} == answers()

    def test_keeping_theirs_keeps_theirs(self, ana: Browser, conflict, meridian_response: Callable) -> None:
        page = send(ana, conflict, {f"{RULES}-take": "theirs"})
        answer = meridian_response().answers[RULES]

        assert 303 == page.status_code
        assert ("no", "Bruno: nothing is written", "Bruno", 1) == (
            answer.value, answer.comment, answer.by, answer.version,
        )  # fmt: skip

    def test_using_mine_uses_mine_and_history_keeps_theirs(
        self, ana: Browser, conflict, meridian_response: Callable, portal: Portal, invitation: Invitation
    ) -> None:
        page = send(ana, conflict, {f"{RULES}-take": "mine"})
        answer = meridian_response().answers[RULES]
        history = str(portal.store.history(Response, invitation.response))

        assert 303 == page.status_code
        assert ("yes", "Ana: all is written", "Ana", 2) == (answer.value, answer.comment, answer.by, answer.version)
        assert "Bruno: nothing is written" in history

    def test_without_a_choice_it_is_asked_again(self, ana: Browser, conflict, answers: Callable) -> None:
        again = send(ana, conflict)

        assert 409 == again.status_code
        assert "no" == answers()[RULES]
        assert "Ana: all is written" in words(again, f"question-{RULES}")

    def test_a_third_who_saves_meanwhile_is_not_run_over(
        self, ana: Browser, bruno: Browser, conflict, section_page: str, answers: Callable
    ) -> None:
        """R06: “use mine” is said of the answer that was shown, not of one that came later."""
        send(bruno, bruno.get(section_page), {RULES: "partly", f"{RULES}-comment": "Bruno: a part is written"})
        page = send(ana, conflict, {f"{RULES}-take": "mine"})

        assert 409 == page.status_code
        assert "Bruno: a part is written" in words(page, f"question-{RULES}")
        assert "partly" == answers()[RULES]

    def test_the_same_answer_from_both_is_no_conflict(self, ana: Browser, bruno: Browser, section_page: str) -> None:
        pages = ana.get(section_page), bruno.get(section_page)

        assert [303, 303] == [
            send(who, page, {"cyber-licences": "yes"}).status_code
            for who, page in zip((ana, bruno), pages, strict=True)
        ]

    def test_an_old_page_on_which_nothing_was_changed_takes_nothing_back(
        self, ana: Browser, bruno: Browser, section_page: str, answers: Callable
    ) -> None:
        """Ana left her page open over lunch; saving it must not undo Bruno's work, nor bother her with it."""
        old = ana.get(section_page)
        send(bruno, bruno.get(section_page), {RULES: "no", PROTECTION: ["firewall"]})
        page = send(ana, old, {"cyber-licences": "yes"})

        assert 303 == page.status_code
        assert {RULES: "no", PROTECTION: ("firewall",), "cyber-licences": "yes"} == answers()
