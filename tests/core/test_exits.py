"""A certificate in place of the questionnaire: when it lets a partner leave, what is still asked, what comes back."""

from datetime import date, timedelta
from random import Random

import msgspec
import pytest
from msgspec.structs import replace

from portal.core.actions import actions_of
from portal.core.asking import asked, asked_in, outline
from portal.core.comparing import compare
from portal.core.conditions import All, Test
from portal.core.errors import Refused
from portal.core.exits import day_of
from portal.core.handing import narrowed
from portal.core.judging import months_after
from portal.core.lifecycle import submit
from portal.core.questionnaire import Kind, Questionnaire
from portal.core.records import Action, Answer, Evidence, Link, Response, State
from portal.core.remarks import remarks, remarks_seen
from portal.core.renewing import carried
from portal.core.rules import Contradiction, Exit
from portal.core.scoring import score

from .making import (
    NOW,
    TODAY,
    YES_PARTLY_NO,
    answers,
    must,
    needs,
    option,
    question,
    questionnaire,
    response,
    section,
    shipped,
)

MEMBER = Exit(
    id="member",
    title="Member",
    when=Test(operator="is", operand=("yes",), question="certified"),
    valid_until="until",
    proof=("number", "copy"),
    keep=("company", "closing"),
    skip=("employees",),
)
SECTIONS = (
    section("company", question("name"), question("employees")),
    section(
        "certificate",
        question("certified", Kind.CHOICE, options=(option("yes"), option("no"))),
        question("until", Kind.DATE, shown_when=Test(operator="is", operand=("yes",), question="certified")),
        question("number"),
        question("copy", Kind.FILES),
        question("further"),
    ),
    section("fences", must("fence", "9.2"), must("gate", "9.4")),
    section(
        "closing", question("gap", shown_when=Test(operator="is", operand=("no",), question="gate")), question("note")
    ),
)
FORM = replace(questionnaire(*SECTIONS), exits=(MEMBER,))
PROVED = answers(certified="yes", until="2026-12-31", number="A 17", fence="yes", gate="no", employees="9", further="x")
COPIES = {"copy": 1}


def shown(given, files=COPIES, on=TODAY, form=FORM) -> dict[str, list[str]]:
    """The ids of what is asked."""
    return {id: [one.id for one in questions] for id, questions in asked(form, given, {}, on, files).shown.items()}


EVERYTHING = shown({})


def test_a_certified_company_is_asked_its_certificate_and_what_everybody_must_sign():
    assert {
        "company": ["name"],
        "certificate": ["certified", "until", "number", "copy"],
        "closing": ["note"],
    } == shown(PROVED)


def test_the_section_of_the_exit_is_asked_whole_when_it_is_kept():
    form = replace(FORM, exits=(replace(MEMBER, keep=("certificate", "closing")),))

    assert ["certified", "until", "number", "copy", "further"] == shown(PROVED, form=form)["certificate"]
    assert "company" not in shown(PROVED, form=form)


@pytest.mark.parametrize(
    ("change", "files"),
    [
        (answers(certified="no"), COPIES),
        (answers(certified=None), COPIES),
        (answers(until="2026-03-30"), COPIES),
        (answers(until=None), COPIES),
        (answers(number=None), COPIES),
        ({}, {}),
    ],
    ids=["no member", "not said", "ended yesterday", "no date", "no number", "no copy"],
)
def test_without_a_good_and_proved_certificate_everything_is_asked(change, files):
    assert {"company", "certificate", "fences", "closing"} == shown({**PROVED, **change}, files).keys()
    assert EVERYTHING["fences"] == shown({**PROVED, **change}, files)["fences"]


def test_a_certificate_is_good_on_its_last_day_and_not_on_the_next():
    last = date(2026, 12, 31)

    assert "fences" not in shown(PROVED, on=last)
    assert "fences" in shown(PROVED, on=last + timedelta(days=1))


def test_without_a_day_no_exit_is_open():
    assert "fences" in {*asked(FORM, PROVED, {}, None, COPIES).shown}


def test_a_check_of_the_status_counts_for_the_months_that_are_given():
    checked = replace(MEMBER, valid_until="", checked="until", review_months=12)
    form = replace(FORM, exits=(checked,))
    given = {**PROVED, **answers(until="2025-03-31")}

    assert "fences" not in shown(given, form=form)
    assert "fences" in shown(given, form=form, on=TODAY + timedelta(days=1))
    assert date(2026, 3, 31) == asked(form, given, {}, TODAY, COPIES).exit.until


def test_a_day_at_the_end_of_all_time_has_no_day_after_it():
    assert date.max == months_after(date(9999, 5, 1), 12)
    assert date(2028, 2, 29) == months_after(date(2027, 8, 31), 6)


def test_what_was_asked_before_the_exit_opened_is_back_when_it_closes():
    """Whatever is answered in whatever order: closing the exit brings exactly the same questions back."""
    for seed in range(40):
        chance = Random(seed)
        given = {
            one.id: Answer(value=chance.choice([o.id for o in one.options] or ["2026-12-31"]))
            for one in FORM.questions
            if chance.random() < 0.7 and one.kind is not Kind.FILES
        }
        closed = {**given, **answers(certified="no")}
        opened = {**closed, **PROVED}
        back = {**opened, "certified": closed["certified"]}
        unlike = {id: closed[id] for id in closed if opened[id] != closed[id] and id != "certified"}

        assert "fences" not in shown(opened)
        assert shown({**back, **unlike}) == shown({**closed, **{id: back[id] for id in back if id not in closed}})


def test_answers_that_are_no_longer_asked_are_kept_and_seen_by_no_condition():
    """The gap is asked because the gate is not locked; while the gate itself is not asked, nobody asks for the gap."""
    kept = response(answers=PROVED, evidence=(evidence("copy"),))

    assert "gap" not in shown(PROVED)["closing"]
    assert "gap" in shown({**PROVED, **answers(certified="no")})["closing"]
    assert "no" == kept.answers["gate"].value


def evidence(question_id: str) -> Evidence:
    return Evidence(
        id="e1", question=question_id, sha256="0" * 64, size=1, media_type="application/pdf", name="a.pdf", added=NOW,
        by="Ana",
    )  # fmt: skip


def test_progress_counts_only_what_is_asked():
    kept = response(answers={**PROVED, **answers(name="Meridian", note="Done")}, evidence=(evidence("copy"),))
    seen = outline(FORM, kept, TODAY)

    assert (6, 6) == (seen.answered, seen.asked)
    assert () == seen.lacking


def test_a_response_that_leaves_by_an_exit_has_no_score():
    found = score(FORM, PROVED, {}, TODAY, COPIES)

    assert (None, (), {}) == (found.percent, found.lines, found.outcomes)
    assert ("member", date(2026, 12, 31)) == (found.certified.exit, found.certified.until)


def test_scored_questions_of_the_certificate_itself_make_no_score_either():
    """A hundred percent of one question would read as a perfect response."""
    form = replace(FORM, sections=(section("closing", must("good", "4.1")), *SECTIONS[:3]))
    found = score(form, {**PROVED, **answers(good="yes")}, {}, TODAY, COPIES)

    assert found.certified
    assert found.percent is None


def test_a_response_is_submitted_by_the_day_it_is_sent_not_by_the_day_it_was_saved():
    given = {**PROVED, **answers(name="Meridian", note="Done", until="2026-04-02")}
    kept = response(answers=given, evidence=(evidence("copy"),), last_saved=NOW)
    late = NOW + timedelta(days=5)

    assert State.SUBMITTED is submit(kept, FORM, reference="R", now=NOW).state
    with pytest.raises(Refused) as refused:
        submit(replace(kept, answers={**given, **answers(fence=None)}), FORM, reference="R", now=late)
    assert "fence" in {problem.where for problem in refused.value.problems}


def test_a_submitted_response_is_read_as_of_the_day_it_was_submitted():
    kept = response(state=State.SUBMITTED, answers=PROVED, evidence=(evidence("copy"),), submitted=NOW, last_saved=NOW)
    years_later = TODAY.replace(year=2030)

    assert TODAY == day_of(kept, years_later)
    assert "fences" not in asked_in(FORM, kept, years_later).shown
    assert years_later == day_of(replace(kept, state=State.STARTED), years_later)


def test_the_contact_is_told_politely_why_an_ended_certificate_does_not_count():
    kept = response(answers={**PROVED, **answers(until="2026-03-30")}, evidence=(evidence("copy"),))
    [remark] = remarks(FORM, kept, TODAY)

    assert (("until",), "") == (remark.at, remark.rule)
    assert (
        "This certificate ended on 2026-03-30. Please answer the questionnaire, or add a certificate that is valid."
        == remark.message
    )


def test_the_contact_is_told_that_only_the_proof_is_missing():
    [remark] = remarks(FORM, response(answers=PROVED), TODAY)

    assert ("copy",) == remark.at
    assert "With this proof" in remark.message


def test_nothing_is_said_of_a_certificate_that_is_good_or_not_claimed():
    assert () == remarks(FORM, response(answers=PROVED, evidence=(evidence("copy"),)), TODAY)
    assert () == remarks(FORM, response(answers=answers(certified="no")), TODAY)


def test_of_several_exits_the_one_that_is_open_counts():
    """A membership that ended does not shut out a certificate that is good."""
    other = replace(MEMBER, id="other", valid_until="", checked="until", review_months=1)
    form = replace(FORM, exits=(replace(MEMBER, proof=("further",)), other))
    given = {**PROVED, **answers(further=None, until="2026-03-01")}

    assert "other" == asked(form, given, {}, TODAY, COPIES).exit.exit.id
    assert "member" == asked(form, given, {}, TODAY, {}).exit.exit.id


# The two questionnaires that are shipped.

CTPAT = {
    "certificate-ctpat": "member", "certificate-member-name": "Meridian", "certificate-monitoring": "2025-05-05",
    "certificate-status": "validated", "certificate-checked": "2026-02-01",
}  # fmt: skip
AEO = {
    "certificate-ctpat": "no", "certificate-aeo": "yes", "certificate-programme": "jp", "certificate-number": "7",
    "certificate-type": "security", "certificate-until": "2027-01-31",
}  # fmt: skip


def shipped_sections(form: Questionnaire, said: dict[str, str], files: dict[str, int]) -> list[str]:
    given = {id: Answer(value=value) for id, value in said.items()}
    return list(asked(form, given, {"business_type": form.business_types[0]}, TODAY, files).shown)


@pytest.mark.parametrize("form", shipped().questionnaires.values(), ids=lambda form: form.id)
@pytest.mark.parametrize("said", [CTPAT, AEO], ids=["ctpat", "aeo"])
def test_certified_partners_answer_three_short_pages_of_the_shipped_questionnaires(form, said):
    given = {id: Answer(value=value) for id, value in said.items()}
    files = {"certificate-file": 1}
    pages = asked(form, given, {"business_type": form.business_types[0]}, TODAY, files).shown

    assert ["company", "certificate", "closing"] == list(pages)
    assert sum(len(questions) for questions in pages.values()) <= 25


@pytest.mark.parametrize(
    "change",
    [
        {"certificate-ctpat": "applicant"},
        {"certificate-status": "other"},
        {"certificate-checked": "2025-03-30"},
    ],
)
def test_a_ctpat_membership_that_is_not_shown_to_be_good_does_not_count(change):
    for form in shipped().questionnaires.values():
        assert "seals" in shipped_sections(form, {**CTPAT, **change}, {})


@pytest.mark.parametrize(
    ("change", "files"),
    [
        ({"certificate-type": "customs"}, 1),
        ({"certificate-until": "2026-03-30"}, 1),
        ({}, 0),
    ],
    ids=["customs only", "ended", "no copy"],
)
def test_an_aeo_certificate_without_security_validity_or_proof_does_not_count(change, files):
    for form in shipped().questionnaires.values():
        assert "seals" in shipped_sections(form, {**AEO, **change}, {"certificate-file": files})


def test_all_eighteen_arrangements_of_mutual_recognition_can_be_chosen():
    [programme] = [
        one for one in next(iter(shipped().questionnaires.values())).questions if one.id == "certificate-programme"
    ]

    assert 18 == len({option.label for option in programme.options})


def test_an_edition_that_was_kept_before_there_were_exits_still_loads():
    form = next(iter(shipped().questionnaires.values()))
    plain = {
        key: value
        for key, value in msgspec.to_builtins(form).items()
        if key not in ("exits", "contradictions", "review")
    }
    old = msgspec.convert(plain, Questionnaire, strict=False)

    assert ((), (), ()) == (old.exits, old.contradictions, old.review)


def test_an_exit_may_ask_for_several_things_at_once():
    both = All((MEMBER.when, Test(operator="is", operand=("jp",), question="number")))

    assert ["certified", "number", "until", "number", "copy"] == list(replace(MEMBER, when=both).looks_at)


ASKING = tuple(replace(one, asks=needs(action="required")) if one.id == "no" else one for one in YES_PARTLY_NO)
# The same way out, with a gate that wants an action where it is missing.
ACTING = replace(FORM, sections=tuple(
    replace(one, questions=(must("fence", "9.2"), must("gate", "9.4", options=ASKING))) if one.id == "fences" else one
    for one in SECTIONS
))  # fmt: skip


def sent(given) -> Response:
    """A response with a promise about the gate, sent with a copy of the certificate."""
    gate = replace(given["gate"], action=Action(what="Hang a gate", who="Bruno", due=TODAY))
    said = {**given, "gate": gate}
    return response(State.SUBMITTED, answers=said, submitted=NOW, evidence=(evidence("copy"),))


def test_what_was_promised_for_a_question_that_the_certificate_hides_is_no_open_action():
    assert () == actions_of(ACTING, sent(PROVED))
    assert ["gate"] == [one.question.id for one in actions_of(ACTING, sent({**PROVED, **answers(certified="no")}))]


def test_the_next_year_carries_nothing_that_the_certificate_hid():
    assert {"fence", "gate", "employees"}.isdisjoint(carried(FORM, FORM, sent(PROVED), TODAY))
    assert {"fence", "gate"} <= carried(FORM, FORM, sent({**PROVED, **answers(certified="no")}), TODAY).keys()
    assert {"fence", "gate"}.isdisjoint(compare(FORM, sent(PROVED), FORM, sent(PROVED)).questions)


def test_a_colleague_hears_nothing_of_what_others_answered():
    rule = Contradiction(
        id="odd", when=Test(operator="is", operand=("no",), question="gate"), says="Look again.", at=("fence", "note")
    )
    form, said = (
        replace(FORM, contradictions=(rule,)),
        response(answers=answers(certified="no", fence="yes", gate="no")),
    )
    seen = outline(form, said, TODAY)
    part = narrowed(seen, Link(token_hash="x", made=NOW, made_by="Ana", expires=NOW, sections=("fences",)))

    assert ["Look again."] == [one.message for one in remarks_seen(form, said, seen)]
    assert () == remarks_seen(form, said, part)
