"""The system calls that keep bytes: whole reads, durable writes, and what is said when the disk refuses."""

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from portal.core.wording import phrase
from portal.store.protocol import Damaged, NotKept

FULL = phrase("Not saved: the server's disk is full. Your text is still in this page.")
FAILING = phrase("Not saved: the server's disk reports an error. Your text is still in this page.")
REFUSALS = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EFBIG: FULL}

UNREADABLE = {
    errno.ELOOP: "a link stands in its place",
    errno.EISDIR: "a folder stands in its place",
    errno.ENOTDIR: "a file stands in place of its folder",
    errno.ENXIO: "it is not a file",
    errno.EIO: "the disk cannot read it",
    errno.EACCES: "this account may not read it",
}
# A file system without hard links keeps no previous version; that is no reason to refuse a save.
NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK})

READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC

STALE_SECONDS = 600


class Prepared(NamedTuple):
    """New content on the disk under a temporary name, ready to take the place of `path`."""

    temporary: Path
    path: Path
    new: bool


@contextmanager
def kept_or_not() -> Iterator[None]:
    """Turn an error of the disk into NotKept, with a sentence for the person who was saving."""
    try:
        yield
    except OSError as error:
        raise NotKept(REFUSALS.get(error.errno or 0, FAILING)) from error


def previous(path: Path) -> Path:
    """Where the version before the present one is kept."""
    return path.with_name(f"{path.name}~")


def is_temporary(name: str) -> bool:
    """Whether a file of this name is a write that was not finished."""
    return name.startswith(".") and name.endswith(".tmp")


def is_stale(found: os.stat_result) -> bool:
    """Whether an unfinished write is so old that no living process can still be at it."""
    return time.time() - found.st_mtime > STALE_SECONDS


def stamp(found: os.stat_result) -> str:
    """What tells one state of a file from the next: a replaced file has another time or another inode."""
    return f"{found.st_mtime_ns}-{found.st_ino}"


def write_all(file: int, data: bytes) -> None:
    """Write everything, however many calls the system wants for it."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def write_all_at(file: int, data: bytes, offset: int) -> None:
    """Write everything at one place of a file."""
    rest = memoryview(data)
    while rest:
        done = os.pwrite(file, rest, offset)
        rest, offset = rest[done:], offset + done


class Disk:
    """One folder and everything in it; no call follows a link out of it. Folders are 0700, files 0600."""

    def __init__(self, root: Path) -> None:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        root.chmod(0o700)
        self.root = root.resolve()

    def where(self, path: Path) -> str:
        """The path as people are told it: inside the store, without the machine's folders."""
        return str(path.relative_to(self.root))

    def read(self, path: Path) -> bytes | None:
        """The whole file, None where there is none, Damaged where something else stands in its place."""
        self._contain(path.parent)
        try:
            file = os.open(path, READING)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(path, error) from error
        try:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode):
                raise Damaged(self.where(path), UNREADABLE[errno.EISDIR])
            return _read_all(file, found.st_size)
        except OSError as error:
            raise self._unreadable(path, error) from error
        finally:
            os.close(file)

    def _contain(self, folder: Path) -> None:
        while folder != self.root:
            with suppress(FileNotFoundError):
                if stat.S_ISLNK(folder.lstat().st_mode):
                    raise Damaged(self.where(folder), UNREADABLE[errno.ELOOP])
            folder = folder.parent

    def _unreadable(self, path: Path, error: OSError) -> Exception:
        what = UNREADABLE.get(error.errno or 0)
        return Damaged(self.where(path), what) if what else error

    def make_folder(self, folder: Path) -> None:
        """Make a folder and those above it, durably."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            return
        except FileNotFoundError:
            self.make_folder(folder.parent)
            self.make_folder(folder)
            return
        self.sync(folder.parent)

    def prepare(self, path: Path, data: bytes, *, new: bool) -> Prepared:
        """Write content durably beside its place; nothing is replaced yet, and an error leaves nothing behind."""
        if new:
            self.make_folder(path.parent)
        temporary = path.with_name(f".{path.name}.{token_hex(6)}.tmp")
        file = os.open(temporary, NEW, 0o600)
        try:
            try:
                write_all(file, data)
                os.fsync(file)
            finally:
                os.close(file)
        except BaseException:
            discard(temporary)
            raise
        return Prepared(temporary, path, new)

    def switch(self, prepared: Prepared) -> None:
        """Put prepared content in its place, for good once this returns; the version before stays as a second name.

        After an error here nobody can say which of the two versions the disk will show after a power cut.
        """
        temporary, path, new = prepared
        try:
            if not new:
                _keep_previous(path)
            temporary.replace(path)
        except BaseException:
            discard(temporary)
            raise
        self.sync(path.parent)
        if new:  # the folder itself may be as new, made by somebody who has not got to its own fsync yet
            self.sync(path.parent.parent)

    def replace(self, path: Path, data: bytes) -> None:
        """Write a file anew, durably, keeping no previous version."""
        prepared = self.prepare(path, data, new=False)
        try:
            prepared.temporary.replace(path)
        except BaseException:
            discard(prepared.temporary)
            raise
        self.sync(path.parent)

    def remove(self, path: Path) -> None:
        """Take a file and its previous version away, durably."""
        previous(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        with suppress(FileNotFoundError):  # a folder that is not there has lost the names in it
            self.sync(path.parent)

    def sync(self, folder: Path) -> None:
        """Make the names in a folder durable. Called once for each change: a second try would be told a lie."""
        file = os.open(folder, FOLDER)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def discard(temporary: Path) -> None:
    """Remove a file that nobody needs; where even that fails the sweep at the next start gets it."""
    with suppress(OSError):
        temporary.unlink()


def _keep_previous(path: Path) -> None:
    kept = previous(path)
    kept.unlink(missing_ok=True)
    try:
        kept.hardlink_to(path)
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise


def _read_all(file: int, size: int) -> bytes:
    parts = []
    while part := os.read(file, max(size, 4096) + 1):
        parts.append(part)
    return b"".join(parts)
