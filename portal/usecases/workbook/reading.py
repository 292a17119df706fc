"""What a filled-in workbook says: its cells become answers by the same checks as everywhere, and what would change."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from portal.core.answering import Given, take
from portal.core.asking import asked_in
from portal.core.errors import Problem
from portal.core.lifecycle import same_content
from portal.core.questionnaire import Kind, Question, Questionnaire, RowName
from portal.core.records import Action, Answer, Response
from portal.core.rownames import row_names, to_type
from portal.core.words import Words
from portal.usecases.workbook.cells import HYPHEN, MARKED, UNMARKED, meaning, print_of
from portal.usecases.workbook.lists import Lists
from portal.usecases.workbook.opening import MOST_WRONG, Filled, Opened, Spot, Wrong
from portal.usecases.workbook.tables import TableReader

MARK_IT = "Put an x here, or leave the cell empty."
PARTS = {"comment": "comment", "action": "action", "who": "action_who", "due": "action_due"}
# Where a check says that something is wrong, to the part of an answer and the column of its cell.
FIELDS = {
    "": ("value", "value"),
    "-other": ("other", "value"),
    "-comment": ("comment", "comment"),
    "-action": ("action", "action"),
    "-action-who": ("action_who", "who"),
    "-action-due": ("action_due", "due"),
}


class Change(Struct, frozen=True, kw_only=True):
    """One answer that the workbook would change. In conflict: somebody answered on the web after it was downloaded."""

    question: Question
    section: str
    now: Answer | None
    new: Answer
    version: int
    conflict: bool
    asked: bool

    @property
    def to_send(self) -> Answer:
        """The new answer as it is sent to be saved: of rows that have names, also those that go."""
        if not self.question.named_rows:
            return self.new
        return replace(self.new, value=to_type(self.now.value if self.now else None, self.new.value))


class Read(Struct, frozen=True, kw_only=True):
    """What a workbook comes to: the changes in the order asked, and every cell that cannot be taken."""

    changes: tuple[Change, ...]
    wrong: tuple[Wrong, ...]


def read_answers(opened: Opened, response: Response, questionnaire: Questionnaire, today: date) -> Read:
    """Compare what the workbook says with what is stored. Where no cell of a question was touched, nothing changes."""
    lists = Lists(questionnaire, Words())
    wrong = list(opened.wrong)
    changed: dict[str, Answer] = {}
    # In the order asked, since rows may be called as an earlier answer in the same workbook says.
    for filled in (opened.filled[one.id] for one in questionnaire.questions if one.id in opened.filled):
        if print_of({place: spot.text for place, spot in filled.cells.items()}) == filled.print_then:
            continue
        stored = response.answers.get(filled.question.id)
        names = row_names(filled.question, {**response.answers, **changed})
        reader = _Reader(filled, stored, opened, lists, names, today)
        answer = reader.answer()
        wrong += reader.wrong
        if not same_content(stored, answer):
            changed[filled.question.id] = answer
    return Read(
        changes=tuple(_changes(changed, opened, response, questionnaire, today)),
        wrong=tuple(sorted(wrong, key=lambda one: (_order(opened, one), one.spot.row)))[:MOST_WRONG],
    )


def _order(opened: Opened, wrong: Wrong) -> int:
    sheets = list(dict.fromkeys(spot.sheet for filled in opened.filled.values() for spot in filled.rows.values()))
    return sheets.index(wrong.spot.sheet) if wrong.spot.sheet in sheets else len(sheets)


def _changes(
    changed: Mapping[str, Answer], opened: Opened, response: Response, questionnaire: Questionnaire, today: date
) -> Iterator[Change]:
    asked = asked_in(questionnaire, response, today, {**response.answers, **changed}).questions
    for section in questionnaire.sections:
        for question in section.questions:
            if question.id not in changed:
                continue
            now, version = response.answers.get(question.id), opened.filled[question.id].version
            yield Change(
                question=question,
                section=section.title,
                now=now,
                new=changed[question.id],
                version=version,
                conflict=version != (now.version if now else 0),
                asked=question.id in asked,
            )


class _Reader:
    """Reads one question."""

    def __init__(
        self,
        filled: Filled,
        stored: Answer | None,
        opened: Opened,
        lists: Lists,
        names: Sequence[RowName],
        today: date,
    ) -> None:
        self.filled, self.stored, self.opened, self.lists, self.today = filled, stored, opened, lists, today
        self.names = names
        self.question = filled.question
        self.wrong: list[Wrong] = []

    def answer(self) -> Answer:
        """The stored answer with what the cells say; a part that cannot be taken stays as it is stored."""
        given = self._given()
        _, problems = take(self.question, given, self.today, self.stored)
        for problem in problems:
            part, code = FIELDS[problem.where.removeprefix(self.question.id)]
            self._refuse(problem, self._spot(part, code))
            given = replace(given, **{part: UNSET})
        return take(self.question, given, self.today, self.stored)[0]

    def _refuse(self, problem: Problem, spot: Spot) -> None:
        self.wrong.append(Wrong(spot, problem.text, problem.values))

    def _spot(self, part: str, code: str) -> Spot:
        """The cell of a part; for what stands in several cells the first of them."""
        id = self.question.id
        key = f"{id}~other" if part == "other" else id
        found = self.filled.cells.get((key, code))
        if found is None:
            found = next((spot for (key, _), spot in self.filled.cells.items() if key[len(id) : len(id) + 1] in "/#"))
        return found

    def _given(self) -> Given:
        """What was typed. An empty cell leaves its part alone, a hyphen empties it unless it is the stored text."""
        id = self.question.id
        typed: dict[str, Any] = {
            part: "" if spot.text == HYPHEN else spot.text
            for code, part in PARTS.items()
            if (spot := self.filled.cells.get((id, code))) and not self._is_stored_hyphen(part, spot)
        }
        if "action_due" in typed:
            typed["action_due"] = meaning(Kind.DATE, typed["action_due"], {})
        other = self.filled.cells.get((f"{id}~other", "value"))
        if other and not self._is_stored_hyphen("other", other):
            typed["other"] = "" if other.text == HYPHEN else other.text
        value = {Kind.CHOICES: self._marked, Kind.ROWS: self._rows}.get(self.question.kind, self._one)()
        return Given(value=value, **typed)

    def _is_stored_hyphen(self, part: str, spot: Spot) -> bool:
        """Whether a hyphen is what somebody answered, as people do for “nothing”."""
        stored = self.stored or Answer()
        action = stored.action or Action()
        texts = {
            "value": stored.value,
            "other": stored.other,
            "comment": stored.comment,
            "action": action.what,
            "action_who": action.who,
        }
        return spot.text == HYPHEN == texts.get(part)

    def _one(self) -> Any:
        spot = self.filled.cells.get((self.question.id, "value"))
        if spot is None or self._is_stored_hyphen("value", spot):
            return UNSET
        if spot.text == HYPHEN:
            return None
        return meaning(self.question.kind, spot.text, self.lists.ids(self.question.id, self.opened.lists))

    def _marked(self) -> Any:
        """The options with a mark; none marked and none struck out says nothing."""
        chosen, said = [], False
        for option in self.question.options:
            spot = self.filled.cells.get((f"{self.question.id}/{option.id}", "value"))
            if spot is None:
                continue
            mark = spot.text.casefold()
            if mark in MARKED:
                chosen.append(option.id)
            elif mark not in UNMARKED:
                self.wrong.append(Wrong(spot, MARK_IT))
            said = True
        return UNSET if self.wrong or not said else tuple(chosen)

    def _rows(self) -> Any:
        ids = partial(self.lists.ids, theirs=self.opened.lists)
        table = TableReader(self.filled, self.stored, ids, self.names, self.today)
        value = table.value()
        self.wrong += table.wrong
        return value
