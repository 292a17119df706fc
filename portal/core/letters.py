"""What mails to partners say: a text for each message, with places for values. Pure.

Texts are Markdown. The English ones stand here and are translated in the catalogues; an admin may put another in place
of any, for one language. A place is written %(name)s; what is filled in is never read as a place or as Markdown.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from portal.core.record import Record
from portal.core.wording import phrase

# What stands in each place, as admins read it.
PLACES = {
    "importer": "the name of your company",
    "title": "the title of the questionnaire",
    "due": "the due date",
    "link": "the secret link, made for this mail alone",
    "expires": "the day until which the link works",
    "contact": "the address for questions, PORTAL_CONTACT",
    "note": "what a campaign says in its own words",
}
PLACE = re.compile(r"%\((\w*)\)s")
ALL = frozenset(PLACES) - {"note"}


class Letter(Struct, frozen=True, kw_only=True):
    """One message: its name for staff, its English text, which places it must have and which it may have."""

    name: str
    subject: str
    text: str
    needs: frozenset[str] = frozenset({"link"})
    knows: frozenset[str] = ALL
    # Whether it only asks for answers, so that it is pointless once they are sent or somebody asked for silence.
    reminds: bool = False
    # Whether its link takes the place of the earlier ones once the mail has gone out.
    replaces: bool = False
    # Whether it is about answers that were sent, so that it still counts then; all others only ask for answers.
    follows: bool = False


class LetterText(Record, frozen=True, kw_only=True):
    """An admin's text in place of ours; the id is the letter's and the language's."""

    kind: ClassVar[str] = "letter-text"
    keeps_history: ClassVar[bool] = True

    subject: str
    text: str
    saved: datetime
    saved_by: str


LETTERS: dict[str, Letter] = {
    "invitation": Letter(
        name="Invitation",
        subject=phrase("%(importer)s asks you about your security"),
        text=phrase(
            "Hello,\n\n%(importer)s asks you to answer “%(title)s”. Please send your answers by %(due)s.\n\n"
            "%(note)s\n\n%(link)s\n\n"
            "Whoever has this link can answer for your company, so give it only to colleagues who shall help you. "
            "Every answer is saved as you give it, and you can come back with the same link until %(expires)s.\n\n"
            "Questions? Write to %(contact)s.\n"
        ),
        needs=frozenset({"link", "note"}),
        knows=frozenset(PLACES),
    ),
    "reminder": Letter(
        name="Reminder before the due date",
        subject=phrase("Reminder: %(importer)s asks for your answers by %(due)s"),
        text=phrase(
            "Hello,\n\n%(importer)s asks you to send your answers to “%(title)s” by %(due)s. "
            "Everything you entered so far is still there.\n\n%(link)s\n\nThis link works until %(expires)s. "
            "You can stop these reminders on the page that it opens.\n\nQuestions? Write to %(contact)s.\n"
        ),
        reminds=True,
    ),
    "overdue": Letter(
        name="Reminder after the due date",
        subject=phrase("%(importer)s still waits for your answers"),
        text=phrase(
            "Hello,\n\nyour answers to “%(title)s” for %(importer)s were due on %(due)s and have not been sent yet. "
            "Everything you entered so far is still there; the last page tells you what is lacking.\n\n%(link)s\n\n"
            "This link works until %(expires)s. You can stop these reminders on the page that it opens.\n\n"
            "If something keeps you from answering, write to %(contact)s.\n"
        ),
        reminds=True,
    ),
    "fresh-link": Letter(
        name="New link on request",
        subject=phrase("Your new link to the security questionnaire of %(importer)s"),
        text=phrase(
            "Hello,\n\nsomebody asked for a new link to “%(title)s” for %(importer)s.\n"
            "Everything you entered before is still there.\n\n%(link)s\n\n"
            "The link works until %(expires)s. Earlier links no longer work.\n"
            "If you did not ask for it, you need not do anything.\n"
        ),
        replaces=True,
    ),
    "question-answered": Letter(
        name="Question answered",
        subject=phrase("%(importer)s has answered your question"),
        text=phrase(
            "Hello,\n\n%(importer)s has answered a question about “%(title)s”.\n"
            "Open the link in your invitation to read the answer beside your question.\n"
        ),
        needs=frozenset(),
        knows=ALL - {"link", "expires"},
    ),
    "asked-back": Letter(
        name="Answers asked back",
        subject=phrase("%(importer)s asks you to look at some answers again"),
        text=phrase(
            "Hello,\n\nthank you for your answers to “%(title)s”. %(importer)s asks you to look at some of them again, "
            "by %(due)s.\n\n%(link)s\n\nThe link shows these questions and what is asked about each. "
            "Your other answers stay as you sent them. It works until %(expires)s.\n\n"
            "Questions? Write to %(contact)s.\n"
        ),
    ),
    "findings-sent": Letter(
        name="Findings",
        subject=phrase("%(importer)s has written to you about corrections"),
        text=phrase(
            "Hello,\n\n%(importer)s has read your answers to “%(title)s” and has written about what should be "
            "corrected.\n\n%(link)s\n\nThe link leads to it. There you can say what you will do, and send proof. "
            "It works until %(expires)s.\n\nQuestions? Write to %(contact)s.\n"
        ),
        follows=True,
    ),
    "decided": Letter(
        name="Decision",
        subject=phrase("%(importer)s has decided about your security questionnaire"),
        text=phrase(
            "Hello,\n\n%(importer)s has decided about your answers to “%(title)s”.\n\n%(link)s\n\n"
            "The link leads to the letter, to read and to print. It works until %(expires)s.\n\n"
            "Questions? Write to %(contact)s.\n"
        ),
        follows=True,
    ),
}


def places_in(text: str) -> set[str]:
    """The names of all places in a text."""
    return set(PLACE.findall(text))


def filled(text: str, values: Mapping[str, str], shown: Callable[[str, str], str] = lambda _, value: value) -> str:
    """The text with its places filled; `shown` says how a value of that name is written."""
    return PLACE.sub(lambda found: shown(found[1], values[found[1]]) if found[1] in values else found[0], text)
