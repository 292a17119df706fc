"""Partners: adding one by hand, importing many from a table, all rows or none."""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from portal.core.errors import NotFound, Problem, Refused
from portal.core.partner_fields import REQUIRED, ROWS, TEXTS, Given, Known, checked_fields, rows_in
from portal.core.records import Partner, Person
from portal.core.register import PartnerRow
from portal.sheets.read import read_table
from portal.store.protocol import Transaction
from portal.usecases.portal import Portal
from portal.usecases.secrets import READABLE

COLUMNS = ("id", *TEXTS, *ROWS)
ID = re.compile(r"[a-z0-9]([a-z0-9.-]{0,38}[a-z0-9])?")


def add_partner(portal: Portal, given: Given, *, by: str, now: datetime) -> Partner:
    """Add one partner, or Refused naming the fields."""
    return add_partners(portal, [("", given)], by=by, now=now)[0]


def import_partners(portal: Portal, data: bytes, name: str, *, by: str, now: datetime) -> list[Partner]:
    """Add every row of an .xlsx or .csv table, or none and Refused naming every bad row."""
    return add_partners(portal, read_rows(data, name), by=by, now=now)


def read_rows(data: bytes, name: str) -> list[tuple[str, Given]]:
    """The rows of a table, each with its place, or Refused.

    The first row names the columns, in any order: those of `REQUIRED` and any of `COLUMNS`. Several things in a cell
    are separated by semicolons, the parts of one (a contact's name, e-mail address, phone …) by upright bars.
    """
    table = read_table(data, name)
    heads = {head: _column(head) for head in table.columns}
    if missing := [column for column in REQUIRED if column not in heads.values()]:
        text = "The column “%(column)s” is missing. The first row must name the columns: %(columns)s."
        raise Refused([Problem(name, text, {"column": one, "columns": ", ".join(COLUMNS)}) for one in missing])
    if unknown := [head for head, column in heads.items() if column not in COLUMNS]:
        text = "“%(column)s” is not a column of partners. Known are: %(columns)s."
        raise Refused([Problem(name, text, {"column": one, "columns": ", ".join(COLUMNS)}) for one in unknown])
    rows = [(f"row {row.number}", _given(heads, row.cells)) for row in table.rows]
    if not rows:
        raise Refused([Problem(name, "The table has no rows below the names of the columns.")])
    return rows


def _given(heads: Mapping[str, str], cells: Mapping[str, str]) -> Given:
    """A row of a table as it is checked: the cells that hold lists are taken apart."""
    texts = {heads[head]: text for head, text in cells.items()}
    return {column: rows_in(column, text) if column in ROWS else text for column, text in texts.items()}


def _column(head: str) -> str:
    return head.strip().lower().replace(" ", "_").replace("-", "_")


def add_partners(portal: Portal, rows: Sequence[tuple[str, Given]], *, by: str, now: datetime) -> list[Partner]:
    """Add partners, each given with the place it came from, all or none."""
    problems: list[Problem] = []
    partners = prepared(portal, rows, now, problems)
    if problems:
        raise Refused(problems)
    with portal.store.transaction(*((Partner, partner.id) for partner in partners), by=by, at=now) as records:
        put_new(records, partners)
    return partners


def prepared(
    portal: Portal, rows: Sequence[tuple[str, Given]], now: datetime, problems: list[Problem]
) -> list[Partner]:
    """The partners that rows make, ready to be kept; what is wrong with them is added to the problems."""
    known = {row.id: row for row in portal.store.rows(PartnerRow) if isinstance(row, PartnerRow)}
    taken, named = set(known), {(row.name.casefold(), row.country) for row in known.values()}
    known_names = known_of(portal)
    checked = [_Checked(place, given, known_names, taken, named, now) for place, given in rows]
    problems += [problem for one in checked for problem in one.problems]
    return [one.partner for one in checked]


def put_new(records: Transaction, partners: Sequence[Partner]) -> None:
    """Keep new partners, or Refused where somebody took an id meanwhile."""
    for partner in partners:
        if records.find(Partner, partner.id) is not None:
            raise Refused([Problem(partner.id, "This id is already taken.")])
        records.put(partner, "partner added")


class _Checked:
    """One row checked: the partner it makes, and everything that is wrong with it."""

    def __init__(
        self,
        place: str,
        given: Given,
        known: Known,
        taken: set[str],
        named: set[tuple[str, str]],
        now: datetime,
    ) -> None:
        whole = {**dict.fromkeys(TEXTS, ""), **given}
        fields, problems = checked_fields(whole, known)
        self.problems = [placed(place, problem) for problem in problems]
        id = self._id(place, str(given.get("id", "")).strip().lower(), taken)
        name = (fields["name"].casefold(), fields["country"])
        if fields["name"] and name in named:
            text = "A partner of this name in this country is already there."
            self.problems.append(placed(place, Problem("name", text)))
        taken.add(id)
        named.add(name)
        self.partner = Partner(id=id, added=now, **fields)

    def _id(self, place: str, id: str, taken: set[str]) -> str:
        if not id:
            return "".join(secrets.choice(READABLE.lower()) for _ in range(8))
        if not ID.fullmatch(id) or ".." in id:
            self.problems.append(placed(place, Problem("id", "Use letters a to z, digits, dots and hyphens only.")))
        elif id in taken:
            self.problems.append(placed(place, Problem("id", "The id “%(id)s” is already taken.", {"id": id})))
        return id


def placed(place: str, problem: Problem) -> Problem:
    """A problem named by the row and column of a table; without a place by the field of a form."""
    return replace(problem, where=f"{place}, {problem.where.split('-')[0]}") if place else problem


def known_of(portal: Portal) -> Known:
    """What the fields of a partner may name."""
    types = {type.id: type.name for type in portal.library.catalogue.business_types.values()}
    return Known(types, frozenset(portal.store.ids(Person)))


def partner_rows(portal: Portal, *, retired: bool = False) -> list[PartnerRow]:
    """The partners that we work with, or those that are retired, as lists show them, by name."""
    rows = [row for row in portal.store.rows(PartnerRow) if isinstance(row, PartnerRow)]
    rows = [row for row in rows if (row.retired is not None) == retired]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.id))


def partner(portal: Portal, id: str) -> Partner:
    """One partner, or NotFound."""
    found = portal.store.find(Partner, id)
    if found is None:
        raise NotFound("There is no such partner.")
    return found
