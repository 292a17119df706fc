"""Reads what becomes of an answer next year: whether it is carried over, how long its files count, what it replaces."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from portal.content.fields import Fields
from portal.core.questionnaire import Kind, Question

USUAL_MONTHS = 24
MONTHS = range(1, 241)
# Asked anew every year unless the question itself says otherwise; the second row whatever it says.
DATED = frozenset({Kind.DATE})
GIVEN_ANEW = frozenset({Kind.AGREEMENT, Kind.SIGNATURE})


class Carrying(Struct, frozen=True, kw_only=True):
    """What holds for the questions of a questionnaire, a section or a group; the narrower place wins."""

    carry: bool | None = None
    months: int = USUAL_MONTHS


def read_carrying(fields: Fields, around: Carrying) -> Carrying:
    """`carry` and `evidence_valid_months` of a place, or what holds around it."""
    said = fields.flag("carry") if "carry" in fields else None
    return Carrying(
        carry=around.carry if said is None else said,
        months=fields.integer("evidence_valid_months", around.months, MONTHS),
    )


def carried_over(fields: Fields, kind: Kind, around: Carrying) -> dict[str, Any]:
    """The fields of a question that say so. What stands around it can only turn carrying off, never on for a date."""
    own = read_carrying(fields, Carrying(months=around.months))
    if own.carry and kind in GIVEN_ANEW:
        fields.wrong(f"a question of kind {kind} is answered anew every year; leave `carry` out", "carry")
    usual = around.carry is not False and kind not in DATED
    return {
        "carry": kind not in GIVEN_ANEW and (usual if own.carry is None else own.carry),
        "evidence_valid_months": own.months,
        "replaces": fields.texts("replaces"),
    }


def check_replaces(fields: Fields, question: Question, seen: Mapping[str, Question]) -> None:
    """What is replaced is not asked any more: noted where the later of the two stands."""
    for id in question.replaces:
        if id in seen or id == question.id:
            fields.wrong(
                f"“{id}” is still asked in this questionnaire; a question replaces one that is gone", "replaces"
            )
    for other in seen.values():
        if question.id in other.replaces:
            fields.wrong(f"“{other.id}” replaces “{question.id}”, so it cannot be asked as well; drop one", "id")
