"""Notes in histories of what changes no record: who came in, who was refused, who took what out."""

from datetime import datetime

from portal.core.accounts import Audit, audit_id
from portal.core.records import Person
from portal.usecases.portal import Portal


def note_person(portal: Portal, email: str, what: str, *, by: str, now: datetime) -> None:
    """Write a step into a person's history."""
    with portal.store.transaction((Person, email), by=by, at=now) as records:
        records.note(Person, email, what)


def note_subject(portal: Portal, subject: str, what: str, *, by: str, now: datetime) -> None:
    """Write a step into this month's book of a subject."""
    id = audit_id(subject, now)
    with portal.store.transaction((Audit, id), by=by, at=now) as records:
        if records.find(Audit, id) is None:
            records.put(Audit(id=id), "book begun")
        records.note(Audit, id, what)
