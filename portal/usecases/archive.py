"""The form of a backup: a .tar.gz whose first member is a manifest of all others, each with its size and SHA-256.

    manifest.json
    evidence/<sha256>
    records/<as the store names its parts>

Evidence comes first, so that whoever reads records has the files they name already.
"""

import gzip
import os
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO

import msgspec
from msgspec import Struct

from portal.core.errors import Problem, Refused

MANIFEST, EVIDENCE, RECORDS = "manifest.json", "evidence", "records"
FORMAT = "partner-security-portal backup 1"
CHUNK = 256 * 1024
LEVEL = 6
# The first bytes of what we write. Nothing in a gzip file vouches for them, so they are compared.
HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
LARGEST_MANIFEST = 256 * 1024 * 1024
# What a tar archive adds: a header and filling for each member, more of them for a long name, filling at the end.
AROUND_MEMBER, AROUND_ALL = 8 * 1024, 64 * 1024

Source = Callable[[], AbstractContextManager[BinaryIO]]

NOT_OURS = "This is not a backup of the portal."
CUT = "This backup is damaged or was cut short; nothing was written. Use another one."
DIFFERENT = "“%(part)s” is not what the manifest of this backup says; nothing was written. Use another one."


class Part(Struct, frozen=True):
    """One member of an archive as its manifest describes it; the size is in bytes."""

    name: str
    size: int
    sha256: str

    @property
    def is_record(self) -> bool:
        """Whether it goes to the store; otherwise it is evidence."""
        return self.name.startswith(f"{RECORDS}/")

    @property
    def bare(self) -> str:
        """The name that the store or the evidence store knows it by."""
        return self.name.partition("/")[2]

    def read(self, stream: IO[bytes]) -> bytes:
        """Its bytes, or Refused where they are not those of the manifest."""
        with whole():
            data = stream.read()
        self._require(len(data), sha256(data).hexdigest())
        return data

    def drain(self, stream: IO[bytes]) -> bool:
        """Read to its end without keeping anything; Refused where it is not what the manifest says."""
        digest, size = sha256(), 0
        with whole():
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
        self._require(size, digest.hexdigest())
        return True

    def _require(self, size: int, digest: str) -> None:
        if (size, digest) != (self.size, self.sha256):
            raise Refused([Problem("", DIFFERENT, {"part": self.name})])


class Manifest(Struct, frozen=True, kw_only=True):
    """Everything in an archive."""

    format: str
    made: datetime
    parts: tuple[Part, ...]

    def by_name(self) -> dict[str, Part]:
        """The parts by name; Refused where a name is given twice or could lead out of its folder."""
        parts = {part.name: part for part in self.parts}
        fine = len(parts) == len(self.parts) and all(_is_fine(part) for part in self.parts)
        if self.format != FORMAT or not fine:
            raise Refused([Problem("", NOT_OURS)])
        return parts


def _is_fine(part: Part) -> bool:
    folder, *rest = part.name.split("/")
    plain = all(one not in ("", ".", "..") and one.isprintable() and "\\" not in one for one in rest)
    return folder in (EVIDENCE, RECORDS) and bool(rest) and plain and part.size >= 0


class Archive:
    """An archive being written. Records are laid aside first, since the manifest before them needs to know them all."""

    def __init__(self, aside: BinaryIO) -> None:
        self._aside = aside
        self._parts: list[tuple[Part, Source]] = []

    def add_record(self, name: str, data: bytes) -> None:
        """Add one part of the store's dump."""
        at = self._aside.tell()
        self._aside.write(data)
        self._parts.append((Part(f"{RECORDS}/{name}", len(data), sha256(data).hexdigest()), lambda: self._at(at)))

    def add_evidence(self, name: str, source: Source) -> None:
        """Add one evidence file that is known to be as its name, the SHA-256, says."""
        with source() as stream:
            size = stream.seek(0, os.SEEK_END)
        self._parts.append((Part(f"{EVIDENCE}/{name}", size, name), source))

    def count(self, folder: str) -> int:
        """How many parts lie in a folder."""
        return sum(part.name.startswith(f"{folder}/") for part, _ in self._parts)

    @contextmanager
    def _at(self, at: int) -> Iterator[BinaryIO]:
        self._aside.seek(at)
        yield self._aside

    def write(self, file: BinaryIO, now: datetime) -> None:
        """Write manifest and parts, packed."""
        ordered = sorted(self._parts, key=lambda one: one[0].name)
        manifest = Manifest(format=FORMAT, made=now, parts=tuple(part for part, _ in ordered))
        with (
            gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=LEVEL, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            data = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
            tar.addfile(_info(MANIFEST, len(data)), BytesIO(data))
            for part, source in ordered:
                with source() as stream:
                    tar.addfile(_info(part.name, part.size), stream)


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


@contextmanager
def write_archive(file: Path, now: datetime) -> Iterator[Archive]:
    """An archive to add parts to; when the block is left it appears under its name, whole, or not at all."""
    with tempfile.TemporaryFile(dir=file.absolute().parent) as aside:
        archive = Archive(aside)
        yield archive
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.absolute().parent)
        try:
            with os.fdopen(descriptor, "wb") as whole:
                archive.write(whole, now)
                whole.flush()
                os.fsync(whole.fileno())
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _flush_folder(file.absolute().parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Bounded:
    """Reads what is unpacked, and refuses once it is more than the manifest allows."""

    def __init__(self, packed: gzip.GzipFile) -> None:
        self._packed, self.left = packed, LARGEST_MANIFEST

    def read(self, size: int = -1) -> bytes:
        """Up to that many bytes."""
        data = self._packed.read(min(size, self.left + 1) if size >= 0 else self.left + 1)
        self.left -= len(data)
        if self.left < 0:
            raise Refused([Problem("", NOT_OURS)])
        return data


@contextmanager
def whole() -> Iterator[None]:
    """Refused for everything that reading a damaged archive can raise."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Refused([Problem("", CUT)]) from error


def members(file: Path) -> Iterator[tuple[Part, IO[bytes]]]:
    """Each part of an archive with its bytes, to be read at once; Refused where it is not whole and as written.

    Only when the last one was given is the archive known to be whole.
    """
    with file.open("rb") as packed:
        if packed.read(len(HEAD)) != HEAD:
            raise Refused([Problem("", NOT_OURS)])
        packed.seek(0)
        with gzip.GzipFile(fileobj=packed) as unpacked, whole():
            bounded = _Bounded(unpacked)
            # The stub asks for a whole file where read() is all that is used.
            with tarfile.open(fileobj=bounded, mode="r|") as tar:  # type: ignore[call-overload]
                yield from _members(tar, bounded)
            while bounded.read(CHUNK):
                pass


def _members(tar: tarfile.TarFile, bounded: _Bounded) -> Iterator[tuple[Part, IO[bytes]]]:
    parts = _manifest(tar).by_name()
    bounded.left = sum(part.size + AROUND_MEMBER for part in parts.values()) + AROUND_ALL
    while info := tar.next():
        part = parts.pop(info.name, None)
        stream = tar.extractfile(info) if info.isreg() else None
        if part is None or stream is None or info.size != part.size:
            raise Refused([Problem("", DIFFERENT, {"part": info.name[:200]})])
        yield part, stream
    if parts:
        raise Refused([Problem("", CUT)])


def _manifest(tar: tarfile.TarFile) -> Manifest:
    info = tar.next()
    stream = tar.extractfile(info) if info is not None and info.name == MANIFEST and info.isreg() else None
    if stream is None:
        raise Refused([Problem("", NOT_OURS)])
    with suppress(msgspec.DecodeError, msgspec.ValidationError):
        return msgspec.json.decode(stream.read(), type=Manifest)
    raise Refused([Problem("", NOT_OURS)])
