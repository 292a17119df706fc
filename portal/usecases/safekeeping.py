"""Keeping everything safe: a backup in one file, a restore that is proved by comparing, and looking for damage."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from portal.core import receipts
from portal.core.errors import NotAllowed, NotFound, PortalError
from portal.core.kinds import KINDS
from portal.core.records import Bucket, Evidence, Response, Session
from portal.core.register import PartnerRow
from portal.core.visits import Visit
from portal.store.protocol import Damaged, Fault, R
from portal.usecases.archive import EVIDENCE, RECORDS, Part, members, whole, write_archive
from portal.usecases.portal import Portal

# Who is signed in and how often somebody tried is not kept by a backup and fills no store.
PASSING = (Session, Bucket)
RESTORE = "Bring it back from a backup."
LOST = "a response names it, and it is not there"
LOST_PHOTO = "a visit names it, and it is not there"
CHANGED = "what is kept is not what its receipt was made of"


class Backup(Struct, frozen=True, kw_only=True):
    """What a backup holds, its size in bytes, and what had to be left out because it is damaged.

    `records` counts parts of the store's dump: a record and its history are two.
    """

    records: int
    evidence: int
    size: int
    left_out: tuple[Fault, ...] = ()


class Restored(Struct, frozen=True, kw_only=True):
    """What was brought back, counted as in `Backup`."""

    records: int
    evidence: int


class NotRestored(PortalError):
    """What was brought back is not what the backup holds; the text names the first part that differs."""


def is_empty(portal: Portal) -> bool:
    """Whether the store holds no record, sessions and counts of tries aside."""
    return all(next(portal.store.ids(kind), None) is None for kind in KINDS.values() if kind not in PASSING)


def backup(portal: Portal, file: Path, now: datetime) -> Backup:
    """Write everything worth keeping to a .tar.gz archive, whole or not at all, readable by this account only.

    Damaged records and evidence are left out and named, so that one bad file does not stop all backups.
    OSError where the disk fails.
    """
    faults: list[Fault] = []
    # Evidence is kept before a record names it, so the evidence listed after the records holds all that they name.
    with write_archive(file, now) as archive:
        for name, data in _records(portal, faults):
            archive.add_record(name, data)
        damaged = dict(portal.evidence.verify())
        faults += [_evidence_fault(name, what) for name, what in damaged.items()]
        for name in portal.evidence.sha256s():
            if name not in damaged:
                archive.add_evidence(name, partial(portal.evidence.open, name))
    return Backup(
        records=archive.count(RECORDS),
        evidence=archive.count(EVIDENCE),
        size=file.stat().st_size,
        left_out=tuple(faults),
    )


def _records(portal: Portal, faults: list[Fault]) -> Iterator[tuple[str, bytes]]:
    try:
        yield from portal.store.dump()
    except Damaged as damaged:
        faults.append(Fault(damaged.where, damaged.what, "Run: portal verify"))


def restore(portal: Portal, file: Path) -> Restored:
    """Fill the empty store from an archive and prove it by comparing.

    NotAllowed where the store is not empty and Refused where the archive is not what was written, before anything
    is written. NotRestored where what was written reads differently.
    """
    if not is_empty(portal):
        raise NotAllowed("This store is not empty; a backup can only be brought back into an empty one.")
    parts = [part for part, stream in members(file) if part.drain(stream)]
    portal.store.load(_loading(portal, file))
    _prove(portal, parts)
    return Restored(
        records=sum(part.is_record for part in parts),
        evidence=sum(not part.is_record for part in parts),
    )


def _loading(portal: Portal, file: Path) -> Iterator[tuple[str, bytes]]:
    """The records for the store to load; the evidence that comes before them in the archive is kept on the way."""
    for part, stream in members(file):
        if part.is_record:
            yield part.bare, part.read(stream)
        else:
            with whole():
                portal.evidence.keep(stream, part.size)


def _prove(portal: Portal, parts: list[Part]) -> None:
    wanted = {part.name: part.sha256 for part in parts}
    found = {f"{RECORDS}/{name}": sha256(data).hexdigest() for name, data in portal.store.dump()}
    found |= {f"{EVIDENCE}/{name}": name for name in portal.evidence.sha256s()}
    found |= {f"{EVIDENCE}/{name}": what for name, what in portal.evidence.verify()}
    for name in sorted(wanted):
        if found.get(name) != wanted[name]:
            raise NotRestored(f"{name} is not what the backup holds; empty the data folder and restore again.")


def verify(portal: Portal) -> list[Fault]:
    """Read all that is kept, records and evidence, and name what is damaged, missing or does not fit together.

    The register is brought up to date first, as any list would: a process killed between a record and its row is no
    damage.
    """
    portal.store.rows(PartnerRow)
    faults = [*portal.store.verify()]
    damaged = dict(portal.evidence.verify())
    faults += [_evidence_fault(name, what) for name, what in damaged.items()]
    for visit in _readable(portal, Visit):
        faults += _lost(portal, visit.photos, f"{LOST_PHOTO} ({visit.id})")
    for response in _readable(portal, Response):
        faults += _lost(portal, response.evidence, f"{LOST} ({response.id})")
        if response.receipt and not receipts.matches(response):
            faults.append(Fault(f"response {response.id}", f"{CHANGED} ({response.reference})", RESTORE))
    return faults


def _evidence_fault(name: str, what: str) -> Fault:
    return Fault(f"evidence {name}", what, RESTORE)


def _lost(portal: Portal, named: Iterable[Evidence], what: str) -> Iterator[Fault]:
    """The files that a record names and that are not there."""
    return (Fault(f"evidence {one.sha256}", what, RESTORE) for one in named if not _is_there(portal, one.sha256))


def _readable(portal: Portal, kind: type[R]) -> Iterator[R]:
    """Each record of a kind but the damaged ones, which the store tells of."""
    for id in sorted(portal.store.ids(kind)):
        with suppress(Damaged, NotFound):
            yield portal.store.get(kind, id)


def _is_there(portal: Portal, name: str) -> bool:
    try:
        stream: BinaryIO = portal.evidence.open(name)
    except NotFound:
        return False
    stream.close()
    return True
