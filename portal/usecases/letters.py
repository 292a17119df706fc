"""The texts of mails: ours or an admin's, in the reader's language, filled in and put together."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from email.message import EmailMessage
from html import escape

from msgspec import Struct
from msgspec.structs import replace

from portal.content.markdown import to_html
from portal.core import words as core_words
from portal.core.days import day_text
from portal.core.errors import NotFound, Refused
from portal.core.lettering import wrong_text
from portal.core.letters import LETTERS, Letter, LetterText, filled
from portal.core.mails import Mail
from portal.core.records import Response
from portal.languages.tongues import Tongue
from portal.mail import Written, composed
from portal.usecases.portal import Portal
from portal.usecases.workbook.taking import workbook_of

# Where a link of ours stands as the address of a Markdown link, and where it stands by itself.
ADDRESSED = 'href="%(link)s"'
NO_LINK = "https://portal.example.com/invitation/…"


class LetterIn(Struct, frozen=True):
    """A letter in one language: its text now, and whether an admin has written it."""

    letter: Letter
    subject: str
    text: str
    own: bool


def text_id(letter: str, language: str) -> str:
    """The id of an admin's text."""
    return f"{letter}.{language}"


def known_letter(portal: Portal, letter: str, language: str) -> Letter:
    """The letter of that id, or NotFound; the language has to be one of ours."""
    if letter not in LETTERS or language not in portal.languages:
        raise NotFound("There is no such letter.")
    return LETTERS[letter]


def letter_in(portal: Portal, letter: str, language: str) -> LetterIn:
    """A letter in a language: the admin's text, else ours in that language, else ours in English."""
    known, say = known_letter(portal, letter, language), portal.languages.words(language).say
    own = portal.store.find(LetterText, text_id(letter, language))
    if own is not None:
        return LetterIn(known, own.subject, own.text, own=True)
    return LetterIn(known, say(known.subject), say(known.text), own=False)


def save_letter(portal: Portal, letter: str, language: str, subject: str, text: str, *, by: str, now: datetime) -> None:
    """Put an admin's text in place of ours; Refused names each place that is unknown or lacking."""
    known = known_letter(portal, letter, language)
    if problems := wrong_text(known, subject, text):
        raise Refused(problems)
    one = LetterText(id=text_id(letter, language), subject=subject, text=text, saved=now, saved_by=by)
    with portal.store.transaction((LetterText, one.id), by=by, at=now) as records:
        records.put(one, "text of a mail changed")


def forget_letter(portal: Portal, letter: str, language: str, *, by: str, now: datetime) -> None:
    """Take an admin's text away, so that ours counts again."""
    known_letter(portal, letter, language)
    id = text_id(letter, language)
    with portal.store.transaction((LetterText, id), by=by, at=now) as records:
        if records.find(LetterText, id) is not None:
            records.remove(LetterText, id, "our own text of a mail taken up again")


def written(letter: LetterIn, values: Mapping[str, str], tongue: Tongue) -> Written:
    """A letter with its places filled, plainly and as HTML that holds no script, picture or style.

    Markdown is made HTML before anything is filled in, and what is filled in is escaped. Only a campaign's note is
    Markdown itself.
    """
    source = re.sub(r"\n{3,}", "\n\n", letter.text.replace("\r\n", "\n").replace("%(note)s", values.get("note", "")))
    html = to_html(source).replace(ADDRESSED, f'href="{escape(values.get("link", ""))}"')
    body = filled(html, values, lambda name, value: _linked(value) if name == "link" else escape(value))
    subject, plain = filled(letter.subject, values), filled(source, values)
    return Written(subject, plain, body, tongue.tag, tongue.direction)


def _linked(address: str) -> str:
    return f'<a href="{escape(address)}">{escape(address)}</a>'


def values_for(portal: Portal, title: str, language: str, *, due: date | None, note: str = "") -> dict[str, str]:
    """What fills the places of a letter, but for the link."""
    words = portal.languages.words(language)
    return {
        "importer": portal.config.importer,
        "title": words.content.get(title, title),
        "due": day_text(due, words.language),
        "contact": portal.config.contact,
        "note": note,
    }


def message_of(portal: Portal, mail: Mail, response: Response, link: str, expires: datetime | None) -> EmailMessage:
    """A mail as it is handed over; `link` and `expires` are empty where the letter has no place for them."""
    language = mail.language if mail.language in portal.languages else "en"
    values = values_for(portal, portal.edition(response.edition).title, language, due=response.due, note=mail.note) | {
        "link": link,
        "expires": day_text(expires, language),
    }
    text = written(letter_in(portal, mail.letter, language), values, portal.languages.tongues[language])
    form = ("questionnaire.xlsx", blank_form(portal, response, language)) if mail.form else None
    return composed(
        text, to=mail.to, sender=portal.config.mail_from, id=f"{mail.id}.{mail.tries}", at=mail.queued, form=form
    )


def blank_form(portal: Portal, response: Response, language: str) -> bytes:
    """The workbook without a single answer: mailboxes are no place for them."""
    known = portal.languages.words(language)
    words = core_words.Words(known.language, lambda text: known.own.get(text) or known.content.get(text, text))
    return workbook_of(portal, replace(response, answers={}, evidence=(), carried={}), words)


def preview(
    portal: Portal, letter: LetterIn, language: str, *, title: str, due: date, expires: date, note: str = ""
) -> Written:
    """A letter as it would arrive, with a link that opens nothing."""
    values = values_for(portal, title, language, due=due, note=note)
    values |= {"link": NO_LINK, "expires": day_text(expires, language)}
    return written(letter, values, portal.languages.tongues[language])
