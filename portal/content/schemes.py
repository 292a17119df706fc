"""Reads scoring schemes with their outcome tables, and answer sets."""

from decimal import Decimal
from typing import TypeVar

from msgspec import Struct

from portal.content.conditions import Scope, read_condition
from portal.content.fields import Fields
from portal.core.outcomes import FACTS, faults
from portal.core.questionnaire import Need
from portal.core.schemes import OutcomeRow, OutcomeTable, Scheme
from portal.core.worth import Obligation, Verdict

COLOURS = ("green", "lime", "amber", "red", "grey")
TABLE_FACTS = (*FACTS, "score.")
CREDITED = (Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET)

Word = TypeVar("Word", bound=str)

# What an answer, named by option id, verdict or `any`, asks for: thing to need.
AsksLayer = dict[str, dict[str, Need]]
THINGS = ("comment", "evidence", "action")


class RawOption(Struct, frozen=True, kw_only=True):
    """An option as written, before a question decides what it is worth."""

    id: str
    label: str
    verdict: Verdict | None
    credit: Decimal | None
    asks: dict[str, Need]
    other: bool
    alone: bool
    alternative: bool
    says: str


def read_scheme(fields: Fields) -> Scheme:
    """A scheme; what is missing or wrong is noted and replaced by nothing."""
    scheme = Scheme(
        id=fields.text("id", required=True),
        title=fields.text("title", required=True),
        weights=_numbers(fields, "weights", list(Obligation)),
        credits=_numbers(fields, "credits", list(CREDITED)),
        method=fields.text("method"),
        tables=tuple(_read_table(table) for table in fields.each("tables")),
    )
    if not scheme.tables:
        fields.wrong("a scheme needs at least one table under `tables`")
    if any(not 0 <= credit <= 1 for credit in scheme.credits.values()):
        fields.wrong("credits lie between 0 and 1", "credits")
    fields.done()
    return scheme


def _numbers(fields: Fields, key: str, words: list[Word]) -> dict[Word, Decimal]:
    part = fields.child(key)
    if part is None:
        fields.wrong(f"“{key}” is missing; give a number for {', '.join(words)}")
        return {}
    found: dict[Word, Decimal] = {}
    for word in words:
        number = part.decimal(word)
        if number is None:
            part.wrong(f"“{key}” needs a number for “{word}”")
        else:
            found[word] = number
    part.done()
    return found


def _read_table(fields: Fields) -> OutcomeTable:
    read = fields.text("read", "first")
    if read not in ("first", "only"):
        fields.wrong(f"“read” cannot be “{read}”; write first or only", "read")
    table = OutcomeTable(
        id=fields.text("id", required=True),
        title=fields.text("title", required=True),
        first=read == "first",
        rows=tuple(_read_row(row) for row in fields.each("rows")),
    )
    for fault in faults(table):
        fields.wrong(f"table “{table.id}”: {fault}")
    fields.done()
    return table


def _read_row(fields: Fields) -> OutcomeRow:
    colour = fields.text("colour", "grey")
    if colour not in COLOURS:
        fields.wrong(f"“colour” cannot be “{colour}”; known are: {', '.join(COLOURS)}", "colour")
    months = fields.integer("valid_months", 0)
    row = OutcomeRow(
        outcome=fields.text("outcome", required=True),
        label=fields.text("label", required=True),
        colour=colour,
        meaning=fields.text("meaning"),
        next_step=fields.text("next_step"),
        valid_months=months or None,
        when=read_condition(fields.child("when"), Scope({}, TABLE_FACTS)),
    )
    fields.done()
    return row


def read_asks(fields: Fields | None, known: set[str]) -> AsksLayer:
    """What answers ask for; `known` are the words by which answers may be named here."""
    if fields is None:
        return {}
    layer: AsksLayer = {}
    for name in fields.keys:
        if name not in known:
            fields.wrong(f"“{name}” is no answer here; name an option, a verdict ({', '.join(Verdict)}) or any")
            continue
        part = fields.child(name)
        if part is not None:
            layer[name] = _read_needs(part)
    return layer


def _read_needs(fields: Fields) -> dict[str, Need]:
    needs = {thing: need for thing in THINGS if (need := fields.one_of(thing, Need)) is not None}
    fields.done()
    return needs


def read_option(fields: Fields) -> RawOption:
    """One option as written."""
    asks = fields.child("asks")
    option = RawOption(
        id=fields.identifier(),
        label=fields.text("label", required=True),
        verdict=fields.one_of("verdict", Verdict),
        credit=fields.decimal("credit"),
        asks=_read_needs(asks) if asks else {},
        other=fields.flag("other"),
        alone=fields.flag("alone"),
        alternative=fields.flag("alternative"),
        says=fields.text("says"),
    )
    if option.alternative and (option.verdict not in (None, Verdict.NOT_APPLICABLE) or option.credit is not None):
        fields.wrong("an alternative measure is worth what a reviewer says; leave its verdict and credit out")
    if option.credit is not None and not 0 <= option.credit <= 1:
        fields.wrong("a credit lies between 0 and 1", "credit")
    if option.verdict is Verdict.NOT_JUDGED:
        fields.wrong("“not-judged” is for questions without an answer; leave the verdict out", "verdict")
    if option.verdict is Verdict.NOT_APPLICABLE and option.credit is not None:
        fields.wrong("what is not applicable counts on neither side; leave the credit out", "credit")
    fields.done()
    return option


def read_options(fields: Fields) -> tuple[RawOption, ...]:
    """The options listed under `options`, ids unique."""
    options: dict[str, RawOption] = {}
    for each in fields.each("options"):
        option = read_option(each)
        if option.id in options:
            each.wrong(f"the option “{option.id}” is there twice; give each its own id")
        options[option.id] = option
    return tuple(options.values())
