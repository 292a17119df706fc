"""A certified carrier is done in five pages; contradictions are said politely; what is for reviewers stays theirs."""

from collections.abc import Callable

import pytest
from conftest import Browser, enter
from evidence.samples import pdf
from msgspec.structs import replace

from portal.content.library import content_hash
from portal.core.questionnaire import Kind, Question, Section
from portal.core.records import Edition, Response, Role
from portal.usecases import inviting
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal

from .filling import element, send, tree_of, words

MEMBER = {
    "certificate-ctpat": "member", "certificate-member-name": "Transportes del Norte",
    "certificate-monitoring": "2025-06-01", "certificate-status": "validated", "certificate-checked": "2026-02-20",
}  # fmt: skip
COMPANY = {
    "company-name": "Transportes del Norte", "company-site": "Yard 1", "company-street": "Calle 1",
    "company-city": "Monterrey", "company-country": "MX", "company-scac": "TNOR", "company-us-dot": "none",
    "company-person": "Chen", "company-person-title": "Manager", "company-person-email": "chen@example.com",
    "company-person-phone": "+52 1",
}  # fmt: skip
SIGNED = {
    "closing-incidents": "no", "closing-declaration": "agreed", "closing-signature": "Chen",
    "closing-position": "Manager",
}  # fmt: skip


@pytest.fixture
def base(other_invitation: Invitation) -> str:
    """Where Chen's pages begin."""
    return f"/partner/responses/{other_invitation.response}"


def at(base: str, section: str) -> str:
    return f"{base}/sections/{section}"


def test_a_certified_carrier_answers_three_pages_checks_and_sends(chen: Browser, base: str, dara: Browser):
    """Invitation, company, certificate, signature, check: five pages, and nothing else was ever needed."""
    send(chen, chen.get(at(base, "company")), COMPANY)
    # Without a script the questions about the membership come once one has said that one is a member.
    send(chen, chen.get(at(base, "certificate")), {"certificate-ctpat": "member"})
    proved = send(chen, chen.get(at(base, "certificate")), MEMBER)

    assert proved.headers["Location"].partition("#")[0].endswith("/sections/closing?done=saved")
    signed = send(chen, chen.get(at(base, "closing")), SIGNED)

    assert signed.headers["Location"].endswith(f"{base}/submit")
    assert "Because of your certificate" in chen.get(base).text
    sent = chen.post(f"{base}/submit")
    receipt = chen.get(sent.headers["Location"]).text

    assert "CTPAT member, monitored in SVI" in receipt
    assert "proof on file until 20 February 2027" in receipt
    response = base.rsplit("/", 1)[1]
    pages = [
        dara.get(address).text
        for address in (f"/staff/responses/{response}", f"/staff/responses/{response}/score", "/staff/partners/norte")
    ]
    assert all("Certified" in page and "20 February 2027" in page for page in pages)
    assert all("100 %" not in page and "100.0" not in page and "0.0" not in page for page in pages)


def test_staff_read_that_the_certificate_has_ended(chen: Browser, base: str, staff: Callable, clock: Callable):
    for section, typed in (("company", COMPANY), ("certificate", MEMBER), ("closing", SIGNED)):
        send(chen, chen.get(at(base, section)), typed)
    chen.post(f"{base}/submit")
    certified = words(staff(Role.READER).get("/staff/partners"), "partners")
    clock.move(days=400)
    reader = staff(Role.READER)
    ended = words(reader.get("/staff/partners"), "partners")

    assert "Certified until 20 Feb 2027" in certified
    assert "Certificate expired on 20 Feb 2027" in ended
    listing = reader.get("/staff/partners?rating=certificate-expired").text
    assert "Transportes del Norte" in listing
    assert "Certificate expired" in listing
    assert "Certificate expired" in reader.get(f"/staff/responses/{base.rsplit('/', 1)[1]}").text
    assert "Transportes del Norte" not in reader.get("/staff/partners?rating=certified").text


def test_undoing_the_certificate_brings_everything_back(chen: Browser, base: str, portal: Portal):
    """What was answered before is kept all the while."""
    send(chen, chen.get(at(base, "seals")), {"seals-stock": "no"})
    send(chen, chen.get(at(base, "certificate")), MEMBER)
    gone = chen.get(at(base, "seals")).status_code
    send(chen, chen.get(at(base, "certificate")), {"certificate-ctpat": "no"})
    page = chen.get(at(base, "seals"))
    [chosen] = [
        one
        for one in tree_of(page).iter("input")
        if one.get("name") == "seals-stock" and one.get("checked") is not None
    ]

    assert (404, 200) == (gone, page.status_code)
    assert "no" == chosen.get("value")


def test_an_ended_certificate_says_why_it_does_not_count(ana: Browser, invitation: Invitation):
    base = f"/partner/responses/{invitation.response}"
    typed = {
        "certificate-ctpat": "no", "certificate-aeo": "yes", "certificate-programme": "eu",
        "certificate-number": "DE 1",
        "certificate-type": "both", "certificate-until": "2026-03-01",
    }  # fmt: skip
    answered = send(ana, ana.get(at(base, "certificate")), typed, [("certificate-file-evidence", "aeo.pdf", pdf())])
    page = ana.get(answered.headers["Location"])

    assert "done=doubt" in answered.headers["Location"]
    assert "This certificate ended on 1 March 2026." in words(page, "question-certificate-until")
    assert "This certificate ended on 1 March 2026." in words(ana.get(f"{base}/submit"), "remarks")
    assert "Seals" in ana.get(base).text
    send(ana, page, {"certificate-until": "2026-03-02"})
    assert "Seals" not in ana.get(base).text


# Contradictions.

AGAINST = {
    "cyber-rules": "no", "cyber-rules-comment": "Soon.", "cyber-rules-action": "Write them",
    "cyber-rules-action-who": "Bruno", "cyber-rules-action-due": "2026-06-01", "cyber-review": "yearly",
}  # fmt: skip
SAYS = "There are no written rules for computers and data, but you review them at least once a year."


def test_a_contradiction_is_said_once_beside_the_question_and_again_before_sending(
    ana: Browser, section_page: str, invitation: Invitation, dara: Browser
):
    base = f"/partner/responses/{invitation.response}"
    saved = send(ana, ana.get(section_page), AGAINST)
    page = ana.get(saved.headers["Location"])
    again = send(ana, page, {"cyber-rules-comment": "Really soon."})
    check = ana.get(f"{base}/submit")

    assert "done=doubt" in saved.headers["Location"]
    assert SAYS in words(page, "question-cyber-rules")
    assert SAYS in words(page, "question-cyber-review")
    assert "done=saved" in again.headers["Location"]
    assert SAYS in words(check, "remarks")
    links = [one.get("href") for one in element(check, "remarks").iter("a")]
    assert [f"{section_page}#question-cyber-rules", f"{section_page}#question-cyber-review"] == links
    shown = dara.get(f"/staff/responses/{invitation.response}")
    assert SAYS in words(shown, "question-cyber-rules")


def test_the_script_is_told_at_once_and_told_again_when_it_is_mended(
    ana: Browser, section_page: str, invitation: Invitation
):
    answers = f"/partner/responses/{invitation.response}/answers"
    ana.put(f"{answers}/cyber-review", {"value": "yearly"}, page=section_page)
    against = ana.put(f"{answers}/cyber-rules", {"value": "no"}, page=section_page).json
    mended = ana.put(f"{answers}/cyber-rules", {"value": "yes"}, page=section_page).json

    assert {"cyber-rules": SAYS, "cyber-review": SAYS} == against["remarks"]
    assert {} == mended["remarks"]


# For reviewers only.

SECRET = "zanzibar-heliotrope"


@pytest.fixture
def secret_review(portal: Portal, invitation: Invitation) -> str:
    """Meridian's questionnaire with a planted secret in every place of the part for reviewers; the response's id."""
    with portal.store.transaction((Response, invitation.response), by="test", at=invitation.expires) as records:
        before = records.get(Response, invitation.response)
        question = Question(id="secret-question", kind=Kind.TEXT, ask=f"{SECRET}?", help=SECRET)
        part = Section(id=SECRET, title=SECRET, intro=SECRET, questions=(question,), for_reviewers=True)
        form = replace(portal.edition(before.edition), review=(part,))
        edition = content_hash(form)
        records.put(replace(before, edition=edition), "planted")
    with portal.store.transaction((Edition, edition), by="test", at=invitation.expires) as records:
        records.put(Edition(id=edition, questionnaire=form), "planted")
    return invitation.response


def test_the_partner_never_sees_what_is_for_reviewers(secret_review: str, ana: Browser, dara: Browser, portal: Portal):
    """Every page of the partner's, and everything that a program can ask for, before and after the reviewer wrote."""
    page = f"/staff/responses/{secret_review}"
    written = dara.post(f"{page}/review", {"secret-question": f"{SECRET} noted"}, page=page)
    assert 303 == written.status_code
    assert f"{SECRET} noted" in dara.get(page).text

    base = f"/partner/responses/{secret_review}"
    sections = portal.edition(portal.store.get(Response, secret_review).edition).sections
    addresses = [base, f"{base}/copy", f"{base}/submit", *(f"{base}/sections/{one.id}" for one in sections)]
    said = [ana.get(address).text for address in addresses]
    said.append(ana.put(f"{base}/answers/cyber-rules", {"value": "yes"}, page=base).text)
    refused = ana.put(f"{base}/answers/secret-question", {"value": "mine"}, page=base)

    assert [] == [address for address, text in zip(addresses, said, strict=False) if SECRET in text]
    assert SECRET not in said[-1]
    assert 422 == refused.status_code
    assert 404 == ana.get(f"{base}/sections/{SECRET}").status_code
    assert f"{SECRET} noted" == portal.store.get(Response, secret_review).review_answers["secret-question"].value


def test_a_reviewer_is_not_offered_to_ask_the_importer(secret_review: str, dara: Browser):
    page = dara.get(f"/staff/responses/{secret_review}")

    assert SECRET in words(page, "question-secret-question")
    assert "Ask the importer" not in page.text
    assert "secret-question-asking" not in page.text


def test_two_reviewers_at_once_lose_nothing(secret_review: str, staff: Callable):
    page = f"/staff/responses/{secret_review}"
    dara, admin = staff(Role.REVIEWER), staff(Role.ADMIN)
    stale = {"secret-question-version": "0."}
    dara.post(f"{page}/review", {"secret-question": "Dara's view", **stale}, page=page)
    late = admin.post(f"{page}/review", {"secret-question": "Another view", **stale}, page=page)

    assert 409 == late.status_code
    assert all(view in late.text for view in ("Dara&#39;s view", "Another view"))


def test_a_reader_reads_the_review_and_cannot_write_it(secret_review: str, dara: Browser, staff: Callable):
    page = f"/staff/responses/{secret_review}"
    dara.post(f"{page}/review", {"secret-question": "Seen"}, page=page)
    shown = staff(Role.READER).get(page).text

    assert "Seen" in shown
    assert "Save the review" not in shown


def test_a_malformed_review_is_refused_with_what_was_typed(invitation: Invitation, dara: Browser, portal: Portal):
    page = f"/staff/responses/{invitation.response}"
    refused = dara.post(f"{page}/review", {"review-date": "yesterday", "review-by": "Dara"}, page=page)

    assert 422 == refused.status_code
    assert "Write the date as year-month-day" in words(refused, "errors")
    assert "Dara" == portal.store.get(Response, invitation.response).review_answers["review-by"].value


def test_the_review_is_in_the_history_by_name(secret_review: str, dara: Browser):
    page = f"/staff/responses/{secret_review}"
    dara.post(f"{page}/review", {"secret-question": "Sound"}, page=page)
    history = dara.get(f"{page}/history").text

    assert "reviewer@example.com" in history
    assert "Sound" in history


def test_the_overview_says_that_the_certificate_has_ended_and_where_to_mend_it(
    chen: Browser, base: str, clock: Callable, other_invitation: Invitation
):
    send(chen, chen.get(at(base, "certificate")), {"certificate-ctpat": "member"})
    send(chen, chen.get(at(base, "certificate")), {**MEMBER, "certificate-checked": "2025-03-03"})
    before = chen.get(base).text
    clock.move(days=2)
    enter(chen, other_invitation, "Chen")
    after = words(chen.get(base), "content")

    assert "good until" not in before
    assert "This check was good until 3 March 2026. Please check the status again" in after
    assert f'href="{at(base, "certificate")}#question-certificate-checked"' in chen.get(base).text


def test_a_receipt_says_that_the_certificate_has_ended_since(
    chen: Browser, base: str, portal: Portal, clock: Callable, other_invitation: Invitation, staff: Callable
):
    for section, typed in (("company", COMPANY), ("certificate", MEMBER), ("closing", SIGNED)):
        send(chen, chen.get(at(base, section)), typed)
    chen.post(f"{base}/submit")
    before = chen.get(f"{base}/receipt").text
    clock.move(days=400)
    fresh = inviting.replace_link(portal, other_invitation.response, by="dara@example.com", now=clock())
    enter(chen, fresh, "Chen")
    after = chen.get(f"{base}/receipt").text

    assert "Your certificate ended" not in before
    assert "Your certificate ended on 20 February 2027." in after
    assert "Invite the partner again" in staff(Role.REVIEWER).get("/staff/partners/norte").text
