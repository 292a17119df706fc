"""Partners by what they answered. Lists open no response; this does, one after the other, and therefore has limits."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from msgspec import Struct

from portal.core.records import Response
from portal.core.register import ResponseRow
from portal.core.searching import Place, folded, places
from portal.store.protocol import Damaged
from portal.usecases.partner_lines import PartnerLine, invitation_of, response_rows
from portal.usecases.portal import Portal

MOST_FOUND, MOST_READ, MOST_PLACES = 50, 2000, 3


class Hit(Struct, frozen=True, kw_only=True):
    """Where the words stand in one response; `earlier` where a newer response is under way."""

    row: ResponseRow
    earlier: bool
    places: Sequence[Place]
    more: bool


class Searched(Struct, frozen=True, kw_only=True):
    """The partners found, each with where; how many partners were not looked at, how many responses are damaged."""

    lines: Sequence[PartnerLine] = ()
    hits: dict[str, list[Hit]] = {}
    left: int = 0
    damaged: int = 0


def named_so(line: PartnerLine, words: Sequence[str]) -> bool:
    """Whether the words stand in what the list knows of a partner."""
    row = line.partner
    known = folded(" ".join((row.name, *row.other_names, row.id, row.contact_name, row.contact_email, *row.tags)))
    return all(word in known for word in words)


def search_answers(portal: Portal, lines: Sequence[PartnerLine], words: Sequence[str], now: datetime) -> Searched:
    """Those of the partners that are named so, or whose newest answers or the ones sent last hold all the words."""
    rows, found, hits = _by_invitation(portal), list[PartnerLine](), dict[str, list[Hit]]()
    read = damaged = 0
    for place, line in enumerate(lines):
        if len(found) >= MOST_FOUND or read >= MOST_READ:
            return Searched(lines=found, hits=hits, left=len(lines) - place, damaged=damaged)
        for row, earlier in _newest(line, rows):
            read += 1
            try:
                hit = _hit(portal, row, earlier, words, now)
            except Damaged:
                damaged += 1
                continue
            if hit:
                hits.setdefault(line.partner.id, []).append(hit)
        if line.partner.id in hits or named_so(line, words):
            found.append(line)
    return Searched(lines=found, hits=hits, damaged=damaged)


def _by_invitation(portal: Portal) -> dict[str, list[ResponseRow]]:
    """The responses by the invitation that they belong to."""
    found = defaultdict(list)
    for row in sorted(response_rows(portal), key=lambda row: (row.site.casefold(), row.id)):
        found[invitation_of(row)].append(row)
    return found


def _newest(line: PartnerLine, rows: dict[str, list[ResponseRow]]) -> Iterator[tuple[ResponseRow, bool]]:
    """The responses of the newest invitation and of the one that was sent last; of these, whether they are earlier."""
    keys = dict.fromkeys(invitation_of(row) for row in (line.current, line.scored) if row)
    for place, key in enumerate(keys):
        yield from ((row, place > 0) for row in rows.get(key, ()))


def _hit(portal: Portal, row: ResponseRow, earlier: bool, words: Sequence[str], now: datetime) -> Hit | None:
    response = portal.store.find(Response, row.id)
    if response is None:
        return None
    found = list(islice(places(portal.edition(response.edition), response, words, now.date()), MOST_PLACES + 1))
    if not found:
        return None
    return Hit(row=row, earlier=earlier, places=found[:MOST_PLACES], more=len(found) > MOST_PLACES)
