"""Work without internet: the questionnaire as a workbook to download, and the filled one looked at and taken."""

from collections.abc import Sequence
from itertools import groupby

import msgspec
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from msgspec.structs import replace

from portal.core.answering import Given
from portal.core.errors import Problem, Refused
from portal.core.records import Response
from portal.evidence.limits import XLSX
from portal.usecases import answering
from portal.usecases.answering import Saved
from portal.usecases.workbook.opening import MOST_BYTES, Wrong
from portal.usecases.workbook.reading import Change
from portal.usecases.workbook.taking import conflicts_of, look_into, workbook_of
from portal.web import here, speaking
from portal.web.partner import mine
from portal.web.sent import Sent, given_of, sent_of

bp = Blueprint("workbook", __name__)

MOST_CARRIED = 1_500_000
TOO_MUCH = (
    "This workbook holds more new text than can be taken at once. Send it with fewer pages filled in, then again."
)
NOT_CARRIED = "The answers did not arrive whole. Send the workbook again."


class Left(Struct, forbid_unknown_fields=True):
    """A cell that was not taken: where it stands, what was read, and why, in words."""

    sheet: str
    row: int
    column: str
    read: str
    why: str


class Carried(Struct, forbid_unknown_fields=True):
    """What the page carries from looking to taking; it is checked again, being no more than anybody could type."""

    answers: dict[str, Sent]
    left: list[Left]


@bp.get("/partner/responses/<response_id>/workbook")
def show(response_id: str) -> ResponseReturnValue:
    """How it works, the workbook to download, and the field to send it."""
    response, _ = mine(response_id)
    if response.state.is_sent:
        return redirect(url_for("partner.receipt", response_id=response_id), code=303)
    return _form_page(response, ())


def _form_page(response: Response, problems: Sequence[Problem]) -> str:
    most = MOST_BYTES // 1024**2
    return render_template("partner/workbook.html", response=response, problems=problems, most=most, accept=XLSX)


@bp.get("/partner/responses/<response_id>/workbook/file")
def file(response_id: str) -> ResponseReturnValue:
    """The workbook, with all that was answered so far."""
    response, questionnaire = mine(response_id)
    return workbook_file(response, questionnaire.id)


def workbook_file(response: Response, name: str) -> ResponseReturnValue:
    """A workbook as a download under a name of ours."""
    page = current_app.response_class(workbook_of(here.portal(), response, speaking.words()), mimetype=XLSX)
    page.headers.set("Content-Disposition", "attachment", filename=f"{name}.xlsx")
    return page


@bp.post("/partner/responses/<response_id>/workbook")
def look(response_id: str) -> ResponseReturnValue:
    """What a filled workbook would change; nothing is taken yet."""
    access = here.access(response_id)
    try:
        name, data = _file_sent()
        response, found = look_into(here.portal(), access, data, name, now=here.now())
        return _preview(response, found.changes, [_left(one) for one in found.wrong])
    except Refused as fact:
        return _form_page(mine(response_id)[0], fact.problems), 422


def _file_sent() -> tuple[str, bytes]:
    sent = request.files.get("workbook")
    if sent is None or not sent.filename:
        raise Refused([Problem("workbook", "Choose a file first.")])
    return sent.filename, sent.stream.read(MOST_BYTES + 1)


def _left(wrong: Wrong) -> Left:
    spot = wrong.spot
    message = speaking.told(Problem("", wrong.text, wrong.values))
    return Left(sheet=spot.sheet, row=spot.row, column=spot.column, read=spot.text[:200], why=message)


def _preview(response: Response, changes: Sequence[Change], left: list[Left], taken: int | None = None) -> str:
    changes = _worded(response, changes)
    answers = {one.question.id: sent_of(one.to_send, one.version) for one in changes}
    carried = msgspec.json.encode(Carried(answers=answers, left=left)).decode()
    if len(carried.encode()) > MOST_CARRIED:
        raise Refused([Problem("workbook", TOO_MUCH)])
    return render_template(
        "partner/workbook_preview.html",
        response=response,
        changes=changes,
        sections=[(title, list(found)) for title, found in groupby(changes, key=lambda one: one.section)],
        conflicts=[one for one in changes if one.conflict],
        left=left,
        carried=carried,
        taken=taken,
    )


def _worded(response: Response, changes: Sequence[Change]) -> list[Change]:
    """The changes with their questions in the reader's language."""
    said = {
        question.id: (section.title, question)
        for section in speaking.edition(response.edition).sections
        for question in section.questions
    }
    known = (one for one in changes if one.question.id in said)
    return [replace(one, section=said[one.question.id][0], question=said[one.question.id][1]) for one in known]


@bp.post("/partner/responses/<response_id>/workbook/take")
def take(response_id: str) -> ResponseReturnValue:
    """Take the answers that were looked at; what cannot be taken stays on the page."""
    access, carried = here.access(response_id), _carried()
    given = {
        id: _chosen(id, sent) for id, sent in carried.answers.items() if request.form.get(f"{id}-take") != "theirs"
    }
    saved = answering.save_answers(here.portal(), access, given, now=here.now())
    questionnaire = here.portal().edition(saved.response.edition)
    left = [*carried.left, *_refused(saved)]
    if not left and not saved.stale:
        return redirect(url_for("partner.overview", response_id=response_id, done="workbook"), code=303)
    conflicts = conflicts_of(saved, questionnaire, given, here.now())
    taken = len(given) - len(saved.stale) - len(saved.refused)
    return _preview(saved.response, conflicts, left, taken), 409 if saved.stale else 200


def _carried() -> Carried:
    try:
        return msgspec.json.decode(request.form.get("answers", "")[:MOST_CARRIED], type=Carried)
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise Refused([Problem("workbook", NOT_CARRIED)]) from None


def _chosen(id: str, sent: Sent) -> tuple[Given, int | None]:
    """An answer with the version it replaces: the one that the person was shown, where they chose their own."""
    seen = request.form.get(f"{id}-seen", "")
    if request.form.get(f"{id}-take") == "mine" and seen.isdecimal() and len(seen) < 9:
        sent = replace(sent, version=int(seen))
    # Without a version it would be saved over whatever is there.
    return given_of(sent), sent.version or 0


def _refused(saved: Saved) -> list[Left]:
    return [
        Left(sheet="", row=0, column="", read=id, why=speaking.told(problem))
        for id, problems in saved.refused.items()
        for problem in problems
    ]
