"""Reads everything that the store keeps and names what is damaged or does not fit together."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from stat import S_ISLNK

from portal.core.kinds import KINDS
from portal.core.records import Record
from portal.store import chain
from portal.store.disk import is_stale, is_temporary
from portal.store.journal import numbers_of
from portal.store.locks import Locks, number
from portal.store.protocol import Damaged, Fault, RowOf
from portal.store.registerfile import ROW_KINDS, RegisterFile
from portal.store.shelf import HISTORY, RECORD, Found, Shelf
from portal.store.transaction import LOST

LEFTOVER = "a write that was not finished left it behind"
STRANGE = "it does not belong here"
UNFINISHED = "a change of several records was not finished"
OPEN = "other accounts of this computer can read it"
MISPLACED = "it holds another record"
GONE = "the record is missing, its previous version is not"

DELETE = "Delete it."
LOOK = "Look at what it is, then move it elsewhere."
START = "Start the portal: it finishes what was begun."
CLOSE = "Take the others' rights away: chmod 700 for folders, 600 for files."
REBUILD = "Rebuild the register."
BACKUP = "Bring it back from a backup."
RENAME = "Keep this file elsewhere, then rename {0} to {1}."

UNREADABLE_LINES = "it has lines that cannot be read"
MISCOUNTED = "the numbers of its events have a gap"
OTHERS = 0o077

Entry = os.DirEntry[str]
Check = Callable[[], Iterator[Fault]]


class Inspection:
    """One reading of a store. It changes nothing; what looks wrong is looked at again under the record's lock."""

    def __init__(self, shelf: Shelf, register: RegisterFile, row_of: RowOf, locks: Locks) -> None:
        self._shelf, self._register, self._row_of, self._locks = shelf, register, row_of, locks
        self._disk = shelf.disk

    def faults(self) -> Iterator[Fault]:
        """Every fault, in the order in which the store is read."""
        yield from self._top()
        for kind in KINDS.values():
            for entry in self._shelf.entries(self._shelf.records / kind.kind):
                yield from self._record_file(kind, entry)
            for entry in self._shelf.entries(self._shelf.histories / kind.kind):
                yield from self._history_file(kind, entry)
        for name in ROW_KINDS:
            for id in self._register.lines(name):
                if not self._shelf.record_path(KINDS[name], id).exists():
                    yield from self._twice(KINDS[name], id, partial(self._row, KINDS[name], id))
        if self._register.unreadable:
            yield self._fault(self._register.path, UNREADABLE_LINES, REBUILD)

    def _top(self) -> Iterator[Fault]:
        for path in [*self._disk.root.iterdir(), *(self._disk.root / "pending").iterdir()]:
            if is_temporary(path.name):
                yield from self._temporary(path)
            elif path.parent.name == "pending":
                yield from self._journal(path)
            yield from self._rights(path)
        for folder in (self._shelf.records, self._shelf.histories):
            for path in folder.iterdir():
                if path.name not in KINDS:
                    yield self._fault(path, STRANGE, LOOK)

    def _journal(self, path: Path) -> Iterator[Fault]:
        with self._locks.held(numbers_of(path)):  # so that nobody is at it any more
            if path.exists():
                yield self._fault(path, UNFINISHED, START if path.suffix == RECORD else LOOK)

    def _record_file(self, kind: type[Record], entry: Entry) -> Iterator[Fault]:
        path = Path(entry.path)
        if is_temporary(entry.name):
            yield from self._temporary(path)
        elif entry.name.endswith(RECORD):
            yield from self._twice(kind, self._shelf.id_of(kind, path), partial(self._record, kind, path))
        elif entry.name.endswith(f"{RECORD}~"):
            yield from self._previous(kind, path)
        else:
            yield self._fault(path, STRANGE, LOOK)
        yield from self._rights(path)

    def _twice(self, kind: type[Record], id: str | None, check: Check) -> Iterator[Fault]:
        """What a check finds, if it still does so while nobody can be changing the record."""
        found = list(check())
        if found and id is not None:
            with self._locks.held({number(kind.kind, id)}):
                found = list(check())
        yield from found

    def _record(self, kind: type[Record], path: Path) -> Iterator[Fault]:
        try:
            found = self._shelf.open_file(kind, path, None)
        except Damaged as damaged:
            yield Fault(damaged.where, damaged.what, self._remedy(kind, path))
            return
        if not isinstance(found, Found):
            return
        id = found.record.id
        if self._shelf.record_path(kind, id) != path:
            yield self._fault(path, MISPLACED, self._remedy(kind, path))
            return
        yield from self._history(found)
        if kind.kind in ROW_KINDS:
            yield from self._row(kind, id, found.record)

    def _remedy(self, kind: type[Record], path: Path) -> str:
        good = self._shelf.newest_good(kind, path)
        return RENAME.format(self._disk.where(good), path.name) if good else BACKUP

    def _previous(self, kind: type[Record], path: Path) -> Iterator[Fault]:
        record = path.with_name(path.name.removesuffix("~"))
        if not record.exists() and path.exists():
            yield self._fault(record, GONE, RENAME.format(self._disk.where(path), record.name))
            return
        try:
            self._shelf.open_file(kind, path, None)
        except Damaged as damaged:
            yield Fault(damaged.where, damaged.what, DELETE)

    def _history(self, found: Found[Record]) -> Iterator[Fault]:
        try:
            numbers = [event.number for event in self._shelf.history_of(found)]
        except Damaged as damaged:
            yield Fault(damaged.where, damaged.what, BACKUP)
            return
        if numbers != list(range(1, len(numbers) + 1)):
            path = self._shelf.history_path(type(found.record), found.record.id)
            yield self._fault(path, MISCOUNTED, BACKUP)

    def _history_file(self, kind: type[Record], entry: Entry) -> Iterator[Fault]:
        path = Path(entry.path)
        yield from self._rights(path)
        if not entry.name.endswith(HISTORY):
            yield self._fault(path, STRANGE, LOOK)
        elif not self._shelf.has_record(path):  # where it is there, its history has been read with it
            id = self._shelf.id_of_history(path)
            yield from self._twice(kind, id, partial(self._past, path, id))

    def _past(self, path: Path, id: str | None) -> Iterator[Fault]:
        try:
            past = chain.read(self._disk, path, id or "")
        except Damaged as damaged:
            yield Fault(damaged.where, damaged.what, BACKUP)
            return
        if not past.over and not self._shelf.has_record(path):
            yield self._fault(path, LOST, BACKUP)

    def _row(self, kind: type[Record], id: str, record: Record | None = None) -> Iterator[Fault]:
        line = self._register.line(kind.kind, id)
        try:
            row = self._row_of(record) if record else None
        except Exception:  # the register has no row then either
            row = None
        if (line.row if line else None) != row or (line and line.stamp != self._shelf.stamp(kind, id)):
            yield self._fault(self._register.path, f"its row of {kind.kind} {id} is not that of the record", REBUILD)

    def _temporary(self, path: Path) -> Iterator[Fault]:
        with suppress(FileNotFoundError):
            if is_stale(path.lstat()):
                yield self._fault(path, LEFTOVER, DELETE)

    def _rights(self, path: Path) -> Iterator[Fault]:
        with suppress(FileNotFoundError):
            found = path.lstat()
            if found.st_mode & OTHERS and not S_ISLNK(found.st_mode):
                yield self._fault(path, OPEN, CLOSE)

    def _fault(self, path: Path, what: str, remedy: str) -> Fault:
        return Fault(self._disk.where(path), what, remedy)
