"""Makes the summary from the register's rows, the catalogue and the questionnaires. Pure: the day is an argument."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

from msgspec.structs import replace

from portal.core.catalogue import Catalogue
from portal.core.countries import country_name
from portal.core.overview import MUST_RESULT, NO_SCORE, RATING, criteria_of, outcomes_of, overview_of
from portal.core.questionnaire import Questionnaire
from portal.core.register import PartnerRow, ResponseRow, ScoreRow, rated
from portal.core.schemes import Scheme
from portal.core.scoring import percent
from portal.core.sites import groups, lowest, together
from portal.core.summary import (
    Assessment,
    CategoryResult,
    CriterionResult,
    PartnerSummary,
    SchemeUse,
    SiteSummary,
    Standing,
    Summary,
)
from portal.core.worth import Obligation, Verdict


def summarize(
    partners: Sequence[PartnerRow],
    responses: Sequence[ResponseRow],
    catalogue: Catalogue,
    questionnaires: Sequence[Questionnaire],
    importer: str,
    on: date,
) -> Summary:
    """The summary as of a day, for an importer of that name.

    Of several responses of a partner the one submitted last counts; where none was submitted, the one made last. Where
    one invitation covers several sites, the lowest score of the submitted ones is the partner's.
    """
    reader = _Reader(catalogue, questionnaires, on)
    counting = _counting(responses)
    rows = sorted(partners, key=lambda row: (row.name.casefold(), row.id))
    shown = tuple(reader.partner(row, counting.get(row.id, [])) for row in rows)
    return Summary(
        importer=importer,
        on=on,
        overview=overview_of(shown, catalogue, questionnaires),
        partners=shown,
        criteria=criteria_of(shown, catalogue, questionnaires),
        schemes=_schemes(questionnaires),
    )


def _counting(responses: Sequence[ResponseRow]) -> dict[str, list[ResponseRow]]:
    """The response that counts for each partner, or its sites' responses where one invitation covers several."""

    def rank(sites: list[ResponseRow]) -> tuple[bool, datetime, str]:
        days = [row.submitted for row in sites if row.submitted and row.state.is_sent]
        submitted = max(days, default=None)
        return submitted is not None, submitted or sites[0].invited, sites[0].id

    return {sites[0].partner: sites for sites in sorted(groups(responses), key=rank)}


class _Reader:
    """Reads the register's rows; what they refer to and is not known any more stands for itself."""

    def __init__(self, catalogue: Catalogue, questionnaires: Sequence[Questionnaire], on: date) -> None:
        self.catalogue, self.on = catalogue, on
        self.questionnaires = {questionnaire.id: questionnaire for questionnaire in questionnaires}
        self.result = cache(self._result)

    def partner(self, row: PartnerRow, sites: list[ResponseRow]) -> PartnerSummary:
        """A partner with the response that counts for it, if any, or with those of its sites."""
        response, submitted = (together(sites), lowest(sites)) if sites else (None, None)
        standing = Standing(response.state.value) if response else Standing.NOT_INVITED
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
            overdue=standing is not Standing.SUBMITTED and due is not None and due < self.on,
            assessment=self._assessment(rated(submitted.score, self.on), submitted, row)
            if submitted and submitted.score
            else None,
            sites=tuple(_site(one) for one in sites) if len(sites) > 1 else (),
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


def _site(row: ResponseRow) -> SiteSummary:
    score = row.score if row.state.is_sent else None
    return SiteSummary(
        name=row.site,
        standing=Standing(row.state.value),
        submitted=row.submitted.date() if row.submitted else None,
        percent=score.percent if score else None,
        rating_label=score.rating_label or NO_SCORE.label if score else "",
        colour=score.colour if score else NO_SCORE.colour,
        musts=score.musts if score else 0,
        musts_met=score.musts_met if score else 0,
    )


def _schemes(questionnaires: Sequence[Questionnaire]) -> tuple[SchemeUse, ...]:
    """Each scheme once, with the questionnaires that use it in the order given."""
    found: list[tuple[Scheme, list[str]]] = []
    for questionnaire in questionnaires:
        titles = next((titles for scheme, titles in found if scheme == questionnaire.scheme), None)
        if titles is None:
            found.append((questionnaire.scheme, titles := []))
        titles.append(questionnaire.title)
    return tuple(SchemeUse(scheme=scheme, questionnaires=tuple(titles)) for scheme, titles in found)
