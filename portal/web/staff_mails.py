"""Mails for staff: what waits, what went out, what came back and why; and what can be done about it."""

from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import NotAllowed, NotFound, Refused
from portal.core.history_steps import steps
from portal.core.letters import LETTERS
from portal.core.mails import BY_HAND, Mail, MailState
from portal.core.records import Partner
from portal.usecases import contacts
from portal.usecases.mailing import change_mail, list_mails
from portal.usecases.partners import partner_rows
from portal.usecases.reminding import choose_reminders
from portal.web import here
from portal.web.guard import local_path
from portal.web.staff_pages import again, printable
from portal.web.staff_responses import answers_page

bp = Blueprint("staff_mails", __name__)

LONGEST_SEARCH = 200


@bp.get("/staff/mails")
def listing() -> ResponseReturnValue:
    """All mails, newest first."""
    state, page = request.args.get("state", ""), request.args.get("page", "")
    state = state if state in list(MailState) else ""
    text = printable(request.args.get("text", "")[:LONGEST_SEARCH]).strip()
    number = int(page) if page.isdecimal() and len(page) < 9 else 1
    return render_template(
        "staff/mails.html",
        listing=list_mails(here.portal(), state, text, number),
        state=state,
        text=text,
        names={row.id: row.name for row in partner_rows(here.portal())},
        letters=LETTERS,
        smtp=bool(here.portal().config.smtp),
        reminders=here.portal().config.reminders,
    )


@bp.get("/staff/mails/<mail_id>")
def show(mail_id: str) -> ResponseReturnValue:
    """One mail and everything that happened to it."""
    mail = here.portal().store.find(Mail, mail_id)
    if mail is None:
        raise NotFound("There is no such mail.")
    return render_template(
        "staff/mail.html",
        mail=mail,
        partner=here.portal().store.find(Partner, mail.partner),
        letters=LETTERS,
        can=[step for state, step in BY_HAND if state == mail.state],
        steps=steps(here.portal().store.history(Mail, mail_id)),
        notice=request.args.get("done"),
    )


@bp.post("/staff/mails/<mail_id>")
def change(mail_id: str) -> ResponseReturnValue:
    """Cancel it, try it again, or note that it came back."""
    try:
        change_mail(here.portal(), mail_id, request.form.get("do", ""), by=here.person().id, now=here.now())
    except NotAllowed:
        # Meanwhile it went another way; the page shows which.
        return redirect(url_for(".show", mail_id=mail_id, done="mail-moved-on"), code=303)
    return redirect(url_for(".show", mail_id=mail_id, done="mail-changed"), code=303)


@bp.post("/staff/responses/<response_id>/reminders")
def reminders(response_id: str) -> ResponseReturnValue:
    """Stop reminding a partner, or remind it again."""
    stop = request.form.get("stop") == "1"
    choose_reminders(here.portal(), response_id, stop=stop, by=here.person().id, now=here.now())
    back = local_path(request.form.get("back", ""))
    page = url_for("staff_responses.show", response_id=response_id, _anchor="mails")
    return redirect(back if back.startswith("/staff/") else page, code=303)


@bp.post("/staff/responses/<response_id>/contact")
def another_contact(response_id: str) -> ResponseReturnValue:
    """Write to somebody else at this partner from now on."""
    try:
        contacts.another_contact(here.portal(), response_id, request.form, by=here.person().id, now=here.now())
    except Refused as fact:
        return again(partial(answers_page, response_id), fact)
    return redirect(url_for("staff_responses.show", response_id=response_id, done="contact-changed"), code=303)
