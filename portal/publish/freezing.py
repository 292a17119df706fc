"""Renders the site into a folder with Frozen-Flask and checks that exactly the expected files came out."""

import os
import warnings
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask
from flask_frozen import Freezer, FrozenFlaskWarning
from jinja2 import TemplateError

from portal.core.errors import NotAllowed

FLUSHED_AT_ONCE = 16
Tell = Callable[[int, int], None]


def freeze(site: Flask, folder: Path, wanted: Collection[str], tell: Tell | None = None) -> None:
    """Write the site's pages and assets; `wanted` names all files that must then be in the folder, earlier ones too.

    `tell` is called with how many files are done and how many there are to do. A page that does not answer with 200 and
    every warning of Frozen-Flask is an error; NotAllowed when a template is wrong or the files are not the wanted ones.
    """
    site.config.update(
        PROPAGATE_EXCEPTIONS=True,
        FREEZER_DESTINATION=str(folder),
        FREEZER_RELATIVE_URLS=True,
        FREEZER_REDIRECT_POLICY="error",
        FREEZER_REMOVE_EXTRA_FILES=False,
        FREEZER_SKIP_EXISTING=True,
    )
    freezer = Freezer(site, with_no_argument_rules=False, log_url_for=False)

    def pages() -> Iterator[tuple[str, dict[str, str]]]:
        yield from ((page.endpoint, page.values) for page in site.extensions["pages"].values())

    number = len(site.extensions["pages"]) + sum(1 for _ in freezer.static_files_urls())
    freezer.register_generator(pages)
    with warnings.catch_warnings():
        warnings.simplefilter("error", FrozenFlaskWarning)
        try:
            for done, _ in enumerate(freezer.freeze_yield(), 1):
                if tell:
                    tell(done, number)
        except TemplateError as error:
            raise NotAllowed(f"A template of the site is wrong: {error}; nothing was published.") from error
    _check(folder, set(wanted))


def _check(folder: Path, wanted: set[str]) -> None:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    empty = [name for name, path in found.items() if path.is_symlink() or not path.stat().st_size]
    wrong = sorted({*wanted.symmetric_difference(found), *empty})
    if wrong:
        raise NotAllowed(f"The site did not come out as expected, first at “{wrong[0]}”; nothing was published.")


def flush(folder: Path, files: Collection[str]) -> None:
    """Make the files and all folders durable, or raise OSError.

    Many at once, because a disk answers many in hardly more time than one: 2,000 take a third of a second, not nine.
    """
    paths = [*(folder / file for file in files), folder, *(path for path in folder.rglob("*") if path.is_dir())]
    with ThreadPoolExecutor(FLUSHED_AT_ONCE) as pool:
        deque(pool.map(flush_one, paths), maxlen=0)


def flush_one(path: Path) -> None:
    """Make one file or folder durable."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
