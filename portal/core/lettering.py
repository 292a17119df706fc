"""Whether a text that an admin wrote for a mail can be used. Pure."""

from portal.core.errors import Problem
from portal.core.letters import PLACES, Letter, places_in

LONGEST_SUBJECT, LONGEST_TEXT = 200, 8000


def wrong_text(letter: Letter, subject: str, text: str) -> list[Problem]:
    """What is wrong with an admin's text: nothing in it, too much, a place that is unknown or lacking."""
    problems = [
        *_wrong_length("subject", subject, LONGEST_SUBJECT),
        *_wrong_length("text", text, LONGEST_TEXT),
        *unknown_places("subject", subject, letter.knows - {"link", "note"}),
        *unknown_places("text", text, letter.knows),
    ]
    if "\n" in subject or "\r" in subject:
        problems.append(Problem("subject", "The subject is one line."))
    lacking = sorted(letter.needs - places_in(text))
    values = [{"place": f"%({name})s", "what": PLACES[name]} for name in lacking]
    return problems + [Problem("text", "%(place)s is missing: %(what)s.", one) for one in values]


def _wrong_length(where: str, text: str, longest: int) -> list[Problem]:
    if not text.strip():
        return [Problem(where, "Fill this in.")]
    return [Problem(where, "Write at most %(longest)s characters.", {"longest": str(longest)})] * (len(text) > longest)


def unknown_places(where: str, text: str, known: frozenset[str]) -> list[Problem]:
    """Each place in a text that nothing can be filled into."""
    unknown = sorted(places_in(text) - known)
    offer = ", ".join(f"%({name})s" for name in sorted(known))
    values = [{"place": f"%({name})s", "known": offer} for name in unknown]
    return [Problem(where, "%(place)s is unknown here; known are: %(known)s.", one) for one in values]
