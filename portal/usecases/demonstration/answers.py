"""What an invented partner answers: drawn by lot from how good it is, and made to fit whatever the question asks."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from portal.core.answering import AGREED, Given
from portal.core.asking import asks_now, found_in
from portal.core.conditions import Found, Test, holds
from portal.core.judging import judge
from portal.core.questionnaire import Asks, Column, Kind, Need, Question, Section
from portal.core.records import Answer
from portal.core.worth import Obligation, Verdict
from portal.usecases.demonstration.companies import Company, languages, word
from portal.usecases.demonstration.facts import closing_rows, fact

Value = str | tuple[str | dict[str, str], ...] | None
Maker = Callable[["Answerer", Question, Verdict], Value]

BETTER, WORSE = 0.15, 0.3
SELDOM, NOW_AND_THEN, SOMETIMES, OFTEN = 0.01, 0.15, 0.3, 0.6
WORDS = {
    Verdict.MET: "met",
    Verdict.PARTLY_MET: "partly",
    Verdict.NOT_MET: "missing",
    Verdict.NOT_APPLICABLE: "not_applicable",
}
ANYBODY = "Security officer"


class Answerer:
    """One company answering: `on` is the day, `today` the day of the demonstration; equal companies answer equally."""

    def __init__(self, company: Company, on: date, today: date | None = None) -> None:
        self.company, self.on, self.today = company, on, today or on
        self.lot = Random(company.id)  # noqa: S311  # the same demonstration every time; nothing secret
        self.answers: dict[str, Answer] = {}
        self.said: set[str] = set()

    def section(self, section: Section, facts: Mapping[str, Found]) -> Iterator[tuple[Question, Given, Asks]]:
        """The visible questions of a section with what is answered and what that answer asks for next."""

        def lookup(test: Test) -> Found:
            # Only what is visible is ever answered, so what is hidden is not found here.
            return facts.get(test.fact) if test.fact else found_in(self.answers.get(test.question))

        if not holds(section.shown_when, lookup):
            return
        for question in section.questions:
            if question.kind is not Kind.STATEMENT and holds(question.shown_when, lookup):
                yield self._answer(question)

    def _answer(self, question: Question) -> tuple[Question, Given, Asks]:
        value = MAKERS[question.kind](self, question, self._wanted(question))
        answer = Answer(value=value)
        self.answers[question.id] = answer
        asks = asks_now(question, answer)
        return question, self._with_words(question, value, asks), asks

    def _wanted(self, question: Question) -> Verdict:
        """How well the company does here."""
        if question.id in self.company.fails:
            return Verdict.NOT_MET
        if question.critical or question.obligation is None:
            return Verdict.MET
        if self._fits_not(question):
            return Verdict.NOT_APPLICABLE
        level = self.company.musts if question.obligation is Obligation.MUST else self.company.shoulds
        if level < 1:
            level += BETTER * question.id.startswith(self.company.strong)
            level -= WORSE * question.id.startswith(self.company.weak)
        drawn = self.lot.random()
        if drawn < level:
            return Verdict.MET
        return Verdict.PARTLY_MET if drawn < level + (1 - level) * self.company.partly else Verdict.NOT_MET

    def _fits_not(self, question: Question) -> bool:
        offered = any(option.verdict is Verdict.NOT_APPLICABLE for option in question.options)
        return offered and bool(word(question.id, "not_applicable")) and self.lot.random() < NOW_AND_THEN

    def _with_words(self, question: Question, value: Value, asks: Asks) -> Given:
        verdict, _ = judge(question, value, 0, self.on)
        name = WORDS.get(verdict, "partly")
        scored = question.weight is not None
        comment = self._said(question, name) if self._says(asks.comment, scored and name == "met") else ""
        other = "Forwarders and cleaning firm" if self._chose_other(question, value) else ""
        if not self._says(asks.action, False):
            return Given(value=value, other=other, comment=comment)
        due = self.on + timedelta(days=self.lot.choice((30, 45, 60, 90, 120, 180)))
        return Given(
            value=value,
            other=other,
            comment=comment,
            action=self._said(question, "action"),
            action_who=word(question.id, "who") or ANYBODY,
            action_due=due.isoformat(),
        )

    def _says(self, need: Need, proud: bool) -> bool:
        likely = {Need.REQUIRED: 1.0, Need.RECOMMENDED: OFTEN, Need.ALLOWED: SOMETIMES if proud else 0.0}
        return self.lot.random() < likely.get(need, 0.0)

    def _said(self, question: Question, name: str) -> str:
        """A sentence in the company's own language now and then; else the one for the question, but never twice."""
        own = languages().get(self.company.language, {}).get(name)
        if own and self.lot.random() < NOW_AND_THEN:
            return self.lot.choice(own)
        fitting = word(question.id, name)
        if fitting and fitting not in self.said:
            self.said.add(fitting)
            return fitting
        return self.lot.choice(languages()["en"][name])

    @staticmethod
    def _chose_other(question: Question, value: Value) -> bool:
        return any(option.other and option.id in (value or ()) for option in question.options)

    def adds_file(self, asks: Asks, question: Question) -> bool:
        """Whether a file is added to this answer."""
        if asks.evidence is Need.REQUIRED or question.kind is Kind.FILES:
            return True
        likely = {Need.RECOMMENDED: NOW_AND_THEN, Need.ALLOWED: SELDOM if question.typical_evidence else 0.0}
        return self.lot.random() < likely.get(asks.evidence, 0.0)

    def choice(self, question: Question, wanted: Verdict) -> Value:
        """An option of the wanted verdict; gates open when the company has the thing."""
        if known := fact(self.company, question.id):
            return known
        options = [option.id for option in question.options]
        if question.weight is None:
            return self.lot.choice([*options[:1], *options])
        fitting = [option.id for option in question.options if option.verdict is wanted]
        met = [option.id for option in question.options if option.verdict is Verdict.MET]
        return self.lot.choice(fitting or met or options)

    def choices(self, question: Question, wanted: Verdict) -> Value:
        """All good options, some, or the one that says none."""
        alone = tuple(option.id for option in question.options if option.alone and option.verdict is Verdict.NOT_MET)
        if wanted is Verdict.NOT_MET and alone:
            return alone[:1]
        if wanted is Verdict.MET or len(question.good) < 2:
            return question.good or (question.options[0].id,)
        fewer = set(self.lot.sample(question.good, self.lot.randrange(1, len(question.good))))
        return tuple(id for id in question.good if id in fewer)

    def number(self, question: Question, wanted: Verdict) -> Value:
        """The fact where there is one, else a number in the band of the wanted verdict."""
        if known := fact(self.company, question.id):
            return known
        bands = [band.at_least or Decimal(0) for band in question.bands if band.verdict is wanted]
        if bands:
            return str(bands[0] + self.lot.choice((0, 0, bands[0])))
        return str(question.at_least or 0)

    def date(self, question: Question, wanted: Verdict) -> Value:
        """A day as long ago as the wanted verdict allows."""
        if question.id == "certificate-until":
            return (self.today + timedelta(days=self.company.days_left)).isoformat()
        if question.when == "future":
            return (self.on + timedelta(days=90)).isoformat()
        days = {Verdict.MET: (10, 330), Verdict.PARTLY_MET: (400, 700)}.get(wanted, (800, 1200))
        return (self.on - timedelta(days=self.lot.randint(*days))).isoformat()

    def text(self, question: Question, _wanted: Verdict) -> Value:
        """The fact, or a sentence that can stand anywhere."""
        return fact(self.company, question.id) or "See the attached rules."

    def rows(self, question: Question, _wanted: Verdict) -> Value:
        """One or two rows that fit the question's columns."""
        known = closing_rows(question.id, self.lot, self.on)
        if known is not None:
            return known
        return ({column.id: self._cell(column) for column in question.columns},)

    def _cell(self, column: Column) -> str:
        if column.options:
            return column.options[0].id
        by_kind = {
            Kind.COUNTRY: self.company.country,
            Kind.NUMBER: "2",
            Kind.PERCENTAGE: "50",
            Kind.EMAIL: self.company.email,
            Kind.DATE: (self.on - timedelta(days=40)).isoformat(),
        }
        return by_kind.get(column.kind, column.label)


MAKERS: dict[Kind, Maker] = {
    Kind.CHOICE: Answerer.choice,
    Kind.CHOICES: Answerer.choices,
    Kind.TEXT: Answerer.text,
    Kind.EMAIL: lambda who, _question, _wanted: who.company.email,
    Kind.COUNTRY: lambda who, _question, _wanted: who.company.country,
    Kind.NUMBER: Answerer.number,
    Kind.PERCENTAGE: Answerer.number,
    Kind.DATE: Answerer.date,
    Kind.ROWS: Answerer.rows,
    Kind.FILES: lambda _who, _question, _wanted: None,
    Kind.AGREEMENT: lambda _who, _question, _wanted: AGREED,
    Kind.SIGNATURE: lambda who, _question, _wanted: who.company.contact,
}
