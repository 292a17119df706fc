"""Scoring schemes as typed values: weights, credits, and the tables that are read on a score."""

from decimal import Decimal

from msgspec import Struct

from portal.core.conditions import Condition
from portal.core.worth import Obligation, Verdict


class OutcomeRow(Struct, frozen=True, kw_only=True):
    """One row of an outcome table: when it holds, this is the outcome. No condition: it always holds."""

    outcome: str
    label: str
    colour: str = "grey"
    meaning: str = ""
    next_step: str = ""
    valid_months: int | None = None
    when: Condition | None = None


class OutcomeTable(Struct, frozen=True, kw_only=True):
    """Ordered rows read on one score. `first`: the first row that holds; otherwise exactly one row may hold."""

    id: str
    title: str
    first: bool
    rows: tuple[OutcomeRow, ...]


class Scheme(Struct, frozen=True, kw_only=True):
    """How answers become numbers: weight by obligation, credit by verdict, and the tables read on the score."""

    id: str
    title: str
    weights: dict[Obligation, Decimal]
    credits: dict[Verdict, Decimal]
    tables: tuple[OutcomeTable, ...]
    method: str = ""
