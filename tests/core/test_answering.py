"""Taking an answer: what each kind accepts, what it refuses, and the sentence that says why."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from core.making import TODAY, column, option, question
from portal.core.answering import CHECKS, Given, take
from portal.core.countries import countries, country_name
from portal.core.questionnaire import Kind
from portal.core.records import Action, Answer
from portal.core.tidying import is_email

OPTIONS = (option("gate"), option("dock"), option("other", other=True), option("none", alone=True))
CHOOSE = {"options": OPTIONS}
SITES = {
    "columns": (
        column("name", required=True),
        column("gates", Kind.NUMBER),
        column("share", Kind.PERCENTAGE),
        column("since", Kind.DATE),
        column("country", Kind.COUNTRY),
        column("mail", Kind.EMAIL),
        column("owner", Kind.CHOICE, options=OPTIONS[:2]),
    ),
    "most": 3,
}
WHOLE = {"at_least": Decimal(0), "at_most": Decimal(365)}
NO_CHARACTER = "This text holds a character that cannot be kept. Type it again without it."
NO_NUMBER = "Write a number, such as 12."
THOUSANDS = "Write the number without signs between thousands, such as 1500."
NO_EMAIL = "Write an e-mail address such as name@example.com."
NO_DATE = "Write the date as year-month-day, such as 2026-03-31."


def taken(kind, value, **more):
    """The value that is kept of a typed one, and the sentences about it."""
    answer, problems = take(question("q", kind, **more), Given(value=value), TODAY)
    return answer.value, [problem.message for problem in problems]


# kind, what the question says, what is typed, what is kept
ACCEPTED = [
    (Kind.TEXT, {}, "  A wall.\r\nA gate.\r ", "A wall.\nA gate."),
    (Kind.TEXT, {}, "Tab\tand\nline", "Tab\tand\nline"),
    (Kind.TEXT, {}, "Cổng số 2 – 工場 – مصنع – 🏭", "Cổng số 2 – 工場 – مصنع – 🏭"),
    (Kind.TEXT, {}, "\u202eright to left\u202c \u200f", "\u202eright to left\u202c \u200f"),
    (Kind.TEXT, {}, "   ", None),
    (Kind.TEXT, {}, "", None),
    (Kind.TEXT, {}, None, None),
    (Kind.TEXT, {"longest": 5}, "12345", "12345"),
    (Kind.TEXT, {"longest": 5}, " 12345\n", "12345"),
    (Kind.TEXT, {}, "<script>alert(1)</script>", "<script>alert(1)</script>"),
    (Kind.EMAIL, {}, " ana@example.com ", "ana@example.com"),
    (Kind.EMAIL, {}, "ana.tran+ctpat@mail.example.co.org", "ana.tran+ctpat@mail.example.co.org"),
    (Kind.EMAIL, {}, "", None),
    (Kind.COUNTRY, {}, "VN", "VN"),
    (Kind.COUNTRY, {}, "", None),
    (Kind.NUMBER, WHOLE, "12", "12"),
    (Kind.NUMBER, WHOLE, " 12 ", "12"),
    (Kind.NUMBER, WHOLE, "0", "0"),
    (Kind.NUMBER, WHOLE, "-0", "0"),
    (Kind.NUMBER, WHOLE, "+12", "12"),
    (Kind.NUMBER, WHOLE, "007", "7"),
    (Kind.NUMBER, WHOLE, "12.0", "12"),
    (Kind.NUMBER, WHOLE, "12,00", "12"),
    (Kind.NUMBER, WHOLE, "١٢", "12"),
    (Kind.NUMBER, WHOLE, "１２", "12"),
    (Kind.NUMBER, WHOLE, "365", "365"),
    (Kind.NUMBER, WHOLE, "", None),
    (Kind.NUMBER, {"decimals": 2}, "12,5", "12.5"),
    (Kind.NUMBER, {"decimals": 2}, "12.50", "12.5"),
    (Kind.NUMBER, {"decimals": 2}, "-.5", "-0.5"),
    (Kind.NUMBER, {"decimals": 3}, "0.125", "0.125"),
    (Kind.NUMBER, {"decimals": 3}, "0,125", "0.125"),
    (Kind.NUMBER, {}, "1500", "1500"),
    (Kind.NUMBER, {}, "12345678901234567890", "12345678901234567890"),
    (Kind.PERCENTAGE, {}, "0", "0"),
    (Kind.PERCENTAGE, {}, "100", "100"),
    (Kind.PERCENTAGE, {"decimals": 1}, "99,9", "99.9"),
    (Kind.PERCENTAGE, {"at_least": Decimal(-50)}, "-50", "-50"),
    (Kind.PERCENTAGE, {"at_most": Decimal(0)}, "0", "0"),
    (Kind.PERCENTAGE, {"at_most": Decimal(200)}, "150", "150"),
    (Kind.DATE, {}, " 2026-02-28 ", "2026-02-28"),
    (Kind.DATE, {}, "2024-02-29", "2024-02-29"),
    (Kind.DATE, {"when": "past"}, "2026-03-31", "2026-03-31"),
    (Kind.DATE, {"when": "future"}, "2026-03-31", "2026-03-31"),
    (Kind.DATE, {"not_before": date(2025, 1, 1)}, "2025-01-01", "2025-01-01"),
    (Kind.DATE, {"not_after": date(2025, 1, 1)}, "2025-01-01", "2025-01-01"),
    (Kind.DATE, {}, "", None),
    (Kind.CHOICE, CHOOSE, "gate", "gate"),
    (Kind.CHOICE, CHOOSE, "", None),
    (Kind.CHOICE, CHOOSE, None, None),
    (Kind.CHOICES, CHOOSE, ("dock", "gate"), ("gate", "dock")),
    (Kind.CHOICES, CHOOSE, "dock", ("dock",)),
    (Kind.CHOICES, CHOOSE, ("", "dock"), ("dock",)),
    (Kind.CHOICES, CHOOSE, ("none",), ("none",)),
    (Kind.CHOICES, CHOOSE, (), None),
    (Kind.CHOICES, CHOOSE, None, None),
    (Kind.ROWS, SITES, ({"name": " Plant ", "gates": "2"},), ({"name": "Plant", "gates": "2"},)),
    (Kind.ROWS, SITES, ({"name": "Plant", "gates": ""}, {"name": ""}, {}), ({"name": "Plant"},)),
    (Kind.ROWS, SITES, ({"gates": "2"},), ({"gates": "2"},)),
    (Kind.ROWS, SITES, ({"name": ""},), None),
    (Kind.ROWS, SITES, (), None),
    (Kind.ROWS, SITES, None, None),
    (Kind.ROWS, SITES, ({"since": "2020-01-01", "country": "MX", "owner": "dock", "share": "40,5"},),
     ({"share": "40.5", "since": "2020-01-01", "country": "MX", "owner": "dock"},)),
    (Kind.FILES, {}, None, None),
    (Kind.FILES, {}, "", None),
    (Kind.STATEMENT, {}, None, None),
    (Kind.AGREEMENT, {}, "agreed", "agreed"),
    (Kind.AGREEMENT, {}, "", None),
    (Kind.SIGNATURE, {}, " Ana Tran ", "Ana Tran"),
    (Kind.SIGNATURE, {}, "  ", None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "more", "typed", "kept"), ACCEPTED)
def test_a_kind_accepts(kind, more, typed, kept):
    assert (kept, []) == taken(kind, typed, **more)


# kind, what the question says, what is typed, the sentence
REFUSED = [
    (Kind.TEXT, {}, "a\x00b", NO_CHARACTER),
    (Kind.TEXT, {}, "a\x1bb", NO_CHARACTER),
    (Kind.TEXT, {}, "a\x7fb", NO_CHARACTER),
    (Kind.TEXT, {}, "a\ud800b", NO_CHARACTER),
    (Kind.TEXT, {}, "a\udfffb", NO_CHARACTER),
    (Kind.TEXT, {"longest": 5}, "1234567", "Write at most 5 characters; this is 2 too many."),
    (Kind.TEXT, {}, "x" * 2001, "Write at most 2000 characters; this is 1 too many."),
    (Kind.TEXT, {}, ("one", "two"), "Give one answer."),
    (Kind.EMAIL, {}, "ana", NO_EMAIL),
    (Kind.EMAIL, {}, "ana@example", NO_EMAIL),
    (Kind.EMAIL, {}, "ana@@example.com", NO_EMAIL),
    (Kind.EMAIL, {}, "ana@example.com, bruno@example.com", NO_EMAIL),
    (Kind.EMAIL, {}, "Ana <ana@example.com>", NO_EMAIL),
    (Kind.EMAIL, {}, "ana@example.com\r\nBcc: all@example.org", NO_EMAIL),
    (Kind.EMAIL, {}, "ana tran@example.com", NO_EMAIL),
    (Kind.EMAIL, {}, "a\x00na@example.com", NO_EMAIL),
    (Kind.EMAIL, {}, "a\x01na@example.com", NO_EMAIL),
    (Kind.EMAIL, {}, "a\ud800na@example.com", NO_EMAIL),
    (Kind.EMAIL, {}, "a\u202ena@example.com", NO_EMAIL),
    (Kind.EMAIL, {}, "a\u200bna@example.com", NO_EMAIL),
    (Kind.EMAIL, {}, "a" * 65 + "@example.com", NO_EMAIL),
    (Kind.EMAIL, {}, "ana@" + ".".join(["a" * 63] * 4) + ".com", NO_EMAIL),
    (Kind.COUNTRY, {}, "Vietnam", "Choose a country from the list."),
    (Kind.COUNTRY, {}, "vn", "Choose a country from the list."),
    (Kind.COUNTRY, {}, "EU", "Choose a country from the list."),
    (Kind.NUMBER, WHOLE, "twelve", NO_NUMBER),
    (Kind.NUMBER, WHOLE, "12 days", NO_NUMBER),
    (Kind.NUMBER, WHOLE, "1e2", NO_NUMBER),
    (Kind.NUMBER, {}, "1e30", NO_NUMBER),
    (Kind.NUMBER, {}, "1e999999", NO_NUMBER),
    (Kind.NUMBER, {}, "1e-999999", NO_NUMBER),
    (Kind.NUMBER, WHOLE, "1_0", NO_NUMBER),
    (Kind.NUMBER, WHOLE, "NaN", NO_NUMBER),
    (Kind.NUMBER, WHOLE, "Infinity", NO_NUMBER),
    (Kind.NUMBER, WHOLE, "0x10", NO_NUMBER),
    (Kind.NUMBER, WHOLE, ".", NO_NUMBER),
    (Kind.NUMBER, WHOLE, "-", NO_NUMBER),
    (Kind.NUMBER, WHOLE, "1.2.3", NO_NUMBER),
    (Kind.NUMBER, WHOLE, "12\x00", NO_NUMBER),
    (Kind.NUMBER, {}, "1" * 21, NO_NUMBER),
    (Kind.NUMBER, {}, ("1", "2"), "Give one answer."),
    (Kind.NUMBER, {}, "1,500", THOUSANDS),
    (Kind.NUMBER, {}, "1.500", THOUSANDS),
    (Kind.NUMBER, {}, "1 500", THOUSANDS),
    (Kind.NUMBER, {}, "1\u00a0500", THOUSANDS),
    (Kind.NUMBER, {}, "1'500'000", THOUSANDS),
    (Kind.NUMBER, WHOLE, "-1", "Write a number of at least 0."),
    (Kind.NUMBER, WHOLE, "366", "Write a number of at most 365."),
    (Kind.NUMBER, {}, "12,5", "Write a whole number."),
    (Kind.NUMBER, {}, "0.125", "Write a whole number."),
    (Kind.NUMBER, {"decimals": 2}, "12.5001", "Write at most 2 decimals."),
    (Kind.PERCENTAGE, {}, "-1", "Write a number of at least 0."),
    (Kind.PERCENTAGE, {"decimals": 2}, "100.01", "Write a number of at most 100."),
    (Kind.PERCENTAGE, {"at_most": Decimal(0)}, "1", "Write a number of at most 0."),
    (Kind.PERCENTAGE, {}, "50%", NO_NUMBER),
    (Kind.DATE, {}, "31.03.2026", NO_DATE),
    (Kind.DATE, {}, "2026-3-1", NO_DATE),
    (Kind.DATE, {}, "2026-02-29", NO_DATE),
    (Kind.DATE, {}, "2026-03-31T10:00", NO_DATE),
    (Kind.DATE, {}, "٢٠٢٦-03-31", NO_DATE),
    (Kind.DATE, {}, "2026-03-31\ud800", NO_DATE),
    (Kind.DATE, {}, ("2026-03-31",), "Give one answer."),
    (Kind.DATE, {"when": "past"}, "2026-04-01", "This date must not lie in the future."),
    (Kind.DATE, {"when": "future"}, "2026-03-30", "This date must not lie in the past."),
    (Kind.DATE, {"not_before": date(2025, 1, 1)}, "2024-12-31", "Give a date from 2025-01-01 on."),
    (Kind.DATE, {"not_after": date(2025, 1, 1)}, "2025-01-02", "Give a date up to 2025-01-01."),
    (Kind.CHOICE, CHOOSE, "window", "Choose one of the answers offered."),
    (Kind.CHOICE, CHOOSE, "Gate", "Choose one of the answers offered."),
    (Kind.CHOICE, CHOOSE, ("gate",), "Give one answer."),
    (Kind.CHOICES, CHOOSE, ("gate", "window"), "Choose from the answers offered, each once."),
    (Kind.CHOICES, CHOOSE, ("gate", "gate"), "Choose from the answers offered, each once."),
    (Kind.CHOICES, CHOOSE, ({"name": "gate"},), "Choose from the answers offered, each once."),
    (Kind.CHOICES, CHOOSE, ("none", "gate"), "“None” cannot be chosen together with other answers."),
    (Kind.ROWS, SITES, "Plant", "Give rows with named columns."),
    (Kind.ROWS, SITES, ("Plant",), "Give rows with named columns."),
    (Kind.ROWS, SITES, ({"colour": "red"},), "There is no column “colour”."),
    (Kind.ROWS, SITES, ({"name": "a"},) * 4, "Give at most 3 rows."),
    (Kind.ROWS, SITES, ({"name": "a"}, {"gates": "two"}), f"Row 2, “Gates”: {NO_NUMBER}"),
    (Kind.ROWS, SITES, ({}, {"gates": "1,500"}), f"Row 2, “Gates”: {THOUSANDS}"),
    (Kind.ROWS, SITES, ({"share": "101"},), "Row 1, “Share”: Write a number of at most 100."),
    (Kind.ROWS, SITES, ({"since": "soon"},), f"Row 1, “Since”: {NO_DATE}"),
    (Kind.ROWS, SITES, ({"country": "Vietnam"},), "Row 1, “Country”: Choose a country from the list."),
    (Kind.ROWS, SITES, ({"mail": "ana"},), f"Row 1, “Mail”: {NO_EMAIL}"),
    (Kind.ROWS, SITES, ({"owner": "other"},), "Row 1, “Owner”: Choose one of the answers offered."),
    (Kind.ROWS, SITES, ({"name": "a\x00"},), f"Row 1, “Name”: {NO_CHARACTER}"),
    (Kind.ROWS, SITES, ({"name": "a" * 501},), "Row 1, “Name”: Write at most 500 characters; this is 1 too many."),
    (Kind.FILES, {}, "photo.jpg", "Add files with the file button."),
    (Kind.STATEMENT, {}, "text", "Add files with the file button."),
    (Kind.AGREEMENT, {}, "yes", "Tick the box if you agree."),
    (Kind.SIGNATURE, {}, "A" * 201, "Write at most 200 characters; this is 1 too many."),
    (Kind.SIGNATURE, {}, "Ana\x00", NO_CHARACTER),
]


@pytest.mark.parametrize(("kind", "more", "typed", "sentence"), REFUSED)
def test_a_kind_refuses(kind, more, typed, sentence):
    assert (None, [sentence]) == taken(kind, typed, **more)


def test_every_kind_has_a_check_and_a_row_of_both_tables():
    assert set(Kind) == set(CHECKS)
    assert set(Kind) == {kind for kind, *_ in ACCEPTED}
    assert set(Kind) == {kind for kind, *_ in REFUSED}


TYPED = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.from_regex(r"[+-]?[0-9]{0,25}[.,eE]?[0-9]{0,6}", fullmatch=True),
    st.lists(st.text(max_size=10), max_size=4).map(tuple),
    st.lists(st.dictionaries(st.sampled_from(["name", "gates", "x"]), st.text(max_size=10)), max_size=3).map(tuple),
)


@any_of(kind=st.sampled_from(Kind), typed=TYPED)
def test_whatever_is_typed_is_kept_or_refused_with_a_sentence(kind, typed):
    """Nothing that a stranger sends makes taking an answer fail, and nothing is both kept and refused."""
    value, sentences = taken(kind, typed, options=OPTIONS, columns=SITES["columns"], most=3)

    assert value is None or not sentences
    assert all(sentence.endswith(".") for sentence in sentences)


@any_of(kind=st.sampled_from(Kind), typed=TYPED)
def test_what_is_kept_would_be_kept_again(kind, typed):
    """A page shows what is stored and sends it back; that must not be an answer of its own."""
    more = {"options": OPTIONS, "columns": SITES["columns"], "most": 3}
    value, _ = taken(kind, typed, **more)

    assert (value, []) == taken(kind, value, **more)


@any_of(st.text(alphabet=st.characters(), max_size=30))
def test_text_that_is_kept_can_be_written_as_utf_8(text):
    value, _ = taken(Kind.TEXT, text)

    assert (value or "") == (value or "").encode("utf-8").decode("utf-8")


def test_an_accented_text_of_two_characters_counts_as_two():
    assert ("éé", []) == taken(Kind.TEXT, "éé", longest=2)


# What goes with an answer.


def test_text_comment_and_corrective_action_are_taken_with_the_answer():
    given = Given(
        value="other",
        other=" A drone. ",
        comment=" Since May.\r\n",
        action="Mend the fence.",
        action_who="Bruno",
        action_due="2026-06-01",
    )
    expected = Answer(
        value="other",
        other="A drone.",
        comment="Since May.",
        action=Action(what="Mend the fence.", who="Bruno", due=date(2026, 6, 1)),
    )

    assert (expected, []) == take(question("q", Kind.CHOICE, options=OPTIONS), given, TODAY)


def test_every_part_that_is_wrong_is_named_by_its_field():
    given = Given(
        value="window",
        other="\x00",
        comment="x" * 4001,
        action="x" * 4001,
        action_who="x" * 201,
        action_due="soon",
    )
    answer, problems = take(question("q", Kind.CHOICE, options=OPTIONS), given, TODAY)

    assert Answer() == answer
    assert ["q", "q-other", "q-comment", "q-action", "q-action-who", "q-action-due"] == [one.where for one in problems]


def test_a_part_that_is_not_given_stays_as_it_is_stored():
    stored = Answer(value="gate", comment="Old.", action=Action(what="Mend.", who="Bruno", due=date(2026, 6, 1)))
    answer, problems = take(question("q", Kind.CHOICE, options=OPTIONS), Given(comment="New."), TODAY, stored)

    assert ("gate", "New.", stored.action, []) == (answer.value, answer.comment, answer.action, problems)


def test_a_part_that_is_wrong_stays_as_it_is_stored():
    stored = Answer(value="gate", comment="Old.")
    answer, problems = take(question("q", Kind.CHOICE, options=OPTIONS), Given(value="window"), TODAY, stored)

    assert ("gate", "Old.") == (answer.value, answer.comment)
    assert ["q"] == [problem.where for problem in problems]


def test_a_part_that_is_given_empty_is_removed():
    stored = Answer(value="gate", comment="Old.", action=Action(what="Mend.", who="Bruno", due=date(2026, 6, 1)))
    given = Given(value="", comment="", action="", action_who="", action_due="")

    assert (Answer(), []) == take(question("q", Kind.CHOICE, options=OPTIONS), given, TODAY, stored)


@pytest.mark.parametrize(
    ("due", "sentence"),
    [
        ("2025-01-01", None),
        ("2029-04-02", None),
        ("2024-12-31", "Give a date from 2025-01-01 on."),
        ("2029-04-03", "Give a date up to 2029-04-02."),
        ("2026-6-1", NO_DATE),
        ("  ", None),
    ],
)
def test_a_corrective_action_is_due_between_last_year_and_three_years_on(due, sentence):
    _, problems = take(question("q"), Given(action="Mend.", action_due=due), TODAY)

    assert ([sentence] if sentence else []) == [problem.message for problem in problems]


def test_a_percent_sign_in_what_was_typed_does_no_harm_to_the_sentence():
    assert (None, ["There is no column “%(row)s”."]) == taken(Kind.ROWS, ({"%(row)s": "1"},), **SITES)


@pytest.mark.parametrize(
    ("text", "expected"), [("ana@example.com", True), ("ana@example.com\n", False), (" ana@example.com", False)]
)
def test_an_address_is_an_address_only_without_blanks(text, expected):
    assert expected is is_email(text)


# Countries.


@pytest.mark.parametrize("language", ["en", "es", "vi", "zh", "fr", "pt", "tr", "hi"])
def test_there_are_the_249_countries_in_every_language(language):
    named = countries(language)

    assert 249 == len(named)
    assert set(countries()) == set(named)
    assert all(named.values())


def test_a_code_that_is_no_country_is_shown_as_it_is():
    assert ("Vietnam", "Vietnam", "XX") == (country_name("VN"), country_name("VN", "es"), country_name("XX"))
