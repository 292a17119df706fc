"""Staff: adding people, signing in and out, roles, passwords."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import cache

from argon2.exceptions import InvalidHashError, VerificationError
from msgspec.structs import replace

from portal.core.accounts import STRANGERS
from portal.core.errors import NotAllowed, NotFound, Problem, Refused
from portal.core.records import Person, Role, Session
from portal.core.tidying import is_email
from portal.usecases import second_factor, throttle
from portal.usecases.auditing import note_person, note_subject
from portal.usecases.passwords import HASHER, LONGEST, check_new_password
from portal.usecases.portal import Portal
from portal.usecases.sessions import end_session, end_sessions_of, open_session, sessions_by_person

log = logging.getLogger("portal.people")


class WrongPassword(Refused):
    """The e-mail address, the password and the code do not belong together; which of them is wrong is not said."""

    def __init__(self) -> None:
        text = "These do not fit together. Check the e-mail address, the password and, if you use one, the code."
        super().__init__([Problem("password", text)])


@cache
def _nobody() -> str:
    """A hash of nothing in use, so that an unknown address takes as long as a known one."""
    return HASHER.hash("nobody has this password, it only takes its time")


def add_person(
    portal: Portal, email: str, role: Role, password: str, *, may_export: bool = False, by: str, now: datetime
) -> Person:
    """Add somebody who can sign in at once, from the command line; on the web they are invited (`entering`)."""
    email = email.strip().lower()
    if not is_email(email):
        raise Refused([Problem("email", "Write an e-mail address such as name@example.com.")])
    check_new_password(portal, password, email)
    person = Person(
        id=email,
        name=email.split("@")[0].replace(".", " ").title(),
        role=role,
        password=HASHER.hash(password),
        added=now,
        may_export=may_export,
    )
    with portal.store.transaction((Person, email), by=by, at=now) as records:
        if records.find(Person, email) is not None:
            raise Refused([Problem("email", "%(email)s is already there.", {"email": email})])
        records.put(person, "person added")
    return person


def _verified(portal: Portal, email: str, password: str, now: datetime) -> Person | None:
    """The person whose password this is. Takes the same time whether or not there is such a person."""
    person = portal.store.find(Person, email)
    kept = person.password if person and person.password else _nobody()
    try:
        right = len(password) <= LONGEST and HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        right = False
    if not right or person is None or person.disabled:
        return None
    if HASHER.check_needs_rehash(person.password):
        _change(portal, email, lambda one: replace(one, password=HASHER.hash(password)), "hash renewed", email, now)
    return person


def _checked(portal: Portal, email: str, password: str, address: str, now: datetime, code: str | None = None) -> Person:
    """The person, once the password is right and, where one is given to check, the code; a wrong try is counted."""
    throttle.check(portal, "wrong passwords for one account", email, now)
    throttle.check(portal, "wrong passwords from one address", address, now)
    person = _verified(portal, email, password, now)
    if person is not None and person.second_factor and code is not None:
        person = second_factor.use_code(portal, person, code, now)
    if person is None:
        log.warning("sign-in refused for %s from %s", email, address)
        throttle.count(portal, "wrong passwords for one account", email, now)
        throttle.count(portal, "wrong passwords from one address", address, now)
        _note_refusal(portal, email, now)
        raise WrongPassword
    return person


def _note_refusal(portal: Portal, email: str, now: datetime) -> None:
    """A refusal stands in the history of whose account it was, or in the strangers' book, so both take their time.

    What was typed for an address that nobody has is not kept: it may be a password in the wrong field.
    """
    if portal.store.find(Person, email) is None:
        note_subject(portal, STRANGERS, "sign-in refused: no such account", by="stranger", now=now)
    else:
        note_person(portal, email, "sign-in refused", by="stranger", now=now)


def sign_in(
    portal: Portal, email: str, password: str, address: str, now: datetime, code: str = "", browser: str = ""
) -> str:
    """Open a session and return its secret; WrongPassword or TooMany otherwise. `browser` is told in the list."""
    person = _checked(portal, email.strip().lower(), password, address, now, code)
    log.info("signed in: %s from %s", person.id, address)
    note_person(portal, person.id, "signed in", by=person.id, now=now)
    return open_session(
        portal,
        lambda id: Session(id=id, made=now, seen=now, person=person.id, confirmed=now, browser=browser),
        now,
    )


def sign_out(portal: Portal, session: Session, now: datetime) -> None:
    """End one's own session."""
    end_session(portal, session.id, now)
    note_person(portal, session.person, "signed out", by=session.person, now=now)


def end_own_session(portal: Portal, person: str, handle: str, now: datetime) -> None:
    """End the session of a person that this handle names: the beginning of its id, which opens nothing.

    One that has ended already stays ended.
    """
    for session in sessions_by_person(portal, now).get(person, ()):
        if handle and session.id.startswith(handle):
            end_session(portal, session.id, now)
            note_person(portal, person, "session ended", by=person, now=now)
            return


def end_sessions(portal: Portal, email: str, *, by: str, now: datetime, keep: str = "") -> None:
    """End every session of a person, but the one to keep."""
    note_person(portal, email, "sessions ended", by=by, now=now)
    end_sessions_of(portal, email, now, keep=keep)


def confirm(portal: Portal, session: Session, password: str, address: str, now: datetime) -> None:
    """Type the password again before something that needs it fresh."""
    _checked(portal, session.person, password, address, now)
    with portal.store.transaction((Session, session.id), by=session.person, at=now) as records:
        records.put(replace(records.get(Session, session.id), confirmed=now), "password confirmed")


def change_password(portal: Portal, session: Session, current: str, new: str, address: str, now: datetime) -> None:
    """Change one's own password; every other session of the person ends."""
    person = _checked(portal, session.person, current, address, now)
    check_new_password(portal, new, person.id)
    made = HASHER.hash(new)
    _change(portal, person.id, lambda one: replace(one, password=made, entry=""), "password changed", person.id, now)
    end_sessions_of(portal, person.id, now, keep=session.id)


def set_password(portal: Portal, email: str, password: str, *, by: str, now: datetime) -> None:
    """Give somebody a new password, from the command line; all their sessions end."""
    check_new_password(portal, password, email)
    made = HASHER.hash(password)
    _change(portal, email, lambda one: replace(one, password=made, entry=""), "password reset", by, now)
    end_sessions_of(portal, email, now)


def change_role(portal: Portal, email: str, role: Role, *, by: str, now: datetime) -> None:
    """Give somebody another role; it holds from their next request on, in a new session."""
    _forbid_self(email, by)
    _change(portal, email, lambda one: replace(one, role=role), "role changed", by, now)
    end_sessions_of(portal, email, now)


def set_may_export(portal: Portal, email: str, may: bool, *, by: str, now: datetime) -> None:
    """Let somebody take out the answers of all partners, or no longer."""
    _forbid_self(email, by)
    what = "may export all answers" if may else "may no longer export all answers"
    _change(portal, email, lambda one: replace(one, may_export=may), what, by, now)


def set_disabled(portal: Portal, email: str, disabled: bool, *, by: str, now: datetime) -> None:
    """Shut somebody out, or let them in again; their sessions end at once."""
    _forbid_self(email, by)
    what = "person disabled" if disabled else "person enabled"
    _change(portal, email, lambda one: replace(one, disabled=disabled, entry=""), what, by, now)
    end_sessions_of(portal, email, now)


def people(portal: Portal) -> list[Person]:
    """Everybody who can sign in, by e-mail address."""
    return [portal.store.get(Person, id) for id in sorted(portal.store.ids(Person))]


def _forbid_self(email: str, by: str) -> None:
    if email == by:
        raise NotAllowed("Nobody can change their own role or rights or shut themselves out; ask another admin.")


def _change(portal: Portal, email: str, change: Callable[[Person], Person], what: str, by: str, now: datetime) -> None:
    with portal.store.transaction((Person, email), by=by, at=now) as records:
        person = records.find(Person, email)
        if person is None:
            raise NotFound("There is no such person.")
        records.put(change(person), what)
