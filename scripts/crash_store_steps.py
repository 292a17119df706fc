"""What the savers of crash_store.py do over and over, and how it is read back: each step brings a counter one on."""

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec.structs import replace

from portal.core.errors import PortalError
from portal.core.records import Answer, LinkKey, Partner, Record, Response, Session, State
from portal.core.register import PartnerRow, Row
from portal.store.engine import FileStore
from portal.store.transaction import CARRIED_BYTES

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LONG = "x" * CARRIED_BYTES  # more than the events that a record carries along: each change writes a history file too


class Violation(Exception):
    """The store broke a promise."""


def row_of(record: Record) -> Row | None:
    if not isinstance(record, Partner):
        return None
    return PartnerRow(id=record.id, name=record.city, country="VN", business_type="", contact_name="", contact_email="")


def partner(id: str) -> Partner:
    return Partner(
        id=id, name=LONG, country="VN", business_type="", contact_name="", contact_email="", added=NOW, city="0"
    )


def response(id: str) -> Response:
    answers = {f"q{number}": Answer(value="yes", comment="x" * 60, version=1) for number in range(115)}
    return Response(
        id=id, partner="p", questionnaire="q", edition="e", state=State.STARTED, invited=NOW, answers=answers
    )


def session(id: str) -> Session:
    return Session(id=id, made=NOW, seen=NOW)


def step_partner(store: FileStore, who: str) -> int:
    """One record with a history."""
    with store.transaction((Partner, who), by="saver", at=NOW) as records:
        now = records.find(Partner, who) or partner(who)
        value = int(now.city) + 1
        records.put(replace(now, city=str(value), name=f"{value}{LONG}"), "step")
    return value


def step_pair(store: FileStore, who: str) -> int:
    """Two records that change together, and a third that is there at every other step only."""
    keys = ((Partner, f"{who}-a"), (Partner, f"{who}-b"), (LinkKey, who))
    with store.transaction(*keys, by="saver", at=NOW) as records:
        now = records.find(Partner, f"{who}-a") or partner(f"{who}-a")
        value = int(now.city) + 1
        for side in "ab":
            records.put(replace(now, id=f"{who}-{side}", city=str(value), name=f"{value}{LONG}"), "step")
        if records.find(LinkKey, who):
            records.remove(LinkKey, who, "step")
        else:
            records.put(LinkKey(id=who, response="r"), "step")
    return value


def step_response(store: FileStore, who: str) -> int:
    """One answer among many."""
    with store.transaction((Response, who), by="saver", at=NOW) as records:
        now = records.find(Response, who) or response(who)
        value = int(now.last_section or "0") + 1
        answers = {**now.answers, f"q{value % 115}": Answer(value="no", comment=f"{value}", version=value)}
        records.put(replace(now, last_section=str(value), answers=answers), "step")
    return value


def step_session(store: FileStore, who: str) -> int:
    """A record that comes and goes: 1 when it is there."""
    with store.transaction((Session, who), by="saver", at=NOW) as records:
        if records.find(Session, who):
            records.remove(Session, who, "step")
            return 0
        records.put(session(who), "step")
        return 1


def read_partner(store: FileStore, who: str) -> int:
    now = store.find(Partner, who)
    value = int(now.city) if now else 0
    told = [event.changes["city"][1] for event in store.history(Partner, who)]
    expect([str(number) for number in range(1, value + 1)] == told, f"the history of {who} does not fit {value}")
    return value


def read_pair(store: FileStore, who: str) -> int:
    one, two = (read_partner(store, f"{who}-{side}") for side in "ab")
    expect(one == two, f"{who}: one of the pair is at {one}, the other at {two}")
    expect(bool(store.find(LinkKey, who)) == bool(one % 2), f"{who}: the third record does not fit step {one}")
    return one


def read_response(store: FileStore, who: str) -> int:
    now = store.find(Response, who)
    value = int(now.last_section) if now else 0
    if now:
        expect(now.answers[f"q{value % 115}"].version == value, f"{who}: answer and response do not fit")
        expect(value == len(store.history(Response, who)), f"the history of {who} does not fit {value}")
    return value


def read_session(store: FileStore, who: str) -> int:
    return int(store.find(Session, who) is not None)


Step = Callable[[FileStore, str], int]
STEPS: dict[str, tuple[Step, Step]] = {
    "partner": (step_partner, read_partner),
    "pair": (step_pair, read_pair),
    "response": (step_response, read_response),
    "session": (step_session, read_session),
}


def expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Violation(otherwise)


def take_steps(store: FileStore, steps: list[tuple[str, str]], tell: Callable[[str], None]) -> None:
    """Take these steps, telling before and after each; one that is refused is told as well."""
    for name, who in steps:
        tell(f"begin {name} {who}")
        try:
            tell(f"kept {name} {who} {STEPS[name][0](store, who)}")
        except (PortalError, OSError) as error:
            tell(f"refused {name} {who} {type(error).__name__}")
