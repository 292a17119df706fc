"""Visits on site: the table of moves, marks of two people at once, when a visit may be finished."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from core.making import NOW, must, option, question, questionnaire, response, scored, section, should
from portal.core.asking import outline
from portal.core.checklists import checklist, in_scope
from portal.core.errors import NotAllowed, NotFound, Refused
from portal.core.evidence import Evidence
from portal.core.questionnaire import Kind
from portal.core.visits import (
    MOVES,
    Plan,
    Result,
    Seen,
    Visit,
    VisitState,
    cancel,
    finish,
    moved,
    planned_anew,
    require_plan,
    see,
    with_photos,
    with_report,
    wrong_with,
)

STEPS = ("plan", "cancel", "see", "report", "finish")
VERIFIED, OTHERWISE, NOT_SEEN = Result
DAY = date(2026, 4, 14)


def visit(state=VisitState.PLANNED, **more):
    said = {"questions": ("fence", "seals"), **more}
    return Visit(
        id="v1", partner="meridian", response="r1", site="", state=state, planned_from=DAY, planned_until=DAY,
        team=("Dara",), made=NOW, by="dara@example.com", **said,
    )  # fmt: skip


def marked(one, id, result=VERIFIED, by="dara@example.com", version=0, **more):
    return see(one, {id: Seen(result=result, version=version, **more)}, by=by, now=NOW)


def photo(id="p1", question="fence", sha256="ab" * 32):
    return Evidence(
        id=id, question=question, sha256=sha256, size=9, media_type="image/jpeg", name="x.jpg", added=NOW, by="Dara"
    )


@pytest.mark.parametrize("state", VisitState)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_leads_where_the_table_says_or_is_refused_with_a_reason(state, step):
    if (state, step) in MOVES:
        assert MOVES[state, step] is moved(visit(state), step)
    else:
        with pytest.raises(NotAllowed, match=r"\w{3}"):
            moved(visit(state), step)


@pytest.mark.parametrize("state", [VisitState.DONE, VisitState.CANCELLED])
def test_nothing_changes_a_visit_that_is_over(state):
    over = visit(state, photos=(photo(),))
    steps = (
        lambda: marked(over, "fence"),
        lambda: with_photos(over, (), frozenset({"p1"}), NOW),
        lambda: with_report(over, "More"),
        lambda: planned_anew(over, plan()),
        lambda: cancel(over),
        lambda: finish(over, "", NOW),
    )
    for step in steps:
        with pytest.raises(NotAllowed):
            step()


def plan(**more):
    said = {"planned_from": DAY, "planned_until": DAY, "team": ("Dara",), "questions": ("fence",), **more}
    return Plan(**said)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"planned_until": DAY - timedelta(days=1)}, "planned_until"),
        ({"team": ()}, "team"),
        ({"team": ("x" * 81,)}, "team"),
        ({"team": ("Dara",) * 21}, "team"),
        ({"questions": ()}, "scope"),
    ],
)
def test_a_plan_lacks_nothing(wrong, where):
    require_plan(plan())
    with pytest.raises(Refused) as refused:
        require_plan(plan(**wrong))

    assert [where] == [problem.where for problem in refused.value.problems]


def test_what_is_marked_or_photographed_stays_on_the_checklist_when_the_plan_changes():
    under_way, _ = marked(visit(questions=("fence", "seals", "gate", "dogs")), "fence")
    under_way = with_photos(under_way, (photo(question="gate"),), frozenset(), NOW)

    assert ("fence", "gate", "locks") == planned_anew(under_way, plan(questions=("locks",))).questions


def test_the_first_mark_begins_the_visit_and_a_note_alone_is_no_result():
    noted, _ = marked(visit(), "fence", None, note="Ask the guard")

    assert (VisitState.UNDER_WAY, NOW, 0) == (noted.state, noted.began, noted.marked)
    assert 1 == marked(noted, "fence", OTHERWISE, version=1, note="1.5 m")[0].otherwise


def test_a_question_that_is_not_planned_cannot_be_marked_or_photographed():
    with pytest.raises(NotFound):
        marked(visit(), "dogs")
    with pytest.raises(NotFound):
        with_photos(visit(), (photo(question="dogs"),), frozenset(), NOW)


def test_not_as_declared_says_what_was_found():
    assert ["fence-note"] == [one.where for one in wrong_with(Seen(result=OTHERWISE), "fence")]
    assert [] == wrong_with(Seen(result=OTHERWISE, note="1.5 m"), "fence")
    assert [] == wrong_with(Seen(result=VERIFIED), "fence")
    assert ["fence-note"] == [one.where for one in wrong_with(Seen(note="x" * 4001), "fence")]


def test_the_second_of_two_people_is_told_what_the_first_has_marked():
    first, none = marked(visit(), "fence", VERIFIED, by="dara@example.com")
    second, overtaken = marked(first, "fence", OTHERWISE, by="emil@example.com", note="1.5 m")

    assert ({}, first) == (none, second)
    assert (VERIFIED, "dara@example.com", 1) == (
        overtaken["fence"].result, overtaken["fence"].by, overtaken["fence"].version,
    )  # fmt: skip
    decided, none = marked(first, "fence", OTHERWISE, by="emil@example.com", version=1, note="1.5 m")
    assert ({}, OTHERWISE, 2) == (none, decided.seen["fence"].result, decided.seen["fence"].version)


def test_two_people_on_different_questions_do_not_meet():
    both, overtaken = marked(marked(visit(), "fence")[0], "seals", NOT_SEEN, by="emil@example.com")

    assert ({}, 2) == (overtaken, both.marked)


def test_marking_the_same_again_changes_nothing():
    once, _ = marked(visit(), "fence")

    assert (once, {}) == marked(once, "fence", by="emil@example.com")


def test_the_same_photo_of_the_same_question_is_kept_once_and_can_be_taken_out():
    one = with_photos(visit(), (photo(), photo("p2"), photo("p3", "seals")), frozenset(), NOW)

    assert ["p1", "p3"] == [item.id for item in one.photos]
    assert ["p3"] == [item.id for item in with_photos(one, (), frozenset({"p1"}), NOW).photos]
    assert ["p1"] == [item.id for item in one.photos_of("fence")]


def test_a_visit_is_finished_when_everything_has_a_result_or_it_is_said_why_not():
    half, _ = marked(visit(), "fence")
    with pytest.raises(Refused, match="1 of 2 questions"):
        finish(half, "", NOW)
    whole, _ = marked(half, "seals", NOT_SEEN)

    assert ("It rained.", VisitState.DONE) == (finish(half, "It rained.", NOW).left_out, finish(half, "x", NOW).state)
    assert ("", NOW) == (finish(whole, "It rained.", NOW).left_out, finish(whole, "", NOW).finished)


def test_texts_have_limits():
    under_way = marked(visit(), "fence")[0]
    for step in (lambda: with_report(under_way, "x" * 20_001), lambda: finish(under_way, "x" * 4001, NOW)):
        with pytest.raises(Refused):
            step()


FORM = questionnaire(
    section("gate", must("fence"), should("lamps"), question("intro", Kind.STATEMENT), scored("alarm", critical=True)),
    section("end", question("agree", Kind.AGREEMENT, options=(option("agreed"),))),
)


def test_the_scope_is_what_can_be_looked_at_in_the_ticked_sections():
    seen = outline(FORM, response())

    assert ("fence", "lamps", "alarm") == in_scope(seen, {"gate", "end"}, musts_only=False)
    assert ("fence", "alarm") == in_scope(seen, {"gate"}, musts_only=True)
    assert () == in_scope(seen, {"end"}, musts_only=False)


def test_the_checklist_counts_section_by_section():
    planned = visit(questions=("fence", "alarm"), seen={"alarm": Seen(result=OTHERWISE, note="None")})
    [part] = checklist(replace(planned), FORM)

    assert ("gate", ["fence", "alarm"], 1, 1) == (
        part.section.id, [one.id for one in part.questions], part.marked, part.otherwise,
    )  # fmt: skip
