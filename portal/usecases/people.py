"""Staff: adding people, signing in and out, roles, passwords."""

import logging
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec.structs import replace

from portal.core.errors import NotAllowed, NotFound, Problem, Refused
from portal.core.records import Person, Role, Session
from portal.core.tidying import is_email
from portal.usecases import second_factor, throttle
from portal.usecases.portal import Portal
from portal.usecases.sessions import end_sessions_of, open_session

log = logging.getLogger("portal.people")

SHORTEST, LONGEST = 15, 128
# OWASP's floor for Argon2id: 19 MiB, two passes, one lane.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
COMMON = (
    "password", "123456", "qwerty", "letmein", "iloveyou", "admin", "welcome", "abc123", "monkey", "dragon",
    "football", "baseball", "sunshine", "princess", "master", "shadow", "superman", "trustno1", "passw0rd",
)  # fmt: skip


class WrongPassword(Refused):
    """The e-mail address, the password and the code do not belong together; which of them is wrong is not said."""

    def __init__(self) -> None:
        text = "These do not fit together. Check the e-mail address, the password and, if you use one, the code."
        super().__init__([Problem("password", text)])


@cache
def _nobody() -> str:
    """A hash of nothing in use, so that an unknown address takes as long as a known one."""
    return HASHER.hash("nobody has this password, it only takes its time")


def check_new_password(portal: Portal, password: str, email: str) -> None:
    """Refused where a password is too short, too long, or made of words that anybody would try first."""
    if not SHORTEST <= len(password) <= LONGEST:
        text = "Choose a password of %(shortest)s to %(longest)s characters. A sentence is easy to remember."
        raise Refused([Problem("password", text, {"shortest": str(SHORTEST), "longest": str(LONGEST)})])
    bare = password.lower()
    for word in (*COMMON, email.split("@")[0], "portal", *re.findall(r"\w+", portal.config.importer.lower())):
        if len(word) > 2:
            bare = bare.replace(word, "")
    if len(set(bare)) < 6 or len(bare) < SHORTEST // 2:
        raise Refused([Problem("password", "This password is too easy to guess. Use four or five unrelated words.")])


def add_person(portal: Portal, email: str, role: Role, password: str, *, by: str, now: datetime) -> Person:
    """Add somebody who can sign in."""
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
    )
    with portal.store.transaction((Person, email), by=by, at=now) as records:
        if records.find(Person, email) is not None:
            raise Refused([Problem("email", "%(email)s is already there.", {"email": email})])
        records.put(person, "person added")
    return person


def _verified(portal: Portal, email: str, password: str, now: datetime) -> Person | None:
    """The person whose password this is. Takes the same time whether or not there is such a person."""
    person = portal.store.find(Person, email)
    kept = person.password if person else _nobody()
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
        raise WrongPassword
    return person


def sign_in(portal: Portal, email: str, password: str, address: str, now: datetime, code: str = "") -> str:
    """Open a session and return its secret; WrongPassword or TooMany otherwise."""
    person = _checked(portal, email.strip().lower(), password, address, now, code)
    log.info("signed in: %s from %s", person.id, address)
    return open_session(portal, lambda id: Session(id=id, made=now, seen=now, person=person.id, confirmed=now), now)


def confirm(portal: Portal, session: Session, password: str, address: str, now: datetime) -> None:
    """Type the password again before something that needs it fresh."""
    _checked(portal, session.person, password, address, now)
    with portal.store.transaction((Session, session.id), by=session.person, at=now) as records:
        records.put(replace(records.get(Session, session.id), confirmed=now), "password confirmed")


def change_password(portal: Portal, session: Session, current: str, new: str, address: str, now: datetime) -> None:
    """Change one's own password; every other session of the person ends."""
    person = _checked(portal, session.person, current, address, now)
    check_new_password(portal, new, person.id)
    _change(portal, person.id, lambda one: replace(one, password=HASHER.hash(new)), "password changed", person.id, now)
    end_sessions_of(portal, person.id, now, keep=session.id)


def set_password(portal: Portal, email: str, password: str, *, by: str, now: datetime) -> None:
    """Give somebody a new password, from the command line; all their sessions end."""
    check_new_password(portal, password, email)
    _change(portal, email, lambda one: replace(one, password=HASHER.hash(password)), "password reset", by, now)
    end_sessions_of(portal, email, now)


def change_role(portal: Portal, email: str, role: Role, *, by: str, now: datetime) -> None:
    """Give somebody another role; it holds from their next request on, in a new session."""
    _forbid_self(email, by)
    _change(portal, email, lambda one: replace(one, role=role), "role changed", by, now)
    end_sessions_of(portal, email, now)


def set_disabled(portal: Portal, email: str, disabled: bool, *, by: str, now: datetime) -> None:
    """Shut somebody out, or let them in again; their sessions end at once."""
    _forbid_self(email, by)
    what = "person disabled" if disabled else "person enabled"
    _change(portal, email, lambda one: replace(one, disabled=disabled), what, by, now)
    end_sessions_of(portal, email, now)


def people(portal: Portal) -> list[Person]:
    """Everybody who can sign in, by e-mail address."""
    return [portal.store.get(Person, id) for id in sorted(portal.store.ids(Person))]


def _forbid_self(email: str, by: str) -> None:
    if email == by:
        raise NotAllowed("Nobody can change their own role or shut themselves out; ask another admin.")


def _change(portal: Portal, email: str, change: Callable[[Person], Person], what: str, by: str, now: datetime) -> None:
    with portal.store.transaction((Person, email), by=by, at=now) as records:
        person = records.find(Person, email)
        if person is None:
            raise NotFound("There is no such person.")
        records.put(change(person), what)
