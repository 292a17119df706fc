"""Partners from a table for staff: looked at first where something has to be decided, then taken."""

import zlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from io import BytesIO

import msgspec
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import Problem, Refused
from portal.core.history_steps import TOLD
from portal.core.partner_fields import REQUIRED
from portal.sheets.tables import Sheet
from portal.sheets.write import write_xlsx
from portal.usecases import importing_partners as importing
from portal.usecases.partners import COLUMNS, read_rows
from portal.web import here
from portal.web.staff_pages import again

bp = Blueprint("staff_import", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_CARRIED = 1_900_000  # characters of a form that holds at most two million
MOST_UNPACKED = 40_000_000
TOO_MUCH = "So many rows cannot be decided at once. Split the table and import its parts."
NOT_CARRIED = "The table did not come back whole. Choose the file again."
Carried = list[tuple[str, dict[str, str | list[dict[str, str]]]]]


@bp.get("/staff/import-partners")
def form() -> ResponseReturnValue:
    """Partners from a table, and what the table must look like."""
    return _form_page([])


def _form_page(problems: Sequence[Problem]) -> str:
    types = here.portal().library.catalogue.business_types
    return render_template("staff/import_partners.html", problems=problems, types=types, required=REQUIRED)


@bp.get("/staff/import-partners/template")
def template() -> ResponseReturnValue:
    """An empty workbook with the columns."""
    file = BytesIO()
    write_xlsx([Sheet("partners", COLUMNS, ())], file)
    page = current_app.response_class(file.getvalue(), mimetype=XLSX)
    page.headers.set("Content-Disposition", "attachment", filename="partners.xlsx")
    return page


@bp.post("/staff/import-partners")
def look() -> ResponseReturnValue:
    """Import a table, or show what has to be decided first; where a mistake is named nothing is done."""
    try:
        typed = _table()
        rows = importing.look(here.portal(), typed, here.now())
        if any(row.partner or row.twins for row in rows):
            return _preview(typed, rows)
        importing.take(here.portal(), typed, {}, by=here.person().id, now=here.now())
    except Refused as fact:
        return again(_form_page, fact)
    return redirect(url_for("staff_partners.listing", done="imported"), code=303)


def _table() -> importing.Typed:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Refused([Problem("file", "Choose a file first.")])
    return read_rows(file.read(), file.filename)


def _preview(typed: importing.Typed, rows: Sequence[importing.Row]) -> str:
    carried = b64encode(zlib.compress(msgspec.json.encode(list(typed)), 9)).decode()
    if len(carried) > MOST_CARRIED:
        raise Refused([Problem("file", TOO_MUCH)])
    return render_template(
        "staff/import_preview.html",
        new=[row for row in rows if not row.partner and not row.twins],
        doubtful=[row for row in rows if row.twins],
        changing=[row for row in rows if row.changes],
        same=[row for row in rows if row.partner and not row.changes],
        told=TOLD,
        carried=carried,
    )


@bp.post("/staff/import-partners/take")
def take() -> ResponseReturnValue:
    """Do what was decided, all of it or nothing."""
    try:
        typed = _carried()
        choices = {place: request.form.get(place, "") for place, _ in typed}
        importing.take(here.portal(), typed, choices, by=here.person().id, now=here.now())
    except Refused as fact:
        return again(_form_page, fact)
    return redirect(url_for("staff_partners.listing", done="imported"), code=303)


def _carried() -> Carried:
    """The table that was looked at; it is checked again, for a form can hold anything."""
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(b64decode(request.form.get("table", "")), MOST_UNPACKED)
        return msgspec.json.decode(data, type=Carried)
    except (zlib.error, NotBase64, ValueError, msgspec.DecodeError, RecursionError):
        raise Refused([Problem("file", NOT_CARRIED)]) from None
