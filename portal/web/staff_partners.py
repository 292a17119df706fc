"""Partners for staff: the list, one partner, adding, importing, inviting."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec.structs import asdict, replace
from werkzeug.datastructures import MultiDict

from portal.core.errors import Problem, Refused
from portal.core.history_steps import steps
from portal.core.records import Partner
from portal.usecases import inviting, partners, visits
from portal.usecases.inviting import Invitation
from portal.usecases.listing import SORTS, Wanted, list_partners
from portal.usecases.mailing import invitations_mailed
from portal.usecases.merging_partners import twins_of
from portal.usecases.partner_lines import response_lines
from portal.usecases.searching import MOST_FOUND, MOST_READ
from portal.usecases.visits import VisitLine
from portal.web import here
from portal.web.forms import PartnerForm
from portal.web.staff_pages import again, given_due, given_language, links_page, printable, usual_due
from portal.web.staff_visits import STATE_COLOURS, STATE_WORDS

bp = Blueprint("staff_partners", __name__)

FIRST_PAGE = Wanted()
LONGEST_SEARCH = 200


@bp.get("/staff/partners")
def listing() -> ResponseReturnValue:
    """All partners: how far each has come, and how it stands."""
    return _list_page([])


def _list_page(problems: Sequence[Problem]) -> str:
    wanted = wanted_in(request.args)
    return render_template(
        "staff/partners.html",
        listing=list_partners(here.portal(), wanted, here.now()),
        wanted=wanted,
        address=_address_of(wanted),
        most_found=MOST_FOUND,
        most_read=MOST_READ,
        year=here.now().year,
        problems=problems,
        chosen=request.form.getlist("partner"),
        due=request.form.get("due", usual_due()),
        language=given_language(),
        notice=request.args.get("done"),
    )


def wanted_in(args: MultiDict[str, str]) -> Wanted:
    """What an address asks for; what it asks for wrongly is as if it did not ask."""
    texts = {name: printable(args.get(name, "")[:LONGEST_SEARCH]) for name in Wanted.__struct_fields__[:7]}
    sort, page = args.get("sort", ""), args.get("page", "")
    return Wanted(
        **{name: text.strip() for name, text in texts.items()},
        answers=args.get("answers") == "1",
        sort=sort if sort in SORTS else FIRST_PAGE.sort,
        down=args.get("down") == "1",
        page=int(page) if page.isdecimal() and len(page) < 9 else FIRST_PAGE.page,
    )


def _address_of(wanted: Wanted) -> Callable[..., str]:
    """The address of the list with something changed; on another selection it starts from the first page."""

    def address(endpoint: str = ".listing", **changes: str | int | bool) -> str:
        asked, usual = asdict(replace(wanted, **{"page": 1, **changes})), asdict(FIRST_PAGE)
        args: dict[str, Any] = {
            name: 1 if value is True else value for name, value in asked.items() if value != usual[name]
        }
        return url_for(endpoint, **args)

    return address


@bp.post("/staff/invitations")
def invite_selected() -> ResponseReturnValue:
    """Invite the ticked partners, all or none."""
    try:
        made = _invited(_ticked())
    except Refused as fact:
        return again(_list_page, fact)
    return links_page(made)


def _invited(ids: list[str], sites: Sequence[str] = ()) -> list[Invitation]:
    """Invite, as the form says: by when, in which language, and whether the link goes out by mail as well."""
    by, now = here.person().id, here.now()
    return inviting.invite(
        here.portal(),
        ids,
        by=by,
        now=now,
        due=given_due(),
        language=given_language(),
        sites=sites,
        along=invitations_mailed(here.portal(), by=by, now=now) if request.form.get("mail") else None,
    )


def _ticked() -> list[str]:
    ids = request.form.getlist("partner")
    if not ids:
        raise Refused([Problem("partners", "Tick at least one partner.")])
    return ids


@bp.get("/staff/new-partner")
def new_form() -> ResponseReturnValue:
    """A partner added by hand."""
    return _new_page([])


def _new_page(problems: Sequence[Problem]) -> str:
    types = here.portal().library.catalogue.business_types
    return render_template("staff/new_partner.html", form=PartnerForm(request.form), types=types, problems=problems)


@bp.post("/staff/new-partner")
def add() -> ResponseReturnValue:
    """Add it."""
    given = {name: text or "" for name, text in PartnerForm(request.form).data.items()}
    try:
        partner = partners.add_partner(here.portal(), given, by=here.person().id, now=here.now())
    except Refused as fact:
        return again(_new_page, fact)
    return redirect(url_for(".show", partner_id=partner.id, done="partner-added"), code=303)


@bp.get("/staff/partners/<partner_id>")
def show(partner_id: str) -> ResponseReturnValue:
    """One partner: who it is, its responses, what happened to it. One that was merged leads to the kept one."""
    retired = partners.partner(here.portal(), partner_id).retired
    if retired is not None and retired.merged_into:
        return redirect(url_for(".show", partner_id=retired.merged_into), code=303)
    return _partner_page(partner_id, [])


def _partner_page(partner_id: str, problems: Sequence[Problem]) -> str:
    partner = partners.partner(here.portal(), partner_id)
    types = here.portal().library.catalogue.business_types
    return render_template(
        "staff/partner.html",
        partner=partner,
        types=types,
        business_type=types[partner.business_type].name if partner.business_type in types else partner.business_type,
        responses=(lines := response_lines(here.portal(), partner_id, here.now())),
        can_invite=partner.retired is None and not any(line.still_open for line in lines),
        steps=steps(here.portal().store.history(Partner, partner_id)),
        problems=problems,
        due=request.form.get("due", usual_due()),
        language=given_language(),
        visits=[VisitLine(row, partner.name) for row in visits.visit_rows(here.portal(), partner=partner_id)],
        verified=visits.verified_in_short(here.portal(), partner_id),
        visit_words=STATE_WORDS,
        visit_colours=STATE_COLOURS,
        sites=request.form.get("sites", "\n".join(site.name for site in partner.sites)),
        today=here.today(),
        twins=[] if partner.retired else twins_of(here.portal(), partner_id),
        notice=request.args.get("done"),
    )


@bp.post("/staff/partners/<partner_id>/invite")
def invite(partner_id: str) -> ResponseReturnValue:
    """Open a response for this partner and make its link."""
    partners.partner(here.portal(), partner_id)
    try:
        made = _invited([partner_id], request.form.get("sites", "").splitlines())
    except Refused as fact:
        return again(partial(_partner_page, partner_id), fact)
    return links_page(made)
