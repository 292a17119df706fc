"""Taking an answer: what was given, as text from a form, a program or a workbook, is checked and made one value.

One table, kind to check, serves every way in, so they cannot differ in what they accept.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from msgspec import UNSET, Struct, UnsetType

from portal.core.countries import countries
from portal.core.errors import Problem, Refused
from portal.core.questionnaire import Column, Kind, Question
from portal.core.records import Action, Answer
from portal.core.rownames import NAMED, label_of, merged
from portal.core.tidying import Wrong, is_email, tidy
from portal.core.wording import phrase

Value = str | tuple[str | dict[str, str], ...] | None

T = TypeVar("T")
K = TypeVar("K")

LONGEST_COMMENT = 4000
LONGEST_NAME = 200
LONGEST_CELL = 500
MOST_ROWS = 500
FURTHEST_ACTION = timedelta(days=3 * 366)
AGREED = "agreed"
AT_LEAST, AT_MOST = phrase("Write a number of at least %(limit)s."), phrase("Write a number of at most %(limit)s.")
A_NUMBER, WHOLE = phrase("Write a number, such as 12."), phrase("Write a whole number.")
A_DATE = phrase("Write the date as year-month-day, such as 2026-03-31.")
PAST, FUTURE = phrase("This date must not lie in the future."), phrase("This date must not lie in the past.")
NOT_BEFORE, NOT_AFTER = phrase("Give a date from %(limit)s on."), phrase("Give a date up to %(limit)s.")

# Digits of any script with one decimal sign; no exponent, which could stand for a number of a million digits.
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")
LONGEST_NUMBER = 20
THOUSANDS = re.compile(r"(?!0[,.])\d{1,3}([,.'\s]\d{3})+")


class Given(Struct, frozen=True, kw_only=True):
    """An answer as it was typed, nothing checked yet. A part that is left UNSET stays as it is stored."""

    value: str | tuple[str | dict[str, str], ...] | UnsetType | None = UNSET
    other: str | UnsetType = UNSET
    comment: str | UnsetType = UNSET
    action: str | UnsetType = UNSET
    action_who: str | UnsetType = UNSET
    action_due: str | UnsetType = UNSET


def take(question: Question, given: Given, today: date, stored: Answer | None = None) -> tuple[Answer, list[Problem]]:
    """The given answer as a checked one, and what is wrong with it.

    Only what is malformed is wrong here; what is merely missing is `asking.lacks`, since people answer in steps.
    """
    problems: list[Problem] = []
    kept = stored or Answer()
    acted = kept.action or Action()

    def checked(part: str, typed: T | UnsetType, held: K, check: Callable[[T], T | K]) -> T | K:
        if typed is UNSET:
            return held
        try:
            return check(typed)
        except Wrong as wrong:
            problems.append(Problem(f"{question.id}{part}", wrong.text, wrong.values))
            return held

    value = checked("", given.value, kept.value, lambda typed: _value(question, typed, today, kept))
    other = checked("-other", given.other, kept.other, lambda typed: tidy(typed, question.longest))
    comment = checked("-comment", given.comment, kept.comment, lambda typed: tidy(typed, LONGEST_COMMENT))
    what = checked("-action", given.action, acted.what, lambda typed: tidy(typed, LONGEST_COMMENT))
    who = checked("-action-who", given.action_who, acted.who, lambda typed: tidy(typed, LONGEST_NAME))
    held = acted.due.isoformat() if acted.due else ""
    due = checked("-action-due", given.action_due, held, lambda typed: _action_due(typed, today))
    action = Action(what=what, who=who, due=date.fromisoformat(due) if due else None) if what or who or due else None
    return Answer(value=value, other=other, comment=comment, action=action), problems


def _value(question: Question, typed: Value, today: date, kept: Answer) -> Value:
    """The checked value; of rows that have names, together with the kept ones that were not typed now."""
    value = CHECKS[question.kind](question, typed, today)
    if not question.named_rows or not value:
        return value
    rows = merged(kept.value, value) or ()
    if len(rows) > MOST_ROWS:
        raise Wrong("Give at most %(most)s rows.", most=str(MOST_ROWS))
    return rows or None


def plain_text(where: str, typed: str, longest: int) -> str:
    """A text that is no answer, such as a note, tidied; Refused where it cannot be kept."""
    try:
        return tidy(typed, longest)
    except Wrong as wrong:
        raise Refused([Problem(where, wrong.text, wrong.values)]) from None


def _one(raw: Value) -> str:
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise Wrong("Give one answer.")
    return raw.strip()


def _text(question: Question, raw: Value, today: date) -> Value:
    return tidy(_one(raw), question.longest) or None


def _email(question: Question, raw: Value, today: date) -> Value:
    text = _one(raw)
    if text and not is_email(text):
        raise Wrong("Write an e-mail address such as name@example.com.")
    return text or None


def _country(question: Question, raw: Value, today: date) -> Value:
    text = _one(raw)
    if text and text not in countries():
        raise Wrong("Choose a country from the list.")
    return text or None


def _number(question: Question, raw: Value, today: date) -> Value:
    text = _one(raw)
    if not text:
        return None
    if THOUSANDS.fullmatch(text):
        raise Wrong("Write the number without signs between thousands, such as 1500.")
    if len(text) > LONGEST_NUMBER or not NUMBER.fullmatch(text):
        raise Wrong(A_NUMBER)
    number = Decimal(text.replace(",", "."))
    lowest, highest = question.at_least, question.at_most
    if question.kind is Kind.PERCENTAGE:
        lowest = Decimal(0) if lowest is None else lowest
        highest = Decimal(100) if highest is None else highest
    under, over = phrase(AT_LEAST), phrase(AT_MOST)
    _within(number, lowest, highest, under, over)
    if number != round(number, question.decimals):
        if not question.decimals:
            raise Wrong(WHOLE)
        raise Wrong("Write at most %(decimals)s decimals.", decimals=str(question.decimals))
    # One form for one number: 10.0 is 10 and -0 is 0, so that conditions and a repeated save see no difference.
    return f"{number.normalize() + 0:f}"


def _within(found: Any, lowest: Any, highest: Any, under: str, over: str) -> None:
    if lowest is not None and found < lowest:
        raise Wrong(under, limit=str(lowest))
    if highest is not None and found > highest:
        raise Wrong(over, limit=str(highest))


def _as_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong(A_DATE) from None


def _date(question: Question, raw: Value, today: date) -> Value:
    text = _one(raw)
    if not text:
        return None
    day = _as_date(text)
    if question.when == "past" and day > today:
        raise Wrong(PAST)
    if question.when == "future" and day < today:
        raise Wrong(FUTURE)
    _within(day, question.not_before, question.not_after, NOT_BEFORE, NOT_AFTER)
    return day.isoformat()


def _action_due(text: str, today: date) -> str:
    if not text.strip():
        return ""
    day = _as_date(text.strip())
    _within(day, date(today.year - 1, 1, 1), today + FURTHEST_ACTION, NOT_BEFORE, NOT_AFTER)
    return day.isoformat()


def _choice(question: Question, raw: Value, today: date) -> Value:
    text = _one(raw)
    if text and question.option(text) is None:
        raise Wrong("Choose one of the answers offered.")
    return text or None


def _choices(question: Question, raw: Value, today: date) -> Value:
    given = (raw,) if isinstance(raw, str) else raw or ()
    chosen = {text for text in given if isinstance(text, str) and text}
    if len(chosen) < len([text for text in given if text]) or not chosen <= {o.id for o in question.options}:
        raise Wrong("Choose from the answers offered, each once.")
    alone = [option for option in question.options if option.alone and option.id in chosen]
    if alone and len(chosen) > 1:
        raise Wrong("“%(option)s” cannot be chosen together with other answers.", option=alone[0].label)
    return tuple(option.id for option in question.options if option.id in chosen) or None


def _rows(question: Question, raw: Value, today: date) -> Value:
    given = raw if isinstance(raw, tuple) else ()
    if raw and (isinstance(raw, str) or any(not isinstance(row, dict) for row in given)):
        raise Wrong("Give rows with named columns.")
    rows = tuple(
        row
        for number, typed in enumerate(given, 1)
        if isinstance(typed, dict) and (row := _row(question, typed, number, today))
    )
    most = MOST_ROWS if question.named_rows else question.most
    if len(rows) > most:
        raise Wrong("Give at most %(most)s rows.", most=str(most))
    return rows or None


def _row_name(question: Question, typed: Mapping[str, str]) -> dict[str, str]:
    """The id of the row's name, for questions whose rows have names."""
    if not question.named_rows:
        return {}
    name = tidy(typed.get(NAMED, ""), LONGEST_CELL)
    if not name or (question.rows and name not in {row.id for row in question.rows}):
        raise Wrong("There is no row “%(row)s”.", row=name[:40])
    return {NAMED: name}


def _row(question: Question, typed: Mapping[str, str], number: int, today: date) -> dict[str, str]:
    row = _row_name(question, typed)
    name = label_of(question.rows, row) or str(number)
    if unknown := typed.keys() - row.keys() - {column.id for column in question.columns}:
        raise Wrong("There is no column “%(column)s”.", column=sorted(unknown)[0][:40])
    for column in question.columns:
        try:
            value = CHECKS[column.kind](as_question(column), typed.get(column.id), today)
        except Wrong as wrong:
            why = Problem("", wrong.text, wrong.values)
            raise Wrong("Row %(row)s, “%(column)s”: %(why)s", row=name, column=column.label, why=why) from None
        if isinstance(value, str):
            row[column.id] = value
    return row


LIMITS = ("at_least", "at_most", "decimals", "not_before", "not_after", "when", "longest")


def as_question(column: Column) -> Question:
    """The column as a question of its kind, with the same limits."""
    limits = {limit: getattr(column, limit) for limit in LIMITS}
    return Question(id=column.id, kind=column.kind, ask=column.label, options=column.options, **limits)


def _files(question: Question, raw: Value, today: date) -> Value:
    if raw:
        raise Wrong("Add files with the file button.")
    return None


def _agreement(question: Question, raw: Value, today: date) -> Value:
    text = _one(raw)
    if text not in ("", AGREED):
        raise Wrong("Tick the box if you agree.")
    return text or None


def _signature(question: Question, raw: Value, today: date) -> Value:
    return tidy(_one(raw), LONGEST_NAME) or None


CHECKS: dict[Kind, Callable[[Question, Value, date], Value]] = {
    Kind.STATEMENT: _files,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.TEXT: _text,
    Kind.EMAIL: _email,
    Kind.COUNTRY: _country,
    Kind.NUMBER: _number,
    Kind.PERCENTAGE: _number,
    Kind.DATE: _date,
    Kind.ROWS: _rows,
    Kind.FILES: _files,
    Kind.AGREEMENT: _agreement,
    Kind.SIGNATURE: _signature,
}
