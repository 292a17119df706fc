"""Content with a seal: a first line that says how it was written and shows whether it is still what was written."""

from hashlib import sha256

import msgspec

SCHEMA = 1

EMPTY = "it is empty"
NO_HEADER = "its first line is not the header it was written with"
CHANGED = "its content does not match its checksum"
NEWER = "it was written by a newer version of the portal"


class Broken(Exception):
    """The content is not what was sealed; the text names the kind of damage."""


class Header(msgspec.Struct, frozen=True):
    """The first line: how the rest is laid out, the how-manieth version this is, the SHA-256 over all of that."""

    schema: int
    sequence: int
    sha256: str


def seal(sequence: int, content: bytes) -> bytes:
    """The content behind its header."""
    return _header(sequence, content) + content


def unseal(data: bytes) -> tuple[int, bytes]:
    """The sequence number and the content; Broken unless every byte is as it was sealed."""
    if not data:
        raise Broken(EMPTY)
    line, _, content = data.partition(b"\n")
    try:
        header = msgspec.json.decode(line, type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(NO_HEADER) from error
    if header.schema > SCHEMA:
        raise Broken(NEWER)
    if _header(header.sequence, content) != line + b"\n":
        raise Broken(CHANGED)
    return header.sequence, content


def _header(sequence: int, content: bytes) -> bytes:
    digest = sha256(b"%d %d\n" % (SCHEMA, sequence))
    digest.update(content)
    return msgspec.json.encode(Header(SCHEMA, sequence, digest.hexdigest())) + b"\n"
