"""The response that a new one renews: found among a partner's, carried into the new one, laid beside it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from portal.core.comparing import Comparison, compare
from portal.core.questionnaire import Questionnaire
from portal.core.records import Response
from portal.core.register import ResponseRow
from portal.core.renewing import carried
from portal.core.returning import as_sent
from portal.core.scoring import Score
from portal.usecases.portal import Portal, score_of

Newest = Mapping[tuple[str, str, str], str]


class LastYear(Struct, frozen=True, kw_only=True):
    """The response that another one renews, with its score and all beside what is said now."""

    response: Response
    score: Score
    comparison: Comparison


def newest_submitted(rows: Iterable[ResponseRow]) -> Newest:
    """For a partner, a questionnaire and a site the id of the response that was submitted last; no site: of any."""
    submitted = [(row.submitted, row) for row in rows if row.state.is_sent and row.submitted]
    in_order = sorted(submitted, key=lambda pair: (pair[0], pair[1].id))
    by_site = {(row.partner, row.questionnaire, row.site.casefold()): row.id for _, row in in_order}
    return {(row.partner, row.questionnaire, ""): row.id for _, row in in_order} | by_site


def renewed_from(
    portal: Portal, newest: Newest, partner: str, questionnaire: Questionnaire, on: date, site: str = ""
) -> dict[str, Any]:
    """The fields of a new response that say what it renews; none the first time."""
    id = newest.get((partner, questionnaire.id, site.casefold()))
    last = portal.store.find(Response, id) if id else None
    if last is None:
        return {}
    return {"previous": last.id, "carried": carried(portal.edition(last.edition), questionnaire, as_sent(last), on)}


def last_year(portal: Portal, response: Response) -> LastYear | None:
    """What staff see beside a response; None where it renews none, or that one is not kept any more."""
    before = portal.store.find(Response, response.previous) if response.previous else None
    if before is None:
        return None
    before, old = as_sent(before), portal.edition(before.edition)
    return LastYear(
        response=before,
        score=score_of(before, old),
        comparison=compare(old, before, portal.edition(response.edition), response),
    )
