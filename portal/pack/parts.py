"""What the pack tells of a response, part by part: the table that a new part of the portal adds a line to."""

from collections.abc import Callable, Sequence

from markupsafe import Markup
from msgspec import Struct

from portal.core.actions import actions_of
from portal.core.letters import LETTERS
from portal.core.worth import Obligation
from portal.pack.pages import drawn
from portal.pack.viewing import View
from portal.usecases.portal import MUST_RESULT, RATING


class Part(Struct, frozen=True, kw_only=True):
    """A part as it is drawn; without HTML there is nothing to tell, which is said too."""

    id: str
    title: str
    html: Markup


def _score(view: View) -> Markup:
    judged = view.judged
    return drawn(
        "part_score",
        view=view,
        judged=judged,
        rating=judged.outcomes.get(RATING),
        result=judged.outcomes.get(MUST_RESULT),
        musts=judged.of(Obligation.MUST),
        shoulds=judged.of(Obligation.SHOULD),
        unmet=judged.unmet(Obligation.MUST),
    )


def _answers(view: View) -> Markup:
    return drawn("part_answers", view=view)


def _actions(view: View) -> Markup:
    """What was promised, and the proof of its correction: every report with its files."""
    rows = [row for row in view.answers if row.action or view.response.reports.get(row.question)]
    tracked = {one.question.id: one for one in actions_of(view.questionnaire, view.response)}
    return drawn("part_actions", view=view, rows=rows, tracked=tracked) if rows else Markup("")


def _messages(view: View) -> Markup:
    rows = [row for row in view.answers if row.messages]
    return drawn("part_messages", view=view, rows=rows) if rows else Markup("")


def _notes(view: View) -> Markup:
    """What reviewers said that is meant for others; their own sections only where the pack is to have them."""
    judged = [row for row in view.answers if row.question in view.response.alternatives]
    doubted = [row for row in view.answers if row.contradicts]
    if not judged and not doubted and not view.reviews:
        return Markup("")
    return drawn("part_notes", view=view, judged=judged, doubted=doubted)


def _rounds(view: View) -> Markup:
    """What was asked back, round by round, as the partner read it."""
    asks = {row.question: row for row in view.answers}
    return drawn("part_rounds", view=view, asks=asks) if view.response.rounds else Markup("")


def _findings(view: View) -> Markup:
    return drawn("part_findings", view=view) if view.findings else Markup("")


def _decisions(view: View) -> Markup:
    return drawn("part_decisions", view=view) if view.response.decisions else Markup("")


def _events(view: View) -> Markup:
    return drawn("part_events", view=view) if view.response.happenings else Markup("")


def _mails(view: View) -> Markup:
    return drawn("part_mails", view=view, letters=LETTERS) if view.mails else Markup("")


def _earlier(view: View) -> Markup:
    return drawn("part_earlier", view=view, last_year=view.last_year) if view.last_year else Markup("")


def _receipt(view: View) -> Markup:
    return drawn("part_receipt", view=view, receipt=view.receipt) if view.receipt else Markup("")


def _history(view: View) -> Markup:
    return drawn("part_history", view=view)


# Id and title of each part, and what draws it, in the order of the page.
PARTS: tuple[tuple[str, str, Callable[[View], Markup]], ...] = (
    ("score", "Score", _score),
    ("answers", "Questions and answers", _answers),
    ("actions", "Corrective actions and proof of correction", _actions),
    ("findings", "Findings and proof of correction", _findings),
    ("notes", "Review notes", _notes),
    ("rounds", "Answers asked back", _rounds),
    ("decisions", "Decisions", _decisions),
    ("events", "Events between the years", _events),
    ("messages", "Messages about questions", _messages),
    ("mails", "Follow-up mails", _mails),
    ("earlier", "Compared with the year before", _earlier),
    ("receipt", "Receipt", _receipt),
    ("history", "History", _history),
)


def parts_of(view: View) -> Sequence[Part]:
    """All parts of a response."""
    return [Part(id=f"{view.id}-{id}", title=title, html=draw(view)) for id, title, draw in PARTS]
