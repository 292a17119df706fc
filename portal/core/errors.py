"""The facts that can stop a person, in the domain's words; the web and the command line translate them once."""

from collections.abc import Mapping, Sequence

from msgspec import Struct


class Problem(Struct, frozen=True):
    """One thing that is wrong and where, said so that it can be translated: `text % values`.

    A value may be a problem itself, where one sentence holds another.
    """

    where: str
    text: str
    values: "Mapping[str, str | Problem]" = {}

    def __str__(self) -> str:
        return self.message

    @property
    def message(self) -> str:
        """The sentence in English, its values filled in."""
        return self.text % self.values if self.values else self.text


class PortalError(Exception):
    """Anything that is the caller's to know; its text is fit to be shown.

    `problems` says it so that it can be translated, where its text has values in it.
    """

    problems: "tuple[Problem, ...]" = ()


class NotFound(PortalError):
    """There is no such thing, or not for the person who asks; the two look the same on purpose."""


class NotAllowed(PortalError):
    """The thing exists, but this step cannot be taken now; the text says why."""


class LinkOver(PortalError):
    """The invitation link has expired or was withdrawn."""


class Refused(PortalError):
    """What was given cannot be taken; nothing was kept, and every reason is in `problems`."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.where}: {p.message}" if p.where else p.message for p in problems))
        self.problems = tuple(problems)


class Stale(PortalError):
    """Somebody else saved the same answer first; `stored` is what is kept now."""

    def __init__(self, stored: object) -> None:
        super().__init__("Somebody else has changed this answer since you opened it.")
        self.stored = stored
