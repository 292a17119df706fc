"""Contradictions, two signatures, and what reviewers alone fill in."""

from msgspec.structs import replace

from portal.core.asking import outline
from portal.core.conditions import All, Test
from portal.core.lifecycle import Saved
from portal.core.questionnaire import Kind
from portal.core.records import Answer
from portal.core.remarks import contradictions
from portal.core.reviewing import review_question, reviewed, save_review
from portal.core.rules import Contradiction
from portal.core.scoring import score

from .making import LATER, NOW, TODAY, answers, must, question, questionnaire, response, section, shipped


def said(id: str, *words: str) -> Test:
    return Test(operator="is", operand=words, question=id)


GUARDED = question("guarded", shown_when=said("gate", "yes"))
RULE = Contradiction(
    id="watched-by-nobody",
    when=All((said("gate", "yes"), said("guarded", "no"))),
    says="100 % of the gates are watched, but there is nobody.",
    at=("gate", "guarded"),
)
FORM = replace(questionnaire(must("gate", "9.4"), GUARDED, question("note")), contradictions=(RULE,))


def rules_of(**values: object) -> list[str]:
    return [one.rule for one in contradictions(FORM, response(answers=answers(**values)), TODAY)]


def test_answers_that_do_not_fit_are_named_with_their_questions():
    [remark] = contradictions(FORM, response(answers=answers(gate="yes", guarded="no")), TODAY)

    assert ("gate", "guarded") == remark.at
    assert "100 % of the gates are watched, but there is nobody." == remark.message


def test_answers_that_fit_are_left_alone():
    assert [] == rules_of(gate="yes", guarded="yes")
    assert [] == rules_of()


def test_a_hidden_answer_contradicts_nothing():
    """Guarded is kept and not asked while there is no gate."""
    one_sided = replace(RULE, when=said("guarded", "no"), at=("guarded",))
    form = replace(FORM, contradictions=(one_sided,))

    assert () == contradictions(form, response(answers=answers(gate="no", guarded="no")), TODAY)
    assert 1 == len(contradictions(form, response(answers=answers(gate="yes", guarded="no")), TODAY))


def test_a_rule_is_silent_while_one_of_its_questions_is_not_asked():
    """Otherwise “not answered” would contradict what nobody was asked."""
    rule = replace(RULE, when=Test(operator="answered", operand=("no",), question="guarded"))
    form = replace(FORM, contradictions=(rule,))

    assert () == contradictions(form, response(answers=answers(gate="no")), TODAY)


def test_a_contradiction_changes_neither_score_nor_what_is_lacking():
    given = answers(gate="yes", guarded="no", note="x")
    plain = replace(FORM, contradictions=())

    assert score(plain, given, {}, TODAY) == score(FORM, given, {}, TODAY)
    assert () == outline(FORM, response(answers=given), TODAY).lacking


def test_every_contradiction_that_is_shipped_can_come_up():
    """For each there are answers that it names; nothing hides one of its questions for good."""
    for form in shipped().questionnaires.values():
        assert 8 <= len(form.contradictions)
        for rule in form.contradictions:
            assert all(form.question(id) for id in rule.at), rule.id
            assert rule.says.endswith((".", "?")), rule.id


# Two signatures.

SIGNED = questionnaire(
    section("maker", question("first", Kind.SIGNATURE)), section("checker", question("second", Kind.SIGNATURE))
)


def lacking(**values: str) -> list[tuple[str, str]]:
    seen = outline(SIGNED, response(answers=answers(**values)), TODAY)
    return [(problem.where, problem.message) for problem in seen.lacking]


def test_a_second_signature_is_another_persons():
    assert [] == lacking(first="Ana Tran", second="Bruno Lim")
    assert [("second", "Ana Tran has signed already. Another person must sign here.")] == lacking(
        first="Ana Tran", second="Ana Tran"
    )


def test_the_same_name_written_otherwise_is_the_same_person():
    [(where, message)] = lacking(first="Ana  Tran", second="ana TRAN")

    assert ("second", "ana TRAN has signed already. Another person must sign here.") == (where, message)


def test_whoever_has_not_signed_is_not_taken_for_somebody_else():
    assert [("second", "Answer this question.")] == lacking(first="Ana Tran")
    assert [("first", "Answer this question.")] == lacking(second="Ana Tran")


# For reviewers only.

VISIT = question("visit", shown_when=said("gate", "no"))
REVIEWED = replace(FORM, review=(section("review", question("impression"), VISIT, for_reviewers=True),))


def asked_of_reviewers(**values: str) -> list[str]:
    return [one.id for part in reviewed(REVIEWED, response(answers=answers(**values))) for one in part.questions]


def test_reviewers_are_asked_what_is_theirs_given_what_the_partner_said():
    assert ["impression"] == asked_of_reviewers(gate="yes")
    assert ["impression", "visit"] == asked_of_reviewers(gate="no")


def test_what_is_for_reviewers_is_no_question_section_or_count_of_the_questionnaire():
    seen = outline(REVIEWED, response(), TODAY)

    assert REVIEWED.question("impression") is None
    assert REVIEWED.section("review") is None
    assert review_question(REVIEWED, "impression")
    assert outline(FORM, response(), TODAY).asked == seen.asked


def test_a_reviewers_answer_is_kept_beside_the_partners_with_name_time_and_version():
    kept, stale = save_review(response(), [saved("Good", None)], by="dara@example.com", now=NOW)

    assert ({}, {}) == (stale, kept.answers)
    assert ("Good", 1, "dara@example.com", NOW) == tuple(
        getattr(kept.review_answers["impression"], part) for part in ("value", "version", "by", "saved")
    )


def saved(text: str, version: int | None) -> Saved:
    return Saved(question=question("impression"), answer=Answer(value=text), version=version)


def test_the_second_of_two_reviewers_is_told_and_overwrites_nothing():
    first, _ = save_review(response(), [saved("Good", 0)], by="dara@example.com", now=NOW)
    second, stale = save_review(first, [saved("Bad", 0)], by="eli@example.com", now=LATER)

    assert "Good" == second.review_answers["impression"].value
    assert "Good" == stale["impression"].stored.value
