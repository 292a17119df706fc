"""Rows that have their names already: those of a grid, and one for each thing that was listed or ticked earlier.

What is typed beside a name is kept under the name's id and found again by it. A name that is gone for a while takes
nothing along: what was typed beside it stays in the answer and comes back with it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from portal.core.questionnaire import Question, RowName, Section
from portal.core.records import Answer

# Where a row keeps the id of its name. No column can have this id.
NAMED = "_row"

Row = dict[str, str]
Answers = Mapping[str, Answer]


def row_names(question: Question, answers: Answers) -> tuple[RowName, ...]:
    """The names of the rows that are asked now, in their order."""
    if not question.rows_from:
        return question.rows
    earlier = answers.get(question.rows_from)
    listed = earlier.value if earlier and isinstance(earlier.value, tuple) else ()
    if question.rows:
        return tuple(row for row in question.rows if row.id in listed)
    seen: Counter[str] = Counter()
    names = []
    for text in (row.get(question.name, "") for row in listed if isinstance(row, dict)):
        if text:
            seen[text] += 1
            id = text if seen[text] == 1 else f"{text} ({seen[text]})"
            names.append(RowName(id=id, label=id))
    return tuple(names)


def by_name(value: object) -> dict[str, Row]:
    """The rows of an answer by the ids of their names."""
    rows = value if isinstance(value, tuple) else ()
    return {row[NAMED]: row for row in rows if isinstance(row, dict) and NAMED in row}


def is_filled(row: Row) -> bool:
    """Whether anything stands beside the name."""
    return any(text.strip() for column, text in row.items() if column != NAMED)


def merged(stored: object, typed: object) -> tuple[Row, ...] | None:
    """What is kept after rows were typed: a row typed empty goes, a row that was not typed at all stays."""
    rows = {**by_name(stored), **by_name(typed)}
    return tuple(row for row in rows.values() if is_filled(row)) or None


def to_type(stored: object, wanted: object) -> tuple[Row, ...]:
    """The rows to type so that the stored ones become those that are wanted: a row that goes is typed empty."""
    kept = by_name(wanted)
    return (*kept.values(), *({NAMED: name} for name in by_name(stored) if name not in kept))


def arranged(question: Question, answers: Answers) -> Answer | None:
    """The answer as it is asked now: a row for each name, empty where nothing was typed; no value where none was."""
    answer = answers.get(question.id)
    if answer is None:
        return None
    typed = by_name(answer.value)
    rows = tuple(typed.get(name.id, {NAMED: name.id}) for name in row_names(question, answers))
    return replace(answer, value=rows if any(is_filled(row) for row in rows) else None)


def typed_only(answer: Answer | None) -> Answer | None:
    """An arranged answer without its empty rows."""
    if answer is None or not isinstance(answer.value, tuple):
        return answer
    rows = tuple(row for row in answer.value if not isinstance(row, dict) or is_filled(row))
    return replace(answer, value=rows or None)


def left_over(question: Question, answers: Answers) -> tuple[Row, ...]:
    """The rows that are kept although their names are gone."""
    answer = answers.get(question.id)
    asked = {name.id for name in row_names(question, answers)}
    return tuple(row for id, row in by_name(answer.value if answer else None).items() if id not in asked)


def as_asked(sections: Iterable[Section], answers: Answers) -> Answers:
    """All answers, those with named rows arranged."""
    found: dict[str, Answer] = {}
    for question in (question for section in sections for question in section.named_rows):
        answer = arranged(question, answers)
        if answer is not None:
            found[question.id] = answer
    return {**answers, **found} if found else answers


def label_of(names: Sequence[RowName], row: Row) -> str:
    """The name of a row as it is printed; empty where it has none."""
    id = row.get(NAMED, "")
    return next((name.label for name in names if name.id == id), id)
