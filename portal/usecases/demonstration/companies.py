"""The invented partners and the sentences they write, read from the .yaml files beside this module."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct
from msgspec.structs import replace

FOLDER = Path(__file__).parent
# Eight times as fast where PyYAML was built with libyaml, as its wheels are.
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Company(Struct, frozen=True, kw_only=True):
    """One invented partner; `companies.yaml` explains the fields."""

    id: str
    name: str
    country: str
    city: str
    type: str
    contact: str
    title: str
    state: str
    people: int
    years: int
    work: str
    tags: str = ""
    language: str = ""
    shipments: int = 10
    trucks: int = 10
    crossings: int = 50
    invited: int = 0
    took: int = 0
    share: float = 1.0
    musts: float = 0.8
    shoulds: float = 0.6
    partly: float = 0.45
    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    withdrawn: bool = False
    certificate: str = ""
    days_left: int = 0
    says: dict[str, str] = {}
    reports: int = 0
    renewed: int = 0

    @property
    def email(self) -> str:
        """Its contact's address, under a name that nobody can own."""
        return f"security@{self.id}.example.com"


def _yaml(name: str) -> Any:
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506  # both are safe


@cache
def companies() -> tuple[Company, ...]:
    """All of them, in the order of the file."""
    return msgspec.convert(_yaml("companies.yaml"), tuple[Company, ...])


def cast(number: int) -> tuple[Company, ...]:
    """So many of them, all at least; beyond those in the file each comes again under other names, numbered."""
    known = companies()
    again = (_again(known[place % len(known)], place // len(known) + 1) for place in range(len(known), number))
    return (*known, *again)


def _again(company: Company, turn: int) -> Company:
    return replace(company, id=f"{company.id}-{turn}", name=company.name.replace(" (demo)", f" {turn} (demo)"))


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return msgspec.convert(_yaml("words.yaml"), dict[str, dict[str, str]])


@cache
def languages() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Sentences that fit any question, by language."""
    return msgspec.convert(_yaml("languages.yaml"), dict[str, dict[str, tuple[str, ...]]])


@cache
def word(question: str, name: str) -> str:
    """The sentence of that name that fits a question best: the one for the longest beginning of its id, or none."""
    fitting = (begin for begin, said in _words().items() if question.startswith(begin) and name in said)
    best = max(fitting, key=len, default="")
    return _words()[best][name] if best else ""
