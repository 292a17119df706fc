"""How a response moves from invited to submitted, and what each step does to it. Pure: the time is an argument."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from portal.core.asking import outline
from portal.core.errors import LinkOver, NotAllowed, NotFound, Refused, Stale
from portal.core.questionnaire import Question, Questionnaire
from portal.core.records import Answer, Evidence, Link, Response, State

# Which step leads where; a step that is not in the table cannot be taken.
MOVES: dict[tuple[State, str], State] = {
    (State.INVITED, "start"): State.STARTED,
    (State.STARTED, "start"): State.STARTED,
    (State.SUBMITTED, "start"): State.SUBMITTED,
    (State.STARTED, "answer"): State.STARTED,
    (State.STARTED, "submit"): State.SUBMITTED,
}

# A clock that is a little wrong, or set back, must not shut anybody out.
CLOCK_SLACK = timedelta(minutes=5)

WHY_NOT = {
    (State.SUBMITTED, "answer"): "These answers have been submitted and can no longer be changed.",
    (State.SUBMITTED, "submit"): "These answers have already been submitted.",
    (State.INVITED, "answer"): "Press Start on the invitation page first.",
}


class Saved(Struct, frozen=True, kw_only=True):
    """One answer to save, with the version it was changed from; None saves over whatever is there."""

    question: Question
    answer: Answer
    version: int | None = None


def moved(response: Response, step: str) -> State:
    """The state after a step, or NotAllowed with the reason."""
    state = MOVES.get((response.state, step))
    if state is None:
        raise NotAllowed(WHY_NOT.get((response.state, step), "This step cannot be taken now."))
    return state


def link_of(response: Response, token_hash: str) -> Link:
    """The response's link of that hash, or NotFound."""
    for link in response.links:
        if link.token_hash == token_hash:
            return link
    raise NotFound("There is no such link.")


def is_live(link: Link, now: datetime) -> bool:
    """Whether the link still opens its response."""
    return link.withdrawn is None and now <= link.expires + CLOCK_SLACK


def require_live(response: Response, token_hash: str, now: datetime) -> Link:
    """The link, or LinkOver where it has expired or was withdrawn."""
    link = link_of(response, token_hash)
    if not is_live(link, now):
        raise LinkOver("This link is no longer valid.")
    return link


def start(response: Response, token_hash: str, now: datetime) -> Response:
    """The response once the contact has pressed Start: opened, and started if it was not."""
    link = require_live(response, token_hash, now)
    opened = replace(link, opened=link.opened or now)
    return replace(
        response,
        state=moved(response, "start"),
        started=response.started or now,
        links=tuple(opened if one.token_hash == token_hash else one for one in response.links),
    )


def same_content(one: Answer | None, other: Answer | None) -> bool:
    """Whether two answers say the same, whoever saved them and when."""
    blank = Answer()
    left, right = one or blank, other or blank
    return (left.value, left.other, left.comment, left.action) == (
        right.value,
        right.other,
        right.comment,
        right.action,
    )


def save(
    response: Response, saves: Iterable[Saved], *, by: str, now: datetime, section: str = ""
) -> tuple[Response, dict[str, Stale]]:
    """The response with these answers, and those that were not taken because somebody else had saved first.

    An answer that says what is stored already keeps its version, so a repeated save is harmless.
    """
    state = moved(response, "answer")
    answers, stale = dict(response.answers), {}
    alternatives = dict(response.alternatives)
    for one in saves:
        stored = answers.get(one.question.id)
        if same_content(stored, one.answer):
            continue
        held = stored.version if stored else 0
        if one.version is not None and one.version != held:
            stale[one.question.id] = Stale(stored)
            continue
        answers[one.question.id] = replace(one.answer, version=held + 1, saved=now, by=by)
        # What a reviewer thought of the measure that was described before says nothing of this answer.
        alternatives.pop(one.question.id, None)
    changed = answers != response.answers
    return (
        replace(
            response,
            state=state,
            answers=answers,
            alternatives=alternatives,
            last_saved=now if changed else response.last_saved,
            last_section=(section or response.last_section) if changed else response.last_section,
        ),
        stale,
    )


def add_evidence(response: Response, added: Sequence[Evidence], now: datetime) -> Response:
    """The response with more evidence."""
    return replace(response, state=moved(response, "answer"), evidence=(*response.evidence, *added), last_saved=now)


def remove_evidence(response: Response, id: str, now: datetime) -> Response:
    """The response without one file; only before submission."""
    if all(item.id != id for item in response.evidence):
        raise NotFound("There is no such file.")
    kept = tuple(item for item in response.evidence if item.id != id)
    return replace(response, state=moved(response, "answer"), evidence=kept, last_saved=now)


def submit(response: Response, questionnaire: Questionnaire, *, reference: str, now: datetime) -> Response:
    """The submitted response, or Refused with everything that is lacking."""
    state = moved(response, "submit")
    if lacking := outline(questionnaire, response).lacking:
        raise Refused(lacking)
    return replace(response, state=state, submitted=now, reference=reference)


def withdraw(response: Response, now: datetime) -> Response:
    """The response with every link over from now on."""
    return replace(
        response,
        links=tuple(replace(link, withdrawn=link.withdrawn or now) for link in response.links),
    )


def extend(response: Response, expires: datetime, due: date | None) -> Response:
    """The response whose live link stays open longer; NotAllowed where no link is left to extend."""
    if not response.links or response.links[-1].withdrawn is not None:
        raise NotAllowed("This link was withdrawn. Make a new one instead.")
    longer = replace(response.links[-1], expires=max(expires, response.links[-1].expires))
    return replace(response, due=due, links=(*response.links[:-1], longer))


def with_new_link(response: Response, link: Link, now: datetime) -> Response:
    """The response with a new link; the ones before it are over."""
    closed = withdraw(response, now)
    return replace(closed, links=(*closed.links, link))
