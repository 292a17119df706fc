"""How far an invitation by mail has come, from the rows of the register. Pure."""

from collections.abc import Iterable
from enum import StrEnum

from portal.core.mails import MailState
from portal.core.records import State
from portal.core.register import MailRow, ResponseRow


class Stage(StrEnum):
    """How far an invitation has come, in the order in which it comes there; bounced and withdrawn are ways out."""

    WAITING = "waiting"
    BOUNCED = "bounced"
    MAILED = "mailed"
    OPENED = "opened"
    STARTED = "started"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


# Each number of the funnel counts those who have come at least so far.
REACHED: dict[Stage, frozenset[Stage]] = {
    Stage.MAILED: frozenset({Stage.MAILED, Stage.OPENED, Stage.STARTED, Stage.SUBMITTED}),
    Stage.OPENED: frozenset({Stage.OPENED, Stage.STARTED, Stage.SUBMITTED}),
    Stage.STARTED: frozenset({Stage.STARTED, Stage.SUBMITTED}),
    Stage.SUBMITTED: frozenset({Stage.SUBMITTED}),
}
FAILED = (MailState.BOUNCED, MailState.FAILED)


def stage_of(row: ResponseRow, mails: Iterable[MailRow]) -> Stage:
    """How far one invitation has come. Who opened the link has got it, whatever became of the mail.

    Started means that something was answered: pressing Start alone is only opening.
    """
    if row.state is State.SUBMITTED:
        return Stage.SUBMITTED
    if row.link_withdrawn:
        return Stage.WITHDRAWN
    if row.last_saved:
        return Stage.STARTED
    if row.opened:
        return Stage.OPENED
    newest_first = sorted(mails, key=lambda mail: (mail.queued, mail.id), reverse=True)
    states = [mail.state for mail in newest_first if mail.state is not MailState.CANCELLED]
    if states and states[0] in FAILED:
        return Stage.BOUNCED
    return Stage.MAILED if MailState.SENT in states else Stage.WAITING
