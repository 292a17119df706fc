"""Answers in words, as people read them on pages, in exports and on paper."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from portal.core.countries import country_name
from portal.core.days import day_text, number_text
from portal.core.questionnaire import Column, Kind, Question
from portal.core.rownames import is_filled, label_of
from portal.core.wording import phrase

NUMBERS = (Kind.NUMBER, Kind.PERCENTAGE)


class Manner(Struct, frozen=True):
    """How an answer is told: in which language, and whether days and numbers are written as it writes them.

    `semicolon` stands between several choices, `comma` between the cells of a row.
    """

    language: str = "en"
    agreed: str = phrase("Agreed")
    semicolon: str = phrase("; ")
    comma: str = phrase(", ")
    written_out: bool = False

    def plain(self, kind: Kind, value: str) -> str:
        """A value that is no choice: countries by their names, days and numbers as the language writes them."""
        if kind is Kind.COUNTRY:
            return country_name(value, self.language)
        if self.written_out and kind is Kind.DATE:
            return day_text(date.fromisoformat(value), self.language)
        if self.written_out and kind in NUMBERS:
            return number_text(Decimal(value), self.language)
        return value


AS_KEPT = Manner()


def value_text(question: Question, value: object, manner: Manner = AS_KEPT) -> str:
    """What was answered, in words: labels for options, names for countries, units for numbers; rows one a line."""
    if not value:
        return ""
    if not isinstance(value, tuple):
        return _one(question, str(value), manner)
    parts = [
        _row(question, part, manner) if isinstance(part, dict) else _one(question, str(part), manner)
        for part in value
        if not isinstance(part, dict) or is_filled(part)
    ]
    return ("\n" if question.kind is Kind.ROWS else manner.semicolon).join(parts)


def said_texts(question: Question, value: object) -> tuple[str, ...]:
    """The same in parts: each choice, each cell of a row, without the headings that stand beside cells."""
    parts = value if isinstance(value, tuple) else (value,) if value else ()
    cells = [
        _cell(column, part[column.id], AS_KEPT)
        for part in parts
        if isinstance(part, dict)
        for column in question.columns
        if part.get(column.id)
    ]
    return (*(_one(question, part, AS_KEPT) for part in parts if isinstance(part, str)), *cells)


def _one(question: Question, value: str, manner: Manner) -> str:
    option = question.option(value)
    if option is not None:
        return option.label
    if question.kind is Kind.AGREEMENT:
        return manner.agreed
    unit = "%" if question.kind is Kind.PERCENTAGE else question.unit
    return f"{manner.plain(question.kind, value)} {unit}".strip()


def _row(question: Question, row: dict[str, str], manner: Manner) -> str:
    given = [(column, row[column.id]) for column in question.columns if row.get(column.id)]
    told = manner.comma.join(f"{column.label}: {_cell(column, value, manner)}" for column, value in given)
    name = label_of(question.rows, row)
    return f"{name} – {told}" if name else told


def _cell(column: Column, value: str, manner: Manner) -> str:
    label = next((option.label for option in column.options if option.id == value), None)
    unit = "%" if column.kind is Kind.PERCENTAGE else column.unit
    return f"{manner.plain(column.kind, value) if label is None else label} {unit}".strip()
