"""What happened at a partner between the years, reported by the partner or by staff. Pure."""

from datetime import datetime

from msgspec.structs import replace

from portal.core.answering import LONGEST_COMMENT, plain_text
from portal.core.casework import Happening
from portal.core.errors import NotFound, Problem, Refused
from portal.core.follow_up import FollowUp
from portal.core.lifecycle import moved
from portal.core.questionnaire import Questionnaire
from portal.core.records import Response
from portal.core.wording import phrase

OTHER, MOST = "other", 100


def report(
    response: Response, questionnaire: Questionnaire, follow_up: FollowUp, told: Happening, chosen: str
) -> Response:
    """The response with one more event; which sections it concerns follows from what was `chosen`.

    The same form sent twice is one event; Refused with everything that is wrong or lacking.
    """
    if any(one.id == told.id for one in response.happenings):
        return response
    problems: list[Problem] = []
    kind, text = follow_up.events.get(chosen), ""
    if kind is None and chosen != OTHER:
        problems.append(Problem("event", phrase("Choose what has happened.")))
    try:
        text = plain_text("text", told.text, LONGEST_COMMENT)
    except Refused as fact:
        problems += fact.problems
    if not told.text.strip():
        problems.append(Problem("text", phrase("Write a few words on what has happened.")))
    if told.day is not None and told.day > told.at.date():
        problems.append(Problem("day", phrase("Give a day that has come already.")))
    if len(response.happenings) >= MOST:
        problems.append(Problem("", phrase("Too much has been said here already. Please write an e-mail.")))
    if problems:
        raise Refused(problems)
    asked = {section.id for section in questionnaire.sections}
    kept = replace(
        told,
        event=kind.id if kind else "",
        text=text,
        sections=tuple(section for section in (kind.sections if kind else ()) if section in asked),
    )
    return replace(response, state=moved(response, "report"), happenings=(*response.happenings, kept))


def handle(response: Response, id: str, note: str, *, by: str, now: datetime) -> Response:
    """The response with an event that staff have looked at, and what they made of it."""
    if all(one.id != id for one in response.happenings):
        raise NotFound("There is no such event.")
    note = plain_text("note", note, LONGEST_COMMENT)
    return replace(
        response,
        happenings=tuple(
            replace(one, handled=now, handled_by=by, note=note) if one.id == id and one.handled is None else one
            for one in response.happenings
        ),
    )
