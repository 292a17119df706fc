"""The checklist of a visit, a section at a time, made for a phone: what was declared, what is seen, photos."""

import logging
import zlib
from collections.abc import Mapping, Sequence

import msgspec
from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from msgspec.structs import replace

from portal.core.checklists import CheckPart, checklist
from portal.core.errors import NotFound, Problem
from portal.core.questionnaire import Question
from portal.core.records import Answer, Evidence
from portal.core.verified import answer_version, options_found
from portal.core.visits import Result, Seen, photo_of
from portal.store.protocol import NotKept
from portal.usecases import visits
from portal.usecases.visits import Photo
from portal.web import here
from portal.web.forms import given_version, tidied
from portal.web.partner_answers import file_page
from portal.web.staff_visits import OpenedVisit, open_visit, visit_page

bp = Blueprint("staff_checklists", __name__)
log = logging.getLogger("portal")

RESULT_WORDS = {
    Result.VERIFIED: "Verified",
    Result.OTHERWISE: "Not as declared",
    Result.NOT_SEEN: "Not seen",
}
RESULT_COLOURS = {Result.VERIFIED: "green", Result.OTHERWISE: "red", Result.NOT_SEEN: "grey"}
# What phones' cameras give; a browser that has another picture makes one of these of it.
PHOTOS = "image/jpeg,image/png,image/webp"


class Item(Struct, frozen=True, kw_only=True):
    """One question of the checklist as it is shown. `theirs` is what somebody else has marked meanwhile."""

    question: Question
    answer: Answer | None
    files: tuple[Evidence, ...]
    photos: tuple[Evidence, ...]
    seen: Seen
    mark: str
    found: dict[str, str]
    changed_since: bool
    theirs: Seen | None = None


def mark_of(seen: Seen) -> str:
    """What a page carries along with a mark: its version, and by what it tells whether somebody changed it."""
    said = (seen.result, seen.note, seen.found)
    return f"{seen.version}.{zlib.crc32(msgspec.json.encode(said)):08x}"


@bp.get("/staff/visits/<visit_id>/sections/<section_id>")
def section(visit_id: str, section_id: str) -> ResponseReturnValue:
    """One section of the checklist."""
    return _section_page(open_visit(visit_id), section_id)


@bp.post("/staff/visits/<visit_id>/sections/<section_id>")
def save(visit_id: str, section_id: str) -> ResponseReturnValue:
    """Save everything that was marked, typed and photographed; come back to the question that was saved at."""
    found = open_visit(visit_id)
    part = _part(found, section_id)
    typed = {one.id: seen for one in part.questions if (seen := _typed(one.id)) is not None}
    try:
        taken = visits.keep_marks(
            here.portal(),
            visit_id,
            typed,
            [
                Photo(one.id, file.filename, file.stream)
                for one in part.questions
                for file in request.files.getlist(f"{one.id}-photo")
                if file.filename
            ],
            frozenset(request.form.getlist("remove")),
            by=here.person().id,
            now=here.now(),
        )
    except NotKept as fact:
        unsaved = {id: [Problem(id, str(fact))] for id in typed} or {"": [Problem("", str(fact))]}
        return _section_page(found, section_id, typed, unsaved), 503, {"Retry-After": "60"}
    if taken.refused or taken.overtaken:
        shown = _section_page(open_visit(visit_id), section_id, typed, taken.refused, taken.overtaken)
        return shown, 422 if taken.refused else 409
    at = request.form.get("at", "")
    anchor = f"question-{at}" if any(one.id == at for one in part.questions) else None
    there = url_for(".section", visit_id=visit_id, section_id=section_id, done="marked", _anchor=anchor)
    return redirect(there, code=303)


def _typed(id: str) -> Seen | None:
    """What the form says of one question; None where the page was left as it was, or the other's mark is kept."""
    form = request.form
    mark, take = form.get(f"{id}-version", ""), form.get(f"{id}-take", "")
    result = form.get(id, "")
    seen = Seen(
        result=Result(result) if result in {one.value for one in Result} else None,
        note=tidied(form.get(f"{id}-note", "")),
        found=form.get(f"{id}-found", ""),
        version=given_version(form.get(f"{id}-seen", "") if take == "mine" else mark) or 0,
    )
    untouched = mark.partition(".")[2] == mark_of(seen).partition(".")[2]
    return None if not mark or take == "theirs" or (untouched and take != "mine") else seen


def _part(found: OpenedVisit, section_id: str) -> CheckPart:
    for part in checklist(found.visit, found.opened.questionnaire):
        if part.section.id == section_id:
            return part
    raise NotFound("There is no such section on this checklist.")


def _section_page(
    found: OpenedVisit,
    section_id: str,
    typed: Mapping[str, Seen] = {},
    refused: Mapping[str, Sequence[Problem]] = {},
    overtaken: Mapping[str, Seen] = {},
) -> str:
    parts = checklist(found.visit, found.opened.questionnaire)
    part = _part(found, section_id)
    place = parts.index(part)
    told = [problem for problems in refused.values() for problem in problems]
    told += [Problem(id, "Somebody else has marked this meanwhile: choose which counts.") for id in overtaken]
    kept_back = {*refused, *overtaken}
    return visit_page(
        "staff/visit_section.html",
        found,
        part=part,
        parts=parts,
        items=[
            _item(found, one, typed.get(one.id) if one.id in kept_back else None, overtaken.get(one.id))
            for one in part.questions
        ],
        before=parts[place - 1] if place else None,
        after=parts[place + 1] if place + 1 < len(parts) else None,
        problems=told,
        results=RESULT_WORDS,
        result_colours=RESULT_COLOURS,
        photo_types=PHOTOS,
        notice=request.args.get("done"),
    )


def _item(found: OpenedVisit, question: Question, typed: Seen | None, theirs: Seen | None) -> Item:
    """A question as it is shown; what was seen of an answer that has changed since is no longer chosen."""
    response = found.opened.response
    kept = found.visit.seen.get(question.id, Seen())
    changed = kept.result is not None and kept.declared != answer_version(response, question.id)
    shown = replace(kept, result=None, found="") if changed and found.visit.is_open else kept
    return Item(
        question=question,
        answer=response.answers.get(question.id),
        files=tuple(response.files_for(question.id)),
        photos=tuple(found.visit.photos_of(question.id)),
        seen=typed or shown,
        # A conflict that is not decided yet stays one: its mark starts from no version.
        mark="0." if theirs else mark_of(shown),
        found=options_found(question),
        changed_since=changed,
        theirs=theirs,
    )


@bp.get("/staff/visits/<visit_id>/photos/<photo_id>")
def photo(visit_id: str, photo_id: str) -> ResponseReturnValue:
    """A photo, as a download. Who takes it is noted."""
    item = photo_of(open_visit(visit_id).visit, photo_id)
    log.info("%s takes out photo %s of visit %s", here.person().id, item.id, visit_id)
    return file_page(item)
