"""The index by criterion: each partner's rows are drawn in its turn and wait on disk until all have come."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import TemporaryFile

import msgspec

from portal.pack.pages import VERDICTS, drawn
from portal.pack.viewing import View
from portal.pack.zipping import Entry
from portal.usecases.export_rows import Exported, ExportedAnswer

NO_CRITERION = "Questions without a criterion"
PART = re.compile(r"\d+|\D+")
SECTION_ENDS = b"</table>\n</section>\n"
QUESTION_ENDS = b"</tbody>\n"
LENGTH_BYTES = 4


@dataclass
class AskedIn:
    """One question under its criterion: how it is worded, and where the rows of its answers wait."""

    label: str
    wording: str
    obligation: str
    rows: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class Indexed:
    """One criterion with what was asked about it: `asks` maps each wording of it to the questionnaires that have it."""

    id: str
    topic: str
    asks: dict[str, list[str]] = field(default_factory=dict)
    verdicts: Counter[str] = field(default_factory=Counter)
    questions: dict[tuple[str, str], AskedIn] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where it stands on the page."""
        return "criterion-" + (re.sub(r"[^A-Za-z0-9.]", "-", self.id) or "none")

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many answers met it, met it in part and so on."""
        return [(verdict, self.verdicts[verdict]) for verdict in VERDICTS if self.verdicts[verdict]]


class CriterionIndex:
    """Gathers the answers of all responses by criterion and question."""

    def __init__(self, held: ExitStack) -> None:
        self._file = held.enter_context(TemporaryFile())  # noqa: SIM115 - it is held
        self._criteria: dict[str, Indexed] = {}

    def add(self, view: View, folder: str) -> None:
        """Take in a response, whose partner's page lies in a folder."""
        for row in view.answers:
            one = self._criterion(row.criterion, view)
            one.verdicts.update([row.verdict] if row.verdict else [])
            html = drawn("criterion_row", view=view, row=row, root=f"{folder}/", page=f"{folder}/index.html").encode()
            _question(one, row).rows.append((self._file.tell(), len(html)))
            self._file.write(html)

    def _criterion(self, id: str, view: View) -> Indexed:
        known = view.questionnaire.criteria.get(id)
        if id not in self._criteria:
            self._criteria[id] = Indexed(id=id, topic=known.topic if known else "" if id else NO_CRITERION)
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
            for question in one.questions.values():
                to.write(drawn("criterion_question", question=question).encode())
                for start, length in question.rows:
                    self._file.seek(start)
                    to.write(self._file.read(length))
                to.write(QUESTION_ENDS)
            to.write(SECTION_ENDS)


def _question(one: Indexed, row: ExportedAnswer) -> AskedIn:
    """The question of a row; where editions word it in two ways, it is two."""
    key = (row.question, row.wording)
    if key not in one.questions:
        one.questions[key] = AskedIn(label=row.label, wording=row.wording, obligation=row.obligation)
    return one.questions[key]


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
