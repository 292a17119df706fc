"""Reading YAML by hand: every scalar is text, every mistake is noted with its line, and reading goes on."""

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml
from msgspec import Struct

from portal.core.errors import PortalError

E = TypeVar("E", bound=StrEnum)
ID = re.compile(r"[a-z0-9-]+")
# Text scalars only; the parser in C, where the package has it, is five times as fast.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
FLAGS = {"yes": True, "no": False, "true": True, "false": False}


class Mistake(Struct, frozen=True, order=True):
    """One thing wrong in a file, with what would be right."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class InvalidContent(PortalError):
    """The questionnaires cannot be used as they are; `mistakes` names every reason."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class Notes:
    """Collects mistakes, each once, however often a shared section is read."""

    def __init__(self) -> None:
        self._found: dict[Mistake, None] = {}

    def add(self, file: str, node: yaml.Node, text: str) -> None:
        """Note a mistake at a place in a file."""
        self._found[Mistake(file, node.start_mark.line + 1, text)] = None

    def add_all(self, mistakes: Sequence[Mistake]) -> None:
        """Note mistakes found elsewhere."""
        self._found.update(dict.fromkeys(mistakes))

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Everything noted, by file and line."""
        return tuple(sorted(self._found))


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A remedy for a word that is not known: the likeliest one, or all of them."""
    close = get_close_matches(word, known, 1)
    if close:
        return f"did you mean “{close[0]}”?"
    return f"known are: {', '.join(known)}" if known else "none is known here"


def finite(text: str) -> Decimal:
    """A number in a text; ValueError where it is none, or is infinite or “not a number”."""
    try:
        number = Decimal(text)
    except InvalidOperation as fault:
        raise ValueError(text) from fault
    if not number.is_finite():
        raise ValueError(text)
    return number


class Fields:
    """A mapping being read: each key is asked for once, and `done` complains about the rest."""

    def __init__(self, node: yaml.Node, file: str, notes: Notes) -> None:
        self.node, self.file, self.notes = node, file, notes
        self._values: dict[str, yaml.Node] = {}
        self._keys: dict[str, yaml.Node] = {}
        self._asked: list[str] = []
        if not isinstance(node, yaml.MappingNode):
            self.wrong("a mapping of keys to values is expected here")
            return
        for key, value in node.value:
            name = str(key.value)
            if name in self._values:
                first = self._keys[name].start_mark.line + 1
                notes.add(file, key, f"“{name}” is given twice, first in line {first}; keep one")
                continue
            self._values[name], self._keys[name] = value, key

    def __contains__(self, key: str) -> bool:
        return key in self._values

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys as written; asking for them marks them all as known."""
        self._asked.extend(self._values)
        return tuple(self._values)

    def wrong(self, text: str, key: str | None = None) -> None:
        """Note a mistake at a key's value, or at the mapping."""
        self.notes.add(self.file, self._values.get(key, self.node) if key else self.node, text)

    def take(self, key: str) -> yaml.Node | None:
        """The node under a key, marked as known."""
        self._asked.append(key)
        return self._values.get(key)

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A text; empty where it is missing."""
        node = self.take(key)
        if node is None:
            if required:
                self.wrong(f"“{key}” is missing; add it")
            return default
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(f"“{key}” takes one text, not a list or a mapping", key)
            return default
        value = str(node.value).strip()
        if required and not value:
            self.wrong(f"“{key}” is empty; fill it in", key)
        return value

    def identifier(self) -> str:
        """The `id`, which stands in addresses and names the fields of forms."""
        id = self.text("id", required=True)
        if id and not ID.fullmatch(id):
            self.wrong(f"the id “{id}” has other signs than lower-case letters, digits and hyphens", "id")
        return id

    def named(self, id: str, file: str) -> None:
        """Note a mistake where the `id` that was read is not the name of the file."""
        if id != file:
            self.wrong(f"the id is not the file's name; write “{file}”", "id")

    def texts(self, key: str) -> tuple[str, ...]:
        """One text or a list of texts."""
        node = self.take(key)
        if node is None:
            return ()
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if any(not isinstance(part, yaml.ScalarNode) for part in parts):
            self.wrong(f"“{key}” takes a text or a list of texts", key)
            return ()
        return tuple(str(part.value).strip() for part in parts)

    def parsed(self, key: str, parse: Callable[[str], object], what: str) -> object:
        """A text made into something; None where it is missing or cannot be."""
        text = self.text(key)
        if not text:
            return None
        try:
            return parse(text)
        except (ValueError, KeyError):
            self.wrong(f"“{key}” is “{text}”; {what}", key)
            return None

    def decimal(self, key: str) -> Decimal | None:
        """A number."""
        value = self.parsed(key, finite, "write a number such as 2 or 0.5")
        return value if isinstance(value, Decimal) else None

    def integer(self, key: str, default: int, within: range | None = None) -> int:
        """A whole number, the default where it is missing or does not lie within the range."""
        value = self.parsed(key, int, "write a whole number")
        if not isinstance(value, int):
            return default
        if within is not None and value not in within:
            self.wrong(f"“{key}” is {value}; write a whole number from {within[0]} to {within[-1]}", key)
            return default
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """A yes or no."""
        value = self.parsed(key, lambda text: FLAGS[text.lower()], "write yes or no")
        return value if isinstance(value, bool) else default

    def one_of(self, key: str, words: type[E]) -> E | None:
        """One word of an enumeration."""
        text = self.text(key)
        if text and text not in list(words):
            self.wrong(f"“{key}” cannot be “{text}”; {did_you_mean(text, [str(word) for word in words])}", key)
            return None
        return words(text) if text else None

    def child(self, key: str) -> "Fields | None":
        """The mapping under a key."""
        node = self.take(key)
        return None if node is None else Fields(node, self.file, self.notes)

    def each(self, key: str) -> Iterator["Fields"]:
        """The mappings in the list under a key."""
        node = self.take(key)
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(f"“{key}” takes a list; start each entry with “- ”", key)
            return
        for part in node.value:
            yield Fields(part, self.file, self.notes)

    def done(self, *ignored: str) -> None:
        """Complain about keys that nobody asked for."""
        known = sorted({*self._asked, *ignored})
        for name, key in self._keys.items():
            if name not in known:
                self.notes.add(self.file, key, f"“{name}” is not a key here; {did_you_mean(name, known)}")


def read_yaml(path: Path, shown_as: str, notes: Notes) -> Fields | None:
    """The mapping in a YAML file with all scalars as text; None, and a mistake noted, where there is none."""
    try:
        return parse_yaml(path.read_text(encoding="utf-8"), shown_as, notes)
    except (OSError, UnicodeDecodeError) as fault:
        notes.add_all([Mistake(shown_as, 1, f"cannot be read ({fault}); save it as UTF-8 text")])
        return None


def parse_yaml(text: str, shown_as: str, notes: Notes) -> Fields | None:
    """The mapping in a YAML text with all scalars as text."""
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        what = getattr(fault, "problem", None) or "it is not YAML"
        notes.add_all([Mistake(shown_as, mark.line + 1 if mark else 1, f"{what}; check indents, colons and quotes")])
        return None
    if node is None:
        notes.add_all([Mistake(shown_as, 1, "the file is empty")])
        return None
    return Fields(node, shown_as, notes)
