"""A record in plain form, as JSON has it, with the characters that not every engine can hold refused."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from portal.core.errors import Problem, Refused
from portal.core.records import Record

UNKEEPABLE = "This text holds a character that cannot be kept. Please delete it or type the text anew."
NUL = "\0"


def plain(record: Record) -> dict[str, Any]:
    """The record as maps, lists and text, exactly as it will be read again. Refused names each text with NUL or
    half a surrogate pair in it: PostgreSQL can hold neither, and moving between engines must lose nothing.
    """
    try:
        encoded = msgspec.json.encode(record)
    except UnicodeEncodeError as error:
        raise _refused(msgspec.to_builtins(record)) from error
    decoded: dict[str, Any] = msgspec.json.decode(encoded)
    # Quick test first: nearly no text has the escape, and one that does may only be talking of it.
    if b"\\u0000" in encoded and any(True for _ in _unkeepable(decoded, "")):
        raise _refused(decoded)
    return decoded


def check_text(where: str, text: str) -> None:
    """Refuse one text that not every engine can hold."""
    if not _keepable(text):
        raise Refused([Problem(where, UNKEEPABLE)])


def _refused(content: Any) -> Refused:
    return Refused([Problem(where, UNKEEPABLE) for where in _unkeepable(content, "")])


def _keepable(text: str) -> bool:
    return NUL not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _unkeepable(content: Any, where: str) -> Iterator[str]:
    if isinstance(content, str) and not _keepable(content):
        yield where
    elif isinstance(content, Mapping):
        for key, part in content.items():
            yield from _unkeepable(key, _under(where, "?"))
            yield from _unkeepable(part, _under(where, key))
    elif isinstance(content, list | tuple):
        for number, part in enumerate(content, 1):
            yield from _unkeepable(part, _under(where, str(number)))


def _under(where: str, name: str) -> str:
    name = name if _keepable(name) else "?"
    return f"{where}.{name}" if where else name
