"""When a partner is reminded: on set days around the due date, each day once, until the answers are sent. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

# Whoever reminds may have been away for some days; what is older is not made up for, so that a clock that jumps or a
# schedule that was set up late sends no heap of old reminders.
MADE_UP_FOR = timedelta(days=3)


def step_due(due: date, invited: date, steps: Sequence[int], today: date) -> int | None:
    """The step that is to be taken today, in days after the due date; None where there is none.

    Of several that were missed only the last is. A step before the day after the invitation is none: the invitation
    itself has just said it.
    """
    reached = [
        step for step in steps if invited < (day := due + timedelta(days=step)) <= today and today - day <= MADE_UP_FOR
    ]
    return max(reached, default=None)


def letter_of(due: date, today: date) -> str:
    """Which letter reminds: one before the due date has passed, another after it."""
    return "overdue" if due < today else "reminder"
