"""`portal remind`: for cron, safe to run twice."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.config import Config
from portal.usecases.inviting import Invitation, invite
from portal.usecases.portal import open_portal

from .conftest import Terminal

NOW = datetime.now(UTC)


@pytest.fixture
def invited(with_partners: Terminal, data: Path) -> Invitation:
    """Meridian, invited ten days ago, its answers due in a week."""
    portal = open_portal(Config(data=data, secret=b"x" * 32))
    due = (NOW + timedelta(days=7)).date()
    return invite(portal, ["meridian"], by="dara@example.com", now=NOW - timedelta(days=10), due=due)[0]


def test_what_is_due_today_is_queued_and_handed_over_once(
    invited: Invitation, with_partners: Terminal, data: Path
) -> None:
    first = with_partners("remind", "--json", PORTAL_REMINDERS="-7")
    second = with_partners("remind", PORTAL_REMINDERS="-7")
    told = {"partner": "meridian", "response": invited.response, "step": "-7", "to": "ana@example.com"}

    assert [told] == json.loads(first.stdout)
    assert "0 reminders queued, 0 mails handed over." in second.stdout
    assert 1 == len(list((data / "mail").glob("*.eml")))


def test_steps_may_be_switched_off(invited: Invitation, with_partners: Terminal) -> None:
    assert "0 reminders queued" in with_partners("remind", PORTAL_REMINDERS="none").stdout
