"""Which partners and which of their responses a pack holds, counted before it is made."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from portal.core.errors import Problem, Refused
from portal.core.records import Response
from portal.core.register import PartnerRow, ResponseRow
from portal.store.protocol import Damaged
from portal.usecases.partner_lines import response_rows
from portal.usecases.partners import partner_rows
from portal.usecases.portal import Portal

MOST_RESPONSES = 500
MOST_BYTES = 8_000_000_000


class Wanted(Struct, frozen=True, kw_only=True):
    """What a pack is wanted of: the partners by id, and the first and the last day, None where there is no such bound.

    `review` takes in what reviewers wrote for themselves; without it nothing of that leaves the portal.
    """

    partners: tuple[str, ...]
    since: date | None = None
    until: date | None = None
    review: bool = False


class Chosen(Struct, frozen=True, kw_only=True):
    """The partners of a pack by name, and the responses of each in the order invited; a partner may have none."""

    partners: Sequence[PartnerRow]
    responses: dict[str, Sequence[ResponseRow]]

    @property
    def rows(self) -> list[ResponseRow]:
        """All responses."""
        return [row for partner in self.partners for row in self.responses[partner.id]]


class Size(Struct, frozen=True, kw_only=True):
    """What will be in a pack."""

    partners: int
    without: int
    responses: int
    submitted: int
    files: int
    bytes: int


def day_of_row(row: ResponseRow) -> date:
    """The day that decides whether a response lies in a period: sent, or else last saved, or else invited."""
    return (row.submitted or row.last_saved or row.invited).date()


def choose(portal: Portal, wanted: Wanted) -> Chosen:
    """The partners and responses that are wanted; Refused where there is none, one is not known, or they are many."""
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise Refused([Problem("until", "The period ends before it begins.")])
    known = {row.id: row for row in partner_rows(portal)}
    if not wanted.partners:
        raise Refused([Problem("partners", "Choose at least one partner.")])
    if unknown := [id for id in wanted.partners if id not in known]:
        raise Refused([Problem("partners", "There is no partner “%(id)s”.", {"id": id[:40]}) for id in unknown[:20]])
    ids = set(wanted.partners)
    found: dict[str, list[ResponseRow]] = {id: [] for id in known if id in ids}
    for row in sorted(response_rows(portal), key=lambda row: (row.invited, row.site.casefold(), row.id)):
        if row.partner in found and _within(day_of_row(row), wanted):
            found[row.partner].append(row)
    number = sum(map(len, found.values()))
    if number > MOST_RESPONSES:
        text = (
            "A pack holds at most %(most)s responses, these are %(number)s. Choose fewer partners or a shorter period."
        )
        raise Refused([Problem("partners", text, {"most": str(MOST_RESPONSES), "number": str(number)})])
    return Chosen(partners=[known[id] for id in found], responses=dict(found))


def _within(day: date, wanted: Wanted) -> bool:
    return (wanted.since is None or wanted.since <= day) and (wanted.until is None or day <= wanted.until)


def size_of(portal: Portal, chosen: Chosen) -> Size:
    """What will be in it; the sizes of files stand in the responses, so these are opened. Refused beyond the limit."""
    sizes: dict[tuple[str, str], int] = {}
    for row in chosen.rows:
        try:
            response = portal.store.find(Response, row.id)
        except Damaged:
            continue
        for item in response.evidence if response else ():
            sizes[row.partner, item.sha256] = item.size
    if sum(sizes.values()) > MOST_BYTES:
        raise Refused([Problem("partners", "These files are too large for one pack. Choose fewer partners.")])
    return Size(
        partners=len(chosen.partners),
        without=sum(not chosen.responses[partner.id] for partner in chosen.partners),
        responses=len(chosen.rows),
        submitted=sum(row.submitted is not None for row in chosen.rows),
        files=len(sizes),
        bytes=sum(sizes.values()),
    )
