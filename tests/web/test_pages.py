"""What strangers type is text on every page; every page of every state is in order."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import cycle

import pytest
from conftest import Browser, Clock, enter
from evidence.samples import png
from msgspec import structs
from usecases.filling import entered, submitted

from portal.config import Config
from portal.core.questionnaire import Kind
from portal.core.records import Partner, Response
from portal.usecases import answering
from portal.usecases.answering import Given
from portal.usecases.inviting import Invitation, invite
from portal.usecases.portal import Portal

from .filling import element, send, text_at, words
from .payloads import PAYLOADS, as_shown

TEXTS = frozenset({Kind.TEXT, Kind.SIGNATURE})


@pytest.fixture
def base(invitation: Invitation) -> str:
    return f"/partner/responses/{invitation.response}"


def planted(portal: Portal, invitation: Invitation, clock: Clock) -> Response:
    """Every text of a response holds a payload: values, comments, actions, rows, names, files."""
    access = entered(portal, invitation, clock(), name=PAYLOADS[3])
    response = portal.store.get(Response, invitation.response)
    given = {}
    for number, question in enumerate(portal.edition(response.edition).questions):
        # Eleven further each time, so that every payload gets into every sort of field.
        payload = cycle((*PAYLOADS[number * 11 % 40 :], *PAYLOADS[: number * 11 % 40]))
        text = next(payload)
        rows = tuple({column.id: text for column in question.columns if column.kind is Kind.TEXT} for _ in range(2))
        value = text if question.kind in TEXTS else rows if question.kind is Kind.ROWS else None
        if value and len(text) > question.longest:
            value = PAYLOADS[4]
        given[question.id] = (
            Given(value=value, comment=next(payload), action=next(payload), action_who=next(payload)), None,
        )  # fmt: skip
    saved = answering.save_answers(portal, access, given, now=clock())

    assert {} == saved.refused
    for number, text in enumerate(PAYLOADS):
        question = list(given)[number * 2]
        answering.add_evidence(portal, access, question, f"{text}.png", BytesIO(png(number + 2, 2)), now=clock())
    return portal.store.get(Response, invitation.response)


def raw(page: str) -> list[str]:
    """The payloads that stand on a page as they were typed, though they hold signs that mean something in HTML."""
    return [text for text in PAYLOADS if text in page and as_shown(text) != text]


class TestPayloads:
    """T08: `Browser` also holds each of these pages to valid HTML without handlers, inline scripts or odd addresses."""

    def test_forty_of_them_are_text_on_every_page_of_the_partner(
        self, ana: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        response = planted(portal, invitation, clock)
        sections = [f"{base}/sections/{one.id}" for one in portal.edition(response.edition).sections]
        pages = [ana.get(address).text for address in (base, f"{base}/copy", f"{base}/submit", *sections)]
        seen = "".join(pages)

        assert 40 == len(set(PAYLOADS))
        assert [] == [text for page in pages for text in raw(page)]
        assert [] == [text for text in PAYLOADS if as_shown(text) not in seen]
        assert "{{7*7}}" in seen
        assert "49{" not in seen

    def test_a_text_that_could_not_be_saved_is_text_too(self, ana: Browser, base: str, section_page: str) -> None:
        """T08: error messages and what comes back beside them are an output channel."""
        company = f"{base}/sections/company"
        fields = ("company-employees", "company-years", "company-shipments", "company-person-email")
        for four in zip(*[iter(PAYLOADS)] * len(fields), strict=True):
            typed = dict(zip(fields, four, strict=True))
            page = send(ana, ana.get(company), typed)

            assert 422 == page.status_code
            assert [] == raw(page.text)
            assert typed == {field: text_at(page, field) for field in fields}
        page = ana.post(section_page, {"cyber-rules": PAYLOADS[0], "cyber-protection": list(PAYLOADS[:9])})

        assert 422 == page.status_code
        assert [] == raw(page.text)

    def test_both_sides_of_a_conflict_are_text(
        self, ana: Browser, browser: Callable, invitation: Invitation, section_page: str
    ) -> None:
        mallory = enter(browser(), invitation, PAYLOADS[4])
        old = ana.get(section_page)
        send(mallory, mallory.get(section_page), {"cyber-rules": "no", "cyber-rules-comment": PAYLOADS[0]})
        page = send(ana, old, {"cyber-rules": "yes", "cyber-rules-comment": PAYLOADS[27]})

        assert 409 == page.status_code
        assert [] == raw(page.text)
        for text in (PAYLOADS[0], PAYLOADS[4], PAYLOADS[27]):
            assert text in words(page, "question-cyber-rules")

    def test_addresses_are_not_shown(self, ana: Browser, base: str, browser: Callable) -> None:
        """T08: what stands in an address comes back on no page, unless it is encoded."""
        for text in PAYLOADS:
            for page in (
                ana.get("/nowhere", query_string={"x": text}),
                ana.get(base, query_string={"done": text, "check": text}),
                browser().get("/sign-in", query_string={"next": text, "done": text}),
            ):
                assert [] == raw(page.text)
            assert [] == raw(ana.client.get(f"{base}/sections/{text}").text)

    def test_a_program_reads_them_as_json(self, ana: Browser, base: str, section_page: str) -> None:
        for text in PAYLOADS:
            page = ana.put(f"{base}/answers/cyber-rules", {"value": text}, page=section_page)

            assert (422, "application/json", "nosniff") == (
                page.status_code, page.mimetype, page.headers["X-Content-Type-Options"],
            )  # fmt: skip

    def test_names_from_the_importers_table_are_text(
        self, portal: Portal, clock: Clock, meridian: Partner, browser: Callable
    ) -> None:
        """T08: the partner's own name comes from a table that anybody may have typed."""
        evil = structs.replace(meridian, id="evil", name=PAYLOADS[0], contact_name=PAYLOADS[4])
        with portal.store.transaction((Partner, "evil"), by="test", at=clock()) as records:
            records.put(evil, "added")
        made = invite(portal, ["evil"], by="dara@example.com", now=clock())[0]
        mallory = enter(browser(), made, "x")
        pages = [mallory.get(f"/partner/responses/{made.response}{where}").text for where in ("", "/copy", "/submit")]

        assert [] == [text for page in pages for text in raw(page)]
        assert as_shown(PAYLOADS[0]) in pages[0]


class TestImporter:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return replace(config, importer='Müller & Söhne <GmbH> "Ost"', contact="security@example.com")

    def test_its_name_is_text(self, ana: Browser, base: str, invitation: Invitation, section_page: str) -> None:
        for page in (ana.get(invitation.link), ana.get(base), ana.get(section_page), ana.get(f"{base}/copy")):
            assert "Müller &amp; Söhne &lt;GmbH&gt;" in page.text


class TestEveryPage:
    """`Browser` checks each: valid, one heading, the title says it first, labels, ids, forms, nothing inline."""

    def test_every_section_in_every_state(
        self, ana: Browser, base: str, portal: Portal, meridian_response: Callable
    ) -> None:
        """A page as it comes, and with everything that is still lacking listed on top."""
        sections = portal.edition(meridian_response().edition).sections
        for section in sections:
            page = ana.get(f"{base}/sections/{section.id}")
            checked = ana.get(f"{base}/sections/{section.id}?check=1")

            assert (200, 200) == (page.status_code, checked.status_code)
            assert "Still needed on this page" in words(checked, "errors")

    def test_every_section_of_a_carrier(self, chen: Browser, other_invitation: Invitation, portal: Portal) -> None:
        response = portal.store.get(Response, other_invitation.response)
        for section in portal.edition(response.edition).sections:
            assert 200 == chen.get(f"/partner/responses/{response.id}/sections/{section.id}").status_code

    def test_a_response_that_was_submitted(
        self, ana: Browser, base: str, portal: Portal, invitation: Invitation, clock: Clock
    ) -> None:
        submitted(portal, invitation, clock())
        for where in ("/receipt", "/copy"):
            assert 200 == ana.get(f"{base}{where}").status_code

    def test_every_small_page(self, ana: Browser, browser: Callable, invitation: Invitation, base: str) -> None:
        pages = {
            "asks you about security": browser().get(invitation.link),
            "This link is not valid": browser().get("/invitation/x?done=mailed"),
            "There is no such page": browser().get("/nowhere"),
            "Please open your link again": browser().get(base),
            "You have left the questionnaire": ana.post("/partner/leave", page=base),
        }

        for heading, page in pages.items():
            assert heading in words(page, "content")

    def test_the_page_says_how_far_one_has_come(self, ana: Browser, base: str, section_page: str) -> None:
        send(ana, ana.get(section_page), {"cyber-rules": "yes", "cyber-sharing": "yes"})
        page = ana.get(base)

        assert "2 of 130 questions answered" in words(page, "content")
        assert ("2", "130") == (element(page, "progress").get("value"), element(page, "progress").get("max"))
        assert "Cybersecurity 2 of 16 In progress" in words(page, "content")
        assert "Saved" in words(page, "content")
