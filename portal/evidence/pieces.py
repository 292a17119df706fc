"""Files that arrive in pieces over a line that breaks: each piece is on disk before the next one is asked for.

A half-sent file lies under a name of ours in a folder that nothing serves, until it is whole or a day old. What it is
gets looked at only once it is whole, by the evidence store, as with every file.
"""

import fcntl
import hashlib
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from portal.core.errors import PortalError
from portal.evidence.limits import FREE_DISK_BYTES, MOST_HALF_SENT, PIECES_SECONDS
from portal.evidence.refusals import DiskRefused, because
from portal.evidence.store import NO_ROOM, disk_failures, make_folder

OPEN_PIECES = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW


class OutOfStep(PortalError):
    """The piece does not follow what has arrived; `held` says how many bytes that is."""

    def __init__(self, held: int) -> None:
        super().__init__(f"{held} bytes have arrived so far.")
        self.held = held


class Pieces:
    """Half-sent files in one folder. `owner` and `upload` may be any text; neither is ever part of a path."""

    def __init__(self, root: Path, disk_floor: int = FREE_DISK_BYTES) -> None:
        self._root = root
        self._disk_floor = disk_floor

    def add(self, owner: str, upload: str, at: int, piece: bytes) -> int:
        """Keep a piece that begins after `at` bytes, durably; how many bytes there are now.

        OutOfStep where another number of bytes has arrived, DiskRefused where the disk has no room or fails.
        """
        with disk_failures():
            make_folder(self._root)
            if shutil.disk_usage(self._root).free < self._disk_floor:
                raise DiskRefused(because(NO_ROOM))
            path = self._path(owner, upload)
            self._make_room(owner, path)
            file = os.open(path, OPEN_PIECES, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                held = os.fstat(file).st_size
                if held != at:
                    raise OutOfStep(held)
                _append(file, piece, held)
            finally:
                os.close(file)
        return held + len(piece)

    def open(self, owner: str, upload: str) -> BinaryIO:
        """The bytes that have arrived."""
        return self._path(owner, upload).open("rb")

    def drop(self, owner: str, upload: str) -> None:
        """Forget a file; it need not be there."""
        self._path(owner, upload).unlink(missing_ok=True)

    def sweep(self) -> int:
        """Remove what has not grown for a day; how many files that were."""
        before = time.time() - PIECES_SECONDS
        swept = 0
        for path in self._root.glob("*"):
            with suppress(FileNotFoundError):
                if path.lstat().st_mtime < before:
                    path.unlink()
                    swept += 1
        return swept

    def _path(self, owner: str, upload: str) -> Path:
        return self._root / f"{_hashed(owner)}-{_hashed(upload)}"

    def _make_room(self, owner: str, path: Path) -> None:
        """One owner keeps only so many half-sent files: beyond that the one that has waited longest goes."""
        others = [one for one in self._root.glob(f"{_hashed(owner)}-*") if one != path]
        while len(others) >= MOST_HALF_SENT:
            oldest = min(others, key=_age)
            others.remove(oldest)
            oldest.unlink(missing_ok=True)


def _append(file: int, piece: bytes, held: int) -> None:
    """Write a piece whole or not at all, so that the next one never follows half of it."""
    try:
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    except OSError:
        os.ftruncate(file, held)
        raise


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _age(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.lstat().st_mtime
    return 0.0
