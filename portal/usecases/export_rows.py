"""What an export says of a response: a row for each question with all that was said to it, and a row for its score."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from portal.core.actions import Tracked, actions_of
from portal.core.asking import asked_in
from portal.core.lines import Line, note_on
from portal.core.questionnaire import Kind, Question, Questionnaire, Section
from portal.core.records import Action, Answer, Evidence, Partner, Response
from portal.core.register import CERTIFIED
from portal.core.remarks import contradictions
from portal.core.returning import as_sent
from portal.core.reviewing import reviewed
from portal.core.rownames import as_asked
from portal.core.scoring import Score
from portal.core.telling import value_text
from portal.core.worth import Obligation
from portal.usecases.portal import MUST_RESULT, RATING, Portal, score_of


class File(Struct, frozen=True, kw_only=True):
    """A file of evidence: what the sender called it, and the SHA-256 of its bytes."""

    name: str
    sha256: str


class Said(Struct, frozen=True, kw_only=True):
    """A message beside a question: what the partner asked, or what staff answered."""

    at: datetime
    by: str
    from_staff: bool
    text: str


class ExportedReport(Struct, frozen=True, kw_only=True):
    """What the partner reported later about the corrective action of an answer."""

    at: datetime
    by: str
    state: str
    text: str
    due: date | None
    reason: str
    evidence: tuple[File, ...]


class ExportedAnswer(Struct, frozen=True, kw_only=True):
    """One question of one response with all that was said to it and how it was judged.

    `asked` is false for an answer that is kept but hidden, because another answer made its question needless.
    `value` is as stored: an option's id, several, or rows; `answer` is the same in words. Credit and points are
    None where the question is not scored or does not apply. `note` says what else led to the points. `contradicts` is
    what was said of answers that hardly fit together and were kept. `by_reviewer` marks what only reviewers are asked.
    """

    partner: str
    partner_name: str
    response: str
    site: str
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
    action_state: str
    reports: tuple[ExportedReport, ...]
    evidence: tuple[File, ...]
    messages: tuple[Said, ...]
    answered_by: str
    answered_at: datetime | None
    verdict: str
    credit: float | None
    points: float | None
    possible: float | None
    note: str = ""
    contradicts: str = ""
    by_reviewer: bool = False


class ExportedScore(Struct, frozen=True, kw_only=True):
    """One response with its score. `final` is false until it is submitted: until then the score is a provisional one.

    `score` and `categories` (by the category's title) are from 0 to 100, None where nothing counted.
    A response that left by an exit has no score: its rating says certified, and `certified_until` how long.
    """

    partner: str
    partner_name: str
    country: str
    business_type: str
    response: str
    site: str
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
    certified_until: date | None = None


class Exported(Struct, frozen=True, kw_only=True):
    """One response, ready to be written."""

    answers: tuple[ExportedAnswer, ...]
    score: ExportedScore


class _Seen(Struct, frozen=True, kw_only=True):
    """What was worked out of a response as a whole, by question id."""

    shown: set[str]
    lines: dict[str, Line]
    actions: dict[str, Tracked]


def export_row(portal: Portal, response: Response, partner: Partner) -> Exported:
    """A response as it is exported, judged as of the day it was submitted or last saved.

    Of one that is asked back it is what was sent.
    """
    questionnaire, state = portal.edition(response.edition), response.state
    response = as_sent(response)
    judged = score_of(response, questionnaire)
    seen = _Seen(
        shown=set(asked_in(questionnaire, response).questions),
        lines={line.question: line for line in judged.lines},
        actions={one.question.id: one for one in actions_of(questionnaire, response)},
    )
    doubts = _doubts(questionnaire, response)
    told = replace(response, state=state, answers=dict(as_asked(questionnaire.sections, response.answers)))
    rows = tuple(
        replace(_answer_row(partner, told, section, question, seen), contradicts=doubts.get(question.id, ""))
        for section in questionnaire.sections
        for question in section.questions
        if question.kind is not Kind.STATEMENT and _is_told(question, response, seen.shown)
    )
    by_reviewers = (replace(row, state=state.value) for row in _review_rows(partner, response, questionnaire))
    return Exported(answers=(*rows, *by_reviewers), score=_score_row(partner, told, questionnaire.edition, judged))


def _doubts(questionnaire: Questionnaire, response: Response) -> dict[str, str]:
    """What was said of each question whose answer does not fit another."""
    found: dict[str, list[str]] = {}
    for remark in contradictions(questionnaire, response):
        for id in remark.at:
            found.setdefault(id, []).append(remark.message)
    return {id: "\n".join(said) for id, said in found.items()}


def _review_rows(partner: Partner, response: Response, questionnaire: Questionnaire) -> Iterator[ExportedAnswer]:
    """What reviewers said in the parts that are theirs alone."""
    said = replace(response, answers=response.review_answers, evidence=())
    for part in reviewed(questionnaire, response):
        for question in part.questions:
            if question.kind is not Kind.STATEMENT:
                seen = _Seen(shown={question.id}, lines={}, actions={})
                yield replace(_answer_row(partner, said, part.section, question, seen), by_reviewer=True)


def _is_told(question: Question, response: Response, shown: set[str]) -> bool:
    """Whether a question is asked now, or was answered, proved or talked about before another answer hid it."""
    kept = (shown, response.answers, response.threads)
    return any(question.id in one for one in kept) or bool(response.files_for(question.id))


def _answer_row(
    partner: Partner, response: Response, section: Section, question: Question, seen: _Seen
) -> ExportedAnswer:
    answer = response.answers.get(question.id) or Answer()
    line, tracked = seen.lines.get(question.id), seen.actions.get(question.id)
    action = answer.action or Action()
    counted = line is not None and line.credit is not None and not line.instead
    return ExportedAnswer(
        partner=partner.id,
        partner_name=partner.name,
        response=response.id,
        site=response.site,
        state=response.state.value,
        section=section.title,
        question=question.id,
        label=question.label,
        wording=question.ask,
        criterion=question.criterion,
        obligation=question.obligation.value if question.obligation else "",
        asked=question.id in seen.shown,
        value=answer.value,
        answer=value_text(question, answer.value),
        other=answer.other,
        comment=answer.comment,
        action=action.what,
        action_who=action.who,
        action_due=action.due,
        action_state=tracked.state.value if tracked else "",
        reports=_reports(question, response),
        evidence=_files(response.files_for(question.id)),
        messages=_messages(question, response),
        answered_by=answer.by,
        answered_at=answer.saved,
        verdict=line.verdict.value if line else "",
        credit=_number(line.credit) if line else None,
        points=_number(line.points) if line and counted else None,
        possible=_number(line.possible) if line and counted else None,
        note=note_on(line) if line else "",
    )


def _messages(question: Question, response: Response) -> tuple[Said, ...]:
    return tuple(
        Said(at=one.at, by=one.by, from_staff=one.from_staff, text=one.text)
        for one in response.threads.get(question.id, ())
    )


def _reports(question: Question, response: Response) -> tuple[ExportedReport, ...]:
    return tuple(
        ExportedReport(
            at=one.at,
            by=one.by,
            state=one.state.value,
            text=one.text,
            due=one.due,
            reason=one.reason,
            evidence=_files(response.files_for(question.id, one.id)),
        )
        for one in response.reports.get(question.id, ())
    )


def _files(evidence: Iterable[Evidence]) -> tuple[File, ...]:
    return tuple(File(name=item.name, sha256=item.sha256) for item in evidence)


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
        site=response.site,
        questionnaire=response.questionnaire,
        edition=edition,
        state=response.state.value,
        final=response.state.is_sent,
        submitted=response.submitted,
        reference=response.reference,
        score=_number(judged.percent),
        points=float(judged.points),
        possible=float(judged.possible),
        rating=CERTIFIED.capitalize() if judged.certified else rating.label if rating else "",
        must_result=result.label if result else "",
        musts=len(musts),
        musts_met=sum(one.met for one in musts),
        shoulds=len(shoulds),
        shoulds_met=sum(one.met for one in shoulds),
        criticals_failed=len(judged.criticals_unmet),
        categories={part.title: _number(part.percent) for part in judged.categories},
        certified_until=judged.certified.until if judged.certified else None,
    )
