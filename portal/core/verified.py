"""The declared score beside what visits have proved of it, and what is still only claimed.

Every counted question is in one of three groups: looked at and as declared, looked at and otherwise, not looked at.
Their weights add up to what is asked. What was found otherwise earns what was found, at worst nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from msgspec import Struct

from portal.core.judging import NOUGHT, judge
from portal.core.lines import Line
from portal.core.questionnaire import Kind, Question, Questionnaire
from portal.core.records import Response
from portal.core.scoring import Score, percent
from portal.core.visits import Result, Seen, Visit, VisitState

SAYS_SOMETHING = frozenset({Result.VERIFIED, Result.OTHERWISE})


class Weighed(Struct, frozen=True, kw_only=True):
    """What one question brings: its weight among what is asked, and the points it has, by how they are known."""

    asked: Decimal = NOUGHT
    confirmed: Decimal = NOUGHT
    refuted: Decimal = NOUGHT
    unseen: Decimal = NOUGHT
    verified: Decimal = NOUGHT
    claimed: Decimal = NOUGHT
    questions: int = 0
    looked_at: int = 0
    otherwise: int = 0

    def plus(self, other: "Weighed") -> "Weighed":
        """Both together."""
        names = self.__struct_fields__
        return Weighed(**{name: getattr(self, name) + getattr(other, name) for name in names})


class VerifiedPart(Struct, frozen=True, kw_only=True):
    """One category, or all of them: what was declared, what of it is verified, what is only claimed."""

    id: str
    title: str
    declared: Decimal | None
    weighed: Weighed

    @property
    def verified(self) -> Decimal | None:
        """What was seen to be there, as a share of what is asked."""
        return percent(self.weighed.verified, self.weighed.asked)

    @property
    def claimed(self) -> Decimal | None:
        """What was declared and nobody has looked at, as a share of what is asked."""
        return percent(self.weighed.claimed, self.weighed.asked)


class Verified(Struct, frozen=True, kw_only=True):
    """A score by how it is known: category by category, and as a whole."""

    parts: tuple[VerifiedPart, ...]
    total: VerifiedPart


def seen_in(visits: Iterable[Visit], response: Response) -> dict[str, Seen]:
    """The newest thing that finished visits say of each answer, as long as it is still the answer they looked at."""
    found: dict[str, Seen] = {}
    done = [visit for visit in visits if visit.state is VisitState.DONE and visit.response == response.id]
    for visit in sorted(done, key=lambda one: (str(one.finished), one.id)):
        found |= {
            id: seen
            for id, seen in visit.seen.items()
            if seen.result in SAYS_SOMETHING and seen.declared == answer_version(response, id)
        }
    return found


def answer_version(response: Response, question: str) -> int:
    """The version of the answer that a response holds now."""
    answer = response.answers.get(question)
    return answer.version if answer else 0


def options_found(question: Question) -> dict[str, str]:
    """The answers of which one may be what was found: option id to label."""
    return {one.id: one.label for one in question.options} if question.kind is Kind.CHOICE else {}


def verified(questionnaire: Questionnaire, score: Score, seen: Mapping[str, Seen], on: date) -> Verified:
    """The score beside what was seen; `on` is the day as of which answers are judged."""
    questions = {question.id: question for question in questionnaire.questions}
    sums: dict[str, Weighed] = {}
    for line in score.lines:
        brings = _weighed(line, questions[line.question], seen.get(line.question), on)
        sums[line.category] = sums.get(line.category, Weighed()).plus(brings)
    parts = tuple(
        VerifiedPart(id=one.id, title=one.title, declared=one.percent, weighed=sums[one.id]) for one in score.categories
    )
    total = Weighed()
    for part in parts:
        total = total.plus(part.weighed)
    whole = VerifiedPart(id="", title="All categories", declared=score.percent, weighed=total)
    return Verified(parts=parts, total=whole)


def _weighed(line: Line, question: Question, seen: Seen | None, on: date) -> Weighed:
    """What one line brings. Another answer that counts in its place, or one that does not apply, brings nothing.

    What is declared not to apply counts after all where that was found not to be so.
    """
    if line.instead:
        return Weighed()
    if seen is not None and seen.result is Result.OTHERWISE:
        credit = judge(question, seen.found, 0, on)[1] if seen.found else NOUGHT
        if credit is None:
            return Weighed()
        weight = line.weight
        return Weighed(asked=weight, refuted=weight, verified=weight * credit, questions=1, looked_at=1, otherwise=1)
    if line.credit is None:
        return Weighed()
    if seen is not None and seen.result is Result.VERIFIED:
        return Weighed(asked=line.possible, confirmed=line.possible, verified=line.points, questions=1, looked_at=1)
    return Weighed(asked=line.possible, unseen=line.possible, claimed=line.points, questions=1)
