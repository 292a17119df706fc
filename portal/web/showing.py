"""How things are shown: the words and helpers that templates share."""

from datetime import UTC, date, datetime
from decimal import Decimal

from flask import Flask, g
from markupsafe import Markup
from msgspec import Struct

from portal.content.markdown import to_html
from portal.core.asking import SectionOutline
from portal.core.countries import countries, country_name
from portal.core.questionnaire import Need, Question
from portal.core.records import Answer
from portal.core.telling import value_text
from portal.evidence.limits import ACCEPTED
from portal.web import assets, here

ACCEPT = ",".join([*ACCEPTED, *(kind.extension for kind in ACCEPTED.values())])
NOTICES = {
    "saved": "Saved.",
    "more": "Saved. Some answers need a little more before you go on.",
    "new": "Saved. Because of your answers there are further questions below.",
    "workbook": "The answers of the workbook are taken.",
    "evidence": "The file is added.",
    "removed": "The file is removed.",
    "mailed": "If we know this link, a new one is on its way to the e-mail address on file. It can take some minutes.",
    "left": "You have left the questionnaire. Everything you saved is kept.",
    "signed-out": "You are signed out.",
    "partner-added": "The partner is added.",
    "imported": "The table is imported.",
    "judged": "What you think of the alternative measure is kept, and the score follows it.",
    "withdrawn": "The link is withdrawn. What was entered is kept.",
    "extended": "The due date is moved.",
    "person-added": "The person is added.",
    "person-changed": "The person is changed; their open sessions have ended.",
    "second-factor": "The second factor is set up. From now on signing in asks for a code.",
    "password-changed": "Your password is changed. All your other sessions have ended.",
}


class SectionLine(Struct, frozen=True, kw_only=True):
    """A line of the task list."""

    id: str
    title: str
    label: str
    asked: int
    answered: int
    state: str
    colour: str


def section_line(part: SectionOutline) -> SectionLine:
    """A section as the task list shows it: not started, so far, or complete."""
    untouched = part.answered == 0 and bool(part.lacking)
    state, colour = ("Complete", "green") if part.complete else ("In progress", "amber")
    if untouched:
        state, colour = "Not started", "grey"
    section = part.section
    return SectionLine(
        id=section.id,
        title=section.title,
        label=section.label,
        asked=part.asked,
        answered=part.answered,
        state=state,
        colour=colour,
    )


def answer_text(question: Question, answer: Answer | None) -> str:
    """An answer as people read it."""
    if answer is None:
        return ""
    text = value_text(question, answer.value)
    return f"{text}: {answer.other}" if text and answer.other else text


def size_text(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} KB"


def day_text(when: datetime | date | None) -> str:
    """A day as people read it."""
    return f"{when.day} {when:%B %Y}" if when else ""


def time_text(when: datetime | None) -> str:
    """A moment as people read it, in UTC; a script on the page shows it in local time."""
    return f"{when.astimezone(UTC):%d %b %Y, %H:%M} UTC" if when else ""


def percent_text(percent: Decimal | None) -> str:
    """A score as people read it."""
    return "no score" if percent is None else f"{percent}"


def plain_number(number: Decimal | None) -> str:
    """A weight or points without needless noughts."""
    if number is None:
        return "–"
    return f"{number.normalize():f}"


def said(text: str, **values: object) -> Markup:
    """Words of ours for the partner, with what is filled in escaped; the one place where they can be translated."""
    words = Markup(text)  # noqa: S704 - our own words
    return words % values if values else words


def install(app: Flask) -> None:
    """Make them known to templates."""
    app.jinja_env.filters.update(
        markdown=lambda text: Markup(to_html(text)),  # noqa: S704 - to_html leaves only harmless elements
        day=day_text,
        moment=time_text,
        size=size_text,
        percent=percent_text,
        plain=plain_number,
        country=country_name,
    )
    app.jinja_env.globals.update(
        asset=assets.address,
        config_of=lambda: here.portal().config,
        countries=countries,
        accept=ACCEPT,
        notices=NOTICES,
        needs=Need,
        answer_text=answer_text,
        _=said,
        person_here=lambda: g.get("person"),
    )
