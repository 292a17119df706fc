"""The scores of all responses as a table for programs, from the register alone."""

from datetime import datetime

from msgspec import Struct

from portal.core.register import ResponseRow, ScoreRow
from portal.usecases.partner_lines import as_of, response_rows
from portal.usecases.portal import Portal


class ScoreLine(Struct, frozen=True, kw_only=True):
    """One response. Everything that is not known, because it is not submitted or nothing counted, is None.

    `score` is from 0 to 100. A response that left by an exit has no score and no counts; its `rating` is `certified`,
    and `certificate-expired` once the certificate has ended. `risk` is None for «not rated»: it needs the threats of
    the country to be rated first.
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


def scores(portal: Portal, now: datetime) -> list[ScoreLine]:
    """A line for every response, by partner and then in the order invited."""
    rows = sorted(response_rows(portal), key=lambda row: (row.partner, row.invited, row.id))
    return [_line(row, row.score) for row in (as_of(row, now) for row in rows)]


def _line(row: ResponseRow, score: ScoreRow | None) -> ScoreLine:
    counted = score if score and score.certified_until is None else None
    return ScoreLine(
        partner=row.partner,
        response=row.id,
        state=row.state.value,
        score=None if score is None or score.percent is None else float(score.percent),
        rating=score.rating or None if score else None,
        musts_met=counted.musts_met if counted else None,
        musts=counted.musts if counted else None,
        shoulds_met=counted.shoulds_met if counted else None,
        shoulds=counted.shoulds if counted else None,
        site=row.site or None,
    )
