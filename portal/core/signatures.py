"""A questionnaire may ask for several signatures; each is then another person's."""

from collections.abc import Iterable, Mapping

from portal.core.questionnaire import Kind, Question
from portal.core.records import Answer

SIGNED_TWICE = "%(name)s has signed already. Another person must sign here."


def signed_before(questions: Iterable[Question], answers: Mapping[str, Answer]) -> dict[str, str]:
    """The signatures under which stands the name of somebody who has signed above, with that name."""
    seen: set[str] = set()
    again: dict[str, str] = {}
    for question in questions:
        answer = answers.get(question.id) if question.kind is Kind.SIGNATURE else None
        if answer is not None and isinstance(answer.value, str):
            name = " ".join(answer.value.casefold().split())
            if name in seen:
                again[question.id] = answer.value
            seen.add(name)
    return again
