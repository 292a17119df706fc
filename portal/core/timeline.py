"""Everything that happened to a partner and its responses in one list; what was done again and again, once a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from portal.core.history import Event

PART_OF = ("answers.", "review_answers.")


class Moment(Struct, frozen=True, kw_only=True):
    """One line: the last time that somebody did this on a day, how often, to how many answers, and where.

    `of` is the id of a response, empty for the partner itself.
    """

    at: datetime
    by: str
    what: str
    of: str = ""
    times: int = 1
    answers: int = 0


def timeline(partner: Iterable[Event], responses: Mapping[str, Sequence[Event]]) -> list[Moment]:
    """The events of a partner and of its responses by id, the newest first."""
    grouped: dict[tuple[str, date, str, str], list[Event]] = {}
    for of, events in (("", partner), *responses.items()):
        for event in events:
            grouped.setdefault((of, event.at.date(), event.by, event.what), []).append(event)
    moments = [
        Moment(
            at=max(event.at for event in events),
            by=by,
            what=what,
            of=of,
            times=len(events),
            answers=len({id for event in events for id in _answers_in(event)}),
        )
        for (of, _, by, what), events in grouped.items()
    ]
    return sorted(moments, key=lambda moment: (moment.at, moment.of, moment.what), reverse=True)


def _answers_in(event: Event) -> set[str]:
    """The questions whose answers an event changed; the first answers of a response come without a path."""
    ids = {path.split(".")[1] for path in event.changes if path.startswith(PART_OF)}
    before, after = event.changes.get("answers", (None, None))
    return ids | {*(before or {}), *(after or {})}
