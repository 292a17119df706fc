"""The shelf beside the published folder: the last publications, each with its manifest, and the link to one of them.

    site                       a symbolic link to the publication that readers see
    site.publications/
      000012-4f1c2d3e5a6b/     one publication, whole
      000012-4f1c2d3e5a6b.json its manifest, written before readers see it

A folder without a manifest was never finished: nobody was shown it, and the next publication clears it away.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout
from msgspec import Struct

from portal.core.errors import NotAllowed
from portal.publish.freezing import flush_one

KEPT = 3
NAME = re.compile(r"(\d{6,})-[0-9a-f]{12}")
BUILDING, LOCK = ".building", ".lock"


class File(Struct, frozen=True, kw_only=True):
    """One file of a publication. `inputs` is the digest of all that it was made from."""

    sha256: str
    size: int
    inputs: str


class Manifest(Struct, frozen=True, kw_only=True):
    """Every file of a publication by its path."""

    files: dict[str, File]

    def digest(self) -> str:
        """The SHA-256 of the whole list; the same site has the same digest anywhere."""
        return sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


class Shelf:
    """The publications of one published folder."""

    def __init__(self, into: Path) -> None:
        self.link = into.absolute()
        self.folder = self.link.with_name(self.link.name + ".publications")
        self.building = self.folder / BUILDING

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else publishes here meanwhile; NotAllowed when somebody does, or when the folder is not ours."""
        self._check()
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / LOCK, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise NotAllowed("Another publication is being made at this moment; try again when it is done.") from None
        try:
            self._tidy()
            yield
        finally:
            shutil.rmtree(self.building, ignore_errors=True)
            lock.release()

    def _check(self) -> None:
        """Only a link of ours is ever replaced, or an empty folder."""
        if self.link.is_symlink():
            if self.current() is None:
                raise NotAllowed(f"“{self.link}” is a link to something else; name a folder that does not exist yet.")
        elif self.link.is_dir():
            if any(self.link.iterdir()):
                raise NotAllowed(f"“{self.link}” holds other files; name a folder that does not exist yet.")
        elif self.link.exists():
            raise NotAllowed(f"“{self.link}” is a file; name a folder that does not exist yet.")

    def current(self) -> Path | None:
        """The publication that readers see, or None."""
        if not self.link.is_symlink():
            return None
        target = self.link.readlink()
        ours = target.parent == Path(self.folder.name) and NAME.fullmatch(target.name)
        return self.folder / target.name if ours else None

    def manifest(self, publication: Path | None) -> Manifest:
        """What a publication holds; empty where there is none or its manifest cannot be read."""
        try:
            text = _manifest_path(publication).read_bytes() if publication else b'{"files":{}}'
            return msgspec.json.decode(text, type=Manifest)
        except (OSError, msgspec.DecodeError):
            return Manifest(files={})

    def keep(self, manifest: Manifest) -> Path:
        """Give the finished, flushed building its place and manifest; show it to readers in one rename."""
        number = max((_number(path) for path in self._publications()), default=0) + 1
        publication = self.folder / f"{number:06d}-{manifest.digest()[:12]}"
        self.building.rename(publication)
        new = self.folder / ".manifest"
        new.write_bytes(msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=1))
        flush_one(new)
        new.replace(_manifest_path(publication))
        flush_one(self.folder)
        self._show(publication)
        self._tidy()
        return publication

    def _show(self, publication: Path) -> None:
        new = self.folder / ".link"
        new.unlink(missing_ok=True)
        new.symlink_to(Path(self.folder.name) / publication.name, target_is_directory=True)
        if not self.link.is_symlink() and self.link.is_dir():
            self.link.rmdir()
        new.replace(self.link)
        flush_one(self.link.parent)

    def _publications(self) -> list[Path]:
        """Finished or not, the newest first."""
        found = [path for path in self.folder.iterdir() if path.is_dir() and NAME.fullmatch(path.name)]
        return sorted(found, key=_number, reverse=True)

    def _tidy(self) -> None:
        """Clear away what was never finished, and all but the last few and the one that is shown."""
        shutil.rmtree(self.building, ignore_errors=True)
        finished = [path for path in self._publications() if _manifest_path(path).is_file()]
        kept = {*finished[:KEPT], self.current()}
        for path in self._publications():
            if path not in kept:
                _manifest_path(path).unlink(missing_ok=True)
                shutil.rmtree(path, ignore_errors=True)


def _manifest_path(publication: Path) -> Path:
    return publication.with_name(publication.name + ".json")


def _number(publication: Path) -> int:
    return int(publication.name.split("-")[0])
