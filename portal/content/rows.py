"""Reads rows: their columns, the rows of a grid, and rows drawn from an earlier answer."""

from collections.abc import Mapping
from typing import Any

from portal.content.fields import Fields, did_you_mean
from portal.content.limits import read_limits
from portal.content.options import Layers, resolve_options
from portal.content.schemes import RawOption, read_options
from portal.core.conditions import Condition, Test
from portal.core.questionnaire import Column, Kind, Question, RowName
from portal.core.schemes import Scheme

COLUMN_KINDS = (Kind.TEXT, Kind.NUMBER, Kind.PERCENTAGE, Kind.DATE, Kind.CHOICE, Kind.COUNTRY, Kind.EMAIL)
AnswerSets = Mapping[str, tuple[RawOption, ...]]


def read_rows(
    fields: Fields, kind: Kind, scheme: Scheme, answer_sets: AnswerSets, earlier: Mapping[str, Question]
) -> dict[str, Any]:
    """Columns and row names, as the fields of a question that hold them."""
    columns = tuple(_unique(fields, "columns", "column", lambda each: _read_column(each, scheme, answer_sets)))
    rows = tuple(_unique(fields, "rows", "row", _read_row_name))
    if kind is Kind.ROWS and not columns:
        fields.wrong("rows need `columns`")
    for key in ("columns", "rows", "rows_from", "name"):
        if key in fields and kind is not Kind.ROWS:
            fields.wrong(f"a {kind} has no “{key}”; it is for rows", key)
    for key in ("fewest", "most"):
        if key in fields and ("rows" in fields or "rows_from" in fields):
            fields.wrong(f"the rows are given already; leave “{key}” out", key)
    return {"columns": columns, "rows": rows, **_read_source(fields, earlier)}


def _read_source(fields: Fields, earlier: Mapping[str, Question]) -> dict[str, Any]:
    """From which question the rows are drawn, and how they are called."""
    id, name = fields.text("rows_from"), fields.text("name")
    if name and not id:
        fields.wrong("“name” says how rows drawn from an earlier question are called; give `rows_from` too", "name")
    if not id:
        return {}
    source = earlier.get(id)
    if "rows" in fields:
        fields.wrong("give either `rows` or `rows_from`", "rows")
    if source is None:
        fields.wrong(f"no question “{id}” stands before this place; {did_you_mean(id, list(earlier))}", "rows_from")
        return {}
    if source.kind not in (Kind.ROWS, Kind.CHOICES) or source.named_rows:
        fields.wrong(f"“{id}” gives no rows; name a question of kind choices, or rows that are typed", "rows_from")
        return {}
    if source.kind is Kind.ROWS:
        _check_name(fields, name, source)
        return {"rows_from": id, "name": name}
    rows = tuple(RowName(id=option.id, label=option.label) for option in source.options if not option.alone)
    return {"rows_from": id, "rows": rows}


def shown_with_rows(question: Question) -> Condition | None:
    """When a question whose rows are drawn from an earlier one can be asked: once there is a row."""
    if not question.rows_from:
        return None
    if question.rows:
        return Test(operator="is", operand=tuple(row.id for row in question.rows), question=question.rows_from)
    return Test(operator="answered", operand=("yes",), question=question.rows_from)


def _unique(fields: Fields, key: str, what: str, read: Any) -> list[Any]:
    found: dict[str, Any] = {}
    for each in fields.each(key):
        one = read(each)
        if one.id in found:
            each.wrong(f"the {what} “{one.id}” is there twice; give each its own id")
        found[one.id] = one
    return list(found.values())


def _read_row_name(fields: Fields) -> RowName:
    row = RowName(id=fields.identifier(), label=fields.text("label", required=True))
    fields.done()
    return row


def _check_name(fields: Fields, name: str, source: Question) -> None:
    fitting = [one.id for one in source.columns if one.kind is Kind.TEXT and one.lines == 1 and one.required]
    if name not in fitting:
        fields.wrong(
            f"“name” is a required column of short text in “{source.id}”; {did_you_mean(name, fitting)}", "name"
        )


def _read_column(fields: Fields, scheme: Scheme, answer_sets: AnswerSets) -> Column:
    word = fields.text("kind", Kind.TEXT)
    options = read_options(fields)
    if word in answer_sets:
        if options:
            fields.wrong(f"“{word}” has its options in answers.yaml; use kind choice for options of its own", "options")
        kind, options = Kind.CHOICE, answer_sets[word]
    elif word in COLUMN_KINDS:
        kind = Kind(word)
    else:
        known = ", ".join((*COLUMN_KINDS, *answer_sets))
        fields.wrong(f"a column cannot be {word}; known are: {known}", "kind")
        kind = Kind.TEXT
    if kind is Kind.CHOICE and not options:
        fields.wrong("a choice column needs `options`", "kind")
    column = Column(
        id=fields.identifier(),
        label=fields.text("label", required=True),
        kind=kind,
        required=fields.flag("required"),
        options=resolve_options(fields, options, kind, False, scheme, (), None, Layers((), {})),
        **read_limits(fields, kind, Column),
    )
    fields.done()
    return column
