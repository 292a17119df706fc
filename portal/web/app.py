"""The application: blueprints, guards, errors and templates put together."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.usecases.portal import Portal
from portal.web import (
    assets,
    entering,
    errors,
    guard,
    headers,
    health,
    partner,
    partner_actions,
    partner_answers,
    partner_colleagues,
    partner_letters,
    partner_receipts,
    partner_reminders,
    partner_renewing,
    partner_sections,
    partner_sites,
    partner_threads,
    partner_workbook,
    questions,
    showing,
    signing,
    speaking,
    staff_actions,
    staff_campaigns,
    staff_checklists,
    staff_decision,
    staff_desk,
    staff_events,
    staff_export,
    staff_findings,
    staff_import,
    staff_mails,
    staff_merging,
    staff_pack,
    staff_partners,
    staff_people,
    staff_records,
    staff_responses,
    staff_retention,
    staff_review,
    staff_reviewing,
    staff_search,
    staff_second_factor,
    staff_sessions,
    staff_texts,
    staff_visits,
)

BLUEPRINTS = (
    health.bp,
    assets.bp,
    partner.bp,
    partner_sections.bp,
    partner_answers.bp,
    partner_colleagues.bp,
    partner_sites.bp,
    partner_threads.bp,
    partner_actions.bp,
    partner_letters.bp,
    partner_receipts.bp,
    partner_reminders.bp,
    partner_renewing.bp,
    partner_workbook.bp,
    signing.bp,
    entering.bp,
    staff_partners.bp,
    staff_import.bp,
    staff_records.bp,
    staff_merging.bp,
    staff_responses.bp,
    staff_review.bp,
    staff_retention.bp,
    staff_reviewing.bp,
    staff_actions.bp,
    staff_campaigns.bp,
    staff_mails.bp,
    staff_texts.bp,
    staff_visits.bp,
    staff_checklists.bp,
    staff_findings.bp,
    staff_decision.bp,
    staff_desk.bp,
    staff_events.bp,
    staff_export.bp,
    staff_pack.bp,
    staff_people.bp,
    staff_second_factor.bp,
    staff_search.bp,
    staff_sessions.bp,
)

# A page of answers is far smaller; files have a limit of their own, checked while they are read.
LARGEST_BODY = 26 * 1024 * 1024
LARGEST_FORM = 2 * 1024 * 1024
MOST_PARTS = 2000


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(portal: Portal, clock: Callable[[], datetime] = _now) -> Flask:
    """The portal as a WSGI application; `clock` gives the time in UTC."""
    app = Flask(__name__, static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_PARTS,
    )
    app.extensions["portal"], app.extensions["clock"] = portal, clock
    app.extensions["assets"] = assets.Assets(portal.config.site)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    showing.install(app)
    speaking.install(app)
    questions.install(app)
    guard.install(app)
    headers.install(app)
    app.after_request(speaking.finish)
    errors.install(app)
    if portal.config.proxies:
        hops = portal.config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app
