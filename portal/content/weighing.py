"""What groups and sections make of the weights of their questions: one of several suffices, points for a section."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from msgspec.structs import replace

from portal.content.fields import Fields
from portal.core.questionnaire import Question

HUNDREDTH = Decimal("0.01")


def read_sufficing(fields: Fields, questions: Sequence[Question]) -> tuple[Question, ...]:
    """The questions of a group or section; with `suffices: one` they all weigh the same, and the best one counts."""
    word, weight = fields.text("suffices"), fields.decimal("weight")
    if not word:
        if weight is not None:
            fields.wrong("only a group of which one suffices has a weight; give each question its own", "weight")
        return tuple(questions)
    ids = {question.id for question in questions}
    members = [question for question in questions if question.parent not in ids]
    scored = [question for question in members if question.weight is not None]
    if word != "one":
        fields.wrong(f"“suffices” cannot be “{word}”; write one", "suffices")
    if len(members) < 2:
        fields.wrong("one of several can only suffice where there are several questions", "suffices")
    if len({(one.criterion, one.category, one.obligation) for one in scored}) > 1:
        fields.wrong("questions of which one suffices share one criterion, category and obligation", "suffices")
    if weight is not None and (weight < 0 or not scored):
        fields.wrong("the weight of a group is nought or more, and for scored questions", "weight")
    if members and scored:
        weight = max(one.weight or Decimal(0) for one in scored) if weight is None else weight
    chosen = {one.id for one in members}
    return tuple(
        one
        if one.id not in chosen
        else replace(one, one_of=members[0].id, weight=None if one.weight is None else weight)
        for one in questions
    )


def read_points(fields: Fields, questions: Sequence[Question]) -> tuple[Question, ...]:
    """The questions of a section; with `points` their weights are scaled so that they add up to as many."""
    points = fields.decimal("points")
    if points is None:
        return tuple(questions)
    # Questions of which one suffices count once between them.
    weights = {one.one_of or one.id: one.weight for one in questions if one.weight}
    if points <= 0 or points != points.quantize(HUNDREDTH) or not weights:
        fields.wrong("points are above nought with at most two decimals, for a section with scored questions", "points")
        return tuple(questions)
    shares = _shares(points, weights)
    return tuple(replace(one, weight=shares[one.one_of or one.id]) if one.weight else one for one in questions)


def _shares(points: Decimal, weights: dict[str, Decimal]) -> dict[str, Decimal]:
    """The points shared out by weight, to a hundredth; what rounding leaves over goes where it took most."""
    whole = sum(weights.values())
    exact = {id: points * weight / whole for id, weight in weights.items()}
    shares = {id: share.quantize(HUNDREDTH, ROUND_DOWN) for id, share in exact.items()}
    left = int((points - sum(shares.values())) / HUNDREDTH)
    for id in sorted(exact, key=lambda one: shares[one] - exact[one])[:left]:
        shares[id] += HUNDREDTH
    return shares
