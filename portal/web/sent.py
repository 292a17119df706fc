"""An answer as a program sends it, and as a page carries it along."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from portal.core.answering import Given
from portal.core.records import Answer


class Action(Struct, forbid_unknown_fields=True):
    """A corrective action as a program sends it."""

    what: str = ""
    who: str = ""
    due: str = ""


class Sent(Struct, forbid_unknown_fields=True):
    """An answer as a program sends it; what is left out stays as it is."""

    value: str | list[str | dict[str, str]] | UnsetType | None = UNSET
    comment: str | UnsetType = UNSET
    other: str | UnsetType = UNSET
    action: Action | UnsetType | None = UNSET
    version: int | None = None


def given_of(sent: Sent) -> Given:
    """What was sent, as it is checked."""
    value: Any = sent.value
    action = Action() if sent.action is None else sent.action
    return Given(
        value=tuple(value) if isinstance(value, list) else value,
        comment=sent.comment,
        other=sent.other,
        action=UNSET if action is UNSET else action.what,
        action_who=UNSET if action is UNSET else action.who,
        action_due=UNSET if action is UNSET else action.due,
    )


def sent_of(answer: Answer, version: int) -> Sent:
    """A checked answer as it would be sent, changed from that version."""
    value: Any = list(answer.value) if isinstance(answer.value, tuple) else answer.value
    action = answer.action
    due = str(action.due or "") if action else ""
    return Sent(
        value=value,
        comment=answer.comment,
        other=answer.other,
        action=Action(what=action.what, who=action.who, due=due) if action else None,
        version=version,
    )
