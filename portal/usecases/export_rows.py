"""What an export says of a response: a row for each question with all that was said to it, and a row for its score."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from portal.core.asking import visible
from portal.core.questionnaire import Kind, Obligation, Question, Section
from portal.core.records import Action, Answer, Evidence, Partner, Response, State
from portal.core.rownames import as_asked
from portal.core.scoring import Line, Score
from portal.core.telling import value_text
from portal.usecases.portal import MUST_RESULT, RATING, Portal, score_of


class File(Struct, frozen=True, kw_only=True):
    """A file of evidence: what the sender called it, and the SHA-256 of its bytes."""

    name: str
    sha256: str


class ExportedAnswer(Struct, frozen=True, kw_only=True):
    """One question of one response with all that was said to it and how it was judged.

    `asked` is false for an answer that is kept but hidden, because another answer made its question needless.
    `value` is as stored: an option's id, several, or rows; `answer` is the same in words. Credit and points are
    None where the question is not scored or does not apply. `note` says what else led to the points.
    """

    partner: str
    partner_name: str
    response: str
    state: str
    section: str
    question: str
    label: str
    wording: str
    criterion: str
    obligation: str
    asked: bool
    value: str | tuple[str | dict[str, str], ...] | None
    answer: str
    other: str
    comment: str
    action: str
    action_who: str
    action_due: date | None
    evidence: tuple[File, ...]
    answered_by: str
    answered_at: datetime | None
    verdict: str
    credit: float | None
    points: float | None
    possible: float | None
    note: str = ""


class ExportedScore(Struct, frozen=True, kw_only=True):
    """One response with its score. `final` is false until it is submitted: until then the score is a provisional one.

    `score` and `categories` (by the category's title) are from 0 to 100, None where nothing counted.
    """

    partner: str
    partner_name: str
    country: str
    business_type: str
    response: str
    questionnaire: str
    edition: str
    state: str
    final: bool
    submitted: datetime | None
    reference: str
    score: float | None
    points: float
    possible: float
    rating: str
    must_result: str
    musts: int
    musts_met: int
    shoulds: int
    shoulds_met: int
    criticals_failed: int
    categories: dict[str, float | None]


class Exported(Struct, frozen=True, kw_only=True):
    """One response, ready to be written."""

    answers: tuple[ExportedAnswer, ...]
    score: ExportedScore


def export_row(portal: Portal, response: Response, partner: Partner) -> Exported:
    """A response as it is exported, judged as of the day it was submitted or last saved."""
    questionnaire = portal.edition(response.edition)
    judged = score_of(response, questionnaire)
    lines = {line.question: line for line in judged.lines}
    answers = as_asked(questionnaire.sections, response.answers)
    shown = {q.id for asked in visible(questionnaire, answers, response.facts).values() for q in asked}
    rows = tuple(
        _answer_row(
            partner,
            replace(response, answers=answers),
            section,
            question,
            question.id in shown,
            lines.get(question.id),
        )
        for section in questionnaire.sections
        for question in section.questions
        if question.kind is not Kind.STATEMENT and (question.id in shown or question.id in response.answers)
    )
    return Exported(answers=rows, score=_score_row(partner, response, questionnaire.edition, judged))


def _answer_row(
    partner: Partner, response: Response, section: Section, question: Question, asked: bool, line: Line | None
) -> ExportedAnswer:
    answer = response.answers.get(question.id) or Answer()
    action = answer.action or Action()
    counted = line is not None and line.credit is not None and not line.instead
    return ExportedAnswer(
        partner=partner.id,
        partner_name=partner.name,
        response=response.id,
        state=response.state.value,
        section=section.title,
        question=question.id,
        label=question.label,
        wording=question.ask,
        criterion=question.criterion,
        obligation=question.obligation.value if question.obligation else "",
        asked=asked,
        value=answer.value,
        answer=value_text(question, answer.value),
        other=answer.other,
        comment=answer.comment,
        action=action.what,
        action_who=action.who,
        action_due=action.due,
        evidence=_files(question, response.evidence),
        answered_by=answer.by,
        answered_at=answer.saved,
        verdict=line.verdict.value if line else "",
        credit=_number(line.credit) if line else None,
        points=_number(line.points) if line and counted else None,
        possible=_number(line.possible) if line and counted else None,
        note=note_on(line) if line else "",
    )


def note_on(line: Line) -> str:
    """What else led to the points of a line, in a sentence; empty where the answer alone did."""
    if line.instead:
        return f"One of several is enough: {line.instead} counts."
    if line.alternative is not None:
        done = "accepted" if line.alternative.accepted else "refused"
        return f"Alternative measure {done} by {line.alternative.by}. {line.alternative.note}".strip()
    return ""


def _files(question: Question, evidence: Iterable[Evidence]) -> tuple[File, ...]:
    return tuple(File(name=item.name, sha256=item.sha256) for item in evidence if item.question == question.id)


def _number(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _score_row(partner: Partner, response: Response, edition: str, judged: Score) -> ExportedScore:
    rating, result = judged.outcomes.get(RATING), judged.outcomes.get(MUST_RESULT)
    musts, shoulds = judged.of(Obligation.MUST), judged.of(Obligation.SHOULD)
    return ExportedScore(
        partner=partner.id,
        partner_name=partner.name,
        country=partner.country,
        business_type=partner.business_type,
        response=response.id,
        questionnaire=response.questionnaire,
        edition=edition,
        state=response.state.value,
        final=response.state is State.SUBMITTED,
        submitted=response.submitted,
        reference=response.reference,
        score=_number(judged.percent),
        points=float(judged.points),
        possible=float(judged.possible),
        rating=rating.label if rating else "",
        must_result=result.label if result else "",
        musts=len(musts),
        musts_met=sum(one.met for one in musts),
        shoulds=len(shoulds),
        shoulds_met=sum(one.met for one in shoulds),
        criticals_failed=len(judged.criticals_unmet),
        categories={part.title: _number(part.percent) for part in judged.categories},
    )
