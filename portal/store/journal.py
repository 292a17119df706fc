"""Changes of several records that take effect together: written down whole, then carried out, then crossed out.

A journal's name says which locks its records need, one bit a lock. Whoever holds a lock and still sees a journal
that needs it knows that its writer is dead, so no further lock is needed and different journals never wait for
each other. Until a journal is carried out to its end, readers may see some of its records as they will be and the
others as they were, each of them whole.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

import msgspec

from portal.core.kinds import KINDS
from portal.store.disk import Disk, Prepared, discard
from portal.store.locks import COUNT
from portal.store.protocol import Damaged
from portal.store.sealed import NEWER, Broken, seal, unseal
from portal.store.shelf import Shelf

DIGITS = COUNT // 4
NAME = re.compile(rf"([0-9a-f]{{{DIGITS}}})-[0-9a-f]+\.json")
SET_ASIDE = ".damaged"


class Entry(msgspec.Struct, frozen=True):
    """One record's next file, or None for a record that goes; `history` where all of its history is replaced too."""

    kind: str
    id: str
    data: str | None
    history: str | None = None


class Ready(NamedTuple):
    """What is prepared beside its place: records, and the histories of records that are forgotten."""

    records: list[Prepared]
    histories: list[Prepared]


def numbers_of(journal: Path) -> frozenset[int]:
    """The locks that a journal's records need."""
    match = NAME.fullmatch(journal.name)
    bits = int(match[1], 16) if match else 0
    return frozenset(number for number in range(COUNT) if bits >> number & 1)


class Journal:
    """The folder `pending/`: empty but for the changes that are being made right now, or were when somebody died."""

    def __init__(self, disk: Disk, shelf: Shelf) -> None:
        self._disk, self._shelf = disk, shelf
        self.folder = disk.root / "pending"
        disk.make_folder(self.folder)

    def left(self, numbers: Collection[int] | None = None) -> list[Path]:
        """The journals that need any of these locks, or all journals."""
        found = [path for path in self.folder.iterdir() if NAME.fullmatch(path.name)]
        return found if numbers is None else [path for path in found if not numbers_of(path).isdisjoint(numbers)]

    def carry_out(self, entries: Sequence[Entry], numbers: Collection[int]) -> None:
        """Make all the changes, under the caller's locks. OSError: none is made, or all will be by who comes next.

        A full disk is met while all is prepared, and then nothing has changed.
        """
        with self._prepared(entries) as prepared:
            self._switch(entries, prepared, self._write(entries, numbers))

    def finish(self, journal: Path) -> None:
        """Carry out what a dead process left, under the locks that the journal needs."""
        data = self._disk.read(journal)
        if data is None:  # somebody else was quicker
            return
        try:
            _, content = unseal(data)
        except Broken as broken:
            if str(broken) == NEWER:
                raise Damaged(self._disk.where(journal), NEWER) from broken
            # It came into its place only after its fsync, so this is decay, and nobody was told that it is kept.
            journal.rename(journal.with_name(journal.name + SET_ASIDE))
            return
        entries = msgspec.json.decode(content, type=list[Entry])
        with self._prepared(entries) as prepared:
            self._switch(entries, prepared, journal)

    @contextmanager
    def _prepared(self, entries: Sequence[Entry]) -> Iterator[Ready]:
        prepared = Ready([], [])
        try:
            for entry in entries:
                if entry.data is not None:
                    path = self._shelf.record_path(KINDS[entry.kind], entry.id)
                    prepared.records.append(self._disk.prepare(path, entry.data.encode(), new=not path.exists()))
                if entry.history is not None:
                    path = self._shelf.history_path(KINDS[entry.kind], entry.id)
                    # As if it were new: what it held must not stay behind as its previous version.
                    prepared.histories.append(self._disk.prepare(path, entry.history.encode(), new=True))
            yield prepared
        except BaseException:
            for one in (*prepared.records, *prepared.histories):
                discard(one.temporary)
            raise

    def _write(self, entries: Sequence[Entry], numbers: Collection[int]) -> Path:
        bits = sum(1 << number for number in set(numbers))
        path = self.folder / f"{bits:0{DIGITS}x}-{token_hex(8)}.json"
        try:
            self._disk.switch(self._disk.prepare(path, seal(1, msgspec.json.encode(entries)), new=True))
        except OSError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
                self._disk.sync(self.folder)
            raise
        return path

    def _switch(self, entries: Sequence[Entry], prepared: Ready, journal: Path) -> None:
        for one in prepared.records:
            self._disk.switch(one)
        for entry in entries:
            if entry.data is None:
                self._disk.remove(self._shelf.record_path(KINDS[entry.kind], entry.id))
        for one in prepared.histories:  # last: no record may be there whose history is not its own
            self._disk.switch(one)
        journal.unlink()
        # Without this a power cut could bring the journal back, to be carried out over what came after it.
        self._disk.sync(self.folder)
