"""What `follow-up.yaml` says: how soon a finding is due, and which sections an event between the years concerns."""

from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import Struct

from portal.core.casework import Severity
from portal.core.worth import Obligation


class EventKind(Struct, frozen=True, kw_only=True):
    """Something that may happen at a partner between the years; `label` is for partners to read."""

    id: str
    label: str
    sections: tuple[str, ...]


class FollowUp(Struct, frozen=True, kw_only=True):
    """The tables that are read after submission; without a file they are empty."""

    due_days: Mapping[Obligation, Mapping[Severity, int]] = {}
    events: Mapping[str, EventKind] = {}

    def due(self, obligation: Obligation | None, severity: Severity, today: date) -> date | None:
        """When a finding is due by default, what hangs on no criterion as a should is; None where nothing is set."""
        days = self.due_days.get(obligation or Obligation.SHOULD, {}).get(severity)
        return today + timedelta(days=days) if days is not None else None
