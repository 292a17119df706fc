"""How a response moves from invited to submitted, and what each step does to it. Pure: the time is an argument.

What is asked back and comes again is in `returning`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from portal.core.asking import outline
from portal.core.errors import LinkOver, NotAllowed, NotFound, Refused, Stale
from portal.core.questionnaire import Question, Questionnaire
from portal.core.records import Answer, Evidence, Link, Response, Sent, State
from portal.core.wording import phrase

# Which step leads where; a step that is not in the table cannot be taken.
MOVES: dict[tuple[State, str], State] = {
    (State.INVITED, "start"): State.STARTED,
    (State.STARTED, "start"): State.STARTED,
    (State.SUBMITTED, "start"): State.SUBMITTED,
    (State.STARTED, "answer"): State.STARTED,
    (State.STARTED, "submit"): State.SUBMITTED,
    (State.SUBMITTED, "report"): State.SUBMITTED,
    (State.SUBMITTED, "return"): State.RETURNED,
    (State.RETURNED, "start"): State.RETURNED,
    (State.RETURNED, "answer"): State.RETURNED,
    (State.RETURNED, "submit"): State.SUBMITTED,
    (State.RETURNED, "report"): State.RETURNED,
    (State.SUBMITTED, "follow"): State.SUBMITTED,
    (State.SUBMITTED, "decide"): State.SUBMITTED,
    (State.RETURNED, "follow"): State.RETURNED,
}

# A clock that is a little wrong, or set back, must not shut anybody out.
CLOCK_SLACK = timedelta(minutes=5)

WITHDRAWN = "This link was withdrawn. Make a new one instead."
WHY_NOT = {
    (State.SUBMITTED, "answer"): "These answers have been submitted and can no longer be changed.",
    (State.SUBMITTED, "submit"): "These answers have already been submitted.",
    (State.STARTED, "report"): "Send your answers first; then report on what you have promised.",
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
        raise NotAllowed(WHY_NOT.get((response.state, step), phrase("This step cannot be taken now.")))
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


def require_whole(response: Response, token_hash: str, now: datetime) -> Link:
    """The live link of somebody who may see and send everything; for a colleague's link there is no such thing."""
    link = require_live(response, token_hash, now)
    if link.sections:
        raise NotFound("There is no such page.")
    return link


def invitation_link(response: Response) -> Link | None:
    """The newest link of the invitation itself; the links of colleagues are none."""
    return next((link for link in reversed(response.links) if not link.sections), None)


def start(response: Response, token_hash: str, now: datetime, name: str = "") -> Response:
    """The response once somebody has pressed Start: opened, and started if it was not.

    A colleague may correct the name that the contact gave the link.
    """
    link = require_live(response, token_hash, now)
    named = name if link.sections and name else link.name
    opened = replace(link, opened=link.opened or now, name=named)
    return replace(
        with_link(response, opened),
        state=moved(response, "start"),
        started=response.started or now,
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
    answers, stale = merged(response.answers, saves, by=by, now=now)
    changed = [id for id, answer in answers.items() if answer != response.answers.get(id)]
    return (
        replace(
            response,
            state=state,
            answers=answers,
            before=as_it_was(response, changed),
            last_saved=now if changed else response.last_saved,
            last_section=(section or response.last_section) if changed else response.last_section,
        ),
        stale,
    )


def merged(
    kept: Mapping[str, Answer], saves: Iterable[Saved], *, by: str, now: datetime
) -> tuple[dict[str, Answer], dict[str, Stale]]:
    """The answers with what is saved, and those that were not taken because somebody else had saved first."""
    answers, stale = dict(kept), {}
    for one in saves:
        stored = answers.get(one.question.id)
        if same_content(stored, one.answer):
            continue
        held = stored.version if stored else 0
        if one.version is not None and one.version != held:
            stale[one.question.id] = Stale(stored)
            continue
        answers[one.question.id] = replace(one.answer, version=held + 1, saved=now, by=by)
    return answers, stale


def as_it_was(response: Response, changing: Iterable[str]) -> dict[str, Sent]:
    """What was sent to the questions of a returned response that are changed, these now for the first time."""
    if response.state is not State.RETURNED:
        return response.before
    fresh = {
        id: Sent(answer=response.answers.get(id), files=tuple(response.files_for(id)))
        for id in changing
        if id not in response.before
    }
    return {**response.before, **fresh}


def add_evidence(response: Response, added: Sequence[Evidence], now: datetime) -> Response:
    """The response with more evidence."""
    return replace(
        response,
        state=moved(response, "answer"),
        evidence=(*response.evidence, *added),
        before=as_it_was(response, [item.question for item in added]),
        last_saved=now,
    )


def remove_evidence(response: Response, id: str, now: datetime) -> Response:
    """The response without one file; only before submission."""
    found = next((item for item in response.evidence if item.id == id and not item.report), None)
    if found is None:
        raise NotFound("There is no such file.")
    kept = tuple(item for item in response.evidence if item is not found)
    was = as_it_was(response, [found.question])
    return replace(response, state=moved(response, "answer"), evidence=kept, before=was, last_saved=now)


def submit(
    response: Response, questionnaire: Questionnaire, *, reference: str, now: datetime, language: str = "en"
) -> Response:
    """The submitted response, or Refused with everything that is lacking."""
    state = moved(response, "submit")
    if lacking := outline(questionnaire, response, now.date()).lacking:
        raise Refused(lacking)
    return replace(response, state=state, submitted=now, reference=reference, submitted_language=language)


def withdraw(response: Response, now: datetime) -> Response:
    """The response with every link over from now on, those of colleagues as well."""
    return replace(
        response,
        links=tuple(replace(link, withdrawn=link.withdrawn or now) for link in response.links),
    )


def extend(response: Response, expires: datetime, due: date | None) -> Response:
    """The response whose links stay open longer, those of mails as well; NotAllowed where none is left to extend."""
    link = invitation_link(response)
    if link is None or link.withdrawn is not None:
        raise NotAllowed(WITHDRAWN)
    links = tuple(
        one if one.sections or one.withdrawn else replace(one, expires=max(expires, one.expires))
        for one in response.links
    )
    longer = replace(response, links=links)
    return longer if response.state is State.SUBMITTED else replace(longer, due=due)


def with_link(response: Response, changed: Link) -> Response:
    """The response with this link in place of the one of the same token."""
    links = tuple(changed if one.token_hash == changed.token_hash else one for one in response.links)
    return replace(response, links=links)


def with_new_link(response: Response, link: Link, now: datetime) -> Response:
    """The response with a new link; the invitation's links before it are over, those of colleagues stay as they are."""
    return with_only_link(with_more_link(response, link), link.token_hash, now)


def with_more_link(response: Response, link: Link) -> Response:
    """The response with one more link of the invitation; the earlier ones stay as they are.

    A contact who gets a reminder may go on with whichever mail they find first.
    """
    return replace(response, links=(*response.links, link))


def without_link(response: Response, token_hash: str) -> Response:
    """The response without a link that reached nobody."""
    return replace(response, links=tuple(one for one in response.links if one.token_hash != token_hash))


def with_only_link(response: Response, token_hash: str, now: datetime) -> Response:
    """The response on which this link of the invitation is the last one that opens; those of colleagues stay."""
    return replace(
        response,
        links=tuple(
            one if one.sections or one.token_hash == token_hash else replace(one, withdrawn=one.withdrawn or now)
            for one in response.links
        ),
    )
