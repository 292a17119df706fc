"""The summary: what readers of the site may see, counted right, and nothing else."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from msgspec.structs import replace
from publish.cast import (
    BROKER,
    CARRIER,
    CATALOGUE,
    DELTA,
    IMPORTER,
    KANDY,
    MAKER,
    MERIDIAN,
    NORTE,
    ON,
    QUESTIONNAIRES,
    SCHEME,
    WEAK,
    partner,
    questionnaire,
    response,
    score,
    summary,
)

from portal.core.records import State
from portal.core.register import PartnerRow, ResponseRow
from portal.core.summarizing import summarize
from portal.core.summary import Count, CriterionCount, Group, PartnerSummary, Standing, Summary, TypeCount
from portal.core.worth import Obligation, Verdict


def one(row: PartnerRow, *responses: ResponseRow, on: date = ON) -> PartnerSummary:
    """The summary of one partner alone."""
    return summary((row,), responses, on).partners[0]


def numbers(counts: tuple[Count, ...]) -> dict[str, int]:
    return {count.id: count.number for count in counts}


def criterion(of: Summary, id: str):
    return next(found for found in of.criteria if found.id == id)


def test_a_partner_that_was_never_asked_is_not_invited():
    found = one(KANDY)

    assert Standing.NOT_INVITED is found.standing
    assert found.assessment is None
    assert found.due is None


@pytest.mark.parametrize("state", [State.INVITED, State.STARTED])
def test_a_partner_that_has_not_submitted_is_not_assessed_which_is_no_low_score(state):
    found = one(DELTA, response(DELTA, state))

    assert state.value == found.standing
    assert found.assessment is None


def test_the_response_submitted_last_counts_even_when_a_newer_one_was_started():
    old = response(MERIDIAN, id="a", submitted=datetime(2025, 2, 1, tzinfo=UTC), score=WEAK)
    new = response(MERIDIAN, id="b", submitted=datetime(2026, 2, 1, tzinfo=UTC))
    newest = response(MERIDIAN, State.STARTED, id="c", invited=datetime(2026, 3, 1, tzinfo=UTC))

    found = one(MERIDIAN, newest, new, old)

    assert Standing.SUBMITTED is found.standing
    assert date(2026, 2, 1) == found.submitted
    assert found.assessment is not None
    assert "strong" == found.assessment.rating


def test_without_a_submitted_response_the_newest_one_counts():
    old = response(DELTA, State.STARTED, id="a", invited=datetime(2025, 2, 1, tzinfo=UTC))
    new = response(DELTA, State.INVITED, id="b", invited=datetime(2026, 2, 1, tzinfo=UTC))

    assert Standing.INVITED is one(DELTA, new, old).standing


def test_a_response_that_was_given_back_is_started_and_has_no_score():
    again = response(DELTA, State.STARTED, submitted=datetime(2026, 2, 1, tzinfo=UTC))

    found = one(DELTA, again)

    assert Standing.STARTED is found.standing
    assert found.submitted is None


@pytest.mark.parametrize(("due", "overdue"), [(date(2026, 3, 30), True), (ON, False), (None, False)])
def test_overdue_begins_the_day_after_the_due_day(due, overdue):
    assert overdue is one(DELTA, response(DELTA, State.STARTED, due=due)).overdue


def test_what_was_submitted_late_is_not_overdue_any_more():
    assert one(MERIDIAN, response(MERIDIAN, due=date(2026, 1, 1))).overdue is False


def test_names_are_those_of_the_country_and_the_business_type():
    found = one(NORTE)

    assert ("Mexico", "Highway carrier") == (found.country_name, found.business_type_name)


def test_a_business_type_that_is_not_in_the_catalogue_stands_for_itself():
    assert "moon_carrier" == one(partner("x", business_type="moon_carrier")).business_type_name


def test_an_assessment_copies_the_score_with_percent_and_title_for_each_category():
    found = one(NORTE, response(NORTE, questionnaire="carrier", score=WEAK)).assessment

    assert found is not None
    assert (Decimal("62.5"), "weak", "Weak", "amber") == (
        found.percent,
        found.rating,
        found.rating_label,
        found.colour,
    )
    assert ("not-met", "Musts not met", "red") == (
        found.must_result,
        found.must_result_label,
        found.must_result_colour,
    )
    assert (2, 0, 1, 1, 0) == (
        found.musts,
        found.musts_met,
        found.shoulds,
        found.shoulds_met,
        found.criticals_unmet,
    )
    assert [("Business Partners", Decimal("50.0")), ("Cybersecurity", Decimal("25.0"))] == [
        (part.title, part.percent) for part in found.categories
    ]


def test_a_rating_means_what_the_scheme_says():
    found = one(MERIDIAN, response(MERIDIAN)).assessment

    assert found is not None
    assert "All is well." == found.meaning


def test_verdicts_stand_in_the_catalogues_order_and_unmet_musts_come_first():
    verdicts = {"4.1": "not-met", "3.10": "partly-met", "3.9": "not-judged", "3.1": "met", "7.7": "not-met"}

    found = one(MERIDIAN, response(MERIDIAN, score=score(verdicts=verdicts))).assessment

    assert found is not None
    assert ["3.1", "3.9", "3.10", "4.1"] == [result.id for result in found.criteria]
    assert ["3.10", "4.1", "3.9"] == [result.id for result in found.unmet]
    assert {Verdict.MET: 1, Verdict.PARTLY_MET: 1, Verdict.NOT_MET: 1, Verdict.NOT_JUDGED: 1} == found.verdicts


def test_a_criterion_binds_as_it_does_for_the_business_type():
    found = one(NORTE, response(NORTE, questionnaire="carrier", score=WEAK)).assessment

    assert found is not None
    assert [Obligation.MUST, Obligation.SHOULD, Obligation.MUST] == [result.obligation for result in found.criteria]


def test_a_category_in_which_nothing_counted_has_no_score():
    nothing = score(categories={"3": (Decimal(0), Decimal(0))})

    found = one(MERIDIAN, response(MERIDIAN, score=nothing)).assessment

    assert found is not None
    assert [None] == [part.percent for part in found.categories]


def test_no_score_is_a_state_of_its_own():
    nothing = score(
        None, rating="", rating_label="", colour="grey", must_result="", must_result_label="", verdicts={}, musts_met=0
    )

    found = summary((MERIDIAN,), (response(MERIDIAN, score=nothing),))

    assessment = found.partners[0].assessment
    assert assessment is not None
    assert ("no-score", "No score", None) == (assessment.rating, assessment.rating_label, assessment.percent)
    assert 1 == numbers(found.overview.ratings)["no-score"]
    assert 1 == found.overview.assessed
    assert found.overview.average is None
    assert 0 == found.overview.all_musts_met


def test_partners_are_sorted_by_name_whatever_its_case():
    rows = (partner("a", "beta"), partner("b", "Alpha"), partner("c", "Gamma"))

    assert ["Alpha", "beta", "Gamma"] == [found.name for found in summary(rows, ()).partners]


def test_the_overview_counts_everybody_once_in_each_way():
    found = summary().overview

    assert (4, 2, 1, 1) == (found.partners, found.assessed, found.overdue, found.all_musts_met)
    assert {"submitted": 2, "returned": 0, "started": 1, "invited": 0, "not-invited": 1} == numbers(found.standings)
    assert {"strong": 1, "adequate": 0, "weak": 1, "not-assessed": 2} == numbers(found.ratings)
    assert {"met": 1, "not-met": 1, "not-assessed": 2} == numbers(found.must_results)
    for counts in (found.standings, found.ratings, found.must_results):
        assert found.partners == sum(count.number for count in counts)


def test_an_outcome_of_an_older_scheme_is_counted_after_the_known_ones():
    gold = score(rating="gold", rating_label="Gold", colour="lime")

    found = summary((MERIDIAN,), (response(MERIDIAN, score=gold),)).overview

    assert ["strong", "adequate", "weak", "gold", "not-assessed"] == [count.id for count in found.ratings]
    assert Count(id="gold", label="Gold", colour="lime", number=1) == found.ratings[3]


def test_means_are_taken_over_those_who_have_a_score_and_never_rounded_up_to_100():
    almost = [response(partner(str(number)), score=score("100.0")) for number in range(29)]
    last = response(partner("29"), score=score("99.0"))
    rows = tuple(partner(str(number)) for number in range(31))

    assert Decimal("99.9") == summary(rows, (*almost, last)).overview.average


def test_countries_are_counted_the_largest_first():
    rows = (MERIDIAN, DELTA, partner("hoang", "Hoang Long"))

    found = summary(rows, (response(MERIDIAN),)).overview

    assert (
        Group(id="VN", name="Vietnam", partners=2, assessed=1, average=Decimal("95.0")),
        Group(id="CN", name="China", partners=1, assessed=0, average=None),
    ) == found.countries


def test_a_category_is_averaged_in_all_and_by_business_type():
    found = summary().overview.categories

    assert ["3", "4"] == [category.id for category in found]
    assert (2, Decimal("75.0")) == (found[0].scored, found[0].average)
    assert {MAKER: Decimal("100.0"), CARRIER: Decimal("50.0")} == found[0].by_business_type


def test_a_category_of_the_questionnaires_own_is_added_where_somebody_has_a_score_in_it():
    own = score(categories={"site": (Decimal(1), Decimal(2))})

    found = summary((MERIDIAN,), (response(MERIDIAN, score=own),)).overview.categories

    assert [("3", None), ("4", None), ("site", Decimal("50.0"))] == [(part.id, part.average) for part in found]
    assert "Your site" == found[2].title


def test_a_criterion_counts_everybody_it_applies_to_exactly_once():
    found = criterion(summary(), "3.1")

    assert CriterionCount(met=1, partly_met=1, not_assessed=2) == found.count
    assert (4, 2) == (found.count.applies, found.count.judged)
    assert ["norte"] == [who.partner for who in found.unmet_by]
    assert (
        TypeCount(
            business_type=MAKER,
            name="Foreign manufacturer",
            obligation=Obligation.MUST,
            count=CriterionCount(met=1, not_assessed=2),
        ),
        TypeCount(
            business_type=CARRIER,
            name="Highway carrier",
            obligation=Obligation.MUST,
            count=CriterionCount(partly_met=1),
        ),
    ) == found.business_types


def test_a_criterion_that_does_not_apply_leaves_a_partner_out():
    verdicts = {"3.1": "not-applicable"}

    found = summary((MERIDIAN,), (response(MERIDIAN, score=score(verdicts=verdicts)),))

    assert CriterionCount() == criterion(found, "3.1").count
    assert CriterionCount() == criterion(found, "3.9").count


def test_a_verdict_counts_where_the_catalogue_does_not_know_whether_the_criterion_applies():
    unsure = replace(WEAK, verdicts={"3.10": "not-met"})

    found = criterion(summary((NORTE,), (response(NORTE, score=unsure),)), "3.10")

    assert CriterionCount(not_met=1) == found.count
    assert [(MAKER, Obligation.MUST), (CARRIER, None)] == [
        (each.business_type, each.obligation) for each in found.business_types
    ]


def test_those_who_do_not_meet_a_criterion_are_listed_the_worst_first():
    verdicts = {"a": "partly-met", "b": "not-judged", "c": "not-met", "d": "met", "e": "not-met"}
    rows = tuple(partner(id) for id in verdicts)
    given = tuple(response(id, score=score(verdicts={"3.1": verdict})) for id, verdict in verdicts.items())

    found = criterion(summary(rows, given), "3.1")

    assert ["c", "e", "b", "a"] == [who.partner for who in found.unmet_by]


def test_a_criterion_is_listed_when_it_binds_somebody_who_is_asked_or_present():
    nobody = summarize((), (), CATALOGUE, QUESTIONNAIRES, IMPORTER, ON)
    brokers = summarize((partner("b", business_type=BROKER),), (), CATALOGUE, (), IMPORTER, ON)

    assert ["3.1", "3.9", "3.10", "4.1", "4.2"] == [found.id for found in nobody.criteria]
    assert [] == list(brokers.criteria)


def test_a_scheme_is_told_once_with_all_questionnaires_that_use_it():
    other = msgspec.structs.replace(SCHEME, id="other")
    three = (*QUESTIONNAIRES, questionnaire("broker", BROKER, scheme=other))

    found = summarize((), (), CATALOGUE, three, IMPORTER, ON).schemes

    assert [
        ("standard", ("Questionnaire for maker", "Questionnaire for carrier")),
        ("other", ("Questionnaire for broker",)),
    ] == [(use.scheme.id, use.questionnaires) for use in found]


def test_a_response_to_a_questionnaire_that_is_gone_is_still_told():
    found = one(MERIDIAN, response(MERIDIAN, questionnaire="gone")).assessment

    assert found is not None
    assert ("Strong", "", "grey") == (found.rating_label, found.meaning, found.must_result_colour)


def test_an_empty_portal_has_a_summary_too():
    found = summary((), ()).overview

    assert (0, 0, None) == (found.partners, found.assessed, found.average)
    assert () == found.countries


def test_the_lowest_of_several_sites_stands_for_the_partner_and_each_is_told():
    rows = [
        response(MERIDIAN, id="a", group="a", site="Hanoi"),
        response(MERIDIAN, id="b", group="a", site="Hue", score=WEAK),
        response(MERIDIAN, State.STARTED, id="c", group="a", site="Da Nang"),
    ]
    found = one(MERIDIAN, *rows)

    assert Standing.STARTED is found.standing
    assert found.assessment is not None
    assert WEAK.percent == found.assessment.percent
    assert ["Hanoi", "Da Nang", "Hue"] == [site.name for site in found.sites]
    assert [score().percent, None, WEAK.percent] == [site.percent for site in found.sites]


def test_one_site_alone_is_not_listed_beside_itself():
    assert () == one(MERIDIAN, response(MERIDIAN, site="Hanoi", group="r")).sites
