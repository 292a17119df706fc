"""The scores of all responses, as programs read them."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from portal.core.register import ResponseRow
from portal.usecases.inviting import Invitation, invite
from portal.usecases.partner_lines import response_rows
from portal.usecases.portal import Portal
from portal.usecases.scores import scores

from .filling import entered, submitted

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYS = [
    "partner",
    "response",
    "state",
    "score",
    "rating",
    "musts_met",
    "musts",
    "shoulds_met",
    "shoulds",
    "risk",
    "site",
]


def test_a_score_line_has_exactly_the_keys_of_the_contract(portal: Portal, invitation: Invitation):
    lines = [msgspec.to_builtins(line) for line in scores(portal, NOW)]

    assert [KEYS] == [list(line) for line in lines]


def test_nobody_invited_gives_no_lines(portal: Portal):
    assert [] == scores(portal, NOW)


def test_a_response_that_is_not_submitted_has_no_score(portal: Portal, invitation: Invitation, clock: Callable):
    entered(portal, invitation, clock())

    line = scores(portal, NOW)[0]

    assert ("meridian", invitation.response, "started") == (line.partner, line.response, line.state)
    assert [None] * 6 == [line.score, line.rating, line.musts_met, line.musts, line.shoulds_met, line.shoulds]


def test_a_submitted_response_has_its_score_and_no_risk_while_threats_are_not_rated(
    portal: Portal, invitation: Invitation, clock: Callable
):
    submitted(portal, invitation, clock())

    line = scores(portal, NOW)[0]
    row: ResponseRow = response_rows(portal)[0]

    assert ("submitted", 100.0, "strong") == (line.state, line.score, line.rating)
    assert (line.musts, line.shoulds) == (line.musts_met, line.shoulds_met)
    assert (row.score.musts, row.score.shoulds) == (line.musts, line.shoulds)
    assert line.risk is None


def test_one_bad_answer_to_a_must_costs_the_rating(portal: Portal, invitation: Invitation, clock: Callable):
    submitted(portal, invitation, clock(), {"vision-review-checks": "never", "risk-assessment": "no"})

    line = scores(portal, NOW)[0]

    assert line.score < 100
    assert "strong" != line.rating
    assert line.musts_met < line.musts


def test_lines_come_by_partner(portal: Portal, invitation: Invitation, other_invitation: Invitation):
    assert ["meridian", "norte"] == [line.partner for line in scores(portal, NOW)]


def test_a_score_is_a_number_in_json(portal: Portal, invitation: Invitation, clock: Callable):
    submitted(portal, invitation, clock())

    assert b'"score":100.0,' in msgspec.json.encode(scores(portal, NOW))


def test_a_second_invitation_adds_a_line_and_keeps_the_first(portal: Portal, invitation: Invitation, clock: Callable):
    submitted(portal, invitation, clock())
    clock.move(days=300)
    invite(portal, ["meridian"], by="dara@example.com", now=clock())

    assert ["submitted", "invited"] == [line.state for line in scores(portal, NOW)]
