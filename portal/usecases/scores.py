"""The scores of all responses as a table for programs, from the register alone."""

from msgspec import Struct

from portal.core.register import ResponseRow, ScoreRow
from portal.usecases.partner_lines import response_rows
from portal.usecases.portal import Portal


class ScoreLine(Struct, frozen=True, kw_only=True):
    """One response. Everything that is not known, because it is not submitted or nothing counted, is None.

    `score` is from 0 to 100. `risk` is None for «not rated»: it needs the threats of the country to be rated first.
    """

    partner: str
    response: str
    state: str
    score: float | None
    rating: str | None
    musts_met: int | None
    musts: int | None
    shoulds_met: int | None
    shoulds: int | None
    risk: str | None = None
    site: str | None = None


def scores(portal: Portal) -> list[ScoreLine]:
    """A line for every response, by partner and then in the order invited."""
    rows = sorted(response_rows(portal), key=lambda row: (row.partner, row.invited, row.id))
    return [_line(row, row.score) for row in rows]


def _line(row: ResponseRow, score: ScoreRow | None) -> ScoreLine:
    return ScoreLine(
        partner=row.partner,
        response=row.id,
        state=row.state.value,
        score=None if score is None or score.percent is None else float(score.percent),
        rating=score.rating or None if score else None,
        musts_met=score.musts_met if score else None,
        musts=score.musts if score else None,
        shoulds_met=score.shoulds_met if score else None,
        shoulds=score.shoulds if score else None,
        site=row.site or None,
    )
