"""The texts of mails for admins: one a message and language, with a preview."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.core.errors import Problem, Refused
from portal.core.history_steps import steps
from portal.core.lettering import LONGEST_SUBJECT, LONGEST_TEXT, wrong_text
from portal.core.letters import LETTERS, PLACES, LetterText
from portal.mail import Written
from portal.usecases import letters
from portal.usecases.letters import LetterIn
from portal.web import here
from portal.web.staff_pages import again

bp = Blueprint("staff_texts", __name__)

NOTE = "This is where a campaign speaks **in its own words**."


@bp.get("/staff/texts")
def listing() -> ResponseReturnValue:
    """Every message in every language, and which of them are our admins' own."""
    portal = here.portal()
    own = set(portal.store.ids(LetterText))
    return render_template(
        "staff/texts.html",
        letters=LETTERS,
        own={(id, code) for id in LETTERS for code in portal.languages.tongues if letters.text_id(id, code) in own},
        notice=request.args.get("done"),
    )


@bp.get("/staff/texts/<letter_id>/<language>")
def show(letter_id: str, language: str) -> ResponseReturnValue:
    """One text, to be changed, and how the mail looks now."""
    return _page(letter_id, language, letters.letter_in(here.portal(), letter_id, language), [])


@bp.post("/staff/texts/<letter_id>/<language>")
def save(letter_id: str, language: str) -> ResponseReturnValue:
    """Show how it would look, keep it, or go back to ours."""
    portal, known = here.portal(), letters.letter_in(here.portal(), letter_id, language)
    typed = LetterIn(known.letter, request.form.get("subject", ""), request.form.get("text", ""), known.own)
    page = partial(_page, letter_id, language, typed)
    if request.form.get("do") == "forget":
        letters.forget_letter(portal, letter_id, language, by=here.person().id, now=here.now())
        return redirect(url_for(".listing", done="text-forgotten"), code=303)
    try:
        if request.form.get("do") == "save":
            letters.save_letter(
                portal, letter_id, language, typed.subject, typed.text, by=here.person().id, now=here.now()
            )
            return redirect(url_for(".listing", done="text-saved"), code=303)
    except Refused as fact:
        return again(page, fact)
    problems = wrong_text(typed.letter, typed.subject, typed.text)
    return page(problems), 422 if problems else 200


def _page(letter_id: str, language: str, shown: LetterIn, problems: Sequence[Problem]) -> str:
    looks = None if problems else _looks(shown, language)
    return render_template(
        "staff/text.html",
        letter_id=letter_id,
        language=language,
        tongue=here.portal().languages.tongues[language],
        shown=shown,
        looks=looks,
        looks_html=as_html(looks) if looks else "",
        places={name: PLACES[name] for name in PLACES if name in shown.letter.knows},
        longest=(LONGEST_SUBJECT, LONGEST_TEXT),
        steps=steps(here.portal().store.history(LetterText, letters.text_id(letter_id, language))),
        problems=problems,
    )


def as_html(looks: Written) -> Markup:
    """The HTML of a mail as part of a page: made from Markdown, reduced to harmless elements, all values escaped."""
    return Markup(looks.html)  # noqa: S704 - reduced to harmless elements, see letters.written


def _looks(shown: LetterIn, language: str) -> Written:
    title = next(iter(here.portal().library.questionnaires.values())).title
    due = here.today() + timedelta(days=30)
    return letters.preview(
        here.portal(), shown, language, title=title, due=due, expires=due + timedelta(days=30), note=NOTE
    )
