"""Colleagues of the contact: a link of their own opens the sections that were handed over, and nothing else."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from conftest import Browser, Clock
from evidence.samples import pdf
from flask import Flask
from msgspec.structs import replace

from portal.core.answering import Given
from portal.core.errors import NotFound
from portal.core.records import Partner, Response, State
from portal.usecases import answering, inviting, renewing, reporting
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed
from portal.web.permissions import FOR_COLLEAGUES, PERMISSIONS, Audience

from .filling import words
from .places import METHODS, doors, rules

LINK = re.compile(r'value="(http://[^"]+/invitation/[\w-]+)"')


@pytest.fixture
def base(invitation: Invitation) -> str:
    return f"/partner/responses/{invitation.response}"


@pytest.fixture
def hand(ana: Browser, base: str) -> Callable[..., str]:
    """Ana hands sections to a colleague; gives the link that she is shown."""

    def make(name: str = "Bruno", sections: tuple[str, ...] = ("cybersecurity",), **more: str) -> str:
        page = ana.post(f"{base}/colleagues", {"name": name, "sections": list(sections), **more})
        assert 200 == page.status_code, page.text
        return LINK.search(page.text)[1]

    return make


@pytest.fixture
def helper(browser: Callable[[], Browser], hand: Callable[..., str]) -> Browser:
    """Bruno, by a link of his own that opens cybersecurity only."""
    one = browser()
    page = one.post(hand(), {"name": "Bruno"})
    assert 303 == page.status_code, page.text
    return one


def colleague_id(portal: Portal, invitation: Invitation) -> str:
    return portal.store.get(Response, invitation.response).links[-1].id


class TestAsking:
    def test_the_link_is_shown_once_and_kept_as_a_hash(
        self, ana: Browser, base: str, hand: Callable[..., str], stored: Callable, meridian_response: Callable
    ) -> None:
        link = hand(note="Please by Friday", due="2026-03-20")
        token = link.rsplit("/", 1)[1]

        assert token not in ana.get(f"{base}/colleagues").text
        assert token not in ana.get(base).text
        kept = meridian_response().links[-1]
        assert ("Bruno", ("cybersecurity",), "Please by Friday", "Ana") == (
            kept.name, kept.sections, kept.note, kept.made_by,
        )  # fmt: skip
        assert token not in str(kept)

    def test_the_invitation_page_says_who_asks_and_for_what(
        self, browser: Callable[[], Browser], hand: Callable[..., str]
    ) -> None:
        page = browser().get(hand(note="You know our <firewall>", due="2026-03-20"))

        assert "Ana asks you to answer these sections." in page.text
        assert "You know our &lt;firewall&gt;" in page.text
        assert "<strong>20 March 2026</strong>" in page.text
        assert 'value="Bruno"' in page.text

    def test_the_invitation_page_says_what_a_colleague_does_and_nothing_of_what_is_not_theirs(
        self, browser: Callable[[], Browser], hand: Callable[..., str], invitation: Invitation
    ) -> None:
        theirs, whole = browser().get(hand()).text, browser().get(invitation.link).text

        assert "There is nothing to send at the end: your colleague sends the whole questionnaire." in theirs
        assert ["certified", "you sign", "Several people"] == [
            text for text in ("certified", "you sign", "Several people") if text in whole and text not in theirs
        ]

    def test_looking_at_the_link_changes_nothing(
        self, browser: Callable[[], Browser], hand: Callable[..., str], stored: Callable
    ) -> None:
        link = hand()
        before = stored()
        browser().get(link)

        assert before == stored()

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"sections": ["cybersecurity"]}, "Write the name of your colleague."),
            ({"name": "Bruno"}, "Choose at least one section."),
            ({"name": "Bruno", "sections": ["no-such"]}, "Choose at least one section."),
            ({"name": "Bruno", "sections": ["cybersecurity"], "due": "2026-03-01"}, "Give a date that has not passed."),
            ({"name": "B" * 81, "sections": ["cybersecurity"]}, "Write at most 80 characters"),
            ({"name": "Bruno", "sections": ["cybersecurity"], "note": "n" * 501}, "Write at most 500 characters"),
            ({"name": "Bruno\x07", "sections": ["cybersecurity"]}, "holds a character that cannot be kept"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(
        self, given: dict, said: str, ana: Browser, base: str, meridian_response: Callable
    ) -> None:
        page = ana.post(f"{base}/colleagues", given)

        assert 422 == page.status_code
        assert said in page.text
        assert 1 == len(meridian_response().links)
        if given.get("name") == "Bruno":
            assert 'value="Bruno"' in page.text

    def test_at_most_twenty_have_a_live_link(
        self, ana: Browser, base: str, hand: Callable[..., str], portal: Portal, invitation: Invitation
    ) -> None:
        for number in range(20):
            hand(f"Colleague {number}")
        page = ana.post(f"{base}/colleagues", {"name": "One more", "sections": ["cybersecurity"]})

        assert 422 == page.status_code
        assert "At most 20 colleagues can have a link." in page.text

        ana.post(f"{base}/colleagues/{colleague_id(portal, invitation)}/withdraw", page=f"{base}/colleagues")
        assert hand("One more")

    @pytest.mark.parametrize(("due", "days"), [("", 60), ("2026-03-20", 33), ("2026-12-31", 60)])
    def test_it_never_lives_longer_than_the_invitation(
        self, due: str, days: int, hand: Callable[..., str], meridian_response: Callable, clock: Clock
    ) -> None:
        hand(due=due)
        main, theirs = meridian_response().links

        assert theirs.expires <= main.expires
        assert timedelta(days=days) - timedelta(days=1) < theirs.expires - clock() <= timedelta(days=days)


class TestWhatOpens:
    def test_the_table_of_what_colleagues_open_names_partner_pages_only(self) -> None:
        assert {Audience.PARTNER} == {PERMISSIONS[endpoint] for endpoint in FOR_COLLEAGUES}

    def test_everything_that_is_not_in_the_table_is_not_there_for_them(
        self, app: Flask, values: dict[str, str], helper: Browser, base: str, kept: Callable
    ) -> None:
        """Each route of a response, with each of its methods: a page that somebody adds is shut until it is listed."""
        token, before, tried = helper.token(base), kept(), 0
        for door in doors(app, values):
            of_response = PERMISSIONS[door.endpoint] is Audience.PARTNER and base in door.address
            if of_response and door.endpoint not in FOR_COLLEAGUES:
                page = helper.client.open(door.address, method=door.method, headers={"X-CSRF-Token": token})
                tried += 1

                assert 404 == page.status_code, door
        assert tried >= 8
        assert before == kept()

    def test_another_section_its_questions_and_its_files_look_as_if_they_were_not_there(
        self, app: Flask, values: dict[str, str], ana: Browser, helper: Browser, base: str, upload, kept: Callable
    ) -> None:
        """Every route that colleagues have and that names a section, a question or a file, with every method."""
        other = {"section_id": "company", "question_id": "company-name"}
        other["evidence_id"] = upload(ana, values["response_id"], "physical-fences")
        ana.put(f"{base}/answers/company-name", {"value": "CANARY Ltd"}, page=base)
        token, before, tried = helper.token(base), kept(), set()
        for rule in rules(app):
            places = other.keys() & rule.arguments
            if rule.endpoint not in FOR_COLLEAGUES or not places:
                continue
            found = {**values, **{place: other[place] for place in places}}
            for door in doors(app, found):
                if door.endpoint != rule.endpoint:
                    continue
                form = {"company-name": "x", "company-name-asking": "x", "file": (BytesIO(pdf()), "a.pdf")}
                body = {"json": {"value": "no"}} if door.method == "PUT" else {"data": form}
                page = helper.client.open(door.address, method=door.method, headers={"X-CSRF-Token": token}, **body)
                tried.add(str(door))

                assert 404 == page.status_code, door
                assert "CANARY" not in page.text
        assert len(tried) >= 8
        assert before == kept()

    def test_no_page_that_they_can_open_shows_an_answer_of_another_section(
        self, app: Flask, values: dict[str, str], ana: Browser, helper: Browser, base: str
    ) -> None:
        ana.put(f"{base}/answers/company-name", {"value": "CANARY Ltd"}, page=base)
        ana.post(f"{base}/questions/company-name", {"company-name-asking": "CANARY question"})
        for door in doors(app, values):
            if door.method == "GET" and PERMISSIONS[door.endpoint] in (Audience.PARTNER, Audience.ANYONE):
                assert b"CANARY" not in helper.client.get(door.address, buffered=True).data, door

    def test_the_overview_lists_their_sections_and_no_way_to_send(self, helper: Browser, base: str) -> None:
        page = helper.get(base)

        assert [f"{base}/sections/cybersecurity"] == re.findall(r'href="([^"]+/sections/[^"]+)"', page.text)
        assert "/submit" not in page.text
        assert "/copy" not in page.text

    def test_after_their_last_section_they_come_back_to_their_list(self, helper: Browser, base: str) -> None:
        page = helper.post(f"{base}/sections/cybersecurity", {"cyber-rules": "yes", "cyber-rules-version": "0."})

        assert page.headers["Location"].startswith(f"{base}?done=saved")

    def test_a_form_cannot_smuggle_answers_to_other_questions(
        self, helper: Browser, base: str, meridian_response: Callable
    ) -> None:
        helper.post(
            f"{base}/sections/cybersecurity",
            {"cyber-rules": "yes", "company-name": "Bruno Ltd", "company-name-asking": "Who?", "ask": "company-name"},
        )

        assert {"cyber-rules"} == set(meridian_response().answers)
        assert {} == meridian_response().threads

    def test_what_they_answer_carries_their_name_even_corrected(
        self, browser: Callable[[], Browser], hand: Callable[..., str], base: str, meridian_response: Callable
    ) -> None:
        one = browser()
        one.post(hand("Bruno"), {"name": "Bruno Silva"})
        one.put(f"{base}/answers/cyber-rules", {"value": "yes"}, page=base)

        assert "Bruno Silva" == meridian_response().answers["cyber-rules"].by
        assert "Bruno Silva" == meridian_response().links[-1].name

    def test_who_leaves_the_name_empty_goes_by_the_one_that_the_contact_gave(
        self, browser: Callable[[], Browser], hand: Callable[..., str], base: str, meridian_response: Callable
    ) -> None:
        one = browser()
        one.post(hand("Bruno"), {"name": ""})
        one.put(f"{base}/answers/cyber-rules", {"value": "yes"}, page=base)

        assert "Bruno" == meridian_response().answers["cyber-rules"].by

    def test_their_link_opens_nothing_of_another_partner(
        self, helper: Browser, other_invitation: Invitation, chen: Browser
    ) -> None:
        assert 404 == helper.get(f"/partner/responses/{other_invitation.response}").status_code

    def test_in_the_contacts_own_browser_it_opens_no_more_than_in_another(
        self, ana: Browser, hand: Callable[..., str], base: str
    ) -> None:
        """Whoever pressed Start last on a shared computer is who sits there."""
        ana.post(hand(), {"name": "Bruno"})

        assert 404 == ana.get(f"{base}/copy").status_code

    def test_after_submission_they_are_thanked_and_see_no_answers(
        self, helper: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        with portal.store.transaction((Response, invitation.response), by="test", at=clock()) as records:
            response = records.get(Response, invitation.response)
            records.put(replace(response, state=State.SUBMITTED, submitted=clock()), "submitted")
        page = helper.get(f"{base}/sections/cybersecurity")

        assert 303 == page.status_code
        assert "These answers have been sent." in helper.get(page.headers["Location"]).text

    def test_no_use_case_lets_a_colleague_past_the_sections(
        self, hand: Callable[..., str], browser: Callable[[], Browser], portal: Portal, invitation: Invitation,
        clock: Clock,
    ) -> None:  # fmt: skip
        """Whichever page calls them: what is not handed over is not there."""
        token = hand().rsplit("/", 1)[1]
        answering.enter(portal, token, "Bruno", None, "192.0.2.1", clock())
        bruno = answering.Access(response=invitation.response, link=hashed(token), name="Bruno")
        more = {"now": clock()}

        for act in (
            lambda: renewing.confirm(portal, bruno, "company-name", None, **more),
            lambda: renewing.not_sure(portal, bruno, "company-name", **more),
            lambda: renewing.keep_file(portal, bruno, "company-name", "x", **more),
            lambda: renewing.confirm_section(portal, bruno, "company", **more),
            lambda: reporting.report(portal, bruno, "company-name", Given(), [], form="", **more),
        ):
            with pytest.raises(NotFound):
                act()


class TestTheContact:
    def test_sees_how_far_each_colleague_is(
        self, ana: Browser, helper: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        clock.move(minutes=3)
        helper.put(f"{base}/answers/cyber-rules", {"value": "yes"}, page=base)
        text = ana.get(f"{base}/colleagues").text

        assert "Opened" in text
        assert re.search(r"<dt>Answered</dt><dd>1 of \d+</dd>", text)
        assert re.search(r"<dt>Last answer</dt><dd><time[^>]+>[^<]+09:03", text)

    def test_sees_on_the_overview_who_has_what(self, ana: Browser, helper: Browser, base: str) -> None:
        assert 1 == ana.get(base).text.count("handed to Bruno")
        assert "handed to Bruno" in ana.get(f"{base}/sections/cybersecurity").text

    def test_withdraws_a_link_which_is_over_at_once(
        self, ana: Browser, helper: Browser, base: str, portal: Portal, invitation: Invitation
    ) -> None:
        ana.post(f"{base}/colleagues/{colleague_id(portal, invitation)}/withdraw", page=f"{base}/colleagues")

        assert 410 == helper.get(base).status_code
        assert 410 == helper.get(f"{base}/sections/cybersecurity").status_code
        assert 200 == ana.get(base).status_code
        assert "handed to Bruno" not in ana.get(base).text

    def test_gives_more_time_but_not_more_than_the_invitation_has(
        self, ana: Browser, hand: Callable[..., str], base: str, portal: Portal, invitation: Invitation, browser
    ) -> None:
        hand(due="2026-03-03")
        before = portal.store.get(Response, invitation.response).links[-1].expires
        there = f"{base}/colleagues/{colleague_id(portal, invitation)}/extend"
        ana.post(there, {"due": "2026-03-10"}, page=f"{base}/colleagues")
        main, theirs = portal.store.get(Response, invitation.response).links
        ana.post(there, {"due": "2027-03-10"}, page=f"{base}/colleagues")

        assert timedelta(days=7) == theirs.expires - before
        assert main.expires == portal.store.get(Response, invitation.response).links[-1].expires

    @pytest.mark.parametrize("due", ["", "soon", "2026-01-01"])
    def test_is_told_when_the_new_date_is_none(
        self, due: str, ana: Browser, hand: Callable[..., str], base: str, portal: Portal, invitation: Invitation
    ) -> None:
        hand()
        there = f"{base}/colleagues/{colleague_id(portal, invitation)}/extend"

        assert 422 == ana.post(there, {"due": due}, page=f"{base}/colleagues").status_code

    def test_cannot_reach_the_invitations_own_link_that_way(self, ana: Browser, base: str) -> None:
        for id in ("", "x", "-"):
            page = ana.post(f"{base}/colleagues/{id or '%20'}/withdraw", page=f"{base}/colleagues")

            assert 404 == page.status_code


class TestTheStaff:
    def test_withdrawing_the_invitation_ends_all(
        self, ana: Browser, helper: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        inviting.withdraw_link(portal, invitation.response, by="dara@example.com", now=clock())

        assert [410, 410] == [who.get(base).status_code for who in (ana, helper)]

    def test_replacing_the_invitations_link_leaves_colleagues_at_work(
        self, ana: Browser, helper: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        inviting.replace_link(portal, invitation.response, by="dara@example.com", now=clock())

        assert [410, 200] == [who.get(base).status_code for who in (ana, helper)]

    def test_take_no_colleagues_link_for_the_invitations(
        self, dara: Browser, helper: Browser, portal: Portal, invitation: Invitation, clock: Clock, hand, ana, base
    ) -> None:
        """What lists show, and what extending moves, is the invitation's own link."""
        hand("Carla", due="2026-03-03")
        ana.post(f"{base}/colleagues/{colleague_id(portal, invitation)}/withdraw", page=f"{base}/colleagues")
        text = dara.get("/staff/partners/meridian").text

        assert "Withdrawn" not in text
        page = dara.get(f"/staff/responses/{invitation.response}")
        assert "Bruno: " in words(page, "link")
        assert "Earlier links" not in page.text
        before = portal.store.get(Response, invitation.response).links
        dara.post(f"/staff/responses/{invitation.response}/extend", {"due": "2026-09-30"}, page=page.request.path)
        after = portal.store.get(Response, invitation.response).links
        assert after[0].expires > before[0].expires
        assert before[1:] == after[1:]

    def test_a_colleagues_old_link_brings_nobody_a_fresh_one(
        self, helper: Browser, browser, hand, portal: Portal, ana: Browser, base: str, invitation: Invitation
    ) -> None:
        """It would end the contact's own link, and the contact can make another."""
        link = hand("Carla")
        ana.post(f"{base}/colleagues/{colleague_id(portal, invitation)}/withdraw", page=f"{base}/colleagues")
        browser().post(f"{link}/fresh-link", page=link)

        assert not portal.config.outbox.exists()
        assert 200 == ana.get(base).status_code


class TestWhoIsWorking:
    def test_is_shown_to_others_for_half_an_hour(
        self, ana: Browser, bruno: Browser, base: str, section_page: str, clock: Clock
    ) -> None:
        clock.move(minutes=1)
        bruno.put(f"{base}/answers/cyber-rules", {"value": "yes"}, page=base)
        said = "Bruno is answering this section (last saved"
        clock.move(minutes=29)

        assert said in ana.get(base).text
        assert said in ana.get(section_page).text
        assert said not in bruno.get(base).text
        clock.move(minutes=2)
        assert said not in ana.get(base).text

    def test_names_nobody_who_gave_no_name(
        self, ana: Browser, browser: Callable[[], Browser], invitation: Invitation, base: str, clock: Clock
    ) -> None:
        one = browser()
        one.post(invitation.link, {"name": ""})
        clock.move(minutes=1)
        one.put(f"{base}/answers/cyber-rules", {"value": "yes"}, page=base)

        assert "A colleague is answering this section" in ana.get(base).text

    def test_what_was_filled_in_with_the_site_is_nobodys_work(
        self, browser: Callable[[], Browser], portal: Portal, meridian: Partner, clock: Clock
    ) -> None:
        made = inviting.invite(portal, [meridian.id], by="dara@example.com", now=clock(), sites=["Hanoi"])[0]
        one = browser()
        one.post(made.link, {"name": "Ana"})

        assert "is answering" not in one.get(f"/partner/responses/{made.response}").text

    def test_looking_writes_nothing(self, ana: Browser, bruno: Browser, base: str, kept: Callable) -> None:
        bruno.put(f"{base}/answers/cyber-rules", {"value": "yes"}, page=base)
        before = kept()
        ana.get(base)

        assert before == kept()


def test_methods_that_no_route_knows_stay_unknown_to_colleagues(helper: Browser, base: str) -> None:
    for method in set(METHODS) - {"GET", "HEAD", "OPTIONS", "POST"}:
        assert 405 == helper.client.open(f"{base}/sections/cybersecurity", method=method).status_code
