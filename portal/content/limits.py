"""Reads what bounds and measures an answer: limits and bands."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from msgspec.structs import fields as struct_fields

from portal.content.fields import Fields
from portal.content.schemes import CREDITED
from portal.core.judging import verdict_of
from portal.core.questionnaire import Band, Column, Kind, Question
from portal.core.schemes import Scheme
from portal.core.worth import Verdict

NUMBERS = (Kind.NUMBER, Kind.PERCENTAGE)
BANDED = (*NUMBERS, Kind.DATE)
MONTHS = range(1, 1201)

Read = Callable[[Fields, str], object]


def _day(fields: Fields, key: str) -> object:
    return fields.parsed(key, date.fromisoformat, "write a date such as 2026-03-31")


def _whole(within: range) -> Read:
    return lambda fields, key: fields.integer(key, within[0], within) if key in fields else fields.take(key)


def _when(fields: Fields, key: str) -> object:
    when = fields.text(key)
    if when not in ("", "past", "future"):
        fields.wrong(f"“{key}” cannot be “{when}”; write past or future", key)
    return when


# Each limit with the kinds that have it and how it is read.
LIMITS: dict[str, tuple[tuple[Kind, ...], Read]] = {
    "unit": (NUMBERS, Fields.text),
    "at_least": (NUMBERS, Fields.decimal),
    "at_most": (NUMBERS, Fields.decimal),
    "decimals": (NUMBERS, _whole(range(7))),
    "when": ((Kind.DATE,), _when),
    "not_before": ((Kind.DATE,), _day),
    "not_after": ((Kind.DATE,), _day),
    "longest": ((Kind.TEXT,), _whole(range(1, 20_001))),
    "lines": ((Kind.TEXT,), _whole(range(1, 51))),
    "fewest": ((Kind.ROWS, Kind.FILES), _whole(range(501))),
    "most": ((Kind.ROWS, Kind.FILES), _whole(range(1, 501))),
}
ORDERED = (("at_least", "at_most"), ("not_before", "not_after"), ("fewest", "most"))


@cache
def _unlimited(of: type[Question] | type[Column]) -> dict[str, Any]:
    """What each limit is where nothing is said."""
    return {field.name: field.default for field in struct_fields(of) if field.name in LIMITS}


def read_limits(fields: Fields, kind: Kind, of: type[Question] | type[Column] = Question) -> dict[str, Any]:
    """The limits of an answer, as the fields of a question or a column that hold them."""
    found = dict(_unlimited(of))
    for key in found:
        kinds, read = LIMITS[key]
        limit = read(fields, key)
        found[key] = found[key] if limit is None else limit
        if key in fields and kind not in kinds:
            fields.wrong(f"a {kind} has no “{key}”; it is for {' and '.join(kinds)}", key)
    for low, high in ORDERED:
        if None not in (found.get(low), found.get(high)) and found[low] > found[high]:
            fields.wrong(f"“{low}” is more than “{high}”; turn them round", low)
    return found


def read_bands(fields: Fields, kind: Kind, scored: bool, scheme: Scheme) -> tuple[Band, ...]:
    """The bands of a number or date, each reachable from the top."""
    bands: list[Band] = []
    for part in fields.each("bands"):
        band = _read_band(part, kind, scheme)
        if bands and not _goes_on(bands[-1], band):
            part.wrong("this band is never reached; sort from the best value down, the band without a limit last")
        bands.append(band)
    if bands and kind not in BANDED:
        fields.wrong(f"a {kind} has no bands; they are for number, percentage and date", "bands")
    if scored and kind in BANDED and not bands:
        fields.wrong(f"a scored {kind} needs `bands`, so that it is clear what a good answer is")
    return tuple(bands)


def _goes_on(band: Band, following: Band) -> bool:
    """Whether the following band takes values that the one before it leaves over."""
    if band.at_least is not None:
        return following.at_least is None or following.at_least < band.at_least
    if band.within_months is not None:
        return following.within_months is None or following.within_months > band.within_months
    return False


def _read_band(fields: Fields, kind: Kind, scheme: Scheme) -> Band:
    verdict, credit = fields.one_of("verdict", Verdict), fields.decimal("credit")
    if credit is None:
        credit = scheme.credits.get(verdict) if verdict else None
    if credit is None or not 0 <= credit <= 1 or (verdict is not None and verdict not in CREDITED):
        fields.wrong(f"a band needs a `credit` from 0 to 1, or a `verdict`: {', '.join(CREDITED)}")
    other = "at_least" if kind is Kind.DATE else "within_months"
    if other in fields and kind in BANDED:
        fields.wrong(f"the bands of a {kind} have no “{other}”", other)
    months = fields.integer("within_months", 0, MONTHS)
    credit = credit or Decimal(0)
    band = Band(
        at_least=fields.decimal("at_least"),
        within_months=months or None,
        verdict=verdict or verdict_of(credit),
        credit=credit,
    )
    fields.done()
    return band
