"""From one year to the next: what is carried, how each question became what it is now, what must be answered anew."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from portal.core.asking import outline
from portal.core.comparing import compare
from portal.core.conditions import Test as Condition
from portal.core.confirming import (
    Mark,
    Renewal,
    at_once,
    can_confirm,
    carried_for,
    confirm,
    confirm_section,
    keep_files,
    mark_of,
    not_sure,
    offered,
    renewal,
    still_valid,
)
from portal.core.errors import NotAllowed, NotFound
from portal.core.questionnaire import Kind
from portal.core.records import Action, Answer, Evidence, State, Wording
from portal.core.renewing import carried
from portal.core.reports import Progress, Report

from .making import NOW, YES_PARTLY_NO, column, must, needs, option, question, questionnaire, response

TODAY = NOW.date()
ASKING = tuple(replace(one, asks=needs(action="required")) if one.id == "no" else one for one in YES_PARTLY_NO)
OLD = questionnaire(
    must("gate", options=ASKING),
    must("lamp", options=ASKING, shown_when=Condition(operator="is", operand=("yes",), question="gate")),
    question("name"),
    question("photo", Kind.FILES),
    question("sites", Kind.ROWS, columns=(column("name"),)),
    question("since", Kind.DATE, carry=False),
)


def new(*questions):
    return questionnaire(*questions)


def same(*but: str):
    return new(*(one for one in OLD.questions if one.id not in but))


def file(id: str, question: str, months: int = 12) -> Evidence:
    return Evidence(
        id=id, question=question, sha256=id * 32, size=1, media_type="image/png", name=f"{id}.png",
        added=NOW - timedelta(days=31 * months), by="Ana",
    )  # fmt: skip


BEFORE = response(
    State.SUBMITTED,
    submitted=NOW - timedelta(days=365),
    answers={
        "gate": Answer(value="yes", comment="Always", by="Ana"),
        "lamp": Answer(value="no", action=Action(what="Mend it", who="Bruno", due=TODAY - timedelta(days=1))),
        "name": Answer(value="Meridian", version=7),
        "sites": Answer(value=({"name": "Hanoi"},)),
        "since": Answer(value="2020-01-01"),
    },
    evidence=(file("01", "photo"), file("02", "gate"), file("03", "gate", 30)),
)


def renewed(form, before=BEFORE):
    return response(carried=carried(OLD, form, before, TODAY), previous=before.id)


def confirmed(form, before, id, **more):
    asked, one = carried_for(form, before, id)
    return confirm(before, asked, one, **{"version": None, "by": "Bruno", "now": NOW, **more})


def wordings(form) -> dict[str, Wording]:
    return {id: one.wording for id, one in renewed(form).carried.items()}


class TestWhatIsCarried:
    def test_everything_answered_but_what_is_asked_anew(self):
        found = renewed(OLD).carried

        assert {"gate", "lamp", "name", "photo", "sites"} == set(found)
        assert {Wording.SAME} == {one.wording for one in found.values()}
        assert not any(one.anew for one in found.values())

    def test_what_was_hidden_last_year_is_not(self):
        before = replace(BEFORE, answers={**BEFORE.answers, "gate": Answer(value="no")})

        assert "lamp" not in carried(OLD, OLD, before, TODAY)

    def test_what_is_not_asked_any_more_stays_in_the_old_response_only(self):
        assert {"gate", "lamp", "photo", "sites"} == set(renewed(same("name")).carried)

    def test_another_text_is_reworded_and_blanks_alone_are_not(self):
        blanks = new(replace(OLD.question("name"), ask="What  about\nname?"))
        other = new(replace(OLD.question("name"), ask="Which name?"))

        assert {"name": Wording.SAME} == wordings(blanks)
        assert {"name": Wording.REWORDED} == wordings(other)
        assert "What about name?" == renewed(other).carried["name"].earlier[0].ask

    def test_an_option_that_reads_otherwise_is_reworded(self):
        options = tuple(replace(one, label="Yes, all") if one.id == "yes" else one for one in ASKING)
        found = renewed(new(must("gate", options=options))).carried["gate"]

        assert (Wording.REWORDED, "Yes", False) == (found.wording, found.earlier[0].text, found.anew)

    def test_a_question_with_another_id_says_what_it_replaces(self):
        form = new(question("company", replaces=("name", "never-asked")))
        found = renewed(form).carried["company"]

        assert (Wording.REWORDED, "name", False) == (found.wording, found.earlier[0].question, found.anew)

    def test_two_that_replace_one_split_it_and_are_answered_anew(self):
        form = new(question("first", replaces=("name",)), question("last", replaces=("name",)))

        assert {"first": Wording.SPLIT, "last": Wording.SPLIT} == wordings(form)
        assert all(one.anew for one in renewed(form).carried.values())

    def test_one_that_replaces_several_merges_them_and_is_answered_anew(self):
        form = new(must("entrance", replaces=("gate", "lamp")))
        found = renewed(form).carried["entrance"]

        assert (Wording.MERGED, True) == (found.wording, found.anew)
        assert ["gate", "lamp"] == [one.question for one in found.earlier]

    @pytest.mark.parametrize(
        "now",
        [
            question("gate", Kind.TEXT),
            must("gate", options=(option("always"), option("no"))),
            question("gate", Kind.CHOICES, options=ASKING),
        ],
    )
    def test_an_answer_that_no_longer_fits_is_only_shown(self, now):
        found = renewed(new(now)).carried["gate"]

        assert found.anew
        assert "yes" == found.earlier[0].answer.value
        assert not can_confirm(now, found, TODAY)

    def test_an_action_keeps_its_date_while_that_lies_ahead(self):
        moved = Report(id="r", text="Late", state=Progress.UNDER_WAY, at=NOW, by="Ana", due=TODAY, reason="Parts")
        later = renewed(OLD, replace(BEFORE, reports={"lamp": (moved,)})).carried["lamp"]

        assert Action(what="Mend it", who="Bruno") == offered(renewed(OLD).carried["lamp"], TODAY).action
        assert TODAY == offered(later, TODAY).action.due
        assert offered(later, TODAY + timedelta(days=1)).action.due is None

    def test_what_was_reported_as_done_says_when(self):
        done = Report(id="r", text="Done", state=Progress.DONE, at=NOW, by="Ana")
        found = renewed(OLD, replace(BEFORE, reports={"lamp": (done,)}))

        assert TODAY == found.carried["lamp"].done
        assert renewed(OLD).carried["lamp"].done is None


class TestSayingWhatIsTrue:
    def test_still_true_gives_the_answer_again_in_the_name_of_who_says_so(self):
        now = confirmed(OLD, renewed(OLD), "gate")
        answer = now.answers["gate"]

        assert ("yes", "Always", "Bruno", NOW, 1) == (
            answer.value, answer.comment, answer.by, answer.saved, answer.version,
        )  # fmt: skip
        assert Mark.CONFIRMED is mark_of(OLD.question("gate"), now)

    def test_files_come_along_unless_they_are_too_old(self):
        now = confirmed(OLD, renewed(OLD), "gate")

        assert ["02"] == [item.id for item in now.files_for("gate")]
        assert BEFORE.evidence[1] == now.files_for("gate")[0]

    @pytest.mark.parametrize(("months", "added", "valid"), [
        (24, date(2024, 3, 31), True), (24, date(2024, 3, 30), False), (1, date(2026, 2, 28), True),
        (1, date(2026, 2, 27), False),
    ])  # fmt: skip
    def test_a_file_counts_for_so_many_months_to_the_day(self, months: int, added: date, valid: bool):
        item = replace(file("01", "photo"), added=NOW.replace(year=added.year, month=added.month, day=added.day))

        assert valid is still_valid(question("photo", evidence_valid_months=months), item, TODAY)

    def test_where_every_file_that_is_the_answer_is_too_old_it_cannot_be_confirmed(self):
        form = new(question("photo", Kind.FILES, evidence_valid_months=6))

        with pytest.raises(NotAllowed):
            confirmed(form, renewed(form), "photo")
        assert ["01"] == [item.id for item in confirmed(OLD, renewed(OLD), "photo").files_for("photo")]

    def test_an_old_file_cannot_be_used_again_by_itself_either(self):
        now = renewed(OLD)
        asked, one = carried_for(OLD, now, "gate")

        assert ["02"] == [item.id for item in keep_files(now, asked, one, ["02"], NOW).files_for("gate")]
        for id in ("03", "01", "nothing"):
            with pytest.raises(NotAllowed):
                keep_files(now, asked, one, [id], NOW)

    def test_confirming_twice_changes_nothing_more(self):
        once = confirmed(OLD, renewed(OLD), "gate")

        assert once == confirmed(OLD, once, "gate", now=NOW + timedelta(hours=1))

    def test_what_somebody_typed_first_is_not_overwritten(self):
        typed = replace(renewed(OLD), answers={"name": Answer(value="New name", version=1)})

        assert typed == confirmed(OLD, typed, "name", version=0)
        assert "Meridian" == confirmed(OLD, typed, "name", version=1).answers["name"].value
        assert Mark.CHANGED is mark_of(OLD.question("name"), typed)

    def test_not_sure_counts_as_not_answered_and_is_marked(self):
        now = confirmed(OLD, renewed(OLD), "gate")
        asked, _ = carried_for(OLD, now, "gate")
        now = not_sure(now, asked, by="Ana", now=NOW)

        assert (None, []) == (now.answers["gate"].value, now.files_for("gate"))
        assert (Mark.UNSURE, "Ana") == (mark_of(asked, now), now.carried["gate"].unsure)
        assert Mark.CONFIRMED is mark_of(asked, confirmed(OLD, now, "gate"))

    def test_not_sure_leaves_what_was_typed(self):
        typed = replace(renewed(OLD), answers={"name": Answer(value="New name", version=1)})
        asked, _ = carried_for(OLD, typed, "name")

        assert typed == not_sure(typed, asked, by="Ana", now=NOW)

    def test_what_must_be_answered_anew_cannot_be_confirmed(self):
        form = new(question("first", replaces=("name",)), question("last", replaces=("name",)))

        with pytest.raises(NotAllowed):
            confirmed(form, renewed(form), "first")
        with pytest.raises(NotAllowed):
            carried_for(OLD, renewed(OLD), "since")
        with pytest.raises(NotFound):
            carried_for(OLD, renewed(OLD), "nothing")

    def test_after_submission_nothing_can_be_said_any_more(self):
        sent = replace(renewed(OLD), state=State.SUBMITTED)
        asked, one = carried_for(OLD, sent, "gate")

        with pytest.raises(NotAllowed):
            confirm(sent, asked, one, version=None, by="Ana", now=NOW)
        with pytest.raises(NotAllowed):
            not_sure(sent, asked, by="Ana", now=NOW)


class TestAWholeSection:
    def test_one_press_confirms_all_and_what_those_answers_open(self):
        """The lamp is asked only once the gate is a yes again."""
        before = renewed(OLD)
        now = confirm_section(OLD, before, "loose", by="Bruno", now=NOW)

        assert ["gate", "name", "photo", "sites"] == [one.id for one in at_once(OLD, before, "loose", TODAY)]
        assert {"gate", "lamp", "name", "sites"} == {id for id, answer in now.answers.items() if answer.value}
        assert [] == at_once(OLD, now, "loose", TODAY)

    def test_what_was_reworded_is_done_or_waits_is_left_to_be_looked_at(self):
        done = Report(id="r", text="Done", state=Progress.DONE, at=NOW, by="Ana")
        form = new(*(replace(one, ask="Which?") if one.id == "name" else one for one in OLD.questions))
        before = renewed(form, replace(BEFORE, reports={"lamp": (done,)}))
        asked, _ = carried_for(form, before, "sites")
        now = confirm_section(form, not_sure(before, asked, by="Ana", now=NOW), "loose", by="Bruno", now=NOW)

        assert {"gate"} == {id for id, answer in now.answers.items() if answer.value}
        assert ["photo"] == [item.question for item in now.evidence if item.question != "gate"]

    def test_a_typed_answer_is_left_alone(self):
        typed = replace(renewed(OLD), answers={"name": Answer(value="New name", version=1)})

        assert "New name" == confirm_section(OLD, typed, "loose", by="Bruno", now=NOW).answers["name"].value


class TestWhatIsToDo:
    def test_it_is_counted_as_if_last_years_answers_were_still_true(self):
        form = new(*OLD.questions, question("extra"), question("optional", required=False))
        before = renewed(form)
        now = confirmed(form, before, "gate")
        asked, _ = carried_for(form, now, "sites")
        now = not_sure(now, asked, by="Ana", now=NOW)

        assert Renewal(to_confirm=4, new=1, anew=2) == renewal(form, before, TODAY)
        assert Renewal(to_confirm=2, new=1, anew=2, confirmed=1, unsure=1) == renewal(form, now, TODAY)

    def test_what_is_given_anew_counts_no_more(self):
        now = replace(renewed(OLD), answers={"since": Answer(value="2026-01-01"), "name": Answer(value="Other")})

        assert Renewal(to_confirm=3, anew=1) == renewal(OLD, now, TODAY)

    def test_it_is_as_much_as_is_lacking_once_everything_is_confirmed(self):
        """The date of the lamp's action has passed, so it is true and still not enough."""
        form = new(*OLD.questions, question("extra"), question("optional", required=False))
        now = confirm_section(form, renewed(form), "loose", by="Ana", now=NOW)
        todo = renewal(form, now, TODAY)

        assert ["lamp-action-due", "since", "extra"] == [one.where for one in outline(form, now, TODAY).lacking]
        assert Renewal(new=1, anew=2, confirmed=4) == todo


class TestSideBySide:
    def test_each_question_says_what_became_of_its_answer(self):
        form = new(*(one for one in OLD.questions if one.id != "sites"), question("extra"))
        now = confirmed(form, renewed(form), "gate")
        now = replace(now, answers={**now.answers, "name": Answer(value="Other"), "since": Answer(value="2026-01-01")})
        found = compare(OLD, BEFORE, form, now)

        assert {
            "gate": "confirmed", "lamp": "not-answered", "name": "changed", "photo": "not-answered",
            "since": "answered-anew", "extra": "new",
        } == {id: one.what for id, one in found.questions.items()}  # fmt: skip
        assert ("Yes", "Always", 2) == (
            found.questions["gate"].then[0].text, found.questions["gate"].then[0].comment,
            found.questions["gate"].then[0].files,
        )  # fmt: skip
        assert [("What about sites?", "Name: Hanoi")] == [(one.ask, one.text) for one in found.gone]

    def test_a_file_more_is_a_change(self):
        now = confirmed(OLD, renewed(OLD), "gate")
        more = replace(now, evidence=(*now.evidence, file("09", "gate")))

        assert "confirmed" == compare(OLD, BEFORE, OLD, now).questions["gate"].what
        assert "changed" == compare(OLD, BEFORE, OLD, more).questions["gate"].what

    def test_a_merged_question_shows_all_that_it_stands_for(self):
        form = new(must("entrance", replaces=("gate", "lamp")))
        found = compare(OLD, BEFORE, form, renewed(form)).questions["entrance"]

        assert ["What about gate?", "What about lamp?"] == [one.ask for one in found.then]
