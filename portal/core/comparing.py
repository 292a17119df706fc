"""Last year's response beside this year's, for whoever reviews: what changed, what was confirmed, what is gone."""

from msgspec import Struct

from portal.core.asking import UNANSWERABLE, answered_in, asked_in
from portal.core.lifecycle import same_content
from portal.core.questionnaire import Question, Questionnaire
from portal.core.records import Answer, Response, Wording
from portal.core.renewing import origins_of
from portal.core.telling import value_text


class Then(Struct, frozen=True, kw_only=True):
    """What was said last year: the question as it was worded if it is worded otherwise now, the answer in words."""

    ask: str
    text: str
    comment: str
    files: int


class Beside(Struct, frozen=True, kw_only=True):
    """One question of this year with last year's answers to it.

    `what` is one of new, not-answered, confirmed, changed, answered-anew.
    """

    what: str
    wording: Wording | None
    then: tuple[Then, ...]


class Comparison(Struct, frozen=True, kw_only=True):
    """Two responses side by side, by this year's question; `gone` is what was answered and is not asked any more."""

    questions: dict[str, Beside]
    gone: tuple[Then, ...]


def compare(old: Questionnaire, before: Response, new: Questionnaire, after: Response) -> Comparison:
    """Everything asked now beside what was said then."""
    earlier = asked_in(old, before).questions
    origins = {question.id: origins_of(question, old) for question in new.questions}
    taken = {id for ids in origins.values() for id in ids}
    questions = {
        one.id: _beside(one, [earlier[id] for id in origins[one.id] if id in earlier], before, after)
        for one in asked_in(new, after).questions.values()
        if one.kind not in UNANSWERABLE
    }
    gone = [one for id, one in earlier.items() if id not in taken and answered_in(one, before)]
    return Comparison(questions=questions, gone=tuple(_then(one, before, None) for one in gone))


def _beside(question: Question, earlier: list[Question], before: Response, after: Response) -> Beside:
    said = [one for one in earlier if answered_in(one, before)]
    carried = after.carried.get(question.id)
    now = after.answers.get(question.id)
    if not said:
        what = "new"
    elif not answered_in(question, after):
        what = "not-answered"
    elif carried is None or carried.anew:
        what = "answered-anew"
    else:
        then = before.answers.get(said[0].id)
        same = same_content(_without_action(now), _without_action(then))
        what = "confirmed" if same and _same_files(question, said[0], before, after) else "changed"
    return Beside(
        what=what,
        wording=carried.wording if carried else None,
        then=tuple(_then(one, before, question) for one in said),
    )


def _same_files(question: Question, then: Question, before: Response, after: Response) -> bool:
    """Whether no file was added; one that was only left out because it is old changes nothing that was said."""
    known = {item.sha256 for item in before.files_for(then.id)}
    return {item.sha256 for item in after.files_for(question.id)} <= known


def _without_action(answer: Answer | None) -> Answer:
    said = answer or Answer()
    return Answer(value=said.value, other=said.other, comment=said.comment)


def _then(question: Question, response: Response, now: Question | None) -> Then:
    answer = response.answers.get(question.id) or Answer()
    text = value_text(question, answer.value)
    return Then(
        ask="" if now is not None and now.ask == question.ask else question.ask,
        text=f"{text}: {answer.other}" if text and answer.other else text,
        comment=answer.comment,
        files=len(response.files_for(question.id)),
    )
