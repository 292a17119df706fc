"""What one answer is worth: its verdict and its credit, by the kind of its question."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_DOWN, Decimal

from portal.core.questionnaire import Kind, Question
from portal.core.worth import Verdict

NOUGHT, ONE = Decimal(0), Decimal(1)
HUNDREDTH = Decimal("0.01")

# A judged answer: its verdict and its credit; no credit means that it counts on neither side.
Judged = tuple[Verdict, Decimal | None]
NOT_ANSWERED: Judged = (Verdict.NOT_JUDGED, NOUGHT)
NOT_COUNTED: Judged = (Verdict.NOT_APPLICABLE, None)


def judge(question: Question, value: object, files: int, on: date) -> Judged:
    """The verdict and credit of an answer as of a day; `files` counts the evidence beside it."""
    if question.kind is Kind.FILES:
        return (Verdict.MET, ONE) if files >= max(question.fewest, 1) else NOT_ANSWERED
    if not value:
        return NOT_ANSWERED
    return JUDGES.get(question.kind, _judge_given)(question, value, on)


def _judge_choice(question: Question, value: object, on: date) -> Judged:
    option = question.option(str(value))
    if option is None or option.verdict is None:
        return NOT_COUNTED
    return option.verdict, option.credit


def _judge_choices(question: Question, value: object, on: date) -> Judged:
    chosen = set(value) if isinstance(value, tuple) else set()
    for option in question.options:
        if option.alone and option.id in chosen and option.verdict is not None:
            return option.verdict, option.credit
    had = len(chosen & set(question.good))
    credit = (Decimal(had) / len(question.good)).quantize(HUNDREDTH, ROUND_DOWN) if question.good else ONE
    return verdict_of(credit), credit


def _judge_number(question: Question, value: object, on: date) -> Judged:
    number = Decimal(str(value))
    for band in question.bands:
        if band.at_least is None or number >= band.at_least:
            return band.verdict, band.credit
    return Verdict.NOT_MET, NOUGHT


def _judge_date(question: Question, value: object, on: date) -> Judged:
    day = date.fromisoformat(str(value))
    for band in question.bands:
        if band.within_months is None or months_before(on, band.within_months) <= day:
            return band.verdict, band.credit
    return Verdict.NOT_MET, NOUGHT


def _judge_given(question: Question, value: object, on: date) -> Judged:
    return Verdict.MET, ONE


JUDGES: dict[Kind, Callable[[Question, object, date], Judged]] = {
    Kind.CHOICE: _judge_choice,
    Kind.CHOICES: _judge_choices,
    Kind.NUMBER: _judge_number,
    Kind.PERCENTAGE: _judge_number,
    Kind.DATE: _judge_date,
}


def verdict_of(credit: Decimal) -> Verdict:
    """The verdict that a credit amounts to: full is met, none is not met, between is partly met."""
    if credit >= ONE:
        return Verdict.MET
    return Verdict.PARTLY_MET if credit > NOUGHT else Verdict.NOT_MET


def months_before(day: date, months: int) -> date:
    """The day that many months earlier; the last of the month where the month is shorter."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(f"no such month: {year}-{month + 1}")


def months_after(day: date, months: int) -> date:
    """The day that many months later; the last of the month where the month is shorter, or of all time."""
    return date.max if day.year + months // 12 >= date.max.year else months_before(day, -months)
