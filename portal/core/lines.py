"""The lines of a score: what each question gives, because of its answer and of what a reviewer set in its place."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from portal.core.alternatives import alternative_chosen
from portal.core.asking import Answers
from portal.core.judging import NOT_COUNTED, NOUGHT, ONE, Judged, judge
from portal.core.marks import Alternative, Override
from portal.core.questionnaire import Question
from portal.core.records import Answer
from portal.core.worth import Obligation, Verdict


class Line(Struct, frozen=True, kw_only=True):
    """What one question gave: `points` of `possible`, because the answer earned `credit` of the weight.

    `instead` is the question that counts in place of this one, where one of several is enough; `alternative` what a
    reviewer thinks of the measure that the partner takes in place of the one asked for; `override` the credit that a
    reviewer has set in place of `declared`, which is what the answer itself earned. `corrected`: a verified correction
    counts in place of the answer.
    """

    question: str
    label: str
    criterion: str
    category: str
    obligation: Obligation | None
    critical: bool
    verdict: Verdict
    weight: Decimal
    credit: Decimal | None
    points: Decimal
    possible: Decimal
    instead: str = ""
    alternative: Alternative | None = None
    override: Override | None = None
    declared: Judged | None = None
    corrected: bool = False


def _line(
    question: Question,
    answer: Answer | None,
    on: date,
    files: int,
    alternative: Alternative | None,
    override: Override | None,
) -> Line:
    verdict, credit = declared = judge(question, answer.value if answer else None, files, on)
    option = alternative_chosen(question, answer) if alternative else None
    if alternative and option and alternative.accepted:
        verdict, credit = declared = (Verdict.MET, ONE) if option.accepted_as is Verdict.MET else NOT_COUNTED
    if override:
        verdict, credit = override.verdict, override.credit
    weight = question.weight or NOUGHT
    return Line(
        question=question.id,
        label=question.label,
        criterion=question.criterion,
        category=question.category,
        obligation=question.obligation,
        critical=question.critical,
        verdict=verdict,
        weight=weight,
        credit=credit,
        points=NOUGHT if credit is None else weight * credit,
        possible=NOUGHT if credit is None else weight,
        alternative=alternative if option else None,
        override=override,
        declared=declared if override else None,
    )


def lines_of(
    questions: Sequence[Question],
    answers: Answers,
    on: date,
    files: Mapping[str, int],
    alternatives: Mapping[str, Alternative],
    overrides: Mapping[str, Override],
) -> tuple[Line, ...]:
    """The lines; of questions of which one is enough the best alone counts, the first of them where several are."""
    lines = [
        _line(one, answers.get(one.id), on, files.get(one.id, 0), alternatives.get(one.id), overrides.get(one.id))
        for one in questions
    ]
    best: dict[str, Line] = {}
    for question, line in zip(questions, lines, strict=True):
        if question.one_of and line.credit is not None:
            held = best.get(question.one_of)
            if held is None or _merit(line) > _merit(held):
                best[question.one_of] = line
    return tuple(
        line
        if (counts := best.get(question.one_of)) is None or counts is line
        else replace(line, points=NOUGHT, possible=NOUGHT, instead=counts.question)
        for question, line in zip(questions, lines, strict=True)
    )


def _merit(line: Line) -> tuple[Decimal, bool]:
    return line.credit or NOUGHT, line.verdict is not Verdict.NOT_JUDGED


def note_on(line: Line) -> str:
    """What else led to the points of a line, in a sentence; empty where the answer alone did."""
    if line.override is not None and line.declared is not None:
        (verdict, credit), one = line.declared, line.override
        was, now = (f"{words.value}{_of(worth)}" for words, worth in ((verdict, credit), (one.verdict, one.credit)))
        return f"Declared {was}, set to {now} by {one.by}: {one.reason}"
    if line.instead:
        return f"One of several is enough: {line.instead} counts."
    if line.alternative is not None:
        done = "accepted" if line.alternative.accepted else "refused"
        return f"Alternative measure {done} by {line.alternative.by}. {line.alternative.note}".strip()
    return ""


def _of(credit: Decimal | None) -> str:
    return "" if credit is None else f" ({credit.normalize():f})"
