"""How things are shown: the words and helpers that templates share."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from flask import Flask, g
from markupsafe import Markup
from msgspec import Struct

from portal.core import days
from portal.core.asking import SectionOutline
from portal.core.countries import countries, country_name
from portal.core.questionnaire import Need, Question
from portal.core.records import Answer
from portal.core.telling import AS_KEPT, Manner, value_text
from portal.core.wording import phrase
from portal.evidence.limits import ACCEPTED
from portal.web import assets, here, speaking

ACCEPT = ",".join([*ACCEPTED, *(kind.extension for kind in ACCEPTED.values())])
NOTICES = {
    "saved": "Saved.",
    "more": "Saved. Some answers need a little more before you go on.",
    "new": "Saved. Because of your answers there are further questions below.",
    "doubt": "Saved. Please look once more at the answer below. You may leave it as it is.",
    "reviewed": "Saved. The partner does not see this.",
    "workbook": "The answers of the workbook are taken.",
    "evidence": "The file is added.",
    "removed": "The file is removed.",
    "still-true": "Confirmed: last year's answer is still true.",
    "not-sure": "Marked to come back to.",
    "keep": "The file is used again.",
    "first": "Somebody has answered this meanwhile; it was left as it is.",
    "reported": "Your report is kept. Thank you.",
    "finding-answered": "Your answer is kept. Thank you.",
    "event-told": "We have got it. Thank you for telling us.",
    "mailed": "If we know this link, a new one is on its way to the e-mail address on file. It can take some minutes.",
    "asked": "Your question is sent. The answer will stand beside it.",
    "colleague-withdrawn": "The link of your colleague has ended. What they answered is kept.",
    "colleague-extended": "Your colleague has more time now.",
    "site-added": "The site is added. What is the same for the whole company is filled in.",
    "site-removed": "The site is taken out.",
    "reminders-off": "You get no more reminders.",
    "reminders-on": "You are reminded again while your answers are not sent.",
    "replied": "The answer is sent to the partner.",
    "left": "You have left the questionnaire. Everything you saved is kept.",
}
STAFF_NOTICES = {
    "signed-out": "You are signed out.",
    "partner-added": "The partner is added.",
    "partner-changed": "The partner is changed.",
    "partner-retired": "The partner is retired. It is in no list any more; the tab Retired shows it.",
    "partner-back": "The partner is back.",
    "certificate-kept": "The certificate is kept in the partner's record.",
    "certificate-checked": "Noted that the certificate was looked up today.",
    "partner-merged": "The two are one partner now.",
    "retention-deleted": "What was ticked is deleted.",
    "retention-left": "Some of it has changed meanwhile and was left; the rest is deleted.",
    "imported": "The table is imported.",
    "clock-set": "The number of days is kept.",
    "judged": "What you think of the alternative measure is kept, and the score follows it.",
    "marked": "Kept.",
    "met-accepted": "Every answer that is fully met and had no mark is accepted.",
    "credit-set": "The credit is kept, and the score follows it.",
    "assigned": "Who reviews these answers is kept.",
    "sent-back": "Sent. The partner sees the questions that you asked back, and was told by mail.",
    "decided": "It is decided. The letter is sent, and the contact is told by mail.",
    "event-kept": "The event is kept.",
    "event-handled": "It is noted that you have looked at it.",
    "raised": "The finding is kept. The partner does not see it yet.",
    "findings-sent": "The findings are sent, and the contact is told by mail.",
    "finding-changed": "The finding is changed.",
    "finding-moved": "This is kept as a step of the finding.",
    "taken-up": "The corrective action is followed as a finding from here on.",
    "withdrawn": "The link is withdrawn. What was entered is kept.",
    "extended": "The due date is moved.",
    "campaign-sent": "Everybody is invited, and the mails are on their way.",
    "campaign-reminded": "Those who have not sent their answers are being reminded.",
    "nobody-reminded": "Nobody is reminded: all have answered, asked for silence, or were reminded today.",
    "contact-changed": "The contact is changed. The earlier links have ended, and a mail with a new one is on its way.",
    "mail-changed": "Done.",
    "mail-moved-on": "Nothing was done: meanwhile this mail has gone another way. See below.",
    "text-saved": "The text is kept. The next mail says it.",
    "text-forgotten": "Our own text counts again.",
    "codes-made": "New recovery codes are made. Those before no longer work.",
    "right-changed": "The right is changed.",
    "sessions-ended": "The sessions have ended.",
    "password-chosen": "Your password is kept. Sign in with it.",
    "visit-planned": "The visit is planned.",
    "visit-changed": "The plan is changed.",
    "visit-report": "The report is saved.",
    "visit-finished": "The visit is over and counts for the verified score.",
    "visit-cancelled": "The visit is cancelled.",
    "person-changed": "The person is changed; their open sessions have ended.",
    "second-factor": "The second factor is set up. From now on signing in asks for a code.",
    "password-changed": "Your password is changed. All your other sessions have ended.",
}


class SectionLine(Struct, frozen=True, kw_only=True):
    """A line of the task list; `needed` is how much is lacking where every question has an answer."""

    id: str
    title: str
    label: str
    asked: int
    answered: int
    state: str
    colour: str
    needed: int


def section_line(part: SectionOutline) -> SectionLine:
    """A section as the task list shows it: not started, so far, or complete."""
    untouched = part.answered == 0 and bool(part.lacking)
    state, colour = (phrase("Complete"), "green") if part.complete else (phrase("In progress"), "amber")
    if untouched:
        state, colour = phrase("Not started"), "grey"
    section = part.section
    return SectionLine(
        id=section.id,
        title=section.title,
        label=section.label,
        asked=part.asked,
        answered=part.answered,
        state=state,
        colour=colour,
        needed=len(part.lacking) if part.answered == part.asked else 0,
    )


def answer_text(question: Question, answer: Answer | None) -> str:
    """An answer as people read it."""
    if answer is None:
        return ""
    text = told_value(question, answer.value)
    return f"{text}: {answer.other}" if text and answer.other else text


def told_value(question: Question, value: object) -> str:
    """What was answered, in the words and with the signs of this page's language."""
    agreed, semicolon, comma = map(speaking.own, (AS_KEPT.agreed, AS_KEPT.semicolon, AS_KEPT.comma))
    manner = Manner(speaking.reading().language, agreed, semicolon, comma, written_out=True)
    return value_text(question, value, manner)


def size_text(size: int) -> str:
    """Bytes as people read them."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{days.number_text(Decimal(f'{size / 1_000_000:.1f}'), speaking.reading().language)} MB"


def day_text(when: datetime | date | None) -> str:
    """A day as people read it in the language of the page."""
    return days.day_text(when, speaking.reading().language)


def time_text(when: datetime | None) -> str:
    """A moment as people read it, in UTC; a script on the page shows it in local time."""
    return days.moment_text(when, speaking.reading().language)


def country_text(code: str) -> str:
    """A country's name in the language of the page."""
    return country_name(code, speaking.reading().language)


def percent_text(percent: Decimal | None) -> str:
    """A score as people read it."""
    return "no score" if percent is None else f"{percent}"


def plain_number(number: Decimal | None) -> str:
    """A weight or points without needless noughts."""
    if number is None:
        return "–"
    return f"{number.normalize():f}"


def _script_words(app: Flask) -> Callable[[], Markup]:
    """The words of the script, rendered once for each language."""
    made: dict[str, Markup] = {}
    template = app.jinja_env.get_template("partner/script_words.html")

    def script_words() -> Markup:
        language = speaking.reading().language
        if language not in made:
            made[language] = Markup(template.render())  # noqa: S704 - our own words, from a template that escapes
        return made[language]

    return script_words


def install(app: Flask) -> None:
    """Make them known to templates."""
    app.jinja_env.filters.update(
        day=day_text,
        moment=time_text,
        isoday=lambda text: day_text(date.fromisoformat(text)),
        size=size_text,
        percent=percent_text,
        plain=plain_number,
        country=country_text,
    )
    app.jinja_env.globals.update(
        asset=assets.address,
        config_of=lambda: here.portal().config,
        countries=lambda: countries(speaking.reading().language),
        accept=ACCEPT,
        notices=NOTICES | STAFF_NOTICES,
        needs=Need,
        answer_text=answer_text,
        person_here=lambda: g.get("person"),
        link_to=here.link_to,
    )
    app.jinja_env.globals["script_words"] = _script_words(app)
