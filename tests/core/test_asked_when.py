"""When a question is asked, in words."""

import pytest

from core.making import option, question, questionnaire, section
from portal.core.asked_when import Words, may_be_asked, numbers_of, settled
from portal.core.conditions import All, AnyOf, Not, Test
from portal.core.questionnaire import Kind

COLOURS = (option("red"), option("blue"))
LAND = Test(operator="is", operand=("MX",), fact="country")
RED = Test(operator="is", operand=("red", "blue"), question="colour")
MANY = Test(operator="at_least", operand=("10",), question="count")
DESPITE = Test(operator="answered", operand=("no",), question="count")
ASKED = (
    question("colour", Kind.CHOICE, options=COLOURS, label="1A"),
    question("count", Kind.NUMBER, unit="gates"),
    question("home", Kind.COUNTRY, label="1C"),
)
HOME = Test(operator="includes_all", operand=("VN",), question="home")


def told(condition, words: Words = Words(), **facts: str) -> list[str]:  # noqa: B008 - frozen
    asked = questionnaire(section("one", *ASKED, question("last", shown_when=condition)))
    (part,) = may_be_asked(asked, facts, words)
    return [one.only_if for one in part.questions if one.question.id == "last"]


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (RED, "1A: Red / Blue"),
        (MANY, "“What about count?”: at least 10 gates"),
        (HOME, "1C: all of Vietnam"),
        (DESPITE, "“What about count?” is not answered"),
        (Not(RED), "not (1A: Red / Blue)"),
        (All((RED, AnyOf((HOME, Not(RED))))), "1A: Red / Blue and (1C: all of Vietnam or not (1A: Red / Blue))"),
        (AnyOf((LAND, RED)), "1A: Red / Blue"),
        (All((Not(LAND), RED)), "1A: Red / Blue"),
    ],
)  # fmt: skip
def test_a_condition_is_a_sentence_about_numbers_and_answers(condition, text):
    assert [text] == told(condition, country="VN")


def test_what_the_partners_facts_rule_out_is_not_there_and_what_they_settle_is_not_said():
    assert [] == told(All((LAND, RED)), country="VN")
    assert [""] == told(AnyOf((LAND, RED)), country="MX")
    assert (True, False) == (settled(None, {}), settled(Not(LAND), {"country": "MX"}))


def test_a_section_that_can_never_be_asked_is_left_out():
    parts = (section("one", *ASKED), section("two", question("x"), shown_when=LAND))

    assert ["one"] == [part.section.id for part in may_be_asked(questionnaire(*parts), {"country": "VN"}, Words())]


def test_it_is_told_in_the_readers_language():
    catalogue = {"%(question)s: %(answers)s": "%(question)s 回答为 %(answers)s", "Red": "红", "Blue": "蓝"}

    assert ["1A 回答为 红 / 蓝"] == told(RED, Words("zh", lambda text: catalogue.get(text, text)))
    assert (True, False) == (Words("ar").right_to_left, Words("zh").right_to_left)


def test_questions_without_any_labels_get_numbers():
    parts = (section("one", question("a"), question("s", Kind.STATEMENT)), section("two", question("b"), question("c")))

    assert {"a": "1.1", "b": "2.1", "c": "2.2"} == numbers_of(questionnaire(*parts))
