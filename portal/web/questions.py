"""Each question as its page needs it, and how it is drawn."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask, current_app, url_for
from jinja2 import Template
from markupsafe import Markup, escape
from msgspec import UNSET, Struct
from msgspec.structs import replace

from portal.core.answering import Given
from portal.core.asking import asks_now
from portal.core.errors import Problem
from portal.core.messages import Message
from portal.core.questionnaire import Asks, Kind, Need, Question, RowName
from portal.core.records import Action, Answer, Evidence, Response
from portal.core.remarks import Remark
from portal.core.rownames import NAMED, arranged, by_name, left_over, row_names, typed_only
from portal.core.tidying import FORBIDDEN
from portal.languages.marking import as_html, plain
from portal.web.forms import version_mark
from portal.web.last_year import LastYear, last_year_of
from portal.web.phrases import PHRASES
from portal.web.showing import told_value
from portal.web.speaking import message, own, reading

BLANK_ROWS = 2
# Kinds whose value is typed, not chosen.
TYPED_KINDS = frozenset({Kind.TEXT, Kind.EMAIL, Kind.NUMBER, Kind.PERCENTAGE, Kind.DATE, Kind.SIGNATURE})
HOLE = re.compile("\ue000([a-z]+)\ue001")
MOST_BESIDE, LONGEST_BESIDE = 5, 24


class Shown(Struct, frozen=True, kw_only=True):
    """One question as its page shows it: what is kept or was just typed, what is wrong, what it asks for.

    `bare` is a question with nothing beside its answer: no comment, file or action, as reviewers are asked.
    """

    question: Question
    visible: bool
    value: object
    other: str
    comment: str
    action: Action
    asks: Asks
    files: Sequence[Evidence]
    mark: str
    errors: Sequence[Problem] = ()
    theirs: Answer | None = None
    remarks: Sequence[Remark] = ()
    bare: bool = False
    thread: Sequence[Message] = ()
    asking: str = ""
    last_year: LastYear | None = None
    names: Sequence[RowName] = ()
    left_over: str = ""

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows with a few blank ones after them, as many as may still be given; or one for each name.

        Where no name is given yet there is an empty one all the same, from which a script makes more.
        """
        if self.question.named_rows:
            typed = by_name(self.value)
            return [{**typed.get(name.id, {}), NAMED: name.id} for name in self.names] or [{}]
        kept = [row for row in self.value if isinstance(row, dict)] if isinstance(self.value, tuple) else []
        blank = min(max(BLANK_ROWS, self.question.fewest - len(kept)), self.question.most - len(kept))
        return [*kept, *({} for _ in range(blank))]

    @property
    def chosen(self) -> tuple[object, ...]:
        """The chosen options."""
        return self.value if isinstance(self.value, tuple) else (self.value,)

    @property
    def short_options(self) -> bool:
        """Whether the options are few and short enough to stand side by side."""
        if any(option.says for option in self.question.options):
            return False
        labels = [plain(option.label) for option in self.question.options]
        return len(labels) <= MOST_BESIDE and max(map(len, labels), default=0) <= LONGEST_BESIDE

    @property
    def has_other(self) -> bool:
        """Whether an option asks for a text beside it."""
        return any(option.other for option in self.question.options)

    @property
    def asks_more(self) -> bool:
        """Whether a comment, evidence or an action can be given: not for facts and signatures."""
        return not self.bare and self.question.takes_more

    @property
    def shows_action(self) -> bool:
        """Whether the answer, or what was typed before, calls for the block of the corrective action."""
        return self.asks.action is not Need.NONE or bool(self.action.what)

    @property
    def opens_action(self) -> bool:
        """Whether that block stands open: it holds something, is wanted, or is wrong; only allowed, it is folded."""
        held = self.action.what or self.action.who or self.action.due
        wrong = any(problem.where.startswith(f"{self.question.id}-action") for problem in self.errors)
        return bool(held or wrong or self.asks.action in (Need.REQUIRED, Need.RECOMMENDED))

    @property
    def regular(self) -> bool:
        """Whether nothing is out of the ordinary: no file, nothing wrong, in doubt or said before, no rows."""
        rare = self.files or self.errors or self.theirs or self.remarks or self.bare or self.thread or self.asking
        return not (rare or self.last_year or self.question.kind is Kind.ROWS)

    @property
    def typed(self) -> dict[str, str]:
        """What somebody typed here, by the name of its hole in a skeleton."""
        texts = {
            "other": self.other,
            "comment": self.comment,
            "what": self.action.what,
            "who": self.action.who,
            "due": str(self.action.due or ""),
            "mark": self.mark,
        }
        if self.question.kind in TYPED_KINDS and isinstance(self.value, str):
            texts["value"] = self.value
        return texts

    def errors_at(self, where: str) -> list[str]:
        """What is wrong at one field."""
        return [message(problem) for problem in self.errors if problem.where == where]

    def opens(self, part: str) -> bool:
        """Whether a part stands open: it holds something, is needed, or something is wrong in it."""
        needed = getattr(self.asks, part) is Need.REQUIRED
        held = self.comment if part == "comment" else self.files or self.question.kind is Kind.FILES
        return bool(needed or held or self.errors_at(f"{self.question.id}-{part}"))


class Drawer:
    """Draws questions.

    A page shows twenty of them and most differ from one partner to the next only in what was typed. So each is drawn
    once with holes in place of that, and the holes are filled; nothing that anybody typed is ever kept here.
    """

    MOST = 4096

    def __init__(self, template: Template) -> None:
        self.template = template
        self.skeletons: dict[tuple[object, ...], list[str]] = {}

    def draw(self, shown: Shown, response_id: str, edition: str) -> Markup:
        """The question as HTML."""
        if not shown.regular:
            return Markup(self._render(shown, response_id))  # noqa: S704 - rendered by a template that escapes
        typed = shown.typed
        chosen = None if "value" in typed else shown.value
        filled = tuple(name for name, text in typed.items() if text)
        key = (edition, reading(), shown.question.id, shown.visible, chosen, shown.asks, filled)
        if key not in self.skeletons:
            if len(self.skeletons) >= self.MOST:
                self.skeletons.clear()
            self.skeletons[key] = HOLE.split(self._render(_with_holes(shown, filled), response_id))
        parts = self.skeletons[key].copy()
        for place in range(1, len(parts), 2):
            parts[place] = escape(typed[parts[place]])
        return Markup("".join(parts))  # noqa: S704 - the skeleton is our own, and what was typed is escaped

    def _render(self, shown: Shown, response_id: str) -> str:
        def address(endpoint: str, file: Evidence) -> str:
            return url_for(endpoint, response_id=response_id, evidence_id=file.id)

        return as_html(self.template.render(q=shown, t=_phrases(reading().language), address=address))


def _phrases(language: str) -> Mapping[str, str]:
    """The words of a question in the language of the page."""
    kept: dict[str, dict[str, str]] = current_app.extensions["phrases"]
    if language not in kept:
        kept[language] = {name: own(text) for name, text in PHRASES.items()}
    return kept[language]


def _with_holes(shown: Shown, filled: Sequence[str]) -> Shown:
    """The question with a hole for each thing that was typed."""
    holes = {name: f"\ue000{name}\ue001" for name in filled}
    return replace(
        shown,
        value=holes.get("value", shown.value),
        other=holes.get("other", ""),
        comment=holes.get("comment", ""),
        # A hole stands in for the date as well: the template only writes it out.
        action=Action(what=holes.get("what", ""), who=holes.get("who", ""), due=holes.get("due")),  # type: ignore[arg-type]
        mark=holes["mark"],
    )


def show_question(
    question: Question,
    response: Response,
    visible: bool,
    typed: Given | None = None,
    errors: Sequence[Problem] = (),
    theirs: Answer | None = None,
    asking: str = "",
) -> Shown:
    """A question with the kept answer, or with what was typed where that could not be kept."""
    named = question.named_rows
    last_year = last_year_of(question, response)
    offered = last_year.offered if last_year else None
    answers = response.answers if offered is None else {**response.answers, question.id: offered}
    kept = arranged(question, answers) if named else answers.get(question.id)
    said = _as_typed(typed, kept) if typed else kept or Answer()
    return Shown(
        question=question,
        visible=visible,
        value=said.value,
        other=said.other,
        comment=said.comment,
        action=said.action or Action(),
        asks=asks_now(question, said if _is_sound(question, said) else kept),
        files=response.files_for(question.id),
        mark=version_mark(typed_only(kept)),
        errors=errors,
        theirs=theirs,
        thread=response.threads.get(question.id, ()),
        asking=printed(asking),
        last_year=last_year,
        names=row_names(question, response.answers) if named else (),
        left_over=told_value(question, left_over(question, response.answers)) if named else "",
    )


def _is_sound(question: Question, answer: Answer) -> bool:
    """Whether a value that was only typed can be judged: a number field may hold anything."""
    return question.kind not in (Kind.NUMBER, Kind.PERCENTAGE) or _is_number(answer.value)


def _is_number(value: object) -> bool:
    try:
        return value is None or Decimal(str(value)).is_finite()
    except ArithmeticError:
        return False


def _as_typed(typed: Given, kept: Answer | None) -> Answer:
    held = kept or Answer()
    action = held.action or Action()
    return Answer(
        value=held.value if typed.value is UNSET else _visible(typed.value),
        other=held.other if typed.other is UNSET else printed(typed.other),
        comment=held.comment if typed.comment is UNSET else printed(typed.comment),
        action=Action(
            what=action.what if typed.action is UNSET else printed(typed.action),
            who=action.who if typed.action_who is UNSET else printed(typed.action_who),
            due=_day(typed.action_due) if isinstance(typed.action_due, str) else action.due,
        ),
    )


def _visible(value: Any) -> Any:
    """A typed value of any shape with a sign to see in place of each that no page may hold."""
    if isinstance(value, str):
        return printed(value)
    if isinstance(value, dict):
        return {name: printed(text) for name, text in value.items()}
    return tuple(_visible(part) for part in value) if isinstance(value, tuple) else value


def printed(text: str) -> str:
    """Typed text with a sign to see in place of each that no page may hold."""
    return FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def install(app: Flask) -> None:
    """Give the application its drawer."""
    app.jinja_env.filters["printed"] = printed
    app.extensions["drawer"] = Drawer(app.jinja_env.get_template("partner/question.html"))
    app.extensions["phrases"] = {}
