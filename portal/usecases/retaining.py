"""Keeping no longer than needed: what is past its time is listed, and deleted only when somebody says so."""

import logging
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import Struct

from portal.core.errors import NotFound
from portal.core.kinds import KINDS
from portal.core.records import Bucket, LinkKey, Partner, Record, Response
from portal.core.register import PartnerRow
from portal.core.retention import Keep, PastTime, Rule, past_time
from portal.store.protocol import Damaged, Key, Transaction
from portal.usecases.partner_lines import response_rows
from portal.usecases.portal import Portal
from portal.usecases.sessions import sweep_sessions

log = logging.getLogger("portal")

IDLE = timedelta(days=1)
WHAT = {
    Rule.UNSENT: "deleted: not answered, past its time",
    Rule.SUPERSEDED: "deleted: followed by newer answers, past its time",
    Rule.RETIRED: "deleted: the partner is retired, past its time",
}


class Deleted(Struct, frozen=True, kw_only=True):
    """What was deleted, in numbers, and what was not because it has changed since it was listed."""

    responses: int = 0
    partners: int = 0
    files: int = 0
    left: tuple[PastTime, ...] = ()


def keep_of(portal: Portal) -> Keep:
    """The rules, from the settings."""
    config = portal.config
    return Keep(unsent=config.keep_unsent, superseded=config.keep_superseded, retired=config.keep_retired)


def listed(portal: Portal, now: datetime) -> list[PastTime]:
    """What is past its time; nothing is changed."""
    partners = [row for row in portal.store.rows(PartnerRow) if isinstance(row, PartnerRow)]
    return past_time(partners, response_rows(portal), keep_of(portal), now)


def delete(portal: Portal, seen: Collection[str], *, by: str, now: datetime) -> Deleted:
    """Delete what is past its time and whose key somebody has `seen`, each thing whole or not at all.

    Of a response go its record, links, history and what else hangs on it, and the files that no other response names.
    One entry of its history stays, without content. Backups made before hold everything still.
    """
    responses = partners = files = 0
    left = []
    for one in listed(portal, now):
        if one.key in seen:
            gone = _delete(portal, one, by=by, now=now)
            if gone is None:
                left.append(one)
                continue
            log.info("%s deletes %s: %d responses, %d files", by, one.key, len(one.responses), gone)
            responses, files = responses + len(one.responses), files + gone
            partners += one.rule is Rule.RETIRED
    sweep_sessions(portal, now)
    _sweep_buckets(portal, now)
    return Deleted(responses=responses, partners=partners, files=files, left=tuple(left))


def _delete(portal: Portal, one: PastTime, *, by: str, now: datetime) -> int | None:
    """Delete one thing; how many files went, or None where it is not past its time any more."""
    hanging = list(_hanging_on(portal, one))
    keys: list[Key] = [(Partner, one.partner), *((Response, id) for id in one.responses), *hanging]
    with portal.store.transaction(*keys, by=by, at=now) as records:
        if one not in listed(portal, now):  # under the locks, so that nothing can change any more
            return None
        # The files go first: what a crash leaves is listed again, and files without a record would not be.
        files = _delete_files(portal, one, records)
        for kind, id in keys:
            if kind is Partner and one.rule is not Rule.RETIRED:
                continue
            if records.find(kind, id) is not None:
                records.forget(kind, id, WHAT[one.rule])
    for id in one.responses:
        portal.pinned.pop(id, None)
    return files


def _hanging_on(portal: Portal, one: PastTime) -> Iterator[Key]:
    """The records that belong to what goes: keys of its links, and whatever names a response or the partner."""
    for id in one.responses:
        response = portal.store.find(Response, id)
        yield from {(LinkKey, link.token_hash) for link in (response.links if response else ())}
    for kind in KINDS.values():
        if kind not in (Partner, Response, LinkKey) and {"response", "partner"} & set(kind.__struct_fields__):
            yield from ((kind, id) for id in portal.store.ids(kind) if _names(portal.store.find(kind, id), one))


def _names(record: Record | None, one: PastTime) -> bool:
    response, partner = (getattr(record, field, None) for field in ("response", "partner"))
    return response in one.responses or (one.rule is Rule.RETIRED and partner == one.partner and not response)


def _delete_files(portal: Portal, one: PastTime, records: Transaction) -> int:
    """Delete the files of the responses, also those once taken out of them, that no other response names."""
    going: set[str] = set()
    for id in one.responses:
        going |= _files_of(records.get(Response, id)) | _files_in_history(portal, id)
    if going:
        going -= _named_elsewhere(portal, one)
    gone = 0
    for sha256 in going:
        with suppress(NotFound):
            portal.evidence.remove(sha256)
            gone += 1
    return gone


def _files_of(response: Response) -> set[str]:
    carried = (item for one in response.carried.values() for item in one.files)
    return {item.sha256 for item in (*response.evidence, *carried)}


def _files_in_history(portal: Portal, id: str) -> set[str]:
    lists = (both for event in portal.store.history(Response, id) for both in [event.changes.get("evidence")] if both)
    return {str(item["sha256"]) for both in lists for items in both for item in items or ()}


def _named_elsewhere(portal: Portal, one: PastTime) -> set[str]:
    """The files that the responses which stay name. One that is damaged may name any: then nothing is deleted."""
    named: set[str] = set()
    for id in portal.store.ids(Response):
        if id not in one.responses and (response := portal.store.find(Response, id)) is not None:
            named |= _files_of(response)
    return named


def _sweep_buckets(portal: Portal, now: datetime) -> None:
    """Take away counts of tries that count no more."""
    for id in list(portal.store.ids(Bucket)):
        with suppress(Damaged):
            bucket = portal.store.find(Bucket, id)
            if bucket is not None and all(tried < now - IDLE for tried in bucket.tries):
                with portal.store.transaction((Bucket, id), by="retention", at=now) as records:
                    if records.find(Bucket, id) == bucket:
                        records.remove(Bucket, id, "past its time")
