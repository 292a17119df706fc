"""The second factor of staff: codes that an app on a phone makes from a shared secret (RFC 6238), each good once."""

import secrets
from contextlib import suppress
from datetime import datetime

import pyotp
from argon2.exceptions import VerificationError
from msgspec.structs import replace

from portal.core.errors import NotAllowed, Problem, Refused
from portal.core.records import Person
from portal.usecases.passwords import HASHER
from portal.usecases.portal import Portal
from portal.usecases.secrets import READABLE
from portal.usecases.sessions import end_sessions_of

# A phone's clock may be off by this many steps of half a minute, either way.
STEPS_OFF = 1
RECOVERY_CODES = 10


def new_secret() -> str:
    """A secret for an app, as text that can also be typed."""
    return pyotp.random_base32()


def address_for_app(portal: Portal, email: str, secret: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=f"{portal.config.importer} partner security")


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to, or None where it belongs to none near now."""
    made = pyotp.TOTP(secret)
    current = made.timecode(now)
    steps = range(current - STEPS_OFF, current + STEPS_OFF + 1)
    typed = "".join(code.split())
    return next((step for step in steps if pyotp.utils.strings_equal(made.generate_otp(step), typed)), None)


def new_recovery_codes() -> list[str]:
    """Codes for the day on which the phone is lost: ten signs each, 49 random bits."""
    signs = ("".join(secrets.choice(READABLE) for _ in range(10)) for _ in range(RECOVERY_CODES))
    return [f"{one[:5]}-{one[5:]}" for one in signs]


def _bare(code: str) -> str:
    """A code as it is compared: however it was typed."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def _kept(codes: list[str]) -> tuple[str, ...]:
    return tuple(HASHER.hash(_bare(code)) for code in codes)


def _recovery_hash(held: Person, code: str) -> str | None:
    """The hash of the recovery code that was typed, where it is one of this person's that still works."""
    for kept in held.recovery if len(_bare(code)) == 10 else ():
        with suppress(VerificationError):
            if HASHER.verify(kept, _bare(code)):
                return kept
    return None


def renew_recovery_codes(portal: Portal, email: str, now: datetime) -> list[str]:
    """New recovery codes, to be shown once; those before are over. NotAllowed without a second factor."""
    codes = new_recovery_codes()
    kept = _kept(codes)
    with portal.store.transaction((Person, email), by=email, at=now) as records:
        person = records.get(Person, email)
        if not person.second_factor:
            raise NotAllowed("Set up the second factor first.")
        records.put(replace(person, recovery=kept), "recovery codes made")
    return codes


def use_code(portal: Portal, person: Person, code: str, now: datetime) -> Person | None:
    """The person, once the code is right; it does not work a second time, in this browser or another."""
    with portal.store.transaction((Person, person.id), by=person.id, at=now) as records:
        held = records.get(Person, person.id)
        step = step_of(held.second_factor, code, now) if held.second_factor else None
        recovery = _recovery_hash(held, code) if held.second_factor and step is None else None
        if recovery is not None:
            left = tuple(one for one in held.recovery if one != recovery)
            records.put(replace(held, recovery=left), f"recovery code used, {len(left)} left")
            return held
        if step is None or step <= held.last_code:
            return None
        records.put(replace(held, last_code=step), "code used")
    return held


def enrol(portal: Portal, email: str, secret: str, code: str, keep: str, now: datetime) -> list[str]:
    """Keep the secret once a code proves that the app has it, and return recovery codes, to be shown once.

    Every other session of the person ends.
    """
    try:
        step = step_of(secret, code, now)
    except ValueError:  # the secret came back changed from the page
        step = None
    if step is None:
        raise Refused([Problem("code", "This is not the code that the app shows now. Type the six digits again.")])
    codes = new_recovery_codes()
    kept = _kept(codes)
    with portal.store.transaction((Person, email), by=email, at=now) as records:
        person = records.get(Person, email)
        records.put(replace(person, second_factor=secret, last_code=step, recovery=kept), "second factor set up")
    end_sessions_of(portal, email, now, keep=keep)
    return codes


def forget(portal: Portal, email: str, *, by: str, now: datetime) -> None:
    """Take the second factor away, for somebody who has lost the phone; all their sessions end."""
    with portal.store.transaction((Person, email), by=by, at=now) as records:
        person = replace(records.get(Person, email), second_factor="", last_code=0, recovery=())
        records.put(person, "second factor taken away")
    end_sessions_of(portal, email, now)
