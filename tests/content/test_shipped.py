"""The questionnaires that are shipped: nothing wrong, nothing left out, nothing asked twice, safe and plain to read."""

import re
from collections import Counter

import pytest
from core.making import QUESTIONNAIRES, shipped

from portal.content.library import read_library
from portal.content.markdown import to_html
from portal.core.asking import asked
from portal.core.catalogue import NOT_APPLICABLE, UNKNOWN, natural
from portal.core.conditions import tests as single_tests
from portal.core.questionnaire import Kind
from portal.core.records import Answer
from portal.core.worth import Obligation, Verdict

# The ids of the Minimum Security Criteria by category; the numbering has gaps.
MSC_NUMBERS = {
    "1": "1 2 3 4",
    "2": "1 2 3 4",
    "3": "1 4 5 6 7 8 9",
    "4": "1 2 3 4 5 6 7 8 9 10 11 12 13",
    "5": "1 2 3 4 5 6 7 8 14 15 16 24 29",
    "6": "1 2 5 6 7",
    "7": "1 2 4 5 6 7 8 10 23 24 25 27 28 29 30 35 36 37",
    "8": "1",
    "9": "1 2 4 5 6 7 8 9 10 11 12 13 14 15 16",
    "10": "1 2 3 4 7 8 9 10",
    "11": "1 2 5",
    "12": "1 2 4 6 7 8 9 10",
}
MSC = [f"{category}.{number}" for category, numbers in MSC_NUMBERS.items() for number in numbers.split()]
TYPES = {
    "foreign_manufacturer", "exporter", "importer", "highway_carrier", "long_haul_carrier_mexico", "sea_carrier",
    "air_carrier", "rail_carrier", "consolidator", "third_party_logistics", "customs_broker", "marine_terminal",
}  # fmt: skip
CATEGORIES = [str(number) for number in range(1, 13)]
FORMS = pytest.mark.parametrize("form", list(shipped().questionnaires.values()), ids=lambda form: form.id)


def test_the_shipped_questionnaires_have_no_mistake():
    _, mistakes = read_library(QUESTIONNAIRES)

    assert [] == [str(mistake) for mistake in mistakes]


def test_there_is_one_questionnaire_for_each_business_type_and_it_is_named_after_it():
    forms = shipped().questionnaires.values()

    assert sorted(TYPES) == sorted(type for form in forms for type in form.business_types)
    assert [form.business_types for form in forms] == [(form.id.replace("-", "_"),) for form in forms]


def test_every_questionnaire_has_a_title_and_an_introduction_of_its_own():
    forms = shipped().questionnaires.values()

    assert [] == repeated(form.title for form in forms) + repeated(form.intro for form in forms)
    assert all("CTPAT" in form.intro and "at hand" in form.intro for form in forms)
    assert all(60 <= form.minutes <= 150 for form in forms)


# The catalogue.


def test_the_catalogue_holds_exactly_the_criteria_of_the_msc_in_natural_order():
    assert 99 == len(MSC)
    assert MSC == list(shipped().catalogue.criteria)
    assert MSC == sorted(MSC, key=natural)


def test_9_1_and_9_10_are_two_criteria():
    criteria = shipped().catalogue.criteria

    assert criteria["9.1"].topic != criteria["9.10"].topic
    assert (9, 1) < natural("9.2") < natural("9.10")


def test_the_catalogue_has_twelve_categories_in_three_focus_areas_and_twelve_business_types():
    catalogue = shipped().catalogue

    assert CATEGORIES == list(catalogue.categories)
    assert CATEGORIES == [category for area in catalogue.focus_areas for category in area.categories]
    assert 3 == len(catalogue.focus_areas)
    assert set(CATEGORIES) == {criterion.category for criterion in catalogue.criteria.values()}
    assert set(catalogue.business_types) == TYPES


@pytest.mark.parametrize("id", MSC)
def test_a_criterion_has_a_level_for_every_business_type_and_applies_to_somebody(id):
    criterion = shipped().catalogue.criteria[id]

    assert set(criterion.levels) == TYPES
    assert set(criterion.levels.values()) <= {*Obligation, NOT_APPLICABLE, UNKNOWN}
    assert any(criterion.obligation(type) for type in TYPES)
    assert all(
        (criterion.levels[type] in list(Obligation)) is (criterion.obligation(type) is not None) for type in TYPES
    )


@pytest.mark.parametrize(
    ("id", "type", "level"),
    [
        ("1.1", "foreign_manufacturer", "should"),
        ("1.3", "foreign_manufacturer", "must"),
        ("2.1", "highway_carrier", "must"),
        ("2.2", "importer", "should"),
        ("3.9", "importer", "must"),
        ("4.1", "foreign_manufacturer", "must"),
        ("6.1", "highway_carrier", "must"),
        ("8.1", "foreign_manufacturer", "must"),
    ],
)
def test_levels_that_sources_prove_are_in_the_catalogue(id, type, level):
    assert level == shipped().catalogue.criteria[id].levels[type]


def test_a_topic_names_one_criterion_and_every_criterion_says_why():
    criteria = shipped().catalogue.criteria.values()

    assert [] == repeated(criterion.topic.casefold() for criterion in criteria)
    assert [] == repeated(criterion.asks for criterion in criteria)
    assert all(criterion.rationale.endswith(".") and criterion.asks.endswith(".") for criterion in criteria)


def repeated(texts):
    return sorted(text for text, count in Counter(texts).items() if count > 1)


# What is asked.


@FORMS
def test_every_criterion_that_applies_is_asked_and_no_other(form):
    """The criteria of the questionnaire are those whose level for the type is must or should."""
    type = form.business_types[0]
    applying = {id for id, one in shipped().catalogue.criteria.items() if one.levels[type] in ("must", "should")}
    asked = {question.criterion for question in form.questions if question.criterion}

    assert applying == set(form.criteria)
    assert applying == asked


@FORMS
def test_every_must_criterion_is_judged_by_a_must(form):
    """A must that is asked only as a should could not be unmet."""
    musts = {id for id, one in form.criteria.items() if one.obligation is Obligation.MUST}
    judged = {question.criterion for question in form.questions if question.obligation is Obligation.MUST}

    assert musts == judged - {""}


@FORMS
def test_there_are_90_to_180_questions_about_the_twelve_categories(form):
    about = [one for one in form.questions if one.category in CATEGORIES and one.kind is not Kind.STATEMENT]

    assert 90 <= len(about) <= 180
    assert set(CATEGORIES) == {question.category for question in about}


@FORMS
def test_a_question_counts_in_the_category_of_its_criterion(form):
    wrong = [one.id for one in form.questions if one.criterion and one.category != one.criterion.split(".")[0]]

    assert [] == wrong


@FORMS
def test_every_scored_question_can_be_answered_well_and_badly(form):
    for question in form.questions:
        if question.kind is Kind.CHOICE and question.weight is not None:
            credits = {option.credit for option in question.options}

            assert {0, 1} <= credits, question.id
        if question.kind is Kind.CHOICES and question.weight is not None:
            assert any(option.alone for option in question.options), question.id


@FORMS
def test_no_option_of_several_is_worth_nothing_without_reason(form):
    """A box that earns nothing is *none of these*, asks for a text, or is there to be told apart from good ones."""
    for question in form.questions:
        if question.kind is Kind.CHOICES and question.weight is not None:
            free = [
                one.id for one in question.options if one.id not in question.good and not one.alone and not one.other
            ]

            assert len(free) < len(question.good), (question.id, free)


@FORMS
def test_every_scored_question_has_help(form):
    assert [] == [question.id for question in form.questions if question.weight is not None and not question.help]


@FORMS
def test_a_label_is_the_criterion_that_is_asked_about(form):
    """Readers look a label up in the criteria, so it must not name one that the question does not count for."""
    wrong = [
        (question.id, question.label, question.criterion)
        for question in form.questions
        if question.weight is not None and question.label and question.label.rstrip("abcdefgh") != question.criterion
    ]

    assert [] == wrong


@FORMS
def test_no_two_questions_have_the_same_wording_or_label(form):
    assert [] == repeated(re.sub(r"\W+", " ", question.ask).casefold().strip() for question in form.questions)
    assert [] == repeated(question.label for question in form.questions if question.label)


@FORMS
def test_what_only_some_partners_have_is_asked_first(form):
    """Follow-ups and questions behind a gate are there, and each gate is a question that the partner sees."""
    watched = {test.question for question in form.questions for test in single_tests(question.shown_when)} - {""}

    assert 10 <= len([question for question in form.questions if question.shown_when is not None])
    assert 5 <= len(watched)
    assert all(form.question(id) is not None for id in watched)
    assert all(form.question(question.parent) is not None for question in form.questions if question.parent)


@FORMS
def test_critical_questions_are_few_and_are_musts(form):
    """Strong and adequate look only at musts, so a critical should could fail unseen."""
    critical = [question for question in form.questions if question.critical]

    assert 3 <= len(critical) <= 20
    assert {Obligation.MUST} == {question.obligation for question in critical}


@FORMS
def test_what_does_not_apply_needs_a_reason(form):
    for question in form.questions:
        for option in question.options:
            if option.verdict is Verdict.NOT_APPLICABLE:
                assert "required" == option.asks.comment, (question.id, option.id)


@FORMS
def test_the_company_is_asked_first_and_the_signature_last(form):
    first, last = form.sections[:3], form.sections[-1]
    header = [question for section in first for question in section.questions]

    assert ["company", "certificate", "eligibility"] == [section.id for section in first]
    assert all(
        question.fact or question.kind is Kind.STATEMENT or question.id.startswith("certificate-")
        for question in header
    )
    assert not any(question.fact for section in form.sections[3:] for question in section.questions)
    assert {Kind.AGREEMENT, Kind.SIGNATURE} <= {question.kind for question in last.questions}
    assert not any(question.weight for question in (*header, *last.questions))


@FORMS
def test_a_page_has_no_more_questions_than_can_be_looked_through(form):
    assert [] == [(section.id, len(section.questions)) for section in form.sections if len(section.questions) > 25]


@FORMS
def test_the_categories_come_in_their_order(form):
    """Sections of two categories never mix, and a partner meets them as CTPAT counts them."""
    order = [section.questions[0].category for section in form.sections if section.questions]
    counted = [int(category) for category in order if category in CATEGORIES]

    assert sorted(counted) == counted
    assert {int(category) for category in CATEGORIES} == set(counted)


def test_a_question_that_several_types_are_asked_is_answered_alike():
    """An id stands for one question, with or without its criterion; answers and exports of several types compare."""
    known = {}
    for form in shipped().questionnaires.values():
        for question in form.questions:
            answers = (question.kind, [option.id for option in question.options if option.verdict != "not-applicable"])
            assert known.setdefault(question.id, answers) == answers, (form.id, question.id)


# What each business type is called by, and the questions that ask for it.
IDENTIFIERS = {
    "foreign_manufacturer": {"MID": "company-mid"},
    "exporter": {"EIN": "company-ein", "DUNS": "company-duns"},
    "importer": {"Importer of Record number": "company-importer-number"},
    "highway_carrier": {"SCAC": "company-scac", "US DOT number": "company-us-dot"},
    "long_haul_carrier_mexico": {"SCT number": "company-sct"},
    "sea_carrier": {"SCAC": "company-scac"},
    "air_carrier": {"IATA code": "company-iata-airline"},
    "rail_carrier": {"SCAC": "company-scac"},
    "consolidator": {"FMC number": "company-fmc", "IATA number": "company-iata-agent"},
    "third_party_logistics": {"Licence or bond (FMC, TSA, CBP or DOT)": "company-licences"},
    "customs_broker": {"Broker licence": "company-broker-licence", "Filer code": "company-filer-code"},
    "marine_terminal": {"FMC MTO number": "company-fmc-mto"},
}


@FORMS
def test_the_identifiers_of_the_business_type_are_asked_and_no_others(form):
    type = form.business_types[0]
    everybodys = {id for asked in IDENTIFIERS.values() for id in asked.values()}

    assert set(shipped().catalogue.business_types[type].identifiers) == set(IDENTIFIERS[type])
    assert set(IDENTIFIERS[type].values()) == {one.id for one in form.sections[0].questions} & everybodys
    assert all(form.question(id).help for id in IDENTIFIERS[type].values())


def asked_about_joining(id, country):
    """The questions of the part on eligibility that a company of a country sees."""
    answers = {"company-country": Answer(value=country)}
    return [one.id for one in asked(shipped().questionnaires[id], answers, {}).shown.get("eligibility", ())][2:]


@pytest.mark.parametrize(("id", "home"), [("foreign-manufacturer", "MX"), ("marine-terminal", "US")])
def test_who_can_join_by_invitation_only_is_told_so_and_asked_no_more(id, home):
    assert ["eligibility-abroad"] == asked_about_joining(id, "VN")
    assert "eligibility-abroad" not in asked_about_joining(id, home)
    assert 3 == len(asked_about_joining(id, home))


@FORMS
def test_a_statement_says_everything_in_its_text(form):
    """The help of a statement is not shown."""
    assert [] == [one.id for one in form.questions if one.kind is Kind.STATEMENT and one.help]


@FORMS
def test_whether_the_company_could_join_is_asked_in_two_to_five_questions(form):
    """All are put so that yes speaks for it, as the statement before them says."""
    country = {"foreign-manufacturer": "CA"}.get(form.id, "US")
    meaning, *asked = asked_about_joining(form.id, country)

    assert "eligibility-meaning" == meaning
    assert 2 <= len(asked) <= 5 and "eligibility-debt" in asked
    assert {"yes", "no"} == {option.id for id in asked for option in form.question(id).options}


# Asked without a criterion, and listed in the handbook.


def listed(type):
    """What the handbook lists for a business type: the questions, and the criteria whose level is unknown."""
    chapter = (QUESTIONNAIRES / "README.md").read_text().split("## Asked without a criterion\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in chapter.splitlines() if line.startswith("| ")]
    own = [(subject, ids) for subject, types, ids in rows if f"`{type}`" in types]
    criteria = {id for subject, _ in own for id in re.findall(r"\d+\.\d+", subject)}
    return {id for _, ids in own for id in re.findall(r"`(.+?)`", ids)}, criteria


@FORMS
def test_what_is_asked_without_a_criterion_is_listed_in_the_handbook(form):
    told, _ = listed(form.business_types[0])

    assert told == {one.id for one in form.questions if one.weight is not None and not one.criterion}


@FORMS
def test_every_criterion_whose_level_is_not_known_is_asked_about_without_its_id(form):
    type = form.business_types[0]
    _, told = listed(type)

    assert told == {id for id, one in shipped().catalogue.criteria.items() if UNKNOWN == one.levels[type]}


# How it is said.


def texts_of(form):
    """Everything a partner reads, with where it stands."""
    yield "intro", form.intro
    yield "method", form.scheme.method
    for section in form.sections:
        yield section.id, section.title
        yield section.id, section.intro
        for question in section.questions:
            yield question.id, question.ask
            yield question.id, question.help
            yield question.id, question.typical_evidence
            for option in question.options:
                yield question.id, option.label


@FORMS
def test_help_is_safe_markdown_that_shows_as_it_was_meant(form):
    """Nothing is taken out by the cleaning: no raw HTML, no image, no address other than https."""
    for where, text in texts_of(form):
        html = to_html(text)

        assert not re.search(r"<(script|style|img|iframe|svg|object)|javascript:|\bon\w+=", html, re.I), where
        assert not re.search(r"<[a-zA-Z/!]|http:", text), where
        assert html.count("<p>") == html.count("</p>"), where


@FORMS
def test_no_text_is_unfinished(form):
    for where, text in texts_of(form):
        assert not re.search(r"\b(TODO|FIXME|XXX|TBD|lorem ipsum)\b", text, re.I), where
        assert text == text.strip() and "  " not in re.sub(r"\n *", "\n", text), where


@FORMS
def test_a_question_is_one_sentence_or_two_and_short(form):
    texts = (Kind.AGREEMENT, Kind.STATEMENT)
    long = [(one.id, len(one.ask)) for one in form.questions if len(one.ask) > 150 and one.kind not in texts]

    assert [] == long


@FORMS
def test_the_same_words_are_used_for_the_same_sort_of_company(form):
    """Site, carrier, partner: the words of the glossary in the questionnaires too."""
    for where, text in texts_of(form):
        assert not re.search(r"\b(vendor|supplier questionnaire|C-TPAT)\b", text, re.I), where


# Words of the trade that a reader may not know; whoever asks with one of them explains.
TERMS = re.compile(
    r"CTPAT|AEO|ISO \d|ISPM|VVTT|ULD|TWIC|SCAC|FMC|IATA|DUNS|US DOT|\b(MID|RFC|SCT|EIN)\b|filer code|Importer of Record"
    r"|manifest|bill of lading|waybill|power of attorney|principal party|encrypted|shipper|berth|\b(bond|entr(y|ies))\b"
)


@FORMS
def test_a_question_with_a_word_of_the_trade_explains_it(form):
    bare = [
        one.id for one in form.questions if one.kind is not Kind.STATEMENT and TERMS.search(one.ask) and not one.help
    ]

    assert [] == bare


@FORMS
def test_no_sentence_is_too_long_for_a_reader_of_english_as_a_second_language(form):
    long = []
    for where, text in texts_of(form):
        sentences = re.split(r"(?<=[.?!:;])\s|\n\s*[-\n]|\|", text)
        long += [(where, " ".join(one.split())) for one in sentences if len(one.split()) > 28]

    assert [] == long
