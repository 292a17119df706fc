"""Asking back: a submitted response goes to the partner again, with exactly the questions reopened that were flagged.

What was sent stays what counts until the partner sends again: `as_sent` gives it. Pure.
"""

from datetime import date, datetime

from msgspec.structs import replace

from portal.core.asking import Outline, asked_in, outline
from portal.core.errors import NotAllowed, Problem, Refused
from portal.core.lifecycle import invitation_link, moved, same_content, with_link
from portal.core.marks import Mark, Opinion, Round
from portal.core.questionnaire import Questionnaire
from portal.core.records import Response, State
from portal.core.wording import phrase

LOCKED = phrase("This answer was not asked back. It stays as you have sent it.")
NO_LINK = "The link was withdrawn, so the partner could not answer. Replace the link first."


def as_sent(response: Response) -> Response:
    """The response as it was sent last, which counts while the partner works on what was asked back."""
    if response.state is not State.RETURNED:
        return response
    was = response.before
    answers = {id: answer for id, answer in response.answers.items() if id not in was}
    answers |= {id: sent.answer for id, sent in was.items() if sent.answer is not None}
    others = [item for item in response.evidence if item.report or item.question not in was]
    files = (*others, *(item for sent in was.values() for item in sent.files))
    return replace(response, state=State.SUBMITTED, answers=answers, evidence=files)


def round_now(response: Response) -> Round | None:
    """The round that the partner is answering; None where nothing is asked back."""
    return response.rounds[-1] if response.state is State.RETURNED else None


def flagged(questionnaire: Questionnaire, response: Response) -> dict[str, str]:
    """The questions that reviewers want to ask back, in the order asked, each with the note for the partner."""
    return {
        id: mark.note
        for id in asked_in(questionnaire, as_sent(response)).questions
        if (mark := response.marks.get(id)) is not None and mark.opinion is Opinion.ASK_BACK
    }


def locked(questionnaire: Questionnaire, response: Response, on: date) -> frozenset[str]:
    """The questions whose answer the partner cannot change now.

    Of a returned response that is what was asked when it was sent and not asked back. What new answers open is not
    locked, nor is what they leave incomplete, which stays open once it is completed: else it could never be sent again.
    """
    now = round_now(response)
    if now is None:
        return frozenset()
    opened = now.notes.keys() | response.before.keys() | _lacking(questionnaire, response, on)
    return frozenset(asked_in(questionnaire, as_sent(response)).questions.keys() - opened)


def _lacking(questionnaire: Questionnaire, response: Response, on: date) -> set[str]:
    """The questions that stand in the way of sending again."""
    parts = outline(questionnaire, response, on).sections
    return {id for part in parts for id, problems in part.lacking_by_question.items() if problems}


def only_open(seen: Outline, shut: frozenset[str]) -> Outline:
    """What is left of an outline to work on where some answers are locked."""
    if not shut:
        return seen
    parts = [
        replace(part, questions=tuple(one for one in part.questions if one.id not in shut), among=part.questions)
        for part in seen.sections
    ]
    return replace(seen, sections=tuple(part for part in parts if part.questions))


def locked_in(questionnaire: Questionnaire, before: Response, after: Response, on: date) -> list[str]:
    """The questions that a change touches although they are locked, and nothing else in it opens them."""
    if before.state is not State.RETURNED:
        return []
    shut = locked(questionnaire, before, on) - _lacking(questionnaire, after, on)
    return [id for id in sorted(shut) if _differs(before, after, id)]


def require_open(questionnaire: Questionnaire, before: Response, after: Response, on: date) -> None:
    """NotAllowed where an answer or its files were changed that is not asked back."""
    if locked_in(questionnaire, before, after, on):
        raise NotAllowed(LOCKED)


def _differs(one: Response, other: Response, id: str) -> bool:
    files = [{item.sha256 for item in response.files_for(id)} for response in (one, other)]
    return files[0] != files[1] or not same_content(one.answers.get(id), other.answers.get(id))


def changed_ids(response: Response) -> tuple[str, ...]:
    """The questions whose answer or files say something else than before the last round."""
    then = as_sent(replace(response, state=State.RETURNED))
    return tuple(id for id in response.before if _differs(then, response, id))


def send_back(response: Response, questionnaire: Questionnaire, opened: Round, expires: datetime) -> Response:
    """The response with a round opened on what is flagged; the link stays open long enough. Refused with why not."""
    state, link = moved(response, "return"), invitation_link(response)
    notes = flagged(questionnaire, response)
    checks = (
        ("", not notes, "Nothing is asked back: mark at least one question first."),
        ("due", opened.due < opened.sent.date(), "Give a date that has not passed."),
        ("", link is None or link.withdrawn is not None, NO_LINK),
    )
    if problems := [Problem(where, text) for where, wrong, text in checks if wrong]:
        raise Refused(problems)
    if link is not None:
        response = with_link(response, replace(link, expires=max(link.expires, expires)))
    opened = replace(opened, number=len(response.rounds) + 1, notes=notes)
    return replace(response, state=state, rounds=(*response.rounds, opened), before={}, due=opened.due)


def answered_round(before: Response, sent: Response, now: datetime) -> Response:
    """The response that was sent again: the round is over, and what reviewers said of a changed answer with it.

    No other mark is touched; a note for staff stays beside the new answer.
    """
    if before.state is not State.RETURNED:
        return sent
    anew = set(changed_ids(sent))
    return replace(
        sent,
        rounds=(*sent.rounds[:-1], replace(sent.rounds[-1], answered=now)),
        marks={id: _cancelled(mark) if id in anew else mark for id, mark in sent.marks.items()},
        overrides={id: one for id, one in sent.overrides.items() if id not in anew},
        alternatives={id: one for id, one in sent.alternatives.items() if id not in anew},
    )


def _cancelled(mark: Mark) -> Mark:
    """The mark without what it said of an answer that is gone; the count of saves goes on, so an old form is told."""
    return replace(mark, opinion=Opinion.OPEN, note="", version=mark.version + 1)
