"""A partner's record for staff: changed, its certificates looked up, retired, brought back."""

from collections.abc import Sequence
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import NotFound, Problem, Refused
from portal.usecases import changing_partners
from portal.usecases.partners import known_of, partner
from portal.web import here
from portal.web.partner_form import PartnerRecordForm, form_of, typed
from portal.web.staff_pages import again

bp = Blueprint("staff_records", __name__)


@bp.get("/staff/partners/<partner_id>/edit")
def edit_form(partner_id: str) -> ResponseReturnValue:
    """All that is kept of a partner, to be changed."""
    found = partner(here.portal(), partner_id)
    form, seen = form_of(found), changing_partners.fingerprint(found)
    return _edit_page(partner_id, form, list(found.further_types), seen, [])


def _edit_page(
    partner_id: str, form: PartnerRecordForm, further: Sequence[str], seen: str, problems: Sequence[Problem]
) -> str:
    known = known_of(here.portal())
    return render_template(
        "staff/edit_partner.html",
        partner=partner(here.portal(), partner_id),
        form=form,
        further=further,
        seen=seen,
        types=known.types,
        staff=sorted(known.staff),
        problems=problems,
    )


@bp.post("/staff/partners/<partner_id>/edit")
def edit(partner_id: str) -> ResponseReturnValue:
    """Change it."""
    (form, given), seen = typed(request.form), request.form.get("seen", "")
    try:
        changing_partners.edit_partner(here.portal(), partner_id, given, seen, by=here.person().id, now=here.now())
    except Refused as fact:
        return again(partial(_edit_page, partner_id, form, request.form.getlist("further_types"), seen), fact)
    return _shown(partner_id, "partner-changed")


def _shown(partner_id: str, done: str) -> ResponseReturnValue:
    return redirect(url_for("staff_partners.show", partner_id=partner_id, done=done), code=303)


@bp.post("/staff/partners/<partner_id>/certificates/<place>")
def check_certificate(partner_id: str, place: str) -> ResponseReturnValue:
    """Note that a certificate was looked up today."""
    if not (place.isdecimal() and len(place) < 4):
        raise NotFound("There is no such certificate.")
    changing_partners.check_certificate(here.portal(), partner_id, int(place), by=here.person().id, now=here.now())
    return _shown(partner_id, "certificate-checked")


@bp.post("/staff/partners/<partner_id>/responses/<response_id>/certificate")
def keep_certificate(partner_id: str, response_id: str) -> ResponseReturnValue:
    """Keep the certificate that a response proves in the partner's record."""
    changing_partners.keep_certificate(here.portal(), partner_id, response_id, by=here.person().id, now=here.now())
    return _shown(partner_id, "certificate-kept")


@bp.get("/staff/partners/<partner_id>/retire")
def retire_form(partner_id: str) -> ResponseReturnValue:
    """What retiring means, and why it is done."""
    return _retire_page(partner_id, [])


def _retire_page(partner_id: str, problems: Sequence[Problem]) -> str:
    found = partner(here.portal(), partner_id)
    return render_template(
        "staff/retire_partner.html", partner=found, reason=request.form.get("reason", ""), problems=problems
    )


@bp.post("/staff/partners/<partner_id>/retire")
def retire(partner_id: str) -> ResponseReturnValue:
    """Take the partner out of lists, invitations and the summary."""
    try:
        changing_partners.retire_partner(
            here.portal(), partner_id, request.form.get("reason", ""), by=here.person().id, now=here.now()
        )
    except Refused as fact:
        return again(partial(_retire_page, partner_id), fact)
    return _shown(partner_id, "partner-retired")


@bp.post("/staff/partners/<partner_id>/bring-back")
def bring_back(partner_id: str) -> ResponseReturnValue:
    """Work with the partner again."""
    changing_partners.bring_back(here.portal(), partner_id, by=here.person().id, now=here.now())
    return _shown(partner_id, "partner-back")
