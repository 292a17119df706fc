"""Campaigns for staff: choose partners, see whom it reaches, send, follow how far each has come, remind."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from msgspec import Struct

from portal.core.campaigns import LONGEST_NAME, LONGEST_NOTE, OWN
from portal.core.errors import NotAllowed, Problem, Refused
from portal.core.letters import LETTERS
from portal.mail import Written
from portal.usecases import campaigns, inviting, letters
from portal.usecases.campaigns import Reach, Wish
from portal.usecases.listing import FILTERS, choices, list_all
from portal.web import here
from portal.web.staff_pages import again, links_page, printable, usual_due
from portal.web.staff_partners import wanted_in

bp = Blueprint("staff_campaigns", __name__)

LONGEST_SEARCH = 200
MOST_COPIED = 200


@bp.get("/staff/campaigns")
def listing() -> ResponseReturnValue:
    """All campaigns with how far they are."""
    funnels = [campaigns.funnel(here.portal(), one) for one in campaigns.campaigns(here.portal())]
    return render_template("staff/campaigns.html", funnels=funnels)


@bp.get("/staff/new-campaign")
def new_form() -> ResponseReturnValue:
    """Whom to choose, and what to send."""
    return _new_page([])


@bp.post("/staff/new-campaign")
def send() -> ResponseReturnValue:
    """Show what would be sent; or invite everybody who is ticked and queue the mails."""
    wish = _wish()
    if request.form.get("do") != "send":
        problems = campaigns.wrong_wish(here.portal(), wish)
        return _new_page(problems), 422 if problems else 200
    try:
        made = campaigns.start_campaign(here.portal(), wish, by=here.person().id, now=here.now())
    except Refused as fact:
        return again(_new_page, fact)
    return redirect(url_for(".show", campaign_id=made.id, done="campaign-sent"), code=303)


def _wish() -> Wish:
    form = request.form
    try:
        due: date | None = date.fromisoformat(form.get("due", ""))
    except ValueError:
        due = None
    return Wish(
        name=printable(form.get("name", "")),
        due=due,
        partners=list(dict.fromkeys(form.getlist("partner"))),
        language=form.get("language", OWN),
        notes={code: form.get(f"note-{code}", "").replace("\r\n", "\n") for code in here.portal().languages.tongues},
        form=form.get("form") == "1",
    )


class Looks(Struct, frozen=True):
    """How the mail looks in one language, and how many get it so."""

    written: Written
    html: Markup
    count: int


def _new_page(problems: Sequence[Problem]) -> str:
    portal, wish = here.portal(), _wish()
    wanted, sent = wanted_in(request.args), request.method == "POST"
    chosen = {name: text for name in FILTERS if (text := getattr(wanted, name))}
    lines = list_all(portal, wanted, here.now())
    reached = campaigns.reach(portal, [line.partner for line in lines], wish.language)
    return render_template(
        "staff/new_campaign.html",
        wanted=wanted,
        choices=choices(portal, here.now()),
        address=url_for(".send", **chosen),
        reached=[one for one in reached if not one.why_not],
        left_out=[one for one in reached if one.why_not],
        ticked=set(wish.partners) if sent else {one.partner.id for one in reached if not one.why_not},
        wish=wish,
        due=wish.due.isoformat() if wish.due else request.form.get("due", usual_due()),
        looks=_looks(wish, reached) if sent and not problems else [],
        tongue_names={code: one.name for code, one in portal.languages.tongues.items()},
        tongue_fields=[f"note-{code}" for code in portal.languages.tongues],
        longest=(LONGEST_NAME, LONGEST_NOTE),
        problems=problems,
    )


def _looks(wish: Wish, reached: Sequence[Reach]) -> list[Looks]:
    """The mail in every language in which somebody who is ticked would get it."""
    portal, due = here.portal(), wish.due or here.today()
    ticked = [one for one in reached if not one.why_not and one.partner.id in wish.partners]
    looks = []
    for language in sorted({one.language for one in ticked}):
        of_it = [one for one in ticked if one.language == language]
        written = letters.preview(
            portal,
            letters.letter_in(portal, "invitation", language),
            language,
            title=of_it[0].questionnaire,
            due=due,
            expires=here.today() + timedelta(days=portal.config.link_days),
            note=wish.notes.get(language) or wish.notes.get("en", ""),
        )
        looks.append(Looks(written, Markup(written.html), len(of_it)))  # noqa: S704 - harmless, see letters.written
    return looks


@bp.get("/staff/campaigns/<campaign_id>")
def show(campaign_id: str) -> ResponseReturnValue:
    """How far a campaign is, and behind each number the partners that it counts."""
    return _campaign_page(campaign_id, [])


def _campaign_page(campaign_id: str, problems: Sequence[Problem]) -> str:
    at, section = (printable(request.args.get(name, "")[:LONGEST_SEARCH]) for name in ("at", "section"))
    found = campaigns.funnel(here.portal(), campaigns.campaign_of(here.portal(), campaign_id))
    return render_template(
        "staff/campaign.html",
        funnel=found,
        lines=found.at(at, section),
        at=at,
        section=section,
        letters=LETTERS,
        problems=problems,
        notice=request.args.get("done"),
    )


@bp.post("/staff/campaigns/<campaign_id>/remind")
def remind(campaign_id: str) -> ResponseReturnValue:
    """Remind those who have not sent their answers."""
    one = campaigns.campaign_of(here.portal(), campaign_id)
    reminded = campaigns.remind_campaign(here.portal(), one, by=here.person().id, now=here.now())
    done = "campaign-reminded" if reminded else "nobody-reminded"
    return redirect(url_for(".show", campaign_id=campaign_id, done=done), code=303)


@bp.post("/staff/campaigns/<campaign_id>/links")
def links(campaign_id: str) -> ResponseReturnValue:
    """Links and QR codes for the ticked partners, to be copied into a messenger; those in mails go on working."""
    one = campaigns.campaign_of(here.portal(), campaign_id)
    ticked = [id for id in request.form.getlist("partner") if id in one.responses][:MOST_COPIED]
    try:
        if not ticked:
            raise Refused([Problem("partners", "Tick at least one partner.")])  # noqa: TRY301
        made = [
            inviting.another_link(here.portal(), one.responses[id], by=here.person().id, now=here.now())
            for id in ticked
        ]
    except Refused as fact:
        return _campaign_page(campaign_id, fact.problems), 422
    except NotAllowed as fact:
        return _campaign_page(campaign_id, [Problem("partners", str(fact))]), 422
    return links_page(made)
