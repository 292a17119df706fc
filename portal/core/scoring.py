"""The score of a response, with a trace in which every number can be followed to a question.

The arithmetic is exact (decimals, no floats): the points of the lines add up to the categories, the categories to
the total. What is not answered earns nothing but counts as possible; what does not apply is left out of both sums;
where nothing counts there is no score. Only percentages are rounded, for display: every limit is compared exactly.
"""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from msgspec import Struct

from portal.core.asking import Answers, Facts, asked
from portal.core.conditions import Found
from portal.core.exits import Certified, certified_by
from portal.core.judging import NOUGHT, judge
from portal.core.outcomes import read_tables
from portal.core.questionnaire import Obligation, OutcomeRow, Question, Questionnaire, Verdict

TENTH = Decimal("0.1")


class Line(Struct, frozen=True, kw_only=True):
    """What one question gave: `points` of `possible`, because the answer earned `credit` of the weight."""

    question: str
    label: str
    criterion: str
    category: str
    obligation: Obligation | None
    critical: bool
    verdict: Verdict
    weight: Decimal
    credit: Decimal | None
    points: Decimal
    possible: Decimal


class CategoryScore(Struct, frozen=True, kw_only=True):
    """The sums of one category."""

    id: str
    title: str
    points: Decimal
    possible: Decimal

    @property
    def percent(self) -> Decimal | None:
        """Points as a share of what was possible, rounded to a tenth; None where nothing counted."""
        return percent(self.points, self.possible)


class Judgement(Struct, frozen=True, kw_only=True):
    """The verdict on the musts, or on the shoulds, of one criterion; or on one question that has no criterion."""

    criterion: str
    question: str
    obligation: Obligation
    verdict: Verdict

    @property
    def met(self) -> bool:
        """Whether it is met in full."""
        return self.verdict is Verdict.MET

    @property
    def key(self) -> str:
        """The criterion's id, or the question's where there is none."""
        return self.criterion or self.question


class Score(Struct, frozen=True, kw_only=True):
    """A response judged by its questionnaire's scheme. `outcomes` maps a table's id to the row that holds.

    Nothing is judged where it left by an exit: then `certified` says so, and there is no score.
    """

    points: Decimal
    possible: Decimal
    lines: tuple[Line, ...]
    categories: tuple[CategoryScore, ...]
    judgements: tuple[Judgement, ...]
    criticals_unmet: tuple[str, ...]
    outcomes: dict[str, OutcomeRow]
    certified: Certified | None = None

    @property
    def percent(self) -> Decimal | None:
        """The score from 0 to 100, rounded to a tenth; None is «no score»."""
        return percent(self.points, self.possible)

    def of(self, obligation: Obligation) -> tuple[Judgement, ...]:
        """The judgements on musts or on shoulds."""
        return tuple(judgement for judgement in self.judgements if judgement.obligation is obligation)

    def unmet(self, obligation: Obligation) -> tuple[Judgement, ...]:
        """The musts or the shoulds that are less than met."""
        return tuple(judgement for judgement in self.of(obligation) if not judgement.met)


def percent(points: Decimal, possible: Decimal) -> Decimal | None:
    """Points as a share of possible, from 0 to 100 to a tenth.

    Rounded half up, but never up to 100: a response that misses anything does not read as perfect.
    """
    if not possible:
        return None
    rounded = (100 * points / possible).quantize(TENTH, ROUND_HALF_UP)
    if rounded == 100 and points != possible:
        return (100 * points / possible).quantize(TENTH, ROUND_DOWN)
    return rounded


def score(
    questionnaire: Questionnaire,
    answers: Answers,
    facts: Facts,
    on: date,
    files: Mapping[str, int] | None = None,
    further: Facts | None = None,
) -> Score:
    """Judge every visible scored question as of a day, and read the scheme's outcome tables.

    `files` counts the evidence of each question; `further` gives outcome tables more facts, such as open actions.
    """
    now = asked(questionnaire, answers, facts, on, files)
    certified = certified_by(now.exit)
    lines = tuple(
        _line(question, answers, on, (files or {}).get(question.id, 0))
        for question in now.questions.values()
        if question.weight is not None and certified is None
    )
    points, possible = sum((line.points for line in lines), NOUGHT), sum((line.possible for line in lines), NOUGHT)
    judged = _judgements(lines)
    criticals = tuple(
        line.question for line in lines if line.critical and line.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
    )
    categories = _categories(questionnaire, lines)
    known = {**_facts(points, possible, categories, judged, criticals), **(further or {})}
    return Score(
        points=points,
        possible=possible,
        lines=lines,
        categories=categories,
        judgements=judged,
        criticals_unmet=criticals,
        outcomes=read_tables(questionnaire.scheme.tables, known) if possible else {},
        certified=certified,
    )


def _line(question: Question, answers: Answers, on: date, files: int) -> Line:
    answer = answers.get(question.id)
    verdict, credit = judge(question, answer.value if answer else None, files, on)
    weight = question.weight or NOUGHT
    return Line(
        question=question.id,
        label=question.label,
        criterion=question.criterion,
        category=question.category,
        obligation=question.obligation,
        critical=question.critical,
        verdict=verdict,
        weight=weight,
        credit=credit,
        points=NOUGHT if credit is None else weight * credit,
        possible=NOUGHT if credit is None else weight,
    )


def _categories(questionnaire: Questionnaire, lines: tuple[Line, ...]) -> tuple[CategoryScore, ...]:
    sums: dict[str, list[Decimal]] = {}
    for line in lines:
        pair = sums.setdefault(line.category, [NOUGHT, NOUGHT])
        pair[0] += line.points
        pair[1] += line.possible
    titles = questionnaire.categories
    order = {category: place for place, category in enumerate(titles)}
    return tuple(
        CategoryScore(id=id, title=titles.get(id, id), points=pair[0], possible=pair[1])
        for id, pair in sorted(sums.items(), key=lambda item: order.get(item[0], len(order)))
    )


def _judgements(lines: tuple[Line, ...]) -> tuple[Judgement, ...]:
    """One judgement for the musts and one for the shoulds of each criterion, in the order asked."""
    grouped: dict[tuple[str, Obligation], list[Line]] = {}
    for line in lines:
        if line.obligation is not None and line.possible:
            grouped.setdefault((line.criterion or f"?{line.question}", line.obligation), []).append(line)
    return tuple(
        Judgement(
            criterion=part[0].criterion,
            question="" if part[0].criterion else part[0].question,
            obligation=obligation,
            verdict=_together([line.verdict for line in part]),
        )
        for (_, obligation), part in grouped.items()
    )


def _together(verdicts: list[Verdict]) -> Verdict:
    """Several questions on one criterion: all alike is that; nothing met is not met; anything between is partly met."""
    if len(set(verdicts)) == 1:
        return verdicts[0]
    some = any(verdict in (Verdict.MET, Verdict.PARTLY_MET) for verdict in verdicts)
    return Verdict.PARTLY_MET if some else Verdict.NOT_MET


def _facts(
    points: Decimal,
    possible: Decimal,
    categories: tuple[CategoryScore, ...],
    judged: tuple[Judgement, ...],
    criticals: tuple[str, ...],
) -> dict[str, Found]:
    """What outcome tables may ask of a score. The score goes in unrounded, so 89.96 is not yet 90."""
    unmet = [judgement.obligation for judgement in judged if not judgement.met]
    known: dict[str, Found] = {
        "musts_unmet": str(unmet.count(Obligation.MUST)),
        "shoulds_unmet": str(unmet.count(Obligation.SHOULD)),
        "criticals_unmet": str(len(criticals)),
    }
    if possible:
        known["score"] = f"{(100 * points / possible).normalize():f}"
    known.update({f"score.{c.id}": f"{(100 * c.points / c.possible).normalize():f}" for c in categories if c.possible})
    return known
