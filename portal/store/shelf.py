"""Where each record and each history lies, and how one record is read."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Generic, NamedTuple

import msgspec

from portal.core.history import Event
from portal.core.records import Record
from portal.store import chain
from portal.store.disk import Disk, is_temporary, previous, stamp
from portal.store.protocol import Damaged, R
from portal.store.recordfile import RecordFile, Stored, stored

SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
HASHED = "_"  # no id that is its own name begins so

RECORD, HISTORY = ".json", ".jsonl"


class Found(NamedTuple, Generic[R]):
    """A record as it lies: itself, what is kept of it, and the file it was read from."""

    record: R
    stored: Stored
    file: RecordFile


def file_name(id: str) -> str:
    """The name that files of this id bear: the id itself where that is harmless, else a hash of it."""
    if SAFE_NAME.fullmatch(id) and ".." not in id:
        return id
    return HASHED + _digest(id)


def _digest(id: str) -> str:
    return sha256(id.encode("utf-8", "surrogatepass")).hexdigest()


class Shelf:
    """The folders `records/<kind>/<xx>/` and `history/<kind>/<xx>/`, xx the first byte of the id's SHA-256."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.records, self.histories = disk.root / "records", disk.root / "history"
        for folder in (self.records, self.histories):
            disk.make_folder(folder)

    def record_path(self, kind: type[Record], id: str) -> Path:
        """The file of a record."""
        return self.records.joinpath(kind.kind, _digest(id)[:2], file_name(id) + RECORD)

    def history_path(self, kind: type[Record], id: str) -> Path:
        """The file of a record's history."""
        return self.histories.joinpath(kind.kind, _digest(id)[:2], file_name(id) + HISTORY)

    def open(self, kind: type[R], id: str) -> Found[R] | RecordFile:
        """The record with its file; only the file where there is no record yet; Damaged where it cannot be read."""
        return self.open_file(kind, self.record_path(kind, id), id)

    def open_file(self, kind: type[R], path: Path, id: str | None) -> Found[R] | RecordFile:
        """The record in a file, whichever it is when `id` is None."""
        file = RecordFile(self.disk, path)
        kept = stored(file, kind.kind)
        if kept is None:
            return file
        try:
            record = msgspec.convert(kept.record, kind)
        except msgspec.ValidationError as error:
            raise Damaged(self.disk.where(path), f"its content is not that of a {kind.kind}: {error}") from error
        if id not in (None, record.id):
            raise Damaged(self.disk.where(path), "it holds another record")
        return Found(record, kept, file)

    def find(self, kind: type[R], id: str) -> R | None:
        """The record or None."""
        found = self.open(kind, id)
        return found.record if isinstance(found, Found) else None

    def history(self, kind: type[Record], id: str) -> list[Event]:
        """All events of the record with this id and of those that had it before; Damaged where one was altered."""
        found = self.open(kind, id)
        if isinstance(found, Found):
            return self.history_of(found)
        return chain.read(self.disk, self.history_path(kind, id), id).events

    def history_of(self, found: Found[R]) -> list[Event]:
        """All events up to the version that was found."""
        kind, id, stored = type(found.record), found.record.id, found.stored
        if not kind.keeps_history:
            return []
        path = self.history_path(kind, id)
        past = chain.read(self.disk, path, id, end=stored.offset)
        if past.head != stored.head:
            raise Damaged(self.disk.where(path), chain.BROKEN % len(past.events))
        return past.events + stored.events

    def stamp(self, kind: type[Record], id: str) -> str | None:
        """What tells this state of the record's file from the next; None where there is no file."""
        with suppress(FileNotFoundError):
            return stamp(self.record_path(kind, id).lstat())
        return None

    def newest_good(self, kind: type[Record], path: Path) -> Path | None:
        """The newest version of a record that can be read: the record's own file, the one before it, or None."""
        for candidate in (path, previous(path)):
            with suppress(Damaged):
                found = self.open_file(kind, candidate, None)
                if isinstance(found, Found) and self.record_path(kind, found.record.id) == path:
                    return candidate
        return None

    def entries(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        """Everything in the sub-folders of a kind's folder."""
        for part in _scan(folder):
            if part.is_dir(follow_symlinks=False):
                yield from _scan(Path(part.path))

    def files(self, kind: type[Record]) -> Iterator[os.DirEntry[str]]:
        """The files of all records of a kind."""
        for entry in self.entries(self.records / kind.kind):
            if entry.name.endswith(RECORD) and not is_temporary(entry.name):
                yield entry

    def ids(self, kind: type[Record]) -> Iterator[str]:
        """The ids of the records of a kind that can be told."""
        for entry in self.files(kind):
            id = self.id_of(kind, Path(entry.path))
            if id is not None:
                yield id

    def id_of(self, kind: type[Record], path: Path) -> str | None:
        """The id of the record in a file: its name, or read from it; None where it is damaged or gone."""
        name = path.name.removesuffix(RECORD)
        if not name.startswith(HASHED):
            return name
        with suppress(Damaged):
            found = self.open_file(kind, path, None)
            return found.record.id if isinstance(found, Found) else None
        return None

    def changed_since(self, kind: type[Record], since: float) -> list[str]:
        """The ids of the records whose files were written since then, the last written first."""
        times = sorted(((entry.stat().st_mtime, entry.path) for entry in self.files(kind)), reverse=True)
        found = (self.id_of(kind, Path(path)) for written, path in times if written >= since)
        return [id for id in found if id is not None]

    def has_record(self, history: Path) -> bool:
        """Whether the record is there that a history file belongs to."""
        return (self.records / history.relative_to(self.histories)).with_suffix(RECORD).exists()

    def id_of_history(self, path: Path) -> str | None:
        """The id that a history file belongs to: its name, or read from it; None where it does not tell."""
        name = path.name.removesuffix(HISTORY)
        return chain.owner(self.disk, path) if name.startswith(HASHED) else name


def _scan(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except FileNotFoundError:
        return
