"""What is past its time, and what never is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.records import State
from portal.core.register import PartnerRow, ResponseRow
from portal.core.retention import Keep, Rule, past_time

NOW = datetime(2030, 6, 1, tzinfo=UTC)
KEEP = Keep(unsent=24, superseded=36, retired=48)


def partner(retired: date | None = None) -> PartnerRow:
    return PartnerRow(
        id="meridian",
        name="Meridian",
        country="VN",
        business_type="exporter",
        contact_name="",
        contact_email="ana@example.com",
        retired=retired,
    )


def response(year: int, *, sent: bool = True, **changes: object) -> ResponseRow:
    invited = datetime(year, 1, 1, tzinfo=UTC)
    return ResponseRow(
        **{
            "id": f"r{year}",
            "partner": "meridian",
            "questionnaire": "exporter",
            "edition": "0",
            "state": State.SUBMITTED if sent else State.STARTED,
            "invited": invited,
            "due": None,
            "link_expires": invited + timedelta(days=60),
            "link_withdrawn": False,
            "opened": None,
            "last_saved": None,
            "last_section": "",
            "submitted": invited + timedelta(days=30) if sent else None,
            "answered": 0,
            "asked": 9,
            "evidence": 0,
            **changes,
        }
    )


def found(*rows: ResponseRow, retired: date | None = None, keep: Keep = KEEP) -> list[tuple[Rule, tuple[str, ...]]]:
    return [(one.rule, one.responses) for one in past_time([partner(retired)], rows, keep, NOW)]


def test_of_what_was_sent_this_cycle_and_the_one_before_always_stay():
    old = [response(year) for year in (2010, 2011, 2012)]

    assert [] == found(*old[:2])
    assert [(Rule.SUPERSEDED, ("r2010",))] == found(*old)


def test_answers_go_when_their_time_is_over_and_not_before():
    assert [(Rule.SUPERSEDED, ("r2026",))] == found(response(2026), response(2028), response(2029))
    assert [] == found(response(2027, submitted=datetime(2027, 6, 1, tzinfo=UTC)), response(2028), response(2029))


def test_an_invitation_that_was_not_answered_goes_once_it_is_over_and_another_was_made():
    unsent = response(2027, sent=False)

    assert [] == found(unsent)
    assert [(Rule.UNSENT, ("r2027",))] == found(unsent, response(2029, sent=False))


@pytest.mark.parametrize(
    "changes",
    [
        {"link_expires": NOW + timedelta(days=1)},
        {"link_expires": NOW - timedelta(days=300)},
        {"last_saved": NOW - timedelta(days=300)},
    ],
)
def test_an_invitation_in_which_something_happened_lately_stays(changes: dict):
    assert [] == found(response(2020, sent=False, **changes), response(2029))


def test_a_withdrawn_link_ends_when_the_last_thing_was_saved_not_when_it_would_have_run_out():
    late = {"link_expires": NOW + timedelta(days=99), "link_withdrawn": True}

    assert [(Rule.UNSENT, ("r2020",))] == found(response(2020, sent=False, **late), response(2029))


def test_the_sites_of_an_invitation_go_together_or_stay_together():
    first, second = response(2010, group="r2010"), response(2010, group="r2010", id="other", sent=False)
    newer = (response(2028), response(2029))

    assert [(Rule.SUPERSEDED, ("r2010", "other"))] == found(first, second, *newer)


def test_a_retired_partner_goes_with_all_it_said():
    rows = (response(2025), response(2024, sent=False))

    assert [(Rule.RETIRED, ("r2024", "r2025"))] == found(*rows, retired=date(2026, 5, 30))
    assert [(Rule.UNSENT, ("r2024",))] == found(*rows, retired=date(2026, 6, 1))


def test_nought_keeps_for_ever():
    rows = [response(year) for year in (2010, 2011, 2012)]

    assert [] == found(response(2001, sent=False), *rows, keep=Keep(unsent=0, superseded=0, retired=0))
    assert [] == found(*rows, retired=date(2001, 1, 1), keep=Keep(unsent=0, superseded=0, retired=0))
