"""Why a file is not taken: the kinds of refusal that callers answer differently, and how each is said."""

from portal.core.errors import Problem, Refused
from portal.evidence.limits import ACCEPTED

ACCEPTED_LABELS = ", ".join(accepted.label for accepted in ACCEPTED.values())


class WrongType(Refused):
    """The file is of a sort that is never taken, whatever its name says."""


class TooLarge(Refused):
    """The file has more bytes than it may."""


class DiskRefused(Refused):
    """The disk has no room, or failed; the same file may be sent again later."""


def because(text: str, **values: str | Problem) -> tuple[Problem, ...]:
    """One reason as a refusal takes it; `%(accepted)s` in the text becomes the list of what is taken."""
    return (Problem("", text, {"accepted": ACCEPTED_LABELS, **values}),)


def wrong_type(text: str, **values: str | Problem) -> WrongType:
    """The refusal of a sort of file."""
    return WrongType(because(text, **values))


def unfit(text: str, **values: str) -> Refused:
    """The refusal of a file of an accepted sort for what is in it."""
    return Refused(because(text, **values))
