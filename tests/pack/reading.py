"""Reads a pack as somebody does who has nothing but the ZIP."""

import posixpath
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urldefrag
from xml.etree.ElementTree import Element

import html5lib

from portal.pack.choosing import Wanted
from portal.pack.making import Made, make_pack
from portal.usecases.portal import Portal


class Opened:
    """A pack in memory: its files by path, its pages parsed strictly."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(BytesIO(data)) as pack:
            assert pack.testzip() is None
            self.names = pack.namelist()
            self.files = {name: pack.read(name) for name in self.names}
        self._trees: dict[str, Element] = {}

    def tree(self, path: str) -> Element:
        if path not in self._trees:
            parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
            self._trees[path] = parser.parse(self.files[path].decode())
        return self._trees[path]

    def pages(self) -> Iterator[tuple[str, Element]]:
        return ((name, self.tree(name)) for name in self.names if name.endswith(".html"))


def packed(portal: Portal, wanted: Wanted, now, by: str = "dara@example.com") -> tuple[Opened, Made]:
    file = BytesIO()
    made = make_pack(portal, wanted, file, by=by, now=now)
    return Opened(file.getvalue()), made


def place(tree: Element, id: str) -> Element:
    """The element of that id."""
    return next(one for one in tree.iter() if one.get("id") == id)


def under(tree: Element, id: str) -> Element:
    """The section that a heading of that id stands on top of."""
    return next(one for one in tree.iter("section") if one.get("aria-labelledby") == id)


def text(element: Element) -> str:
    """What an element says, blanks made one."""
    return plain(" ".join(element.itertext()))


def plain(text: str) -> str:
    return " ".join(text.split())


def links(tree: Element) -> list[str]:
    return [one.get("href") for one in tree.iter() if one.get("href")]


def target(page: str, href: str) -> tuple[str, str]:
    """Which file of the pack a link leads to, and which place in it."""
    path, anchor = urldefrag(href)
    found = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(path))) if path else page
    return found, anchor


def bytes_of(folder: Path, sha256: str) -> Path:
    """Where the evidence store keeps a file."""
    return folder / sha256[:2] / sha256
