"""The score of a response, with a trace in which every number can be followed to a question.

The arithmetic is exact (decimals, no floats): the points of the lines add up to the categories, the categories to
the total. What is not answered earns nothing but counts as possible; what does not apply is left out of both sums;
where nothing counts there is no score. Only percentages are rounded, for display: every limit is compared exactly.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from msgspec import Struct

from portal.core.asking import Answers, Facts, asked
from portal.core.conditions import Found
from portal.core.exits import Certified, certified_by
from portal.core.judging import NOUGHT
from portal.core.lines import Line, lines_of
from portal.core.marks import Alternative, Override
from portal.core.outcomes import read_tables
from portal.core.questionnaire import Questionnaire
from portal.core.schemes import OutcomeRow
from portal.core.worth import Obligation, Verdict

TENTH = Decimal("0.1")


class CategoryScore(Struct, frozen=True, kw_only=True):
    """The sums of one category or of one section."""

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
    sections: tuple[CategoryScore, ...]
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
    alternatives: Mapping[str, Alternative] | None = None,
    overrides: Mapping[str, Override] | None = None,
) -> Score:
    """Judge every visible scored question as of a day, and read the scheme's outcome tables.

    `files` counts the evidence of each question; `further` gives outcome tables more facts, such as open actions;
    `alternatives` are the alternative measures that a reviewer has judged, `overrides` the credits that one has set.
    """
    now = asked(questionnaire, answers, facts, on, files)
    certified = certified_by(now.exit)
    scored = [one for one in now.questions.values() if one.weight is not None and certified is None]
    lines = lines_of(scored, now.answers, on, files or {}, alternatives or {}, overrides or {})
    return summed(questionnaire, lines, certified, further)


def summed(
    questionnaire: Questionnaire, lines: tuple[Line, ...], certified: Certified | None, further: Facts | None = None
) -> Score:
    """The lines added up, and the outcome tables read on the sums."""
    points, possible = sum((line.points for line in lines), NOUGHT), sum((line.possible for line in lines), NOUGHT)
    judged = _judgements(lines)
    criticals = tuple(
        line.question
        for line in lines
        if line.critical and not line.instead and line.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
    )
    categories, sections = _categories(questionnaire, lines), _sections(questionnaire, lines)
    known = {**_facts(points, possible, categories, sections, judged, criticals), **(further or {})}
    return Score(
        points=points,
        possible=possible,
        lines=lines,
        categories=categories,
        sections=sections,
        judgements=judged,
        criticals_unmet=criticals,
        outcomes=read_tables(questionnaire.scheme.tables, known) if possible else {},
        certified=certified,
    )


def _categories(questionnaire: Questionnaire, lines: tuple[Line, ...]) -> tuple[CategoryScore, ...]:
    sums = _sums((line.category, line) for line in lines)
    titles = questionnaire.categories
    order = {category: place for place, category in enumerate(titles)}
    return tuple(
        CategoryScore(id=id, title=titles.get(id, id), points=pair[0], possible=pair[1])
        for id, pair in sorted(sums.items(), key=lambda item: order.get(item[0], len(order)))
    )


def _sections(questionnaire: Questionnaire, lines: tuple[Line, ...]) -> tuple[CategoryScore, ...]:
    place = {question.id: section.id for section in questionnaire.sections for question in section.questions}
    sums = _sums((place[line.question], line) for line in lines)
    return tuple(
        CategoryScore(id=one.id, title=one.title, points=sums[one.id][0], possible=sums[one.id][1])
        for one in questionnaire.sections
        if one.id in sums
    )


def _sums(placed: Iterable[tuple[str, Line]]) -> dict[str, tuple[Decimal, Decimal]]:
    """Points and possible points by place."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for place, line in placed:
        points, possible = sums.get(place, (NOUGHT, NOUGHT))
        sums[place] = points + line.points, possible + line.possible
    return sums


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
    sections: tuple[CategoryScore, ...],
    judged: tuple[Judgement, ...],
    criticals: tuple[str, ...],
) -> dict[str, Found]:
    """What outcome tables may ask of a score. The score goes in unrounded, so 89.96 is not yet 90."""
    unmet = [judgement.obligation for judgement in judged if not judgement.met]
    known: dict[str, Found] = {
        "musts_unmet": str(unmet.count(Obligation.MUST)),
        "shoulds_unmet": str(unmet.count(Obligation.SHOULD)),
        "criticals_unmet": str(len(criticals)),
        "points": f"{points.normalize():f}",
    }
    if possible:
        known["score"] = f"{(100 * points / possible).normalize():f}"
        known["lowest_section"] = f"{min(_exact(one) for one in sections if one.possible).normalize():f}"
    # A category and a section may have one name; the category is the wider of the two.
    parts = {f"score.{one.id}": f"{_exact(one).normalize():f}" for one in (*sections, *categories) if one.possible}
    return {**known, **parts}


def _exact(part: CategoryScore) -> Decimal:
    """A part's score, not rounded."""
    return 100 * part.points / part.possible
