"""The register as a file of lines that only grows: the last line of a record counts. Each process keeps a copy."""

import os
from collections.abc import Sequence
from secrets import token_hex
from threading import Lock
from typing import get_args

import msgspec

from portal.core.register import Row
from portal.store.disk import Disk, write_all

APPENDING = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC

# It is written anew when it has grown to this many times what its living rows need, and is not small anyway.
GROWTH = 4
SMALL_BYTES = 4 << 20

HEADER = b'{"register":'

ROW_KINDS: dict[str, type[Row]] = {str(row.__struct_config__.tag): row for row in get_args(Row)}
KIND_OF: dict[type[Row], str] = {row: kind for kind, row in ROW_KINDS.items()}


class Line(msgspec.Struct, frozen=True):
    """One line: a record's row (None: it has none) and the state of the record's file that it was made from."""

    kind: str
    id: str
    stamp: str
    row: Row | None


_line = msgspec.json.Decoder(Line)


class RegisterFile:
    """`register.jsonl`. It can be made from the records at any time, so it is written without fsync."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self.path = disk.root / "register.jsonl"
        self._guard = Lock()
        self._limit = 0
        self._forget()

    def _forget(self, first_line: bytes = b"") -> None:
        self._first_line, self._offset = first_line, 0
        self._state: tuple[int, int, int] | None = None
        self._lines: dict[str, dict[str, Line]] = {kind: {} for kind in ROW_KINDS}
        self._rows: dict[str, list[Row]] = {}
        self.unreadable = 0

    def rows(self, kind: type[Row]) -> list[Row]:
        """The rows of one kind; costs one look at the file when nothing has changed."""
        name = KIND_OF[kind]
        with self._guard:
            self._refresh()
            if name not in self._rows:
                self._rows[name] = [line.row for line in self._lines[name].values() if line.row is not None]
            return self._rows[name].copy()

    def lines(self, kind: str) -> dict[str, Line]:
        """The newest line of each record of a kind that has a row, by id."""
        with self._guard:
            self._refresh()
            return self._lines[kind].copy()

    def line(self, kind: str, id: str) -> Line | None:
        """The newest line of one record, None where it has no row."""
        with self._guard:
            self._refresh()
            return self._lines[kind].get(id)

    def append(self, lines: Sequence[Line]) -> None:
        """Add lines in one write. The caller holds the lock of some record, which keeps `write_anew` away."""
        data = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        file = os.open(self.path, APPENDING)
        try:
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":  # torn by a process that died or a full disk
                data = b"\n" + data
            write_all(file, data)
        finally:
            os.close(file)

    @property
    def overgrown(self) -> bool:
        """Whether most of the file is lines that no longer count, or some were torn when they were written."""
        if self.unreadable:
            return True
        size = self.path.stat().st_size
        if size <= SMALL_BYTES:
            return False
        self._limit = self._limit or GROWTH * sum(map(len, self._living()))
        return size > self._limit

    def write_anew(self) -> None:
        """Write the file with the living rows alone. The caller holds the locks of all records."""
        # The first line is never the same twice: it tells readers that this is another file.
        first_line = HEADER + msgspec.json.encode(token_hex(8)) + b"}"
        data = b"\n".join([first_line, *self._living(), b""])
        self._disk.replace(self.path, data)
        self._limit = GROWTH * len(data)

    def _living(self) -> list[bytes]:
        with self._guard:
            self._refresh()
            return [msgspec.json.encode(line) for kept in self._lines.values() for line in kept.values()]

    def _refresh(self) -> None:
        try:
            file = os.open(self.path, READING)
        except FileNotFoundError:
            self._forget()
            return
        try:
            found = os.fstat(file)
            state = (found.st_ino, found.st_size, found.st_mtime_ns)
            if state != self._state:
                self._read_on(file, found.st_size)
                self._state = state
        finally:
            os.close(file)

    def _read_on(self, file: int, size: int) -> None:
        if self._first_line != os.pread(file, len(self._first_line) or 1, 0) or size < self._offset:
            self._forget(os.pread(file, 4096, 0).partition(b"\n")[0])
        data = os.pread(file, size - self._offset, self._offset)
        data = data[: data.rfind(b"\n") + 1]
        for line in data.splitlines():
            self._take(line)
        self._offset += len(data)
        self._rows.clear()

    def _take(self, data: bytes) -> None:
        if not data or data.startswith(HEADER):
            return
        try:
            line = _line.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.unreadable += 1
            return
        kept = self._lines.get(line.kind)
        if kept is None:
            self.unreadable += 1
        elif line.row is None:
            kept.pop(line.id, None)
        else:
            kept[line.id] = line
