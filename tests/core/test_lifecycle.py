"""How a response moves: every step from every state, saves and their versions, links and their end."""

from datetime import date, datetime, timedelta, timezone

import msgspec
import pytest

from core.making import LATER, NOW, answers, link, must, needs, question, questionnaire, response
from portal.core.errors import LinkOver, NotAllowed, NotFound, Refused, Stale
from portal.core.lifecycle import (
    CLOCK_SLACK,
    MOVES,
    Saved,
    add_evidence,
    extend,
    is_live,
    link_of,
    moved,
    remove_evidence,
    require_live,
    same_content,
    save,
    start,
    submit,
    with_new_link,
    withdraw,
)
from portal.core.records import Action, Answer, Evidence, Response, State

AN_HOUR = timedelta(hours=1)
INVITED, STARTED, RETURNED, SUBMITTED = State.INVITED, State.STARTED, State.RETURNED, State.SUBMITTED
STEPS = ("start", "answer", "submit", "report", "return", "follow", "decide")
ALLOWED = {
    (INVITED, "start"): STARTED,
    (STARTED, "start"): STARTED,
    (SUBMITTED, "start"): SUBMITTED,
    (STARTED, "answer"): STARTED,
    (STARTED, "submit"): SUBMITTED,
    (SUBMITTED, "report"): SUBMITTED,
    (SUBMITTED, "return"): RETURNED,
    (RETURNED, "start"): RETURNED,
    (RETURNED, "answer"): RETURNED,
    (RETURNED, "submit"): SUBMITTED,
    (RETURNED, "report"): RETURNED,
    (SUBMITTED, "follow"): SUBMITTED,
    (SUBMITTED, "decide"): SUBMITTED,
    (RETURNED, "follow"): RETURNED,
}
FORM = questionnaire(must("a"), question("b", required=False))
A, B = FORM.questions


def photo(id="e1", question="a"):
    return Evidence(
        id=id, question=question, sha256="0" * 64, name="gate.jpg", media_type="image/jpeg", size=9,
        added=NOW, by="ana@example.com",
    )  # fmt: skip


def change(question=A, value="yes", version=None, **more):
    return Saved(question=question, answer=Answer(value=value, **more), version=version)


def saved(response, *saves, by="ana@example.com", now=NOW, **more):
    return save(response, saves, by=by, now=now, **more)


# Every step from every state.


@pytest.mark.parametrize("step", [*STEPS, "accept", ""])
@pytest.mark.parametrize("state", State)
def test_a_step_is_taken_as_the_table_says_or_refused_with_a_reason(state, step):
    if (state, step) in ALLOWED:
        assert ALLOWED[state, step] is moved(response(state), step)
        return
    with pytest.raises(NotAllowed, match=r"^[A-Z].+\.$"):
        moved(response(state), step)


def test_the_table_of_moves_has_no_other_step():
    assert ALLOWED == MOVES


DOING = {
    "start": lambda one: start(one, "first", NOW),
    "answer": lambda one: saved(one, change())[0],
    "submit": lambda one: submit(one, questionnaire(), reference="R-1", now=NOW),
    "add evidence": lambda one: add_evidence(one, [photo()], NOW),
    "remove evidence": lambda one: remove_evidence(one, "e1", NOW),
}
MEANS = {"add evidence": "answer", "remove evidence": "answer"}


@pytest.mark.parametrize("doing", DOING)
@pytest.mark.parametrize("state", State)
def test_what_is_done_to_a_response_follows_the_table(state, doing):
    before = response(state, evidence=(photo(),))
    step = MEANS.get(doing, doing)
    if (state, step) in ALLOWED:
        assert ALLOWED[state, step] is DOING[doing](before).state
        return
    with pytest.raises(NotAllowed):
        DOING[doing](before)


@pytest.mark.parametrize(
    ("state", "step", "reason"),
    [
        (SUBMITTED, "answer", "These answers have been submitted and can no longer be changed."),
        (SUBMITTED, "submit", "These answers have already been submitted."),
        (INVITED, "answer", "Press Start on the invitation page first."),
        (INVITED, "submit", "This step cannot be taken now."),
    ],
)
def test_a_step_that_cannot_be_taken_says_why(state, step, reason):
    with pytest.raises(NotAllowed) as refusal:
        moved(response(state), step)

    assert reason == str(refusal.value)


# Starting.


def test_starting_notes_when_it_was_started_and_the_link_opened():
    started = start(response(INVITED), "first", NOW)

    assert (STARTED, NOW, NOW) == (started.state, started.started, started.links[0].opened)


def test_starting_again_changes_nothing():
    once = start(response(INVITED), "first", NOW)

    assert once == start(once, "first", NOW + AN_HOUR)


def test_only_the_link_that_was_used_is_marked_as_opened():
    both = response(INVITED, links=(link("first"), link("second")))

    assert [None, NOW] == [one.opened for one in start(both, "second", NOW).links]


def test_a_response_does_not_start_by_a_link_that_is_over():
    with pytest.raises(LinkOver):
        start(response(INVITED, links=(link(withdrawn=NOW),)), "first", NOW)


# Links.


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOW, True),
        (LATER, True),
        (LATER + CLOCK_SLACK, True),
        (LATER + CLOCK_SLACK + timedelta(microseconds=1), False),
        (LATER + timedelta(days=365), False),
        (NOW - timedelta(days=365), True),
    ],
)
def test_a_link_lives_until_it_expires_and_a_little_longer(now, expected):
    assert expected is is_live(link(), now)


def test_the_time_zone_of_the_clock_does_not_matter():
    eastern = timezone(timedelta(hours=-5))

    assert is_live(link(), LATER.astimezone(eastern)) is True
    assert is_live(link(), (LATER + AN_HOUR).astimezone(eastern)) is False


def test_a_withdrawn_link_is_over_at_once():
    assert is_live(link(withdrawn=NOW), NOW) is False


def test_a_link_that_is_over_is_told_apart_from_one_that_never_was():
    expired = response(links=(link(),))

    assert link() == require_live(expired, "first", NOW)
    with pytest.raises(LinkOver):
        require_live(expired, "first", LATER + AN_HOUR)
    with pytest.raises(NotFound):
        require_live(expired, "another", NOW)
    with pytest.raises(NotFound):
        link_of(response(links=()), "first")


def test_withdrawing_ends_every_link_and_keeps_when_the_first_time_was():
    both = response(links=(link("first", withdrawn=NOW), link("second")))
    over = withdraw(both, NOW + AN_HOUR)

    assert [NOW, NOW + AN_HOUR] == [one.withdrawn for one in over.links]
    assert over == withdraw(over, LATER)


def test_withdrawing_a_response_without_links_is_harmless():
    assert response(links=()) == withdraw(response(links=()), NOW)


def test_extending_keeps_the_link_open_longer_and_moves_the_due_date():
    longer = extend(response(), LATER + AN_HOUR, date(2026, 5, 15))

    assert (LATER + AN_HOUR, date(2026, 5, 15), "first") == (
        longer.links[-1].expires, longer.due, longer.links[-1].token_hash,
    )  # fmt: skip


def test_a_link_that_has_expired_can_be_extended():
    longer = extend(response(), LATER + timedelta(days=30), None)

    assert is_live(longer.links[-1], LATER + AN_HOUR) is True


@pytest.mark.parametrize("links", [(), (link(withdrawn=NOW),)], ids=["no link", "withdrawn"])
def test_a_link_that_was_withdrawn_cannot_be_extended(links):
    with pytest.raises(NotAllowed):
        extend(response(links=links), LATER, None)


def test_a_new_link_ends_the_ones_before_it():
    renewed = with_new_link(response(), link("second"), NOW)

    assert [("first", False), ("second", True)] == [(one.token_hash, is_live(one, NOW)) for one in renewed.links]


def test_answers_outlive_the_link_that_they_were_given_by():
    given = saved(response(), change())[0]
    renewed = with_new_link(given, link("second"), NOW)

    assert given.answers == renewed.answers


# Saving.


def test_an_answer_is_saved_with_who_when_and_its_version():
    after, stale = saved(response(), change(version=0))

    assert {} == stale
    assert Answer(value="yes", version=1, saved=NOW, by="ana@example.com") == after.answers["a"]
    assert NOW == after.last_saved


def test_each_change_of_an_answer_raises_its_version_alone():
    after, _ = saved(response(), change(), change(B, "text"))
    after, _ = saved(after, change(value="no", version=1), by="bruno@example.com", now=NOW + AN_HOUR)

    assert (2, "bruno@example.com", NOW + AN_HOUR) == (
        after.answers["a"].version, after.answers["a"].by, after.answers["a"].saved,
    )  # fmt: skip
    assert (1, "ana@example.com", NOW) == (
        after.answers["b"].version, after.answers["b"].by, after.answers["b"].saved,
    )  # fmt: skip


@pytest.mark.parametrize("version", [0, 1, 3])
def test_the_second_writer_is_told_and_what_is_stored_stays(version):
    stored, _ = saved(saved(response(), change())[0], change(value="no"))
    after, stale = saved(stored, change(value="partly", version=version), by="bruno@example.com")

    assert stored == after
    assert ["a"] == list(stale)
    assert isinstance(stale["a"], Stale)
    assert stored.answers["a"] == stale["a"].stored


def test_a_version_of_an_answer_that_was_never_stored_is_stale():
    after, stale = saved(response(), change(version=2))

    assert ({}, None) == (after.answers, stale["a"].stored)


def test_a_stale_answer_does_not_stop_the_others_of_the_page():
    stored, _ = saved(response(), change())
    after, stale = saved(stored, change(value="no", version=0), change(B, "text", version=0))

    assert (["a"], "yes", "text") == (list(stale), after.answers["a"].value, after.answers["b"].value)


def test_without_a_version_an_answer_is_saved_over_whatever_is_there():
    stored, _ = saved(response(), change())
    after, stale = saved(stored, change(value="no"))

    assert ({}, "no", 2) == (stale, after.answers["a"].value, after.answers["a"].version)


@pytest.mark.parametrize("version", [None, 0, 1, 7])
def test_a_repeated_save_is_harmless(version):
    """The first reply may have been lost on the way, so the same save comes again with the old version."""
    once, _ = saved(response(), change(version=0, comment="Since May."))
    again, stale = saved(once, change(version=version, comment="Since May."), by="bruno@example.com", now=NOW + AN_HOUR)

    assert (once, {}) == (again, stale)


def test_saving_an_empty_answer_where_there_is_none_keeps_nothing():
    after, stale = saved(response(), change(value=None))

    assert (response(), {}) == (after, stale)


def test_an_answer_can_be_taken_back():
    stored, _ = saved(response(), change())
    after, _ = saved(stored, change(value=None, version=1))

    assert (None, 2) == (after.answers["a"].value, after.answers["a"].version)


@pytest.mark.parametrize(
    "other",
    [
        Answer(value="no"),
        Answer(value="yes", other="More."),
        Answer(value="yes", comment="Since May."),
        Answer(value="yes", action=Action(what="Mend.")),
    ],
)
def test_every_part_that_a_person_gave_makes_another_answer(other):
    one = Answer(value="yes")

    assert same_content(one, msgspec.structs.replace(one, version=3, saved=NOW, by="bruno@example.com")) is True
    assert same_content(one, other) is False
    assert same_content(None, other) is False


def test_the_section_to_go_on_with_is_the_last_in_which_something_was_saved():
    after, _ = saved(response(), change(), section="one")
    same, _ = saved(after, change(), section="two")
    other, _ = saved(after, change(value="no"), section="")

    assert ("one", "one", "one") == (after.last_section, same.last_section, other.last_section)


def test_saving_does_not_touch_the_response_it_began_with():
    before = response()
    saved(before, change())

    assert {} == before.answers


# Evidence.


def test_evidence_is_added_behind_what_is_there():
    after = add_evidence(response(evidence=(photo("e1"),)), [photo("e2"), photo("e3")], NOW)

    assert ["e1", "e2", "e3"] == [one.id for one in after.evidence]
    assert NOW == after.last_saved


def test_one_file_is_removed_and_the_others_stay():
    after = remove_evidence(response(evidence=(photo("e1"), photo("e2"))), "e1", NOW)

    assert ["e2"] == [one.id for one in after.evidence]


def test_a_file_that_is_not_there_cannot_be_removed():
    with pytest.raises(NotFound):
        remove_evidence(response(evidence=(photo("e1"),)), "e2", NOW)


# Submitting.


def test_submitting_notes_when_and_under_which_reference():
    after = submit(response(answers=answers(a="yes")), FORM, reference="R-1", now=NOW)

    assert (SUBMITTED, NOW, "R-1") == (after.state, after.submitted, after.reference)


def test_what_is_lacking_stops_a_submission_and_is_named_in_full():
    form = questionnaire(must("a", asks=needs(comment="required")), must("b"), question("c", required=False))
    with pytest.raises(Refused) as refusal:
        submit(response(answers=answers()), form, reference="R-1", now=NOW)

    assert ["a", "b"] == [problem.where for problem in refusal.value.problems]


def test_a_second_submission_is_refused_and_the_first_reference_stays():
    once = submit(response(answers=answers(a="yes")), FORM, reference="R-1", now=NOW)
    with pytest.raises(NotAllowed, match="already been submitted"):
        submit(once, FORM, reference="R-2", now=NOW + AN_HOUR)

    assert "R-1" == once.reference


def test_a_response_is_the_same_after_it_was_kept():
    whole = submit(
        saved(
            start(response(INVITED, facts={"country": "VN", "tags": ("new",)}, evidence=(photo(),)), "first", NOW),
            change(action=Action(what="Mend.", who="Bruno", due=date(2026, 6, 1))),
            change(B, ({"name": "Plant"},)),
        )[0],
        FORM,
        reference="R-1",
        now=datetime(2026, 3, 31, 7, tzinfo=timezone(timedelta(hours=-5))),
    )

    assert whole == msgspec.json.decode(msgspec.json.encode(whole), type=Response)
