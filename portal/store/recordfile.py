"""One record as one small TinyDB database in a sealed file."""

from pathlib import Path
from typing import Any

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document

from portal.core.history import Event
from portal.store.chain import START
from portal.store.disk import Disk
from portal.store.protocol import Damaged
from portal.store.sealed import CHANGED, Broken, seal, unseal

Tables = dict[str, dict[str, Any]]
_tables = msgspec.json.Decoder(Tables)
DOCUMENT = 1  # one record a database, so its number is always the same


class Stored(msgspec.Struct, kw_only=True):
    """What is kept of a record: its plain form, its newest events, and where its history file ends before those.

    The newest events lie here, so that a record and the event of its change are written in one go.
    """

    record: dict[str, Any]
    events: list[Event] = []
    offset: int = 0
    head: str = START


class RecordFile(Storage):
    """TinyDB's storage for one record, for one operation: what `write` was given waits sealed in `written`.

    The transaction makes it durable, since several records may have to change together.
    """

    def __init__(self, disk: Disk, path: Path) -> None:
        self.disk, self.path = disk, path
        self.sequence = 0
        self.written = b""
        self._tables: Tables | None = None
        self._read = False

    def read(self) -> Tables | None:
        """The tables, or None where there is no file; Damaged where it is not what was written."""
        if not self._read:
            data = self.disk.read(self.path)
            self._tables = None if data is None else self._open(data)
            self._read = True
        return self._tables

    def _open(self, data: bytes) -> Tables:
        try:
            self.sequence, content = unseal(data)
            return _tables.decode(content)
        except Broken as broken:
            raise Damaged(self.disk.where(self.path), str(broken)) from broken
        except msgspec.DecodeError as error:
            raise Damaged(self.disk.where(self.path), CHANGED) from error

    def write(self, data: Tables) -> None:
        """Seal the next version."""
        self.written = seal(self.sequence + 1, msgspec.json.encode(data) + b"\n")


def stored(file: RecordFile, kind: str) -> Stored | None:
    """What the file keeps, or None where there is no file."""
    with TinyDB(storage=lambda: file) as database:
        document = database.table(kind, cache_size=0).get(doc_id=DOCUMENT)
    if document is None and file.sequence == 0:
        return None
    try:
        return msgspec.convert(document, Stored)
    except msgspec.ValidationError as error:
        raise Damaged(file.disk.where(file.path), f"it does not hold a {kind}") from error


def next_version(file: RecordFile, kind: str, content: Stored) -> bytes:
    """The bytes of the file's next version."""
    fields = {name: getattr(content, name) for name in Stored.__struct_fields__}
    with TinyDB(storage=lambda: file) as database:
        table = database.table(kind, cache_size=0)
        if file.read():
            table.update(fields, doc_ids=[DOCUMENT])
        else:
            table.insert(Document(fields, doc_id=DOCUMENT))
    return file.written
