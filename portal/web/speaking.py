"""In which language this request is answered, and how a text is said in it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import quote

from flask import Flask, Request, current_app, g, request, url_for
from flask import Response as HttpResponse
from markupsafe import Markup
from msgspec import Struct

from portal.content.markdown import to_html
from portal.core import words as core_words
from portal.core.days import day_text
from portal.core.errors import PortalError, Problem
from portal.core.questionnaire import Questionnaire
from portal.core.records import Response
from portal.core.remarks import Remark
from portal.core.wording import reworded
from portal.languages import marking
from portal.languages.tongues import ENGLISH, Tongue
from portal.languages.words import Words
from portal.usecases.answering import Reading
from portal.web import here
from portal.web.guard import cookie_name, set_cookie

STAFF_SIDE = ("/staff", "/sign-in", "/sign-out")
MOST_WORDINGS = 200
A_YEAR = timedelta(days=365)
# Unicode's marks around a piece of text that has a direction of its own.
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
LONGEST_PATH = 200
MARK = marking.MARK.encode()


class Choice(Struct, frozen=True):
    """Where the choice of languages stands on a page: how its form is sent, whereto, and where that leads back."""

    method: str
    address: str
    back: str = ""


@dataclass
class Wordings:
    """Questionnaires in the languages they were read in, each made once; editions never change."""

    made: dict[tuple[str, Reading, str], Questionnaire] = field(default_factory=dict)

    def of(self, edition: str, reading: Reading, page: str) -> Questionnaire:
        """An edition as somebody reads it on a page in the language `page`."""
        key = (edition, reading, page)
        if key not in self.made:
            if len(self.made) >= MOST_WORDINGS:
                self.made.clear()
            asked = here.portal().edition(edition)
            as_written = Reading(page) == reading == Reading(asked.language)
            self.made[key] = asked if as_written else reworded(asked, _Sayer(reading, page, asked.language).say)
        return self.made[key]


class _Sayer:
    """Says texts of questionnaires in one language or two, on pages in the language `page`.

    What is not translated is said in the language `written` that the questionnaire was written in.
    """

    def __init__(self, reading: Reading, page: str, written: str) -> None:
        self.written = written
        self.first, self.page = here.portal().languages.words(reading.language), page
        self.second = here.portal().languages.words(reading.second) if reading.second else None

    def say(self, text: str) -> str:
        """The text in the first language, as written where it is not translated, the second language beside it."""
        translated = self.first.content.get(text)
        language = self.written if translated is None else self.first.language
        words = text if translated is None else translated
        first = words if language == self.page else marking.in_other(words, language)
        if self.second is None:
            return first
        other = self.second.content.get(text)
        second = self.written if other is None else self.second.language
        return first if second == language else marking.beside(first, text if other is None else other, second)


def reading() -> Reading:
    """The language of this request's page, and the second one beside it."""
    found: Reading | None = g.get("reading")
    if found is None:
        found = g.reading = _reading(request)
    return found


def _reading(request: Request) -> Reading:
    """Staff read English; a contact what is asked for in the address, else what was chosen, else what the browser says.

    The browser counts only where nobody is known: on the pages of an unknown link and of errors. There it names the
    language that was last chosen in it, or those that it asks all sites for.
    """
    if request.path == "/" or request.path.startswith(STAFF_SIDE):
        return Reading(ENGLISH)
    session = here.session()
    second = known_language(request.args.get("second", ""))
    if asked := known_language(request.args.get("language", "")):
        return Reading(asked, second)
    if session is not None and not session.person:
        return _kept(session.language, session.second_language)
    g.by_browser = True
    return Reading(_of_browser(request))


def _of_browser(request: Request) -> str:
    """The language last chosen in this browser, else the first that it asks all sites for and we have."""
    if remembered := known_language(request.cookies.get(cookie_name("language"), "")):
        return remembered
    tags = {one.tag: code for code, one in here.portal().languages.tongues.items()}
    return tags.get(request.accept_languages.best_match(tags, ENGLISH) or ENGLISH, ENGLISH)


def known_language(code: str) -> str:
    """The code, where there is such a language, else nothing."""
    return code if code in here.portal().languages else ""


def _kept(language: str, second: str) -> Reading:
    """A choice as it was kept; English where its language is there no more."""
    return Reading(known_language(language) or ENGLISH, second)


def as_invited(response: Response) -> None:
    """Read this page in the language of an invitation, unless its address asks for another."""
    if not known_language(request.args.get("language", "")):
        g.reading = _kept(response.language, response.second_language)


def read_in(wanted: Reading) -> None:
    """Read this page in languages that were just chosen; the browser remembers the first, if it is not its own."""
    g.reading = _kept(wanted.language, wanted.second)
    if g.reading.language != _of_browser(request):
        g.remembered = g.reading.language


def page_tongue() -> Tongue:
    """The language of this page."""
    return here.portal().languages.tongues[reading().language]


def edition(id: str) -> Questionnaire:
    """The questionnaire of that hash as this request reads it."""
    return edition_in(id, reading())


def edition_in(id: str, wanted: Reading) -> Questionnaire:
    """The questionnaire of that hash in other languages than this page's, each text marked with its language."""
    wordings: Wordings = current_app.extensions["wordings"]
    return wordings.of(id, wanted, reading().language)


def _words() -> Words:
    return here.portal().languages.words(reading().language)


def words() -> core_words.Words:
    """This page's language for what is no page: papers and workbooks, where no text can be marked as another's."""
    known = _words()

    def found(text: str) -> str:
        bare = marking.plain(text)
        return known.own.get(bare) or known.content.get(bare, bare)

    return core_words.Words(language=known.language, said=found)


def own(text: str) -> str:
    """Words of ours in this page's language; in English, and marked as that, where they are not translated."""
    words = _words()
    found = words.own.get(text)
    if found is not None:
        return found
    return text if words.language == ENGLISH else marking.in_other(text, ENGLISH)


def content_words(text: str) -> str:
    """Words of the questionnaires' folder in this page's language; as written, and marked, where not translated."""
    words = _words()
    found = words.content.get(text)
    if found is not None:
        return found
    return text if words.language == ENGLISH else marking.in_other(text, ENGLISH)


def said(text: str, **values: object) -> Markup:
    """Words of ours for the partner, with what is filled in escaped."""
    words = Markup(own(text))  # noqa: S704 - our own words
    return words % {name: _apart(value) for name, value in values.items()} if values else words


def _apart(value: object) -> object:
    """A value between words from right to left: kept apart from them, or its full stop would jump to its front."""
    if page_tongue().direction == "ltr" or not isinstance(value, str):
        return value
    return type(value)(f"{ISOLATE}{value}{END_OF_ISOLATE}")


def message(problem: Problem) -> str:
    """What is wrong, in this page's language, its values filled in; labels of questionnaires in them are translated."""
    content = _words().content
    values = {
        name: message(value) if isinstance(value, Problem) else _apart(content.get(value, value))
        for name, value in problem.values.items()
    }
    return own(problem.text) % values if values else own(problem.text)


def told(problem: Problem) -> str:
    """The same for a program: without marks."""
    return marking.plain(message(problem))


def remarked(remark: Remark) -> str:
    """What is worth another look, in this page's language; a rule of the questionnaire is said in it already."""
    if remark.rule:
        return remark.text
    language = reading().language
    return own(remark.text) % {name: day_text(date.fromisoformat(day), language) for name, day in remark.values.items()}


def reason(fact: PortalError) -> str:
    """Why something was not done, in this page's language."""
    return " ".join(map(message, fact.problems)) if fact.problems else own(str(fact))


def markdown(text: str) -> Markup:
    """A text of a questionnaire as HTML, each language in a block of its own."""
    blocks = [
        f"{marking.opening(language, second, 'div')}{to_html(words)}</div>" if language else to_html(words)
        for words, language, second in marking.parts(text)
    ]
    return Markup("").join(map(Markup, blocks))  # to_html leaves only harmless elements


def choice() -> Choice | None:
    """Where languages are chosen on this page; a page that answers a form cannot be had again and offers none."""
    if request.path == "/" or request.path.startswith(STAFF_SIDE):
        return None
    session, again = here.session(), request.method == "GET" or request.endpoint in SHOWN_AGAIN
    response_id = (request.view_args or {}).get("response_id", "")
    path = quote(request.path[:LONGEST_PATH])
    if session is not None and response_id in session.entered:
        own_page = url_for("partner.overview", response_id=response_id)
        return Choice("post", url_for("partner.read_in", response_id=response_id), path if again else own_page)
    return Choice("get", path) if request.method == "GET" else None


# Endpoints that show their page again at the same address when something was refused.
SHOWN_AGAIN = frozenset({"sections.save", "partner.submit"})


def language_buttons(saved_by: str) -> Markup:
    """What chooses a language, belonging to the form `saved_by`; every page has it, so each language draws it once."""
    drawn: dict[tuple[Reading, str], Markup] = current_app.extensions["language_buttons"]
    key = (reading(), saved_by)
    if key not in drawn:
        template = current_app.jinja_env.get_template("partner/tongues.html")
        drawn[key] = Markup(template.render(saved_by=saved_by))  # noqa: S704 - rendered by a template that escapes
    return drawn[key]


def finish(page: HttpResponse) -> HttpResponse:
    """Make marks into elements, and say in the headers what the page's language is and what it hangs on."""
    if page.mimetype != "text/html" or page.direct_passthrough:
        return page
    body = page.get_data()
    if MARK in body:
        page.set_data(marking.as_html(body.decode()))
    page.headers["Content-Language"] = page_tongue().tag
    if g.get("by_browser"):
        page.vary.update(("Accept-Language", "Cookie"))
    if "remembered" in g:
        set_cookie(page, cookie_name("language"), g.remembered, A_YEAR)
    return page


def install(app: Flask) -> None:
    """Make it known to templates; `finish` comes after every page, before it is packed."""
    app.extensions["wordings"] = Wordings()
    app.extensions["language_buttons"] = {}
    app.jinja_env.filters.update(markdown=markdown, message=message, remarked=remarked, plain_words=marking.plain)
    app.jinja_env.globals.update(
        _=said,
        content_words=content_words,
        page_tongue=page_tongue,
        reading=reading,
        tongues=lambda: here.portal().languages.tongues.values(),
        language_choice=choice,
        language_buttons=language_buttons,
    )
