"""Sessions are records on the server: a cookie only names one, and taking the record away ends it at once."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec.structs import replace

from portal.core.errors import NotFound
from portal.core.lifecycle import CLOCK_SLACK
from portal.core.records import Person, Session
from portal.store.protocol import Damaged, NotKept
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed, new_secret

log = logging.getLogger("portal")

STAFF_IDLE, STAFF_LONGEST = timedelta(minutes=30), timedelta(hours=12)
PARTNER_IDLE, PARTNER_LONGEST = timedelta(hours=2), timedelta(hours=24)
# The time of the last look is written at most this often, so that reading a page does not write.
SEEN_EVERY = timedelta(minutes=2)
# How long a typed password counts as fresh for exports and for work on people.
FRESH = timedelta(minutes=10)


def open_session(portal: Portal, session: Callable[[str], Session], now: datetime) -> str:
    """Keep a new session and return the secret for its cookie."""
    secret = new_secret()
    made = session(hashed(secret))
    with portal.store.transaction((Session, made.id), by=made.person or "partner", at=now) as records:
        records.put(made, "opened")
    return secret


def is_live(session: Session, now: datetime) -> bool:
    """Whether a session is neither idle nor in use for too long."""
    idle, longest = (STAFF_IDLE, STAFF_LONGEST) if session.person else (PARTNER_IDLE, PARTNER_LONGEST)
    return now - session.seen <= idle + CLOCK_SLACK and now - session.made <= longest + CLOCK_SLACK


def sessions_by_person(portal: Portal, now: datetime) -> dict[str, list[Session]]:
    """The live sessions of staff, by person, the one seen last first."""
    found: dict[str, list[Session]] = {}
    for id in list(portal.store.ids(Session)):
        with suppress(Damaged):
            session = portal.store.find(Session, id)
            if session is not None and session.person and is_live(session, now):
                found.setdefault(session.person, []).append(session)
    return {person: sorted(ones, key=lambda one: one.seen, reverse=True) for person, ones in found.items()}


def find_session(portal: Portal, secret: str, now: datetime) -> Session | None:
    """The live session that a cookie names, or None; a damaged one is none, or nobody could ever enter again."""
    try:
        session = portal.store.find(Session, hashed(secret)) if secret else None
    except Damaged as fact:
        log.exception("damaged session: %s", fact.what)
        return None
    if session is None or not is_live(session, now):
        return None
    if now - session.seen > SEEN_EVERY:
        with suppress(NotKept):  # on a full disk pages can still be read
            change_session(portal, session.id, lambda one: replace(one, seen=now), now)
    return session


def change_session(portal: Portal, id: str, change: Callable[[Session], Session], now: datetime) -> None:
    """Change a session that is still there; one that was ended meanwhile stays ended."""
    with portal.store.transaction((Session, id), by="session", at=now) as records:
        session = records.find(Session, id)
        if session is not None:
            records.put(change(session), "changed")


def end_session(portal: Portal, id: str, now: datetime) -> None:
    """End one session."""
    with portal.store.transaction((Session, id), by="session", at=now) as records:
        if records.find(Session, id) is not None:
            records.remove(Session, id, "ended")


def end_sessions_of(portal: Portal, person: str, now: datetime, keep: str = "") -> None:
    """End every session of a person, but the one to keep."""
    for id in list(portal.store.ids(Session)):
        session = portal.store.find(Session, id)
        if session is not None and session.person == person and id != keep:
            end_session(portal, id, now)


def sweep_sessions(portal: Portal, now: datetime) -> None:
    """Take away the sessions that are long over."""
    for id in list(portal.store.ids(Session)):
        session = portal.store.find(Session, id)
        if session is not None and now - session.made > PARTNER_LONGEST + CLOCK_SLACK:
            end_session(portal, id, now)


def person_of(portal: Portal, session: Session) -> Person:
    """The person of a staff session; NotFound where they are gone or disabled."""
    person = portal.store.find(Person, session.person) if session.person else None
    if person is None or person.disabled:
        raise NotFound("Nobody is signed in.")
    return person


def is_fresh(session: Session, now: datetime) -> bool:
    """Whether the password was typed a short while ago."""
    return session.confirmed is not None and timedelta(0) <= now - session.confirmed <= FRESH
