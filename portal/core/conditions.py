"""Conditions over earlier answers, facts and thresholds: `all`, `any`, `not` and single tests."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import Struct

# What a test may find: text (an option, a number, a date, free text), several texts, or nothing.
Found = str | tuple[str, ...] | None
Lookup = Callable[["Test"], Found]


class Test(Struct, frozen=True, tag="test"):
    """One comparison. `question` or `fact` names the subject, `operator` is a key of OPERATORS."""

    __test__ = False  # pytest: not a test class

    operator: str
    operand: tuple[str, ...]
    question: str = ""
    fact: str = ""


class All(Struct, frozen=True, tag="all"):
    """Holds when every part holds."""

    parts: tuple["Condition", ...]


class AnyOf(Struct, frozen=True, tag="any"):
    """Holds when at least one part holds."""

    parts: tuple["Condition", ...]


class Not(Struct, frozen=True, tag="not"):
    """Holds when its part does not."""

    part: "Condition"


Condition = Test | All | AnyOf | Not


def _texts(found: Found) -> tuple[str, ...]:
    if found is None:
        return ()
    return (found,) if isinstance(found, str) else found


def _is(found: Found, operand: tuple[str, ...]) -> bool:
    """One of the words; of several ticked answers, one of them."""
    if isinstance(found, str):
        return found in operand
    return found is not None and any(text in operand for text in found)


def _compare(ordered: Callable[[Any, Any], bool]) -> Callable[[Found, tuple[str, ...]], bool]:
    """A threshold: numbers as numbers, ISO dates as dates; what is missing or no number never holds."""

    def holds(found: Found, operand: tuple[str, ...]) -> bool:
        if not isinstance(found, str):
            return False
        try:
            return ordered(Decimal(found), Decimal(operand[0]))
        except InvalidOperation:
            pass
        try:
            return ordered(date.fromisoformat(found), date.fromisoformat(operand[0]))
        except ValueError:
            return False

    return holds


OPERATORS: dict[str, Callable[[Found, tuple[str, ...]], bool]] = {
    "is": _is,
    "includes_all": lambda found, operand: set(operand) <= set(_texts(found)),
    "answered": lambda found, operand: bool(_texts(found)) is (operand == ("yes",)),
    "at_least": _compare(lambda found, limit: found >= limit),
    "at_most": _compare(lambda found, limit: found <= limit),
    "above": _compare(lambda found, limit: found > limit),
    "below": _compare(lambda found, limit: found < limit),
}
THRESHOLDS = frozenset({"at_least", "at_most", "above", "below"})


def holds(condition: Condition | None, lookup: Lookup) -> bool:
    """Whether the condition holds for what `lookup` finds; no condition always holds."""
    match condition:
        case None:
            return True
        case Test():
            return OPERATORS[condition.operator](lookup(condition), condition.operand)
        case All():
            return all(holds(part, lookup) for part in condition.parts)
        case AnyOf():
            return any(holds(part, lookup) for part in condition.parts)
        case Not():
            return not holds(condition.part, lookup)


def tests(condition: Condition | None) -> Iterator[Test]:
    """Every single comparison in a condition."""
    match condition:
        case None:
            return
        case Test():
            yield condition
        case Not():
            yield from tests(condition.part)
        case All() | AnyOf():
            for part in condition.parts:
                yield from tests(part)


def lookup_facts(facts: Mapping[str, Found]) -> Lookup:
    """A lookup in named facts alone, as outcome tables need it."""
    return lambda test: facts.get(test.fact)
