"""A disk that loses its power: what it may show afterwards, built from the calls that were made."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CALLS = ["open", "write", "pwrite", "ftruncate", "fsync", "replace", "link", "unlink", "mkdir"]


class Inode:
    """A file's content as the disk is sure to hold it; `dirty` when what was written since may be lost."""

    def __init__(self, durable: bytes = b"", dirty: bool = True):
        self.durable, self.dirty = durable, dirty


class Recorder:
    """Follows every call below a folder and hands out, after each, the worst that a power cut would leave.

    `ignored` names a sort of fsync, of a "file" or of a "folder", that the disk takes no notice of.
    """

    def __init__(self, patch: pytest.MonkeyPatch, root: Path, after_each: Callable[[], None], ignored: str = ""):
        self.root, self.after_each, self.ignored = root, after_each, ignored
        self.inodes: dict[int, Inode] = {}
        self.names: dict[Path, dict[str, int | None]] = {}
        self.pinned: list[int] = []  # a file that is still open keeps its number from being used again
        for folder, _, files in os.walk(root):
            for name in files:
                path = Path(folder, name)
                self.inodes[path.stat().st_ino] = Inode(path.read_bytes(), dirty=False)
                self.pinned.append(os.open(path, os.O_RDONLY))
            self._see(Path(folder))
        for call in CALLS:
            patch.setattr(os, call, self._following(call, getattr(os, call)))

    def _following(self, call, real):
        def followed(*args, **kwargs):
            result = real(*args, **kwargs)
            if call == "open":
                self._opened(result, args[1])
            elif call in ("write", "pwrite", "ftruncate"):
                self.inodes.setdefault(os.fstat(args[0]).st_ino, Inode()).dirty = True
            elif call == "fsync":
                self._synced(args[0])
            self.after_each()
            return result

        return followed

    def _opened(self, file: int, flags: int) -> None:
        number = os.fstat(file).st_ino
        if flags & os.O_CREAT and number not in self.inodes:
            self.inodes[number] = Inode()
            self.pinned.append(os.dup(file))

    def _synced(self, file: int) -> None:
        path = Path(f"/proc/self/fd/{file}").readlink()
        sort = "folder" if path.is_dir() else "file"
        if sort == self.ignored:
            return
        if sort == "folder":
            self._see(path)
        else:
            self.inodes[os.fstat(file).st_ino] = Inode(path.read_bytes(), dirty=False)

    def _see(self, folder: Path) -> None:
        self.names[folder] = {
            entry.name: None if entry.is_dir() else entry.stat().st_ino for entry in os.scandir(folder)
        }

    def close(self) -> None:
        for file in self.pinned:
            os.close(file)

    def worst(self) -> Iterator[dict[str, bytes]]:
        """Two ends of what may be found: only what was flushed, and all names with what was flushed or half of it."""
        yield dict(self._flushed(self.root))
        yield dict(self._named())

    def _flushed(self, folder: Path) -> Iterator[tuple[str, bytes]]:
        for name, number in self.names.get(folder, {}).items():
            if name == "locks":
                continue
            if number is None:
                yield from self._flushed(folder / name)
            else:
                yield str((folder / name).relative_to(self.root)), self.inodes[number].durable

    def _named(self) -> Iterator[tuple[str, bytes]]:
        for path in self.root.rglob("*"):
            if path.is_file() and path.parent.name != "locks":
                inode, now = self.inodes[path.stat().st_ino], path.read_bytes()
                sure = in_common(inode.durable, now)
                yield str(path.relative_to(self.root)), now[: (sure + len(now)) // 2 if inode.dirty else None]


def in_common(one: bytes, other: bytes) -> int:
    """How long the beginning is that both have; what lies before an appended end is not at risk."""
    if other.startswith(one):
        return len(one)
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
