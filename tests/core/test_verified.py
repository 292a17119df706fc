"""The declared score beside the verified one, and what is only claimed: each number, and that they add up."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from msgspec.structs import replace

from core.making import NOW, TODAY, YES_PARTLY_NO, answers, must, questionnaire, response, scored, should
from core.test_visits import visit
from portal.core.records import Answer
from portal.core.scoring import score
from portal.core.verified import options_found, seen_in, verified
from portal.core.visits import Result, Seen, VisitState

FORM = questionnaire(must("a"), must("b", category="1"), should("c"), should("d", category="1"))
VERIFIED, OTHERWISE, NOT_SEEN = Result
DECLARED = {"a": "yes", "b": "yes", "c": "partly", "d": "no"}


def weighed(declared, seen, form=FORM):
    return verified(form, score(form, answers(**declared), {}, TODAY), seen, TODAY)


def numbers(declared, seen):
    total = weighed(declared, seen).total
    return tuple(None if one is None else str(one) for one in (total.declared, total.verified, total.claimed))


def mark(result, found=""):
    return Seen(result=result, found=found, note="Seen.")


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({}, ("81.3", "0.0", "81.3")),
        ({"a": mark(VERIFIED)}, ("81.3", "37.5", "43.8")),
        ({"a": mark(NOT_SEEN)}, ("81.3", "0.0", "81.3")),
        ({"a": mark(OTHERWISE)}, ("81.3", "0.0", "43.8")),
        ({"a": mark(OTHERWISE, "partly")}, ("81.3", "18.8", "43.8")),
        ({"d": mark(VERIFIED)}, ("81.3", "0.0", "81.3")),
        ({"d": mark(OTHERWISE, "yes")}, ("81.3", "12.5", "81.3")),
        ({id: mark(VERIFIED) for id in "abcd"}, ("81.3", "81.3", "0.0")),
    ],
)
def test_only_what_was_seen_counts_as_verified_and_what_was_not_is_only_claimed(seen, expected):
    assert expected == numbers(DECLARED, seen)


def test_what_is_found_not_to_apply_leaves_the_sums_and_what_does_apply_after_all_joins_them():
    left = weighed(DECLARED, {"a": mark(OTHERWISE, "not-applicable")}).total.weighed
    joined = weighed({**DECLARED, "a": "not-applicable"}, {"a": mark(OTHERWISE, "no")}).total.weighed

    assert (Decimal(5), Decimal(8)) == (left.asked, joined.asked)
    assert (0, 1) == (left.otherwise, joined.otherwise)


def test_each_category_stands_for_itself():
    parts = {part.id: part for part in weighed(DECLARED, {"b": mark(VERIFIED)}).parts}

    assert ("75.0", "75.0", "0.0") == tuple(
        str(getattr(parts["1"], name)) for name in ("declared", "verified", "claimed")
    )
    assert ("87.5", "0.0", "87.5") == tuple(
        str(getattr(parts["4"], name)) for name in ("declared", "verified", "claimed")
    )
    assert (1, 2) == (parts["1"].weighed.looked_at, parts["1"].weighed.questions)


def test_of_several_of_which_one_is_enough_only_the_one_that_counts_is_looked_at():
    form = questionnaire(scored("a", one_of="locks"), scored("b", one_of="locks"))
    total = weighed({"a": "yes", "b": "no"}, {"b": mark(VERIFIED)}, form).total.weighed

    assert (1, 0, Decimal(1)) == (total.questions, total.looked_at, total.claimed)


SAID = st.sampled_from([None, *(one.id for one in YES_PARTLY_NO)])
MARKS = st.none() | st.builds(Seen, result=st.sampled_from([None, *Result]), found=SAID.map(lambda one: one or ""))


@any_of(said=st.tuples(SAID, SAID, SAID, SAID), marks=st.tuples(MARKS, MARKS, MARKS, MARKS))
def test_verified_refuted_and_claimed_add_up_to_what_is_asked(said, marks):
    declared = dict(zip("abcd", said, strict=True))
    judged = score(FORM, answers(**declared), {}, TODAY)
    found = verified(FORM, judged, {id: one for id, one in zip("abcd", marks, strict=True) if one}, TODAY)

    for part in (*found.parts, found.total):
        total = part.weighed
        assert total.asked == total.confirmed + total.refuted + total.unseen
        assert 0 <= total.verified + total.claimed <= total.asked
        assert total.claimed <= total.unseen
        assert total.otherwise <= total.looked_at <= total.questions
    assert found.total.weighed.asked == sum(part.weighed.asked for part in found.parts)
    if not any(one and one.result is OTHERWISE for one in marks):
        assert judged.possible == found.total.weighed.asked
        assert judged.points == found.total.weighed.verified + found.total.weighed.claimed


# Which visits say something.


def done(days=0, **more):
    said = {"seen": {"a": replace(mark(VERIFIED), declared=1)}, "questions": ("a", "b"), **more}
    return visit(VisitState.DONE, finished=NOW + timedelta(days=days), **said)


ANSWERED = response(answers={"a": Answer(value="yes", version=1), "b": Answer(value="yes", version=1)})


def test_a_visit_counts_once_it_is_finished():
    under_way = replace(done(), state=VisitState.UNDER_WAY)

    assert {} == seen_in([under_way], ANSWERED)
    assert {"a"} == set(seen_in([done()], ANSWERED))
    assert {} == seen_in([replace(done(), response="another")], ANSWERED)


def test_the_newest_visit_that_says_something_of_an_answer_holds():
    later = done(9, seen={"a": replace(mark(OTHERWISE), declared=1), "b": replace(mark(NOT_SEEN), declared=1)})
    latest = done(20, seen={"a": replace(mark(NOT_SEEN), declared=1)})

    assert {"a": OTHERWISE} == {id: one.result for id, one in seen_in([latest, later, done()], ANSWERED).items()}


def test_an_answer_that_changed_since_is_only_claimed_again():
    changed = replace(ANSWERED, answers={"a": Answer(value="partly", version=2)})

    assert {} == seen_in([done()], changed)


def test_what_would_have_been_true_is_one_of_the_options_of_a_choice():
    assert {"yes", "partly", "no", "not-applicable"} == set(options_found(must("a")))
