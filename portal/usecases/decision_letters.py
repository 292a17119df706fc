"""The letter that tells a partner what was decided: Markdown in the partner's language, for staff to change."""

from collections.abc import Iterator
from datetime import date

from portal.core.casework import Outcome
from portal.core.days import day_text
from portal.core.findings import by_date, due_of, is_open
from portal.core.records import Response
from portal.core.wording import phrase
from portal.usecases.portal import Portal

TITLE = phrase("Our decision on your security questionnaire")
READ = phrase(
    "You sent us your answers to “%(title)s” on %(day)s, reference %(reference)s. We have read them and have decided:"
)
OUTCOMES = {
    Outcome.APPROVED: phrase("You are approved."),
    Outcome.WITH_ACTIONS: phrase("You are approved, with corrective actions."),
    Outcome.REFUSED: phrase("You are not approved."),
}
UNTIL = phrase("This holds until %(day)s. We will ask you again in time.")
CORRECT = phrase("Please correct what is listed here, each by its date:")
WHERE = phrase("Open the link in your invitation to say what you will do and to send proof.")
KIND_REGARDS = phrase("With kind regards")


def letter(portal: Portal, response: Response, outcome: Outcome, valid_until: date | None, today: date) -> str:
    """The standard letter for an outcome; it names no score and nothing that staff noted for themselves."""
    return "\n\n".join(_paragraphs(portal, response, outcome, valid_until, today))


def _paragraphs(
    portal: Portal, response: Response, outcome: Outcome, valid_until: date | None, today: date
) -> Iterator[str]:
    words, language = portal.languages.words(response.language), response.language
    title = portal.edition(response.edition).title
    said = {
        "title": words.content.get(title, title),
        "day": day_text(response.submitted, language),
        "reference": response.reference,
    }
    yield f"## {words.say(TITLE)}"
    yield f"{response.facts.get('name', '')}\n\n{day_text(today, language)}"
    yield words.say(READ) % said
    yield f"**{words.say(OUTCOMES[outcome])}**"
    if valid_until is not None and outcome is not Outcome.REFUSED:
        yield words.say(UNTIL) % {"day": day_text(valid_until, language)}
    to_correct = by_date(one for one in response.findings if is_open(one))
    if to_correct and outcome is not Outcome.APPROVED:
        yield words.say(CORRECT)
        yield "\n".join(f"- {' '.join(one.required.split())} ({day_text(due_of(one), language)})" for one in to_correct)
        yield words.say(WHERE)
    yield f"{words.say(KIND_REGARDS)}\n\n{portal.config.importer}"
