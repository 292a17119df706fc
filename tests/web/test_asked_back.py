"""What the partner sees of a review: nothing before it is sent, and then exactly what was asked back."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from conftest import Browser
from flask import Flask
from msgspec.structs import replace
from usecases.filling import submitted

from portal.core.marks import Mark, Opinion, Override
from portal.core.records import Response, State
from portal.core.worth import Verdict
from portal.usecases import returning
from portal.usecases.delivering import deliver
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.web.permissions import PERMISSIONS, Audience

from .asking import knock
from .places import doors

NOTE, STAFF_NOTE, REASON, MESSAGE = "Which rules, please?", "ssecretnote", "ssecretreason", "Thank you so far."
DARA = "dara-the-reviewer@example.com"


@pytest.fixture
def reviewed(portal: Portal, ana: Browser, invitation: Invitation, clock: Callable) -> Response:
    """What Ana has sent, with marks, notes and a credit that nobody has sent yet."""
    sent = submitted(portal, invitation, clock())
    said = {"by": DARA, "at": clock(), "version": 1, "staff_note": STAFF_NOTE}
    marks = {
        "cyber-rules": Mark(opinion=Opinion.ASK_BACK, note=NOTE, **said),
        "seals-stock": Mark(opinion=Opinion.ACCEPTED, note="ssecretpraise", **said),
    }
    override = Override(verdict=Verdict.NOT_MET, credit=Decimal(0), reason=REASON, by=DARA, at=clock())
    marked = replace(sent, marks=marks, overrides={"seals-stock": override}, assigned=DARA)
    with portal.store.transaction((Response, sent.id), by=DARA, at=clock()) as records:
        records.put(marked, "answer marked")
    return marked


@pytest.fixture
def returned(portal: Portal, reviewed: Response, clock: Callable) -> Response:
    """The same, sent back."""
    return returning.send_back(portal, reviewed.id, date(2026, 3, 20), MESSAGE, by=DARA, now=clock())


def partner_pages(app: Flask, who: Browser, values: dict[str, str]) -> dict[str, str]:
    """Whatever every route for partners answers, headers too; leaving and sending come last."""
    last = ("answers.remove", "partner.submit", "partner.leave")
    found = {}
    for door in sorted(doors(app, values), key=lambda one: (one.endpoint in last, str(one))):
        if PERMISSIONS[door.endpoint] in (Audience.PARTNER, Audience.ANYONE) and not door.endpoint.startswith("sign"):
            page = knock(who, door, values["response_id"])
            found[str(door)] = page.data.decode("latin-1") + str(page.headers)
    return found


def told(pages: dict[str, str], *secrets: str) -> dict[str, list[str]]:
    return {door: hits for door, page in pages.items() if (hits := [one for one in secrets if one in page])}


@pytest.fixture
def values(values: dict[str, str], reviewed: Response) -> dict[str, str]:
    """The addresses of Meridian's things, in a response that is reviewed."""
    return values


def test_no_route_for_partners_tells_a_mark_a_note_or_a_credit_before_it_is_sent(
    app: Flask, ana: Browser, values: dict[str, str]
) -> None:
    pages = partner_pages(app, ana, values)

    assert len(pages) >= 30
    assert {} == told(pages, NOTE, STAFF_NOTE, REASON, "ssecretpraise", DARA)


def test_once_it_is_sent_they_tell_the_note_of_what_is_asked_back_and_no_more(
    app: Flask, ana: Browser, values: dict[str, str], returned: Response
) -> None:
    pages = partner_pages(app, ana, values)

    assert {"GET partner.overview", "GET sections.show"} <= told(pages, NOTE).keys()
    assert {} == told(pages, STAFF_NOTE, REASON, "ssecretpraise", DARA)


def test_the_overview_lists_exactly_what_is_asked_back(ana: Browser, returned: Response) -> None:
    page = ana.get(f"/partner/responses/{returned.id}").text

    assert [1, 1] == [page.count(NOTE), page.count("/sections/")]
    assert "20 March 2026" in page
    assert MESSAGE in page


def test_a_section_shows_only_what_is_asked_back(ana: Browser, returned: Response, section_page: str) -> None:
    page = ana.get(section_page).text

    assert NOTE in page
    assert 'name="cyber-rules"' in page
    assert 'id="question-cyber-software"' not in page
    assert f"/partner/responses/{returned.id}" == ana.get(section_page.replace("cybersecurity", "seals")).location


def put(who: Browser, returned: Response, question: str, value: str, version: int = 1):
    address = f"/partner/responses/{returned.id}/answers/{question}"
    said = {"value": value, "comment": "Better now.", "version": version}
    return who.put(address, said, page=returned_page(returned))


def returned_page(returned: Response) -> str:
    return f"/partner/responses/{returned.id}"


def test_what_is_asked_back_can_be_answered_and_the_rest_cannot(
    ana: Browser, returned: Response, meridian_response: Callable
) -> None:
    version = meridian_response().answers["cyber-rules"].version
    saved = put(ana, returned, "cyber-rules", "no", version)
    refused = put(ana, returned, "seals-stock", "no", meridian_response().answers["seals-stock"].version)

    assert 200 == saved.status_code, saved.text
    assert (422, "This answer was not asked back. It stays as you have sent it.") == (
        refused.status_code,
        refused.json["errors"][0]["message"],
    )
    assert "yes" == meridian_response().answers["seals-stock"].value


def test_no_file_is_added_where_nothing_is_asked_back(
    ana: Browser, returned: Response, upload: Callable, meridian_response: Callable
) -> None:
    upload(ana, returned.id)
    with pytest.raises(AssertionError, match="was not asked back"):
        upload(ana, returned.id, question="seals-stock", name="stock.pdf")

    assert {"cyber-rules"} == {item.question for item in meridian_response().evidence} - {
        item.question for item in returned.evidence
    } | {"cyber-rules"}


def test_the_new_answer_comes_back_without_its_mark(
    portal: Portal, ana: Browser, dara: Browser, returned: Response, meridian_response: Callable
) -> None:
    put(ana, returned, "cyber-rules", "partly", meridian_response().answers["cyber-rules"].version)
    while_working = dara.get(f"/staff/responses/{returned.id}/review?section=cybersecurity").text
    page = ana.post(f"/partner/responses/{returned.id}/submit", page=returned_page(returned))
    again = meridian_response()
    review = dara.get(f"/staff/responses/{returned.id}/review?only=changed").text

    assert "Better now." not in while_working
    assert page.status_code == 303, page.text
    assert page.location.endswith("/receipt"), ana.get(f"/partner/responses/{returned.id}/submit").text
    assert State.SUBMITTED is again.state
    assert Opinion.OPEN is again.marks["cyber-rules"].opinion
    assert Opinion.ACCEPTED is again.marks["seals-stock"].opinion
    assert returned.receipt != again.receipt
    assert "Better now." in review
    assert NOTE in review


def test_the_contact_is_told_by_mail_without_what_is_asked(portal: Portal, returned: Response, clock: Callable) -> None:
    deliver(portal, clock)
    [mail] = [path.read_text() for path in portal.config.outbox.glob("*.eml")]

    assert "ana@example.com" in mail
    assert NOTE not in mail


def test_a_copy_is_of_what_was_sent(ana: Browser, returned: Response, meridian_response: Callable) -> None:
    put(ana, returned, "cyber-rules", "no", meridian_response().answers["cyber-rules"].version)

    assert "Better now." not in ana.get(f"/partner/responses/{returned.id}/copy").text
