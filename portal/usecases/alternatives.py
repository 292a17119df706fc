"""What a reviewer does with an alternative measure: accepts it or not."""

from datetime import datetime

from portal.core.alternatives import judge_alternative as judged
from portal.core.answering import LONGEST_COMMENT
from portal.core.errors import Problem, Refused
from portal.core.marks import Alternative
from portal.core.records import Response
from portal.usecases.portal import Portal


def judge_alternative(
    portal: Portal, response_id: str, question_id: str, *, accepted: bool | None, note: str, by: str, now: datetime
) -> Response:
    """Accept an alternative measure, which then counts as met, or refuse it with the reason."""
    note, where = note.replace("\r\n", "\n").strip(), f"alternative-{question_id}"
    if accepted is None:
        raise Refused([Problem(where, "Accept the measure or refuse it.")])
    if len(note) > LONGEST_COMMENT:
        raise Refused([Problem(where, "Write at most %(most)s characters.", {"most": str(LONGEST_COMMENT)})])
    with portal.store.transaction((Response, response_id), by=by, at=now) as records:
        response = records.get(Response, response_id)
        word = Alternative(accepted=accepted, note=note, by=by, at=now)
        response = judged(response, portal.edition(response.edition), question_id, word)
        records.put(response, "alternative measure accepted" if accepted else "alternative measure refused")
    return response
