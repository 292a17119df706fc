"""Handing mails over: what is due is taken under a lock, its link is made, it is sent, and what became of it is kept.

Two processes may do so at once, and one may be killed in the middle: a mail is handed over by whoever took it first,
and one whose fate nobody knows is left to a person.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from portal.core import lifecycle, mails
from portal.core.errors import NotFound, PortalError
from portal.core.letters import LETTERS
from portal.core.mails import Mail, MailState
from portal.core.records import Link, LinkKey, Response, State
from portal.mail import Failure, Outcome, failure_of
from portal.usecases.groups import group_transaction
from portal.usecases.inviting import address_of, new_link
from portal.usecases.letters import message_of
from portal.usecases.mailing import mail_rows
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed

log = logging.getLogger("portal")

POSTMAN = "mail"
GONE = "What it was about is no longer there."


class Taken(Struct, frozen=True):
    """A mail that this process hands over, what it is about, and the link that was made for it."""

    mail: Mail
    response: Response
    token: str
    link: Link | None


def deliver(portal: Portal, clock: Callable[[], datetime]) -> int:
    """Hand over every mail that is due, the oldest first; how many went out.

    Where the server cannot be used at all the round ends, so that one outage does not cost every mail a try.
    """
    due = [row for row in mail_rows(portal) if mails.is_due(row.state, row.next_try, clock())]
    gone = 0
    for row in sorted(due, key=lambda row: (row.next_try, row.id)):
        outcome = deliver_one(portal, row.id, clock)
        gone += outcome is Outcome.SENT
        if outcome is Outcome.AWAY:
            break
    return gone


def deliver_one(portal: Portal, id: str, clock: Callable[[], datetime]) -> Outcome | None:
    """Hand over one mail if it is due; None where there was nothing to do."""
    taken = _take(portal, id, clock())
    if taken is None:
        return None
    failure = _send(portal, taken)
    if failure is None:
        _keep_sent(portal, taken, clock())
        return Outcome.SENT
    log.warning("mail %s, try %d: %s", id, taken.mail.tries, failure.outcome)
    _keep_failure(portal, taken, failure, clock())
    return failure.outcome


def _take(portal: Portal, id: str, now: datetime) -> Taken | None:
    """Take a mail, and make the link that it brings. None where another has it, or nobody needs it any more."""
    mail = portal.store.find(Mail, id)
    if mail is None or not mails.is_due(mail.state, mail.next_try, now):
        return None
    token, link = new_link(portal, POSTMAN, now)
    key = (LinkKey, link.token_hash)
    try:
        with group_transaction(portal, mail.response, (Mail, id), key, by=POSTMAN, at=now) as (records, members):
            mail = records.get(Mail, id)
            if not mails.is_due(mail.state, mail.next_try, now):
                return None
            if mail.state is MailState.SENDING:
                records.put(mails.ended(mail, MailState.FAILED, mails.MAY_HAVE_GONE), "mail may have gone out")
                return None
            if why := needless(mail, members):
                records.put(mails.ended(mail, MailState.CANCELLED, why), "mail cancelled")
                return None
            taken = mails.taken(mail, now)
            records.put(taken, "mail handed over")
            if "link" not in LETTERS[mail.letter].needs:
                return Taken(taken, members[0], "", None)
            for one in members:
                records.put(lifecycle.with_more_link(one, link), f"link made for a mail to {mail.to}")
            records.put(LinkKey(id=link.token_hash, response=members[0].id), "link made")
            return Taken(taken, members[0], token, link)
    except NotFound:
        _keep(portal, mails.ended(mail, MailState.CANCELLED, GONE), "mail cancelled", now)
        return None


def needless(mail: Mail, members: list[Response]) -> str:
    """Why nobody needs a mail any more; empty where it shall go out."""
    letter, newest = LETTERS.get(mail.letter), lifecycle.invitation_link(members[0])
    if letter is None:
        return GONE
    if "link" not in letter.needs:
        return ""
    if newest is None or newest.withdrawn is not None:
        return "The link was withdrawn before it went out."
    if letter.replaces:
        return ""
    if not letter.follows and all(one.state is State.SUBMITTED for one in members):
        return "The answers were sent before it went out."
    if letter.reminds and members[0].reminders_stopped is not None:
        return "Reminders were stopped before it went out."
    return ""


def _send(portal: Portal, taken: Taken) -> Failure | None:
    """Put the message together and hand it over; no reason that a server gives may hold the link."""
    link = address_of(portal, taken.token) if taken.token else ""
    try:
        message = message_of(portal, taken.mail, taken.response, link, taken.link.expires if taken.link else None)
        portal.mailer.send(message)
    except OSError as fault:
        failure = failure_of(fault)
        reason = failure.reason.replace(taken.token, "…") if taken.token else failure.reason
        return Failure(failure.outcome, reason)
    except (PortalError, ValueError) as fault:
        return Failure(Outcome.BOUNCED, f"It could not be put together: {type(fault).__name__}.")
    return None


def _keep_sent(portal: Portal, taken: Taken, now: datetime) -> None:
    letter, link = LETTERS[taken.mail.letter], taken.link
    if link is not None and letter.replaces:
        # Only now: a server that refuses the mail must not cost anybody the link that still works.
        with group_transaction(portal, taken.response.id, by=POSTMAN, at=now) as (records, members):
            for one in members:
                records.put(lifecycle.with_only_link(one, link.token_hash, now), "link replaced")
    _keep(portal, mails.sent(taken.mail, now), "mail sent", now)


def _keep_failure(portal: Portal, taken: Taken, failure: Failure, now: datetime) -> None:
    mail = taken.mail
    match failure.outcome:
        case Outcome.UNKNOWN:
            # It may have arrived, so its link has to work.
            _keep(portal, mails.ended(mail, MailState.FAILED, mails.MAY_HAVE_GONE), "mail may have gone out", now)
            return
        case Outcome.BOUNCED:
            _keep(portal, mails.ended(mail, MailState.BOUNCED, failure.reason), "mail bounced", now)
        case _:
            _keep(portal, mails.put_off(mail, failure.reason, now), "mail not taken", now)
    if taken.token:
        _forget_link(portal, taken, now)


def _forget_link(portal: Portal, taken: Taken, now: datetime) -> None:
    key = (LinkKey, hashed(taken.token))
    with group_transaction(portal, taken.response.id, key, by=POSTMAN, at=now) as (records, members):
        for one in members:
            records.put(lifecycle.without_link(one, key[1]), "link of a mail that was not taken removed")
        records.remove(LinkKey, key[1], "link removed")


def _keep(portal: Portal, mail: Mail, what: str, now: datetime) -> None:
    """Keep what became of a mail, unless somebody has done something else with it meanwhile."""
    with portal.store.transaction((Mail, mail.id), by=POSTMAN, at=now) as records:
        kept = records.find(Mail, mail.id)
        if kept is not None and (kept.state, kept.tries) != (MailState.FAILED, mail.tries):
            records.put(mail, what)
