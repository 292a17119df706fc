"""What is said to last year's answers: still true, changed, not sure; and what that leaves to do. Pure."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from portal.core.asking import answered, answered_in, asked_in, outline
from portal.core.errors import NotAllowed, NotFound
from portal.core.judging import months_before
from portal.core.lifecycle import Saved, add_evidence, moved, remove_evidence, save
from portal.core.questionnaire import Kind, Question, Questionnaire
from portal.core.records import Answer, Carried, Evidence, Response, Wording

NOTHING_EARLIER = "There is nothing from last year to confirm here."
ANSWER_ANEW = "This cannot be confirmed; please answer it anew."


class Mark(StrEnum):
    """How far a question stands that last year's response says something to."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    UNSURE = "unsure"
    ANEW = "anew"


class Renewal(Struct, frozen=True, kw_only=True):
    """What is still to do in a response that renews another, and how much is confirmed.

    Each question counts once. To be answered `anew` is also what lacks something although last year's answer is still
    true: an action whose date has passed, a file that is too old.
    """

    to_confirm: int = 0
    unsure: int = 0
    new: int = 0
    anew: int = 0
    confirmed: int = 0


def offered(one: Carried, today: date) -> Answer:
    """Last year's answer as it would be given today: the date of its action is left out once it has passed."""
    answer = one.earlier[0].answer
    action = answer.action
    if action and action.due and (action.due < today or one.done):
        action = replace(action, due=None)
    return replace(answer, action=action)


def still_valid(question: Question, item: Evidence, today: date) -> bool:
    """Whether a file of last year is young enough to be used once more."""
    return months_before(today, question.evidence_valid_months) <= item.added.date()


def can_confirm(question: Question, one: Carried, today: date) -> bool:
    """Whether “still true” can be said: not where it must be answered anew, or every file that is the answer is old."""
    files = [item for item in one.files if still_valid(question, item, today)]
    return not one.anew and answered(question, one.earlier[0].answer, len(files))


def mark_of(question: Question, response: Response) -> Mark | None:
    """How a question stands; None where last year's response says nothing to it."""
    one = response.carried.get(question.id)
    if one is None:
        return None
    answer, files = response.answers.get(question.id), response.files_for(question.id)
    if answered(question, answer, len(files)):
        return Mark.CHANGED if one.anew or not _says_the_same(question, one, answer, files) else Mark.CONFIRMED
    if one.unsure is not None:
        return Mark.UNSURE
    return Mark.ANEW if one.anew else Mark.OPEN


def _says_the_same(question: Question, one: Carried, answer: Answer | None, files: list[Evidence]) -> bool:
    now, then = answer or Answer(), one.earlier[0].answer
    same_files = {item.sha256 for item in files} <= {item.sha256 for item in one.files}
    same = (now.value, now.other, now.comment) == (then.value, then.other, then.comment)
    return same and (same_files or question.kind is not Kind.FILES)


def carried_for(questionnaire: Questionnaire, response: Response, question_id: str) -> tuple[Question, Carried]:
    """A question and what last year's response says to it; NotFound or NotAllowed where there is no such thing."""
    question, one = questionnaire.question(question_id), response.carried.get(question_id)
    if question is None:
        raise NotFound("There is no such question.")
    if one is None:
        raise NotAllowed(NOTHING_EARLIER)
    return question, one


def confirm(
    response: Response, question: Question, one: Carried, *, version: int | None, by: str, now: datetime
) -> Response:
    """The response with last year's answer and its files that still count; as it was where somebody saved first."""
    moved(response, "answer")
    if not can_confirm(question, one, now.date()):
        raise NotAllowed(ANSWER_ANEW)
    given = Saved(question=question, answer=offered(one, now.date()), version=version)
    saved, stale = save(response, [given], by=by, now=now)
    if stale:
        return response
    keep = [item.id for item in one.files if still_valid(question, item, now.date())]
    return _marked(keep_files(saved, question, one, keep, now), question, None)


def keep_files(response: Response, question: Question, one: Carried, ids: list[str], now: datetime) -> Response:
    """The response with these files of last year once more, each as old as it is; NotAllowed for one that is too old.

    They keep their ids, so that they can be traced to the response they came with.
    """
    there = {item.sha256 for item in response.files_for(question.id)}
    wanted = [item for item in one.files if item.id in ids]
    if len(wanted) < len(ids) or not all(still_valid(question, item, now.date()) for item in wanted):
        raise NotAllowed("This file is too old to be used again. Add a newer one.")
    more = [replace(item, question=question.id) for item in wanted if item.sha256 not in there]
    return add_evidence(response, more, now) if more else response


def not_sure(response: Response, question: Question, *, by: str, now: datetime) -> Response:
    """The response with the question marked to come back to; a confirmation is taken back, what was typed stays."""
    moved(response, "answer")
    mark = mark_of(question, response)
    if mark is Mark.CHANGED:
        return response
    if mark is Mark.CONFIRMED:
        blank = Saved(question=question, answer=Answer(), version=None)
        response, _ = save(response, [blank], by=by, now=now)
        for item in response.files_for(question.id):
            response = remove_evidence(response, item.id, now)
    return _marked(response, question, by)


def _marked(response: Response, question: Question, unsure: str | None) -> Response:
    one = replace(response.carried[question.id], unsure=unsure)
    return replace(response, carried={**response.carried, question.id: one})


def at_once(questionnaire: Questionnaire, response: Response, section_id: str, today: date) -> list[Question]:
    """The shown questions of a section that one press confirms.

    Not what was reworded or whose action is done, which somebody has to look at, nor what waits to be come back to.
    """
    if not response.carried:
        return []
    shown = asked_in(questionnaire, response, today).shown.get(section_id, ())
    found = []
    for question in shown:
        one = response.carried.get(question.id)
        if one and one.wording is Wording.SAME and one.done is None and can_confirm(question, one, today):
            found += [question] if mark_of(question, response) is Mark.OPEN else []
    return found


def confirm_section(
    questionnaire: Questionnaire, response: Response, section_id: str, *, by: str, now: datetime
) -> Response:
    """The response with all of a section confirmed that one press can, what those answers open included."""
    while asked := at_once(questionnaire, response, section_id, now.date()):
        for question in asked:
            response = confirm(response, question, response.carried[question.id], version=None, by=by, now=now)
    return response


def renewal(questionnaire: Questionnaire, response: Response, today: date) -> Renewal:
    """What is to do, as it looks if last year's answers are still true."""
    counts = Counter(_to_do(questionnaire, response, today))
    return Renewal(**{name: counts[name] for name in Renewal.__struct_fields__})


def _to_do(questionnaire: Questionnaire, response: Response, today: date) -> Iterator[str]:
    for part in outline(questionnaire, _presumed(questionnaire, response, today), today).sections:
        for question in part.questions:
            mark = mark_of(question, response)
            if mark is Mark.UNSURE:
                yield str(mark)
            elif part.lacking_by_question[question.id]:
                first_time = question.carry and mark is None and not answered_in(question, response)
                yield "new" if first_time else "anew"
            elif mark is Mark.OPEN:
                yield "to_confirm" if can_confirm(question, response.carried[question.id], today) else "anew"
            elif mark in (Mark.ANEW, Mark.CONFIRMED):
                yield str(mark)


def _presumed(questionnaire: Questionnaire, response: Response, today: date) -> Response:
    """The response with last year's answers, and their files that still count, where there is no answer yet."""
    answers, evidence = dict(response.answers), list(response.evidence)
    for id, one in response.carried.items():
        question = questionnaire.question(id)
        if question is not None and not one.anew and mark_of(question, response) in (Mark.OPEN, Mark.UNSURE):
            answers[id] = offered(one, today)
            evidence += [replace(item, question=id) for item in one.files if still_valid(question, item, today)]
    return replace(response, answers=answers, evidence=tuple(evidence))
