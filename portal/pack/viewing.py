"""One response with everything that belongs to it, put together once, as all parts of the pack read it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256 as sha256_of
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from portal.core.casework import Finding, FindingStep
from portal.core.errors import NotFound
from portal.core.history import Event
from portal.core.history_steps import Step, steps
from portal.core.questionnaire import Question, Questionnaire
from portal.core.receipts import Checked, checked
from portal.core.records import Evidence, Partner, Response, State
from portal.core.register import MailRow
from portal.core.scoring import Score
from portal.evidence.limits import ACCEPTED
from portal.languages.tongues import Tongue, tongue
from portal.pack.zipping import CHUNK
from portal.usecases.earlier import LastYear, last_year
from portal.usecases.export_rows import Exported, ExportedAnswer, export_row
from portal.usecases.mailing import mails_about
from portal.usecases.portal import Portal, score_of

HERE, MISSING, DAMAGED = "here", "missing", "damaged"
# The fields of a response whose changes the pack tells. A new one is told once somebody has decided that outsiders
# may read it; what reviewers write for themselves is told only where that was asked for.
TOLD_OUTSIDE = frozenset(
    {"answers", "alternatives", "state", "due", "reference", "evidence", "language", "submitted_language", "reports"}
    | {"findings", "decisions", "happenings"}
)
FOR_REVIEWERS = frozenset({"review_answers"})


class Proof(Struct, frozen=True, kw_only=True):
    """A file of evidence: the record of it, whether its bytes are as they came, and where they lie in the folder."""

    item: Evidence
    state: str
    path: str


class View(Struct, frozen=True, kw_only=True):
    """A response as the pack tells it. `translated` are its questions' texts in the language that they were read in."""

    partner: Partner
    response: Response
    questionnaire: Questionnaire
    judged: Score
    exported: Exported
    questions: Mapping[str, Question]
    proofs: Mapping[str, Proof]
    history: Sequence[Step]
    last_year: LastYear | None
    mails: Sequence[MailRow]
    receipt: Checked | None
    language: Tongue
    translated: Mapping[str, str]
    today: date

    @property
    def id(self) -> str:
        """What the places on the partner's page begin with."""
        return f"r-{self.response.id}"

    @property
    def final(self) -> bool:
        """Whether it was submitted."""
        return self.response.state not in (State.INVITED, State.STARTED)

    @property
    def answers(self) -> Sequence[ExportedAnswer]:
        """What was asked of the partner, and what is kept although it is not asked any more."""
        return [row for row in self.exported.answers if not row.by_reviewer]

    @property
    def by_section(self) -> Iterator[tuple[str, list[ExportedAnswer]]]:
        """The same, section by section."""
        return ((title, list(rows)) for title, rows in groupby(self.answers, key=lambda row: row.section))

    @property
    def reviews(self) -> Sequence[ExportedAnswer]:
        """What reviewers said in the parts that are theirs; nothing unless the pack is to have it."""
        return [row for row in self.exported.answers if row.by_reviewer]

    @property
    def findings(self) -> Sequence[Finding]:
        """The findings that the partner was told of; a draft is nobody's business yet."""
        return [one for one in self.response.findings if one.sent is not None]

    def proofs_of(self, step: FindingStep) -> list[Proof]:
        """The evidence that came with a step of a finding."""
        return [self.proofs[id] for id in step.evidence if id in self.proofs]

    def files(self, question: str, report: str = "") -> list[Proof]:
        """The evidence of an answer, or of one report about its corrective action."""
        return [self.proofs[item.id] for item in self.response.files_for(question, report)]


def view_of(portal: Portal, partner: Partner, response: Response, *, review: bool, today: date) -> View:
    """Everything that belongs to a response; its evidence is read once to see that it is as it came."""
    questionnaire = portal.edition(response.edition)
    exported = export_row(portal, response, partner)
    if not review:
        exported = replace(exported, answers=tuple(row for row in exported.answers if not row.by_reviewer))
    language = response.submitted_language or response.language
    return View(
        partner=partner,
        response=response,
        questionnaire=questionnaire,
        judged=score_of(response, questionnaire),
        exported=exported,
        questions={one.id: one for one in (*questionnaire.questions, *_review_questions(questionnaire))},
        proofs={item.id: _proof(portal, item) for item in response.evidence},
        history=_history(portal, response, questionnaire, review),
        last_year=last_year(portal, response),
        mails=mails_about(portal, response)[::-1],
        receipt=checked(response),
        language=tongue(language),
        translated={} if language == questionnaire.language else portal.languages.words(language).content,
        today=today,
    )


def _review_questions(questionnaire: Questionnaire) -> Iterator[Question]:
    return (one for section in questionnaire.review for one in section.questions)


def _proof(portal: Portal, item: Evidence) -> Proof:
    kind = ACCEPTED.get(item.media_type)
    path = f"evidence/{item.sha256}{kind.extension if kind else '.bin'}"
    return Proof(item=item, state=_state(portal, item.sha256), path=path)


def _state(portal: Portal, sha256: str) -> str:
    try:
        with portal.evidence.open(sha256) as file:
            digest = sha256_of()
            while data := file.read(CHUNK):
                digest.update(data)
    except NotFound:
        return MISSING
    except OSError:
        return DAMAGED
    return HERE if digest.hexdigest() == sha256 else DAMAGED


def _history(portal: Portal, response: Response, questionnaire: Questionnaire, review: bool) -> Sequence[Step]:
    """Every step, the oldest first; of what changed only what outsiders may read."""
    events = portal.store.history(Response, response.id)
    told = TOLD_OUTSIDE | FOR_REVIEWERS if review else TOLD_OUTSIDE
    return steps(_narrowed(events, told), questionnaire)[::-1]


def _narrowed(events: Iterable[Event], told: frozenset[str]) -> Iterator[Event]:
    for event in events:
        changes = {path: pair for path, pair in event.changes.items() if path.partition(".")[0] in told}
        yield replace(event, changes=changes)
