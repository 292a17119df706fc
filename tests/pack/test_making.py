"""What a pack holds and what it leaves out: the period, what reviewers keep to themselves, what is lacking."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from conftest import Clock
from evidence.samples import pdf
from msgspec.structs import replace
from usecases.filling import entered, submitted

from portal.core.errors import Refused
from portal.core.exits import Asked
from portal.core.records import Answer, Partner, Response
from portal.pack import choosing
from portal.pack.choosing import Wanted, choose, size_of
from portal.sheets.read import read_table
from portal.usecases import answering
from portal.usecases.exporting import ANSWER_COLUMNS
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal

from .reading import bytes_of, packed, text, under

DAY = timedelta(days=1)
BOTH = ("meridian", "norte")


@pytest.fixture
def sent(portal: Portal, invitation: Invitation, other_invitation: Invitation, clock: Clock) -> Response:
    """Meridian has sent its answers with a file; Norte is only invited."""
    return submitted(portal, invitation, clock())


def wanted(*partners: str, **more: object) -> Wanted:
    return Wanted(partners=partners or BOTH, **more)


def test_a_partner_that_is_only_invited_is_there_with_its_questions(portal: Portal, sent: Response, clock: Clock):
    pack, made = packed(portal, wanted(), clock())

    assert (2, 0, 2, 1) == (made.size.partners, made.size.without, made.size.responses, made.size.submitted)
    assert "not submitted" in text(pack.tree("partner-norte/index.html"))
    assert "No answer" in text(pack.tree("partner-norte/index.html"))


@pytest.mark.parametrize(
    ("since", "until", "there"),
    [(None, None, True), (0, 0, True), (0, None, True), (None, 0, True), (1, None, False), (None, -1, False)],
)
def test_the_period_is_that_of_the_day_of_sending(
    since: int | None, until: int | None, there: bool, portal: Portal, sent: Response, clock: Clock
):
    day = sent.submitted.date()
    first, last = (None if days is None else day + DAY * days for days in (since, until))
    pack, made = packed(portal, wanted("meridian", since=first, until=last), clock())
    page = text(pack.tree("partner-meridian/index.html"))

    assert there == (1 == made.size.responses)
    assert there == any("/evidence/" in name for name in pack.names)
    assert there == (sent.reference in page)
    assert there == ("meridian" in pack.files["answers.csv"].decode())
    assert there or "none in this period" in text(pack.tree("index.html"))


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_table_of_nothing_still_has_its_head(format: str, portal: Portal, sent: Response, clock: Clock):
    pack, _ = packed(portal, wanted(until=date(2000, 1, 1)), clock())

    assert ANSWER_COLUMNS == read_table(pack.files[f"answers.{format}"], f"answers.{format}").columns
    assert [] == json.loads(pack.files["answers.json"])


@pytest.mark.parametrize("what", ["missing", "damaged"])
def test_a_file_that_is_not_as_it_came_is_named_and_not_packed(what: str, portal: Portal, sent: Response, clock: Clock):
    item = sent.evidence[0]
    path = bytes_of(portal.config.evidence, item.sha256)
    path.unlink() if what == "missing" else path.write_bytes(pdf(b"another"))
    pack, made = packed(portal, wanted(), clock())
    listed = [one for one in json.loads(pack.files["manifest.json"])["lacking"] if one["sha256"] == item.sha256]

    assert [] == [name for name in pack.names if item.sha256 in name]
    assert {what} == {one.state for one in made.lacking} == {one["state"] for one in listed}
    assert {""} == {one["path"] for one in listed}
    assert what.capitalize() in text(under(pack.tree("index.html"), "lacking"))
    assert item.sha256 in text(under(pack.tree("index.html"), "lacking"))
    assert f"{what}: not in this pack" in text(pack.tree("partner-meridian/index.html"))


def test_a_response_that_cannot_be_read_is_named_and_the_others_are_there(portal: Portal, sent: Response, clock: Clock):
    [record] = portal.config.store.rglob(f"{sent.id}.json")
    record.write_bytes(record.read_bytes()[:-40])
    pack, made = packed(portal, wanted(), clock())

    assert [sent.id] == [one.response for one in made.skipped]
    assert sent.id in text(under(pack.tree("index.html"), "lacking"))
    assert "cannot be read" in text(pack.tree("partner-meridian/index.html"))
    assert {"norte"} == {one["score"]["partner"] for one in json.loads(pack.files["answers.json"])}
    assert [sent.id] == [one["response"] for one in json.loads(pack.files["manifest.json"])["unreadable_responses"]]


def test_what_reviewers_write_for_themselves_stays_in_the_house_unless_it_is_asked_for(
    portal: Portal, sent: Response, clock: Clock
):
    questionnaire = portal.edition(sent.edition)
    [id] = [one.id for section in questionnaire.review for one in section.questions if one.kind.value == "text"][:1]
    said = {id: Answer(value="Between us only", by="dara@example.com", saved=clock())}
    with portal.store.transaction((Response, sent.id), by="dara@example.com", at=clock()) as records:
        records.put(replace(records.get(Response, sent.id), review_answers=said), "reviewed")

    def holding(review: bool) -> list[str]:
        pack, _ = packed(portal, wanted(review=review), clock())
        tables = [name for name, data in pack.files.items() if "evidence/" not in name and b"Between us" in data]
        book = read_table(pack.files["answers.xlsx"], "answers.xlsx")
        return [*tables, *(["answers.xlsx"] if "Between us only" in str(book.rows) else [])]

    assert [] == holding(review=False)
    assert {"answers.csv", "answers.json", "answers.xlsx", "partner-meridian/index.html"} == set(holding(review=True))


def test_a_file_of_an_answer_that_is_not_asked_any_more_is_there_too(
    portal: Portal, invitation: Invitation, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    access = entered(portal, invitation, clock())
    answering.add_evidence(portal, access, "cyber-rules", "rules.pdf", BytesIO(pdf()), now=clock())
    monkeypatch.setattr("portal.usecases.export_rows.asked_in", _nothing_asked)
    pack, _ = packed(portal, wanted("meridian"), clock())

    assert "rules.pdf" in text(pack.tree("partner-meridian/index.html"))


def _nothing_asked(questionnaire, response):
    return Asked(shown={}, answers=response.answers)


def test_a_text_that_looks_like_a_formula_is_text_in_the_tables(portal: Portal, invitation: Invitation, clock: Clock):
    access = entered(portal, invitation, clock())
    given = {"company-name": (answering.Given(value="=1+1"), None)}
    answering.save_answers(portal, access, given, now=clock())
    pack, _ = packed(portal, wanted("meridian"), clock())

    assert '"\'=1+1"' in pack.files["answers.csv"].decode()
    assert "=1+1" in text(pack.tree("partner-meridian/index.html"))


def test_who_made_it_when_and_of_what_stands_in_it(portal: Portal, sent: Response, clock: Clock):
    pack, _ = packed(portal, wanted(since=date(2026, 1, 1)), clock(), by="dara@example.com")
    index, manifest = text(pack.tree("index.html")), json.loads(pack.files["manifest.json"])

    assert "by dara@example.com" in index
    assert "since 2026-01-01" in index
    assert ("dara@example.com", "2026-01-01", None) == (manifest["made_by"], manifest["since"], manifest["until"])


@pytest.mark.parametrize(
    ("partners", "since", "until"), [((), None, None), (("nobody",), None, None), (BOTH, "2026-02-01", "2026-01-01")]
)
def test_what_cannot_be_packed_is_refused(
    partners: tuple[str, ...], since: str | None, until: str | None, portal: Portal, sent: Response
):
    days = [date.fromisoformat(one) if one else None for one in (since, until)]

    with pytest.raises(Refused):
        choose(portal, Wanted(partners=partners, since=days[0], until=days[1]))


def test_more_than_a_pack_holds_is_refused(portal: Portal, sent: Response, monkeypatch: pytest.MonkeyPatch):
    chosen = choose(portal, wanted())
    monkeypatch.setattr(choosing, "MOST_BYTES", 10)
    with pytest.raises(Refused, match="too large"):
        size_of(portal, chosen)
    monkeypatch.setattr(choosing, "MOST_RESPONSES", 1)
    with pytest.raises(Refused, match="at most 1 responses, these are 2"):
        choose(portal, wanted())


def test_the_folder_of_a_partner_is_made_of_its_id_alone(portal: Portal, meridian: Partner, sent, clock: Callable):
    pack, _ = packed(portal, wanted(), clock())

    assert {"partner-meridian", "partner-norte", "questionnaires"} == {
        name.split("/")[0] for name in pack.names if "/" in name
    }
