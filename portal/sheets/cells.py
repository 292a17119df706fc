"""What a cell may hold, and how it reads as text; the guard that keeps a spreadsheet from taking text for a formula."""

import math
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import singledispatch

Cell = str | int | float | date | None

MOST_DIGITS = 10**15  # a spreadsheet's numbers are exact up to fifteen digits
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_FORMULA = "=+\\-@\t\r\n\0＝＋－＠"
_NEEDS_GUARD = re.compile(f"'*[{_FORMULA}]")
_HAS_GUARD = re.compile(f"'+[{_FORMULA}]")


def guard(text: str) -> str:
    """Text that no spreadsheet program takes for a formula: a `'` goes before what could start one.

    Text that already looks guarded gets one more `'`, so that `unguard` gives back every text exactly.
    """
    return f"'{text}" if _NEEDS_GUARD.match(text) else text


def unguard(text: str) -> str:
    """The text that `guard` was given."""
    return text[1:] if _HAS_GUARD.match(text) else text


def is_exact(number: float) -> bool:
    """Whether a spreadsheet can hold this number; other numbers are written as text."""
    return math.isfinite(number) and abs(number) < MOST_DIGITS


@singledispatch
def as_text(value: object) -> str:
    """A cell as text: whole numbers without `.0`, dates the ISO way, times in UTC, yes or no, and nothing for None."""
    return str(value)


@as_text.register
def _(value: None) -> str:
    return ""


@as_text.register
def _(value: str) -> str:
    return _SURROGATE.sub("\ufffd", value)


@as_text.register
def _(value: bool) -> str:
    return "yes" if value else "no"


@as_text.register
def _(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    if value.is_integer():
        return str(int(value))
    return format(Decimal(f"{value:.15g}"), "f")


@as_text.register
def _(value: datetime) -> str:
    return naive(value).isoformat(" ")


@as_text.register
def _(value: time) -> str:
    return value.isoformat("seconds")


@as_text.register
def _(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def naive(value: datetime) -> datetime:
    """The time in UTC to the nearest second, without a zone, which spreadsheets do not know."""
    if value.tzinfo:
        value = value.astimezone(UTC).replace(tzinfo=None)
    return (value + timedelta(microseconds=500_000)).replace(microsecond=0)


def display_width(line: str) -> int:
    """A line in columns of a fixed-width font; Chinese, Japanese and Korean letters take two."""
    if line.isascii():
        return len(line)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)
