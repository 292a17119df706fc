"""What the tests of the web share: a watch on secrets, a file of Ana's, every address of the portal."""

import logging
from collections.abc import Callable, Iterator
from datetime import date, datetime
from io import BytesIO
from shutil import rmtree
from threading import Thread

import pytest
from conftest import STARTED, Browser, Clock
from evidence.samples import jpeg, pdf
from flask import Flask
from msgspec.structs import replace

from portal.core.campaigns import Campaign
from portal.core.casework import Decision, Finding, Happening, Outcome, Severity
from portal.core.records import Partner, Response, Role
from portal.core.visits import Visit, VisitState
from portal.core.words import Words
from portal.sheets.form import FormCell, write_form
from portal.usecases import (
    answering,
    changing_partners,
    colleagues,
    entering,
    inviting,
    mailing,
    secrets,
    sessions,
    threads,
)
from portal.usecases.answering import Access
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.usecases.workbook.layout import lay_out

from .filling import send_file
from .places import contents, without_sessions


@pytest.fixture(autouse=True)
def secrets_made(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """Every secret of this test. None of them, nor any password or key, is in what was logged.

    T02, T19, A65: this holds for each test in this folder.
    """
    made: list[str] = []

    def watched() -> str:
        made.append(secrets.new_secret())
        return made[-1]

    monkeypatch.setattr(inviting, "new_secret", watched)
    monkeypatch.setattr(sessions, "new_secret", watched)
    monkeypatch.setattr(entering, "new_secret", watched)
    caplog.set_level(logging.INFO)
    yield made
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    logged = "".join(record.getMessage() + str(record.exc_text or "") for record in records)

    assert [] == [secret for secret in (*made, "six brown foxes", "more than thirty-two bytes") if secret in logged]


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What survives a power cut is proved in `tests/store`; here nobody pulls the plug."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


@pytest.fixture(autouse=True)
def mails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh link is mailed while the contact waits, so that a test can look for it."""

    class AtOnce(Thread):
        def start(self) -> None:
            self.run()

    monkeypatch.setattr("portal.web.partner.Thread", AtOnce)
    monkeypatch.setattr("portal.web.entering.Thread", AtOnce)


@pytest.fixture
def stored(portal: Portal) -> Callable[[], dict[str, str]]:
    """Everything in the data folder as it is now."""
    return lambda: contents(portal.config.data)


@pytest.fixture
def kept(portal: Portal) -> Callable[[], dict[str, str]]:
    """Everything in the data folder but sessions and throttles."""
    return lambda: without_sessions(contents(portal.config.data))


@pytest.fixture
def upload(section_page: str) -> Callable[..., str]:
    """Adds a file as the script on the page does; gives its id."""

    def send(who: Browser, response: str, question: str = "cyber-rules", name: str = "rules.pdf", data: bytes = pdf()):
        page = send_file(who, f"/partner/responses/{response}/answers/{question}", name, data)
        assert page.status_code == 200, page.text
        return page.json["files"][0]["id"]

    return send


def token_in(invitation: Invitation) -> str:
    """The token of a link."""
    return invitation.link.rsplit("/", 1)[1]


def a_visit(portal: Portal, response_id: str, now: datetime) -> dict[str, str]:
    """A visit that is under way, with a photo, as the addresses of its pages name it."""
    response, by = portal.store.get(Response, response_id), "dara@example.com"
    photo = answering.keep_file(portal, "cyber-rules", "gate.jpg", BytesIO(jpeg()), by=by, now=now)
    visit = Visit(
        id="0123456789abcdef",
        partner=response.partner,
        response=response.id,
        site="",
        state=VisitState.UNDER_WAY,
        planned_from=now.date(),
        planned_until=now.date(),
        team=("Dara",),
        questions=("cyber-rules",),
        made=now,
        by=by,
        photos=(photo,),
    )
    with portal.store.transaction((Visit, visit.id), by=by, at=now) as records:
        records.put(visit, "visit planned")
    return {"visit_id": visit.id, "photo_id": photo.id}


@pytest.fixture
def values(app: Flask, portal: Portal, ana: Browser, invitation: Invitation, upload: Callable[..., str], clock: Clock):
    """What fills the places in the addresses of Meridian's things; a new place in a route needs a value here."""
    digest, name = next(
        (asset.digest, name) for name, asset in app.extensions["assets"].by_name.items() if name == "look.css"
    )
    access = Access(response=invitation.response, link=secrets.hashed(token_in(invitation)), name="Ana")
    handed = colleagues.ask_colleague(portal, access, "Emre", ["cybersecurity"], "", None, now=clock())
    threads.ask_importer(portal, access, "cyber-rules", "What do you mean by rules?", now=clock())
    invited = entering.invite_person(portal, "new@example.com", "New", Role.READER, by="test", now=clock())
    rmtree(portal.config.outbox)  # the mail has arrived
    with portal.store.transaction((Response, invitation.response), by="test", at=clock()) as records:
        response = records.get(Response, invitation.response)
        records.put(replace(response, **WHAT_CAME_OF_IT), "a finding")
    record = portal.store.get(Partner, "meridian")
    certified = {"certificates": [{"programme": "AEO", "number": "VN 1", "valid_until": "2027-01-31"}]}
    seen = changing_partners.fingerprint(record)
    changing_partners.edit_partner(portal, record.id, certified, seen, by="test", now=clock())
    return {
        "entry": invited.link.rsplit("/", 1)[1],
        "token": token_in(invitation),
        "response_id": invitation.response,
        "section_id": "cybersecurity",
        "question_id": "cyber-rules",
        "evidence_id": upload(ana, invitation.response),
        "finding_id": A_FINDING.id,
        "event_id": AN_EVENT.id,
        "colleague_id": handed.link.id,
        "upload_id": "0123456789abcdef",
        "partner_id": portal.store.get(Response, invitation.response).partner,
        "place": "0",
        "format": "json",
        "mail_id": queued_mail(portal, invitation, clock),
        "campaign_id": made_campaign(portal, invitation, clock),
        "letter_id": "reminder",
        "language": "es",
        **a_visit(portal, invitation.response, clock()),
        "digest": digest,
        "name": name,
    }


def queued_mail(portal: Portal, invitation: Invitation, clock: Clock) -> str:
    """The id of a mail to Ana that waits."""
    response = portal.store.get(Response, invitation.response)
    mail = mailing.mail_to(portal.store.get(Partner, response.partner), response, "reminder", by="test", now=clock())
    mailing.queue(portal, mail, by="test", now=clock())
    return mail.id


def made_campaign(portal: Portal, invitation: Invitation, clock: Clock) -> str:
    """The id of a campaign that Meridian is in."""
    one = Campaign(
        id="spring", name="Spring", due=clock().date(), made=clock(), made_by="test",
        responses={invitation.partner: invitation.response},
    )  # fmt: skip
    with portal.store.transaction((Campaign, one.id), by="test", at=clock()) as records:
        records.put(one, "campaign sent")
    return one.id


ENGLISH = Words()
A_FINDING = Finding(
    id="f" * 16,
    severity=Severity.MAJOR,
    seen="No rules were seen.",
    required="Written rules.",
    due=date(2026, 9, 30),
    raised=STARTED,
    by="dara@example.com",
    sent=STARTED,
)

AN_EVENT = Happening(id="e" * 16, text="We moved.", at=STARTED, by="Ana")
A_DECISION = Decision(
    id="d" * 16, outcome=Outcome.APPROVED, proposed=None, letter="## Welcome", language="en", at=STARTED, by="dara"
)
WHAT_CAME_OF_IT = {"findings": (A_FINDING,), "happenings": (AN_EVENT,), "decisions": (A_DECISION,)}


@pytest.fixture
def fill(portal: Portal, invitation: Invitation) -> Callable[..., bytes]:
    """The workbook as it is now, filled in by hand: key and code of a cell to what is typed."""

    def write(typed: dict[tuple[str, str], object], response_id: str = "", words: Words = ENGLISH) -> bytes:
        response = portal.store.get(Response, response_id or invitation.response)
        book = lay_out(response, portal.edition(response.edition), words, "Importer")
        sheets = []
        for sheet in book.sheets:
            codes = [column.code for column in sheet.columns]
            lines = [
                replace(
                    line,
                    cells=dict(line.cells)
                    | {
                        codes.index(code): replace(line.cells.get(codes.index(code), FormCell()), value=value)
                        for (key, code), value in typed.items()
                        if key == line.key
                    },
                )
                for line in sheet.lines
            ]
            sheets.append(replace(sheet, lines=lines))
        return write_form(replace(book, sheets=sheets))

    return write
