"""From one year to the next: what last year's answers say to this year's questions. Pure."""

from collections import Counter
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from portal.core.actions import actions_of
from portal.core.answering import Given, take
from portal.core.asking import UNANSWERABLE, answered, asked_in
from portal.core.questionnaire import Question, Questionnaire
from portal.core.records import Answer, Carried, Earlier, Evidence, Response, Wording
from portal.core.reports import Progress
from portal.core.telling import value_text


def carried(old: Questionnaire, new: Questionnaire, response: Response, on: date) -> dict[str, Carried]:
    """What the submitted response to `old` says to each question of `new` that carries answers over.

    A question that several stand for now was split, one that stands for several merged them: both are answered anew
    beside what was said. What was hidden last year, or is not asked any more, is not carried.
    """
    said = _said(old, response)
    origins = {question.id: origins_of(question, old) for question in new.questions}
    takers = Counter(id for ids in origins.values() for id in ids)
    found = {}
    for question in new.questions:
        ids = [id for id in origins[question.id] if id in said]
        if question.carry and question.kind not in UNANSWERABLE and ids:
            split = any(takers[id] > 1 for id in ids)
            found[question.id] = _carried(question, [said[id] for id in ids], len(origins[question.id]), split, on)
    return found


class _Said(Struct, frozen=True, kw_only=True):
    """One answer of last year with its question and what went with it."""

    question: Question
    answer: Answer
    files: tuple[Evidence, ...]
    done: date | None


def _said(old: Questionnaire, response: Response) -> dict[str, _Said]:
    """Every visible answer, its action with the date that still lies ahead, if any; an action it does not need gone."""
    tracked = {one.question.id: one for one in actions_of(old, response)}
    found = {}
    for question in asked_in(old, response).questions.values():
        answer, files = response.answers.get(question.id) or Answer(), response.files_for(question.id)
        if not answered(question, answer, len(files)):
            continue
        one = tracked.get(question.id)
        done = one.reports[-1].at.date() if one and one.state is Progress.DONE else None
        action = replace(one.action, due=one.due) if one else None
        # Whoever says that it is still true answers for it now; every save writes all of this, so it is kept short.
        answer = Answer(value=answer.value, other=answer.other, comment=answer.comment, action=action)
        found[question.id] = _Said(question=question, answer=answer, files=tuple(files), done=done)
    return found


def origins_of(question: Question, old: Questionnaire) -> tuple[str, ...]:
    """The questions of an earlier edition that this one stands for."""
    named = tuple(id for id in question.replaces if old.question(id) is not None)
    return named or ((question.id,) if old.question(question.id) is not None else ())


def _carried(question: Question, said: list[_Said], stands_for: int, split: bool, on: date) -> Carried:
    first = said[0]
    wording = Wording.SAME if _reads_the_same(question, first) else Wording.REWORDED
    if stands_for > 1 or split:
        wording = Wording.MERGED if stands_for > 1 else Wording.SPLIT
    whole = wording in (Wording.SAME, Wording.REWORDED)
    return Carried(
        wording=wording,
        earlier=tuple(_earlier(question, one) for one in said),
        files=first.files if whole else (),
        anew=not whole or not _still_fits(question, first, on),
        done=first.done if whole else None,
    )


def _reads_the_same(question: Question, said: _Said) -> bool:
    """Whether the question and the answer to it read as they did."""
    words = [" ".join(one.ask.split()) for one in (question, said.question)]
    value = said.answer.value
    return words[0] == words[1] and value_text(question, value) == value_text(said.question, value)


def _still_fits(question: Question, said: _Said, on: date) -> bool:
    """Whether the answer can be given to the question as it is now."""
    _, problems = take(question, Given(value=said.answer.value, other=said.answer.other), on)
    return question.kind is said.question.kind and not problems


def _earlier(question: Question, said: _Said) -> Earlier:
    same_ask = question.ask == said.question.ask
    text = value_text(said.question, said.answer.value)
    return Earlier(
        question=said.question.id,
        answer=said.answer,
        ask="" if same_ask else said.question.ask,
        text="" if text == value_text(question, said.answer.value) else text,
    )
