"""What is asked now: which questions are visible, what each answer asks for next, and how far a response has come.

Progress says how much was answered and never how well; that is what scoring is for.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

from msgspec import Struct

from portal.core.conditions import Found, Lookup, Test, holds
from portal.core.errors import Problem
from portal.core.exits import Asked, ExitState, claimed, day_of, left_over
from portal.core.judging import judge
from portal.core.questionnaire import Asks, Kind, Need, Question, Questionnaire, Section
from portal.core.records import Answer, Evidence, Response
from portal.core.rownames import as_asked, label_of
from portal.core.signatures import SIGNED_TWICE, signed_before
from portal.core.sufficing import excused
from portal.core.wording import phrase

Answers = Mapping[str, Answer]
Facts = Mapping[str, Found]

ROW, NAMED_ROW = phrase("Row %(row)s: fill in “%(column)s”."), phrase("“%(row)s”: fill in “%(column)s”.")
UNANSWERABLE = frozenset({Kind.STATEMENT})


class SectionOutline(Struct, frozen=True, kw_only=True, dict=True):
    """A visible section with its visible questions; what it still lacks is worked out when somebody asks.

    Where `questions` are only those that were asked back, they stand `among` the others.
    """

    section: Section
    questions: tuple[Question, ...]
    answers: Answers
    files: Mapping[str, int]
    signed_before: Mapping[str, str] = {}
    among: tuple[Question, ...] = ()

    @property
    def _countable(self) -> Iterator[Question]:
        return (question for question in self.questions if question.kind not in UNANSWERABLE)

    @cached_property
    def asked(self) -> int:
        """How many questions are visible, statements left out."""
        return sum(1 for _ in self._countable)

    @cached_property
    def answered(self) -> int:
        """How many visible questions have an answer."""
        return sum(answered(one, self.answers.get(one.id), self.files.get(one.id, 0)) for one in self._countable)

    @cached_property
    def lacking_by_question(self) -> dict[str, list[Problem]]:
        """What each question still lacks before the response can be submitted."""
        enough = excused(self.among or self.questions, self.answers, self.files) if self.section.one_of else ()
        found: dict[str, list[Problem]] = {}
        for one in self.questions:
            given, files = self.answers.get(one.id), self.files.get(one.id, 0)
            found[one.id] = lacks(one, given, files) if one.id not in enough else []
            if one.id in self.signed_before:
                found[one.id].append(Problem(one.id, SIGNED_TWICE, {"name": self.signed_before[one.id]}))
        return found

    @property
    def lacking(self) -> tuple[Problem, ...]:
        """What must still be given in this section before the response can be submitted."""
        return tuple(problem for problems in self.lacking_by_question.values() for problem in problems)

    @property
    def complete(self) -> bool:
        """Whether nothing stands in the way of submitting, as far as this section goes."""
        return not self.lacking


class Outline(Struct, frozen=True, kw_only=True):
    """A response seen from above: its sections, as far as somebody may see them, and `now`, all that is asked."""

    sections: tuple[SectionOutline, ...]
    now: Asked

    @property
    def exit(self) -> ExitState | None:
        """The exit that the answers claim, whether or not it is open."""
        return self.now.exit

    def section(self, id: str) -> SectionOutline | None:
        """The section of that id, where it is asked."""
        return next((part for part in self.sections if part.section.id == id), None)

    @property
    def asked(self) -> int:
        """How many questions are visible, statements left out."""
        return sum(part.asked for part in self.sections)

    @property
    def answered(self) -> int:
        """How many visible questions have an answer."""
        return sum(part.answered for part in self.sections)

    @property
    def lacking(self) -> tuple[Problem, ...]:
        """Everything that must be given before the response can be submitted."""
        return tuple(problem for part in self.sections for problem in part.lacking)


def found_in(answer: Answer | None) -> Found:
    """What a condition sees of an answer: its texts, or nothing."""
    if answer is None or not answer.value:
        return None
    if isinstance(answer.value, str):
        return answer.value
    return tuple(text for text in answer.value if isinstance(text, str)) or ("rows",)


def asked(
    questionnaire: Questionnaire,
    answers: Answers,
    facts: Facts,
    on: date | None = None,
    files: Mapping[str, int] | None = None,
) -> Asked:
    """What is asked, given what was answered above and how many `files` each question has.

    Hidden questions keep their answers, so changing one's mind loses nothing; here they count as not answered.
    No certificate is good without a day `on` which to look at it, so then no exit is open.
    """
    answers = as_asked(questionnaire.sections, answers)
    hidden: set[str] = set()
    shown = shown_sections(questionnaire.sections, answers, facts, hidden)
    if on is None or not questionnaire.exits:
        return Asked(shown=shown, answers=answers)
    questions = Asked(shown=shown, answers=answers).questions

    def proved(question: Question) -> bool:
        answer, count = answers.get(question.id), (files or {}).get(question.id, 0)
        return answered(question, answer, count) and not lacks(question, answer, count)

    state = claimed(questionnaire.exits, questions, lookup_in(answers, facts, hidden), proved, on)
    if state is not None and state.open:
        rest = left_over(questionnaire, state.exit)
        still = {question.id for section in rest for question in section.questions}
        shown = shown_sections(rest, answers, facts, {one.id for one in questionnaire.questions} - still)
    return Asked(shown=shown, answers=answers, exit=state)


def lookup_in(answers: Answers, facts: Facts, hidden: Container[str]) -> Lookup:
    """What conditions find, given the questions that are hidden now."""

    def lookup(test: Test) -> Found:
        if test.fact:
            return facts.get(test.fact)
        return None if test.question in hidden else found_in(answers.get(test.question))

    return lookup


def shown_sections(
    sections: Sequence[Section], answers: Answers, facts: Facts, hidden: set[str]
) -> dict[str, tuple[Question, ...]]:
    """The questions whose conditions hold, by section id; the others join the hidden ones, which no condition sees."""
    lookup = lookup_in(answers, facts, hidden)
    asked: dict[str, tuple[Question, ...]] = {}
    for section in sections:
        if section.shown_when is not None and not holds(section.shown_when, lookup):
            hidden.update(question.id for question in section.questions)
        elif section.unconditional:
            asked[section.id] = section.questions
        else:
            asked[section.id] = tuple(_shown(section.questions, lookup, hidden))
    return {id: questions for id, questions in asked.items() if questions}


def _shown(questions: Sequence[Question], lookup: Lookup, hidden: set[str]) -> Iterator[Question]:
    """The questions whose conditions hold; the others join the hidden ones, which later conditions do not see."""
    for question in questions:
        if question.shown_when is None or holds(question.shown_when, lookup):
            yield question
        else:
            hidden.add(question.id)


def asks_now(question: Question, answer: Answer | None) -> Asks:
    """What this answer asks for next: the one option that was chosen says so, or for other scored kinds the verdict."""
    value = answer.value if answer else None
    if not value:
        return question.asks
    for option in question.options:
        if option.id == value or (option.alone and value == (option.id,)):
            return option.asks
    if question.asks_by_verdict:
        # No kind judged here looks at the day: what an answer asks for must not change overnight.
        verdict, _ = judge(question, value, 0, date.max)
        return question.asks_by_verdict.get(verdict, question.asks)
    return question.asks


def answered_in(question: Question, response: Response) -> bool:
    """Whether the question itself has an answer in a response."""
    return answered(question, response.answers.get(question.id), len(response.files_for(question.id)))


def answered(question: Question, answer: Answer | None, files: int) -> bool:
    """Whether the question itself has an answer; a comment alone is none."""
    if question.kind is Kind.FILES:
        return files > 0
    return bool(answer and answer.value)


def lacks(question: Question, answer: Answer | None, files: int) -> list[Problem]:
    """What must still be given for this question before the response can be submitted."""
    if question.kind in UNANSWERABLE:
        return []
    if not answered(question, answer, files):
        return [Problem(question.id, "Answer this question.")] if question.required else []
    asks, wanted = asks_now(question, answer), []
    if asks.comment is Need.REQUIRED and not (answer and answer.comment):
        wanted.append(Problem(f"{question.id}-comment", "Explain this answer in a comment."))
    if asks.evidence is Need.REQUIRED and not files:
        wanted.append(Problem(f"{question.id}-evidence", "Add a file that proves this answer."))
    if asks.action is Need.REQUIRED:
        wanted += _lacks_action(question.id, answer)
    chosen = found_in(answer) or ()
    chosen = (chosen,) if isinstance(chosen, str) else chosen
    chosen_other = any(option.other and option.id in chosen for option in question.options)
    if chosen_other and not (answer and answer.other):
        wanted.append(Problem(f"{question.id}-other", "Say what else you mean."))
    if question.kind in (Kind.ROWS, Kind.FILES):
        wanted += _lacks_entries(question, answer, files)
    return wanted


def _lacks_action(id: str, answer: Answer | None) -> list[Problem]:
    action = answer.action if answer else None
    if not action or not action.what:
        return [Problem(f"{id}-action", "Say what you will do to correct this.")]
    missing = []
    if not action.who:
        missing.append(Problem(f"{id}-action-who", "Say who will do it."))
    if not action.due:
        missing.append(Problem(f"{id}-action-due", "Give the date by which it will be done."))
    return missing


def _lacks_entries(question: Question, answer: Answer | None, files: int) -> list[Problem]:
    rows = answer.value if answer and isinstance(answer.value, tuple) else ()
    given = files if question.kind is Kind.FILES else len(rows)
    wanted = []
    if given < question.fewest:
        wanted.append(Problem(question.id, "Give at least %(fewest)s.", {"fewest": str(question.fewest)}))
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            continue
        for column in question.columns:
            if column.required and not row.get(column.id):
                where, name = f"{question.id}-{number - 1}-{column.id}", label_of(question.rows, row)
                text = NAMED_ROW if name else ROW
                wanted.append(Problem(where, text, {"row": name or str(number), "column": column.label}))
    return wanted


def files_of(evidence: Sequence[Evidence]) -> Counter[str]:
    """How many files each question's answer has; those of later reports prove other things."""
    return Counter(item.question for item in evidence if not item.report)


def asked_in(
    questionnaire: Questionnaire, response: Response, on: date | None = None, answers: Answers | None = None
) -> Asked:
    """What is asked in a response as of its day, or what these other answers would lead to."""
    given = response.answers if answers is None else answers
    return asked(questionnaire, given, response.facts, day_of(response, on), files_of(response.evidence))


def outline(questionnaire: Questionnaire, response: Response, on: date | None = None) -> Outline:
    """The response seen from above as of its day: its visible sections, how much is answered, what is lacking."""
    files, now = files_of(response.evidence), asked_in(questionnaire, response, on)
    signed = signed_before(now.questions.values(), now.answers)
    return Outline(
        sections=tuple(
            SectionOutline(
                section=section,
                questions=now.shown[section.id],
                answers=now.answers,
                files=files,
                signed_before=signed,
            )
            for section in questionnaire.sections
            if section.id in now.shown
        ),
        now=now,
    )
