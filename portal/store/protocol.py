"""What every engine of the store can do and promises; `tests/store` holds each of them to it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from msgspec import Struct

from portal.core.errors import PortalError
from portal.core.history import Event
from portal.core.records import Record
from portal.core.register import Row

R = TypeVar("R", bound=Record)
Key = tuple[type[Record], str]
RowOf = Callable[[Record], Row | None]


class Damaged(PortalError):
    """A record's stored form is not what was written; it is left as it lies, and nothing else is touched."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where} is damaged: {what}")
        self.where, self.what = where, what


class NotKept(PortalError):
    """The disk refused a write (full, failing): nothing was acknowledged, what was kept before is still there."""


class Fault(Struct, frozen=True):
    """One thing that `verify` found wrong: where it lies, what is wrong, what to do."""

    where: str
    what: str
    remedy: str


class Transaction(Protocol):
    """The records of some keys, locked: read, decide, put; all puts take effect together or none does.

    A record that is not among the keys is a mistake of the caller: KeyError.
    """

    def get(self, kind: type[R], id: str) -> R:
        """The record as it is now, own puts included, or NotFound."""

    def find(self, kind: type[R], id: str) -> R | None:
        """The record as it is now, own puts included, or None."""

    def put(self, record: Record, what: str) -> None:
        """Keep the record, new or changed; `what` names the step in its history. One that is as before is no step.

        Refused, naming the field, for text with NUL or half a surrogate pair, which not every engine can hold.
        """

    def note(self, kind: type[Record], id: str, what: str) -> None:
        """Write a step into a record's history that changes nothing in it, such as a sign-in; or NotFound."""

    def remove(self, kind: type[Record], id: str, what: str) -> None:
        """Take the record away, or NotFound; its history stays, and goes on where the id is used again."""

    def forget(self, kind: type[Record], id: str, what: str) -> None:
        """Take the record away, or NotFound, with everything that its history and the register tell of it.

        Of its history one entry stays: that it was forgotten, when, by whom and `what` for. No byte of the store holds
        the record's content then; backups made before do. It cannot be put again in the same transaction.
        """


class Store(Protocol):
    """One place where records live. Reads see only whole records; writes are durable once the block is left.

    A reader outside a transaction may see one record of a running transaction as it will be and another as it was.
    """

    def get(self, kind: type[R], id: str) -> R:
        """The record, or NotFound, or Damaged."""

    def find(self, kind: type[R], id: str) -> R | None:
        """The record or None; Damaged where it cannot be read."""

    def ids(self, kind: type[Record]) -> Iterator[str]:
        """The ids of all records of a kind, in no order."""

    def transaction(self, *keys: Key, by: str, at: datetime) -> AbstractContextManager[Transaction]:
        """Lock these keys, then read, decide and write; NotKept where the disk refuses.

        Nothing is written before the block is left, nothing at all where an exception leaves it. A thread that is
        in one transaction cannot begin another (RuntimeError): it might wait for itself.
        """

    def rows(self, kind: type[Row]) -> list[Row]:
        """The register's rows of partners or of responses, without opening a record, in no order."""

    def rebuild(self) -> int:
        """Write the register anew from the records; how many rows it has."""

    def history(self, kind: type[Record], id: str) -> list[Event]:
        """Everything that happened to a record, oldest first; Damaged where it is not what was written."""

    def changed_since(self, kind: type[Record], since: datetime) -> list[str]:
        """The ids of records of a kind that may have changed since then, the last changed first; none is opened."""

    def verify(self) -> list[Fault]:
        """Read everything, change nothing, name what is damaged or does not fit together."""

    def dump(self) -> Iterator[tuple[str, bytes]]:
        """Everything worth keeping as named bytes that any engine can load, each record with its history.

        Damaged records are left out, and named by a Damaged at the end, when all the others have been given.
        """

    def load(self, parts: Iterable[tuple[str, bytes]]) -> None:
        """Fill this empty store from a dump; NotAllowed where it is not empty.

        Refused names the part that is not one; the store is empty again then.
        """

    def ready(self) -> None:
        """Prove that the store can be written, or raise NotKept."""
