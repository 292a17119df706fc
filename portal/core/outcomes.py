"""Outcome tables: ordered rows of conditions on named facts, read on a score and checked for holes and overlaps."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import product
from math import prod

from portal.core.conditions import Found, Test, holds, lookup_facts, tests
from portal.core.schemes import OutcomeRow, OutcomeTable

# Facts that a table may ask about, with the lowest and highest value each can have; score.<category or section> is like
# score.
FACTS: dict[str, tuple[int, int | None]] = {
    "score": (0, 100),
    "lowest_section": (0, 100),
    "points": (0, None),
    "musts_unmet": (0, None),
    "shoulds_unmet": (0, None),
    "criticals_unmet": (0, None),
}
BY_CATEGORY = "score."
WHOLE = frozenset({"musts_unmet", "shoulds_unmet", "criticals_unmet"})
MOST_COMBINATIONS = 200_000


def read_tables(tables: Sequence[OutcomeTable], facts: Mapping[str, Found]) -> dict[str, OutcomeRow]:
    """The row of each table that holds; a table in which none holds gives no outcome."""
    lookup = lookup_facts(facts)
    found = {}
    for table in tables:
        row = next((row for row in table.rows if holds(row.when, lookup)), None)
        if row is not None:
            found[table.id] = row
    return found


def faults(table: OutcomeTable) -> Iterator[str]:
    """The holes, overlaps and unreachable rows of a table, each with an example.

    Conditions compare facts with constants, so their truth changes only at those constants: trying each constant and
    a value on either side of it, in every combination, tries everything that can happen. The score of a category
    may also be missing, where nothing in it counted.
    """
    values = {fact: list(_values(fact, table)) for fact in sorted(_facts_of(table))}
    if prod(len(tried) for tried in values.values()) > MOST_COMBINATIONS:
        yield "it has more thresholds than can be checked; split it into several tables"
        return
    reached: set[int] = set()
    hole = overlap = ""
    for combination in product(*values.values()):
        facts: dict[str, Found] = dict(zip(values, combination, strict=True))
        holding = [place for place, row in enumerate(table.rows) if holds(row.when, lookup_facts(facts))]
        example = ", ".join(f"{fact} {'missing' if value is None else value}" for fact, value in facts.items())
        if not holding:
            hole = hole or f"no row holds{' when ' if example else ''}{example}; add a last row without `when`"
        elif table.first:
            reached.add(holding[0])
        else:
            reached.update(holding)
            if len(holding) > 1:
                names = " and ".join(table.rows[place].outcome for place in holding)
                overlap = overlap or f"{names} both hold when {example}; only one may"
    yield from filter(None, (hole, overlap))
    for place, row in enumerate(table.rows):
        if place not in reached:
            yield f"{row.outcome} can never be reached; it never holds, or the rows before it take every case"


def _facts_of(table: OutcomeTable) -> set[str]:
    return {test.fact for row in table.rows for test in tests(row.when)}


def _values(fact: str, table: OutcomeTable) -> Iterator[str | None]:
    named = [test for row in table.rows for test in tests(row.when) if test.fact == fact]
    if fact.startswith(BY_CATEGORY):
        yield None
    elif fact not in FACTS:
        yield from sorted({text for test in named for text in test.operand})
        yield "something else"
        return
    lowest, highest = FACTS.get(fact, FACTS["score"])
    step = Decimal(1) if fact in WHOLE else Decimal("0.001")
    tried = {limit + shift for limit in _limits(named) for shift in (-step, 0, step)}
    for value in sorted(tried | {Decimal(lowest)} | ({Decimal(highest)} if highest is not None else set())):
        if value >= lowest and (highest is None or value <= highest):
            yield f"{value.normalize():f}"


def _limits(named: Sequence[Test]) -> Iterator[Decimal]:
    """The numbers that tests compare with; a word that is no number is never found in a fact that is one."""
    for text in (text for test in named for text in test.operand):
        try:
            limit = Decimal(text)
        except InvalidOperation:
            continue
        if limit.is_finite():
            yield limit
