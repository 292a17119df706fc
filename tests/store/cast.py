"""Records to keep: Ana answers for Meridian Textiles, Dara reviews."""

from datetime import UTC, date, datetime
from pathlib import Path

from msgspec.structs import replace

from portal.core.accounts import Audit, Entry, Purpose
from portal.core.records import (
    Action,
    Answer,
    Bucket,
    Evidence,
    Link,
    LinkKey,
    Partner,
    Person,
    Record,
    Response,
    Role,
    Session,
    State,
)
from portal.core.register import PartnerRow, ResponseRow, Row, VisitRow
from portal.core.visits import Result, Seen, Visit, VisitState
from portal.store.engine import FileStore
from portal.store.protocol import Store

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
DARA = "dara@importer.example.com"


def person(id: str = DARA, **changes: object) -> Person:
    return replace(Person(id=id, name="Dara", role=Role.REVIEWER, password="argon2-hash", added=NOW), **changes)


def partner(id: str = "meridian", **changes: object) -> Partner:
    made = Partner(
        id=id,
        name="Meridian Textiles",
        country="VN",
        business_type="foreign-manufacturer",
        contact_name="Ana",
        contact_email="ana@meridian.example.com",
        added=NOW,
        tags=("cotton",),
        identifiers={"duns": "123456789"},
    )
    return replace(made, **changes)


def response(id: str = "meridian-2026", **changes: object) -> Response:
    made = Response(
        id=id,
        partner="meridian",
        questionnaire="foreign-manufacturer",
        edition="0" * 64,
        state=State.STARTED,
        invited=NOW,
        due=date(2026, 5, 1),
        links=(Link(token_hash="ab" * 32, made=NOW, made_by=DARA, expires=NOW),),
        answers={
            "fence": Answer(value="yes", comment="两米高的围墙 — 2 m", version=3, saved=NOW, by="Ana"),
            "seals": Answer(value=("iso", "bolt"), other="wire", action=Action(what="buy", due=date(2026, 4, 1))),
            "sites": Answer(value=({"city": "Đà Nẵng", "people": "40"}, {"city": "Huế", "people": ""})),
            "cameras": Answer(comment="only a comment"),
        },
        evidence=(
            Evidence(
                id="e1",
                question="fence",
                sha256="cd" * 32,
                size=12,
                media_type="image/png",
                name="../fence.png",
                added=NOW,
                by="Ana",
            ),
        ),
    )
    return replace(made, **changes)


def bucket(id: str = "sign-in:192.0.2.7", tries: int = 2) -> Bucket:
    return Bucket(id=id, tries=(NOW,) * tries)


def session(id: str = "ef" * 32) -> Session:
    return Session(id=id, made=NOW, seen=NOW, person=DARA)


def link_key(id: str = "ab" * 32) -> LinkKey:
    return LinkKey(id=id, response="meridian-2026")


ENTRY = Entry(id="ef" * 32, person=DARA, purpose=Purpose.RESET, expires=NOW)


def visit(id: str = "gate-2026", **changes: object) -> Visit:
    made = Visit(
        id=id,
        partner="meridian",
        response="meridian-2026",
        site="Huế",
        state=VisitState.UNDER_WAY,
        planned_from=date(2026, 5, 4),
        planned_until=date(2026, 5, 5),
        team=("Dara", "Đặng"),
        questions=("fence", "seals"),
        made=NOW,
        by=DARA,
        seen={"fence": Seen(result=Result.OTHERWISE, note="1.5 m", found="partly", declared=3, version=1, by=DARA)},
        photos=response().evidence,
        began=NOW,
    )
    return replace(made, **changes)


ONE_OF_EACH = (
    person(), partner(), response(), link_key(), session(), bucket(), ENTRY, Audit(id="exports-2026-03"), visit(),
)  # fmt: skip


def row_of(record: Record) -> Row | None:
    match record:
        case Partner():
            fields = ("id", "name", "country", "business_type", "contact_name", "contact_email", "tags")
            return PartnerRow(**{name: getattr(record, name) for name in fields})
        case Response():
            fields = ("id", "partner", "questionnaire", "edition", "state", "invited", "due", "last_saved")
            return ResponseRow(
                **{name: getattr(record, name) for name in fields},
                link_expires=None,
                link_withdrawn=False,
                opened=None,
                last_section=record.last_section,
                submitted=None,
                answered=len(record.answers),
                asked=9,
                evidence=len(record.evidence),
            )
        case Visit():
            fields = ("id", "partner", "response", "site", "state", "planned_from", "planned_until", "team")
            counts = {"asked": len(record.questions), "marked": record.marked, "otherwise": record.otherwise}
            return VisitRow(**{name: getattr(record, name) for name in fields}, **counts)
        case _:
            return None


def opened(root: Path) -> FileStore:
    return FileStore(root, row_of)


def put(store: Store, *records: Record, what: str = "kept", by: str = DARA) -> None:
    with store.transaction(*((type(record), record.id) for record in records), by=by, at=NOW) as transaction:
        for record in records:
            transaction.put(record, what)


def remove(store: Store, record: Record, what: str = "removed") -> None:
    with store.transaction((type(record), record.id), by=DARA, at=NOW) as transaction:
        transaction.remove(type(record), record.id, what)


def file_of(root: Path, record: Record, ending: str = ".json") -> Path:
    """The only file of that kind's with that ending whose text holds the record's id."""
    folder = root / ("history" if ending == ".jsonl" else "records") / record.kind
    (found,) = [path for path in folder.rglob(f"*{ending}") if f'"{record.id}"' in path.read_text("utf-8")]
    return found


def faults(store: Store) -> list[str]:
    return [f"{fault.where}: {fault.what}" for fault in store.verify()]
