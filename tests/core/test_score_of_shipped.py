"""The score of random answers to the shipped questionnaires: it adds up, and doing better never lowers it."""

from collections import defaultdict
from decimal import Decimal
from random import Random

import msgspec
import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from msgspec.structs import replace

from core.making import TODAY, response, shipped
from portal.content.library import content_hash
from portal.core.answering import Given, take
from portal.core.asking import asked, asks_now, lacks, outline
from portal.core.conditions import tests as single_tests
from portal.core.questionnaire import Kind, Need, Question, Questionnaire
from portal.core.records import Answer
from portal.core.scoring import score
from portal.core.worth import Obligation, Verdict

IDS = sorted(shipped().questionnaires)
SEEDS = st.integers(0, 2**32)
RATINGS = ["unacceptable", "weak", "adequate", "strong"]
FACTS = {"country": "VN", "tags": ("new",)}


def several(question: Question, chance: Random) -> tuple[str, ...]:
    together = [one.id for one in question.options if not one.alone]
    alone = [one.id for one in question.options if one.alone]
    if alone and chance.random() < 0.2:
        return (chance.choice(alone),)
    return tuple(id for id in together if chance.random() < 0.7) or (together[0],)


# One way to answer each kind; `chance` decides.
WAYS = {
    Kind.CHOICE: lambda question, chance: chance.choice(question.options).id,
    Kind.CHOICES: several,
    Kind.NUMBER: lambda question, chance: str(
        chance.randint(int(question.at_least or 0), int(question.at_most or 999))
    ),
    Kind.PERCENTAGE: lambda question, chance: str(chance.randint(0, 100)),
    Kind.DATE: lambda question, chance: f"{chance.randint(2022, 2025)}-0{chance.randint(1, 9)}-15",
    Kind.COUNTRY: lambda question, chance: "VN",
    Kind.EMAIL: lambda question, chance: "ana@example.com",
    Kind.AGREEMENT: lambda question, chance: "agreed",
    Kind.ROWS: lambda question, chance: (
        {column.id: "2025-01-15" for column in question.columns if not column.options},
    ),
}


def some_answers(form: Questionnaire, seed: int, share: float = 0.9) -> dict[str, Answer]:
    """Most questions answered at random, hidden ones as well, by a partner that shows no certificate."""
    chance = Random(seed)
    return {
        question.id: Answer(value=WAYS.get(question.kind, lambda *_: "Some text.")(question, chance))
        for question in form.questions
        if question.kind not in (Kind.STATEMENT, Kind.FILES)
        and question.id != "certificate-ctpat"
        and chance.random() < share
    }


def score_of(form: Questionnaire, given: dict[str, Answer]):
    return score(form, given, {**FACTS, "business_type": form.business_types[0]}, TODAY)


@pytest.mark.parametrize("id", IDS)
@any_of(seed=SEEDS)
def test_the_lines_add_up_to_the_categories_and_these_to_the_total(id, seed):
    form = shipped().questionnaires[id]
    found = score_of(form, some_answers(form, seed))
    by_category = defaultdict(Decimal)
    for line in found.lines:
        by_category[line.category] += line.points

    assert by_category == {part.id: part.points for part in found.categories}
    assert found.points == sum(line.points for line in found.lines) == sum(part.points for part in found.categories)
    assert (
        found.possible == sum(line.possible for line in found.lines) == sum(part.possible for part in found.categories)
    )
    assert all(
        line.points == (0 if line.credit is None else line.weight * line.credit) <= line.possible
        for line in found.lines
    )


@pytest.mark.parametrize("id", IDS)
@any_of(seed=SEEDS)
def test_each_visible_scored_question_has_exactly_one_line(id, seed):
    form = shipped().questionnaires[id]
    given = some_answers(form, seed)
    shown = asked(form, given, {**FACTS, "business_type": form.business_types[0]}).shown
    expected = [one.id for questions in shown.values() for one in questions if one.weight is not None]

    assert expected == [line.question for line in score_of(form, given).lines]


def best(question: Question) -> str | tuple[str, ...] | None:
    """The answer that earns most."""
    if question.kind is Kind.CHOICES:
        return question.good
    return max((one for one in question.options if one.credit is not None), key=lambda one: one.credit).id


@pytest.mark.parametrize("id", IDS)
@any_of(seed=SEEDS)
def test_more_good_answers_never_lower_the_score_or_the_rating(id, seed):
    """One answer after the other becomes the best one; questions on which others hang are left alone."""
    form = shipped().questionnaires[id]
    given, chance = some_answers(form, seed), Random(seed)
    watched = {test.question for question in form.questions for test in single_tests(question.shown_when)}
    free = [
        question
        for question in form.questions
        if question.weight and question.kind in (Kind.CHOICE, Kind.CHOICES) and question.id not in watched
    ]
    before = score_of(form, given)
    for question in chance.sample(free, 12):
        given = {**given, question.id: Answer(value=best(question))}
        after = score_of(form, given)

        assert (before.percent or 0) <= (after.percent or 0)
        assert len(after.unmet(Obligation.MUST)) <= len(before.unmet(Obligation.MUST))
        assert set(after.criticals_unmet) <= set(before.criticals_unmet)
        assert RATINGS.index(before.outcomes["rating"].outcome) <= RATINGS.index(after.outcomes["rating"].outcome)
        before = after


@pytest.mark.parametrize("id", IDS)
def test_the_best_answers_make_100_and_all_musts_and_shoulds_met(id):
    """Whatever the best answers bring up is answered at its best as well."""
    form = shipped().questionnaires[id]
    given: dict[str, Answer] = {}
    for question in form.questions:
        if question.kind in (Kind.CHOICE, Kind.CHOICES) and question.weight is not None:
            given[question.id] = Answer(value=best(question))
        elif question.kind is Kind.CHOICE:
            given[question.id] = Answer(value="yes")
        elif question.bands:
            given[question.id] = Answer(
                value="2026-03-01" if question.kind is Kind.DATE else str(question.bands[0].at_least)
            )
    found = score_of(form, given)

    assert [] == [line.question for line in found.lines if line.points != line.possible]
    assert ("100.0", "strong", "met") == (
        str(found.percent), found.outcomes["rating"].outcome, found.outcomes["must-result"].outcome,
    )  # fmt: skip


@pytest.mark.parametrize("id", IDS)
def test_no_answers_make_nought_and_every_visible_must_is_unmet(id):
    found = score_of(shipped().questionnaires[id], {})

    assert ("0.0", "unacceptable", "not-met") == (
        str(found.percent), found.outcomes["rating"].outcome, found.outcomes["must-result"].outcome,
    )  # fmt: skip
    assert {Verdict.NOT_JUDGED} == {line.verdict for line in found.lines}
    assert found.of(Obligation.MUST) == found.unmet(Obligation.MUST)


@pytest.mark.parametrize("id", IDS)
@any_of(seed=SEEDS)
def test_random_answers_are_all_taken_and_only_what_is_visible_can_be_lacking(id, seed):
    form = shipped().questionnaires[id]
    given = some_answers(form, seed)
    refused = [
        problems
        for question in form.questions
        if question.id in given and (problems := take(question, Given(value=given[question.id].value), TODAY)[1])
    ]
    seen = outline(form, response(answers=given, facts={**FACTS, "business_type": form.business_types[0]}))
    shown = {question.id for part in seen.sections for question in part.questions}

    assert [] == refused
    assert all(any(problem.where.startswith(id) for id in shown) for problem in seen.lacking)
    assert 0 <= seen.answered <= seen.asked == sum(part.asked for part in seen.sections)


@pytest.mark.parametrize("id", IDS)
def test_an_unmet_must_asks_for_a_comment_and_a_corrective_action(id):
    """The shipped questionnaires promise this for every must, whatever kind its question has."""
    form = shipped().questionnaires[id]
    bad = {
        Kind.CHOICE: lambda question: (
            min((one for one in question.options if one.credit is not None), key=lambda one: one.credit).id
        ),
        Kind.CHOICES: lambda question: next((one.id,) for one in question.options if one.alone and one.credit == 0),
        Kind.NUMBER: lambda question: str(question.at_least),
    }
    for question in form.questions:
        if question.obligation is not Obligation.MUST or question.kind not in bad:
            continue
        given = Answer(value=bad[question.kind](question))

        assert (question.id, Need.REQUIRED, Need.REQUIRED) == (
            question.id, asks_now(question, given).comment, asks_now(question, given).action,
        )  # fmt: skip
        assert len(lacks(question, given, 9)) == 2, question.id


@pytest.mark.parametrize("id", IDS)
def test_a_kept_edition_is_the_same_questionnaire_with_the_same_hash_and_scores(id):
    """What was sent is kept as JSON; years later it must ask and judge alike."""
    form = shipped().questionnaires[id]
    kept = msgspec.json.decode(msgspec.json.encode(form), type=Questionnaire)
    given = some_answers(form, 1)

    assert form == kept
    assert content_hash(form) == content_hash(kept)
    assert score_of(form, given) == score_of(kept, given)


@pytest.mark.parametrize("id", IDS)
def test_the_order_in_which_a_store_keeps_keys_does_not_change_the_hash(id):
    form = shipped().questionnaires[id]
    turned = replace(form, criteria=dict(reversed(form.criteria.items())))

    assert content_hash(form) == content_hash(turned)


@pytest.mark.parametrize("id", IDS)
def test_any_change_of_wording_or_worth_changes_the_hash(id):
    form = shipped().questionnaires[id]
    first = form.sections[1]
    question = replace(first.questions[0], help="Other help.")
    changed = replace(form, sections=(form.sections[0], replace(first, questions=(question, *first.questions[1:]))))

    assert content_hash(form) != content_hash(changed)
    assert content_hash(form) != content_hash(replace(form, title="Another title"))
