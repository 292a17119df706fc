"""The evidence store: files under their own hash, written whole or not at all, readable by the portal alone."""

import errno
import hashlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import IO, BinaryIO

from msgspec import Struct

from portal.core.errors import NotFound
from portal.core.wording import phrase
from portal.evidence.limits import FILE_BYTES, FREE_DISK_BYTES, KB, STALE_SECONDS, size_label
from portal.evidence.refusals import DiskRefused, TooLarge, because
from portal.evidence.sniff import sniff

CHUNK = 256 * KB
INCOMING = "incoming-"
NAME = re.compile(r"[0-9a-f]{64}")
FOLDER = re.compile(r"[0-9a-f]{2}")
OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a planted pipe must not make us wait
NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO})
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

TOO_LARGE = phrase("This file is larger than %(most)s. Send it in a smaller size or in parts.")
NO_ROOM = phrase(
    "The server has no room for files just now. What you type is still being saved; please send this file again later."
)
DISK_FAILED = phrase(
    "The server could not keep this file. What you typed is not touched; please send the file again later."
)
UNKNOWN_FILE = "There is no such file."


class Kept(Struct, frozen=True):
    """A file that is on disk: the name it lies under, its size in bytes, its media type by content."""

    sha256: str
    size: int
    media_type: str


class EvidenceStore:
    """Files by SHA-256 in one folder that nothing serves; no name or path from outside ever reaches the disk.

    `root` is made when first needed. Files are refused while the disk has fewer than `disk_floor` free bytes.
    """

    def __init__(self, root: Path, disk_floor: int = FREE_DISK_BYTES) -> None:
        self._root = root
        self._disk_floor = disk_floor

    def keep(self, stream: IO[bytes], limit: int = FILE_BYTES) -> Kept:
        """Copy the stream to disk, check what it is, and keep it durably; the same bytes are kept once.

        Raises TooLarge beyond `limit` bytes, DiskRefused where the disk has no room or fails, WrongType or
        Refused for what it is; nothing half-written ever stays. Errors of the stream itself pass through.
        """
        self._require_room()
        with disk_failures():
            make_folder(self._root)
            descriptor, name = tempfile.mkstemp(prefix=INCOMING, dir=self._root)
        try:
            with os.fdopen(descriptor, "w+b", buffering=0) as incoming:
                sha256, size = self._copy(stream, incoming, limit)
                media_type = sniff(incoming)
                with disk_failures():
                    os.fsync(incoming.fileno())
                    self._place(name, sha256)
        finally:
            Path(name).unlink(missing_ok=True)
        return Kept(sha256, size, media_type)

    def open(self, sha256: str) -> BinaryIO:
        """The bytes of a kept file; NotFound for any other name, and for what is not a plain file."""
        with _folder(self._root, sha256) as folder:
            descriptor = os.open(sha256, OPEN_FILE, dir_fd=folder)
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return os.fdopen(descriptor, "rb")
            os.close(descriptor)
        raise NotFound(UNKNOWN_FILE)

    def remove(self, sha256: str) -> None:
        """Take a kept file away for good, which the caller does once no record names it; NotFound if it is gone."""
        with _folder(self._root, sha256) as folder:
            os.unlink(sha256, dir_fd=folder)
            os.fsync(folder)

    def sha256s(self) -> Iterator[str]:
        """The names of all kept files, in order."""
        return (entry.name for entry in self._entries() if not _strange(entry))

    def verify(self) -> Iterator[tuple[str, str]]:
        """Read every file again; what is not as it was kept, and what does not belong here, each with why."""
        for entry in self._entries():
            what = _strange(entry) or _changed(entry)
            if what:
                yield entry.name, what

    def sweep(self) -> int:
        """Remove what uploads that broke off more than an hour ago left behind; how many there were."""
        before = time.time() - STALE_SECONDS
        swept = 0
        for path in self._root.glob(f"{INCOMING}*"):
            with suppress(FileNotFoundError):  # an upload under way may end, or another process may sweep too
                if path.lstat().st_mtime < before:
                    path.unlink()
                    swept += 1
        return swept

    def _require_room(self) -> None:
        """Answers are small and files are not, so files stop while there is still room for answers."""
        existing = next(folder for folder in (self._root, *self._root.absolute().parents) if folder.exists())
        if shutil.disk_usage(existing).free < self._disk_floor:
            raise DiskRefused(because(NO_ROOM))

    def _copy(self, stream: IO[bytes], incoming: FileIO, limit: int) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        while chunk := stream.read(min(CHUNK, limit + 1 - size)):
            size += len(chunk)
            if size > limit:
                raise TooLarge(because(TOO_LARGE, most=size_label(limit)))
            self._require_room()
            digest.update(chunk)
            with disk_failures():
                _write(incoming, chunk)
        return digest.hexdigest(), size

    def _place(self, name: str, sha256: str) -> None:
        """Move the file to its name; twice the same is one file, and heals one that had been damaged."""
        prefix = self._root / sha256[:2]
        make_folder(prefix)
        folder = os.open(prefix, OPEN_FOLDER)
        try:
            os.replace(name, sha256, dst_dir_fd=folder)
            os.fsync(folder)
        finally:
            os.close(folder)

    def _entries(self) -> Iterator[os.DirEntry[str]]:
        """Everything in the store but uploads under way."""
        for folder in _listed(self._root):
            if FOLDER.fullmatch(folder.name) and folder.is_dir(follow_symlinks=False):
                yield from _listed(Path(folder.path))
            elif not folder.name.startswith(INCOMING):
                yield folder


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _strange(entry: os.DirEntry[str]) -> str:
    """Why this is no file of ours, or nothing."""
    ours = NAME.fullmatch(entry.name) and Path(entry.path).parent.name == entry.name[:2]
    return "" if ours and entry.is_file(follow_symlinks=False) else "it does not belong in the evidence store"


def _changed(entry: os.DirEntry[str]) -> str:
    """Why these are not the bytes that were kept, or nothing."""
    try:
        with Path(entry.path).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    return "" if found == entry.name else "its bytes are not those that were kept"


def _write(file: FileIO, chunk: bytes) -> None:
    """Write all of it without a buffer, which would be flushed again, and fail again, when the file is closed."""
    rest = memoryview(chunk)
    while rest:
        rest = rest[file.write(rest) :]


def make_folder(folder: Path) -> None:
    """Make a folder that lasts; its parent is always flushed, for another process may just have made it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _folder(root: Path, sha256: str) -> Iterator[int]:
    """The folder of a name, held open so that no link can take its place; what is not there is NotFound."""
    if not NAME.fullmatch(sha256):
        raise NotFound(UNKNOWN_FILE)
    try:
        folder = os.open(root / sha256[:2], OPEN_FOLDER)
        try:
            yield folder
        finally:
            os.close(folder)
    except OSError as error:
        if error.errno in NOT_THERE:
            raise NotFound(UNKNOWN_FILE) from error
        raise


@contextmanager
def disk_failures() -> Iterator[None]:
    """Say what the disk refused; after a failed write or flush nothing is tried again on the same file."""
    try:
        yield
    except OSError as error:
        raise DiskRefused(because(NO_ROOM if error.errno in FULL else DISK_FAILED)) from error
