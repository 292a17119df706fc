"""Makes the summary from the register's rows, the catalogue and the questionnaires. Pure: the day is an argument."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

from msgspec.structs import replace

from portal.core.catalogue import Catalogue
from portal.core.countries import country_name
from portal.core.overview import MUST_RESULT, NO_SCORE, RATING, criteria_of, outcomes_of, overview_of
from portal.core.questionnaire import Obligation, Questionnaire, Scheme, Verdict
from portal.core.records import State
from portal.core.register import PartnerRow, ResponseRow, ScoreRow, rated
from portal.core.scoring import percent
from portal.core.summary import (
    Assessment,
    CategoryResult,
    CriterionResult,
    PartnerSummary,
    SchemeUse,
    Standing,
    Summary,
)


def summarize(
    partners: Sequence[PartnerRow],
    responses: Sequence[ResponseRow],
    catalogue: Catalogue,
    questionnaires: Sequence[Questionnaire],
    importer: str,
    on: date,
) -> Summary:
    """The summary as of a day, for an importer of that name.

    Of several responses of a partner the one submitted last counts; where none was submitted, the one made last.
    """
    reader = _Reader(catalogue, questionnaires, on)
    counting = _counting(responses)
    rows = sorted(partners, key=lambda row: (row.name.casefold(), row.id))
    shown = tuple(reader.partner(row, counting.get(row.id)) for row in rows)
    return Summary(
        importer=importer,
        on=on,
        overview=overview_of(shown, catalogue, questionnaires),
        partners=shown,
        criteria=criteria_of(shown, catalogue, questionnaires),
        schemes=_schemes(questionnaires),
    )


def _counting(responses: Sequence[ResponseRow]) -> dict[str, ResponseRow]:
    """The response that counts for each partner."""

    def rank(row: ResponseRow) -> tuple[bool, datetime, str]:
        submitted = row.submitted if row.state is State.SUBMITTED else None
        return submitted is not None, submitted or row.invited, row.id

    return {row.partner: row for row in sorted(responses, key=rank)}


class _Reader:
    """Reads the register's rows; what they refer to and is not known any more stands for itself."""

    def __init__(self, catalogue: Catalogue, questionnaires: Sequence[Questionnaire], on: date) -> None:
        self.catalogue, self.on = catalogue, on
        self.questionnaires = {questionnaire.id: questionnaire for questionnaire in questionnaires}
        self.result = cache(self._result)

    def partner(self, row: PartnerRow, response: ResponseRow | None) -> PartnerSummary:
        """A partner with the response that counts for it, if any."""
        standing = Standing(response.state.value) if response else Standing.NOT_INVITED
        submitted = response if response and response.state is State.SUBMITTED else None
        due = response.due if response else None
        type = self.catalogue.business_types.get(row.business_type)
        return PartnerSummary(
            id=row.id,
            name=row.name,
            country=row.country,
            country_name=country_name(row.country),
            business_type=row.business_type,
            business_type_name=type.name if type else row.business_type,
            standing=standing,
            submitted=submitted.submitted.date() if submitted and submitted.submitted else None,
            due=due,
            overdue=submitted is None and due is not None and due < self.on,
            assessment=self._assessment(rated(submitted.score, self.on), submitted, row)
            if submitted and submitted.score
            else None,
        )

    def _assessment(self, row: ScoreRow, response: ResponseRow, partner: PartnerRow) -> Assessment:
        questionnaire = self.questionnaires.get(response.questionnaire)
        asked = [questionnaire] if questionnaire else []
        rating, result = (
            outcomes_of(asked, RATING).get(row.rating),
            outcomes_of(asked, MUST_RESULT).get(row.must_result),
        )
        titles = questionnaire.categories if questionnaire else self.catalogue.categories
        return Assessment(
            percent=row.percent,
            rating=row.rating or NO_SCORE.id,
            rating_label=row.rating_label or NO_SCORE.label,
            colour=row.colour,
            meaning=rating.meaning if rating else "",
            must_result=row.must_result or NO_SCORE.id,
            must_result_label=row.must_result_label or NO_SCORE.label,
            must_result_colour=result.colour if result else row.colour if row.certified_until else NO_SCORE.colour,
            musts=row.musts,
            musts_met=row.musts_met,
            shoulds=row.shoulds,
            shoulds_met=row.shoulds_met,
            criticals_unmet=row.criticals_unmet,
            categories=tuple(
                CategoryResult(id=id, title=titles.get(id, id), percent=percent(*sums))
                for id, sums in row.categories.items()
            ),
            criteria=tuple(
                self.result(id, partner.business_type, row.verdicts[id])
                for id in self.catalogue.criteria
                if id in row.verdicts
            ),
            should_parts=tuple(
                replace(self.result(id, partner.business_type, verdict), obligation=Obligation.SHOULD)
                for id, verdict in row.should_parts.items()
                if id in self.catalogue.criteria
            ),
            certified_until=row.certified_until,
        )

    def _result(self, id: str, business_type: str, verdict: str) -> CriterionResult:
        """The same value for all partners that stand alike."""
        criterion = self.catalogue.criteria[id]
        obligation = criterion.obligation(business_type)
        return CriterionResult(id=id, topic=criterion.topic, obligation=obligation, verdict=Verdict(verdict))


def _schemes(questionnaires: Sequence[Questionnaire]) -> tuple[SchemeUse, ...]:
    """Each scheme once, with the questionnaires that use it in the order given."""
    found: list[tuple[Scheme, list[str]]] = []
    for questionnaire in questionnaires:
        titles = next((titles for scheme, titles in found if scheme == questionnaire.scheme), None)
        if titles is None:
            found.append((questionnaire.scheme, titles := []))
        titles.append(questionnaire.title)
    return tuple(SchemeUse(scheme=scheme, questionnaires=tuple(titles)) for scheme, titles in found)
