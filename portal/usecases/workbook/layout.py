"""A response laid out as a workbook: one sheet that says how to, one for each section, and what is known already."""

from collections.abc import Iterator, Mapping
from itertools import count

from msgspec.structs import replace

from portal.core.answering import LONGEST_CELL
from portal.core.asked_when import Asked, AskedSection, may_be_asked, name_of, numbers_of
from portal.core.questionnaire import Asks, Column, Kind, Need, Question, Questionnaire
from portal.core.records import Response
from portal.core.rownames import row_names
from portal.core.words import Words
from portal.sheets.cells import Cell, as_text
from portal.sheets.form import FormBook, FormCell, FormColumn, FormLine, FormSheet
from portal.usecases.secrets import hashed
from portal.usecases.workbook.cells import CODES, NAME, Place, cells_of, print_of, row_keys, table_code
from portal.usecases.workbook.limits import cell_for, column_cell, more_cells, text_cell
from portal.usecases.workbook.lists import MARKS, Lists
from portal.usecases.workbook.plain import plain_text
from portal.usecases.workbook.start import start_sheet

FORMAT = "1"
MOST_BLANK_ROWS = 20
AT = {code: at for at, code in enumerate(CODES)}
VALUE, HELP = AT["value"], AT["help"]
WIDE = AT["due"] - AT["question"] + 1
WIDTHS = (0, 7, 44, 20, 26, 30, 26, 16, 13, 50)
MORE_WIDTH = 22
KEPT = AT["only-if"]
HEADINGS = {
    "number": "No.",
    "question": "Question",
    "only-if": "When",
    "value": "Answer",
    "comment": "Comment",
    "action": "What will be done",
    "who": "Who does it",
    "due": "By when",
    "help": "Help",
}
SAYS = "If you answer “%(answer)s”: %(instruction)s"
FOR_TYPED = "Fill in the table below, one line for each."
FOR_TICKED = "Fill in the table below for each that you chose at %(question)s."
FOR_LISTED = (
    "Fill in the table below, one line for each that you listed at %(question)s. Call it as you called it there."
)
NEEDED = {
    "comment": ("A comment is needed.", "A comment is needed for: %(answers)s"),
    "evidence": ("A file is needed.", "A file is needed for: %(answers)s"),
    "action": ("What, who and when are needed.", "What, who and when are needed for: %(answers)s"),
}


def lay_out(response: Response, questionnaire: Questionnaire, words: Words, importer: str) -> FormBook:
    """The workbook for a response, with all that was answered so far."""
    return _Layout(response, questionnaire, words).book(importer)


class _Layout:
    """Lays out one response."""

    def __init__(self, response: Response, questionnaire: Questionnaire, words: Words) -> None:
        self.response, self.questionnaire, self.words = response, questionnaire, words
        self.said = words.said
        self.lists = Lists(questionnaire, words)
        self.more = more_cells(words)
        self.numbers = numbers_of(questionnaire)

    def book(self, importer: str) -> FormBook:
        """The workbook."""
        parts = list(may_be_asked(self.questionnaire, self.response.facts, self.words))
        start = start_sheet(self.response, self.questionnaire, self.words, importer)
        return FormBook(
            title=self.said(self.questionnaire.title),
            sheets=[start, *(self._sheet(part) for part in parts)],
            lists=self.lists.to_write(),
            data=self._data(parts),
            right_to_left=self.words.right_to_left,
        )

    def _data(self, parts: list[AskedSection]) -> list[tuple[str, ...]]:
        """What the form knows of itself: whose it is, which edition, and what each question said when it was made."""
        rows: list[tuple[str, ...]] = [
            ("form", FORMAT),
            ("response", hashed(self.response.id)),
            ("edition", self.response.edition),
            ("language", self.words.language),
        ]
        for question in (asked.question for part in parts for asked in part.questions):
            answer = self.response.answers.get(question.id)
            texts = {place: as_text(cell) for place, cell in self._kept(question).items()}
            rows.append(("question", question.id, str(answer.version if answer else 0), print_of(texts)))
        return [*rows, *(("list", subject, name) for subject, name in self.lists.of.items())]

    def _kept(self, question: Question) -> dict[Place, Cell]:
        answers = self.response.answers
        return cells_of(question, answers.get(question.id), self.lists.label, row_names(question, answers))

    def _sheet(self, part: AskedSection) -> FormSheet:
        section = part.section
        title = " ".join(filter(None, (section.label, self.said(section.title))))
        most = max(len(asked.question.columns) for asked in part.questions)
        codes = [*CODES, *(table_code(place) for place in range(len(CODES) - VALUE, most))]
        columns = [
            FormColumn(
                code,
                self.said(HEADINGS[code]) if code in HEADINGS else "",
                WIDTHS[at] if at < len(WIDTHS) else MORE_WIDTH,
            )
            for at, code in enumerate(codes)
        ]
        return FormSheet(name=title, columns=columns, lines=list(self._lines(part, title)), kept=KEPT)

    def _lines(self, part: AskedSection, title: str) -> Iterator[FormLine]:
        yield _wide(title, "title")
        if part.only_if:
            yield _wide(self.said("This page is needed only if: %(condition)s") % {"condition": part.only_if}, "strong")
        if part.section.intro:
            yield _wide(plain_text(self.said(part.section.intro)), "text")
        heading = group = ""
        for asked in part.questions:
            if asked.question.heading != heading:
                heading = asked.question.heading
                if heading:
                    yield _wide(self.said(heading), "subtitle")
            if asked.one_of and asked.one_of != group:
                yield _wide(self.said("One of these is enough."), "strong")
            group = asked.one_of
            if asked.question.kind is Kind.STATEMENT:
                yield _wide(plain_text(self.said(asked.question.ask)), "text")
            else:
                yield from self._question(asked)

    def _question(self, asked: Asked) -> Iterator[FormLine]:
        question, kept = asked.question, self._kept(asked.question)
        yield FormLine(question.id, self._first_line(asked, kept))
        if question.kind is Kind.CHOICES:
            mark = FormCell(look="input", options=MARKS, refusal=self.said("Put an x, or leave the cell empty."))
            for option in question.options:
                key = f"{question.id}/{option.id}"
                yield self._line(key, self.said(option.label), {"value": mark}, kept)
        if question.kind is Kind.ROWS:
            yield from self._table(question, kept)
        if any(option.other for option in question.options):
            cells = {"value": text_cell(self.words, question.longest)}
            yield self._line(f"{question.id}~other", self.said("What else?"), cells, kept)

    def _line(self, key: str, text: str, cells: Mapping[str, FormCell], kept: Mapping[Place, Cell]) -> FormLine:
        filled = {AT[code]: replace(cell, value=kept.get((key, code))) for code, cell in cells.items()}
        return FormLine(key, {AT["question"]: FormCell(value=text), **filled})

    def _first_line(self, asked: Asked, kept: Mapping[Place, Cell]) -> dict[int, FormCell]:
        question = asked.question
        inputs = {"value": self._value_cell(question)}
        if question.takes_more:
            acts = _asks_for(question, "action") or any(kept.get((question.id, code)) for code in ("action", "due"))
            inputs |= {code: cell for code, cell in self.more.items() if code == "comment" or acts}
        cells = {AT[code]: FormCell(look="asked") for code in CODES[1:]}
        for code, cell in inputs.items():
            cells[AT[code]] = replace(cell, value=kept.get((question.id, code), cell.value))
        texts = {
            "number": "\n".join(
                filter(None, (asked.number, self.said(question.obligation.value) if question.obligation else ""))
            ),
            "question": self._asks(question),
            "only-if": self._when(asked),
            "help": self._help(question),
        }
        return cells | {AT[code]: FormCell(value=text, look="asked") for code, text in texts.items()}

    def _asks(self, question: Question) -> str:
        ask = plain_text(self.said(question.ask))
        if question.unit:
            ask += f"\n({self.said(question.unit)})"
        return ask if question.required else f"{ask}\n({self.said('may be left empty')})"

    def _when(self, asked: Asked) -> str:
        """When the question is asked, and what its answers ask for next."""
        lines = [self.said("Only if %(condition)s") % {"condition": asked.only_if}] if asked.only_if else []
        if asked.question.takes_more:
            for part, (always, sometimes) in NEEDED.items():
                answers = _needing(asked.question, part)
                if answers:
                    said = " / ".join(self.lists.label(asked.question.id, id) for id in answers)
                    lines.append(self.said(sometimes) % {"answers": said})
                elif _need(asked.question.asks, part) is Need.REQUIRED and not asked.question.options:
                    lines.append(self.said(always))
        return "\n".join(lines)

    def _help(self, question: Question) -> str:
        lines = [plain_text(self.said(question.help))] if question.help else []
        lines += [
            self.said(SAYS) % {"answer": self.said(option.label), "instruction": plain_text(self.said(option.says))}
            for option in question.options
            if option.says
        ]
        if question.typical_evidence:
            lines.append(f"{self.said('Typical evidence:')} {self.said(question.typical_evidence)}")
        return "\n".join(lines)

    def _value_cell(self, question: Question) -> FormCell:
        match question.kind:
            case Kind.CHOICES:
                return FormCell(value=self.said("Put an x beside each that applies."), look="asked")
            case Kind.ROWS:
                source = self.questionnaire.question(question.rows_from)
                values = {"question": name_of(source, self.numbers, self.words)} if source else {}
                text = FOR_TYPED if not source else FOR_TICKED if question.rows else FOR_LISTED
                return FormCell(value=self.said(text) % values, look="asked")
            case Kind.FILES:
                return FormCell(value=self.said("Add the files on the web page."), look="asked")
            case _:
                return cell_for(question, self.lists)

    def _table(self, question: Question, kept: Mapping[Place, Cell]) -> Iterator[FormLine]:
        codes = [table_code(place) for place in range(len(question.columns))]
        heading = self.said(self.questionnaire.row_heading(question))
        headings = {AT[NAME]: FormCell(value=heading, look="heading")} if heading else {}
        headings |= {
            VALUE + at: FormCell(value=self._column_heading(column), look="heading")
            for at, column in enumerate(question.columns)
        }
        yield FormLine("", headings)
        inputs = [column_cell(question, column, self.lists) for column in question.columns]
        for key, before in zip(row_keys(question), self._before_rows(question), strict=False):
            cells = {
                at: replace(cell, value=kept.get((key, code)))
                for at, code, cell in zip(count(VALUE), codes, inputs, strict=False)
            }
            yield FormLine(key, {AT[NAME]: before, **cells})

    def _before_rows(self, question: Question) -> Iterator[FormCell]:
        """What stands before each line of a table: its name, a cell for one, or its number."""
        names = row_names(question, self.response.answers)
        source = self.questionnaire.question(question.rows_from)
        if question.rows:
            yield from (FormCell(value=self.said(row.label), look="strong") for row in question.rows)
        elif source:
            yield from (FormCell(value=name.label, look="strong") for name in names)
            blank = max(min(MOST_BLANK_ROWS, source.most - len(names)), 0)
            yield from (text_cell(self.words, LONGEST_CELL) for _ in range(blank))
        else:
            answer = self.response.answers.get(question.id)
            filled = len(answer.value) if answer and isinstance(answer.value, tuple) else 0
            blank = max(min(MOST_BLANK_ROWS, question.most - filled), 0)
            yield from (FormCell(value=str(number), look="soft") for number in range(1, filled + blank + 1))

    def _column_heading(self, column: Column) -> str:
        unit = "%" if column.kind is Kind.PERCENTAGE else self.said(column.unit) if column.unit else ""
        label = f"{self.said(column.label)} ({unit})" if unit else self.said(column.label)
        return label if column.required else f"{label} ({self.said('may be left empty')})"


def _wide(text: str, look: str) -> FormLine:
    return FormLine("", {AT["question"]: FormCell(value=text, look=look, across=WIDE)})


def _need(asks: Asks, part: str) -> Need:
    need: Need = getattr(asks, part)
    return need


def _asks_for(question: Question, part: str) -> bool:
    """Whether any answer to the question can ask for this part."""
    every = (question.asks, *question.asks_by_verdict.values(), *(option.asks for option in question.options))
    return any(_need(asks, part) is not Need.NONE for asks in every)


def _needing(question: Question, part: str) -> list[str]:
    """The options of a choice that need this part."""
    if question.kind is not Kind.CHOICE:
        return []
    return [option.id for option in question.options if _need(option.asks, part) is Need.REQUIRED]
