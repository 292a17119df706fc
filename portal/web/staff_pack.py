"""The validation pack: partners and a period are chosen, what will be in it is counted, then it is made."""

import logging
from collections.abc import Sequence
from functools import partial
from tempfile import TemporaryFile

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, Form
from wtforms.validators import Optional

from portal.core.accounts import EXPORTS
from portal.core.errors import Problem, Refused
from portal.pack.choosing import MOST_RESPONSES, Size, Wanted, choose, size_of
from portal.pack.making import make_pack, require_room
from portal.usecases.auditing import note_subject
from portal.usecases.listing import Listing, list_partners
from portal.web import here
from portal.web.forms import checked
from portal.web.staff_export import download
from portal.web.staff_pages import again, confirmed, printable
from portal.web.staff_partners import wanted_in

bp = Blueprint("staff_pack", __name__)
log = logging.getLogger("portal")
MOST_LISTED, LONGEST_DAY = 500, 10
FILTERED = ("text", "country", "business_type", "state", "rating")


class PeriodForm(Form):
    """The period, and whether reviewers' own sections go along."""

    since = DateField("From", [Optional()])
    until = DateField("Until", [Optional()])
    review = BooleanField("Reviewers' own sections")


@bp.get("/staff/pack")
def choose_form() -> ResponseReturnValue:
    """Which partners, by filter; all that it finds are ticked and counted."""
    listing = _listed()
    try:
        wanted = _wanted(request.args, [line.partner.id for line in listing.lines])
        return _page([], listing=listing, wanted=wanted, size=_counted(wanted) if listing.lines else None)
    except Refused as fact:
        return _page(fact.problems, listing=listing)


@bp.post("/staff/pack")
def make() -> ResponseReturnValue:
    """The ticked partners counted again, or their pack as a download. Who makes it is noted here and stands in it."""
    try:
        wanted = _wanted(request.form, request.form.getlist("partner"))
        size = _counted(wanted)
    except Refused as fact:
        return again(partial(_page, listing=_listed()), fact)
    if request.form.get("go") != "make":
        return _page([], listing=_listed(), wanted=wanted, size=size)
    portal = here.portal()
    require_room(portal, size)
    file = TemporaryFile(dir=portal.config.data)  # noqa: SIM115 - closed when the last byte is sent
    try:
        made = make_pack(portal, wanted, file, by=here.person().id, now=here.now())
    except BaseException:
        file.close()
        raise
    what = f"validation pack of {size.partners} partners, {size.responses} responses"
    note_subject(portal, EXPORTS, what, by=here.person().id, now=here.now())
    log.info(
        "%s makes a validation pack of %d partners, %d responses and %d files: %s",
        here.person().id, size.partners, size.responses, made.files, " ".join(wanted.partners),
    )  # fmt: skip
    return download(file, "application/zip", f"validation-pack-{here.now():%Y-%m-%d}.zip")


def _listed() -> Listing:
    """The partners that the address asks for, as the list of partners would show them."""
    return list_partners(here.portal(), wanted_in(request.args), here.now(), size=MOST_LISTED)


def _wanted(given: MultiDict[str, str], partners: Sequence[str]) -> Wanted:
    """What is asked for; Refused where a day is none."""
    form = PeriodForm(given)
    checked(form)
    return Wanted(
        partners=tuple(dict.fromkeys(partners)),
        since=form.since.data,
        until=form.until.data,
        review=bool(form.review.data),
    )


def _counted(wanted: Wanted) -> Size:
    return size_of(here.portal(), choose(here.portal(), wanted))


def _page(problems: Sequence[Problem], listing: Listing, wanted: Wanted | None = None, size: Size | None = None) -> str:
    """The page; without `wanted` it shows again what was typed."""
    given, found = request.values, wanted_in(request.args)
    ticked = wanted.partners if wanted else given.getlist("partner")
    period = {name: printable(given.get(name, "")[:LONGEST_DAY]) for name in ("since", "until")}
    kept = {name: getattr(found, name) for name in FILTERED} | period
    return render_template(
        "staff/pack.html",
        listing=listing,
        found=found,
        ticked=frozenset(ticked),
        **period,
        review=bool(given.get("review")),
        size=size,
        problems=problems,
        confirmed=confirmed(),
        most_listed=MOST_LISTED,
        most_responses=MOST_RESPONSES,
        here=url_for(".choose_form", **{name: text for name, text in kept.items() if text}),
    )
