"""A few records, locked: what they were, what they become, and the events of that."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, cast

from portal.core.errors import NotFound
from portal.core.history import Event, difference
from portal.core.records import Record
from portal.store import chain
from portal.store.plain import check_text, plain
from portal.store.protocol import Damaged, Key, R
from portal.store.recordfile import RecordFile, Stored, next_version
from portal.store.shelf import Found, Shelf

# Events up to this size stay in the record's own file: writing them there again is cheaper than another fsync.
CARRIED_BYTES = 16384

LOST = "its record is missing, though the history does not end with its removal"


class Change(NamedTuple):
    """What a transaction does to one record: its next version (None: it goes) and the bytes of that.

    `history` is all that its history file shall hold from then on, where the record is forgotten.
    """

    kind: type[Record]
    id: str
    path: Path
    record: Record | None
    data: bytes | None
    new: bool
    history: bytes | None = None


class Held:
    """One record of a transaction: as it lies on the disk, as it is now, and the events in between."""

    def __init__(self, shelf: Shelf, kind: type[Record], id: str) -> None:
        self.shelf, self.kind, self.id = shelf, kind, id
        found = shelf.open(kind, id)
        self.file: RecordFile = found.file if isinstance(found, Found) else found
        self.stored: Stored | None = found.stored if isinstance(found, Found) else None
        self.record: Record | None = found.record if isinstance(found, Found) else None
        self.plain: dict[str, Any] | None = self.stored.record if self.stored else None
        self.events: list[Event] = []
        self.changed = self.forgotten = False
        self._past: chain.Past | None = None

    def become(self, record: Record | None, plainly: dict[str, Any] | None, by: str, at: datetime, what: str) -> None:
        """Change in memory, with an event where the kind keeps a history."""
        if self.kind.keeps_history:
            changes = dict(sorted(difference(self.plain, plainly, self.kind.private).items()))
            self.events.append(Event(number=self._number() + 1, at=at, by=by, what=what, changes=changes))
        self.record, self.plain, self.changed = record, plainly, True

    def forget(self, by: str, at: datetime, what: str) -> None:
        """Let go of the record and of all events; one that says so is the first of whoever has the id next."""
        gone = Event(number=1, at=at, by=by, what=what, changes={"id": (self.id, None)})
        self.events = [gone] if self.kind.keeps_history else []
        self.record, self.plain = None, None
        self.changed = self.forgotten = True

    def _number(self) -> int:
        if self.events:
            return self.events[-1].number
        return self.stored.events[-1].number if self.stored and self.stored.events else self.past.number

    @property
    def past(self) -> chain.Past:
        """The history of the records that had this id before, each removed; Damaged where one went without."""
        if self._past is None:
            path = self.shelf.history_path(self.kind, self.id)
            self._past = chain.read(self.shelf.disk, path, self.id)
            if not self._past.over:
                raise Damaged(self.shelf.disk.where(path), LOST)
        return self._past

    @property
    def change(self) -> Change | None:
        """What has to be done on the disk, if anything."""
        if not self.changed or (self.stored is None and self.record is None):
            return None
        data = None if self.plain is None else next_version(self.file, self.kind.kind, self._next(self.plain))
        history = chain.lines(self.id, chain.START, self.events)[0] if self.forgotten and self.events else None
        return Change(self.kind, self.id, self.file.path, self.record, data, new=self.stored is None, history=history)

    def _next(self, plainly: dict[str, Any]) -> Stored:
        if not self.kind.keeps_history:
            return Stored(record=plainly)
        if self.stored is None:
            return Stored(record=plainly, events=self.events, offset=self.past.offset, head=self.past.head)
        written, head = self._leaving()
        carried = [] if written else self.stored.events
        offset = self.stored.offset + len(written)
        return Stored(record=plainly, events=carried + self.events, offset=offset, head=head)

    def _leaving(self) -> tuple[bytes, str]:
        """The lines that move from the record to its history file now, and the hash of the last line there then.

        They move a few at a time, since each move costs an fsync; all of them once the record goes.
        """
        if self.stored is None or not self.kind.keeps_history:
            return b"", chain.START
        events = self.stored.events + ([] if self.record else self.events)
        written, head = chain.lines(self.id, self.stored.head, events)
        if self.record and len(written) < CARRIED_BYTES:
            return b"", self.stored.head
        return written, head

    def write_history(self) -> None:
        """Let the history file end with the events that the record's next version will not hold, durably."""
        written, _ = (b"", "") if self.forgotten else self._leaving()
        if self.stored and written:
            chain.write(self.shelf.disk, self.shelf.history_path(self.kind, self.id), self.stored.offset, written)


class FileTransaction:
    """The records of some keys, locked. Nothing is written before the store's block is left."""

    def __init__(self, shelf: Shelf, keys: Iterable[Key], by: str, at: datetime) -> None:
        self._shelf, self._by, self._at = shelf, by, at
        self._keys = frozenset(keys)
        self._held: dict[Key, Held] = {}

    def get(self, kind: type[R], id: str) -> R:
        """The record as it is now, or NotFound."""
        record = self.find(kind, id)
        if record is None:
            raise NotFound(f"There is no {kind.kind} {id}.")
        return record

    def find(self, kind: type[R], id: str) -> R | None:
        """The record as it is now, or None."""
        return cast(R | None, self._hold(kind, id).record)

    def put(self, record: Record, what: str) -> None:
        """Keep the record, new or changed; one that is as before is no step. Refused for text no engine can hold."""
        plainly = plain(record)
        check_text("what", what)
        held = self._hold(type(record), record.id)
        if held.forgotten:
            raise RuntimeError(f"{record.kind} {record.id} is being forgotten; put it in another transaction")
        if plainly != held.plain:
            held.become(record, plainly, self._by, self._at, what)

    def note(self, kind: type[Record], id: str, what: str) -> None:
        """Write a step into a record's history that changes nothing in it, or NotFound."""
        self.get(kind, id)
        check_text("what", what)
        held = self._hold(kind, id)
        held.become(held.record, held.plain, self._by, self._at, what)

    def remove(self, kind: type[Record], id: str, what: str) -> None:
        """Take the record away, or NotFound; its history stays."""
        self.get(kind, id)
        self._hold(kind, id).become(None, None, self._by, self._at, what)

    def forget(self, kind: type[Record], id: str, what: str) -> None:
        """Take the record away, or NotFound, and its history but for one entry that says so."""
        self.get(kind, id)
        check_text("what", what)
        self._hold(kind, id).forget(self._by, self._at, what)

    def _hold(self, kind: type[Record], id: str) -> Held:
        key = (kind, id)
        if key not in self._keys:
            raise KeyError(f"{kind.kind} {id} is not among the records that this transaction has locked")
        if key not in self._held:
            self._held[key] = Held(self._shelf, kind, id)
        return self._held[key]

    @property
    def changed(self) -> list[tuple[Held, Change]]:
        """The records that have to be written, with what."""
        return [(held, change) for held in self._held.values() if (change := held.change)]
