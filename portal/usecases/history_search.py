"""The history of all records, searched: who did what to which record, and when. Nothing here writes."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from msgspec import Struct

from portal.core.accounts import Audit
from portal.core.history import Event
from portal.core.records import Partner, Person, Record, Response
from portal.store.protocol import Damaged
from portal.usecases.portal import Portal

SUBJECTS: dict[str, type[Record]] = {one.kind: one for one in (Person, Partner, Response, Audit)}
PAGE = 50
# A search opens at most so many histories of a kind, those changed last; the page says when there were more.
MOST_READ = 500
USUAL_DAYS = 7
# A computer's clock may have been set back a little between two writes.
SLACK = timedelta(days=1)


class Asked(Struct, frozen=True, kw_only=True):
    """What is searched for; empty texts match everything. `record` is the beginning of an id."""

    who: str = ""
    what: str = ""
    kind: str = ""
    record: str = ""
    since: date
    until: date
    page: int = 1


class Found(Struct, frozen=True, kw_only=True):
    """One step, and the record that it belongs to."""

    kind: str
    id: str
    event: Event


class Results(Struct, frozen=True, kw_only=True):
    """One page of what was found, the newest first; `cut` says that older records were not looked at."""

    steps: tuple[Found, ...]
    more: bool
    cut: bool
    damaged: int


def matches(asked: Asked, event: Event) -> bool:
    """Whether a step is one that is searched for."""
    return (
        asked.since <= event.at.date() <= asked.until
        and asked.who.lower() in event.by.lower()
        and asked.what.lower() in event.what.lower()
    )


def search(portal: Portal, asked: Asked) -> Results:
    """Read the histories that may hold what is asked for, one after the other."""
    found: list[Found] = []
    damaged, cut = 0, False
    begin = datetime.combine(asked.since, datetime.min.time()).astimezone() - SLACK
    for kind in [SUBJECTS[asked.kind]] if asked.kind else SUBJECTS.values():
        ids = [id for id in portal.store.changed_since(kind, begin) if id.startswith(asked.record)]
        cut = cut or len(ids) > MOST_READ
        for id in ids[:MOST_READ]:
            try:
                found += (Found(kind=kind.kind, id=id, event=event) for event in _steps(portal, kind, id, asked))
            except Damaged:
                damaged += 1
    found.sort(key=lambda one: (one.event.at, one.event.number), reverse=True)
    first = (asked.page - 1) * PAGE
    shown = tuple(islice(found, first, first + PAGE))
    return Results(steps=shown, more=len(found) > first + PAGE, cut=cut, damaged=damaged)


def _steps(portal: Portal, kind: type[Record], id: str, asked: Asked) -> Iterator[Event]:
    return (event for event in portal.store.history(kind, id) if matches(asked, event))
