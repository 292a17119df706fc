"""What reviewers say of answers, that they do not overwrite each other, what a credit that is set does to a score."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from core.making import NOW, TODAY, answers, must, question, questionnaire, response
from portal.core.errors import NotAllowed, NotFound, Refused, Stale
from portal.core.lines import note_on
from portal.core.marking import Progress, accept_met, credit_for, drop_credit, mark, progress, set_credit
from portal.core.marks import Mark, Opinion, Override
from portal.core.records import State
from portal.core.scoring import score
from portal.core.worth import Verdict

FORM = questionnaire(must("gate", "4.1"), must("fence", "4.2"), question("name"))
SENT = response(State.SUBMITTED, answers=answers(gate="yes", fence="no", name="Ana"), reference="R-1")
ASK = Mark(opinion=Opinion.ASK_BACK, note="Why not?", by="dara@example.com", at=NOW)
ACCEPT = Mark(opinion=Opinion.ACCEPTED, by="dara@example.com", at=NOW)
SET = Override(verdict=Verdict.PARTLY_MET, credit=Decimal("0.5"), reason="Half a fence.", by="dara@example.com", at=NOW)


def marked(one, id, said, reference="R-1"):
    return mark(one, FORM, id, said, reference)


def test_a_mark_counts_as_looked_at():
    both = marked(marked(SENT, "gate", ACCEPT), "fence", ASK)

    assert Progress(all=3, marked=2, flagged=1) == progress(FORM, both)
    assert [1, 1] == [one.version for one in both.marks.values()]


def test_asking_back_needs_a_note():
    with pytest.raises(Refused, match="Write what the partner should do"):
        marked(SENT, "fence", replace(ASK, note=" \n"))


def test_a_note_may_not_be_endless():
    with pytest.raises(Refused, match="4000"):
        marked(SENT, "fence", replace(ASK, note="x" * 4001))


def test_a_note_for_staff_alone_is_no_mark():
    noted = marked(SENT, "fence", Mark(staff_note="Ask Emre."))

    assert 0 == progress(FORM, noted).marked
    assert "Ask Emre." == noted.marks["fence"].staff_note


def test_the_second_reviewer_is_told_and_shown_what_the_first_said():
    first = marked(SENT, "fence", ASK)
    with pytest.raises(Stale) as fact:
        marked(first, "fence", ACCEPT)

    assert first.marks["fence"] == fact.value.stored
    assert Opinion.ACCEPTED is marked(first, "fence", replace(ACCEPT, version=1)).marks["fence"].opinion


def test_saying_the_same_twice_is_said_once():
    once = marked(SENT, "fence", ASK)

    assert once == marked(once, "fence", replace(ASK, by="emre@example.com"))


def test_a_mark_on_answers_that_were_sent_anew_meanwhile_is_refused():
    with pytest.raises(NotAllowed, match="new answers"):
        marked(replace(SENT, reference="R-2"), "fence", ACCEPT)


def test_only_what_was_asked_and_sent_is_marked():
    with pytest.raises(NotFound):
        marked(SENT, "roof", ACCEPT)
    with pytest.raises(NotAllowed):
        marked(replace(SENT, state=State.STARTED), "gate", ACCEPT)


def test_what_is_met_is_accepted_at_once_where_nobody_has_said_anything():
    after = accept_met(marked(SENT, "fence", ASK), ["gate", "fence"], ACCEPT, "R-1")

    assert [Opinion.ASK_BACK, Opinion.ACCEPTED] == [after.marks[id].opinion for id in ("fence", "gate")]


@pytest.mark.parametrize(
    ("verdict", "typed", "expected"),
    [
        ("met", "0.3", (Verdict.MET, Decimal(1))),
        ("not-met", "", (Verdict.NOT_MET, Decimal(0))),
        ("not-applicable", "", (Verdict.NOT_APPLICABLE, None)),
        ("partly-met", " 0,25 ", (Verdict.PARTLY_MET, Decimal("0.25"))),
        ("partly-met", ".5", (Verdict.PARTLY_MET, Decimal("0.50"))),
    ],
)
def test_a_credit_is_read(verdict, typed, expected):
    assert expected == credit_for("gate", verdict, typed)


@pytest.mark.parametrize("typed", ["", "0", "1", "1.5", "-0.5", "half", "0.5.5", "٠.٥", "0.00001"])
def test_a_credit_of_what_is_partly_met_lies_between(typed):
    with pytest.raises(Refused, match="between"):
        credit_for("gate", "partly-met", typed)


def test_a_verdict_that_there_is_not_is_refused():
    with pytest.raises(Refused, match="Choose a verdict"):
        credit_for("gate", "splendid", "")


def test_a_credit_that_is_set_counts_and_the_trace_tells_what_was_declared():
    after = set_credit(SENT, FORM, "fence", SET)
    found = score(FORM, after.answers, {}, TODAY, overrides=after.overrides)
    [line] = [one for one in found.lines if one.question == "fence"]

    assert Decimal("4.5") == found.points
    assert (Verdict.PARTLY_MET, (Verdict.NOT_MET, Decimal(0))) == (line.verdict, line.declared)
    assert "Declared not-met (0), set to partly-met (0.5) by dara@example.com: Half a fence." == note_on(line)
    assert {} == drop_credit(after, FORM, "fence").overrides


def test_a_credit_is_not_set_without_a_reason_nor_where_nothing_is_scored():
    with pytest.raises(Refused, match="Say why"):
        set_credit(SENT, FORM, "fence", replace(SET, reason=""))
    with pytest.raises(NotAllowed):
        set_credit(SENT, FORM, "name", SET)
