"""A ZIP written file by file, each with its SHA-256 taken on the way; nothing is ever held whole in memory."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import IO, Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from msgspec import Struct

READABLE = 0o644 << 16
CHUNK = 256 * 1024


class Packed(Struct, frozen=True, kw_only=True):
    """A file as it lies in the pack."""

    path: str
    size: int
    sha256: str


class Entry(io.BufferedIOBase):
    """A file of the pack while it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest, self._size = file, sha256(), 0

    def writable(self) -> bool:
        """Always, and nothing else."""
        return True

    def write(self, data: Any, /) -> int:
        """Write, and count."""
        self._digest.update(data)
        self._size += len(data)
        return self._file.write(data)

    def packed(self, path: str) -> Packed:
        """What was written."""
        return Packed(path=path, size=self._size, sha256=self._digest.hexdigest())


class Packing:
    """The pack while it is written. All paths are made by us, so that none can lead out of a folder."""

    def __init__(self, to: BinaryIO, made: datetime) -> None:
        self._zip = ZipFile(to, "w", ZIP_DEFLATED)
        self._made = made.timetuple()[:6]
        self.files: list[Packed] = []

    @contextmanager
    def entry(self, path: str, *, packed_already: bool = False) -> Iterator[Entry]:
        """A file to write; evidence is mostly packed already, and is stored as it is."""
        info = ZipInfo(path, self._made)
        info.compress_type, info.external_attr = ZIP_STORED if packed_already else ZIP_DEFLATED, READABLE
        with self._zip.open(info, "w", force_zip64=True) as file:
            entry = Entry(file)
            yield entry
        self.files.append(entry.packed(path))

    def text(self, path: str, text: str) -> None:
        """A small file, whole."""
        with self.entry(path) as entry:
            entry.write(text.encode())

    def copy(self, path: str, stream: BinaryIO) -> None:
        """A file of evidence."""
        with self.entry(path, packed_already=True) as entry:
            while data := stream.read(CHUNK):
                entry.write(data)

    def close(self) -> None:
        """Write the directory of the ZIP."""
        self._zip.close()
