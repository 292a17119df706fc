"""What staff decide on a response, and what becomes of an event that was reported."""

from datetime import datetime

from msgspec.structs import replace

from portal.core import deciding, happenings
from portal.core.casework import Decision, Happening
from portal.core.deciding import Proposal
from portal.core.findings import send
from portal.core.records import Response
from portal.usecases.answering import Access, whole_response
from portal.usecases.decision_letters import letter
from portal.usecases.portal import Portal, score_of
from portal.usecases.telling import tell_contact


def proposed(portal: Portal, response: Response, now: datetime) -> Proposal:
    """What the outcome table proposes."""
    questionnaire = portal.edition(response.edition)
    return deciding.proposal(questionnaire, score_of(response, questionnaire), response.findings, now.date())


def decide(portal: Portal, response_id: str, typed: Decision, *, now: datetime) -> Response:
    """Decide, send the letter and every finding that waits, and tell the contact by mail; the same form twice is once.

    Without a letter it is the standard one. What is proposed is worked out anew, whatever the form said.
    """
    with portal.store.transaction((Response, response_id), by=typed.by, at=now) as records:
        before = records.get(Response, response_id)
        found = replace(typed, proposed=proposed(portal, before, now).outcome, language=before.language)
        found = deciding.checked(found, now.date())
        if not found.letter:
            text = letter(portal, before, found.outcome, found.valid_until, now.date())
            found = replace(found, letter=text)
        response = deciding.decide(before, found)
        if response is before:
            return before
        response = send(response, now)
        records.put(response, f"decided: {found.outcome}")
    tell_contact(portal, response, "decided", by=typed.by, now=now)
    return response


def report_event(portal: Portal, access: Access, told: Happening, chosen: str, *, now: datetime) -> Response:
    """Keep what the partner says has happened; staff find it in their list."""
    whole_response(portal, access, now)
    return _reported(portal, access.response, told, chosen, access.name or "contact")


def record_event(portal: Portal, response_id: str, told: Happening, chosen: str) -> Response:
    """Keep what staff have heard has happened."""
    return _reported(portal, response_id, replace(told, from_staff=True), chosen, told.by)


def _reported(portal: Portal, response_id: str, told: Happening, chosen: str, by: str) -> Response:
    with portal.store.transaction((Response, response_id), by=by, at=told.at) as records:
        before = records.get(Response, response_id)
        asked = portal.edition(before.edition)
        response = happenings.report(before, asked, portal.library.follow_up, told, chosen)
        if response is not before:
            records.put(response, "event reported")
    return response


def handle_event(portal: Portal, response_id: str, event_id: str, note: str, *, by: str, now: datetime) -> Response:
    """Note that somebody has looked at an event, and what came of it."""
    with portal.store.transaction((Response, response_id), by=by, at=now) as records:
        response = happenings.handle(records.get(Response, response_id), event_id, note, by=by, now=now)
        records.put(response, "event looked at")
    return response
