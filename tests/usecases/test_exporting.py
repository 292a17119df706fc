"""Answers out of the house: everything that was said, no formula, nothing that opens a door."""

import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

import pytest
from evidence.samples import pdf

from portal.core.answering import Given
from portal.core.errors import NotFound
from portal.core.records import Response
from portal.sheets.read import read_table
from portal.sheets.tables import Table
from portal.usecases import answering, exporting, reporting
from portal.usecases.exporting import (
    ANSWER_COLUMNS,
    FORMATS,
    SCORE_COLUMNS,
    export,
    exported,
    ids_of_all,
    links_to_paste,
)
from portal.usecases.inviting import Invitation, invite
from portal.usecases.partners import add_partner, partner
from portal.usecases.portal import Portal, score_of

from .filling import entered, submitted, token_of

FORMULAS = (
    "=1+1",
    "+86 21 5555",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "=cmd|' /C calc'!A0",
    "＝1",
    "'=1",
    '=HYPERLINK("http://x")',
)
TABLES = ("xlsx", "csv")


def written(portal: Portal, format: str, ids: list[str] | None = None) -> bytes:
    file = BytesIO()
    export(portal, format, ids_of_all(portal) if ids is None else ids, file)
    return file.getvalue()


def table_of(portal: Portal, format: str) -> Table:
    return read_table(written(portal, format), f"answers.{format}")


def row_of(table: Table, question: str) -> dict[str, str]:
    return next(dict(row.cells) for row in table.rows if row.cells["question"] == question)


@pytest.fixture
def said(portal: Portal, invitation: Invitation, clock: Callable) -> Response:
    """Ana has said a few things that are hard to carry over."""
    access = entered(portal, invitation, clock())
    options = portal.edition(_response(portal, invitation).edition).question("vision-statement").options
    given = {
        "company-name": Given(value=FORMULAS[5]),
        "vision-contact": Given(
            value="no",
            comment="First line\nsecond “line”",
            action="Name one",
            action_who="Bruno",
            action_due="2026-09-30",
        ),
        "vision-statement": Given(value=(options[0].id, options[1].id)),
        "cyber-rules": Given(value="yes", comment="=1+1"),
    }
    saved = answering.save_answers(portal, access, {id: (one, None) for id, one in given.items()}, now=clock())
    answering.add_evidence(portal, access, "cyber-rules", "=rules, final.pdf", BytesIO(pdf()), now=clock())

    assert not saved.refused
    return _response(portal, invitation)


def _response(portal: Portal, invitation: Invitation) -> Response:
    return portal.store.get(Response, invitation.response)


@pytest.mark.parametrize("format", TABLES)
def test_a_table_says_all_about_an_answer(format: str, portal: Portal, said: Response, clock: Callable):
    row = row_of(table_of(portal, format), "vision-contact")
    question = portal.edition(said.edition).question("vision-contact")

    assert {
        "partner": "meridian",
        "partner_name": "Meridian Textiles",
        "response": said.id,
        "state": "started",
        "section": "Security vision and responsibility",
        "label": question.label,
        "wording": question.ask,
        "criterion": "1.4",
        "obligation": "must",
        "asked": "yes",
        "value": "no",
        "answer": "No",
        "comment": "First line\nsecond “line”",
        "action": "Name one",
        "action_who": "Bruno",
        "action_due": "2026-09-30",
        "answered_by": "Ana",
        "answered_at": "2026-03-02 09:00:00",
        "verdict": "not-met",
        "credit": "0",
        "points": "0",
        "possible": "3",
    }.items() <= row.items()


@pytest.mark.parametrize("format", TABLES)
def test_the_columns_are_those_that_are_named(format: str, portal: Portal, said: Response):
    assert ANSWER_COLUMNS == table_of(portal, format).columns


@pytest.mark.parametrize("format", TABLES)
def test_evidence_is_named_with_its_hash(format: str, portal: Portal, said: Response):
    row = row_of(table_of(portal, format), "cyber-rules")

    assert ("=rules, final.pdf", said.evidence[0].sha256) == (row["evidence"], row["evidence_sha256"])


@pytest.mark.parametrize("format", TABLES)
def test_several_choices_are_ids_and_labels(format: str, portal: Portal, said: Response):
    row = row_of(table_of(portal, format), "vision-statement")
    options = portal.edition(said.edition).question("vision-statement").options[:2]

    assert ";".join(option.id for option in options) == row["value"]
    assert "; ".join(option.label for option in options) == row["answer"]


@pytest.mark.parametrize("format", TABLES)
def test_a_question_that_nobody_answered_is_there_and_empty(format: str, portal: Portal, said: Response):
    row = row_of(table_of(portal, format), "vision-contact-reports")

    assert ("", "", "not-judged", "0") == (row["value"], row["answered_by"], row["verdict"], row["points"])


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("format", TABLES)
def test_a_text_comes_back_as_it_was_typed_and_is_never_a_formula(
    format: str, text: str, portal: Portal, invitation: Invitation, clock: Callable
):
    """T11, A36: what starts a formula is text in the file, and reading the file gives what was typed."""
    access = entered(portal, invitation, clock())
    answering.save_answers(portal, access, {"company-name": (Given(value=text, comment=text), None)}, now=clock())
    data = written(portal, format)

    row = row_of(read_table(data, f"answers.{format}"), "company-name")

    assert (text.strip(), text.strip()) == (row["value"], row["comment"])
    if format == "xlsx":
        with zipfile.ZipFile(BytesIO(data)) as book:
            assert [] == [name for name in book.namelist() if b"<f>" in book.read(name)]
    else:
        assert b'"=' not in data


def test_a_workbook_holds_no_formula_anywhere(portal: Portal, said: Response):
    with zipfile.ZipFile(BytesIO(written(portal, "xlsx"))) as book:
        pages = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]

    assert 2 == len(pages)
    assert [] == [page for page in pages if b"<f" in page.replace(b"<formula", b"")]


def test_the_workbook_has_a_sheet_of_scores(portal: Portal, invitation: Invitation, clock: Callable):
    submitted(portal, invitation, clock())

    with zipfile.ZipFile(BytesIO(written(portal, "xlsx"))) as book:
        names = book.read("xl/workbook.xml").decode()
        scores = book.read("xl/worksheets/sheet2.xml").decode()

    assert 'name="answers"' in names
    assert 'name="scores"' in names
    assert all(f">{column}<" in scores for column in SCORE_COLUMNS)
    assert ">Strong<" in scores
    assert ">Seal Security<" in scores


def test_json_says_the_same_with_its_structure_kept(portal: Portal, said: Response):
    one = json.loads(written(portal, "json"))[0]
    answers = {answer["question"]: answer for answer in one["answers"]}

    assert {"answers", "score"} == set(one)
    assert list(said.answers["vision-statement"].value) == answers["vision-statement"]["value"]
    assert [{"name": "=rules, final.pdf", "sha256": said.evidence[0].sha256}] == answers["cyber-rules"]["evidence"]
    assert ("2026-09-30", "2026-03-02T09:00:00Z") == (
        answers["vision-contact"]["action_due"],
        answers["vision-contact"]["answered_at"],
    )


def test_the_points_of_the_rows_add_up_to_the_score(portal: Portal, invitation: Invitation, clock: Callable):
    response = submitted(portal, invitation, clock(), {"risk-assessment": "no"})
    one = json.loads(written(portal, "json"))[0]
    judged = score_of(response, portal.edition(response.edition))

    assert float(judged.points) == sum(answer["points"] or 0 for answer in one["answers"]) == one["score"]["points"]
    assert float(judged.possible) == sum(answer["possible"] or 0 for answer in one["answers"])
    assert float(judged.percent) == one["score"]["score"]
    assert one["score"]["final"]


def test_a_score_before_submission_is_marked_as_not_final(portal: Portal, said: Response):
    score = json.loads(written(portal, "json"))[0]["score"]

    assert (False, "started", None) == (score["final"], score["state"], score["submitted"])


def test_a_hidden_answer_is_there_but_not_judged(portal: Portal, invitation: Invitation, clock: Callable):
    access = entered(portal, invitation, clock())
    edition = portal.edition(_response(portal, invitation).edition)
    hidden = next(q for q in edition.questions if q.shown_when is not None and q.weight is not None)
    value = hidden.options[0].id
    answer = Given(value=(value,) if hidden.kind.value == "choices" else value)
    answering.save_answers(portal, access, {hidden.id: (answer, None)}, now=clock())

    row = row_of(table_of(portal, "csv"), hidden.id)

    assert ("no", "", "") == (row["asked"], row["verdict"], row["points"])
    assert value == row["value"]


def test_all_responses_are_taken_out_by_partner(portal: Portal, said: Response, other_invitation: Invitation):
    rows = table_of(portal, "csv").rows

    assert ["meridian", "norte"] == list(dict.fromkeys(row.cells["partner"] for row in rows))


def test_one_response_alone_can_be_taken_out(portal: Portal, said: Response, other_invitation: Invitation):
    responses = json.loads(written(portal, "json", [other_invitation.response]))

    assert ["norte"] == [one["score"]["partner"] for one in responses]


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_portal_gives_an_empty_file_that_can_be_read(format: str, portal: Portal):
    data = written(portal, format)

    assert [] == (json.loads(data) if format == "json" else list(read_table(data, f"answers.{format}").rows))


def test_a_format_that_is_none_is_not_found(portal: Portal):
    with pytest.raises(NotFound):
        written(portal, "exe")


def test_a_response_that_is_none_is_not_found(portal: Portal):
    with pytest.raises(NotFound):
        written(portal, "csv", ["0" * 16])


@pytest.mark.parametrize("format", FORMATS)
def test_no_export_holds_a_token_or_its_hash(format: str, portal: Portal, said: Response, invitation: Invitation):
    """T16."""
    data = written(portal, format)
    if format == "xlsx":
        with zipfile.ZipFile(BytesIO(data)) as book:
            data = b"".join(book.read(name) for name in book.namelist())

    assert token_of(invitation).encode() not in data
    assert said.links[0].token_hash.encode() not in data


def test_each_response_is_opened_as_its_turn_comes(portal: Portal, said: Response, other_invitation: Invitation):
    opened = exported(portal, iter([said.id, "0" * 16]))

    assert said.id == next(opened).score.response
    with pytest.raises(NotFound):
        next(opened)


def test_links_to_paste_are_lines_of_cells_that_no_spreadsheet_runs(portal: Portal, clock: Callable):
    given = {"id": "evil", "name": "=1+1", "country": "VN", "business_type": "foreign_manufacturer"}
    add_partner(portal, {**given, "contact_email": "=x@example.com"}, by="dara@example.com", now=clock())
    made = invite(portal, ["evil"], by="dara@example.com", now=clock())

    cells = links_to_paste(made, {"evil": partner(portal, "evil")}).split("\t")

    assert ["'=1+1", "", "'=x@example.com", made[0].link] == cells


def test_an_answer_that_was_cleared_is_empty(portal: Portal, said: Response, invitation: Invitation, clock: Callable):
    access = entered(portal, invitation, clock())
    answering.save_answers(portal, access, {"company-name": (Given(value=""), None)}, now=clock())

    row = row_of(table_of(portal, "csv"), "company-name")

    assert ("", "") == (row["value"], row["answer"])


def test_reports_on_actions_are_exported(portal: Portal, invitation: Invitation, clock: Callable):
    """In JSON as they are, in tables one line each; the files of a report are not those of the answer."""
    submitted(portal, invitation, clock(), {"cyber-rules": "no"})
    access = entered(portal, invitation, clock())
    given = Given(value="done", comment="=Signed", other="Sooner", action_due="2026-08-31")
    files = [("rules.pdf", BytesIO(pdf()))]
    reporting.report(portal, access, "cyber-rules", given, files, form="", now=clock())
    [one] = exporting.exported(portal, [invitation.response])
    answer = next(row for row in one.answers if row.question == "cyber-rules")
    line = row_of(table_of(portal, "csv"), "cyber-rules")
    digest = sha256(pdf()).hexdigest()

    assert ("done", "=Signed", "Sooner", "rules.pdf") == (
        answer.action_state, answer.reports[0].text, answer.reports[0].reason, answer.reports[0].evidence[0].name,
    )  # fmt: skip
    assert "rules.pdf" not in {file.name for file in answer.evidence}
    assert f"2026-03-02 done: =Signed (new date 2026-08-31: Sooner) [rules.pdf {digest}]" == line["reports"]
    assert "rules.pdf" not in line["evidence"]
