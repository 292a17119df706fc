"""The store on files: one small TinyDB database a record, under locks that hold between threads and processes."""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock, local

from portal.core.errors import NotAllowed, NotFound, PortalError
from portal.core.history import Event
from portal.core.kinds import KINDS
from portal.core.records import Record
from portal.core.register import Row
from portal.store import transfer
from portal.store.disk import Disk, discard, is_stale, is_temporary, kept_or_not
from portal.store.inspection import Inspection
from portal.store.journal import Entry, Journal, numbers_of
from portal.store.locks import ALL, Locks, number
from portal.store.plain import check_text
from portal.store.protocol import Fault, Key, NotKept, R, RowOf, Store
from portal.store.registerfile import RegisterFile
from portal.store.shelf import Shelf
from portal.store.transaction import Change, FileTransaction, Held
from portal.store.upkeep import Upkeep

log = logging.getLogger(__name__)


class FileStore(Store):
    """The store in the folder `root`; `row_of` makes the register's row of a record.

    Opening it finishes what a dead process left half done. Any number of threads and processes may have it open.
    """

    def __init__(self, root: Path, row_of: RowOf) -> None:
        self._disk = Disk(root)
        self._locks = Locks(self._disk)
        self._shelf = Shelf(self._disk)
        self._journal = Journal(self._disk, self._shelf)
        self._register = RegisterFile(self._disk)
        self._row_of = row_of
        self._upkeep = Upkeep(self._shelf, self._register, row_of, self._settled)
        self._catching_up = Lock()
        self._thread = local()
        for journal in self._journal.left():
            with suppress(PortalError):  # on a full disk the records can still be read
                self._finish(journal)
        with suppress(PortalError), kept_or_not():
            self._upkeep.begin()
        self._sweep()

    def _sweep(self) -> None:
        folders = [self._shelf.records / kind for kind in KINDS]
        entries = [entry for folder in folders for entry in self._shelf.entries(folder) if is_temporary(entry.name)]
        for path in [*map(Path, entries), *self._disk.root.glob(".*.tmp"), *self._journal.folder.glob(".*.tmp")]:
            with suppress(FileNotFoundError):
                if is_stale(path.lstat()):
                    discard(path)

    def get(self, kind: type[R], id: str) -> R:
        """The record, or NotFound, or Damaged."""
        record = self.find(kind, id)
        if record is None:
            raise NotFound(f"There is no {kind.kind} {id}.")
        return record

    def find(self, kind: type[R], id: str) -> R | None:
        """The record or None; Damaged where it cannot be read."""
        self._settle(kind, id)
        return self._shelf.find(kind, id)

    def ids(self, kind: type[Record]) -> Iterator[str]:
        """The ids of all records of a kind, in no order."""
        return self._shelf.ids(kind)

    @contextmanager
    def transaction(self, *keys: Key, by: str, at: datetime) -> Iterator[FileTransaction]:
        """Lock these keys, then read, decide and write; NotKept where the disk refuses.

        A thread that is in one transaction cannot begin another (RuntimeError): it might wait for itself.
        """
        if self._in_transaction:
            raise RuntimeError("this thread is in a transaction already; name all its keys in one")
        check_text("by", by)
        numbers = frozenset(number(kind.kind, id) for kind, id in keys)
        self._thread.busy = True
        try:
            with self._settled(numbers):
                transaction = FileTransaction(self._shelf, keys, by, at)
                yield transaction
                changed = transaction.changed
                self._keep(changed, numbers)
        finally:
            self._thread.busy = False
        self._upkeep.tidy(anew=any(held.forgotten for held, _ in changed))

    @property
    def _in_transaction(self) -> bool:
        return getattr(self._thread, "busy", False)

    def _keep(self, changed: Sequence[tuple[Held, Change]], numbers: Collection[int]) -> None:
        try:
            with kept_or_not():
                for held, _ in changed:
                    held.write_history()
                self._write([change for _, change in changed], numbers)
        except NotKept:
            self._upkeep.due = True  # after a failed fsync the record may be the new one all the same
            raise
        self._upkeep.note((change.kind, change.id, change.record) for _, change in changed)

    def _write(self, changes: Sequence[Change], numbers: Collection[int]) -> None:
        if len(changes) > 1 or any(change.history is not None for change in changes):
            texts = [[None if data is None else data.decode() for data in (c.data, c.history)] for c in changes]
            entries = [Entry(c.kind.kind, c.id, *two) for c, two in zip(changes, texts, strict=True)]
            self._journal.carry_out(entries, numbers)
            return
        for change in changes:
            if change.data is None:
                self._disk.remove(change.path)
            else:
                self._disk.switch(self._disk.prepare(change.path, change.data, new=change.new))

    @contextmanager
    def _settled(self, numbers: Collection[int]) -> Iterator[None]:
        """Hold these locks, with nothing left half done on what they guard."""
        while True:
            with self._locks.held(numbers):
                left = self._journal.left(numbers)
                if not left:
                    yield
                    return
            self._finish(left[0])

    def _settle(self, kind: type[Record], id: str) -> None:
        """Before reading: finish what a dead process left, unless somebody is at it. Reading never waits."""
        for journal in self._journal.left({number(kind.kind, id)}):
            with suppress(PortalError):
                self._finish(journal, 0)

    def _finish(self, journal: Path, wait: float | None = None) -> None:
        with self._locks.held(numbers_of(journal), wait), kept_or_not():
            self._journal.finish(journal)
        self._upkeep.due = True

    def rows(self, kind: type[Row]) -> list[Row]:
        """The register's rows of partners or of responses, without opening a record."""
        # Bringing it up to date takes locks; in a transaction this thread may hold them itself.
        if self._upkeep.due and not self._in_transaction:
            with self._catching_up:
                if self._upkeep.due:
                    self._upkeep.catch_up()
        return self._register.rows(kind)

    def rebuild(self) -> int:
        """Write the register anew from the records; how many rows it has."""
        with kept_or_not():
            return self._upkeep.rebuild()

    def history(self, kind: type[Record], id: str) -> list[Event]:
        """Everything that happened to a record, oldest first; Damaged where a line is not what was written."""
        self._settle(kind, id)
        return self._shelf.history(kind, id)

    def changed_since(self, kind: type[Record], since: datetime) -> list[str]:
        """The ids of records of a kind whose files were written since then, the last written first."""
        return self._shelf.changed_since(kind, since.timestamp())

    def newest_good(self, kind: type[Record], id: str) -> Path | None:
        """The newest version of a record that can be read: its own file, the one before it (`…json~`), or None."""
        return self._shelf.newest_good(kind, self._shelf.record_path(kind, id))

    def verify(self) -> list[Fault]:
        """Read everything, change nothing, name what is damaged or does not fit together."""
        return list(Inspection(self._shelf, self._register, self._row_of, self._locks).faults())

    def dump(self) -> Iterator[tuple[str, bytes]]:
        """Everything worth keeping as named bytes that any engine can load, each record with its history.

        Damaged records are left out and named by a Damaged at the end, when all the others have been given.
        """
        return transfer.dump(self._shelf, self._settled)

    def load(self, parts: Iterable[tuple[str, bytes]]) -> None:
        """Fill this empty store from a dump; NotAllowed where it is not empty.

        Refused names the part that is not one; the store is empty again then.
        """
        with self._settled(ALL):
            if transfer.anything_kept(self._shelf):
                raise NotAllowed("This store is not empty; a backup can only be brought back into an empty one.")
            with kept_or_not():
                transfer.load(self._shelf, parts)
        self.rebuild()

    def ready(self) -> None:
        """Prove that the store can be written, or raise NotKept."""
        with kept_or_not():
            prepared = self._disk.prepare(self._disk.root / "ready", b"ready\n", new=False)
            prepared.temporary.unlink()
