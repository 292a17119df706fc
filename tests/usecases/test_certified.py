"""A response that left by an exit: certified until a day in every list, export and summary, and never a per cent."""

import csv
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO

import msgspec
import pytest

from portal.core.answering import Given
from portal.core.errors import NotAllowed, NotFound
from portal.core.records import Response
from portal.publish.data import data_of
from portal.usecases.changing_partners import keep_certificate
from portal.usecases.exporting import export
from portal.usecases.inviting import Invitation
from portal.usecases.listing import Wanted, list_partners
from portal.usecases.portal import Portal
from portal.usecases.reviewing import save_review_answers
from portal.usecases.scores import scores
from portal.usecases.summing import summary_of

from .filling import submitted

MEMBER = {
    "certificate-ctpat": "member", "certificate-monitoring": "2025-06-01", "certificate-status": "certified",
    "certificate-checked": "2025-06-01", "certificate-ctpat-file": None,
}  # fmt: skip
LAST = date(2026, 6, 1)


@pytest.fixture
def certified(portal: Portal, other_invitation: Invitation, clock: Callable) -> Response:
    """Norte's response, sent with a membership that is good until June."""
    return submitted(portal, other_invitation, clock(), MEMBER)


def exported(portal: Portal, format: str, *ids: str) -> bytes:
    to = BytesIO()
    export(portal, format, ids, to)
    return to.getvalue()


def test_staff_keep_the_proved_certificate_in_the_record(portal: Portal, certified: Response, clock: Callable):
    for _ in range(2):
        partner = keep_certificate(portal, "norte", certified.id, by="dara@example.com", now=clock())

    assert [LAST] == [one.valid_until for one in partner.certificates]
    assert "" != partner.certificates[0].programme


def test_what_proves_no_certificate_keeps_none(portal: Portal, invitation: Invitation, clock: Callable):
    with pytest.raises(NotAllowed):
        keep_certificate(portal, "meridian", invitation.response, by="dara@example.com", now=clock())
    with pytest.raises(NotFound):
        keep_certificate(portal, "norte", invitation.response, by="dara@example.com", now=clock())


def test_the_scores_say_certified_and_count_nothing(portal: Portal, certified: Response, clock: Callable):
    [line] = scores(portal, clock())

    assert ("submitted", None, "certified") == (line.state, line.score, line.rating)
    assert {None} == {line.musts, line.musts_met, line.shoulds, line.shoulds_met}


def test_after_its_last_day_the_certificate_has_expired_everywhere(
    portal: Portal, certified: Response, clock: Callable
):
    clock.move(days=(LAST - clock().date()).days)
    on_the_last_day = scores(portal, clock())[0].rating
    clock.move(days=1)
    [line] = list_partners(portal, Wanted(rating="certificate-expired"), clock()).lines
    [partner] = summary_of(portal, clock().date()).partners

    assert "certified" == on_the_last_day
    assert "certificate-expired" == scores(portal, clock())[0].rating == line.rating == partner.assessment.rating
    assert LAST == partner.assessment.certified_until


def test_the_list_can_be_filtered_and_sorted(portal: Portal, certified: Response, meridian, clock: Callable):
    listing = list_partners(portal, Wanted(rating="certified", sort="score", down=True), clock())

    assert ["norte"] == [line.partner.id for line in listing.lines]
    assert {"certified": "Certified"} == listing.ratings
    assert ["norte", "meridian"] == [
        line.partner.id for line in list_partners(portal, Wanted(sort="rating"), clock()).lines
    ]


def test_the_export_says_certified_and_until_when(portal: Portal, certified: Response):
    [row] = msgspec.json.decode(exported(portal, "json", certified.id))

    assert ("Certified", "2026-06-01", None) == tuple(
        row["score"][key] for key in ("rating", "certified_until", "score")
    )
    assert {} == row["score"]["categories"]


def test_the_summary_counts_certified_partners_as_a_group_of_their_own(
    portal: Portal, certified: Response, meridian, clock: Callable
):
    summary = summary_of(portal, clock().date())
    seen, row = summary.overview, data_of(summary).partners[-1]
    numbers = {count.id: count.number for count in seen.ratings if count.number}

    assert (0, 1, None, 0) == (seen.assessed, seen.certified, seen.average, seen.all_musts_met)
    assert {"certified": 1, "not-assessed": 1} == numbers
    assert seen.partners == sum(count.number for count in seen.must_results)
    assert ("certified", LAST, None, None) == (row.rating, row.certified_until, row.score, row.musts)
    assert all(one.count.judged == 0 for one in summary.criteria)


def test_a_kept_contradiction_and_the_review_are_in_the_export_for_staff(
    portal: Portal, invitation: Invitation, clock: Callable
):
    sent = submitted(portal, invitation, clock(), {"risk-assessment": "no", "risk-review": "yearly"})
    save_review_answers(portal, sent.id, {"review-by": (Given(value="Dara"), None)}, by="dara@example.com", now=clock())
    rows = {
        row["question"]: row for row in csv.DictReader(StringIO(exported(portal, "csv", sent.id).decode("utf-8-sig")))
    }

    assert rows["risk-assessment"]["contradicts"] == rows["risk-review"]["contradicts"] != ""
    assert "" == rows["cyber-rules"]["contradicts"]
    assert ("Dara", "yes") == (rows["review-by"]["answer"], rows["review-by"]["by_reviewer"])


def test_what_reviewers_say_changes_neither_score_nor_answers(portal: Portal, invitation: Invitation, clock: Callable):
    sent = submitted(portal, invitation, clock())
    before = scores(portal, clock())
    kept = save_review_answers(
        portal, sent.id, {"review-impression": (Given(value="worse"), 0)}, by="dara@example.com", now=clock()
    ).response

    assert before == scores(portal, clock())
    assert sent.answers == kept.answers
    [event] = [one for one in portal.store.history(Response, sent.id) if one.what == "reviewed"]
    assert "dara@example.com" == event.by


def test_a_question_of_the_partners_cannot_be_answered_as_a_review(
    portal: Portal, invitation: Invitation, clock: Callable
):
    sent = submitted(portal, invitation, clock())
    saved = save_review_answers(portal, sent.id, {"cyber-rules": (Given(value="no"), None)}, by="x", now=clock())

    assert ["cyber-rules"] == list(saved.refused)
    assert sent == portal.store.get(Response, sent.id)
