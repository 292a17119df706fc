"""The sections that reviewers fill in, drawn as a form for the staff page of a response."""

from collections.abc import Mapping, Sequence

from flask import current_app
from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from portal.core.errors import Problem, Stale
from portal.core.questionnaire import Questionnaire
from portal.core.records import Response
from portal.core.reviewing import ReviewPart, reviewed
from portal.web.forms import Typed
from portal.web.questions import Drawer, show_question


class Drawn(Struct, frozen=True):
    """A reviewers' section with its questions drawn as a form, and as they were answered."""

    part: ReviewPart
    html: Markup


def drawn(
    response: Response,
    questionnaire: Questionnaire,
    typed: Mapping[str, Typed] = {},
    refused: Mapping[str, Sequence[Problem]] = {},
    stale: Mapping[str, Stale] = {},
) -> list[Drawn]:
    """The reviewers' sections; a question whose answer could not be kept shows what was typed."""
    drawer: Drawer = current_app.extensions["drawer"]
    theirs = replace(response, answers=response.review_answers, evidence=())
    found = []
    for part in reviewed(questionnaire, response):
        shown = (
            show_question(
                question,
                theirs,
                True,
                typed[question.id].given if question.id in {*refused, *stale} and question.id in typed else None,
                refused.get(question.id, ()),
                theirs.answers.get(question.id) if question.id in stale else None,
            )
            for question in part.questions
        )
        html = Markup("").join(drawer.draw(replace(one, bare=True), response.id, response.edition) for one in shown)
        found.append(Drawn(part, html))
    return found
