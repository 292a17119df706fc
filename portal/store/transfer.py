"""Everything worth keeping as named parts, the same for every engine, and a store filled from such parts.

`history/<kind>/<id>.jsonl` holds a record's events, one JSON line each; `record/<kind>/<id>.json` the record. The id
is quoted as in a URL. Sessions and throttles stay out: a restored backup must not sign anybody in.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from urllib.parse import quote, unquote

import msgspec

from portal.core.accounts import Entry
from portal.core.errors import Problem, Refused
from portal.core.history import Event
from portal.core.kinds import KINDS
from portal.core.records import Bucket, Record, Session
from portal.store import chain
from portal.store.disk import previous
from portal.store.locks import number
from portal.store.plain import plain
from portal.store.protocol import Damaged
from portal.store.recordfile import RecordFile, Stored, next_version
from portal.store.shelf import Shelf

DUMPED = {name: kind for name, kind in KINDS.items() if kind not in (Session, Bucket, Entry)}
PART = re.compile(r"(record|history)/([a-z]+)/([^/]+)\.(jsonl?)")
ENDINGS = {"record": "json", "history": "jsonl"}

NOT_A_PART = "This is not a part of a backup of the portal."

Settled = Callable[[Collection[int]], AbstractContextManager[None]]


def dump(shelf: Shelf, settled: Settled) -> Iterator[tuple[str, bytes]]:
    """Each record with its history, read under its lock; at the end Damaged names those that were left out."""
    damaged: dict[str, str] = {}
    for kind in DUMPED.values():
        for id in sorted(_ids(shelf, kind, damaged)):
            try:
                with settled({number(kind.kind, id)}):
                    events, record = shelf.history(kind, id), shelf.find(kind, id)
            except Damaged as error:
                damaged[error.where] = error.what
                continue
            name = f"{kind.kind}/{quote(id, safe='')}"
            if events:
                yield f"history/{name}.jsonl", b"".join(msgspec.json.encode(event) + b"\n" for event in events)
            if record:
                yield f"record/{name}.json", msgspec.json.encode(record)
    if damaged:
        raise Damaged(", ".join(damaged), "; ".join(dict.fromkeys(damaged.values())))


def _ids(shelf: Shelf, kind: type[Record], damaged: dict[str, str]) -> set[str]:
    """The ids of a kind that have a record or a history; files that do not tell theirs go to `damaged`."""
    ids: set[str] = set()
    for path in map(Path, shelf.files(kind)):
        _sort_in(shelf, path, shelf.id_of(kind, path), ids, damaged)
    for path in map(Path, shelf.entries(shelf.histories / kind.kind)):
        if not shelf.has_record(path):
            _sort_in(shelf, path, shelf.id_of_history(path), ids, damaged)
    return ids


def _sort_in(shelf: Shelf, path: Path, id: str | None, ids: set[str], damaged: dict[str, str]) -> None:
    if id is not None:
        ids.add(id)
    elif path.exists():
        damaged[shelf.disk.where(path)] = "it does not tell whose it is"


def anything_kept(shelf: Shelf) -> bool:
    """Whether any record or history lies there that a dump would hold."""
    return any(
        True
        for kind in DUMPED.values()
        for entries in (shelf.files(kind), shelf.entries(shelf.histories / kind.kind))
        for _ in entries
    )


def load(shelf: Shelf, parts: Iterable[tuple[str, bytes]]) -> None:
    """Write the parts into an empty shelf, under all its locks; where one is refused, everything goes again."""
    written: list[Path] = []
    try:
        for name, data in parts:
            what, kind, id = _place(name)
            try:
                written.append(LOADERS[what](shelf, kind, id, data))
            except (msgspec.DecodeError, UnicodeDecodeError, Damaged) as error:
                raise Refused([Problem(name, NOT_A_PART)]) from error
    except BaseException:
        for path in written:
            with suppress(OSError):
                previous(path).unlink(missing_ok=True)
                path.unlink(missing_ok=True)
        raise


def _place(name: str) -> tuple[str, type[Record], str]:
    match = PART.fullmatch(name)
    kind = DUMPED.get(match[2]) if match else None
    if not match or not kind or ENDINGS[match[1]] != match[4]:
        raise Refused([Problem(name, NOT_A_PART)])
    return match[1], kind, unquote(match[3], errors="strict")


def _load_record(shelf: Shelf, kind: type[Record], id: str, data: bytes) -> Path:
    record = msgspec.json.decode(data, type=kind)
    if record.id != id:
        raise Damaged(id, "it holds another record")
    return _write(shelf, record)


def _load_history(shelf: Shelf, kind: type[Record], id: str, data: bytes) -> Path:
    events = [msgspec.json.decode(line, type=Event) for line in data.splitlines()]
    written, _ = chain.lines(id, chain.START, events)
    path = shelf.history_path(kind, id)
    chain.write(shelf.disk, path, 0, written)
    if record := shelf.find(kind, id):  # the parts may come in any order
        _write(shelf, record)
    return path


def _write(shelf: Shelf, record: Record) -> Path:
    kind = type(record)
    events = chain.read(shelf.disk, shelf.history_path(kind, record.id), record.id).events
    before, head = chain.lines(record.id, chain.START, events[:-1])
    content = Stored(record=plain(record), events=events[-1:], offset=len(before), head=head)
    path = shelf.record_path(kind, record.id)
    data = next_version(RecordFile(shelf.disk, path), kind.kind, content)
    shelf.disk.switch(shelf.disk.prepare(path, data, new=not path.exists()))
    return path


LOADERS: dict[str, Callable[[Shelf, type[Record], str, bytes], Path]] = {
    "record": _load_record,
    "history": _load_history,
}
