"""The shortest way to the next rating, read off the trace: which questions, answered well, would lift it. Pure."""

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from portal.core.judging import NOUGHT, ONE
from portal.core.lines import Line
from portal.core.questionnaire import Questionnaire
from portal.core.schemes import OutcomeRow
from portal.core.scoring import Score, summed
from portal.core.worth import Obligation, Verdict

SHOWN = 3


class Lift(Struct, frozen=True, kw_only=True):
    """What lifts a rating to the next one: `steps` are the first, `more` says how many others it takes besides.

    `percent` is the score after the steps that are shown, `rating` the next rating up.
    """

    rating: OutcomeRow
    steps: tuple[Line, ...]
    more: int
    percent: Decimal | None

    @property
    def gain(self) -> Decimal:
        """The points that the steps bring."""
        return sum((gain(line) for line in self.steps), NOUGHT)


def with_full_credit(questionnaire: Questionnaire, judged: Score, questions: Collection[str]) -> Score:
    """The same score, had these questions earned all of their weight; where one of several suffices, that one."""
    met = {line.instead or line.question for line in judged.lines if line.question in questions}
    return summed(
        questionnaire, tuple(_in_full(one) if one.question in met else one for one in judged.lines), judged.certified
    )


def _in_full(line: Line) -> Line:
    return replace(line, verdict=Verdict.MET, credit=ONE, points=line.weight, possible=line.weight, corrected=True)


def gain(line: Line) -> Decimal:
    """The points that a question could earn beyond those it has."""
    return line.possible - line.points


def cheapest_steps(questionnaire: Questionnaire, judged: Score, table: str = "rating") -> Lift | None:
    """The fewest questions that lift the rating, the most binding and heaviest of them first; None at the top.

    A better rating is a row that stands higher in its table. One question counts as one step, since nobody knows here
    what a step costs.
    """
    rows = next((one.rows for one in questionnaire.scheme.tables if one.id == table), ())
    now = judged.outcomes.get(table)
    open_lines = [line for line in judged.lines if not line.instead and gain(line) > 0]
    if now is None or now not in rows or rows.index(now) == 0 or not open_lines:
        return None

    def after(lines: Sequence[Line]) -> Score:
        return with_full_credit(questionnaire, judged, {line.question for line in lines})

    def lifts(lines: Sequence[Line]) -> bool:
        row = after(lines).outcomes.get(table)
        return row in rows and rows.index(row) < rows.index(now)

    found = _fewest(open_lines, lifts)
    if not found:
        return None
    reached = after(found).outcomes[table]
    shown = tuple(sorted(found, key=_weightiest)[:SHOWN])
    return Lift(rating=reached, steps=shown, more=len(found) - len(shown), percent=after(shown).percent)


def _weightiest(line: Line) -> tuple[bool, bool, Decimal]:
    return not line.critical, line.obligation is not Obligation.MUST, -gain(line)


def _fewest(lines: Sequence[Line], lifts: Callable[[Sequence[Line]], bool]) -> list[Line]:
    """The smaller set of two: gathered by what binds most, and gathered by points alone; each without what is idle."""
    by_points = sorted(lines, key=lambda line: (-gain(line), *_weightiest(line)))
    sets = [_gathered(order, lifts) for order in (sorted(lines, key=_weightiest), by_points)]
    single = next(([line] for line in by_points if lifts([line])), None)
    return single or min(filter(None, sets), key=len, default=[])


def _gathered(order: Sequence[Line], lifts: Callable[[Sequence[Line]], bool]) -> list[Line]:
    """The first lines of an order that lift together, without those that they lift without; none where all do not."""
    low, high = 0, len(order)
    if not lifts(order):
        return []
    while low < high:  # a rating never sinks by one more answer that is good, so halves can be left out
        middle = (low + high) // 2
        low, high = (low, middle) if lifts(order[:middle]) else (middle + 1, high)
    kept = list(order[:low])
    for line in reversed(order[:low]):
        without = [one for one in kept if one is not line]
        if lifts(without):
            kept = without
    return kept
