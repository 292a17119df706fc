"""Which texts are for partners to read: the mark on our own words, and the fields of a questionnaire that are texts.

Every such text is looked up in the reader's language by its English wording, which stays the one key: of the code, of
the questionnaires, and of every edition that an old response is pinned to.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from portal.core.questionnaire import Column, Option, Question, Questionnaire, RowName, Section
from portal.core.rules import Contradiction, Exit

S = TypeVar("S", bound=Struct)

# The fields that partners read, by what they belong to. Values of these types, and only these, are looked into;
# a test holds this table and `UNSAID` against every text field there is, so that a new one must be decided.
SAID: dict[type[Struct], tuple[str, ...]] = {
    Questionnaire: ("title", "intro"),
    Section: ("title", "intro"),
    Question: ("ask", "heading", "help", "typical_evidence", "unit"),
    Option: ("label", "says"),
    Column: ("label", "unit"),
    RowName: ("label",),
    Exit: ("title",),
    Contradiction: ("says",),
}
# Text fields of the same types that are no words: ids, labels as printed, dates.
UNSAID: dict[type[Struct], tuple[str, ...]] = {
    Questionnaire: ("id", "edition", "business_types", "categories", "criteria", "language"),
    Section: ("id", "label", "one_of"),
    Question: (
        "id",
        "label",
        "criterion",
        "category",
        "good",
        "parent",
        "when",
        "replaces",
        "rows_from",
        "name",
        "one_of",
    ),
    Option: ("id",),
    Column: ("id", "when"),
    RowName: ("id",),
    Exit: ("id", "valid_until", "checked", "proof", "keep", "skip"),
    Contradiction: ("id", "at"),
}


class Wording(Struct, frozen=True):
    """A text of a questionnaire, and where it stands, for those who translate it."""

    text: str
    where: str


def phrase(text: str) -> str:
    """An English text that partners read, marked so that it is found for translation; nothing is done to it here."""
    return text


def wordings(part: Struct, within: str = "") -> Iterator[Wording]:
    """Every text of a questionnaire that partners read, in the order they meet it."""
    where = (
        f"{within} {getattr(part, 'id', '')}".strip() if isinstance(part, Option | Column | RowName) else _name(part)
    )
    for name in part.__struct_fields__:
        value: Any = getattr(part, name)
        if name in SAID[type(part)]:
            if value:
                yield Wording(value, f"{where}: {name.replace('_', ' ')}")
        else:
            for inner in _inside(value):
                yield from wordings(inner, where)


def _name(part: Struct) -> str:
    return f"{type(part).__name__.lower()} {getattr(part, 'id', '')}"


def _inside(value: object) -> tuple[Struct, ...]:
    """The parts of a value that hold texts for partners; what only reviewers read stays in English."""
    values = value if isinstance(value, tuple) else (value,)
    return tuple(
        one
        for one in values
        if isinstance(one, Struct) and type(one) in SAID and not (isinstance(one, Section) and one.for_reviewers)
    )


def reworded(part: S, say: Callable[[str], str]) -> S:
    """The same with every text said another way; ids, conditions and worth stay as they are."""
    changes: dict[str, Any] = {}
    for name in part.__struct_fields__:
        value: Any = getattr(part, name)
        if name in SAID[type(part)]:
            if value:
                changes[name] = say(value)
        elif _inside(value):
            changes[name] = (
                tuple(reworded(one, say) for one in value) if isinstance(value, tuple) else reworded(value, say)
            )
    return replace(part, **changes)
