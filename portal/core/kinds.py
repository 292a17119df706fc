"""All kinds of records that a store holds, by the name of their shelf; another kind is added here."""

from portal.core.accounts import Audit, Entry
from portal.core.campaigns import Campaign
from portal.core.desk import Clock
from portal.core.letters import LetterText
from portal.core.mails import Mail
from portal.core.record import Record
from portal.core.records import Bucket, Edition, LinkKey, Partner, Person, Response, Session
from portal.core.visits import Visit

KINDS: dict[str, type[Record]] = {
    record.kind: record
    for record in (
        Person, Partner, Response, LinkKey, Edition, Session, Bucket, Mail, LetterText, Campaign, Entry, Audit, Visit,
        Clock,
    )
}  # fmt: skip
