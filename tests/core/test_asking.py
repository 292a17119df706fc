"""What is asked now, what an answer asks for next, and how far a response has come."""

from datetime import UTC, date, datetime

import pytest

from core.making import (
    YES_PARTLY_NO,
    answers,
    column,
    needs,
    option,
    question,
    questionnaire,
    response,
    scored,
    section,
)
from portal.core.asking import answered, asked, asks_now, found_in, lacks, outline
from portal.core.conditions import All, Not, Test
from portal.core.questionnaire import Asks, Kind
from portal.core.records import Action, Answer, Evidence
from portal.core.scoring import score
from portal.core.worth import Verdict


def when(id, *words, operator="is"):
    return Test(operator=operator, operand=words, question=id)


def shown(form, given, **facts):
    return {id: [one.id for one in questions] for id, questions in asked(form, given, facts).shown.items()}


GATE = scored("gate")
FOLLOW_UP = question("why", shown_when=when("gate", "no", "partly"), parent="gate")


@pytest.mark.parametrize(("value", "expected"), [("no", True), ("partly", True), ("yes", False), (None, False)])
def test_a_follow_up_is_asked_after_the_answers_that_it_follows(value, expected):
    form = questionnaire(GATE, FOLLOW_UP)

    assert expected is ("why" in shown(form, answers(gate=value))["loose"])


def test_a_hidden_question_counts_as_not_answered_though_its_answer_is_kept():
    """The third hangs on the second, which is hidden: it is not asked, whatever lies stored."""
    third = question("third", shown_when=when("why", "yes", operator="answered"))
    form = questionnaire(GATE, FOLLOW_UP, third)
    stored = answers(gate="yes", why="Because.")

    assert {"loose": ["gate"]} == shown(form, stored)
    assert {"loose": ["gate", "why", "third"]} == shown(form, stored | answers(gate="no"))


def test_a_condition_for_a_missing_answer_holds_for_a_hidden_one():
    form = questionnaire(GATE, FOLLOW_UP, question("third", shown_when=when("why", "no", operator="answered")))

    assert {"loose": ["gate", "third"]} == shown(form, answers(gate="yes", why="Because."))


def test_a_hidden_section_hides_its_questions_from_later_conditions():
    form = questionnaire(
        section("first", GATE),
        section("second", question("inner"), shown_when=when("gate", "yes")),
        section("third", question("outer", shown_when=when("inner", "yes", operator="answered"))),
    )
    stored = answers(gate="no", inner="something")

    assert {"first": ["gate"]} == shown(form, stored)
    assert ["first", "second", "third"] == list(shown(form, stored | answers(gate="yes")))


def test_a_section_without_a_visible_question_is_not_asked():
    form = questionnaire(GATE, section("empty", question("inner", shown_when=when("gate", "yes"))))

    assert ["loose"] == list(shown(form, answers(gate="no")))


def test_conditions_may_look_at_facts_about_the_partner():
    fact = Test(operator="is", operand=("MX", "CA"), fact="country")
    form = questionnaire(question("border", shown_when=fact), question("other", shown_when=Not(fact)))

    assert {"loose": ["border"]} == shown(form, {}, country="MX")
    assert {"loose": ["other"]} == shown(form, {}, country="VN")
    assert {"loose": ["other"]} == shown(form, {})


def test_one_of_several_tags_is_enough():
    fact = Test(operator="is", operand=("priority",), fact="tags")
    form = questionnaire(question("extra", shown_when=fact))

    assert {"loose": ["extra"]} == shown(form, {}, tags=("new", "priority"))
    assert {} == shown(form, {}, tags=())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ((), None),
        ("yes", "yes"),
        (("a", "b"), ("a", "b")),
        (({"name": "Plant"}, {"name": "Yard"}), ("rows",)),
    ],
)
def test_conditions_see_the_texts_of_an_answer(value, expected):
    assert expected == found_in(Answer(value=value))


def test_conditions_see_nothing_of_a_comment_alone():
    assert found_in(None) is None
    assert found_in(Answer(comment="We will look into it.")) is None


# What an answer asks for next.

NEEDY = (
    option("yes", Verdict.MET, asks=needs(evidence="recommended")),
    option("no", Verdict.NOT_MET, asks=needs(comment="required", action="required")),
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, needs(comment="recommended")),
        ("yes", needs(evidence="recommended")),
        ("no", needs(comment="required", action="required")),
        ("gone", needs(comment="recommended")),
    ],
)
def test_a_choice_asks_for_what_its_option_asks_for(value, expected):
    asked = question("q", Kind.CHOICE, options=NEEDY, asks=needs(comment="recommended"))

    assert expected == asks_now(asked, Answer(value=value))


SEVERAL = question(
    "q",
    Kind.CHOICES,
    weight=1,
    good=("a", "b"),
    options=(option("a"), option("b"), option("none", Verdict.NOT_MET, alone=True, asks=needs(evidence="none"))),
    asks=needs(comment="recommended"),
    asks_by_verdict={
        Verdict.MET: needs(evidence="required"),
        Verdict.PARTLY_MET: needs(comment="required"),
        Verdict.NOT_MET: needs(action="required"),
    },
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, needs(comment="recommended")),
        (("a", "b"), needs(evidence="required")),
        (("a",), needs(comment="required")),
        (("none",), needs(evidence="none")),
    ],
)
def test_several_choices_ask_by_their_verdict_and_none_of_these_for_itself(value, expected):
    assert expected == asks_now(SEVERAL, Answer(value=value))


def test_a_question_without_options_asks_for_what_it_says_itself():
    asked = question("q", asks=needs(comment="none", evidence="required"))

    assert asked.asks == asks_now(asked, Answer(value="Some text"))
    assert asked.asks == asks_now(asked, None)


def test_if_nothing_is_said_a_comment_and_evidence_are_allowed():
    assert needs(comment="allowed", evidence="allowed", action="none") == Asks()


# What is lacking.

ROWS = question(
    "sites", Kind.ROWS, columns=(column("name", required=True), column("city")), fewest=2, most=5, required=True
)

# kind, value, files, whether it is answered
ANSWERED = [
    (Kind.CHOICE, "yes", 0, True),
    (Kind.CHOICE, None, 0, False),
    (Kind.CHOICES, ("yes",), 0, True),
    (Kind.CHOICES, None, 0, False),
    (Kind.TEXT, "0", 0, True),
    (Kind.TEXT, None, 3, False),
    (Kind.EMAIL, "ana@example.com", 0, True),
    (Kind.COUNTRY, "VN", 0, True),
    (Kind.NUMBER, "0", 0, True),
    (Kind.PERCENTAGE, None, 0, False),
    (Kind.DATE, "2026-03-31", 0, True),
    (Kind.ROWS, ({"name": "Plant"},), 0, True),
    (Kind.ROWS, None, 0, False),
    (Kind.FILES, None, 1, True),
    (Kind.FILES, None, 0, False),
    (Kind.AGREEMENT, "agreed", 0, True),
    (Kind.AGREEMENT, None, 0, False),
    (Kind.SIGNATURE, "Ana Tran", 0, True),
]


@pytest.mark.parametrize(("kind", "value", "files", "expected"), ANSWERED)
def test_each_kind_lacks_an_answer_until_it_has_one(kind, value, files, expected):
    asked = question("q", kind, options=YES_PARTLY_NO)
    given = Answer(value=value)

    assert expected is answered(asked, given, files)
    assert ([] if expected else ["q: Answer this question."]) == said(lacks(asked, given, files))


def test_every_kind_is_in_the_table_of_answers():
    assert set(Kind) - {Kind.STATEMENT} == {kind for kind, *_ in ANSWERED}


def said(problems):
    return [f"{problem.where}: {problem.message}" for problem in problems]


def test_a_statement_lacks_nothing():
    assert [] == lacks(question("q", Kind.STATEMENT), None, 0)


def test_a_question_that_need_not_be_answered_lacks_nothing():
    assert [] == lacks(question("q", required=False), None, 0)


def test_a_comment_alone_is_no_answer():
    assert ["q: Answer this question."] == said(lacks(question("q"), Answer(comment="Later."), 0))


def test_an_answer_lacks_what_it_asks_for():
    asked = question("q", asks=needs(comment="required", evidence="required", action="required"))

    assert [
        "q-comment: Explain this answer in a comment.",
        "q-evidence: Add a file that proves this answer.",
        "q-action: Say what you will do to correct this.",
    ] == said(lacks(asked, Answer(value="text"), 0))


def test_what_is_only_recommended_is_not_lacking():
    asked = question("q", asks=needs(comment="recommended", evidence="recommended", action="recommended"))

    assert [] == lacks(asked, Answer(value="text"), 0)


def test_an_answer_that_need_not_be_given_still_lacks_what_it_asks_for_once_it_is():
    asked = question("q", required=False, asks=needs(comment="required"))

    assert [] == lacks(asked, None, 0)
    assert ["q-comment: Explain this answer in a comment."] == said(lacks(asked, Answer(value="text"), 0))


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (None, ["q-action: Say what you will do to correct this."]),
        (Action(who="Bruno", due=date(2026, 6, 1)), ["q-action: Say what you will do to correct this."]),
        (
            Action(what="Mend the fence."),
            ["q-action-who: Say who will do it.", "q-action-due: Give the date by which it will be done."],
        ),
        (Action(what="Mend the fence.", who="Bruno"), ["q-action-due: Give the date by which it will be done."]),
        (Action(what="Mend the fence.", due=date(2026, 6, 1)), ["q-action-who: Say who will do it."]),
        (Action(what="Mend the fence.", who="Bruno", due=date(2026, 6, 1)), []),
    ],
)
def test_a_corrective_action_needs_what_who_and_when(action, expected):
    asked = question("q", asks=needs(action="required"))

    assert expected == said(lacks(asked, Answer(value="text", action=action), 0))


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Kind.CHOICE, "other", ["q-other: Say what else you mean."]),
        (Kind.CHOICES, ("a", "other"), ["q-other: Say what else you mean."]),
        (Kind.CHOICES, ("a",), []),
        (Kind.CHOICE, "another", []),
        (Kind.CHOICE, "a", []),
    ],
)
def test_something_else_needs_a_text(kind, value, expected):
    asked = question("q", kind, options=(option("a"), option("another"), option("other", other=True)))

    assert expected == said(lacks(asked, Answer(value=value), 0))
    assert [] == lacks(asked, Answer(value=value, other="A drone."), 0)


def test_rows_lack_too_few_rows_and_each_empty_cell_that_is_required():
    given = Answer(value=({"city": "Hue"},))

    assert ["sites: Give at least 2.", "sites-0-name: Row 1: fill in “Name”."] == said(lacks(ROWS, given, 0))
    assert [] == lacks(ROWS, Answer(value=({"name": "Plant"}, {"name": "Yard", "city": "Hue"})), 0)


def test_files_lack_too_few_files():
    asked = question("photos", Kind.FILES, fewest=3)

    assert ["photos: Give at least 3."] == said(lacks(asked, None, 2))
    assert [] == lacks(asked, None, 3)


# Progress.

FORM = questionnaire(
    section("one", question("note", Kind.STATEMENT), GATE, FOLLOW_UP),
    section("two", question("photos", Kind.FILES), question("extra", required=False)),
    section("three", question("hidden", shown_when=All((when("gate", "yes"), when("extra", "x"))))),
)


def test_an_outline_counts_visible_questions_and_leaves_statements_out():
    photo = Evidence(
        id="e1", question="photos", sha256="0" * 64, name="gate.jpg", media_type="image/jpeg", size=9,
        added=datetime(2026, 3, 31, tzinfo=UTC), by="ana@example.com",
    )  # fmt: skip
    seen = outline(FORM, response(answers=answers(gate="no", why="Costs.", hidden="kept"), evidence=(photo,)))

    assert [("one", 2, 2), ("two", 2, 1)] == [(part.section.id, part.asked, part.answered) for part in seen.sections]
    assert (4, 3) == (seen.asked, seen.answered)
    assert [True, True] == [part.complete for part in seen.sections]
    assert () == seen.lacking


def test_an_outline_names_what_is_lacking_section_by_section():
    seen = outline(FORM, response(answers=answers(gate="partly")))

    assert ["why: Answer this question.", "photos: Answer this question."] == said(seen.lacking)
    assert [False, False] == [part.complete for part in seen.sections]
    assert ["note", "gate", "why"] == [one.id for one in seen.sections[0].questions]


def test_a_hidden_answer_is_kept_but_neither_required_nor_counted():
    hidden = scored("inner", shown_when=when("gate", "no"), asks=needs(comment="required"))
    form = questionnaire(GATE, hidden)
    kept = response(answers=answers(gate="yes", inner="no"))
    seen = outline(form, kept)

    assert "no" == kept.answers["inner"].value
    assert (1, 1, ()) == (seen.asked, seen.answered, seen.lacking)
    assert ["gate"] == [line.question for line in score(form, kept.answers, {}, date(2026, 3, 31)).lines]
