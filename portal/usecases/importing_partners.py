"""Partners from a table in two steps: what each row would do, duplicates noticed; then what was decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from portal.core.errors import Problem, Refused
from portal.core.likeness import Company, Twin
from portal.core.partner_fields import Given, Known, checked_fields
from portal.core.records import Partner
from portal.core.register import PartnerRow
from portal.usecases.merging_partners import likeness_of
from portal.usecases.partners import known_of, placed, prepared, put_new
from portal.usecases.portal import Portal

RETIRED = "This partner is retired; bring it back first."
TWICE = "This partner stands in the table twice."


class Choice(StrEnum):
    """What is done with a row."""

    ADD = "add"
    UPDATE = "update"
    LEAVE = "leave"


class Difference(Struct, frozen=True):
    """A field that a row would change, before and after in plain form."""

    field: str
    before: Any
    after: Any


class Row(Struct, frozen=True, kw_only=True):
    """A row of the table: whom it would change and how, or whom the new partner looks like."""

    place: str
    given: Given
    name: str
    partner: str = ""
    changes: tuple[Difference, ...] = ()
    twins: tuple[Twin, ...] = ()

    @property
    def usual(self) -> Choice:
        """What is done unless somebody decides otherwise."""
        if self.partner:
            return Choice.UPDATE if self.changes else Choice.LEAVE
        return Choice.LEAVE if self.twins else Choice.ADD


Typed = Sequence[tuple[str, Given]]


def look(portal: Portal, typed: Typed, now: datetime) -> list[Row]:
    """What each row would do; nothing is changed."""
    there = _Known(portal)
    found = [(place, given, there.partner(given)) for place, given in typed]
    new = [(place, given) for place, given, row in found if row is None]
    likeness, problems, rows = likeness_of(portal), list[Problem](), list[Row]()
    added = iter(prepared(portal, new, now, problems))
    seen: set[str] = set()
    for place, given, row in found:
        if row is not None:
            if row.id in seen:
                problems.append(Problem(f"{place}, name", TWICE))
            seen.add(row.id)
            rows.append(_changing(portal, place, given, row, there.known, problems))
            continue
        partner = next(added)
        company = _company(place, partner)
        twins = tuple(likeness.twins(company))
        likeness.add(company)
        rows.append(Row(place=place, given=given, name=partner.name, twins=twins))
    if problems:
        raise Refused(problems)
    return rows


class _Known:
    """The partners that are there, as rows of a table name them: by id, or by name and country."""

    def __init__(self, portal: Portal) -> None:
        rows = [row for row in portal.store.rows(PartnerRow) if isinstance(row, PartnerRow)]
        self.known = known_of(portal)
        self.by_id = {row.id: row for row in rows}
        self.by_name = {(row.name.casefold(), row.country): row for row in rows if row.retired is None}

    def partner(self, given: Given) -> PartnerRow | None:
        if id := str(given.get("id", "")).strip().lower():
            return self.by_id.get(id)
        fields, _ = checked_fields({name: given.get(name, "") for name in ("name", "country")}, self.known)
        return self.by_name.get((fields["name"].casefold(), fields["country"]))


def _company(place: str, partner: Partner) -> Company:
    return Company(
        id=place,
        name=partner.name,
        country=partner.country,
        email=partner.contact_email,
        other_names=partner.other_names,
        identifiers=partner.identifiers,
    )


def _fields(place: str, given: Given, known: Known, problems: list[Problem]) -> dict[str, Any]:
    """The fields that a row changes: empty cells change nothing."""
    fields, wrong = checked_fields({name: value for name, value in given.items() if value}, known)
    problems += [placed(place, problem) for problem in wrong]
    return fields


def _changing(portal: Portal, place: str, given: Given, row: PartnerRow, known: Known, problems: list[Problem]) -> Row:
    if row.retired is not None:
        problems.append(Problem(f"{place}, id", RETIRED))
    partner, fields = portal.store.get(Partner, row.id), _fields(place, given, known, problems)
    before, after = msgspec.to_builtins(partner), msgspec.to_builtins(replace(partner, **fields))
    changes = tuple(Difference(name, before[name], after[name]) for name in fields if before[name] != after[name])
    return Row(place=place, given=given, name=row.name, partner=row.id, changes=changes)


class Taken(Struct, frozen=True, kw_only=True):
    """What was done, in numbers."""

    added: int
    changed: int


def take(portal: Portal, typed: Typed, choices: Mapping[str, str], *, by: str, now: datetime) -> Taken:
    """Do with each row what was chosen for its place, or else what is usual; all of it, or Refused and none."""
    rows = look(portal, typed, now)
    chosen = [(row, _choice(row, choices.get(row.place, ""))) for row in rows]
    adding = [(row.place, row.given) for row, choice in chosen if choice is Choice.ADD]
    changing = [row for row, choice in chosen if choice is Choice.UPDATE]
    problems: list[Problem] = []
    new, known = prepared(portal, adding, now, problems), known_of(portal)
    fields = {row.partner: _fields(row.place, row.given, known, problems) for row in changing}
    if problems:
        raise Refused(problems)
    keys = [(Partner, id) for id in (*fields, *(partner.id for partner in new))]
    with portal.store.transaction(*keys, by=by, at=now) as records:
        for id, changed in fields.items():
            records.put(replace(records.get(Partner, id), **changed), "partner changed by import")
        put_new(records, new)
    return Taken(added=len(new), changed=len(changing))


def _choice(row: Row, chosen: str) -> Choice:
    """What was chosen, as far as it can be done with this row."""
    possible = (Choice.UPDATE, Choice.LEAVE) if row.partner else (Choice.ADD, Choice.LEAVE)
    return next((choice for choice in possible if choice == chosen), row.usual)
