"""What is past its time: responses and partners that the rules on keeping say may go."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from portal.core.judging import months_after
from portal.core.lifecycle import CLOCK_SLACK
from portal.core.register import PartnerRow, ResponseRow
from portal.core.sites import groups

CYCLES = 2  # of what a partner that we work with has sent, this one and the one before it are always kept


class Rule(StrEnum):
    """Why something may go."""

    UNSENT = "unsent"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


class Keep(Struct, frozen=True, kw_only=True):
    """How many months things are kept; 0 keeps them for ever.

    `unsent` counts from the last thing that happened to an invitation that was withdrawn or ran out without being
    answered, `superseded` from sending answers that newer ones have followed, `retired` from retiring a partner.
    """

    unsent: int
    superseded: int
    retired: int

    def months(self, rule: Rule) -> int:
        """The months of a rule."""
        return {Rule.UNSENT: self.unsent, Rule.SUPERSEDED: self.superseded, Rule.RETIRED: self.retired}[rule]


class PastTime(Struct, frozen=True, kw_only=True):
    """Something that may go: the responses of one invitation, or a retired partner with all of its own."""

    rule: Rule
    partner: str
    name: str
    since: date
    responses: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A name by which a form says that it is meant."""
        return ":".join((self.rule, self.partner, *self.responses))


def past_time(
    partners: Iterable[PartnerRow], responses: Iterable[ResponseRow], keep: Keep, now: datetime
) -> list[PastTime]:
    """All that is past its time, the oldest first.

    The newest invitation of a partner that we work with, and the two that it sent last, are kept however old they are.
    """
    of_partner: dict[str, list[ResponseRow]] = {}
    for row in responses:
        of_partner.setdefault(row.partner, []).append(row)
    found = [one for row in partners for one in _of_partner(row, of_partner.get(row.id, []), keep, now)]
    return sorted(found, key=lambda one: (one.since, one.key))


def _of_partner(partner: PartnerRow, rows: Sequence[ResponseRow], keep: Keep, now: datetime) -> list[PastTime]:
    if partner.retired is not None and _is_over(partner.retired, keep.retired, now):
        ids = tuple(sorted(row.id for row in rows))
        return [_past(partner, Rule.RETIRED, partner.retired, ids)]
    invitations = sorted(groups(rows), key=lambda sites: (sites[0].invited, sites[0].id))
    sent = sorted((sites for sites in invitations if _sent(sites)), key=lambda sites: (_sent(sites), sites[0].id))
    spared = {row.id for sites in (*invitations[-1:], *sent[-CYCLES:]) for row in sites}
    found = []
    for sites in invitations:
        rule = Rule.SUPERSEDED if _sent(sites) else Rule.UNSENT
        since = _sent(sites) or _ended(sites, now)
        if since and sites[0].id not in spared and _is_over(since, keep.months(rule), now):
            found.append(_past(partner, rule, since, tuple(row.id for row in sites)))
    return found


def _past(partner: PartnerRow, rule: Rule, since: date, ids: tuple[str, ...]) -> PastTime:
    return PastTime(rule=rule, partner=partner.id, name=partner.name, since=since, responses=ids)


def _is_over(since: date, months: int, now: datetime) -> bool:
    return months > 0 and months_after(since, months) < now.date()


def _sent(sites: Sequence[ResponseRow]) -> date | None:
    """The day on which the last of the sites was sent, None where none was."""
    return max((row.submitted.date() for row in sites if row.submitted), default=None)


def _ended(sites: Sequence[ResponseRow], now: datetime) -> date | None:
    """The day of the last thing that happened to an invitation; None while somebody can still answer it."""
    days = []
    for row in sites:
        expires = row.link_expires
        if not row.link_withdrawn and expires is not None and expires + CLOCK_SLACK >= now:
            return None
        days += [moment.date() for moment in (row.invited, row.last_saved) if moment]
        days += [expires.date()] if expires and not row.link_withdrawn else []
    return max(days)
