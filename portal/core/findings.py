"""Findings: how they move between staff and partner, what a move must say, which count as corrected. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from msgspec.structs import replace

from portal.core.answering import LONGEST_COMMENT, LONGEST_NAME, plain_text
from portal.core.casework import Finding, FindingStep, Move, Stand
from portal.core.errors import NotAllowed, NotFound, Problem, Refused
from portal.core.lifecycle import moved
from portal.core.records import Evidence, Response
from portal.core.wording import phrase

# Which move leads where; a move that is not in the table cannot be made.
MOVES: dict[tuple[Stand, Move], Stand] = {
    (Stand.OPEN, Move.PROPOSE): Stand.PROPOSED,
    (Stand.PROPOSED, Move.PROPOSE): Stand.PROPOSED,
    (Stand.PROPOSED, Move.AGREE): Stand.AGREED,
    (Stand.PROPOSED, Move.ASK_AGAIN): Stand.OPEN,
    (Stand.AGREED, Move.PROPOSE): Stand.PROPOSED,
    (Stand.AGREED, Move.PROVE): Stand.PROVED,
    (Stand.PROVED, Move.PROVE): Stand.PROVED,
    (Stand.PROVED, Move.VERIFY): Stand.CLOSED,
    (Stand.PROVED, Move.ASK_AGAIN): Stand.AGREED,
    (Stand.OPEN, Move.WAIVE): Stand.WAIVED,
    (Stand.PROPOSED, Move.WAIVE): Stand.WAIVED,
    (Stand.AGREED, Move.WAIVE): Stand.WAIVED,
    (Stand.PROVED, Move.WAIVE): Stand.WAIVED,
    (Stand.CLOSED, Move.REOPEN): Stand.AGREED,
    (Stand.WAIVED, Move.REOPEN): Stand.OPEN,
}
PARTNERS = frozenset({Move.PROPOSE, Move.PROVE})
SETTLED = frozenset({Stand.CLOSED, Stand.WAIVED})
WAITS_FOR_STAFF = frozenset({Stand.PROPOSED, Stand.PROVED})
MOST_STEPS = 60

# What a move must say, told where it does not.
NEEDS_TEXT: dict[Move, str] = {
    Move.PROPOSE: phrase("Say what you will do."),
    Move.PROVE: phrase("Write a few words on what has been done."),
    Move.ASK_AGAIN: "Say what is still missing; the partner reads it.",
    Move.WAIVE: "Say why this finding is waived.",
    Move.REOPEN: "Say why this finding is opened again; the partner reads it.",
}


def is_open(finding: Finding) -> bool:
    """Whether something is still to be done about it."""
    return finding.state not in SETTLED


def last(finding: Finding, move: Move) -> FindingStep | None:
    """The newest step of that sort."""
    return next((step for step in reversed(finding.steps) if step.move is move), None)


def due_of(finding: Finding) -> date:
    """The date that holds now: the one agreed last, else the one it was raised with."""
    return next((one.due for one in reversed(finding.steps) if one.move is Move.AGREE and one.due), finding.due)


def is_overdue(finding: Finding, on: date) -> bool:
    """Whether its date has passed while something is still to be done."""
    return is_open(finding) and due_of(finding) < on


def sent_to_partner(response: Response) -> list[Finding]:
    """The findings that the partner may see: what is open first, the earliest date first."""
    return by_date(one for one in response.findings if one.sent is not None)


def by_date(findings: Iterable[Finding]) -> list[Finding]:
    """What is open first, the earliest date first."""
    return sorted(findings, key=lambda one: (not is_open(one), due_of(one)))


def unsent(response: Response) -> list[Finding]:
    """The findings that the partner does not know of yet and should."""
    return [one for one in response.findings if one.sent is None and is_open(one)]


def finding_of(response: Response, finding_id: str, *, sent: bool = False) -> Finding:
    """The finding of that id, or NotFound; with `sent` only where the partner knows of it."""
    for one in response.findings:
        if one.id == finding_id and (one.sent is not None or not sent):
            return one
    raise NotFound("There is no such finding.")


def corrected(response: Response) -> frozenset[str]:
    """The questions whose findings are verified, none left open: they count as met in the provisional score."""
    closed = {one.question for one in response.findings if one.question and one.state is Stand.CLOSED}
    return frozenset(closed - {one.question for one in response.findings if is_open(one)})


def taken_up(response: Response) -> frozenset[str]:
    """The questions whose promised corrective action staff follow as a finding."""
    return frozenset(one.question for one in response.findings if one.promised)


def with_finding(response: Response, finding: Finding, files: Sequence[Evidence] = ()) -> Response:
    """The response with this finding in place of the one of its id, and the files that came with it."""
    findings = tuple(finding if one.id == finding.id else one for one in response.findings)
    return replace(
        response, state=moved(response, "follow"), findings=findings, evidence=(*response.evidence, *files)
    )  # fmt: skip


def make_move(
    response: Response, finding_id: str, step: FindingStep, files: Sequence[Evidence] = (), where: str = ""
) -> Response:
    """The response with one more step of a finding; `where` begins the names of the fields that it was typed in.

    NotAllowed where the move cannot be made now, Refused with everything that it fails to say.
    """
    finding = finding_of(response, finding_id, sent=step.move in PARTNERS)
    state = MOVES.get((finding.state, step.move))
    if state is None:
        raise NotAllowed(phrase("This step cannot be taken now."))
    if len(finding.steps) >= MOST_STEPS:
        raise NotAllowed(phrase("Too much has been said here already. Please write an e-mail."))
    tied = [replace(item, question=finding.question, report=step.id) for item in files]
    kept = replace(checked(finding, step, where, len(files)), evidence=tuple(item.id for item in tied))
    return with_finding(response, replace(finding, state=state, steps=(*finding.steps, kept)), tied)


def checked(finding: Finding, step: FindingStep, where: str, files: int) -> FindingStep:
    """A step with its texts tidied, or Refused with everything that it fails to say."""
    problems, kept = _tidied(step, where)
    if not step.text.strip() and step.move in NEEDS_TEXT:
        problems.append(Problem(f"{where}text", NEEDS_TEXT[step.move]))
    if step.move is Move.PROPOSE and not step.who.strip():
        problems.append(Problem(f"{where}who", phrase("Say who will do it.")))
    if step.move in (Move.PROPOSE, Move.AGREE) and (step.due is None or step.due < step.at.date()):
        problems.append(Problem(f"{where}due", phrase("Give a date that has not passed.")))
    if step.move is Move.PROVE and not files and not any(one.evidence for one in finding.steps):
        problems.append(Problem(f"{where}evidence", phrase("Add a file that proves it.")))
    if problems:
        raise Refused(problems)
    # What is agreed is what was proposed.
    proposal = last(finding, Move.PROPOSE) if step.move is Move.AGREE else None
    return replace(step, **kept, compensating=proposal.compensating if proposal else step.compensating)


def _tidied(step: FindingStep, where: str) -> tuple[list[Problem], dict[str, str]]:
    """What is wrong with the texts of a step, and the texts as they are kept."""
    problems: list[Problem] = []
    kept: dict[str, str] = {}
    for part, typed, longest in (("text", step.text, LONGEST_COMMENT), ("who", step.who, LONGEST_NAME)):
        try:
            kept[part] = plain_text(f"{where}{part}", typed, longest)
        except Refused as fact:
            problems += fact.problems
    return problems, kept


def send(response: Response, now: datetime) -> Response:
    """The response with every open finding known to the partner."""
    findings = tuple(replace(one, sent=now) if one.sent is None and is_open(one) else one for one in response.findings)
    return replace(response, findings=findings)
