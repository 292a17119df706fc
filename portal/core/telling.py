"""Answers in words, as people read them on pages, in exports and on paper."""

from portal.core.countries import country_name
from portal.core.questionnaire import Column, Kind, Question
from portal.core.rownames import is_filled, label_of


def value_text(question: Question, value: object) -> str:
    """What was answered, in words: labels for options, names for countries, units for numbers; rows one a line."""
    if not value:
        return ""
    if not isinstance(value, tuple):
        return _one(question, str(value))
    parts = [
        _row(question, part) if isinstance(part, dict) else _one(question, str(part))
        for part in value
        if not isinstance(part, dict) or is_filled(part)
    ]
    return ("\n" if question.kind is Kind.ROWS else "; ").join(parts)


def _one(question: Question, value: str) -> str:
    option = question.option(value)
    if option is not None:
        return option.label
    if question.kind is Kind.COUNTRY:
        return country_name(value)
    if question.kind is Kind.AGREEMENT:
        return "Agreed"
    unit = "%" if question.kind is Kind.PERCENTAGE else question.unit
    return f"{value} {unit}".strip()


def _row(question: Question, row: dict[str, str]) -> str:
    given = [(column, row[column.id]) for column in question.columns if row.get(column.id)]
    told = ", ".join(f"{column.label}: {_cell(column, value)}" for column, value in given)
    name = label_of(question.rows, row)
    return f"{name} – {told}" if name else told


def _cell(column: Column, value: str) -> str:
    label = next((option.label for option in column.options if option.id == value), value)
    if column.kind is Kind.COUNTRY:
        return country_name(label)
    unit = "%" if column.kind is Kind.PERCENTAGE else column.unit
    return f"{label} {unit}".strip()
