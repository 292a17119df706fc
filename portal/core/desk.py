"""What the importer's own people set for their work: how long a review may take. Pure."""

from datetime import date, timedelta
from typing import ClassVar

from portal.core.errors import Problem, Refused
from portal.core.record import Record

SHORTEST_REVIEW, LONGEST_REVIEW = 1, 365


class Clock(Record, frozen=True, kw_only=True):
    """In how many days answers that were sent shall be reviewed; there is one, and without it the default counts."""

    kind: ClassVar[str] = "clock"
    keeps_history: ClassVar[bool] = True

    review_days: int = 90


THE_CLOCK = "desk"


def days_left(sent: date, today: date, review_days: int) -> int:
    """How many days are left to review what was sent on a day; below nought it is late."""
    return (sent + timedelta(days=review_days) - today).days


def read_days(text: str) -> int:
    """The number of days that was typed, or Refused."""
    days = int(text) if text.strip().isdecimal() and len(text) < 9 else 0
    if not SHORTEST_REVIEW <= days <= LONGEST_REVIEW:
        raise Refused([Problem("review_days", f"Write a number of days from {SHORTEST_REVIEW} to {LONGEST_REVIEW}.")])
    return days
