"""What a partner says after submission about the corrective actions that it has promised."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct


class Progress(StrEnum):
    """How far a corrective action has come, as the partner says."""

    PLANNED = "planned"
    UNDER_WAY = "under-way"
    DONE = "done"


class Report(Struct, frozen=True, kw_only=True):
    """What the partner says later about a corrective action. Reports are added to, never changed.

    `due` is a new date with the `reason` for moving it; None leaves the date as it was. `evidence` are ids of files.
    """

    id: str
    text: str
    state: Progress
    at: datetime
    by: str
    due: date | None = None
    reason: str = ""
    evidence: tuple[str, ...] = ()
