"""Asking back: exactly what was flagged is reopened, what was sent counts meanwhile, a new answer comes unmarked."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from core.making import LATER, NOW, TODAY, answers, link, must, question, questionnaire, response, section
from portal.core.asking import outline
from portal.core.conditions import Test
from portal.core.errors import NotAllowed, Refused
from portal.core.lifecycle import Saved, add_evidence, remove_evidence, save, submit
from portal.core.marks import Mark, Opinion, Override, Round
from portal.core.receipts import matches, sealed
from portal.core.records import Answer, Evidence, State
from portal.core.returning import (
    answered_round,
    as_sent,
    changed_ids,
    flagged,
    locked,
    locked_in,
    only_open,
    require_open,
    send_back,
)
from portal.core.worth import Verdict

FORM = questionnaire(
    section(
        "gates",
        must("gate", required=True),
        question("which", required=True, shown_when=Test(operator="is", operand=("no",), question="gate")),
        must("fence"),
        question("name"),
    )
)
GIVEN = answers(gate="yes", fence="yes", name="Ana")
ASKED = {
    "gate": Mark(opinion=Opinion.ASK_BACK, note="Which gate?", staff_note="Hm.", version=2),
    "fence": Mark(opinion=Opinion.ACCEPTED, version=1),
}
SENT = sealed(response(State.SUBMITTED, answers=GIVEN, marks=ASKED, submitted=NOW, reference="R-1"))
OPENED = Round(number=0, sent=NOW, by="dara@example.com", due=TODAY + timedelta(days=9), message="Thank you.")


def photo(id="e1", of="gate"):
    return Evidence(
        id=id, question=of, sha256=id * 32, size=9, media_type="image/png", name="gate.png", added=NOW, by="Ana"
    )


def returned(sent=SENT):
    return send_back(sent, FORM, OPENED, LATER)


def answered(one, **values):
    saves = [Saved(question=FORM.question(id), answer=said) for id, said in answers(**values).items()]
    return save(one, saves, by="Ana", now=NOW)[0]


def sent_again(one):
    return sealed(answered_round(one, submit(one, FORM, reference="R-2", now=NOW), NOW))


def test_a_round_opens_on_what_is_flagged_and_on_nothing_else():
    [opened] = returned().rounds

    assert {"gate": "Which gate?"} == opened.notes == flagged(FORM, SENT)
    assert (1, None) == (opened.number, opened.answered)
    assert {"fence", "name"} == locked(FORM, returned(), TODAY)
    assert date(2026, 4, 9) == returned().due


def test_a_response_with_nothing_flagged_cannot_be_sent_back():
    with pytest.raises(Refused, match="Nothing is asked back"):
        returned(replace(SENT, marks={"fence": ASKED["fence"]}))


def test_nor_one_whose_link_was_withdrawn_nor_by_yesterday():
    with pytest.raises(Refused, match="Replace the link first"):
        returned(replace(SENT, links=(link(withdrawn=NOW),)))
    with pytest.raises(Refused, match="has not passed"):
        send_back(SENT, FORM, replace(OPENED, due=TODAY - timedelta(days=1)), LATER)


def test_the_link_stays_open_long_enough():
    later = LATER + timedelta(days=9)

    assert later == send_back(SENT, FORM, OPENED, later).links[0].expires


def test_it_is_not_sent_back_twice():
    with pytest.raises(NotAllowed):
        returned(returned())


def test_what_was_sent_counts_until_it_is_sent_again():
    working = answered(returned(), gate="no")

    assert "no" == working.answers["gate"].value
    assert (State.SUBMITTED, "yes") == (as_sent(working).state, as_sent(working).answers["gate"].value)
    assert matches(working)


def test_files_that_come_and_go_meanwhile_do_not_count_either():
    before = replace(SENT, evidence=(photo("e1"), photo("e2", of="fence")))
    working = remove_evidence(add_evidence(returned(before), [photo("e3")], NOW), "e1", NOW)

    assert ["e2", "e3"] == [item.id for item in working.evidence]
    assert {"e1", "e2"} == {item.id for item in as_sent(working).evidence}
    assert ("gate",) == changed_ids(working)


def test_a_locked_answer_is_told_apart_from_an_open_one():
    before = returned()

    assert ["name"] == locked_in(FORM, before, answered(before, gate="no", name="Bo"), TODAY)
    require_open(FORM, before, answered(before, gate="no"), TODAY)
    with pytest.raises(NotAllowed, match="not asked back"):
        require_open(FORM, before, add_evidence(before, [photo(of="fence")], NOW), TODAY)


def test_what_a_new_answer_opens_can_be_answered():
    before = returned()
    working = answered(before, gate="no")

    assert "which" not in locked(FORM, working, TODAY)
    assert [] == locked_in(FORM, before, answered(before, gate="no", which="East"), TODAY)


def test_the_outline_is_left_with_what_is_open():
    working = answered(returned(), gate="no")
    [part] = only_open(outline(FORM, working, TODAY), locked(FORM, working, TODAY)).sections

    assert ["gate", "which"] == [one.id for one in part.questions]
    assert (2, 1) == (part.asked, part.answered)


def test_a_changed_answer_cancels_its_own_mark_and_no_other():
    again = sent_again(answered(returned(), gate="partly"))

    assert (Opinion.OPEN, "", "Hm.", 3) == tuple(
        getattr(again.marks["gate"], name) for name in ("opinion", "note", "staff_note", "version")
    )
    assert ASKED["fence"] == again.marks["fence"]
    assert ("gate",) == changed_ids(again)
    assert "yes" == again.before["gate"].answer.value


def test_an_answer_that_was_changed_back_keeps_its_mark():
    again = sent_again(answered(answered(returned(), gate="partly"), gate="yes"))

    assert ASKED == again.marks
    assert () == changed_ids(again)


def test_a_credit_that_was_set_ends_with_the_answer_that_it_was_set_for():
    override = Override(verdict=Verdict.MET, credit=None, reason="Seen.", by="dara@example.com", at=NOW)
    before = replace(SENT, overrides={"gate": override, "fence": override})
    working = answered(returned(before), gate="partly")

    assert {"gate", "fence"} == working.overrides.keys()
    assert {"fence"} == sent_again(working).overrides.keys()


def test_sending_again_ends_the_round_with_a_receipt_of_its_own():
    again = sent_again(answered(returned(), gate="partly"))

    assert (State.SUBMITTED, NOW) == (again.state, again.rounds[0].answered)
    assert ("R-2", True) == (again.reference, matches(again))
    assert again.receipt != SENT.receipt


def test_the_next_round_starts_afresh():
    again = sent_again(answered(returned(), gate="partly"))
    flagged_again = replace(again, marks={"fence": Mark(opinion=Opinion.ASK_BACK, note="And this?")})
    second = send_back(flagged_again, FORM, OPENED, LATER)

    assert (2, {"fence": "And this?"}, {}) == (second.rounds[1].number, second.rounds[1].notes, second.before)
    assert as_sent(second).answers["gate"].value == "partly"


def test_a_first_answer_is_none_in_what_was_sent():
    working = answered(returned(), gate="no", which="East")

    assert "which" not in as_sent(working).answers
    assert Answer(value="East").value == working.answers["which"].value
