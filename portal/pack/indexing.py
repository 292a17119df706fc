"""The index by criterion: each partner's rows are drawn in its turn and wait on disk until all have come."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO

import msgspec

from portal.pack.pages import VERDICTS, drawn
from portal.pack.viewing import View
from portal.pack.zipping import Entry
from portal.usecases.export_rows import Exported, ExportedAnswer

KEPT_IN_MEMORY = 64 * 1024
NO_CRITERION = "Questions without a criterion"
PART = re.compile(r"\d+|\D+")
TABLE_ENDS = b"</tbody>\n</table>\n</section>\n"
LENGTH_BYTES = 4


@dataclass
class Indexed:
    """One criterion with what was said to it: `asks` maps each wording of it to the questionnaires that have it."""

    id: str
    topic: str
    rows: IO[bytes]
    asks: dict[str, list[str]] = field(default_factory=dict)
    verdicts: Counter[str] = field(default_factory=Counter)

    @property
    def place(self) -> str:
        """Where it stands on the page."""
        return "criterion-" + (re.sub(r"[^A-Za-z0-9.]", "-", self.id) or "none")

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many answers met it, met it in part and so on."""
        return [(verdict, self.verdicts[verdict]) for verdict in VERDICTS if self.verdicts[verdict]]


class CriterionIndex:
    """Gathers the rows of all responses by criterion."""

    def __init__(self, held: ExitStack) -> None:
        self._held, self._criteria = held, dict[str, Indexed]()

    def add(self, view: View, folder: str) -> None:
        """Take in a response, whose partner's page lies in a folder."""
        by_criterion: dict[str, list[ExportedAnswer]] = {}
        for row in view.answers:
            by_criterion.setdefault(row.criterion, []).append(row)
        for id, rows in by_criterion.items():
            one = self._criterion(id, view)
            one.verdicts.update(row.verdict for row in rows if row.verdict)
            html = drawn("criterion_row", view=view, rows=rows, root=f"{folder}/", page=f"{folder}/index.html")
            one.rows.write(html.encode())

    def _criterion(self, id: str, view: View) -> Indexed:
        known = view.questionnaire.criteria.get(id)
        if id not in self._criteria:
            topic = known.topic if known else "" if id else NO_CRITERION
            rows = self._held.enter_context(SpooledTemporaryFile(KEPT_IN_MEMORY))  # noqa: SIM115 - it is held
            self._criteria[id] = Indexed(id=id, topic=topic, rows=rows)
        one = self._criteria[id]
        titles = one.asks.setdefault(known.asks, []) if known else []
        if view.questionnaire.title not in titles:
            titles.append(view.questionnaire.title)
        return one

    @property
    def criteria(self) -> list[Indexed]:
        """The criteria in their order, 2.10 after 2.9; questions without one last."""
        return sorted(self._criteria.values(), key=lambda one: (not one.id, _numbered(one.id)))

    def write(self, to: Entry) -> None:
        """The rows of all of them."""
        for one in self.criteria:
            to.write(drawn("criterion", one=one).encode())
            one.rows.seek(0)
            shutil.copyfileobj(one.rows, to)
            to.write(TABLE_ENDS)


def _numbered(id: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in PART.findall(id)]


class Spool:
    """What is exported of each response, kept on disk so that every table tells of the same moment."""

    def __init__(self, held: ExitStack) -> None:
        self._file = held.enter_context(TemporaryFile())  # noqa: SIM115 - it is held

    def add(self, one: Exported) -> None:
        """Keep one more."""
        data = msgspec.msgpack.encode(one)
        self._file.write(len(data).to_bytes(LENGTH_BYTES) + data)

    def __iter__(self) -> Iterator[Exported]:
        self._file.seek(0)
        while length := self._file.read(LENGTH_BYTES):
            yield msgspec.msgpack.decode(self._file.read(int.from_bytes(length)), type=Exported)
