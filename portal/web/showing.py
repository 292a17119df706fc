"""How things are shown: the words and helpers that templates share, and each question as its page needs it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from flask import Flask, g, url_for
from jinja2 import Template
from markupsafe import Markup
from msgspec import UNSET, Struct

from portal.content.markdown import to_html
from portal.core.answering import Given
from portal.core.asking import SectionOutline, asks_now
from portal.core.countries import countries, country_name
from portal.core.errors import Problem
from portal.core.questionnaire import Asks, Kind, Need, Question
from portal.core.records import Action, Answer, Evidence, Response
from portal.evidence.limits import ACCEPTED
from portal.web import assets, here
from portal.web.forms import version_mark

ACCEPT = ",".join([*ACCEPTED, *(kind.extension for kind in ACCEPTED.values())])
BLANK_ROWS = 2
MOST_BESIDE, LONGEST_BESIDE = 5, 24
# The words of a question, looked up by name since a page says each of them twenty times.
PHRASES = {
    "must": "must",
    "should": "should",
    "may_be_empty": "may be left empty",
    "help": "Help",
    "typical_evidence": "Typical evidence:",
    "conflict": "Somebody else has answered this meanwhile. Nothing is lost: choose.",
    "a_colleague": "A colleague",
    "keep_theirs": "Keep this answer",
    "use_mine": "Use mine, as it stands below",
    "choose_country": "Choose a country",
    "agree": "I agree",
    "row": "row",
    "more_rows": "Save to get more rows. Rows left empty are not kept.",
    "what_else": "What else?",
    "what_will_you_do": "What will you do about it?",
    "what_will_be_done": "What will be done",
    "who_does_it": "Who does it",
    "by_when": "By when",
    "needed": "needed for this answer",
    "comment": "Comment",
    "evidence": "Evidence",
    "file_helps": "a file helps here",
    "remove": "Remove",
    "add_files": "Add files",
    "what_files": "PDF, photo, Word or Excel, at most 25 MB each",
}
NOTICES = {
    "saved": "Saved.",
    "more": "Saved. Some answers need a little more before you go on.",
    "new": "Saved. Because of your answers there are further questions below.",
    "evidence": "The file is added.",
    "removed": "The file is removed.",
    "mailed": "If we know this link, a new one is on its way to the e-mail address on file. It can take some minutes.",
    "left": "You have left the questionnaire. Everything you saved is kept.",
    "signed-out": "You are signed out.",
    "partner-added": "The partner is added.",
    "imported": "The table is imported.",
    "withdrawn": "The link is withdrawn. What was entered is kept.",
    "extended": "The due date is moved.",
    "person-added": "The person is added.",
    "person-changed": "The person is changed; their open sessions have ended.",
    "password-changed": "Your password is changed. All your other sessions have ended.",
}


class Shown(Struct, frozen=True, kw_only=True):
    """One question as its page shows it: what is kept or was just typed, what is wrong, what it asks for."""

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

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows with a few blank ones after them, as many as may still be given."""
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
        labels = [option.label for option in self.question.options]
        return len(labels) <= MOST_BESIDE and max(map(len, labels), default=0) <= LONGEST_BESIDE

    @property
    def has_other(self) -> bool:
        """Whether an option asks for a text beside it."""
        return any(option.other for option in self.question.options)

    @property
    def asks_more(self) -> bool:
        """Whether a comment, evidence or an action can be given: not for facts and signatures."""
        return not self.question.fact and self.question.kind not in (Kind.AGREEMENT, Kind.SIGNATURE)

    @property
    def shows_action(self) -> bool:
        """Whether the answer, or what was typed before, calls for the block of the corrective action."""
        return self.asks.action is not Need.NONE or bool(self.action.what)

    @property
    def plain(self) -> bool:
        """Whether this looks alike for everybody who chose the same: nothing typed, no file, nothing wrong."""
        typed = self.other or self.comment or self.action.what or self.action.who or self.action.due
        chosen = self.value is None or self.question.kind in (Kind.CHOICE, Kind.CHOICES, Kind.AGREEMENT)
        return chosen and not (typed or self.files or self.errors or self.theirs)

    def errors_at(self, where: str) -> list[str]:
        """What is wrong at one field."""
        return [problem.message for problem in self.errors if problem.where == where]

    def opens(self, part: str) -> bool:
        """Whether a part stands open: it holds something, is needed, or something is wrong in it."""
        needed = getattr(self.asks, part) is Need.REQUIRED
        held = self.comment if part == "comment" else self.files or self.question.kind is Kind.FILES
        return bool(needed or held or self.errors_at(f"{self.question.id}-{part}"))


class Drawer:
    """Draws questions. One that looks alike for everybody is drawn once and kept; what somebody typed never is."""

    MOST = 4096

    def __init__(self, template: Template) -> None:
        self.template = template
        self.kept: dict[tuple[object, ...], Markup] = {}

    def draw(self, shown: Shown, response_id: str, edition: str) -> Markup:
        """The question as HTML."""
        if not shown.plain:
            return self._render(shown, response_id)
        key = (edition, shown.question.id, shown.visible, shown.value, shown.mark)
        if key not in self.kept:
            if len(self.kept) >= self.MOST:
                self.kept.clear()
            self.kept[key] = self._render(shown, response_id)
        return self.kept[key]

    def _render(self, shown: Shown, response_id: str) -> Markup:
        def address(endpoint: str, file: Evidence) -> str:
            return url_for(endpoint, response_id=response_id, evidence_id=file.id)

        html = self.template.render(q=shown, t=PHRASES, address=address)
        return Markup(html)  # noqa: S704 - rendered by a template that escapes


def show_question(
    question: Question,
    response: Response,
    visible: bool,
    typed: Given | None = None,
    errors: Sequence[Problem] = (),
    theirs: Answer | None = None,
) -> Shown:
    """A question with the kept answer, or with what was typed where that could not be kept."""
    kept = response.answers.get(question.id)
    said = _as_typed(typed, kept) if typed else kept or Answer()
    return Shown(
        question=question,
        visible=visible,
        value=said.value,
        other=said.other,
        comment=said.comment,
        action=said.action or Action(),
        asks=asks_now(question, said if _is_sound(question, said) else kept),
        files=[item for item in response.evidence if item.question == question.id],
        mark=version_mark(kept),
        errors=errors,
        theirs=theirs,
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
        value=held.value if typed.value is UNSET else typed.value,
        other=held.other if typed.other is UNSET else typed.other,
        comment=held.comment if typed.comment is UNSET else typed.comment,
        action=Action(
            what=action.what if typed.action is UNSET else typed.action,
            who=action.who if typed.action_who is UNSET else typed.action_who,
            due=_day(typed.action_due) if isinstance(typed.action_due, str) else action.due,
        ),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class SectionLine(Struct, frozen=True, kw_only=True):
    """A line of the task list."""

    id: str
    title: str
    label: str
    asked: int
    answered: int
    state: str
    colour: str


def section_line(part: SectionOutline) -> SectionLine:
    """A section as the task list shows it: not started, so far, or complete."""
    untouched = part.answered == 0 and bool(part.lacking)
    state, colour = ("Complete", "green") if part.complete else ("In progress", "amber")
    if untouched:
        state, colour = "Not started", "grey"
    section = part.section
    return SectionLine(
        id=section.id,
        title=section.title,
        label=section.label,
        asked=part.asked,
        answered=part.answered,
        state=state,
        colour=colour,
    )


def answer_text(question: Question, answer: Answer | None) -> str:
    """An answer as people read it."""
    if answer is None or not answer.value:
        return ""
    if isinstance(answer.value, str):
        return _value_text(question, answer.value) + (f": {answer.other}" if answer.other else "")
    parts = [_part_text(question, part) for part in answer.value]
    return ("\n" if question.kind is Kind.ROWS else "; ").join(parts) + (f": {answer.other}" if answer.other else "")


def _part_text(question: Question, part: str | dict[str, str]) -> str:
    if isinstance(part, str):
        return _value_text(question, part)
    return ", ".join(f"{column.label}: {part[column.id]}" for column in question.columns if part.get(column.id))


def _value_text(question: Question, value: str) -> str:
    option = question.option(value)
    if option is not None:
        return option.label
    if question.kind is Kind.COUNTRY:
        return country_name(value)
    if question.kind is Kind.AGREEMENT:
        return "Agreed"
    unit = "%" if question.kind is Kind.PERCENTAGE else question.unit
    return f"{value} {unit}".strip()


def size_text(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} KB"


def day_text(when: datetime | date | None) -> str:
    """A day as people read it."""
    return f"{when.day} {when:%B %Y}" if when else ""


def time_text(when: datetime | None) -> str:
    """A moment as people read it, in UTC; a script on the page shows it in local time."""
    return f"{when.astimezone(UTC):%d %b %Y, %H:%M} UTC" if when else ""


def percent_text(percent: Decimal | None) -> str:
    """A score as people read it."""
    return "no score" if percent is None else f"{percent}"


def plain_number(number: Decimal | None) -> str:
    """A weight or points without needless noughts."""
    if number is None:
        return "–"
    return f"{number.normalize():f}"


def install(app: Flask) -> None:
    """Make them known to templates."""
    app.jinja_env.filters.update(
        markdown=lambda text: Markup(to_html(text)),  # noqa: S704 - to_html leaves only harmless elements
        day=day_text,
        moment=time_text,
        size=size_text,
        percent=percent_text,
        plain=plain_number,
        country=country_name,
    )
    app.jinja_env.globals.update(
        asset=assets.address,
        config_of=lambda: here.portal().config,
        countries=countries,
        accept=ACCEPT,
        notices=NOTICES,
        needs=Need,
        answer_text=answer_text,
        person_here=lambda: g.get("person"),
    )
    app.extensions["drawer"] = Drawer(app.jinja_env.get_template("partner/question.html"))
