"""Answers and scores as files for staff."""

import logging
from collections.abc import Iterable
from tempfile import TemporaryFile
from typing import IO

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wsgi import wrap_file

from portal.core.accounts import EXPORTS
from portal.core.errors import NotFound
from portal.core.records import Response
from portal.usecases.auditing import note_subject
from portal.usecases.exporting import FORMATS, export, ids_of_all
from portal.usecases.partner_lines import response_rows
from portal.web import here
from portal.web.partner_workbook import workbook_file
from portal.web.staff_pages import confirmed

bp = Blueprint("staff_export", __name__)
log = logging.getLogger("portal")


@bp.get("/staff/export")
def choose() -> ResponseReturnValue:
    """Which file; and the password first, so that the download itself does not have to ask for it."""
    responses = len(response_rows(here.portal()))
    return render_template("staff/export.html", responses=responses, confirmed=confirmed())


@bp.post("/staff/export")
def everything() -> ResponseReturnValue:
    """Everything that every partner answered. Who takes it is noted where it cannot be edited, before it leaves."""
    format, portal, ids = request.form.get("format", ""), here.portal(), list(ids_of_all(here.portal()))
    log.info("%s takes out all answers as %s", here.person().id, format[:10])
    page = _file(format, f"answers-{here.now():%Y-%m-%d}", ids)
    what = f"all answers exported as {format}: {len(ids)} responses"
    note_subject(portal, EXPORTS, what, by=here.person().id, now=here.now())
    return page


@bp.get("/staff/responses/<response_id>/export/<format>")
def one(response_id: str, format: str) -> ResponseReturnValue:
    """All answers of one response."""
    response = here.portal().store.get(Response, response_id)
    log.info("%s takes out the answers of %s as %s", here.person().id, response.id, format[:10])
    return _file(format, f"answers-{response.partner}-{response.id}", [response.id])


@bp.get("/staff/responses/<response_id>/workbook")
def workbook(response_id: str) -> ResponseReturnValue:
    """The form for this partner to fill in without internet, to be sent by mail or messenger."""
    response = here.portal().store.get(Response, response_id)
    log.info("%s takes out the workbook of %s", here.person().id, response.id)
    return workbook_file(response, f"form-{response.partner}-{response.id}")


def _file(format: str, name: str, ids: Iterable[str]) -> ResponseReturnValue:
    """A download under a name of ours, written whole before its first byte is sent, so that none arrives cut short."""
    if format not in FORMATS:
        raise NotFound("There is no such format.")
    file = TemporaryFile()  # noqa: SIM115 - closed when the last byte is sent
    try:
        export(here.portal(), format, ids, file)
    except BaseException:
        file.close()
        raise
    return download(file, FORMATS[format].media_type, f"{name}.{format}")


def download(file: IO[bytes], media_type: str, name: str) -> ResponseReturnValue:
    """A file that was just written, as a download; it is closed when the last byte is sent."""
    size = file.tell()
    file.seek(0)
    page = current_app.response_class(wrap_file(request.environ, file), mimetype=media_type, direct_passthrough=True)
    page.headers["Content-Length"] = str(size)
    page.headers.set("Content-Disposition", "attachment", filename=name)
    return page
