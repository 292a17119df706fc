"""Reads conditions and checks that what they look at exists, stands earlier and can be what they compare it with."""

from collections.abc import Callable, Mapping
from datetime import date

from msgspec import Struct

from portal.content.fields import Fields, did_you_mean, finite
from portal.core.conditions import OPERATORS, THRESHOLDS, All, AnyOf, Condition, Not, Test
from portal.core.questionnaire import Kind, Question

PARTNER_FACTS = ("business_type", "country", "tags")
CHOSEN = (Kind.CHOICE, Kind.CHOICES)
NUMBERS = (Kind.NUMBER, Kind.PERCENTAGE)
# A statement has no answer, and the files beside a question are no part of its answer.
NOTHING_TO_SEE = (Kind.STATEMENT, Kind.FILES)


class Scope(Struct, frozen=True):
    """What a condition may look at: the questions that stand earlier, and named facts.

    A fact that ends in `.` allows every name that starts so.
    """

    questions: Mapping[str, Question]
    facts: tuple[str, ...] = PARTNER_FACTS

    def has_fact(self, name: str) -> bool:
        """Whether the fact is known here."""
        return any(name == fact or (fact.endswith(".") and name.startswith(fact)) for fact in self.facts)


def read_condition(fields: Fields | None, scope: Scope) -> Condition | None:
    """The condition, or None where there is none or where it is wrong (the mistake is then noted)."""
    if fields is None:
        return None
    if "all" in fields or "any" in fields:
        word = "all" if "all" in fields else "any"
        written = list(fields.each(word))
        parts = tuple(part for each in written if (part := read_condition(each, scope)) is not None)
        if not written:
            fields.wrong(f"“{word}” is empty; list at least one condition", word)
        fields.done()
        return All(parts) if word == "all" else AnyOf(parts)
    if "not" in fields:
        part = read_condition(fields.child("not"), scope)
        fields.done()
        return None if part is None else Not(part)
    return _read_test(fields, scope)


def _read_test(fields: Fields, scope: Scope) -> Test | None:
    question, fact = fields.text("question"), fields.text("fact")
    given = [name for name in OPERATORS if name in fields]
    operands = {name: fields.texts(name) for name in OPERATORS}
    fields.done()
    if bool(question) is bool(fact):
        fields.wrong("a condition is `all`, `any`, `not`, or names one `question` or one `fact`")
        return None
    if len(given) != 1:
        fields.wrong(f"a condition compares in one way; give one of {', '.join(OPERATORS)}")
        return None
    test = Test(operator=given[0], operand=operands[given[0]], question=question, fact=fact)
    return test if _subject_exists(fields, test, scope) and _can_compare(fields, test, scope) else None


def _subject_exists(fields: Fields, test: Test, scope: Scope) -> bool:
    if test.fact and not scope.has_fact(test.fact):
        fields.wrong(f"“{test.fact}” is not a fact here; {did_you_mean(test.fact, scope.facts)}", "fact")
        return False
    if test.question and test.question not in scope.questions:
        hint = did_you_mean(test.question, list(scope.questions)) if scope.questions else "there is none"
        fields.wrong(f"no question “{test.question}” stands before this place; {hint}", "question")
        return False
    return True


def _can_compare(fields: Fields, test: Test, scope: Scope) -> bool:
    question = scope.questions.get(test.question)
    if question is not None and question.kind in NOTHING_TO_SEE:
        fields.wrong(f"a condition cannot see “{question.id}”, which is of kind {question.kind}; ask anew", "question")
        return False
    if test.operator == "answered" and test.operand not in (("yes",), ("no",)):
        fields.wrong("“answered” is yes or no", test.operator)
        return False
    if test.operator in THRESHOLDS:
        return _threshold_fits(fields, test, question)
    return test.operator == "answered" or _words_fit(fields, test, question)


def _words_fit(fields: Fields, test: Test, question: Question | None) -> bool:
    if not test.operand or not all(test.operand):
        fields.wrong(f"“{test.operator}” is empty; say what to compare with", test.operator)
        return False
    known = [option.id for option in question.options] if question is not None and question.kind in CHOSEN else None
    for word in test.operand:
        if known is not None and word not in known:
            fields.wrong(f"“{word}” is not an answer to “{test.question}”; {did_you_mean(word, known)}", test.operator)
            return False
    return True


def _threshold_fits(fields: Fields, test: Test, question: Question | None) -> bool:
    if question is not None and question.kind not in (*NUMBERS, Kind.DATE):
        fields.wrong(f"“{question.id}” is no number and no date; use `is`", test.operator)
        return False
    parse, what = LIMITS["date" if question is not None and question.kind is Kind.DATE else "number"]
    if len(test.operand) == 1 and _parses(parse, test.operand[0]):
        return True
    fields.wrong(f"“{test.operator}” takes one {what}", test.operator)
    return False


LIMITS: dict[str, tuple[Callable[[str], object], str]] = {
    "number": (finite, "number such as 10 or 0.5"),
    "date": (date.fromisoformat, "date such as 2026-03-31"),
}


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True
