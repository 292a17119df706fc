"""What changed, by whom, when, from what to what."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

NOTHING = None


class Event(Struct, frozen=True, kw_only=True):
    """One step in a record's life; `changes` maps a dotted path to its value before and after."""

    number: int
    at: datetime
    by: str
    what: str
    changes: dict[str, tuple[Any, Any]] = {}


def difference(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, private: frozenset[str] = frozenset()
) -> dict[str, tuple[Any, Any]]:
    """The fields that differ between two records in plain form, by dotted path.

    A field named in `private` is reported as changed, its content left out.
    """
    found = dict(_differences(before or {}, after or {}, ""))
    return {path: ("(private)", "(private)") if path.split(".")[0] in private else pair for path, pair in found.items()}


def _differences(
    before: Mapping[str, Any], after: Mapping[str, Any], path: str
) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key, NOTHING), after.get(key, NOTHING)
        if old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differences(old, new, f"{path}{key}.")
        else:
            yield f"{path}{key}", (old, new)
