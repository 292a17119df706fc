"""Keeps the register in step with the records, also after a crash between the two."""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from portal.core.errors import PortalError
from portal.core.kinds import KINDS
from portal.core.records import Record
from portal.store.disk import stamp
from portal.store.locks import ALL, number
from portal.store.protocol import NotKept, RowOf
from portal.store.registerfile import ROW_KINDS, Line, RegisterFile
from portal.store.shelf import RECORD, Found, Shelf, file_name

log = logging.getLogger(__name__)

Settled = Callable[[Collection[int]], AbstractContextManager[None]]


class Upkeep:
    """Writes the register's lines; `settled` locks records with no half-made change left on them.

    `due` says that some row may be missing or old: at the start, and after a line could not be written.
    """

    def __init__(self, shelf: Shelf, register: RegisterFile, row_of: RowOf, settled: Settled) -> None:
        self._shelf, self._register, self._row_of, self._settled = shelf, register, row_of, settled
        self.due = True

    def note(self, changed: Iterable[tuple[type[Record], str, Record | None]]) -> None:
        """Write the rows of records that have just been changed, under their locks.

        The records are kept by then, so a row that cannot be written is no reason to refuse: it is made up for later.
        """
        try:
            lines = [self._line(kind, id, record) for kind, id, record in changed if kind.kind in ROW_KINDS]
            if lines:
                self._register.append(lines)
        except OSError as error:
            self.due = True
            log.warning("The register could not be written (%s); its rows are made up for when it can.", error)

    def _line(self, kind: type[Record], id: str, record: Record | None) -> Line:
        state = self._shelf.stamp(kind, id) or ""
        try:
            row = self._row_of(record) if record else None
        except Exception:  # the record is whole and kept; what else its row is made from may be damaged
            log.warning("No row could be made of %s %s.", kind.kind, id, exc_info=True)
            row = None
        return Line(kind.kind, id, state, row)

    def catch_up(self) -> None:
        """Write the rows that are missing or older than their records; looks at the files' times only."""
        self.due = False
        try:
            self.begin()
            for kind in ROW_KINDS:
                self._refresh(KINDS[kind], self._behind(KINDS[kind]))
            self.tidy()
        except (OSError, NotKept) as error:
            self.due = True
            log.warning("The register could not be brought up to date (%s).", error)

    def rebuild(self) -> int:
        """Write every row anew, however it looks now; how many rows there are."""
        self.begin()
        for kind in map(KINDS.__getitem__, ROW_KINDS):
            self._refresh(kind, {*self._shelf.ids(kind), *self._register.lines(kind.kind)}, anew=True)
        with self._settled(ALL):
            self._register.write_anew()
        self.due = False
        return sum(len(self._register.lines(kind)) for kind in ROW_KINDS)

    def begin(self) -> None:
        """Make the register's file where there is none."""
        if not self._register.path.exists():
            with self._settled({0}):  # against others who make it; there are no lines yet that could be lost
                if not self._register.path.exists():
                    self._register.write_anew()

    def tidy(self, *, anew: bool = False) -> None:
        """Write the register anew when most of it is old lines, or asked to: then it holds nothing of what is gone.

        To be called while no lock is held.
        """
        try:
            if anew or self._register.overgrown:
                with self._settled(ALL):
                    if anew or self._register.overgrown:
                        self._register.write_anew()
        except (OSError, NotKept) as error:
            log.warning("The register could not be made smaller (%s).", error)

    def _behind(self, kind: type[Record]) -> set[str]:
        registered = {file_name(line.id) + RECORD: line for line in self._register.lines(kind.kind).values()}
        behind = set()
        for entry in self._shelf.files(kind):
            line = registered.pop(entry.name, None)
            try:
                state = stamp(entry.stat(follow_symlinks=False))
            except FileNotFoundError:
                continue
            if line is None or line.stamp != state:
                id = line.id if line else self._shelf.id_of(kind, Path(entry.path))
                behind |= {id} if id else set()
        return behind | {line.id for line in registered.values()}

    def _refresh(self, kind: type[Record], ids: Iterable[str], *, anew: bool = False) -> None:
        groups = defaultdict(list)
        for id in ids:
            groups[number(kind.kind, id)].append(id)
        for lock, group in groups.items():
            with self._settled({lock}):
                lines = [line for id in group if (line := self._made_anew(kind, id, anew=anew))]
                if lines:
                    self._register.append(lines)

    def _made_anew(self, kind: type[Record], id: str, *, anew: bool) -> Line | None:
        """The line that the register lacks, None where it lacks none: somebody may have been quicker."""
        known = self._register.line(kind.kind, id)
        if not anew and known and known.stamp == self._shelf.stamp(kind, id):
            return None
        try:
            found = self._shelf.open(kind, id)
        except PortalError:
            record = None
        else:
            record = found.record if isinstance(found, Found) else None
        line = self._line(kind, id, record)
        return line if line.row or known else None
