"""How binding a criterion is, and how an answer turned out."""

from enum import StrEnum


class Obligation(StrEnum):
    """How binding a criterion is for one business type."""

    MUST = "must"
    SHOULD = "should"


class Verdict(StrEnum):
    """How an answer, or all answers to one criterion, turned out. Not judged: it was asked and not answered."""

    MET = "met"
    PARTLY_MET = "partly-met"
    NOT_MET = "not-met"
    NOT_APPLICABLE = "not-applicable"
    NOT_JUDGED = "not-judged"
