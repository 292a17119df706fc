"""Partners: adding one by hand, importing many from a table, all rows or none."""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from portal.core.countries import countries
from portal.core.errors import NotFound, Problem, Refused
from portal.core.records import Partner
from portal.core.register import PartnerRow
from portal.core.tidying import FORBIDDEN, is_email
from portal.sheets.read import read_table
from portal.usecases.portal import Portal
from portal.usecases.secrets import READABLE

COLUMNS = ("id", "name", "country", "business_type", "contact_name", "contact_email", "city", "tags")
REQUIRED = ("name", "country", "business_type", "contact_email")
LONGEST = {"id": 40, "name": 200, "contact_name": 200, "contact_email": 254, "city": 100, "tags": 500}
ID = re.compile(r"[a-z0-9]([a-z0-9.-]{0,38}[a-z0-9])?")


def add_partner(portal: Portal, given: Mapping[str, str], *, by: str, now: datetime) -> Partner:
    """Add one partner, or Refused naming the fields."""
    return add_partners(portal, [("", given)], by=by, now=now)[0]


def import_partners(portal: Portal, data: bytes, name: str, *, by: str, now: datetime) -> list[Partner]:
    """Add every row of an .xlsx or .csv table, or none and Refused naming every bad row.

    The first row names the columns, in any order: name, country, business_type, contact_email; and, if there,
    id, contact_name, city, tags (separated by semicolons).
    """
    table = read_table(data, name)
    heads = {head: _column(head) for head in table.columns}
    if missing := [column for column in REQUIRED if column not in heads.values()]:
        text = "The column “%(column)s” is missing. The first row must name the columns: %(columns)s."
        raise Refused([Problem(name, text, {"column": one, "columns": ", ".join(COLUMNS)}) for one in missing])
    if unknown := [head for head, column in heads.items() if column not in COLUMNS]:
        text = "“%(column)s” is not a column of partners. Known are: %(columns)s."
        raise Refused([Problem(name, text, {"column": one, "columns": ", ".join(COLUMNS)}) for one in unknown])
    rows = [(f"row {row.number}", {heads[head]: text for head, text in row.cells.items()}) for row in table.rows]
    if not rows:
        raise Refused([Problem(name, "The table has no rows below the names of the columns.")])
    return add_partners(portal, rows, by=by, now=now)


def _column(head: str) -> str:
    return head.strip().lower().replace(" ", "_").replace("-", "_")


def add_partners(
    portal: Portal, rows: Sequence[tuple[str, Mapping[str, str]]], *, by: str, now: datetime
) -> list[Partner]:
    """Add partners, each given with the place it came from, all or none."""
    known = {row.id: row for row in portal.store.rows(PartnerRow) if isinstance(row, PartnerRow)}
    taken, named = set(known), {(row.name.casefold(), row.country) for row in known.values()}
    partners, problems = [], []
    for place, given in rows:
        checked = _Checked(portal, place, given, taken, named, now)
        problems += checked.problems
        partners.append(checked.partner)
    if problems:
        raise Refused(problems)
    keys = [(Partner, partner.id) for partner in partners]
    with portal.store.transaction(*keys, by=by, at=now) as records:
        for partner in partners:
            if records.find(Partner, partner.id) is not None:
                raise Refused([Problem(partner.id, "This id is already taken.")])
            records.put(partner, "partner added")
    return partners


class _Checked:
    """One row checked: the partner it makes, and everything that is wrong with it."""

    def __init__(
        self,
        portal: Portal,
        place: str,
        given: Mapping[str, str],
        taken: set[str],
        named: set[tuple[str, str]],
        now: datetime,
    ) -> None:
        self.place, self.problems = place, list[Problem]()
        self.given = {column: str(given.get(column, "")).strip() for column in COLUMNS}
        self._check_texts()
        id = self._id(taken)
        country, business_type = self._country(), self._business_type(portal)
        name = (self.given["name"].casefold(), country)
        if self.given["name"] and name in named:
            self._wrong("name", "A partner of this name in this country is already there.")
        taken.add(id)
        named.add(name)
        self.partner = Partner(
            id=id,
            name=self.given["name"],
            country=country,
            business_type=business_type,
            contact_name=self.given["contact_name"],
            contact_email=self.given["contact_email"],
            city=self.given["city"],
            tags=tuple(tag.strip() for tag in self.given["tags"].split(";") if tag.strip()),
            added=now,
        )

    def _wrong(self, column: str, text: str, **values: str) -> None:
        where = f"{self.place}, {column}" if self.place else column
        self.problems.append(Problem(where, text, values))

    def _check_texts(self) -> None:
        for column in REQUIRED:
            if not self.given[column]:
                self._wrong(column, "Fill this in.")
        for column, longest in LONGEST.items():
            if len(self.given[column]) > longest:
                self._wrong(column, "Write at most %(longest)s characters.", longest=str(longest))
            if FORBIDDEN.search(self.given[column]) or "\n" in self.given[column]:
                self._wrong(column, "This text holds a character that cannot be kept.")
        if self.given["contact_email"] and not is_email(self.given["contact_email"]):
            self._wrong("contact_email", "Write an e-mail address such as name@example.com.")

    def _id(self, taken: set[str]) -> str:
        id = self.given["id"].lower()
        if not id:
            return "".join(secrets.choice(READABLE.lower()) for _ in range(8))
        if not ID.fullmatch(id) or ".." in id:
            self._wrong("id", "Use letters a to z, digits, dots and hyphens only.")
        elif id in taken:
            self._wrong("id", "The id “%(id)s” is already taken.", id=id)
        return id

    def _country(self) -> str:
        text = self.given["country"]
        names = {name.casefold(): code for code, name in countries().items()}
        code = text.upper() if text.upper() in countries() else names.get(text.casefold(), "")
        if text and not code:
            self._wrong("country", "“%(country)s” is no country; write two letters such as VN.", country=text[:40])
        return code

    def _business_type(self, portal: Portal) -> str:
        text, types = self.given["business_type"], portal.library.catalogue.business_types
        names = {one.name.casefold(): one.id for one in types.values()}
        id = _column(text) if _column(text) in types else names.get(text.casefold(), "")
        if text and not id:
            known = ", ".join(types)
            self._wrong(
                "business_type", "“%(type)s” is no business type; known are: %(known)s.", type=text[:40], known=known
            )
        return id


def partner_rows(portal: Portal) -> list[PartnerRow]:
    """All partners as lists show them, by name."""
    rows = [row for row in portal.store.rows(PartnerRow) if isinstance(row, PartnerRow)]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.id))


def partner(portal: Portal, id: str) -> Partner:
    """One partner, or NotFound."""
    found = portal.store.find(Partner, id)
    if found is None:
        raise NotFound("There is no such partner.")
    return found
