"""Transport, seals, pests, sites and access (categories 5, 6, 8, 9, 10), for all twelve business types."""

import re
from collections import Counter, defaultdict

import pytest
from core.making import shipped

from content.transport import BANK, CATEGORIES, SECTIONS, generated
from portal.content.library import load_library, read_library
from portal.core.asking import asked
from portal.core.catalogue import NOT_APPLICABLE, UNKNOWN
from portal.core.questionnaire import Kind
from portal.core.records import Answer
from portal.core.worth import Obligation, Verdict

TYPES = pytest.mark.parametrize("type", list(SECTIONS))
MOST_ON_A_PAGE = 25

# A trade term, and what the help beside a question that uses it must say so that a stranger to the trade understands.
TERMS = {
    r"\bISO 17712\b": r"standard for (strong|high security) seals|strong numbered lock",
    r"\bbolt\b.*\bseal\b": r"steel pin",
    r"\bULDs?\b": r"made for aircraft",
    r"\b(kingpin|fifth wheel)\b": r"steel pin under the trailer",
    r"\bTWIC\b": r"US ports demand",
    r"\bISPS\b": r"security of ships and ports",
    r"\bISPM 15\b": r"standard for wood packaging",
    r"\bstowaways?\b": r"hides on a ship",
    r"\bgangway\b": r"between ship and shore",
    r"\b(rudder trunk|sea chests?)\b": r"space around the axle",
    r"\bhull\b": r"body of the ship",
    r"\bcrew list\b": r"names everybody who works",
    r"\bchartered\b": r"rented",
    r"\bknown consignor\b": r"security a government has approved",
    r"\bscreened\b": r"looking for bombs",
    r"\bwheel wells?\b": r"space into which the wheels go",
    r"\btrolleys?\b": r"carries it to the aircraft|left alone",
    r"\bhatch(es)?\b": r"lid in the roof",
    r"\bconsist\b": r"list of all cars",
    r"\b(VVTT|tested by hand)\b": r"view, verify, tug, twist",
    r"\b[Bb]onded\b": r"duty",
    r"\b[Dd]rayage\b": r"short",
}


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    """The generated questionnaires by business type."""
    library = load_library(generated(tmp_path_factory.mktemp("transport")))
    return {type: library.for_business_type(type) for type in SECTIONS}


def levels(type):
    """The level of each criterion of the five categories for a business type."""
    return {id: one.levels[type] for id, one in shipped().catalogue.criteria.items() if id.split(".")[0] in CATEGORIES}


def judged(form):
    return [question for question in form.questions if question.weight is not None]


def without_criterion(form):
    return [question.id for question in judged(form) if not question.criterion]


def test_the_sections_have_no_mistake_for_any_business_type(tmp_path):
    _, mistakes = read_library(generated(tmp_path))

    assert [] == [str(mistake) for mistake in mistakes]


def test_every_business_type_has_its_sections():
    assert set(shipped().catalogue.business_types) == set(SECTIONS)


@pytest.mark.parametrize("form", list(shipped().questionnaires.values()), ids=lambda form: form.id)
def test_a_shipped_questionnaire_uses_the_sections_of_its_business_type(form):
    used = [section.id for section in form.sections if section.id in BANK]

    assert list(SECTIONS[form.business_types[0]]) == used


# What is asked of whom.


@TYPES
def test_every_must_and_should_is_asked_and_nothing_that_does_not_apply_is_named(forms, type):
    binding = {id for id, level in levels(type).items() if level not in (NOT_APPLICABLE, UNKNOWN)}
    asked = {question.criterion for question in forms[type].questions if question.criterion}

    assert binding == asked


@TYPES
def test_every_must_is_judged_by_a_must(forms, type):
    musts = {id for id, level in levels(type).items() if level == Obligation.MUST}
    asked = {one.criterion for one in forms[type].questions if one.criterion and one.obligation is Obligation.MUST}

    assert musts == asked


@TYPES
def test_what_is_asked_without_a_criterion_is_a_should_that_counts_in_one_of_the_five(forms, type):
    for id in without_criterion(forms[type]):
        question = forms[type].question(id)

        assert Obligation.SHOULD is question.obligation, id
        assert question.category in CATEGORIES, id
        assert not question.critical and not question.label, id


def shown(form, **answers):
    """The ids of the questions that are visible after these answers; hyphens of ids are written as underlines."""
    given = {id.replace("_", "-"): Answer(value=value) for id, value in answers.items()}
    facts = {"business_type": form.business_types[0]}
    return {one.id for questions in asked(form, given, facts).shown.values() for one in questions}


def test_a_broker_without_cargo_of_its_own_answers_little(forms):
    broker = forms["customs_broker"]
    office = shown(
        broker, conveyance_own_site="no", seals_handled="no", physical_technology="no", access_has_guards="no"
    )
    warehouse = shown(broker, conveyance_own_site="yes", seals_handled="yes")

    assert {"conveyance-broker-care", "seals-broker-care", "access-broker-drivers"} == warehouse - shown(broker)
    assert not office & {"conveyance-broker-care", "seals-broker-care", "access-broker-drivers"}
    assert 25 >= len(office)


def test_an_importer_with_an_office_only_is_not_asked_about_drivers(forms):
    importer = forms["importer"]
    drivers = {"access-drivers-id", "access-pickup-log", "access-pickup-notice", "access-one-place"}

    assert drivers <= shown(importer, conveyance_own_site="yes")
    assert not drivers & shown(importer, conveyance_own_site="no")


def test_a_logistics_company_is_asked_about_tractors_only_if_it_has_trucks(forms):
    logistics, tractor = forms["third_party_logistics"], "conveyance-tractor-points"

    assert tractor in shown(logistics, conveyance_own_trucks="yes")
    assert tractor not in shown(logistics, conveyance_own_trucks="no")


def test_a_sea_carrier_without_ships_is_asked_about_those_who_run_them(forms):
    carrier = forms["sea_carrier"]

    assert "vessel-operators" in shown(carrier, vessel_own="no")
    assert "vessel-gangway" not in shown(carrier, vessel_own="no")
    assert "vessel-gangway" in shown(carrier, vessel_own="yes")


@pytest.mark.parametrize(
    ("gate", "criteria"),
    [
        ("physical-has-cameras", {"9.13", "9.14", "9.15", "9.16"}),
        ("access-has-guards", {"10.10"}),
        ("seals-stock", {"6.5", "6.6"}),
    ],
)
@TYPES
def test_what_binds_only_those_who_have_a_thing_stays_hidden_from_the_others(forms, type, gate, criteria):
    form = forms[type]
    seen = {one.criterion for one in form.questions if one.id in shown(form, **{gate.replace("-", "_"): "no"})}

    assert not criteria & seen


# How it is asked.


def test_a_question_with_one_id_has_one_wording_for_everybody(forms):
    """Variants with and without a criterion may differ in help and in *does not apply*, not in what they ask."""
    wordings = defaultdict(set)
    for form in forms.values():
        for question in form.questions:
            options = [one.label for one in question.options if one.verdict is not Verdict.NOT_APPLICABLE]
            wordings[question.id].add((question.ask, question.kind, question.good, *options))

    assert [] == sorted(id for id, found in wordings.items() if len(found) > 1)


@TYPES
def test_a_page_can_be_looked_through(forms, type):
    sizes = {section.id: len(section.questions) for section in forms[type].sections}

    assert [] == [(id, size) for id, size in sizes.items() if not 0 < size <= MOST_ON_A_PAGE]


@TYPES
def test_no_wording_and_no_label_stands_twice(forms, type):
    asks = Counter(question.ask.casefold() for question in forms[type].questions)
    labels = Counter(question.label for question in forms[type].questions if question.label)

    assert [] == [text for text, count in (asks + labels).items() if count > 1]


@TYPES
def test_every_judged_question_has_help_and_says_what_proves_it(forms, type):
    assert [] == [one.id for one in judged(forms[type]) if not one.help or not one.typical_evidence]


@TYPES
def test_every_judged_question_can_be_answered_well_and_badly(forms, type):
    for question in judged(forms[type]):
        if question.kind is Kind.CHOICE:
            assert {0, 1} <= {option.credit for option in question.options}, question.id
        if question.kind is Kind.CHOICES:
            assert any(option.alone for option in question.options), question.id
            assert set(question.good) == {one.id for one in question.options if not one.alone}, question.id


@TYPES
def test_a_question_is_short(forms, type):
    assert [] == [(one.id, len(one.ask)) for one in forms[type].questions if len(one.ask) > 150]


@TYPES
def test_a_trade_term_is_explained_beside_the_question_that_uses_it(forms, type):
    unexplained = [
        (question.id, term)
        for question in judged(forms[type])
        for term, explanation in TERMS.items()
        if re.search(term, question.ask) or any(re.search(term, option.label) for option in question.options)
        if not re.search(explanation, question.help)
    ]

    assert [] == unexplained


@TYPES
def test_it_is_said_what_a_seal_is_before_or_where_the_first_one_is_named(forms, type):
    read = ""
    for section in forms[type].sections:
        read += section.intro
        for question in section.questions:
            read += question.help
            if re.search(r"\bseals?\b", " ".join((question.ask, *(option.label for option in question.options)))):
                assert "numbered lock" in read, question.id
                return
    pytest.fail("no question names a seal")


def test_every_trade_term_that_is_looked_for_is_used_somewhere(forms):
    """Bonded and drayage are not used at all; whoever brings them in must explain them."""
    text = " ".join(
        words
        for form in forms.values()
        for one in form.questions
        for words in (one.ask, one.help, *(o.label for o in one.options))
    )

    assert [r"\b[Bb]onded\b", r"\b[Dd]rayage\b"] == [term for term in TERMS if not re.search(term, text)]
