"""When a question is asked, in words: for paper and workbooks, where no page can hide what does not apply."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from portal.core.asking import Facts
from portal.core.conditions import All, AnyOf, Condition, Not, Test, holds
from portal.core.countries import country_name
from portal.core.questionnaire import Kind, Question, Questionnaire, Section
from portal.core.sufficing import groups_of
from portal.core.telling import value_text
from portal.core.words import Words

MOST_QUOTED = 80
TESTS = {
    "is": "%(question)s: %(answers)s",
    "includes_all": "%(question)s: all of %(answers)s",
    "at_least": "%(question)s: at least %(answers)s",
    "at_most": "%(question)s: at most %(answers)s",
    "above": "%(question)s: more than %(answers)s",
    "below": "%(question)s: less than %(answers)s",
}
ANSWERED, NOT_ANSWERED = "%(question)s is answered", "%(question)s is not answered"
BOTH, EITHER, NOT, NESTED = "%(one)s and %(other)s", "%(one)s or %(other)s", "not (%(part)s)", "(%(part)s)"
QUOTED = "“%(ask)s”"


class Asked(Struct, frozen=True, kw_only=True):
    """A question that may be asked of a partner: its number, and the condition in words, empty where there is none.

    `one_of` is the group it stands in, of which one is enough.
    """

    question: Question
    number: str
    only_if: str
    one_of: str = ""


class AskedSection(Struct, frozen=True, kw_only=True):
    """A section that may be asked of a partner, with all questions that may be asked in it."""

    section: Section
    only_if: str
    questions: tuple[Asked, ...]


def may_be_asked(questionnaire: Questionnaire, facts: Facts, words: Words) -> Iterator[AskedSection]:
    """Everything that may be asked of a partner, whatever it answers; what its facts rule out is left out."""
    numbers = numbers_of(questionnaire)

    def only_if(condition: Condition | bool) -> str:
        return "" if condition is True else _Teller(questionnaire, numbers, words).told(condition)

    for section in questionnaire.sections:
        whole = settled(section.shown_when, facts)
        if whole is False:
            continue
        conditions = ((question, settled(question.shown_when, facts)) for question in section.questions)
        groups = groups_of(section.questions)
        questions = tuple(
            Asked(
                question=question,
                number=numbers.get(question.id, ""),
                only_if=only_if(condition),
                one_of=groups.get(question.id, ""),
            )
            for question, condition in conditions
            if condition is not False
        )
        if questions:
            yield AskedSection(section=section, only_if=only_if(whole), questions=questions)


def numbers_of(questionnaire: Questionnaire) -> dict[str, str]:
    """The numbers that questions are known by: their printed labels, or numbers of ours where none has a label."""
    answerable = [
        (place, question)
        for place, section in enumerate(questionnaire.sections, 1)
        for question in section.questions
        if question.kind is not Kind.STATEMENT
    ]
    if any(question.label for _, question in answerable):
        return {question.id: question.label for _, question in answerable if question.label}
    counted: dict[int, int] = {}
    numbers = {}
    for place, question in answerable:
        counted[place] = counted.get(place, 0) + 1
        numbers[question.id] = f"{place}.{counted[place]}"
    return numbers


def name_of(question: Question, numbers: Mapping[str, str], words: Words) -> str:
    """What a question is called where another one speaks of it: its number, or what it asks where it has none."""
    if question.id in numbers:
        return numbers[question.id]
    ask = words.said(question.ask)
    return words.said(QUOTED) % {"ask": ask if len(ask) <= MOST_QUOTED else f"{ask[: MOST_QUOTED - 1]}…"}


def settled(condition: Condition | None, facts: Facts) -> Condition | bool:
    """What is left of a condition once the facts of the partner are known: nothing but answers, or yes or no."""
    match condition:
        case None:
            return True
        case Test():
            return holds(condition, lambda test: facts.get(test.fact)) if condition.fact else condition
        case Not():
            part = settled(condition.part, facts)
            return not part if isinstance(part, bool) else Not(part)
        case All() | AnyOf():
            decides = isinstance(condition, AnyOf)
            parts = [settled(part, facts) for part in condition.parts]
            if any(part is decides for part in parts):
                return decides
            left = tuple(part for part in parts if not isinstance(part, bool))
            if not left:
                return not decides
            return left[0] if len(left) == 1 else type(condition)(left)


class _Teller:
    """Puts a condition into words."""

    def __init__(self, questionnaire: Questionnaire, numbers: Mapping[str, str], words: Words) -> None:
        self.questionnaire, self.numbers, self.words = questionnaire, numbers, words

    def told(self, condition: Condition | bool, nested: bool = False) -> str:
        """The condition as part of a sentence."""
        said = self.words.said
        match condition:
            case Test():
                return self._test(condition)
            case Not():
                return said(NOT) % {"part": self.told(condition.part)}
            case All() | AnyOf():
                pattern = said(BOTH if isinstance(condition, All) else EITHER)
                text, *others = (self.told(part, nested=True) for part in condition.parts)
                for other in others:
                    text = pattern % {"one": text, "other": other}
                return said(NESTED) % {"part": text} if nested and others else text
        return ""

    def _test(self, test: Test) -> str:
        question = self.questionnaire.question(test.question)
        values = {"question": name_of(question, self.numbers, self.words) if question else test.question}
        if test.operator == "answered":
            return self.words.said(ANSWERED if test.operand == ("yes",) else NOT_ANSWERED) % values
        answers = " / ".join(self._answer(question, value) for value in test.operand)
        return self.words.said(TESTS[test.operator]) % {**values, "answers": answers}

    def _answer(self, question: Question | None, value: str) -> str:
        if question is None:
            return value
        option = question.option(value)
        if option is not None:
            return self.words.said(option.label)
        return (
            country_name(value, self.words.language) if question.kind is Kind.COUNTRY else value_text(question, value)
        )
