"""One question of each kind on one page, also the kinds that no shipped questionnaire uses yet."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from conftest import Browser
from evidence.samples import pdf
from msgspec.structs import replace

from portal.config import Config
from portal.content.library import Library, load_library
from portal.core.questionnaire import Asks, Column, Kind, Need, Option, Question, Questionnaire, Section
from portal.usecases.inviting import Invitation

from .filling import element, fields_of, send, send_file, text_at, words

OPTIONS = (
    Option(id="a", label="One & only"),
    Option(id="b", label="Two <2>"),
    Option(id="x", label="Else", other=True),
)
ALONE = (*OPTIONS, Option(id="none", label="None of these", alone=True))
COLUMNS = (
    Column(id="name", label="Name", required=True),
    Column(id="land", label="Country", kind=Kind.COUNTRY),
    Column(id="count", label="How many", kind=Kind.NUMBER),
    Column(id="day", label="Since", kind=Kind.DATE),
    Column(id="mail", label="E-mail", kind=Kind.EMAIL),
    Column(id="sort", label="Sort", kind=Kind.CHOICE, options=OPTIONS[:2]),
)
ASKS = Asks(comment=Need.REQUIRED, evidence=Need.REQUIRED, action=Need.REQUIRED)
HEADING = "Under a heading"
QUESTIONS = (
    Question(id="statement", kind=Kind.STATEMENT, ask="Now to **trucks** & trailers.<script>x</script>"),
    Question(id="choice", kind=Kind.CHOICE, ask="Which one?", options=OPTIONS, label="1A", help="*Help* <b>bold</b>"),
    Question(id="choices", kind=Kind.CHOICES, ask="Which ones?", options=ALONE, typical_evidence="A photo & more"),
    Question(id="line", kind=Kind.TEXT, ask="One line?", asks=ASKS),
    Question(id="lines", kind=Kind.TEXT, ask="Several lines?", lines=4, longest=50, required=False),
    Question(id="mail", kind=Kind.EMAIL, ask="Which address?"),
    Question(id="land", kind=Kind.COUNTRY, ask="Which country?"),
    Question(id="number", kind=Kind.NUMBER, ask="How many?", unit="trucks", at_least=Decimal(1), at_most=Decimal(9)),
    Question(id="share", kind=Kind.PERCENTAGE, ask="Which share?", decimals=1),
    Question(id="day", kind=Kind.DATE, ask="Which day?", when="past", heading="Under a heading"),
    Question(
        id="rows", kind=Kind.ROWS, ask="Which places?", columns=COLUMNS, fewest=1, most=3, heading="Under a heading"
    ),
    Question(id="files", kind=Kind.FILES, ask="Which papers?", fewest=1),
    Question(id="agreed", kind=Kind.AGREEMENT, ask="I agree to <this> & that."),
    Question(id="signed", kind=Kind.SIGNATURE, ask="Your name?"),
)
GOOD: dict[str, object] = {
    "choice": "x", "choice-other": "Something", "choices": ["a", "x"], "choices-other": "More", "line": "A line",
    "lines": "One\nTwo", "mail": "ana@example.com", "land": "VN", "number": "7", "share": "12,5", "day": "2026-01-01",
    "rows-0-name": "Gate", "rows-0-land": "VN", "rows-0-count": "3", "rows-0-day": "2025-01-01", "rows-0-sort": "b",
    "rows-0-mail": "gate@example.com", "agreed": "agreed", "signed": "Ana Tran",
}  # fmt: skip
BAD = {
    "choice": "z", "choices": ["none", "a"], "line": "x" * 2001, "lines": "y" * 51, "mail": "nobody", "land": "XX",
    "number": "ten", "share": "101", "day": "2027-01-01", "rows-0-count": "many", "agreed": "on", "signed": "s" * 201,
}  # fmt: skip


@pytest.fixture(scope="session")
def library() -> Library:
    """A library with this one questionnaire, under the shipped catalogue and scheme."""
    shipped = load_library(Config.questionnaires)
    model = shipped.questionnaires["foreign-manufacturer"]
    section = Section(id="all", title="Every kind & <more>", label="A", intro="*All* of them", questions=QUESTIONS)
    one: Questionnaire = replace(model, id="every-kind", title="Every kind", sections=(section,))
    return replace(shipped, questionnaires={"every-kind": one})


@pytest.fixture
def page(invitation: Invitation) -> str:
    return f"/partner/responses/{invitation.response}/sections/all"


def test_every_kind_is_there(ana: Browser, page: str) -> None:
    """`Browser` checks labels, ids and HTML; here, that no kind is missing."""
    shown = ana.get(page)

    assert set(Kind) == {question.kind for question in QUESTIONS}
    assert "Now to trucks & trailers." == words(shown, "question-statement")
    for question in QUESTIONS[1:]:
        assert question.ask in words(shown, f"question-{question.id}")
    assert "A. Every kind & <more>" in words(shown, "content")


def test_every_kind_is_kept_and_shown_again(ana: Browser, page: str, meridian_response: Callable) -> None:
    saved = send(ana, ana.get(page), GOOD, [("files-evidence", "plan.pdf", pdf())])
    again = ana.get(page)
    fields = fields_of(again)
    response = meridian_response()

    assert 303 == saved.status_code
    assert [question.id for question in QUESTIONS[1:] if question.kind is not Kind.FILES] == sorted(
        response.answers, key=[question.id for question in QUESTIONS].index
    )
    assert {name: value if isinstance(value, list) else [value] for name, value in GOOD.items()} == {
        name: [text.replace("12.5", "12,5") for text in fields[name]] for name in GOOD
    }
    assert "plan.pdf" in words(again, "question-files")


def test_sent_as_it_came_nothing_changes(ana: Browser, page: str, kept: Callable) -> None:
    """Every kind's fingerprint says the same before and after the way through the page."""
    send(ana, ana.get(page), GOOD)
    before = kept()

    assert 303 == send(ana, ana.get(page)).status_code
    assert before == kept()


def test_every_kind_that_is_wrong_is_linked_and_comes_back(
    ana: Browser, page: str, meridian_response: Callable
) -> None:
    """Each error is on top with a link to a field that is there; what was typed stands in its field."""
    shown = send(ana, ana.get(page), BAD)
    links = {one.get("href") for one in element(shown, "errors").iter("a")}

    assert 422 == shown.status_code
    assert {f"#{name.split('-')[0]}" for name in BAD} == links
    assert {} == meridian_response().answers
    for id in ("line", "lines", "mail", "number", "share", "day", "signed", "rows-0-count"):
        assert BAD[id] == text_at(shown, id)


def test_every_kind_in_conflict_shows_both(ana: Browser, bruno: Browser, page: str) -> None:
    """R06: whichever kind it is, nothing is lost and the page is in order."""
    old = ana.get(page)
    send(bruno, bruno.get(page), GOOD)
    mine = {"choice": "a", "choices": ["b"], "line": "Mine", "lines": "Mine", "mail": "mine@example.com", "land": "MX",
            "number": "2", "share": "1", "day": "2025-05-05", "rows-0-name": "Mine", "signed": "Mine"}  # fmt: skip
    shown = send(ana, old, mine)
    conflicts = [one for one in element(shown, "content").iter("div") if "conflict" in (one.get("class") or "").split()]

    assert 409 == shown.status_code
    assert len(mine) == len(conflicts)
    for theirs in ("One & only", "A line", "ana@example.com", "Vietnam", "7 trucks", "12.5 %", "Gate", "Ana Tran"):
        assert theirs in words(shown, "content"), theirs


def test_the_copy_tells_every_kind_in_words(ana: Browser, page: str) -> None:
    send(ana, ana.get(page), GOOD, [("files-evidence", "plan.pdf", pdf())])
    copy = words(ana.get(page.replace("sections/all", "copy")), "content")

    for text in ("Something", "One & only", "More", "Vietnam", "7 trucks", "12.5 %", "Name: Gate", "Agreed", "Ana Tran",
                 "plan.pdf", "Two <2>"):  # fmt: skip
        assert text in copy, text
    assert "not answered" not in copy


def test_a_question_of_files_is_answered_by_a_file(ana: Browser, page: str, invitation: Invitation) -> None:
    base = f"/partner/responses/{invitation.response}"
    refused = ana.put(f"{base}/answers/files", {"value": "plan.pdf"}, page=page)
    send_file(ana, f"{base}/answers/files", "plan.pdf", pdf())

    assert 422 == refused.status_code
    assert "Add files with the file button." == refused.json["errors"][0]["message"]
    assert "1 of 13 questions answered" in words(ana.get(base), "content")


def test_a_statement_takes_no_answer(ana: Browser, page: str, invitation: Invitation) -> None:
    saved = ana.put(f"/partner/responses/{invitation.response}/answers/statement", {"value": "yes"}, page=page)

    assert 422 == saved.status_code


def test_what_an_author_writes_is_cleaned(ana: Browser, page: str) -> None:
    """A34: help is Markdown of the importer's own, and still only harmless elements come of it."""
    shown = ana.get(page)

    assert "<em>Help</em>" in shown.text
    assert "<strong>trucks</strong>" in shown.text
    assert "<script>" not in shown.text
    assert HEADING in [words_of.strip() for words_of in element(shown, "content").itertext()]


@pytest.mark.parametrize(
    ("language", "semicolon", "comma"), [("en", "; ", ", "), ("ar", "؛ ", "، "), ("zh_Hans", "；", "，")]
)
def test_each_language_lists_answers_with_its_own_signs(
    ana: Browser, page: str, invitation: Invitation, language: str, semicolon: str, comma: str
) -> None:
    send(ana, ana.get(page), {"choices": ["a", "b"], "rows-0-name": "Kho 1", "rows-0-mail": "gate@example.com"})
    shown = ana.get(f"/partner/responses/{invitation.response}/copy?language={language}")
    told = words(shown, "content")

    assert f"One & only{semicolon}Two <2>" in told
    assert f": Kho 1{comma}" in told
