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
    "reminders.choose": P,
    "renewing.decide": P,
    "renewing.confirm_section": P,
    "receipts.download": P,
    "actions.show": P,
    "actions.report": P,
    "actions.answer": P,
    "letters.show": P,
    "letters.events": P,
    "letters.report": P,
    "signing.home": A,
    "signing.form": A,
    "signing.sign_in": A,
    "signing.sign_out": R,
    "signing.confirm_form": R,
    "signing.confirm": R,
    "signing.password_form": R,
    "signing.change_password": R,
    "entering.forgotten_form": A,
    "entering.forgotten": A,
    "entering.form": A,
    "entering.choose": A,
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
    "staff_findings.listing": R,
    "staff_findings.raise_one": W,
    "staff_findings.send": W,
    "staff_findings.show": R,
    "staff_findings.move": W,
    "staff_findings.change": W,
    "staff_findings.take_up": W,
    "staff_decision.show": R,
    "staff_decision.decide": W,
    "staff_events.show": R,
    "staff_events.record": W,
    "staff_events.handle": W,
    "staff_responses.reply": W,
    "staff_responses.withdraw": W,
    "staff_responses.extend": W,
    "staff_responses.replace": W,
    "staff_review.show": R,
    "staff_review.picture": R,
    "staff_review.mark": W,
    "staff_review.accept_met": W,
    "staff_review.set_credit": W,
    "staff_review.assign": W,
    "staff_review.round_form": W,
    "staff_review.send_back": W,
    "staff_reviewing.save": W,
    "staff_responses.judge_alternative": W,
    "staff_campaigns.listing": R,
    "staff_campaigns.show": R,
    "staff_campaigns.new_form": W,
    "staff_campaigns.send": W,
    "staff_campaigns.remind": W,
    "staff_campaigns.links": W,
    "staff_mails.another_contact": W,
    "staff_mails.listing": R,
    "staff_mails.show": R,
    "staff_mails.change": W,
    "staff_mails.reminders": W,
    "staff_texts.listing": M,
    "staff_texts.show": M,
    "staff_texts.save": M,
    "staff_export.choose": W,
    "staff_export.everything": W,
    "staff_export.one": W,
    "staff_export.workbook": W,
    "staff_search.history": M,
    "staff_visits.listing": R,
    "staff_visits.of_response": R,
    "staff_visits.new_form": W,
    "staff_visits.plan": W,
    "staff_visits.show": R,
    "staff_visits.paper": R,
    "staff_visits.change_form": W,
    "staff_visits.change": W,
    "staff_visits.report": W,
    "staff_visits.finish": W,
    "staff_visits.cancel": W,
    "staff_checklists.section": R,
    "staff_checklists.save": W,
    "staff_checklists.photo": R,
    "staff_people.listing": M,
    "staff_people.invite": M,
    "staff_people.invite_again": M,
    "staff_people.change_role": M,
    "staff_people.set_disabled": M,
    "staff_people.set_may_export": M,
    "staff_people.end_sessions": M,
    "staff_sessions.listing": R,
    "staff_sessions.end": R,
    "staff_sessions.end_others": R,
    "staff_second_factor.form": R,
    "staff_second_factor.enrol": R,
    "staff_second_factor.forget": R,
    "staff_second_factor.renew_codes": R,
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

# What needs, beside the role, the right to take out the answers of all partners.
NEEDS_EXPORT_RIGHT = frozenset({"staff_export.choose", "staff_export.everything"})

# What needs a password typed a short while ago.
NEEDS_FRESH = frozenset(
    {
        "staff_export.everything",
        "staff_people.invite",
        "staff_people.invite_again",
        "staff_people.change_role",
        "staff_people.set_disabled",
        "staff_people.set_may_export",
        "staff_second_factor.enrol",
        "staff_second_factor.forget",
        "staff_second_factor.renew_codes",
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
