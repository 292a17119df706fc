"""A record's history as a file of lines, each with its own SHA-256 and that of the one before: changes show."""

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from portal.core.history import Event
from portal.store.disk import Disk, write_all_at
from portal.store.protocol import Damaged

START = ""
WRITING = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC

SHORT = "it is shorter than its record says"
BROKEN = "line %d is not the line that was written"


class Step(msgspec.Struct, frozen=True):
    """One line: whose history, the SHA-256 of the line before, the event, and the SHA-256 over these three."""

    of: str
    before: str
    event: msgspec.Raw
    sha256: str


class Past(NamedTuple):
    """The events of a history file, and where and on what hash its next line goes on."""

    events: list[Event]
    offset: int
    head: str

    @property
    def number(self) -> int:
        """The number of the last event; they count from 1."""
        return self.events[-1].number if self.events else 0

    @property
    def over(self) -> bool:
        """Whether the last event took the record away: only then does its id go."""
        return not self.events or self.events[-1].changes.get("id", (None, ""))[1] is None


NO_PAST = Past([], 0, START)


def lines(of: str, head: str, events: Sequence[Event]) -> tuple[bytes, str]:
    """The lines of some events that follow the line with hash `head`, and the hash of the last."""
    written = []
    for event in events:
        encoded = msgspec.Raw(msgspec.json.encode(event))
        step = Step(of, head, encoded, _digest(of, head, encoded))
        written.append(msgspec.json.encode(step) + b"\n")
        head = step.sha256
    return b"".join(written), head


def _digest(of: str, before: str, event: msgspec.Raw) -> str:
    return sha256(f"{before} {of}\n".encode() + bytes(event)).hexdigest()


def write(disk: Disk, path: Path, offset: int, data: bytes) -> None:
    """Let `data` be what follows `offset`, durably. What a dead process left behind it goes; again is harmless."""
    if not offset:
        disk.make_folder(path.parent)
    file = os.open(path, WRITING, 0o600)
    try:
        size = os.fstat(file).st_size
        if size < offset:
            raise Damaged(disk.where(path), SHORT)
        write_all_at(file, data, offset)
        if size > offset + len(data):
            os.ftruncate(file, offset + len(data))
        os.fsync(file)
    finally:
        os.close(file)
    if not offset:
        disk.sync(path.parent)
        disk.sync(path.parent.parent)


def read(disk: Disk, path: Path, of: str, end: int | None = None) -> Past:
    """The file's events up to the offset `end` (None: all of it); Damaged where a line is not what was written."""
    data = disk.read(path) or b""
    if end is not None:
        if len(data) < end:
            raise Damaged(disk.where(path), SHORT)
        data = data[:end]
    events: list[Event] = []
    head = START
    for number, line in enumerate(data.splitlines(keepends=True), 1):
        step = _step(line)
        if step is None or step.before != head or step.of != of:
            raise Damaged(disk.where(path), BROKEN % number)
        head = step.sha256
        events.append(msgspec.json.decode(step.event, type=Event))
    return Past(events, len(data), head)


def _step(line: bytes) -> Step | None:
    if not line.endswith(b"\n"):
        return None
    try:
        step = msgspec.json.decode(line, type=Step)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return step if step.sha256 == _digest(step.of, step.before, step.event) else None


def owner(disk: Disk, path: Path) -> str | None:
    """The id that a history file belongs to, from its first line."""
    step = _step((disk.read(path) or b"").partition(b"\n")[0] + b"\n")
    return step.of if step else None
