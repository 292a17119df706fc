"""A line for every partner, made from the register in one pass over its rows; no response is opened."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from portal.core.countries import country_name
from portal.core.deciding import renews
from portal.core.lifecycle import CLOCK_SLACK
from portal.core.records import State
from portal.core.register import PartnerRow, ResponseRow, ScoreRow, rated
from portal.core.sites import groups, lowest, together
from portal.core.summary import Standing
from portal.usecases.portal import Portal

NO_SCORE = "no-score"


class LinkState(StrEnum):
    """Whether the newest link of a response still opens it."""

    LIVE = "live"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Attention(StrEnum):
    """Why a partner may need somebody to write to them."""

    OVERDUE = "overdue"
    NOT_OPENED = "not-opened"
    LINK_OVER = "link-over"
    QUESTION = "question"
    ACTIONS_OVERDUE = "actions-overdue"
    TO_REVIEW = "to-review"
    FINDINGS_WAIT = "findings-wait"
    EVENT = "event"
    RENEW = "renew"
    TO_DECIDE = "to-decide"
    PROOF_ENDS = "proof-ends"


class PartnerLine(Struct, frozen=True, kw_only=True):
    """One partner in the list.

    `current` is the response it was invited to last; `scored` the one it submitted last, so that a new invitation
    does not hide what is known. Of several sites `current` tells of all together, `scored` is the lowest.
    `stopped_at` is the title of the section that was saved last.
    """

    partner: PartnerRow
    country: str
    business_type: str
    current: ResponseRow | None = None
    scored: ResponseRow | None = None
    stopped_at: str = ""
    link: LinkState | None = None
    attention: tuple[Attention, ...] = ()
    can_invite: bool = True
    sites: int = 0
    overdue_actions: int = 0

    @property
    def standing(self) -> Standing:
        """How far it has come."""
        return Standing(self.current.state.value) if self.current else Standing.NOT_INVITED

    @property
    def of_last_year(self) -> bool:
        """Whether the score is that of an earlier invitation, since a newer one is under way."""
        if self.current is None or self.scored is None:
            return False
        return invitation_of(self.current) != invitation_of(self.scored)

    @property
    def score(self) -> ScoreRow | None:
        """The score of the response that it submitted last."""
        return self.scored.score if self.scored else None

    @property
    def percent(self) -> Decimal | None:
        """The score, None where there is none."""
        return self.score.percent if self.score else None

    @property
    def rating(self) -> str:
        """The rating's id; `no-score` for a submitted response in which nothing counted, nothing before that."""
        return (self.score.rating or NO_SCORE) if self.score else ""

    @property
    def progress(self) -> float | None:
        """The share of questions answered, None where nothing is asked yet."""
        return self.current.answered / self.current.asked if self.current and self.current.asked else None


def invitation_of(row: ResponseRow) -> str:
    """What the responses of all sites of an invitation share."""
    return row.group or row.id


def partner_lines(portal: Portal, now: datetime, *, retired: bool = False) -> list[PartnerLine]:
    """A line for every partner that we work with, or for those that are retired."""
    rows = response_rows(portal)
    invitations = sorted(groups(rows), key=lambda sites: (sites[0].invited, sites[0].id))
    current = {sites[0].partner: together(sites) for sites in invitations}
    numbers = {sites[0].partner: len(sites) for sites in invitations}
    scored = {row.partner: row for sites in sorted(invitations, key=_sent) if (row := lowest(sites)) is not None}
    still_open = {row.partner for row in rows if is_open(row)}
    words = Words(portal)
    return [
        replace(
            _line(row, current.get(row.id), scored.get(row.id), _can_invite(row, still_open), words, now),
            sites=numbers.get(row.id, 0),
        )
        for row in portal.store.rows(PartnerRow)
        if isinstance(row, PartnerRow) and (row.retired is not None) == retired and not row.merged_into
    ]


def _can_invite(row: PartnerRow, still_open: set[str]) -> bool:
    return row.retired is None and row.id not in still_open


def _sent(sites: list[ResponseRow]) -> datetime:
    """When the last of the sites was submitted, or when they were invited."""
    return max((row.submitted for row in sites if row.submitted), default=sites[0].invited)


def _line(
    partner: PartnerRow,
    current: ResponseRow | None,
    scored: ResponseRow | None,
    can_invite: bool,
    words: "Words",
    now: datetime,
) -> PartnerLine:
    late = scored.overdue_actions(now.date()) if scored else 0
    asks_again = can_invite and scored is not None and renews(scored.valid_until, now.date())
    ends = scored.score.certified_until if scored and scored.score else None
    further = {Attention.ACTIONS_OVERDUE: bool(late), Attention.RENEW: asks_again}
    further[Attention.PROOF_ENDS] = can_invite and renews(ends, now.date())
    return PartnerLine(
        partner=partner,
        country=country_name(partner.country),
        business_type=words.types.get(partner.business_type, partner.business_type),
        current=current,
        scored=as_of(scored, now) if scored else None,
        stopped_at=words.section(current) if current else "",
        link=link_state(current.link_withdrawn, current.link_expires, now) if current else None,
        attention=(*(attention_of(current, now) if current else ()), *(one for one, holds in further.items() if holds)),
        can_invite=can_invite,
        overdue_actions=late,
    )


def as_of(row: ResponseRow, now: datetime) -> ResponseRow:
    """The row as it reads now: a certificate may have ended since."""
    return replace(row, score=rated(row.score, now.date())) if row.score else row


def response_rows(portal: Portal, partner: str = "") -> list[ResponseRow]:
    """The responses as lists show them, of one partner or of all, in no order."""
    rows = [row for row in portal.store.rows(ResponseRow) if isinstance(row, ResponseRow)]
    return [row for row in rows if row.partner == partner] if partner else rows


def is_open(row: ResponseRow) -> bool:
    """Whether a response is neither submitted nor withdrawn; its partner is not invited again while it is."""
    return row.state is not State.SUBMITTED and not row.link_withdrawn


class Words:
    """Names of business types and titles of sections; those of an edition are looked up once."""

    def __init__(self, portal: Portal) -> None:
        self.types = {type.id: type.name for type in portal.library.catalogue.business_types.values()}
        self.portal, self.titles = portal, dict[str, dict[str, str]]()

    def section(self, row: ResponseRow) -> str:
        """The title of the section that was saved last."""
        if not row.last_section:
            return ""
        if row.edition not in self.titles:
            sections = self.portal.edition(row.edition).sections
            self.titles[row.edition] = {section.id: section.title for section in sections}
        return self.titles[row.edition].get(row.last_section, "")


class ResponseLine(Struct, frozen=True, kw_only=True):
    """One response of a partner with what its row does not say by itself."""

    row: ResponseRow
    link: LinkState
    attention: tuple[Attention, ...]
    stopped_at: str

    @property
    def still_open(self) -> bool:
        """Whether it stands in the way of another invitation."""
        return is_open(self.row)


def response_lines(portal: Portal, partner: str, now: datetime) -> list[ResponseLine]:
    """A partner's responses, the newest first."""
    words = Words(portal)
    return [
        ResponseLine(
            row=as_of(row, now),
            link=link_state(row.link_withdrawn, row.link_expires, now),
            attention=attention_of(row, now),
            stopped_at=words.section(row),
        )
        for row in sorted(response_rows(portal, partner), key=lambda row: (row.invited, row.id), reverse=True)
    ]


def link_state(withdrawn: bool, expires: datetime | None, now: datetime) -> LinkState:
    """Whether a link still opens its response."""
    if withdrawn or expires is None:
        return LinkState.WITHDRAWN
    return LinkState.LIVE if now <= expires + CLOCK_SLACK else LinkState.EXPIRED


def attention_of(row: ResponseRow, now: datetime) -> tuple[Attention, ...]:
    """Why somebody may have to write to the partner; once it has submitted, because it asks or is not reviewed."""
    asks, reviewed = row.open_questions > 0, row.marked >= row.to_review
    if row.state is State.SUBMITTED:
        mine = {
            Attention.QUESTION: asks,
            Attention.TO_REVIEW: not reviewed and not row.decision,
            Attention.TO_DECIDE: reviewed and not row.decision,
            Attention.FINDINGS_WAIT: row.findings_waiting > 0,
            Attention.EVENT: row.events_waiting > 0,
        }
        return tuple(reason for reason, holds in mine.items() if holds)
    reasons = {
        Attention.OVERDUE: row.due is not None and row.due < now.date(),
        Attention.NOT_OPENED: row.opened is None,
        Attention.LINK_OVER: link_state(row.link_withdrawn, row.link_expires, now) is not LinkState.LIVE,
        Attention.QUESTION: asks,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)
