"""What staff do about visits on site: plan them, mark what they see, take photos, finish."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import IO

from msgspec import Struct
from msgspec.structs import replace

from portal.core import visits
from portal.core.asking import outline
from portal.core.checklists import in_scope
from portal.core.errors import NotAllowed, NotFound, Problem, Refused
from portal.core.exits import day_of
from portal.core.records import Evidence, Partner, Response
from portal.core.register import PartnerRow, VisitRow
from portal.core.scoring import Score
from portal.core.verified import Verified, VerifiedPart, answer_version, options_found, seen_in, verified
from portal.core.visits import Plan, Seen, Visit, VisitState
from portal.evidence.limits import RESPONSE_BYTES, RESPONSE_FILES
from portal.usecases.answering import keep_file
from portal.usecases.portal import Portal, score_of
from portal.usecases.secrets import new_id

# Upcoming first: what is under way, what is planned, then what is over.
ORDER = (VisitState.UNDER_WAY, VisitState.PLANNED, VisitState.DONE, VisitState.CANCELLED)
NO_PICTURE = "This is not a photo. Take a JPEG, PNG or WebP picture."


class Planned(Struct, frozen=True, kw_only=True):
    """A plan as it was typed: the scope as sections, the team as names."""

    planned_from: date
    planned_until: date
    team: tuple[str, ...]
    sections: tuple[str, ...]
    musts_only: bool = False


class Photo(Struct, frozen=True):
    """A file that was sent as a photo of what one question asks about."""

    question: str
    name: str
    stream: IO[bytes]


class Taken(Struct, frozen=True, kw_only=True):
    """What came of saving a checklist: what could not be kept, and where somebody else had marked first."""

    visit: Visit
    refused: dict[str, list[Problem]]
    overtaken: dict[str, Seen]


class VisitLine(Struct, frozen=True):
    """A visit in a list, with the name of its partner."""

    row: VisitRow
    partner: str


def visit_rows(portal: Portal, *, partner: str = "", response: str = "") -> list[VisitRow]:
    """The visits, or those of one partner or response: upcoming first, the newest of those that are over first."""
    rows = [row for row in portal.store.rows(VisitRow) if isinstance(row, VisitRow)]
    wanted = [row for row in rows if partner in ("", row.partner) and response in ("", row.response)]
    return sorted(wanted, key=_place)


def _place(row: VisitRow) -> tuple[int, int, str]:
    day = row.planned_from.toordinal()
    over = row.state in (VisitState.DONE, VisitState.CANCELLED)
    return ORDER.index(row.state), -day if over else day, row.id


def list_visits(portal: Portal, *, partner: str = "", state: str = "") -> list[VisitLine]:
    """The visits that are wanted, each with its partner's name."""
    names = {row.id: row.name for row in portal.store.rows(PartnerRow) if isinstance(row, PartnerRow)}
    rows = visit_rows(portal, partner=partner)
    return [VisitLine(row, names.get(row.partner, row.partner)) for row in rows if state in ("", row.state)]


def partners_visited(portal: Portal) -> dict[str, str]:
    """The partners that have visits, id to name, by name."""
    named = {line.row.partner: line.partner for line in list_visits(portal)}
    return dict(sorted(named.items(), key=lambda item: item[1].casefold()))


def plan_visit(portal: Portal, response_id: str, planned: Planned, *, by: str, now: datetime) -> Visit:
    """Plan a visit to check what a response that was sent declares."""
    response = portal.store.get(Response, response_id)
    if response.submitted is None:
        raise NotAllowed("A visit checks answers that were sent; these are not sent yet.")
    plan = _plan(portal, response, planned)
    visits.require_plan(plan)
    visit = Visit(
        id=new_id(),
        partner=portal.store.get(Partner, response.partner).id,
        response=response.id,
        site=response.site,
        state=VisitState.PLANNED,
        planned_from=plan.planned_from,
        planned_until=plan.planned_until,
        team=plan.team,
        questions=plan.questions,
        musts_only=plan.musts_only,
        made=now,
        by=by,
    )
    with portal.store.transaction((Visit, visit.id), by=by, at=now) as records:
        records.put(visit, "visit planned")
    return visit


def _plan(portal: Portal, response: Response, planned: Planned) -> Plan:
    seen = outline(portal.edition(response.edition), response)
    return Plan(
        planned_from=planned.planned_from,
        planned_until=planned.planned_until,
        team=planned.team,
        questions=in_scope(seen, planned.sections, musts_only=planned.musts_only),
        musts_only=planned.musts_only,
    )


def change_plan(portal: Portal, visit_id: str, planned: Planned, *, by: str, now: datetime) -> Visit:
    """Other days, another team or another scope; what is marked stays."""
    visit = portal.store.get(Visit, visit_id)
    plan = _plan(portal, portal.store.get(Response, visit.response), planned)
    with portal.store.transaction((Visit, visit_id), by=by, at=now) as records:
        changed = visits.planned_anew(records.get(Visit, visit_id), plan)
        records.put(changed, "plan changed")
    return changed


def keep_marks(
    portal: Portal,
    visit_id: str,
    marks: Mapping[str, Seen],
    photos: Sequence[Photo] = (),
    removed: frozenset[str] = frozenset(),
    *,
    by: str,
    now: datetime,
) -> Taken:
    """Keep what was seen, and photos. What is wrong is refused by question; everything else is kept."""
    visit = portal.store.get(Visit, visit_id)
    visits.moved(visit, "see")
    response = portal.store.get(Response, visit.response)
    refused: dict[str, list[Problem]] = {}
    fit = {id: _fitting(portal, response, id, mark) for id, mark in marks.items()}
    for id, mark in fit.items():
        if problems := visits.wrong_with(mark, id):
            refused[id] = problems
    added = _kept_photos(portal, visit, photos, refused, by=by, now=now)
    with portal.store.transaction((Visit, visit_id), by=by, at=now) as records:
        before = records.get(Visit, visit_id)
        good = {id: mark for id, mark in fit.items() if not visits.wrong_with(mark, id)}
        after, overtaken = visits.see(before, good, by=by, now=now)
        after = visits.with_photos(after, tuple(added), removed, now)
        if after != before:
            records.put(after, "looked at")
    return Taken(visit=after, refused=refused, overtaken=overtaken)


def _fitting(portal: Portal, response: Response, id: str, mark: Seen) -> Seen:
    """A mark on the answer as it stands now; what was found is only told of an answer that is not as declared."""
    question = portal.edition(response.edition).question(id)
    if question is None:
        raise NotFound("There is no such question.")
    told = mark.result is visits.Result.OTHERWISE and mark.found in options_found(question)
    return replace(mark, declared=answer_version(response, id), found=mark.found if told else "")


def _kept_photos(
    portal: Portal,
    visit: Visit,
    photos: Sequence[Photo],
    refused: dict[str, list[Problem]],
    *,
    by: str,
    now: datetime,
) -> list[Evidence]:
    """The photos whose bytes are those of a picture; the others are refused at their field."""
    added: list[Evidence] = []
    for photo in photos:
        where = f"{photo.question}-photo"
        try:
            item = keep_file(portal, photo.question, photo.name, photo.stream, by=by, now=now)
            _require_room([*visit.photos, *added, item])
        except Refused as fact:
            problems = [Problem(where, one.text, one.values) for one in fact.problems]
        else:
            problems = [] if item.media_type.startswith("image/") else [Problem(where, NO_PICTURE)]
            added += [] if problems else [item]
        if problems:
            refused.setdefault(photo.question, []).extend(problems)
    return added


def _require_room(photos: Sequence[Evidence]) -> None:
    if len(photos) > RESPONSE_FILES or sum(item.size for item in photos) > RESPONSE_BYTES:
        raise Refused([Problem("", f"A visit holds at most {RESPONSE_FILES} photos, 1 GB together.")])


def write_report(portal: Portal, visit_id: str, report: str, *, by: str, now: datetime) -> None:
    """Keep what the team writes about the visit as a whole."""
    with portal.store.transaction((Visit, visit_id), by=by, at=now) as records:
        records.put(visits.with_report(records.get(Visit, visit_id), report), "report written")


def finish_visit(portal: Portal, visit_id: str, report: str, left_out: str, *, by: str, now: datetime) -> None:
    """The visit is over, with this report: from now on it counts, and nothing in it changes."""
    with portal.store.transaction((Visit, visit_id), by=by, at=now) as records:
        reported = visits.with_report(records.get(Visit, visit_id), report)
        records.put(visits.finish(reported, left_out, now), "visit finished")


def cancel_visit(portal: Portal, visit_id: str, *, by: str, now: datetime) -> None:
    """The visit will not take place."""
    with portal.store.transaction((Visit, visit_id), by=by, at=now) as records:
        records.put(visits.cancel(records.get(Visit, visit_id)), "visit cancelled")


def verified_in_short(portal: Portal, partner: str) -> dict[str, VerifiedPart]:
    """What visits have proved of each response of a partner that finished visits looked at, as a whole."""
    found = {}
    visited = {row.response for row in visit_rows(portal, partner=partner) if row.state is VisitState.DONE}
    for id in visited:
        response = portal.store.get(Response, id)
        known = verified_of(portal, response, score_of(response, portal.edition(response.edition)))
        if known is not None:
            found[id] = known.total
    return found


def verified_of(portal: Portal, response: Response, judged: Score) -> Verified | None:
    """The score beside what finished visits have proved of it; None where there was none, or there is no score."""
    rows = visit_rows(portal, response=response.id)
    done = [portal.store.get(Visit, row.id) for row in rows if row.state is VisitState.DONE]
    if not done or judged.certified is not None:
        return None
    seen = seen_in(done, response)
    return verified(portal.edition(response.edition), judged, seen, day_of(response))
