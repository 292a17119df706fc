"""Groups of questions of which one is enough: a guard, or a camera, or a patrol."""

from collections.abc import Iterable, Mapping
from datetime import date

from portal.core.judging import judge
from portal.core.questionnaire import Question
from portal.core.records import Answer
from portal.core.worth import Verdict


def groups_of(questions: Iterable[Question]) -> dict[str, str]:
    """By question, the group of which one is enough; a follow-up stays with what it follows up."""
    listed = list(questions)
    of = {question.id: question.one_of for question in listed if question.one_of}
    return {one.id: group for one in listed if (group := one.one_of or of.get(one.parent, ""))}


def excused(questions: Iterable[Question], answers: Mapping[str, Answer], files: Mapping[str, int]) -> frozenset[str]:
    """The questions that need no answer, because another one of their group is good already."""
    groups: dict[str, list[Question]] = {}
    for question in questions:
        if question.one_of:
            groups.setdefault(question.one_of, []).append(question)
    return frozenset(
        one.id
        for group in groups.values()
        if (good := [one.id for one in group if _is_good(one, answers.get(one.id), files.get(one.id, 0))])
        for one in group
        if one.id not in good
    )


def _is_good(question: Question, answer: Answer | None, files: int) -> bool:
    # The day does not matter: what is needed must not change overnight.
    verdict, _ = judge(question, answer.value if answer else None, files, date.max)
    return verdict is Verdict.MET
