"""One of several suffices: the best counts once, the others are neither lost nor counted, one good one is enough."""

from decimal import Decimal

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from core.making import TODAY, answers, must, question, questionnaire, response, scored, section, should
from portal.core.asking import outline
from portal.core.questionnaire import Kind
from portal.core.scoring import score
from portal.core.worth import Obligation, Verdict

GUARD, CAMERA, PATROL = (must(id, one_of="guard", critical=True) for id in ("guard", "camera", "patrol"))
FORM = questionnaire(section("watch", GUARD, CAMERA, PATROL, must("fence")), section("light", should("lamps")))


def judged(**given):
    return score(FORM, answers(fence="yes", lamps="yes", **given), {}, TODAY)


@pytest.mark.parametrize(
    ("given", "points", "possible", "counts"),
    [
        ({"guard": "no", "camera": "yes", "patrol": "partly"}, "7", "7", "camera"),
        ({"guard": "no", "camera": "no", "patrol": "partly"}, "5.5", "7", "patrol"),
        ({"guard": "yes", "camera": "yes", "patrol": "yes"}, "7", "7", "guard"),
        ({"guard": "no", "camera": "no"}, "4", "7", "guard"),
        ({"camera": "no"}, "4", "7", "camera"),
        ({}, "4", "7", "guard"),
        ({"guard": "not-applicable", "camera": "partly"}, "5.5", "7", "camera"),
    ],
)
def test_the_best_counts_once_with_the_weight_of_the_group(given, points, possible, counts):
    found = judged(**given)

    assert (Decimal(points), Decimal(possible)) == (found.points, found.possible)
    assert {counts} == {line.instead for line in found.lines if line.instead}
    assert ["guard", "camera", "patrol", "fence", "lamps"] == [line.question for line in found.lines]


def test_where_none_applies_the_group_counts_on_neither_side():
    found = judged(guard="not-applicable", camera="not-applicable", patrol="not-applicable")

    assert (Decimal(4), Decimal(4)) == (found.points, found.possible)


def test_the_others_are_neither_unmet_nor_critical():
    good, bad = judged(guard="no", camera="yes", patrol="no"), judged(guard="no", camera="partly", patrol="no")

    assert () == good.criticals_unmet
    assert () == good.unmet(Obligation.MUST)
    assert ("camera",) == bad.criticals_unmet
    assert [("camera", Verdict.PARTLY_MET)] == [(one.question, one.verdict) for one in bad.unmet(Obligation.MUST)]


@any_of(st.lists(st.sampled_from(["yes", "partly", "no", "not-applicable", None]), min_size=5, max_size=5))
def test_the_trace_adds_up_whatever_is_answered(values):
    given = dict(zip(("guard", "camera", "patrol", "fence", "lamps"), values, strict=True))
    found = score(FORM, answers(**given), {}, TODAY)

    for parts in (found.lines, found.categories, found.sections):
        assert sum(part.points for part in parts) == found.points <= found.possible
        assert sum(part.possible for part in parts) == found.possible
    assert all(line.points == line.possible == 0 for line in found.lines if line.instead)
    assert 1 >= sum(bool(line.possible) for line in found.lines[:3])


def test_a_better_answer_never_lowers_the_score():
    for value, better in (("no", "partly"), ("partly", "yes"), (None, "no")):
        assert judged(guard=value, camera="partly").points <= judged(guard=better, camera="partly").points


def lacking(**given):
    form = questionnaire(section("watch", GUARD, CAMERA, PATROL))
    return [problem.where for problem in outline(form, response(answers=answers(**given))).lacking]


def test_as_soon_as_one_is_good_the_others_need_no_answer():
    assert ["guard", "camera", "patrol"] == lacking()
    assert ["camera", "patrol"] == lacking(guard="partly")
    assert [] == lacking(camera="yes")
    assert [] == lacking(camera="yes", guard="no")


def test_groups_do_not_excuse_each_other():
    form = questionnaire(GUARD, CAMERA, scored("card", one_of="card"), scored("key", one_of="card"))

    assert ["card", "key"] == [
        problem.where for problem in outline(form, response(answers=answers(guard="yes"))).lacking
    ]


def test_questions_without_a_score_can_suffice_as_well():
    form = questionnaire(question("file", Kind.FILES, one_of="file"), question("text", one_of="file"))

    assert [] == list(outline(form, response(answers=answers(text="It hangs in the hall."))).lacking)


def test_sections_have_scores_and_the_weakest_is_a_fact():
    found = score(FORM, answers(guard="yes", fence="no", lamps="partly"), {}, TODAY)

    assert {"watch": (Decimal(3), Decimal(6)), "light": (Decimal("0.5"), Decimal(1))} == {
        part.id: (part.points, part.possible) for part in found.sections
    }
