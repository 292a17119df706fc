"""Who may call which endpoint: the tables that the guard reads before every request."""

from enum import StrEnum


class Audience(StrEnum):
    """Who may call an endpoint."""

    ANYONE = "anyone"
    PARTNER = "partner"
    READER = "reader"
    REVIEWER = "reviewer"
    ADMIN = "admin"


A, P, R, W, M = Audience.ANYONE, Audience.PARTNER, Audience.READER, Audience.REVIEWER, Audience.ADMIN

# Every endpoint of the application; a test compares it with the routes, both ways.
PERMISSIONS: dict[str, Audience] = {
    "health.alive": A,
    "health.ready": A,
    "assets.asset": A,
    "partner.invitation": A,
    "partner.start": A,
    "partner.fresh_link": A,
    "partner.overview": P,
    "sections.show": P,
    "sections.save": P,
    "partner.check": P,
    "partner.submit": P,
    "partner.receipt": P,
    "partner.copy": P,
    "partner.questions": A,
    "workbook.show": P,
    "workbook.file": P,
    "workbook.look": P,
    "workbook.take": P,
    "partner.leave": P,
    "partner.read_in": P,
    "colleagues.listing": P,
    "colleagues.ask": P,
    "colleagues.withdraw": P,
    "colleagues.extend": P,
    "threads.show": P,
    "threads.ask": P,
    "sites.listing": P,
    "sites.add": P,
    "sites.remove": P,
    "answers.save": P,
    "answers.upload_piece": P,
    "answers.download": P,
    "answers.remove": P,
    "renewing.decide": P,
    "renewing.confirm_section": P,
    "receipts.download": P,
    "actions.show": P,
    "actions.report": P,
    "signing.home": A,
    "signing.form": A,
    "signing.sign_in": A,
    "signing.sign_out": R,
    "signing.confirm_form": R,
    "signing.confirm": R,
    "signing.password_form": R,
    "signing.change_password": R,
    "staff_partners.listing": R,
    "staff_partners.invite_selected": W,
    "staff_partners.new_form": W,
    "staff_partners.add": W,
    "staff_partners.import_form": W,
    "staff_partners.import_table": W,
    "staff_partners.show": R,
    "staff_partners.invite": W,
    "staff_responses.show": R,
    "staff_responses.score": R,
    "staff_responses.history": R,
    "staff_responses.evidence": R,
    "staff_actions.show": R,
    "staff_responses.reply": W,
    "staff_responses.withdraw": W,
    "staff_responses.extend": W,
    "staff_responses.replace": W,
    "staff_reviewing.save": W,
    "staff_responses.judge_alternative": W,
    "staff_export.choose": W,
    "staff_export.everything": W,
    "staff_export.one": W,
    "staff_export.workbook": W,
    "staff_pack.choose_form": W,
    "staff_pack.make": W,
    "staff_people.listing": M,
    "staff_people.add": M,
    "staff_people.change_role": M,
    "staff_people.set_disabled": M,
    "staff_second_factor.form": R,
    "staff_second_factor.enrol": R,
    "staff_second_factor.forget": R,
}

# All that a colleague's link opens, of the sections that were handed over; everything else is not there for it.
FOR_COLLEAGUES = frozenset(
    {
        "partner.overview",
        "partner.leave",
        "partner.read_in",
        "sections.show",
        "sections.save",
        "answers.save",
        "answers.upload_piece",
        "answers.download",
        "answers.remove",
        "threads.show",
        "threads.ask",
        "renewing.decide",
        "renewing.confirm_section",
    }
)

# What needs a password typed a short while ago.
NEEDS_FRESH = frozenset(
    {
        "staff_export.everything",
        "staff_pack.make",
        "staff_people.add",
        "staff_people.change_role",
        "staff_people.set_disabled",
        "staff_second_factor.enrol",
        "staff_second_factor.forget",
    }
)

# Where somebody may go who must set up a second factor first.
BEFORE_SECOND_FACTOR = frozenset(
    {
        "staff_second_factor.form",
        "staff_second_factor.enrol",
        "signing.confirm_form",
        "signing.confirm",
        "signing.sign_out",
    }
)
