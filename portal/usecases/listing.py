"""The list of partners as staff see it: filtered, sorted, one page of it, with counts of all."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from portal.core.searching import words_in
from portal.core.summary import Standing
from portal.usecases.partner_lines import Attention, PartnerLine, partner_lines
from portal.usecases.portal import Portal
from portal.usecases.searching import Searched, named_so, search_answers

PAGE_SIZE = 50
RETIRED = "retired"


class Wanted(Struct, frozen=True, kw_only=True):
    """Which partners to list, in which order, which page. An empty filter lets all through.

    With `answers` the text is looked for in what partners answered as well, which opens their responses.
    """

    text: str = ""
    country: str = ""
    business_type: str = ""
    state: str = ""
    rating: str = ""
    attention: str = ""
    assigned: str = ""
    answers: bool = False
    sort: str = "name"
    down: bool = False
    page: int = 1


class Listing(Struct, frozen=True, kw_only=True):
    """One page of the list, with the counts of all partners and the choices that filters offer."""

    lines: Sequence[PartnerLine]
    found: int
    total: int
    retired: int
    page: int
    pages: int
    standings: dict[Standing, int]
    attention: dict[Attention, int]
    countries: dict[str, str]
    business_types: dict[str, str]
    ratings: dict[str, str]
    searched: Searched | None = None


# Column to the value it is sorted by; None goes last whichever way round.
SORTS: dict[str, Callable[[PartnerLine], Any]] = {
    "name": lambda line: line.partner.name.casefold(),
    "country": lambda line: line.country.casefold(),
    "business_type": lambda line: line.business_type.casefold(),
    "state": lambda line: list(Standing).index(line.standing),
    "progress": lambda line: line.progress,
    "score": lambda line: line.percent,
    "rating": lambda line: line.score.rating_label.casefold() or None if line.score else None,
    "valid": lambda line: line.scored.valid_until if line.scored else None,
    "musts": lambda line: line.score.musts_met / line.score.musts if line.score and line.score.musts else None,
    "due": lambda line: line.current.due if line.current else None,
    "actions": lambda line: line.scored.open_actions if line.scored else None,
    "saved": lambda line: line.current.last_saved if line.current else None,
    "stopped": lambda line: line.stopped_at.casefold() or None,
    "opened": lambda line: line.current.opened if line.current else None,
    "submitted": lambda line: line.current.submitted if line.current else None,
}

# Filter to whether a line passes it, given what is wanted.
FILTERS: dict[str, Callable[[PartnerLine, str], bool]] = {
    "text": lambda line, wanted: named_so(line, words_in(wanted)),
    "country": lambda line, wanted: line.partner.country == wanted,
    "business_type": lambda line, wanted: line.partner.business_type == wanted,
    "state": lambda line, wanted: wanted in (line.standing, RETIRED),
    "rating": lambda line, wanted: line.rating == wanted,
    "attention": lambda line, wanted: wanted in line.attention,
    "assigned": lambda line, wanted: line.current is not None and line.current.assigned == wanted,
}


def list_partners(portal: Portal, wanted: Wanted, now: datetime, size: int = PAGE_SIZE) -> Listing:
    """The partners that are wanted, `size` on a page, and how many there are of each sort in all."""
    lines, retired = partner_lines(portal, now), partner_lines(portal, now, retired=True)
    among = retired if wanted.state == RETIRED else lines
    searched = _searched(portal, among, wanted, now) if wanted.answers and wanted.text else None
    found = searched.lines if searched else [line for line in among if _passes(line, wanted)]
    pages = max(1, -(-len(found) // size))
    page = min(max(wanted.page, 1), pages)
    return Listing(
        lines=ordered(found, wanted.sort, wanted.down)[(page - 1) * size : page * size],
        found=len(found),
        total=len(lines),
        retired=len(retired),
        page=page,
        pages=pages,
        standings=_counts(Standing, (line.standing for line in lines)),
        attention=_counts(Attention, (one for line in lines for one in line.attention)),
        countries=_named((line.partner.country, line.country) for line in lines),
        business_types=_named((line.partner.business_type, line.business_type) for line in lines),
        ratings=_named((line.rating, _rating_label(line)) for line in lines if line.rating),
        searched=searched,
    )


def _searched(portal: Portal, lines: Iterable[PartnerLine], wanted: Wanted, now: datetime) -> Searched:
    others = replace(wanted, text="")
    passing = ordered((line for line in lines if _passes(line, others)), wanted.sort, wanted.down)
    return search_answers(portal, passing, words_in(wanted.text), now)


def list_all(portal: Portal, wanted: Wanted, now: datetime) -> list[PartnerLine]:
    """All partners that are wanted, not only one page of them."""
    return ordered((line for line in partner_lines(portal, now) if _passes(line, wanted)), wanted.sort, wanted.down)


class Choices(Struct, frozen=True):
    """What the filters offer, id to name."""

    countries: dict[str, str]
    business_types: dict[str, str]
    ratings: dict[str, str]


def choices(portal: Portal, now: datetime) -> Choices:
    """What there is to choose from among all partners."""
    lines = partner_lines(portal, now)
    return Choices(
        countries=_named((line.partner.country, line.country) for line in lines),
        business_types=_named((line.partner.business_type, line.business_type) for line in lines),
        ratings=_named((line.rating, _rating_label(line)) for line in lines if line.rating),
    )


def _passes(line: PartnerLine, wanted: Wanted) -> bool:
    return all(passes(line, text) for name, passes in FILTERS.items() if (text := getattr(wanted, name)))


def _counts(kinds: Iterable[Any], seen: Iterable[Any]) -> dict[Any, int]:
    counted = Counter(seen)
    return {kind: counted[kind] for kind in kinds}


def _named(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Id to name, sorted by name."""
    return dict(sorted(set(pairs), key=lambda pair: pair[1].casefold()))


def _rating_label(line: PartnerLine) -> str:
    return (line.score.rating_label if line.score else "") or "No score"


def ordered(lines: Iterable[PartnerLine], sort: str, down: bool) -> list[PartnerLine]:
    """The lines sorted by a column, the names deciding between equals; what has no value comes last both ways."""
    key = SORTS.get(sort, SORTS["name"])
    by_name = sorted(lines, key=lambda line: (line.partner.name.casefold(), line.partner.id))
    with_value = [line for line in by_name if key(line) is not None]
    without = [line for line in by_name if key(line) is None]
    return sorted(with_value, key=key, reverse=down) + without
