"""Words looked for in answers, in any script and whatever the case. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import accumulate
from unicodedata import normalize

from msgspec import Struct

from portal.core.asking import asked_in
from portal.core.questionnaire import Question, Questionnaire
from portal.core.records import Action, Answer, Response
from portal.core.telling import said_texts

AROUND = 40
# The two letters i of Turkish are one here: who types a name may have no Turkish keyboard.
ONE_LETTER = str.maketrans({"\u0131": "i", "\u0307": None})


class Place(Struct, frozen=True, kw_only=True):
    """A question whose answer holds the words: its id, its number where it has one, some of the text."""

    question: str
    name: str
    excerpt: str


def folded(text: str) -> str:
    """A text as it is compared: other ways to write the same signs are one, and so are large and small letters."""
    return normalize("NFKC", text).casefold().translate(ONE_LETTER)


def words_in(text: str) -> list[str]:
    """The words of a search, ready to be compared."""
    return folded(text).split()


def places(questionnaire: Questionnaire, response: Response, words: Sequence[str], on: date) -> Iterator[Place]:
    """Where the words stand together in what was said to one question.

    A word that is the number, the id or the criterion of a question need not be in its answer as well: `9.14 seals`.
    """
    now = asked_in(questionnaire, response, on)
    for question in now.questions.values():
        text = _said(question, now.answers.get(question.id) or Answer())
        names = {folded(name) for name in (question.id, question.label, question.criterion)}
        wanted = [word for word in words if word not in names]
        known = folded(text)
        if text and all(word in known for word in wanted):
            yield Place(question=question.id, name=question.label or question.id, excerpt=_excerpt(text, wanted))


def _said(question: Question, answer: Answer) -> str:
    """All that was said to a question, on one line."""
    done = answer.action or Action()
    parts = (*said_texts(question, answer.value), answer.other, answer.comment, done.what, done.who)
    return " · ".join(" ".join(normalize("NFKC", part).split()) for part in parts if part)


def _excerpt(text: str, words: Sequence[str]) -> str:
    """Some of the text, around the first of the words."""
    word = words[0] if words else ""
    at, ends = folded(text).find(word), accumulate(len(folded(sign)) for sign in text)
    place = next((place for place, end in enumerate(ends) if end > at), 0)
    start, end = max(0, place - AROUND), place + len(word) + AROUND
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"
