"""Corrective actions after submission: what was promised, what the partner has reported since, what is overdue."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from portal.core.answering import Given, take
from portal.core.asking import asked_in, asks_now
from portal.core.errors import NotFound, Problem, Refused
from portal.core.lifecycle import moved
from portal.core.questionnaire import Kind, Need, Option, Question, Questionnaire
from portal.core.records import Action, Answer, Evidence, Response
from portal.core.reports import Progress, Report
from portal.core.returning import as_sent
from portal.core.wording import phrase

STATES = tuple(
    Option(id=state.value, label=label)
    for state, label in {
        Progress.PLANNED: phrase("Planned"),
        Progress.UNDER_WAY: phrase("Under way"),
        Progress.DONE: phrase("Done"),
    }.items()
)
LONGEST_REASON = 500


class Tracked(Struct, frozen=True, kw_only=True):
    """A corrective action with what became of it. `action` is what was promised with the answer and never changes."""

    question: Question
    answer: Answer
    action: Action
    reports: tuple[Report, ...] = ()

    @property
    def state(self) -> Progress:
        """How far it has come, as the newest report says."""
        return self.reports[-1].state if self.reports else Progress.PLANNED

    @property
    def is_open(self) -> bool:
        """Whether it is not reported as done."""
        return self.state is not Progress.DONE

    @property
    def due(self) -> date | None:
        """The date that holds now: the one moved to last, else the one promised."""
        return next((report.due for report in reversed(self.reports) if report.due), self.action.due)

    def is_overdue(self, on: date) -> bool:
        """Whether its date has passed and it is not reported as done."""
        return self.is_open and self.due is not None and self.due < on


def actions_of(questionnaire: Questionnaire, response: Response) -> tuple[Tracked, ...]:
    """The corrective actions of a submitted response, in the order asked; none before that.

    An action counts while its question is visible and the answer calls for one.
    """
    if not response.state.is_sent:
        return ()
    response = as_sent(response)
    return tuple(
        Tracked(question=question, answer=answer, action=answer.action, reports=response.reports.get(question.id, ()))
        for question in asked_in(questionnaire, response).questions.values()
        if (answer := response.answers.get(question.id)) is not None
        if answer.action is not None and answer.action.what and asks_now(question, answer).action is not Need.NONE
    )


def action_of(questionnaire: Questionnaire, response: Response, question_id: str) -> Tracked:
    """The corrective action of one answer, or NotFound."""
    for one in actions_of(questionnaire, response):
        if one.question.id == question_id:
            return one
    raise NotFound("There is no such corrective action.")


def by_date(actions: Sequence[Tracked]) -> list[Tracked]:
    """What is open first, the earliest date first, what has no date after that; what is done comes last."""
    return sorted(actions, key=lambda one: (not one.is_open, one.due is None, one.due or date.max))


def form_of(question_id: str) -> Question:
    """A report as the form asks for it: the state is a choice, the note a comment, the reason another text."""
    return Question(
        id=f"report-{question_id}", kind=Kind.CHOICE, ask="Progress", options=STATES, longest=LONGEST_REASON
    )


def read_report(action: Tracked, given: Given, blank: Report, today: date) -> Report:
    """The report with what was typed, checked as answers are; Refused with everything that is wrong or lacking."""
    form = form_of(action.question.id)
    said, problems = take(form, given, today)
    wrong = {problem.where for problem in problems}
    due = said.action.due if said.action else None
    due = None if due == action.due else due
    needs = (
        ("", bool(said.value), phrase("Say how far it has come.")),
        ("-comment", bool(said.comment), phrase("Write a few words on what has been done.")),
        ("-action-due", due is None or due >= today, phrase("Give a date that has not passed.")),
        ("-other", due is None or bool(said.other), phrase("Say why the date moves.")),
    )
    problems += [
        Problem(f"{form.id}{part}", text)
        for part, given_well, text in needs
        if not given_well and f"{form.id}{part}" not in wrong
    ]
    if problems:
        raise Refused(problems)
    return replace(blank, state=Progress(str(said.value)), text=said.comment, due=due, reason=said.other if due else "")


def twin_of(response: Response, question_id: str, report: Report, files: Sequence[Evidence]) -> Report | None:
    """The same report where it is kept already, since its form was sent twice."""
    known = {item.sha256 for item in response.evidence if item.report == report.id}
    for one in response.reports.get(question_id, ()):
        same = replace(report, at=one.at, by=one.by, evidence=one.evidence) == one
        if same and {item.sha256 for item in files} <= known:
            return one
    return None


def add_report(response: Response, question_id: str, report: Report, files: Sequence[Evidence]) -> Response:
    """The response with one more report; the answer and its own evidence stay as they were."""
    tied = [replace(item, report=report.id) for item in files]
    kept = replace(report, evidence=tuple(item.id for item in tied))
    return replace(
        response,
        state=moved(response, "report"),
        reports={**response.reports, question_id: (*response.reports.get(question_id, ()), kept)},
        evidence=(*response.evidence, *tied),
    )
