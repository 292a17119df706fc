"""Reads published pages as a strict parser does."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib

XHTML, SVG = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"


def parse(page: bytes | str) -> Element:
    """The page as a tree; any mistake in its HTML is an error."""
    return html5lib.HTMLParser(strict=True).parse(page)


def pages(folder: Path) -> Iterator[tuple[Path, Element]]:
    """Every page of a published folder with its tree."""
    for path in sorted(folder.rglob("*.html")):
        yield path, parse(path.read_bytes())


def every(tree: Element, name: str, space: str = XHTML) -> list[Element]:
    """All elements of a name."""
    return list(tree.iter(space + name))


def text(element: Element) -> str:
    """What an element says, its parts one space apart."""
    return " ".join(" ".join(element.itertext()).split())
