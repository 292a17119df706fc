"""What all records share, in a module of its own so that each sort of record can have one."""

from typing import ClassVar

from msgspec import Struct


class Record(Struct, frozen=True, kw_only=True):
    """What all records share.

    `kind` names the shelf, `keeps_history` whether changes are written down with before and after,
    `private` the fields whose content never enters a history.
    """

    kind: ClassVar[str] = ""
    keeps_history: ClassVar[bool] = False
    private: ClassVar[frozenset[str]] = frozenset()

    id: str
