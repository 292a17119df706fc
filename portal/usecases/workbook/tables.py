"""The lines of one table in a filled-in workbook, each cell checked by itself, so that each wrong one is named."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import UNSET

from portal.core.answering import Given, take
from portal.core.questionnaire import Column, RowName
from portal.core.records import Answer
from portal.core.rownames import NAMED, Row, by_name
from portal.usecases.workbook.cells import HYPHEN, NAME, as_key, is_listed, meaning, row_keys, table_code
from portal.usecases.workbook.opening import Filled, Spot, Wrong

NO_NAME = "Write in the first cell of this row what it is about."
NOT_LISTED = "This name is not in the list that was given earlier. Write it as it stands there."
NAMED_TWICE = "There is another row of this name."

Cells = list[tuple[Column, Spot]]


class TableReader:
    """Reads one table. What is wrong in it is gathered in `wrong`; then the whole table stays as it is stored."""

    def __init__(
        self,
        filled: Filled,
        stored: Answer | None,
        ids: Callable[[str], Mapping[str, str]],
        names: Sequence[RowName],
        today: date,
    ) -> None:
        self.filled, self.question, self.ids, self.names, self.today = filled, filled.question, ids, names, today
        self.stored = stored.value if stored and isinstance(stored.value, tuple) else ()
        self.wrong: list[Wrong] = []

    def value(self) -> Any:
        """The rows as they are typed; a table in which nothing is filled in says nothing."""
        lines = [(key, cells) for key in row_keys(self.question) if (cells := self._cells(key))]
        rows = tuple(self._named(lines) if self.question.named_rows else self._typed(lines))
        # Of rows with names only those that change are typed, and none of them is no answer.
        nothing = not rows if self.question.named_rows else not lines
        return UNSET if self.wrong or nothing else rows

    def _cells(self, key: str) -> Cells:
        found = self.filled.cells
        return [
            (column, found[key, table_code(place)])
            for place, column in enumerate(self.question.columns)
            if (key, table_code(place)) in found
        ]

    def _typed(self, lines: list[tuple[str, Cells]]) -> Iterator[Row]:
        """Rows that are typed whole; one of nothing but hyphens goes, unless that is what it was."""
        for _, cells in lines:
            row = {column.id: self._meaning(column, spot) for column, spot in cells}
            if all(spot.text == HYPHEN for _, spot in cells) and row not in self.stored:
                continue
            self._check(row, cells)
            yield row

    def _named(self, lines: list[tuple[str, Cells]]) -> Iterator[Row]:
        """What is typed beside names: as elsewhere an empty cell changes nothing, and a hyphen empties it."""
        held, seen = by_name(self.stored), set[str]()
        for key, cells in lines:
            name, problem = self._name(key)
            row = {**held.get(name, {}), NAMED: name}
            for column, spot in cells:
                if spot.text == HYPHEN != row.get(column.id):
                    row.pop(column.id, None)
                else:
                    row[column.id] = self._meaning(column, spot)
            twice = name in seen
            seen.add(name)
            if row == held.get(name, {NAMED: name}):
                continue
            if problem or twice:
                self.wrong.append(Wrong(self.filled.cells.get((key, NAME), cells[0][1]), problem or NAMED_TWICE))
                continue
            self._check(row, cells)
            yield row

    def _name(self, key: str) -> tuple[str, str]:
        """The id of a row's name, and what is wrong with it."""
        if not is_listed(self.question):
            return key.removeprefix(f"{self.question.id}#"), ""
        spot = self.filled.cells.get((key, NAME))
        if spot is None:
            return "", NO_NAME
        ids = [name.id for name in self.names]
        found = spot.text if spot.text in ids else {as_key(id): id for id in ids}.get(as_key(spot.text), "")
        return found or spot.text, "" if found else NOT_LISTED

    def _meaning(self, column: Column, spot: Spot) -> str:
        return meaning(column.kind, spot.text, self.ids(f"{self.question.id}.{column.id}"))

    def _check(self, row: Row, cells: Cells) -> None:
        name = {NAMED: row[NAMED]} if NAMED in row else {}
        for column, spot in cells:
            _, problems = take(self.question, Given(value=({**name, column.id: row.get(column.id, "")},)), self.today)
            for problem in problems:
                self.wrong.append(Wrong(spot, problem.text, {**problem.values, "row": str(spot.row)}))
