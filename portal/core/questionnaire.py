"""A questionnaire as typed values: what is asked, of whom, what each answer is worth and what it asks for next.

Everything here is already resolved: the content loader has merged defaults, looked up levels and weights and
checked every reference, so the code that judges answers never has to guess.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

from portal.core.conditions import Condition
from portal.core.rules import Contradiction, Exit
from portal.core.schemes import Scheme
from portal.core.worth import Obligation, Verdict

# The languages that a questionnaire can be written in, called as their catalogues of translations are.
LANGUAGES = ("en", "es", "zh_Hans", "vi", "pt_BR", "tr", "hi", "ar")


class Kind(StrEnum):
    """What sort of answer a question takes."""

    STATEMENT = "statement"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"
    EMAIL = "email"
    COUNTRY = "country"
    NUMBER = "number"
    PERCENTAGE = "percentage"
    DATE = "date"
    ROWS = "rows"
    FILES = "files"
    AGREEMENT = "agreement"
    SIGNATURE = "signature"


class Need(StrEnum):
    """How strongly an answer asks for something more."""

    NONE = "none"
    ALLOWED = "allowed"
    RECOMMENDED = "recommended"
    REQUIRED = "required"


class Asks(Struct, frozen=True, kw_only=True):
    """What an answer asks for next: a comment, evidence, a corrective action with who and by when."""

    comment: Need = Need.ALLOWED
    evidence: Need = Need.ALLOWED
    action: Need = Need.NONE


class Option(Struct, frozen=True, kw_only=True):
    """One answer of a choice. `credit` is its share of the question's weight, None when it is not scored.

    `other` asks for a text beside it; `alone` excludes every other option. `alternative` is a measure of the partner's
    own, or a claim of theirs, which counts as not met until a reviewer accepts it and then as `accepted_as`. `says` is
    Markdown, shown once the option is chosen.
    """

    id: str
    label: str
    verdict: Verdict | None = None
    credit: Decimal | None = None
    asks: Asks = Asks()
    other: bool = False
    alone: bool = False
    alternative: bool = False
    accepted_as: Verdict = Verdict.MET
    says: str = ""


class Band(Struct, frozen=True, kw_only=True):
    """A number or percentage from `at_least` upwards (or a date at most `within_months` old) earns `credit`."""

    at_least: Decimal | None = None
    within_months: int | None = None
    verdict: Verdict
    credit: Decimal


class Column(Struct, frozen=True, kw_only=True):
    """One column of a rows question."""

    id: str
    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    options: tuple[Option, ...] = ()
    unit: str = ""
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    decimals: int = 2
    not_before: date | None = None
    not_after: date | None = None
    when: str = ""
    longest: int = 500
    lines: int = 1


class RowName(Struct, frozen=True, kw_only=True):
    """A row that has its name already: the `id` finds what was typed in it, the `label` is printed before it."""

    id: str
    label: str


class FactOf(StrEnum):
    """What a header fact is about: the company, typed once for all its sites, or the site, some of it known already."""

    COMPANY = "company"
    SITE = "site"
    SITE_NAME = "site-name"
    SITE_CITY = "site-city"
    SITE_COUNTRY = "site-country"


class Question(Struct, frozen=True, kw_only=True):
    """One thing asked.

    `weight` is None for a question that is not scored. `good` names the options that a choice of several must
    have to earn full credit. `parent` is the question that this one follows up. `fact` marks a header fact,
    `fact_of` says what it is about, so that what is known of a partner's other sites need not be typed again.
    `carry` is whether next year's response shows the answer for confirmation, `evidence_valid_months` how long its
    files count, `replaces` names questions of earlier editions that this one stands for.
    Of the questions with the same `one_of`, the best one alone counts.
    `rows` are the rows of a grid. With `rows_from` a question has those of them that were ticked in the question named
    there, or, where it has no `rows`, one for each row of that question, named by the text in its column `name`.
    What an answer asks for next hangs on its option where there is one, else on its verdict, else on the question.
    """

    id: str
    kind: Kind
    ask: str
    label: str = ""
    help: str = ""
    typical_evidence: str = ""
    criterion: str = ""
    category: str = ""
    obligation: Obligation | None = None
    critical: bool = False
    weight: Decimal | None = None
    required: bool = True
    fact: bool = False
    fact_of: FactOf | None = None
    options: tuple[Option, ...] = ()
    good: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    asks: Asks = Asks()
    asks_by_verdict: dict[Verdict, Asks] = {}
    shown_when: Condition | None = None
    parent: str = ""
    heading: str = ""
    unit: str = ""
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    decimals: int = 0
    not_before: date | None = None
    not_after: date | None = None
    when: str = ""
    longest: int = 2000
    lines: int = 1
    columns: tuple[Column, ...] = ()
    fewest: int = 0
    most: int = 50
    carry: bool = True
    evidence_valid_months: int = 24
    replaces: tuple[str, ...] = ()
    rows: tuple[RowName, ...] = ()
    rows_from: str = ""
    name: str = ""
    one_of: str = ""

    @property
    def named_rows(self) -> bool:
        """Whether the rows have their names already and only what stands beside them is typed."""
        return bool(self.rows or self.rows_from)

    @property
    def takes_more(self) -> bool:
        """Whether a comment, evidence or an action can be given: not for facts and signatures."""
        return not self.fact and self.kind not in (Kind.AGREEMENT, Kind.SIGNATURE)

    def option(self, id: str) -> Option | None:
        """The option of that id."""
        return next((option for option in self.options if option.id == id), None)


class Section(Struct, frozen=True, kw_only=True, dict=True):
    """A page of questions, for the partner or for reviewers only."""

    id: str
    title: str
    label: str = ""
    intro: str = ""
    questions: tuple[Question, ...] = ()
    shown_when: Condition | None = None
    for_reviewers: bool = False

    @cached_property
    def unconditional(self) -> bool:
        """Whether every question is asked whenever the section is."""
        return all(question.shown_when is None for question in self.questions)

    @cached_property
    def named_rows(self) -> tuple[Question, ...]:
        """The questions whose rows have names already."""
        return tuple(question for question in self.questions if question.named_rows)

    @cached_property
    def one_of(self) -> bool:
        """Whether there are questions of which one is enough."""
        return any(question.one_of for question in self.questions)


class Criterion(Struct, frozen=True, kw_only=True):
    """One numbered requirement, as it applies to the business type that is asked."""

    id: str
    topic: str
    asks: str
    rationale: str
    category: str
    obligation: Obligation | None = None


class Questionnaire(Struct, frozen=True, kw_only=True):
    """What we ask one sort of partner, complete in itself, so that an old response keeps its own wording.

    What reviewers fill in lies apart in `review`, so that nothing which walks through `sections` for a partner, for a
    score or for a count can come upon it.
    """

    id: str
    title: str
    edition: str
    business_types: tuple[str, ...]
    intro: str
    minutes: int
    sections: tuple[Section, ...]
    scheme: Scheme
    categories: dict[str, str]
    criteria: dict[str, Criterion]
    language: str = "en"
    exits: tuple[Exit, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    review: tuple[Section, ...] = ()

    @property
    def questions(self) -> Iterator[Question]:
        """Every question in the order it is asked, follow-ups after what they follow."""
        return (question for section in self.sections for question in section.questions)

    def question(self, id: str) -> Question | None:
        """The question of that id."""
        return next((question for question in self.questions if question.id == id), None)

    def row_heading(self, question: Question) -> str:
        """What the names of the question's rows are: called as the column from which they are drawn."""
        source = self.question(question.rows_from)
        return next((column.label for column in source.columns if column.id == question.name), "") if source else ""

    def section(self, id: str) -> Section | None:
        """The section of that id."""
        return next((section for section in self.sections if section.id == id), None)
