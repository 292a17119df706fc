"""What may be typed about a partner, field by field: one table for the form, the import and changes alike."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from portal.core.countries import countries
from portal.core.errors import Problem
from portal.core.partners import Certificate, Contact, Site, Supplier
from portal.core.tidying import Wrong, is_email, tidy

Given = Mapping[str, str | Sequence[Mapping[str, str]]]

MOST_ROWS = 40
BETWEEN_ENTRIES, BETWEEN_PARTS = ";", "|"
UNKEEPABLE = "This text holds a character that cannot be kept."


class Known(Struct, frozen=True):
    """What fields may name: business types (id to name) and the ids of staff."""

    types: Mapping[str, str]
    staff: Collection[str]


Read = Callable[[str, Known], Any]


def _text(text: str, _: Known) -> str:
    return text


def _several(text: str, _: Known) -> tuple[str, ...]:
    """Things separated by semicolons or line ends, each once."""
    parts = (part.strip() for part in text.replace("\n", BETWEEN_ENTRIES).split(BETWEEN_ENTRIES))
    return tuple(dict.fromkeys(part for part in parts if part))


def _email(text: str, _: Known) -> str:
    if text and not is_email(text):
        raise Wrong("Write an e-mail address such as name@example.com.")
    return text


def _country(text: str, _: Known) -> str:
    names = {name.casefold(): code for code, name in countries().items()}
    code = text.upper() if text.upper() in countries() else names.get(text.casefold(), "")
    if text and not code:
        raise Wrong("“%(country)s” is no country; write two letters such as VN.", country=text[:40])
    return code


def _day(text: str, _: Known) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Wrong("Give a date such as 2026-09-30.") from None


def _yes(text: str, _: Known) -> bool:
    return text.casefold() in ("yes", "y", "1", "true", "deputy")


def _type(text: str, known: Known) -> str:
    names = {name.casefold(): id for id, name in known.types.items()}
    spelt = text.lower().replace(" ", "_").replace("-", "_")
    id = spelt if spelt in known.types else names.get(text.casefold(), "")
    if text and not id:
        listed = ", ".join(known.types)
        raise Wrong("“%(type)s” is no business type; known are: %(known)s.", type=text[:40], known=listed)
    return id


def _types(text: str, known: Known) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_type(one, known) for one in _several(text, known)))


def _colleague(text: str, known: Known) -> str:
    id = text.lower()
    if id and id not in known.staff:
        raise Wrong("“%(person)s” is nobody who can sign in here.", person=text[:60])
    return id


class Part(Struct, frozen=True):
    """One thing typed: how long it may be, how it is read, whether it must be there, may have line ends."""

    longest: int
    read: Read = _text
    needed: bool = False
    lines: bool = False


TEXTS: dict[str, Part] = {
    "name": Part(200, needed=True),
    "country": Part(100, _country, needed=True),
    "business_type": Part(100, _type, needed=True),
    "contact_name": Part(200),
    "contact_email": Part(254, _email, needed=True),
    "city": Part(100),
    "tags": Part(500, _several),
    "other_names": Part(1000, _several, lines=True),
    "address": Part(500, lines=True),
    "further_types": Part(500, _types, lines=True),
    "looked_after_by": Part(254, _colleague),
}
ROWS: dict[str, dict[str, Part]] = {
    "sites": {"name": Part(80, needed=True), "address": Part(300)},
    "contacts": {
        "name": Part(200, needed=True),
        "email": Part(254, _email),
        "phone": Part(40),
        "role": Part(100),
        "deputy": Part(10, _yes),
    },
    "identifiers": {"name": Part(60, needed=True), "value": Part(100, needed=True)},
    "certificates": {"programme": Part(100, needed=True), "number": Part(100), "valid_until": Part(10, _day)},
    "suppliers": {"name": Part(200, needed=True), "country": Part(100, _country), "supplies": Part(200)},
}
MADE_OF: dict[str, type[Struct]] = {
    "sites": Site,
    "contacts": Contact,
    "certificates": Certificate,
    "suppliers": Supplier,
}
REQUIRED = tuple(name for name, part in TEXTS.items() if part.needed)


def checked_fields(given: Given, known: Known) -> tuple[dict[str, Any], list[Problem]]:
    """The fields that are given, as a Partner keeps them, and all that is wrong, each named by its field.

    What is wrong in a list is named `contacts-0-email`, as the form calls it.
    """
    fields: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, part in TEXTS.items():
        if isinstance(text := given.get(name), str):
            fields[name] = _read(part, text, known, name, problems)
    for name, parts in ROWS.items():
        rows = given.get(name)
        if rows is not None and not isinstance(rows, str):
            fields[name] = _made(name, _rows(name, parts, rows, known, problems))
    return fields, problems


def _tidied(part: Part, text: str) -> str:
    text = tidy(text, part.longest)
    if part.needed and not text:
        raise Wrong("Fill this in.")
    if "\n" in text and not part.lines:
        raise Wrong(UNKEEPABLE)
    return text


def _read(part: Part, text: str, known: Known, where: str, problems: list[Problem]) -> Any:
    try:
        return part.read(_tidied(part, text), known)
    except Wrong as wrong:
        problems.append(Problem(where, wrong.text, wrong.values))
        return part.read("", known)


def _rows(
    name: str,
    parts: Mapping[str, Part],
    rows: Sequence[Mapping[str, str]],
    known: Known,
    problems: list[Problem],
) -> list[dict[str, Any]]:
    """The rows in which anything is typed; a tick alone is nothing."""
    made = []
    for number, row in enumerate(rows):
        if any(row.get(part, "").strip() for part in parts if parts[part].read is not _yes):
            made.append(
                {
                    id: _read(part, row.get(id, ""), known, f"{name}-{number}-{id}", problems)
                    for id, part in parts.items()
                }
            )
    if len(made) > MOST_ROWS:
        problems.append(Problem(name, "At most %(most)s of them can be kept.", {"most": str(MOST_ROWS)}))
    return made


def _made(name: str, rows: list[dict[str, Any]]) -> Any:
    if name in MADE_OF:
        return tuple(MADE_OF[name](**row) for row in rows)
    return {row["name"]: row["value"] for row in rows}


def rows_in(name: str, cell: str) -> list[dict[str, str]]:
    """The rows in a cell of a table: entries separated by semicolons, the parts of one by upright bars."""
    return [
        dict(zip(ROWS[name], (part.strip() for part in entry.split(BETWEEN_PARTS)), strict=False))
        for entry in cell.replace("\n", BETWEEN_ENTRIES).split(BETWEEN_ENTRIES)
        if entry.strip()
    ]
