"""Links by which staff choose a password: an invitation, or because the password is forgotten. Each works once."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

from msgspec import Struct
from msgspec.structs import replace

from portal.core.accounts import Entry, Purpose
from portal.core.errors import NotFound, PortalError, Problem, Refused
from portal.core.records import Person, Role
from portal.core.tidying import is_email
from portal.mail.staff import choose_password
from portal.store.protocol import Key
from portal.usecases import throttle
from portal.usecases.passwords import HASHER, check_new_password
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed, new_secret
from portal.usecases.sessions import end_sessions_of

log = logging.getLogger("portal.people")

LASTS = {Purpose.INVITATION: timedelta(days=3), Purpose.RESET: timedelta(hours=1)}
LONGEST_NAME = 100


class Made(Struct, frozen=True, kw_only=True):
    """A link as it is shown once, and whether the mail with it went out."""

    person: Person
    link: str
    expires: datetime
    mailed: bool


def check_new_person(email: str, name: str) -> None:
    """Refused where nobody could be told by this address, or by this name."""
    problems = []
    if not is_email(email):
        problems.append(Problem("email", "Write an e-mail address such as name@example.com."))
    if not name or len(name) > LONGEST_NAME:
        text = "Write the name of the person, in at most %(most)s characters."
        problems.append(Problem("name", text, {"most": str(LONGEST_NAME)}))
    if problems:
        raise Refused(problems)


def invite_person(
    portal: Portal, email: str, name: str, role: Role, *, may_export: bool = False, by: str, now: datetime
) -> Made:
    """Add somebody without a password, and mail them the link by which they choose one."""
    email, name = email.strip().lower(), name.strip()
    check_new_person(email, name)
    person = Person(id=email, name=name, role=role, password="", added=now, may_export=may_export)
    with portal.store.transaction((Person, email), by=by, at=now) as records:
        if records.find(Person, email) is not None:
            raise Refused([Problem("email", "%(email)s is already there.", {"email": email})])
        records.put(person, "person invited")
    return _mailed(portal, email, Purpose.INVITATION, by=by, now=now)


def invite_again(portal: Portal, email: str, *, by: str, now: datetime) -> Made:
    """Another link for somebody who has not chosen a password yet; the one before is over."""
    person = portal.store.find(Person, email)
    if person is None or person.password or person.disabled:
        raise NotFound("Nobody of this address waits for an invitation.")
    return _mailed(portal, email, Purpose.INVITATION, by=by, now=now)


def mail_reset(portal: Portal, email: str, address: str, now: datetime) -> None:
    """Mail the link to choose another password, if somebody of this address may sign in.

    Whoever asks learns nothing: every outcome looks the same, and faults are swallowed on purpose.
    """
    email = email.strip().lower()
    try:
        throttle.check(portal, "requests for password links from one address", address, now)
        throttle.count(portal, "requests for password links from one address", address, now)
        throttle.check(portal, "password links for one account", email, now)
        throttle.count(portal, "password links for one account", email, now)
        person = portal.store.find(Person, email)
        if person is None or person.disabled or not person.password:
            return
        _mailed(portal, person.id, Purpose.RESET, by=person.id, now=now)
    except PortalError as fact:
        log.info("no link to choose a password: %s", type(fact).__name__)


def _mailed(portal: Portal, email: str, purpose: Purpose, *, by: str, now: datetime) -> Made:
    """Keep a new link in place of the one before, and mail it."""
    secret, earlier = new_secret(), portal.store.get(Person, email).entry
    entry = Entry(id=hashed(secret), person=email, purpose=purpose, expires=now + LASTS[purpose])
    keys: list[Key] = [(Person, email), (Entry, entry.id), *([(Entry, earlier)] if earlier else [])]
    with portal.store.transaction(*keys, by=by, at=now) as records:
        person = replace(records.get(Person, email), entry=entry.id)
        records.put(person, f"link to choose a password made ({purpose.value})")
        records.put(entry, "made")
        if earlier and records.find(Entry, earlier) is not None:
            records.remove(Entry, earlier, "replaced")
    link = f"{portal.config.base_url}/entry/{secret}"
    message = choose_password(
        to=email, sender=portal.config.mail_from, importer=portal.config.importer, purpose=purpose, link=link,
        expires=entry.expires,
    )  # fmt: skip
    return Made(person=person, link=link, expires=entry.expires, mailed=_sent(portal, message))


def _sent(portal: Portal, message: EmailMessage) -> bool:
    try:
        portal.mailer.send(message)
    except OSError as fault:
        log.warning("a link to choose a password could not be mailed: %s", type(fault).__name__)
        return False
    return True


def look_at_entry(portal: Portal, secret: str, now: datetime) -> tuple[Person, Entry]:
    """Whose link this is, or NotFound where it never was one, is used, replaced or over. Looking changes nothing."""
    return _live(portal.store.find, hashed(secret), now)


def _live(find: Callable[..., Person | Entry | None], id: str, now: datetime) -> tuple[Person, Entry]:
    entry = find(Entry, id)
    person = find(Person, entry.person) if isinstance(entry, Entry) else None
    if (
        not isinstance(entry, Entry)
        or not isinstance(person, Person)
        or person.disabled
        or person.entry != id
        or now >= entry.expires
    ):
        raise NotFound("This link does not work any more.")
    return person, entry


def choose(portal: Portal, secret: str, password: str, now: datetime) -> Person:
    """Choose the password, which uses the link up and ends every session. It signs nobody in: a second factor stays."""
    person, entry = look_at_entry(portal, secret, now)
    check_new_password(portal, password, person.id)
    made = HASHER.hash(password)
    with portal.store.transaction((Person, person.id), (Entry, entry.id), by=person.id, at=now) as records:
        person, entry = _live(records.find, entry.id, now)  # of two at once, one
        records.put(replace(person, password=made, entry=""), f"password chosen by link ({entry.purpose.value})")
        records.remove(Entry, entry.id, "used")
    end_sessions_of(portal, person.id, now)
    return person


def sweep_entries(portal: Portal, now: datetime) -> None:
    """Take away the links that are over."""
    for id in list(portal.store.ids(Entry)):
        with portal.store.transaction((Entry, id), by="sweep", at=now) as records:
            entry = records.find(Entry, id)
            if entry is not None and now >= entry.expires:
                records.remove(Entry, id, "over")
