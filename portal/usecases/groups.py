"""The responses that one invitation covers, changed together: all its sites, or none."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from portal.core.records import Response
from portal.core.sites import filled
from portal.store.protocol import Key, Transaction
from portal.usecases.portal import Portal


def group_ids(portal: Portal, response_id: str) -> tuple[str, ...]:
    """The ids of all sites of a response's invitation, the first one's first; its own alone where there is but one."""
    response = portal.store.get(Response, response_id)
    first = portal.store.get(Response, response.group) if response.group else response
    return (first.id, *first.sites)


@contextmanager
def group_transaction(
    portal: Portal, response_id: str, *more: Key, by: str, at: datetime
) -> Iterator[tuple[Transaction, list[Response]]]:
    """A transaction with all sites of a response's invitation, the first one first."""
    while True:
        ids = group_ids(portal, response_id)
        keys: list[Key] = [(Response, id) for id in ids]
        with portal.store.transaction(*keys, *more, by=by, at=at) as records:
            first = records.get(Response, ids[0])
            # Somebody may have added a site between looking and locking.
            if (first.id, *first.sites) == ids:
                yield records, [records.get(Response, id) for id in ids]
                return


def spread_facts(portal: Portal, response: Response, ids: Sequence[str], *, by: str, now: datetime) -> None:
    """Fill in at the other sites what was just said of the company, where they have not said it themselves."""
    if not (response.group or response.sites):
        return
    with group_transaction(portal, response.id, by=by or "contact", at=now) as (records, members):
        for one in members:
            if one.id != response.id:
                records.put(filled(one, response, ids, by, now), "facts of the company filled in from another site")
