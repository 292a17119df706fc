"""Several sites of one partner: which there are and how far each is, one more, one less."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import NotFound, Problem, Refused
from portal.core.sites import LONGEST_SITE
from portal.usecases import sites
from portal.web import here
from portal.web.partner import mine

bp = Blueprint("sites", __name__)

PAGE = "/partner/responses/<response_id>/sites"
FIELDS = ("first", "name", "country", "city")


@bp.get(PAGE)
def listing(response_id: str) -> ResponseReturnValue:
    """All sites on this link, each with its own questionnaire, and the form for another one."""
    return _page(response_id, [])


def _page(response_id: str, problems: Sequence[Problem]) -> str:
    response, questionnaire = mine(response_id)
    return render_template(
        "partner/sites.html",
        response=response,
        questionnaire=questionnaire,
        sites=sites.sites_of(here.portal(), here.access(response_id), here.now()),
        longest=LONGEST_SITE,
        typed=request.form,
        problems=problems,
        notice=request.args.get("done"),
    )


@bp.post(PAGE)
def add(response_id: str) -> ResponseReturnValue:
    """Add a site, and go on to its questionnaire."""
    session = here.session()
    if session is None:
        raise NotFound("There is no such page.")
    typed = {name: request.form.get(name, "") for name in FIELDS}
    try:
        site = sites.add_site(here.portal(), here.access(response_id), session.id, typed, now=here.now())
    except Refused as fact:
        return _page(response_id, fact.problems), 422
    return redirect(url_for("partner.overview", response_id=site.id, done="site-added"), code=303)


@bp.post("/partner/responses/<response_id>/remove")
def remove(response_id: str) -> ResponseReturnValue:
    """Take out a site that was added by mistake."""
    first = sites.remove_site(here.portal(), here.access(response_id), now=here.now())
    return redirect(url_for(".listing", response_id=first, done="site-removed"), code=303)
