"""What a reviewer says question by question: accepted, asked back, noted, a credit set; how far that has come. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from portal.core.answering import LONGEST_COMMENT, plain_text
from portal.core.asking import UNANSWERABLE, asked_in
from portal.core.errors import NotAllowed, NotFound, Problem, Refused, Stale
from portal.core.judging import HUNDREDTH, NOUGHT, ONE
from portal.core.marks import Mark, Opinion, Override
from portal.core.questionnaire import Question, Questionnaire
from portal.core.records import Response
from portal.core.returning import as_sent
from portal.core.worth import Verdict

NOT_SENT = "These answers are not submitted yet."
NEW_ANSWERS = "The partner has sent new answers since you opened this page. Look at them first."
# What a verdict is worth; only what is partly met leaves a choice.
CREDITS: Mapping[Verdict, Decimal | None] = {
    Verdict.MET: ONE,
    Verdict.NOT_MET: NOUGHT,
    Verdict.NOT_APPLICABLE: None,
}


class Progress(Struct, frozen=True, kw_only=True):
    """How many answers of a response there are to look at, how many have a mark, and how many are asked back."""

    all: int
    marked: int
    flagged: int


def open_to_review(questionnaire: Questionnaire, response: Response) -> dict[str, Question]:
    """The questions that reviewers look at, in the order asked: those of the answers as they were sent."""
    if not response.state.is_sent:
        return {}
    asked = asked_in(questionnaire, as_sent(response)).questions
    return {id: question for id, question in asked.items() if question.kind not in UNANSWERABLE}


def progress(questionnaire: Questionnaire, response: Response) -> Progress:
    """How far the review of a response has come."""
    opinions = [response.marks.get(id, Mark()).opinion for id in open_to_review(questionnaire, response)]
    return Progress(
        all=len(opinions),
        marked=sum(one is not Opinion.OPEN for one in opinions),
        flagged=opinions.count(Opinion.ASK_BACK),
    )


def mark(response: Response, questionnaire: Questionnaire, question_id: str, said: Mark, reference: str) -> Response:
    """The response with a reviewer's mark, or Refused with what is wrong with it.

    `said.version` is that of the mark it was changed from, `reference` that of the answers which the reviewer saw;
    Stale where either is another now. What says the same is not saved again.
    """
    _require(response, questionnaire, question_id)
    held = response.marks.get(question_id) or Mark()
    texts = {
        "note": plain_text(f"{question_id}-note", said.note, LONGEST_COMMENT),
        "staff_note": plain_text(f"{question_id}-staff-note", said.staff_note, LONGEST_COMMENT),
    }
    said = replace(said, **texts)
    if said.opinion is Opinion.ASK_BACK and not said.note:
        raise Refused([Problem(f"{question_id}-note", "Write what the partner should do.")])
    if (held.opinion, held.note, held.staff_note) == (said.opinion, said.note, said.staff_note):
        return response
    if said.version != held.version:
        raise Stale(held)
    if reference != response.reference:
        raise NotAllowed(NEW_ANSWERS)
    return replace(response, marks={**response.marks, question_id: replace(said, version=held.version + 1)})


def accept_met(response: Response, ids: list[str], said: Mark, reference: str) -> Response:
    """The response with these answers accepted, as far as nobody has marked them yet."""
    if reference != response.reference:
        raise NotAllowed(NEW_ANSWERS)
    held = {id: response.marks.get(id, Mark()) for id in ids}
    fresh = {
        id: replace(one, opinion=Opinion.ACCEPTED, by=said.by, at=said.at, version=one.version + 1)
        for id, one in held.items()
        if one.opinion is Opinion.OPEN
    }
    return replace(response, marks={**response.marks, **fresh})


def credit_for(question_id: str, verdict: str, typed: str) -> tuple[Verdict, Decimal | None]:
    """The verdict and credit that somebody chose, or Refused; the credit is asked for where it is partly met."""
    if verdict not in (*CREDITS, Verdict.PARTLY_MET):
        raise Refused([Problem(f"{question_id}-verdict", "Choose a verdict.")])
    if verdict != Verdict.PARTLY_MET:
        return Verdict(verdict), CREDITS[Verdict(verdict)]
    whole, _, parts = typed.strip().replace(",", ".").partition(".")
    sensible = (whole + parts).isdecimal() and (whole + parts).isascii() and len(whole + parts) <= 4
    credit = Decimal(f"{whole or '0'}.{parts or '0'}").quantize(HUNDREDTH) if sensible else NOUGHT
    if not NOUGHT < credit < ONE:
        raise Refused([Problem(f"{question_id}-credit", "Give a credit between 0.01 and 0.99.")])
    return Verdict.PARTLY_MET, credit


def set_credit(response: Response, questionnaire: Questionnaire, question_id: str, said: Override) -> Response:
    """The response with a reviewer's credit in place of what the answer earned, or Refused without a reason."""
    question = _require(response, questionnaire, question_id)
    if question.weight is None:
        raise NotAllowed("This question is not scored.")
    reason = plain_text(f"{question_id}-reason", said.reason, LONGEST_COMMENT)
    if not reason:
        raise Refused([Problem(f"{question_id}-reason", "Say why the answer is worth something else.")])
    return replace(response, overrides={**response.overrides, question_id: replace(said, reason=reason)})


def drop_credit(response: Response, questionnaire: Questionnaire, question_id: str) -> Response:
    """The response with the answer counted as declared again."""
    _require(response, questionnaire, question_id)
    return replace(response, overrides={id: one for id, one in response.overrides.items() if id != question_id})


def _require(response: Response, questionnaire: Questionnaire, question_id: str) -> Question:
    if not response.state.is_sent:
        raise NotAllowed(NOT_SENT)
    question = open_to_review(questionnaire, response).get(question_id)
    if question is None:
        raise NotFound("There is no such question.")
    return question
