"""What a cell takes, as a formula for the spreadsheet and as a sentence; the portal itself checks again."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from portal.core.answering import (
    A_DATE,
    A_NUMBER,
    AT_LEAST,
    AT_MOST,
    FUTURE,
    LONGEST_COMMENT,
    LONGEST_NAME,
    PAST,
    WHOLE,
    as_question,
)
from portal.core.questionnaire import Column, Kind, Question
from portal.core.words import Words
from portal.sheets.form import FormCell
from portal.usecases.workbook.lists import Lists

FROM_TO = "Write a number from %(low)s to %(high)s."
PER_CENT = "Write 12 for 12 %."
LONGEST_EMAIL = 254
TOO_LONG = "Write at most %(longest)s characters."
CHOOSE = "Choose from the list."


def text_cell(words: Words, longest: int) -> FormCell:
    """A cell for text."""
    refusal = words.said(TOO_LONG) % {"longest": longest}
    return FormCell(look="input", rule=f"LEN({{cell}})<={longest}", refusal=refusal)


def date_cell(words: Words, when: str = "", earliest: date | None = None, latest: date | None = None) -> FormCell:
    """A cell for a date."""
    parts = ["ISNUMBER({cell})"]
    parts += [f"{{cell}}>=DATE({day.year},{day.month},{day.day})" for day in (earliest,) if day]
    parts += [f"{{cell}}<=DATE({day.year},{day.month},{day.day})" for day in (latest,) if day]
    hints = [words.said(A_DATE)]
    if when == "past":
        parts.append("{cell}<=TODAY()")
        hints.append(words.said(PAST))
    if when == "future":
        parts.append("{cell}>=TODAY()")
        hints.append(words.said(FUTURE))
    return FormCell(look="input-date", rule=f"AND({','.join(parts)})", hint=" ".join(hints))


def number_cell(
    words: Words, low: Decimal | None, high: Decimal | None, decimals: int, per_cent: bool = False
) -> FormCell:
    """A cell for a number or a percentage."""
    if per_cent:
        low, high = Decimal(0) if low is None else low, Decimal(100) if high is None else high
    parts = ["ISNUMBER({cell})", f"ROUND({{cell}},{decimals})={{cell}}"]
    parts += [f"{{cell}}>={low}"] if low is not None else []
    parts += [f"{{cell}}<={high}"] if high is not None else []
    if low is not None and high is not None:
        hint = words.said(FROM_TO) % {"low": low, "high": high}
    elif low is not None:
        hint = words.said(AT_LEAST) % {"limit": low}
    else:
        hint = words.said(A_NUMBER) if high is None else words.said(AT_MOST) % {"limit": high}
    hints = [hint, *([words.said(PER_CENT)] if per_cent else []), *([words.said(WHOLE)] if not decimals else [])]
    look = "input-whole" if not decimals else "input-decimal" if per_cent else "input-number"
    return FormCell(look=look, rule=f"AND({','.join(parts)})", hint=" ".join(hints))


def cell_for(question: Question, lists: Lists) -> FormCell:
    """The cell for the answer to a question."""
    words = lists.words
    if question.id in lists.of:
        return FormCell(look="input", options=lists.of[question.id], refusal=words.said(CHOOSE))
    kinds: dict[Kind, Callable[[], FormCell]] = {
        Kind.DATE: lambda: date_cell(words, question.when, question.not_before, question.not_after),
        Kind.NUMBER: lambda: number_cell(words, question.at_least, question.at_most, question.decimals),
        Kind.PERCENTAGE: lambda: number_cell(words, question.at_least, question.at_most, question.decimals, True),
        Kind.TEXT: lambda: text_cell(words, question.longest),
        Kind.EMAIL: lambda: text_cell(words, LONGEST_EMAIL),
    }
    return kinds.get(question.kind, lambda: text_cell(words, LONGEST_NAME))()


def column_cell(question: Question, column: Column, lists: Lists) -> FormCell:
    """The cell for one column of a table."""
    subject = f"{question.id}.{column.id}"
    if subject in lists.of:
        return FormCell(look="input", options=lists.of[subject], refusal=lists.words.said(CHOOSE))
    return cell_for(replace(as_question(column), id=subject), lists)


def more_cells(words: Words) -> dict[str, FormCell]:
    """The cells for a comment and for a corrective action."""
    comment, name = text_cell(words, LONGEST_COMMENT), text_cell(words, LONGEST_NAME)
    return {"comment": comment, "action": comment, "who": name, "due": date_cell(words)}
