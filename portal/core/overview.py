"""Counts over all partners of a summary: the overview, and who meets which criterion."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from portal.core.catalogue import Catalogue, CatalogueCriterion
from portal.core.questionnaire import Questionnaire
from portal.core.schemes import OutcomeRow
from portal.core.scoring import percent
from portal.core.summary import (
    UNMET,
    CategoryAverage,
    Count,
    CriterionCount,
    CriterionSummary,
    Group,
    Overview,
    PartnerSummary,
    Standing,
    TypeCount,
    UnmetBy,
)
from portal.core.worth import Obligation, Verdict

RATING, MUST_RESULT = "rating", "must-result"
NO_SCORE = Count(id="no-score", label="No score", colour="grey", number=0)
NOT_ASSESSED = "not-assessed"
NOTHING = "none"  # the colour of what nothing is known about; grey is the colour of a result that is neither
STANDING_COLOURS = {
    Standing.SUBMITTED: "green",
    Standing.RETURNED: "amber",
    Standing.STARTED: "lime",
    Standing.INVITED: "amber",
    Standing.NOT_INVITED: NOTHING,
}
FIELD_OF = {
    Verdict.MET: "met",
    Verdict.PARTLY_MET: "partly_met",
    Verdict.NOT_MET: "not_met",
    Verdict.NOT_JUDGED: "not_judged",
}
WORST_FIRST = (Verdict.NOT_MET, Verdict.NOT_JUDGED, Verdict.PARTLY_MET)
VERDICT_OF = {FIELD_OF[verdict]: verdict for verdict in UNMET}


def outcomes_of(questionnaires: Iterable[Questionnaire], table: str) -> dict[str, OutcomeRow]:
    """Every outcome of the tables of that id, in their order; the first questionnaire's words count."""
    tables = (one for questionnaire in questionnaires for one in questionnaire.scheme.tables if one.id == table)
    found: dict[str, OutcomeRow] = {}
    for row in (row for one in tables for row in one.rows):
        found.setdefault(row.outcome, row)
    return found


def overview_of(
    partners: Sequence[PartnerSummary], catalogue: Catalogue, questionnaires: Sequence[Questionnaire]
) -> Overview:
    """All partners counted by state, rating, result, country and business type, with mean scores."""
    found = [one.assessment for one in partners if one.assessment]
    assessed = [one for one in found if one.certified_until is None]
    left = len(partners) - len(found)
    return Overview(
        partners=len(partners),
        assessed=len(assessed),
        certified=len(found) - len(assessed),
        overdue=sum(one.overdue for one in partners),
        all_musts_met=sum(one.percent is not None and one.musts == one.musts_met for one in assessed),
        average=_mean(one.percent for one in assessed),
        standings=_standings(partners),
        ratings=_outcomes(
            [(one.rating, one.rating_label, one.colour) for one in found],
            outcomes_of(questionnaires, RATING),
            left,
        ),
        must_results=_outcomes(
            [(one.must_result, one.must_result_label, one.must_result_colour) for one in found],
            outcomes_of(questionnaires, MUST_RESULT),
            left,
        ),
        countries=_groups(partners, lambda one: (one.country, one.country_name)),
        business_types=_groups(partners, lambda one: (one.business_type, one.business_type_name)),
        categories=_categories(partners, catalogue),
    )


def _mean(percents: Iterable[Decimal | None]) -> Decimal | None:
    """The mean, rounded as scores are; None where there is nothing to average."""
    found = [one for one in percents if one is not None]
    return percent(sum(found, Decimal(0)), Decimal(100 * len(found)))


def _standings(partners: Sequence[PartnerSummary]) -> tuple[Count, ...]:
    numbers = Counter(one.standing for one in partners)
    return tuple(
        Count(id=one.value, label=one.label, colour=colour, number=numbers[one])
        for one, colour in STANDING_COLOURS.items()
    )


def _outcomes(seen: Sequence[tuple[str, str, str]], rows: Mapping[str, OutcomeRow], left: int) -> tuple[Count, ...]:
    """Every outcome in the order of its table, also those of nobody; then what is in no table; then the rest."""
    words = {id: (row.label, row.colour) for id, row in rows.items()}
    for id, label, colour in seen:
        words.setdefault(id, (label, colour))
    numbers = Counter(id for id, _, _ in seen)
    counts = (Count(id=id, label=label, colour=colour, number=numbers[id]) for id, (label, colour) in words.items())
    return (*counts, Count(id=NOT_ASSESSED, label="Not assessed", colour=NOTHING, number=left))


def _groups(partners: Sequence[PartnerSummary], key: Callable[[PartnerSummary], tuple[str, str]]) -> tuple[Group, ...]:
    """The partners by what they share, the largest group first."""
    members: dict[tuple[str, str], list[PartnerSummary]] = defaultdict(list)
    for one in partners:
        members[key(one)].append(one)
    groups = []
    for (id, name), those in members.items():
        assessed = [one.assessment for one in those if one.assessment and one.assessment.certified_until is None]
        average = _mean(one.percent for one in assessed)
        groups.append(Group(id=id, name=name, partners=len(those), assessed=len(assessed), average=average))
    return tuple(sorted(groups, key=lambda group: (-group.partners, group.name)))


def _categories(partners: Sequence[PartnerSummary], catalogue: Catalogue) -> tuple[CategoryAverage, ...]:
    """The catalogue's categories, and after them those of a questionnaire's own that somebody has a score in."""
    percents: dict[str, dict[str, list[Decimal]]] = {id: {} for id in catalogue.categories}
    titles = dict(catalogue.categories)
    for one in partners:
        for part in one.assessment.categories if one.assessment else ():
            if part.percent is not None:
                titles.setdefault(part.id, part.title)
                percents.setdefault(part.id, {}).setdefault(one.business_type, []).append(part.percent)
    return tuple(
        CategoryAverage(
            id=id,
            title=titles[id],
            scored=sum(len(some) for some in by_type.values()),
            average=_mean(one for some in by_type.values() for one in some),
            by_business_type={type: _mean(some) for type, some in by_type.items()},
        )
        for id, by_type in percents.items()
    )


def criteria_of(
    partners: Sequence[PartnerSummary], catalogue: Catalogue, questionnaires: Sequence[Questionnaire]
) -> tuple[CriterionSummary, ...]:
    """Each criterion that binds a business type which is asked or present, with who meets it."""
    types = dict.fromkeys(type for questionnaire in questionnaires for type in questionnaire.business_types)
    types.update(dict.fromkeys(one.business_type for one in partners))
    binding = {
        id: {type: obligation for type in types if (obligation := criterion.obligation(type))}
        for id, criterion in catalogue.criteria.items()
    }
    stands = _stands(partners, binding)
    return tuple(
        _criterion(criterion, stands[id], binding[id], catalogue)
        for id, criterion in catalogue.criteria.items()
        if stands[id] or binding[id]
    )


def _stands(
    partners: Sequence[PartnerSummary], binding: Mapping[str, Mapping[str, Obligation]]
) -> dict[str, list[tuple[PartnerSummary, str]]]:
    """For each criterion the partners that it applies to, and where each of them counts."""
    stands: dict[str, list[tuple[PartnerSummary, str]]] = {id: [] for id in binding}
    for one in partners:
        for id, field in _fields(one, binding):
            stands[id].append((one, field))
    return stands


def _fields(partner: PartnerSummary, binding: Mapping[str, Mapping[str, Obligation]]) -> Iterator[tuple[str, str]]:
    """The criteria that apply to a partner, and where it counts for each."""
    if partner.assessment is None:
        yield from ((id, "not_assessed") for id, types in binding.items() if partner.business_type in types)
    else:
        judged = partner.assessment.criteria
        yield from ((one.id, FIELD_OF[one.verdict]) for one in judged if one.verdict in FIELD_OF)


def _criterion(
    criterion: CatalogueCriterion,
    stands: Sequence[tuple[PartnerSummary, str]],
    binding: Mapping[str, Obligation],
    catalogue: Catalogue,
) -> CriterionSummary:
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for one, field in stands:
        counted[one.business_type][field] += 1
    names = {id: type.name for id, type in catalogue.business_types.items()}
    return CriterionSummary(
        id=criterion.id,
        topic=criterion.topic,
        asks=criterion.asks,
        rationale=criterion.rationale,
        category=criterion.category,
        category_title=catalogue.categories[criterion.category],
        count=CriterionCount(**sum(counted.values(), Counter())),
        business_types=tuple(
            TypeCount(
                business_type=type,
                name=names.get(type, type),
                obligation=binding.get(type),
                count=CriterionCount(**counted[type]),
            )
            for type in dict.fromkeys((*binding, *counted))
        ),
        unmet_by=_unmet_by(stands),
    )


def _unmet_by(stands: Sequence[tuple[PartnerSummary, str]]) -> tuple[UnmetBy, ...]:
    """Who does not meet it: not met first, then not answered, then partly met; in each by name."""
    found = [
        UnmetBy(
            partner=one.id,
            name=one.name,
            country_name=one.country_name,
            business_type_name=one.business_type_name,
            verdict=VERDICT_OF[field],
        )
        for one, field in stands
        if field in VERDICT_OF
    ]
    return tuple(sorted(found, key=lambda one: WORST_FIRST.index(one.verdict)))
