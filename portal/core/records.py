"""The records that the store keeps: frozen values, each told apart by its kind and id.

Times are aware datetimes in UTC, dates are calendar dates, every scalar that a person typed is text.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from portal.core.casework import Decision, Finding, Happening
from portal.core.evidence import Evidence as Evidence
from portal.core.marks import Alternative, Mark, Override, Round
from portal.core.messages import Message
from portal.core.partners import Certificate, Contact, Retired, Site, Supplier
from portal.core.questionnaire import Questionnaire
from portal.core.record import Record as Record
from portal.core.reports import Report


class Role(StrEnum):
    """What a person may do: readers look, reviewers work with partners, admins also with people."""

    READER = "reader"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class State(StrEnum):
    """How far a response has come; `lifecycle.MOVES` says which step leads where."""

    INVITED = "invited"
    STARTED = "started"
    RETURNED = "returned"
    SUBMITTED = "submitted"

    @property
    def is_sent(self) -> bool:
        """Whether answers have been sent, some of which may be asked back."""
        return self in (State.RETURNED, State.SUBMITTED)


class Person(Record, frozen=True, kw_only=True):
    """Someone who can sign in. The id is the e-mail address in lower case; `password` is an Argon2 hash.

    `second_factor` is the secret that the person's app makes codes from, empty where there is none; `last_code` the
    time step of the last code that was used, so that none works twice; `recovery` the Argon2 hashes of the codes that
    work in its place. `entry` is the id of the link by which a password can be chosen now; without a password nobody
    has used it yet. `may_export` lets somebody take out the answers of all partners.
    """

    kind: ClassVar[str] = "person"
    keeps_history: ClassVar[bool] = True
    private: ClassVar[frozenset[str]] = frozenset({"password", "second_factor", "last_code", "recovery", "entry"})

    name: str
    role: Role
    password: str
    added: datetime
    disabled: bool = False
    second_factor: str = ""
    last_code: int = 0
    recovery: tuple[str, ...] = ()
    entry: str = ""
    may_export: bool = False


class Partner(Record, frozen=True, kw_only=True):
    """An organisation whose security we ask about; `country` is an ISO 3166 code of two letters.

    `business_type` decides the questionnaire, `further_types` are what else it does. `other_names` are its names in
    other scripts and its former ones. `looked_after_by` is the id of somebody on our side.
    """

    kind: ClassVar[str] = "partner"
    keeps_history: ClassVar[bool] = True

    name: str
    country: str
    business_type: str
    contact_name: str
    contact_email: str
    added: datetime
    city: str = ""
    tags: tuple[str, ...] = ()
    identifiers: dict[str, str] = {}
    other_names: tuple[str, ...] = ()
    address: str = ""
    further_types: tuple[str, ...] = ()
    sites: tuple[Site, ...] = ()
    contacts: tuple[Contact, ...] = ()
    looked_after_by: str = ""
    certificates: tuple[Certificate, ...] = ()
    suppliers: tuple[Supplier, ...] = ()
    retired: Retired | None = None


class Link(Struct, frozen=True, kw_only=True):
    """One secret link to a response. Only the SHA-256 of its token is kept, in hexadecimal.

    A link with `sections` is a colleague's: the contact (`made_by`) handed these sections over, and it opens nothing
    else. It then has an id, the colleague's name and perhaps a note and a due date. Without sections it is the
    invitation's own and opens everything.
    """

    token_hash: str
    made: datetime
    made_by: str
    expires: datetime
    opened: datetime | None = None
    withdrawn: datetime | None = None
    id: str = ""
    sections: tuple[str, ...] = ()
    name: str = ""
    note: str = ""
    due: date | None = None


class Action(Struct, frozen=True, kw_only=True):
    """A corrective action: what the partner will do, who does it, and the date it is promised for."""

    what: str = ""
    who: str = ""
    due: date | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """What was said to one question.

    `value` is text (an option's id, a number, an ISO date, free text), several option ids, or rows of
    column id to text; None when only a comment was left. `version` counts the saves of this answer.
    """

    value: str | tuple[str | dict[str, str], ...] | None = None
    other: str = ""
    comment: str = ""
    action: Action | None = None
    version: int = 0
    saved: datetime | None = None
    by: str = ""


class Wording(StrEnum):
    """What became of a question between two editions."""

    SAME = "same"
    REWORDED = "reworded"
    SPLIT = "split"
    MERGED = "merged"


class Earlier(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer of last year. `ask` and `text` are its wording then, where today's question no longer tells them."""

    question: str
    answer: Answer
    ask: str = ""
    text: str = ""


class Carried(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What last year's response says to a question: to be confirmed, or with `anew` only shown beside it.

    `done` is the day on which its corrective action was reported as done; `unsure` who wants to come back to it.
    """

    wording: Wording
    earlier: tuple[Earlier, ...]
    files: tuple[Evidence, ...] = ()
    anew: bool = False
    done: date | None = None
    unsure: str | None = None


class Sent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was sent to a question before it was changed in a round of asking back; no answer where there was none."""

    answer: Answer | None = None
    files: tuple[Evidence, ...] = ()


class Response(Record, frozen=True, kw_only=True):
    """All of one partner's answers to one invitation; `edition` is the hash of the content it is pinned to.

    `facts` are what conditions may know of the partner (name, business_type, country, tags), as they were
    when it was invited, so that a later change of the partner's record moves no question under the contact's hands.
    `language` is the one the contact reads in, at first that of the invitation; `submitted_language` is the one the
    answers were given in when they were sent.
    `review_answers` are what reviewers say in the parts that are theirs alone; the partner never sees them.
    `threads` are what was asked and answered about questions, by question id. Where one invitation
    covers several sites, each has a response with its `site`'s name: the first holds the ids of the others in `sites`,
    and `group` is the first one's id in these.
    `receipt` is the digest over all that was
    sent (see `receipts`), `reports` are what was said later about the corrective action of an answer, by question id.
    `previous` is the response of the year before, `carried` what it says to a question.
    `reminders_stopped` is when the partner or we asked for no more reminders.
    `alternatives` maps a question to what a reviewer thinks of the alternative measure that answers it, `marks` to a
    reviewer's mark, `overrides` to a credit that one has set. `assigned` is the id of who reviews it. `rounds` are the
    times it was sent back, `before` what was sent to the questions that were changed in the last one.
    `findings`, `decisions` and `happenings` are what came of it, see `casework`.
    """

    kind: ClassVar[str] = "response"
    keeps_history: ClassVar[bool] = True

    partner: str
    questionnaire: str
    edition: str
    state: State
    invited: datetime
    facts: dict[str, str | tuple[str, ...]] = {}
    due: date | None = None
    links: tuple[Link, ...] = ()
    answers: dict[str, Answer] = {}
    evidence: tuple[Evidence, ...] = ()
    started: datetime | None = None
    last_saved: datetime | None = None
    last_section: str = ""
    submitted: datetime | None = None
    reference: str = ""
    language: str = "en"
    second_language: str = ""
    submitted_language: str = ""
    review_answers: dict[str, Answer] = {}
    threads: dict[str, tuple[Message, ...]] = {}
    site: str = ""
    group: str = ""
    sites: tuple[str, ...] = ()
    receipt: str = ""
    reports: dict[str, tuple[Report, ...]] = {}
    previous: str = ""
    carried: dict[str, Carried] = {}
    alternatives: dict[str, Alternative] = {}
    reminders_stopped: datetime | None = None
    marks: dict[str, Mark] = {}
    overrides: dict[str, Override] = {}
    rounds: tuple[Round, ...] = ()
    before: dict[str, Sent] = {}
    assigned: str = ""
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    happenings: tuple[Happening, ...] = ()

    def files_for(self, question: str, report: str = "") -> list[Evidence]:
        """The files that support the answer to a question, or one report about its corrective action."""
        return [item for item in self.evidence if (item.question, item.report) == (question, report)]


class LinkKey(Record, frozen=True, kw_only=True):
    """Finds the response of a link: the id is the SHA-256 of the token in hexadecimal. Never changed."""

    kind: ClassVar[str] = "link"

    response: str


class Edition(Record, frozen=True, kw_only=True):
    """A questionnaire as it was when somebody was invited; the id is the SHA-256 of its content. Never changed."""

    kind: ClassVar[str] = "edition"

    questionnaire: Questionnaire


class Session(Record, frozen=True, kw_only=True):
    """A signed-in browser. The id is the SHA-256 of the secret in its cookie.

    `person` is set for staff; `entered` for partners: response id to the hash of the link that opened it, and the
    language, or the two, that this browser reads in. `browser` is what staff's browser calls itself, in two words.
    """

    kind: ClassVar[str] = "session"

    made: datetime
    seen: datetime
    person: str = ""
    confirmed: datetime | None = None
    entered: dict[str, str] = {}
    name: str = ""
    language: str = ""
    second_language: str = ""
    browser: str = ""


class Bucket(Record, frozen=True, kw_only=True):
    """Times of recent tries of one sort from one source; throttles read it, a restart does not empty it."""

    kind: ClassVar[str] = "bucket"

    tries: tuple[datetime, ...] = ()
