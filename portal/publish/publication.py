"""Publishing: make a new folder, whole and checked, and show it to readers in one step, or change nothing at all."""

import os
import shutil
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

from portal.content import markdown
from portal.core.summary import Summary
from portal.publish.freezing import Tell, flush, freeze
from portal.publish.pages import pages_of
from portal.publish.shelf import File, Manifest, Shelf
from portal.publish.site import ASSETS, TEMPLATES, site_of

LIBRARIES = ("flask", "jinja2", "markdown", "nh3")


class Publication(Struct, frozen=True, kw_only=True):
    """What came of publishing: where the site lies, how many files were made, taken over and left out."""

    folder: Path
    files: int
    rendered: int
    unchanged: int
    removed: int


def publish(
    summary: Summary,
    into: Path,
    *,
    site_folder: Path,
    everything: bool = False,
    progress: Tell | None = None,
) -> Publication:
    """Publish the summary as a site at `into`, a symbolic link to the newest of the publications kept beside it.

    Only files whose inputs have changed are rendered, unless `everything`; `progress` is told of these (done, all).
    NotAllowed when the folder is not ours to replace or somebody else is publishing; OSError when the disk fails.
    Whatever happens, readers find the old site or the new one, each whole.
    """
    shelf = Shelf(into)
    with shelf.alone():
        pages = pages_of(summary, site_folder)
        fingerprint = _fingerprint(site_folder, summary.importer)
        wanted = {page.file: page.digest(fingerprint) for page in pages.values()}
        wanted.update({f"{ASSETS}/{name}": digest for name, digest in _digests(site_folder / ASSETS).items()})
        current = shelf.current()
        before = shelf.manifest(current).files
        same = {} if everything or current is None else _intact(current, before, wanted)
        if current is not None and same.keys() == wanted.keys() == before.keys():
            if progress:
                progress(len(wanted), len(wanted))
            return _publication(current, wanted, before, same)
        shelf.building.mkdir()
        copied = _take_over(current, shelf.building, same) if current is not None else set()
        due = {url: page for url, page in pages.items() if page.file not in same}
        freeze(site_of(due, summary.importer, site_folder), shelf.building, wanted, progress)
        manifest = Manifest(files={**_made(shelf.building, wanted, same), **same})
        flush(shelf.building, (wanted.keys() - same.keys()) | copied)
        return _publication(shelf.keep(manifest), wanted, before, same)


def _publication(
    folder: Path, wanted: Mapping[str, str], before: Mapping[str, File], same: Mapping[str, File]
) -> Publication:
    return Publication(
        folder=folder,
        files=len(wanted),
        rendered=len(wanted) - len(same),
        unchanged=len(same),
        removed=len(before.keys() - wanted.keys()),
    )


def _intact(folder: Path, before: Mapping[str, File], wanted: Mapping[str, str]) -> dict[str, File]:
    """The files of the last publication that would come out the same, and are still as they were written."""
    return {
        name: file
        for name, file in before.items()
        if wanted.get(name) == file.inputs and _hash(folder / name) == file.sha256
    }


def _take_over(current: Path, building: Path, same: Mapping[str, File]) -> set[str]:
    """The unchanged files once more, as a second name where the disk can; returns those it had to copy."""
    folders = {(building / name).parent for name in same}
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    copied = set()
    for name in same:
        try:
            os.link(f"{current}/{name}", f"{building}/{name}")
        except OSError:
            shutil.copyfile(current / name, building / name)
            copied.add(name)
    return copied


def _made(building: Path, wanted: Mapping[str, str], same: Mapping[str, File]) -> dict[str, File]:
    return {
        name: File(sha256=_hash(building / name), size=(building / name).stat().st_size, inputs=inputs)
        for name, inputs in wanted.items()
        if name not in same
    }


def _hash(path: Path) -> str:
    """The SHA-256 of a file; nothing where it cannot be read."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _digests(folder: Path) -> dict[str, str]:
    """The digest of each file in a folder, by its path in it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _hash(path) for path in files}


def _fingerprint(site_folder: Path, importer: str) -> str:
    """A digest of all that decides how a page is drawn: templates, assets, our code and the libraries that draw."""
    parts = (
        importer,
        _digests(site_folder / TEMPLATES),
        _digests(site_folder / ASSETS),
        {path.name: _hash(path) for path in sorted(Path(__file__).parent.glob("*.py"))},
        _hash(Path(markdown.__file__)),
        {name: version(name) for name in LIBRARIES},
    )
    return sha256(repr(parts).encode()).hexdigest()
