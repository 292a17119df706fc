"""The receipt: the same from anybody's hands, another one as soon as anything that was sent is another."""

import json
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from msgspec.structs import replace

from portal.core.receipts import checked, in_fours, matches, receipt_of, sealed, told
from portal.core.records import Action, Answer, Evidence, State
from portal.core.reports import Progress, Report

from .making import NOW, response

SENT = datetime(2026, 4, 1, 8, 30, 5, 120000, tzinfo=UTC)
ODD = 'A "quoted" \\ line\nand\ta tab, 金 ünïcödé 😀 \u2028 </script> %2e'


def file(id: str, question: str = "gate", sha256: str = "1" * 64, report: str = "") -> Evidence:
    return Evidence(
        id=id, question=question, sha256=sha256, size=7, media_type="image/png", name=f"{id}.png", added=NOW, by="Ana",
        report=report,
    )  # fmt: skip


@pytest.fixture
def sent():
    """Meridian's response as it was sent, sealed."""
    answers = {
        "lamp": Answer(value=("b", "a"), other=ODD, version=3, saved=NOW, by="Ana"),
        "gate": Answer(value="no", comment=ODD, action=Action(what="Mend it", who="Bruno", due=date(2026, 5, 1))),
        "sites": Answer(value=({"name": "Hanoi", "country": "VN"},)),
        "blank": Answer(version=2, saved=NOW, by="Ana"),
        "half": Answer(comment="No answer yet", action=Action(what="Ask")),
    }
    files = (file("z"), file("a", sha256="0" * 64), file("b", "agate"))
    return sealed(
        response(
            State.SUBMITTED, answers=answers, evidence=files, submitted=SENT, reference="K7M2-QD4X",
            submitted_language="vi",
        )
    )  # fmt: skip


def by_hand(value: object) -> str:
    """The hash of a value as a stranger would make it."""
    return sha256(
        json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
    ).hexdigest()


def test_anybody_can_make_the_digest_again_from_the_file(sent):
    kept = json.loads(json.dumps(told(sent)))

    assert by_hand(kept["receipt"]) == kept["digest"] == sent.receipt
    assert {id: by_hand(said) for id, said in kept["said"].items()} == kept["receipt"]["answers"]
    assert {
        "question": "gate", "value": "no", "other": "", "comment": ODD,
        "action": {"what": "Mend it", "who": "Bruno", "due": "2026-05-01"},
    } == kept["said"]["gate"]  # fmt: skip


def test_the_receipt_says_what_was_sent(sent):
    receipt = receipt_of(sent)

    assert ("K7M2-QD4X", "hash", "vi", "2026-04-01T08:30:05.120000Z") == (
        receipt.reference, receipt.edition, receipt.language, receipt.submitted,
    )  # fmt: skip
    assert ["gate", "half", "lamp", "sites"] == list(receipt.answers)
    assert [("agate", "1"), ("gate", "0"), ("gate", "1")] == [(one.question, one.sha256[0]) for one in receipt.files]


CHANGES = {
    "a value": lambda one: answer(one, "gate", value="yes"),
    "the order of values": lambda one: answer(one, "lamp", value=("a", "b")),
    "a cell": lambda one: answer(one, "sites", value=({"name": "Hanoi", "country": "TH"},)),
    "a comment": lambda one: answer(one, "gate", comment=ODD + " "),
    "another text": lambda one: answer(one, "lamp", other="x"),
    "an action": lambda one: answer(one, "gate", action=Action(what="Mend it", who="Bruno", due=date(2026, 5, 2))),
    "an answer more": lambda one: replace(one, answers={**one.answers, "new": Answer(value="yes")}),
    "an answer less": lambda one: replace(one, answers={"gate": one.answers["gate"]}),
    "a file less": lambda one: replace(one, evidence=one.evidence[1:]),
    "another file": lambda one: replace(one, evidence=(*one.evidence[1:], file("z", sha256="2" * 64))),
    "a file elsewhere": lambda one: replace(one, evidence=(*one.evidence[1:], file("z", "lamp"))),
    "the time": lambda one: replace(one, submitted=NOW),
    "the reference": lambda one: replace(one, reference="K7M2-QD4Y"),
    "the edition": lambda one: replace(one, edition="other"),
    "the language": lambda one: replace(one, submitted_language="en"),
}
HARMLESS = {
    "who saved it": lambda one: answer(one, "gate", by="Bruno", version=9),
    "a blank answer": lambda one: replace(one, answers={**one.answers, "new": Answer()}),
    "the order of answers": lambda one: replace(one, answers=dict(reversed(one.answers.items()))),
    "the order of files": lambda one: replace(one, evidence=one.evidence[::-1]),
    "a file's name": lambda one: replace(one, evidence=(*one.evidence[1:], replace(one.evidence[0], name="y.png"))),
    "a later report": lambda one: replace(
        one,
        reports={"gate": (Report(id="r", text="Done", state=Progress.DONE, at=NOW, by="Ana", evidence=("f",)),)},
        evidence=(*one.evidence, file("f", report="r")),
    ),
    "the link": lambda one: replace(one, links=()),
}


def answer(one, id: str, **more):
    return replace(one, answers={**one.answers, id: replace(one.answers[id], **more)})


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_of_what_was_sent_is_found(sent, change: str):
    assert matches(sent)
    assert not matches(CHANGES[change](sent))


@pytest.mark.parametrize("change", HARMLESS)
def test_what_is_no_part_of_what_was_sent_changes_nothing(sent, change: str):
    assert matches(HARMLESS[change](sent))


def test_a_digest_is_compared_however_it_was_typed(sent):
    for typed in (sent.receipt, in_fours(sent.receipt), in_fours(sent.receipt).upper().replace(" ", " - ")):
        assert checked(sent, typed).same is True
    assert checked(sent, "0" * 64).same is False
    for typed in ("", "K7M2-QD4X", sent.receipt[:-1], sent.receipt + "0", "g" * 64):
        assert checked(sent, typed).same is None


def test_a_response_without_a_receipt_is_not_checked(sent):
    assert checked(replace(sent, receipt="")) is None
    assert checked(replace(sent, state=State.STARTED)) is None
    assert not matches(replace(sent, receipt=""))
