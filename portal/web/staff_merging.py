"""Duplicates for staff: two partners side by side, made one; and the time line of a partner."""

from collections.abc import Sequence
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import Problem, Refused
from portal.core.records import Partner
from portal.usecases import merging_partners
from portal.usecases.partner_lines import response_lines
from portal.usecases.partners import partner
from portal.web import here
from portal.web.staff_pages import again

bp = Blueprint("staff_merging", __name__)

PAGE_SIZE = 50


@bp.get("/staff/partners/<partner_id>/history")
def history(partner_id: str) -> ResponseReturnValue:
    """Everything that happened to a partner and its responses, the newest first."""
    found = partner(here.portal(), partner_id)
    moments = merging_partners.timeline_of(here.portal(), partner_id)
    pages = max(1, -(-len(moments) // PAGE_SIZE))
    asked = request.args.get("page", "")
    page = min(max(int(asked) if asked.isdecimal() and len(asked) < 9 else 1, 1), pages)
    lines = response_lines(here.portal(), partner_id, here.now())
    return render_template(
        "staff/partner_history.html",
        partner=found,
        moments=moments[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        responses={line.row.id: line.row for line in lines},
        number=page,
        pages=pages,
    )


@bp.get("/staff/partners/<partner_id>/merge")
def merge_form(partner_id: str) -> ResponseReturnValue:
    """The twin chosen, then both side by side."""
    return _merge_page(partner_id, request.args.get("twin", ""), [])


def _merge_page(partner_id: str, twin_id: str, problems: Sequence[Problem]) -> str:
    found = partner(here.portal(), partner_id)
    twin = here.portal().store.find(Partner, twin_id.strip()) if twin_id.strip() not in ("", partner_id) else None
    if twin_id and twin is None and not problems:
        problems = [Problem("twin", "There is no other partner of that id.")]
    both = (found, twin) if twin else ()
    return render_template(
        "staff/merge_partners.html",
        partner=found,
        twin=twin,
        twin_id=twin_id[:60] if twin_id.isprintable() else "",
        twins=merging_partners.twins_of(here.portal(), partner_id),
        responses={one.id: response_lines(here.portal(), one.id, here.now()) for one in both},
        types=here.portal().library.catalogue.business_types,
        problems=problems,
    )


def _other(partner_id: str, twin: str, keep: str) -> str:
    """The one of the two that is not kept."""
    if keep not in (partner_id, twin) or not twin:
        raise Refused([Problem("keep", "Choose which of the two is kept.")])
    return twin if keep == partner_id else partner_id


@bp.post("/staff/partners/<partner_id>/merge")
def merge(partner_id: str) -> ResponseReturnValue:
    """Make one of the two; which one is kept was chosen."""
    partner(here.portal(), partner_id)
    twin, keep = request.form.get("twin", ""), request.form.get("keep", "")
    try:
        gone = _other(partner_id, twin, keep)
        merging_partners.merge_partners(here.portal(), keep, gone, by=here.person().id, now=here.now())
    except Refused as fact:
        return again(partial(_merge_page, partner_id, twin), fact)
    return redirect(url_for("staff_partners.show", partner_id=keep, done="partner-merged"), code=303)
