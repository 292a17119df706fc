"""Fills in a form as a browser without JavaScript does: everything that stands on the page is sent along."""

from collections.abc import Iterable
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, TreeBuilder

from conftest import Browser
from werkzeug.test import TestResponse

from .checking import check_answer

VOID = frozenset({"meta", "link", "input", "br", "img", "hr", "wbr", "source", "col"})
UNSENT = frozenset({"file", "submit", "button", "reset"})


class Tree(HTMLParser):
    """Builds a tree of a page that `checking.py` has found to be well formed, ten times as fast as a full parser."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.builder, self.open = TreeBuilder(), list[str]()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        self.builder.end(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1] != tag:
            self.builder.end(self.open.pop())
        self.builder.end(self.open.pop())

    def handle_data(self, data: str) -> None:
        if self.open:
            self.builder.data(data)


@lru_cache(maxsize=8)
def _tree(text: str) -> Element:
    return Tree(text).builder.close()


def tree_of(page: TestResponse) -> Element:
    """A page as a tree of elements, to be looked at only."""
    return _tree(page.text)


def value_of(field: Element) -> str | None:
    """What a field sends, or None for nothing."""
    if field.tag == "textarea":
        return "".join(field.itertext()).removeprefix("\n")
    if field.tag == "select":
        options = list(field.iter("option"))
        chosen = [one for one in options if one.get("selected") is not None] or options[:1]
        return chosen[0].get("value", "") if chosen else None
    if field.get("type") in ("radio", "checkbox"):
        return field.get("value", "on") if field.get("checked") is not None else None
    return None if field.get("type") in UNSENT else field.get("value", "")


def fields_of(page: TestResponse) -> dict[str, list[str]]:
    """What the form of answers on a page sends as it stands."""
    forms = [form for form in tree_of(page).iter("form") if form.get("enctype")]
    sent: dict[str, list[str]] = {}
    for field in forms[0].iter():
        name, value = field.get("name"), None
        if field.tag in ("input", "select", "textarea") and name:
            value = value_of(field)
        if name and value is not None:
            sent.setdefault(name, []).append(value)
    return sent


BOUNDARY = "----WebKitFormBoundaryA1b2C3d4E5f6G7h8"


def multipart(fields: dict[str, Any], files: Iterable[tuple[str, str, bytes]] = ()) -> dict[str, Any]:
    """A body as browsers send it: what Werkzeug's test client makes of empty fields is not quite a multipart form.

    A file is the name of its field, its own name, and its bytes.
    """
    parts = [
        (f'form-data; name="{name}"', text.encode())
        for name, texts in fields.items()
        for text in ([texts] if isinstance(texts, str) else texts)
    ]
    parts += [
        (f'form-data; name="{name}"; filename="{file}"\r\nContent-Type: application/octet-stream', data)
        for name, file, data in files
    ]
    body = b"".join(
        b"--%s\r\nContent-Disposition: %s\r\n\r\n%s\r\n" % (BOUNDARY.encode(), head.encode(), data)
        for head, data in parts
    )
    end = f"--{BOUNDARY}--\r\n".encode()
    return {"data": body + end, "content_type": f"multipart/form-data; boundary={BOUNDARY}", "buffered": True}


def send(
    who: Browser,
    page: TestResponse,
    changes: dict[str, Any] | None = None,
    files: Iterable[tuple[str, str, bytes]] = (),
) -> TestResponse:
    """Press Save on a page with some fields changed; a field that becomes None is left out, as an unticked box is."""
    fields = {**fields_of(page), **(changes or {})}
    sent = {name: value for name, value in fields.items() if value is not None}
    return check_answer(who.client.post(page.request.path, **multipart(sent, files)))


def send_file(
    who: Browser, answer: str, name: str, data: bytes, page: str = "", media_type: str = "application/octet-stream"
) -> TestResponse:
    """Add a file to the answer at an address as the script on the page does, whole in one piece."""
    token = who.token(page or answer.rsplit("/answers/", 1)[0])
    told = {"X-CSRF-Token": token, "X-File-Name": quote(name), "Content-Type": media_type}
    address = f"{answer}/evidence/{'a' * 32}?at=0&size={len(data)}"
    return check_answer(who.client.put(address, data=data, headers=told, buffered=True))


def text_at(page: TestResponse, id: str) -> str:
    """What a field holds."""
    [field] = [one for one in tree_of(page).iter() if one.get("id") == id]
    return value_of(field) or ""


def element(page: TestResponse, id: str) -> Element:
    """The element of an id."""
    [found] = [one for one in tree_of(page).iter() if one.get("id") == id]
    return found


def words(page: TestResponse, id: str) -> str:
    """The text of the element of an id."""
    return " ".join("".join(element(page, id).itertext()).split())
