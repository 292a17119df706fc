"""The summary: all that readers of the static site may see, as one value.

It cannot leak. There is no field for e-mail addresses, contacts, tags, identifiers, answers, comments, evidence or
links, and `summarize` copies field by field, so what is added to a record later stays out until somebody adds it here.
"""

from collections import Counter
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from portal.core.records import State
from portal.core.schemes import Scheme
from portal.core.worth import Obligation, Verdict

UNMET = (Verdict.PARTLY_MET, Verdict.NOT_MET, Verdict.NOT_JUDGED)


class Standing(StrEnum):
    """How far a partner has come: the states of a response, and not being invited at all."""

    NOT_INVITED = "not-invited"
    INVITED = State.INVITED.value
    STARTED = State.STARTED.value
    RETURNED = State.RETURNED.value
    SUBMITTED = State.SUBMITTED.value

    @property
    def label(self) -> str:
        """The state in words."""
        return "Asked back" if self is Standing.RETURNED else self.value.replace("-", " ").capitalize()


class CategoryResult(Struct, frozen=True, kw_only=True):
    """One partner's score in one category, from 0 to 100; None where nothing counted."""

    id: str
    title: str
    percent: Decimal | None


class CriterionResult(Struct, frozen=True, kw_only=True):
    """How one partner stands on one criterion."""

    id: str
    topic: str
    obligation: Obligation | None
    verdict: Verdict


class Assessment(Struct, frozen=True, kw_only=True):
    """The result of the response that counts; `percent` is None for «no score», which is not a low one.

    `certified_until` is the last day of the certificate of a partner that holds one: it has no score and no counts.
    """

    percent: Decimal | None
    rating: str
    rating_label: str
    colour: str
    meaning: str
    must_result: str
    must_result_label: str
    must_result_colour: str
    musts: int
    musts_met: int
    shoulds: int
    shoulds_met: int
    criticals_unmet: int
    categories: tuple[CategoryResult, ...]
    criteria: tuple[CriterionResult, ...]
    should_parts: tuple[CriterionResult, ...] = ()
    certified_until: date | None = None

    @property
    def unmet(self) -> tuple[CriterionResult, ...]:
        """The criteria that are less than met, musts first; one may stand there for its must and for its should."""
        found = [one for one in (*self.criteria, *self.should_parts) if one.verdict in UNMET]
        return tuple(sorted(found, key=lambda one: one.obligation is not Obligation.MUST))

    @property
    def verdicts(self) -> dict[Verdict, int]:
        """How many criteria were judged so, for each verdict that a criterion which applies can have."""
        counted = Counter(one.verdict for one in self.criteria)
        return {verdict: counted[verdict] for verdict in (Verdict.MET, *UNMET)}


class SiteSummary(Struct, frozen=True, kw_only=True):
    """One of several sites of a partner; like the partner it has no score before its answers are submitted."""

    name: str
    standing: Standing
    submitted: date | None
    percent: Decimal | None
    rating_label: str
    colour: str
    musts: int
    musts_met: int


class PartnerSummary(Struct, frozen=True, kw_only=True):
    """One partner. `assessment` is None until a response was submitted: not assessed is a state, never a low score.

    Of several sites, all in `sites`, the one with the lowest score stands for the partner, and the standing is that of
    the one that is furthest behind.
    """

    id: str
    name: str
    country: str
    country_name: str
    business_type: str
    business_type_name: str
    standing: Standing
    submitted: date | None
    due: date | None
    overdue: bool
    assessment: Assessment | None
    sites: tuple[SiteSummary, ...] = ()


class Count(Struct, frozen=True, kw_only=True):
    """How many partners share something, under its label and colour (green, lime, amber, red, grey, none)."""

    id: str
    label: str
    colour: str
    number: int


class Group(Struct, frozen=True, kw_only=True):
    """The partners of one country or business type, and the mean of the scores among them."""

    id: str
    name: str
    partners: int
    assessed: int
    average: Decimal | None


class CategoryAverage(Struct, frozen=True, kw_only=True):
    """The mean score of a category over the partners that have one, in all and by business type id."""

    id: str
    title: str
    scored: int
    average: Decimal | None
    by_business_type: dict[str, Decimal | None]


class Overview(Struct, frozen=True, kw_only=True):
    """All partners counted. Each of `standings`, `ratings` and `must_results` adds up to `partners`.

    `certified` are those with a certificate in place of a score, ended or not; they are not among the `assessed`.
    """

    partners: int
    assessed: int
    certified: int
    overdue: int
    all_musts_met: int
    average: Decimal | None
    standings: tuple[Count, ...]
    ratings: tuple[Count, ...]
    must_results: tuple[Count, ...]
    countries: tuple[Group, ...]
    business_types: tuple[Group, ...]
    categories: tuple[CategoryAverage, ...]


class CriterionCount(Struct, frozen=True, kw_only=True):
    """How the partners that a criterion applies to stand on it; the five add up to `applies`.

    Partners with a certificate are not asked about criteria, so they are not among them.
    """

    met: int = 0
    partly_met: int = 0
    not_met: int = 0
    not_judged: int = 0
    not_assessed: int = 0

    @property
    def applies(self) -> int:
        """How many partners it applies to, assessed or not; who said «not applicable» is left out."""
        return self.met + self.partly_met + self.not_met + self.not_judged + self.not_assessed

    @property
    def judged(self) -> int:
        """How many of them were assessed."""
        return self.applies - self.not_assessed


class TypeCount(Struct, frozen=True, kw_only=True):
    """The same for the partners of one business type, and how binding the criterion is for them."""

    business_type: str
    name: str
    obligation: Obligation | None
    count: CriterionCount


class UnmetBy(Struct, frozen=True, kw_only=True):
    """A partner that does not meet a criterion, or only partly."""

    partner: str
    name: str
    country_name: str
    business_type_name: str
    verdict: Verdict


class CriterionSummary(Struct, frozen=True, kw_only=True):
    """One criterion: what it asks, why, and who meets it."""

    id: str
    topic: str
    asks: str
    rationale: str
    category: str
    category_title: str
    count: CriterionCount
    business_types: tuple[TypeCount, ...]
    unmet_by: tuple[UnmetBy, ...]


class SchemeUse(Struct, frozen=True, kw_only=True):
    """A scoring scheme and the titles of the questionnaires that are scored by it."""

    scheme: Scheme
    questionnaires: tuple[str, ...]


class Summary(Struct, frozen=True, kw_only=True):
    """Everything the summary site shows. `on` is the day it is of."""

    importer: str
    on: date
    overview: Overview
    partners: tuple[PartnerSummary, ...]
    criteria: tuple[CriterionSummary, ...]
    schemes: tuple[SchemeUse, ...]
