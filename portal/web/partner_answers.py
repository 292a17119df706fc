"""One answer at a time, for the script on the page: save, upload, download, remove."""

import json
from typing import Any
from unicodedata import normalize
from urllib.parse import quote, unquote

import msgspec
from flask import Blueprint, current_app, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as HttpResponse

from portal.core.asking import Outline, SectionOutline, asks_now
from portal.core.errors import Problem, Refused
from portal.core.questionnaire import Questionnaire
from portal.core.records import Answer, Evidence, Response
from portal.core.remarks import remarks_seen
from portal.core.rownames import arranged, row_names, typed_only
from portal.evidence.limits import ACCEPTED
from portal.evidence.pieces import OutOfStep
from portal.languages.marking import plain
from portal.usecases import answering
from portal.usecases.answering import Saved
from portal.usecases.uploading import Piece, add_piece
from portal.web import here, speaking
from portal.web.forms import version_mark
from portal.web.partner import seen_here
from portal.web.partner_sections import keep_typed
from portal.web.sent import Sent, given_of
from portal.web.showing import size_text
from portal.web.speaking import remarked, told

bp = Blueprint("answers", __name__)

LARGEST_ANSWER = 256 * 1024
MOST_DEEP = 20


@bp.put("/partner/responses/<response_id>/answers/<question_id>")
def save(response_id: str, question_id: str) -> ResponseReturnValue:
    """Save one answer: 200 once it is on disk, 409 with the stored one when somebody was first, 422 when refused."""
    access = here.access(response_id)
    sent = _sent()
    saved = answering.save_answers(here.portal(), access, {question_id: (given_of(sent), sent.version)}, now=here.now())
    answer = saved.response.answers.get(question_id)
    if saved.refused:
        return jsonify(errors=[_error(problem) for problem in saved.refused[question_id]]), 422
    if saved.stale:
        changed = Problem(question_id, "Somebody else has changed this answer.")
        return jsonify(errors=[told(changed)], stored=_plain(answer)), 409
    return jsonify(_acknowledged(saved.response, question_id, answer))


def _sent() -> Sent:
    body = request.get_data(cache=False)
    if len(body) > LARGEST_ANSWER:
        raise Refused([Problem("", "An answer may have at most 256 KB.")])
    try:
        sent = msgspec.json.decode(body, type=Sent)
        json.loads(body, object_pairs_hook=_each_once)
    except (msgspec.DecodeError, RecursionError, ValueError) as fault:
        raise Refused([Problem("", "This is not an answer: %(why)s", {"why": str(fault)[:200]})]) from None
    return sent


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    """ValueError where a name is given twice, of which every reader would choose another."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name is given twice")


def _error(problem: Problem) -> dict[str, str]:
    return {"field": problem.where, "message": told(problem)}


def _plain(answer: Answer | None) -> dict[str, Any] | None:
    return None if answer is None else {**msgspec.to_builtins(answer), "mark": version_mark(answer)}


def _acknowledged(response: Response, question_id: str, answer: Answer | None) -> dict[str, Any]:
    """What the page needs to know after a save: version, time, progress, and what is asked now."""
    questionnaire = speaking.edition(response.edition)
    seen = seen_here(response, questionnaire)
    question = answering.question_of(questionnaire, question_id)
    if question.named_rows:
        answer = typed_only(arranged(question, response.answers))
    part = next((one for one in seen.sections if any(q.id == question_id for q in one.questions)), None)
    saved = answer.saved if answer and answer.saved else here.now()
    return {
        "version": answer.version if answer else 0,
        "saved": saved.isoformat(),
        "mark": version_mark(answer),
        "asks": msgspec.to_builtins(asks_now(question, answer)),
        "rows": {
            one.id: [(name.id, plain(name.label)) for name in row_names(one, response.answers)]
            for one in (part.section.named_rows if part else ())
            if one.rows_from == question_id
        },
        "shown": [one.id for one in part.questions] if part else [],
        "remarks": _remarks(response, questionnaire, seen, part),
        "section": {"asked": part.asked, "answered": part.answered} if part else None,
        "asked": seen.asked,
        "answered": seen.answered,
    }


def _remarks(
    response: Response, questionnaire: Questionnaire, seen: Outline, part: SectionOutline | None
) -> dict[str, str]:
    """What is worth another look at the questions of this section."""
    said = remarks_seen(questionnaire, response, seen)
    found = {one.id: [remark for remark in said if one.id in remark.at] for one in part.questions} if part else {}
    return {id: " ".join(plain(remarked(one)) for one in some) for id, some in found.items() if some}


@bp.put("/partner/responses/<response_id>/answers/<question_id>/evidence/<upload_id>")
def upload_piece(response_id: str, question_id: str, upload_id: str) -> ResponseReturnValue:
    """Add a piece of a file: 200 with how much has arrived, or with the file once it is whole; 409 out of step."""
    access = here.access(response_id)
    piece = Piece(
        upload=upload_id,
        name=unquote(request.headers.get("X-File-Name", "")),
        size=request.args.get("size", 0, type=int),
        at=request.args.get("at", 0, type=int),
        data=request.get_data(cache=False),
    )
    try:
        taken = add_piece(here.portal(), access, question_id, piece, now=here.now())
    except OutOfStep as fact:
        return jsonify(received=fact.held), 409
    return jsonify(received=taken) if isinstance(taken, int) else jsonify(files=[_file(response_id, taken)])


def _file(response_id: str, item: Evidence) -> dict[str, str]:
    return {
        "id": item.id,
        "name": item.name,
        "size": size_text(item.size),
        "address": url_for(".download", response_id=response_id, evidence_id=item.id),
        "remove": url_for(".remove", response_id=response_id, evidence_id=item.id),
    }


@bp.get("/partner/responses/<response_id>/evidence/<evidence_id>")
def download(response_id: str, evidence_id: str) -> ResponseReturnValue:
    """One's own file again."""
    return file_page(answering.own_evidence(here.portal(), here.access(response_id), evidence_id, here.now()))


def file_page(item: Evidence) -> HttpResponse:
    """A stranger's file, as a download in a sandbox, under the type that its bytes have."""
    page = current_app.response_class(
        here.portal().evidence.open(item.sha256), mimetype=item.media_type, direct_passthrough=True
    )
    page.headers["Content-Length"] = str(item.size)
    name = item.name if item.name.lower().endswith(_endings(item)) else item.name + ACCEPTED[item.media_type].extension
    page.headers.set("Content-Disposition", "attachment", **_names(name))
    page.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return page


def _names(name: str) -> dict[str, str]:
    """A file name as headers carry it (RFC 6266): in ASCII, and whole beside that where it is more."""
    if name.isascii():
        return {"filename": name}
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}


def _endings(item: Evidence) -> tuple[str, ...]:
    extension = ACCEPTED[item.media_type].extension
    return (extension, ".jpeg") if extension == ".jpg" else (extension,)


@bp.post("/partner/responses/<response_id>/evidence/<evidence_id>/remove")
def remove(response_id: str, evidence_id: str) -> ResponseReturnValue:
    """Take a file away again."""
    access = here.access(response_id)
    item = answering.remove_evidence(here.portal(), access, evidence_id, now=here.now())
    if request.headers.get("Accept", "").startswith("application/json"):
        return jsonify(removed=item.id)
    sections = here.portal().asked_in(response_id).sections
    part = next(one for one in sections if any(question.id == item.question for question in one.questions))
    # Without a script the button sends the whole page along: what was typed there is not lost.
    kept = keep_typed(response_id, part.id)
    if not isinstance(kept, Saved):
        return kept
    back = url_for(
        "sections.show",
        response_id=response_id,
        section_id=part.id,
        done="removed",
        _anchor=f"question-{item.question}",
    )
    return redirect(back, code=303)
