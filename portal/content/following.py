"""Reads `follow-up.yaml`: when findings are due, and which sections an event between the years concerns."""

from collections.abc import Collection

from portal.content.fields import Fields, did_you_mean
from portal.core.casework import Severity
from portal.core.follow_up import EventKind, FollowUp
from portal.core.worth import Obligation

DAYS = range(1, 731)


def read_follow_up(fields: Fields, sections: Collection[str]) -> FollowUp:
    """The tables; what is missing or wrong is noted. `sections` are all that there are."""
    part = fields.child("due_days")
    if part is None:
        fields.wrong("“due_days” is missing; give days for must and should")
    days = {word: _read_days(part, word) for word in Obligation} if part else {}
    if part:
        part.done()
    events: dict[str, EventKind] = {}
    for each in fields.each("events"):
        event = _read_event(each, sections)
        if event.id in events:
            each.wrong(f"an event “{event.id}” was there before; give each its own id")
        events[event.id] = event
    fields.done()
    return FollowUp(due_days=days, events=events)


def _read_days(fields: Fields, word: str) -> dict[Severity, int]:
    part = fields.child(word)
    if part is None:
        fields.wrong(f"“{word}” is missing; give days for {', '.join(Severity)}")
        return {}
    found = {severity: part.integer(severity, 0, DAYS) for severity in Severity}
    for severity in Severity:
        if severity not in part:
            part.wrong(f"“{severity}” is missing; write a number of days")
    part.done()
    return {severity: days for severity, days in found.items() if days}


def _read_event(fields: Fields, sections: Collection[str]) -> EventKind:
    event = EventKind(
        id=fields.identifier(), label=fields.text("label", required=True), sections=fields.texts("sections")
    )
    for section in event.sections:
        if section not in sections:
            fields.wrong(f"there is no section “{section}”; {did_you_mean(section, sorted(sections))}", "sections")
    fields.done()
    return event
