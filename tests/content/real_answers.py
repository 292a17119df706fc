"""Answers to the questionnaires in `real/`: everything that is asked, through the same checks as on a page."""

from pathlib import Path
from typing import Any

from core.making import NOW, TODAY, response

from portal.content.library import load_library
from portal.core.answering import Given, take
from portal.core.asking import asked, asks_now
from portal.core.questionnaire import Kind, Need, Question, Questionnaire
from portal.core.records import Evidence, State
from portal.core.rownames import NAMED, row_names

REAL = Path(__file__).parent / "real"
NAMES = sorted(path.name for path in REAL.iterdir() if path.is_dir())
# How each kind is answered where a test does not say; a choice takes its first option, the good one in all five.
USUAL: dict[Kind, Any] = {
    Kind.COUNTRY: "MX",
    Kind.EMAIL: "ana@example.com",
    Kind.NUMBER: "60",
    Kind.PERCENTAGE: "95",
    Kind.DATE: "2026-01-15",
    Kind.AGREEMENT: "agreed",
}


def the(name: str) -> Questionnaire:
    [form] = load_library(REAL / name).questionnaires.values()
    return form


def cell(column, given: dict[str, str]) -> str:
    if column.id in given:
        return given[column.id]
    if column.options:
        return column.options[0].id
    if column.kind is Kind.DATE:
        return "2027-01-15" if column.when == "future" else "2026-01-15"
    return "2" if column.kind is Kind.NUMBER else "Something"


def usual(question: Question, answers) -> Any:
    if question.kind is Kind.CHOICE:
        return question.options[0].id
    if question.kind is Kind.CHOICES:
        return tuple(question.good) or (question.options[0].id,)
    if question.kind is Kind.ROWS:
        names = row_names(question, answers) if question.named_rows else ({},)
        named = [{NAMED: name.id} if name else {} for name in names]
        return tuple({**row, **{column.id: cell(column, {}) for column in question.columns}} for row in named)
    # Who signs second must be another person.
    return USUAL.get(question.kind, f"Ana {question.id}" if question.kind is Kind.SIGNATURE else "Ana")


def plan_for(question: str) -> Evidence:
    return Evidence(
        id=question,
        question=question,
        sha256="0",
        size=1,
        media_type="application/pdf",
        name="plan.pdf",
        added=NOW,
        by="Ana",
    )


def filled(form: Questionnaire, **said: Any):
    """A response with every question answered that is asked, each through the same checks as on a page."""
    answers: dict[str, Any] = {}
    files = []
    for question in form.questions:
        shown = {one.id for questions in asked(form, answers, {}).shown.values() for one in questions}
        if question.id not in shown or question.kind is Kind.STATEMENT:
            continue
        value = said.get(question.id.replace("-", "_"), usual(question, answers))
        other = "Something else" if any(option.other for option in question.options) else ""
        answer, problems = take(question, Given(value=value, other=other), TODAY)
        asks = asks_now(question, answer)
        typed = {"comment": "Why." if asks.comment is Need.REQUIRED else ""}
        if asks.action is Need.REQUIRED:
            typed |= {"action": "A new fence.", "action_who": "Bruno", "action_due": "2026-06-30"}
        answer, more = take(question, Given(**typed), TODAY, answer)
        assert [] == [problem.message for problem in (*problems, *more)], question.id
        answers[question.id] = answer
        if asks.evidence is Need.REQUIRED:
            files.append(plan_for(question.id))
    return response(State.STARTED, answers=answers, evidence=tuple(files))
