"""How values are written on the site: numbers, dates, verdicts and the conditions of outcome tables in words."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from textwrap import wrap

from portal.core.conditions import All, AnyOf, Condition, Not, Test
from portal.core.worth import Verdict

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOTHING = "–"
LABEL_WIDTH = 38  # letters of a drawing's label that fit on a line of the narrowest phone

VERDICTS = {
    Verdict.MET: ("Met", "green"),
    Verdict.PARTLY_MET: ("Partly met", "amber"),
    Verdict.NOT_MET: ("Not met", "red"),
    Verdict.NOT_JUDGED: ("Not answered", "grey"),
    Verdict.NOT_APPLICABLE: ("Does not apply", "grey"),
}
FACTS = {
    "score": "score",
    "musts_unmet": "musts not met",
    "shoulds_unmet": "shoulds not met",
    "criticals_unmet": "critical questions failed",
}
OPERATORS: dict[str, Callable[[str], str]] = {
    "at_least": "{} or more".format,
    "at_most": lambda limit: "none" if limit == "0" else f"at most {limit}",
    "above": lambda limit: "one or more" if limit == "0" else f"more than {limit}",
    "below": "less than {}".format,
    "is": "{}".format,
    "includes_all": "all of {}".format,
    "answered": "answered: {}".format,
}


def number(value: Decimal | int | None) -> str:
    """A score or count; a dash where there is none."""
    return NOTHING if value is None else str(value)


def day(value: date | None) -> str:
    """A date as 4 Nov 2026; a dash where there is none."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}" if value else NOTHING


def share(part: int | Decimal, whole: int | Decimal) -> str:
    """A part of a whole in hundredths, for the geometry of drawings: at most two decimals, no superfluous ones."""
    return f"{Decimal(part) * 100 / Decimal(whole):.2f}".rstrip("0").rstrip(".") if whole else "0"


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: 1 partner, 2 partners."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def verdict_word(verdict: Verdict) -> str:
    """The verdict as readers see it."""
    return VERDICTS[verdict][0]


def verdict_colour(verdict: Verdict) -> str:
    """The colour of the verdict's tag."""
    return VERDICTS[verdict][1]


@cache
def label_lines(label: str) -> tuple[str, ...]:
    """A drawing's label cut into lines that fit on a phone."""
    return tuple(wrap(label, LABEL_WIDTH)) or ("",)


def condition_words(condition: Condition | None) -> str:
    """An outcome's condition as a phrase: «musts not met: none, and score: 90 or more»."""
    match condition:
        case None:
            return "everything else"
        case Test():
            operand = " or ".join(condition.operand)
            return f"{_fact_words(condition.fact or condition.question)}: {OPERATORS[condition.operator](operand)}"
        case Not():
            return f"not ({condition_words(condition.part)})"
        case All():
            return ", and ".join(condition_words(part) for part in condition.parts)
        case AnyOf():
            return " or ".join(f"({condition_words(part)})" for part in condition.parts)


def _fact_words(fact: str) -> str:
    if fact.startswith("score."):
        return f"score in category {fact.removeprefix('score.')}"
    return FACTS.get(fact, fact.replace("_", " "))


FILTERS: dict[str, Callable[..., object]] = {
    "number": number,
    "day": day,
    "share": share,
    "verdict_word": verdict_word,
    "verdict_colour": verdict_colour,
    "label_lines": label_lines,
    "condition_words": condition_words,
    "plural": plural,
}
