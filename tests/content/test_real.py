"""Five questionnaires of the kinds that importers send: each reads, can be answered, and is rated as its paper says."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from core.making import NOW, TODAY, response
from msgspec.structs import replace

from content.real_answers import NAMES, filled, the
from portal.core.alternatives import judge_alternative
from portal.core.asking import outline
from portal.core.marks import Alternative
from portal.core.questionnaire import Need, Questionnaire
from portal.core.records import State
from portal.core.rownames import NAMED
from portal.core.scoring import Score, score
from portal.core.telling import value_text


def judged(form: Questionnaire, given, **more) -> Score:
    return score(form, given.answers, {}, TODAY, alternatives=given.alternatives, **more)


def in_short(found: Score) -> tuple[str, str]:
    return str(found.percent), found.outcomes["rating"].outcome


@pytest.mark.parametrize("name", NAMES)
def test_each_can_be_answered_and_nothing_is_lacking(name: str) -> None:
    form = the(name)
    given = filled(form)
    seen = outline(form, given)

    assert 5 == len(NAMES)
    assert [] == [problem.message for problem in seen.lacking]
    assert seen.asked == seen.answered > 10


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_is_missing_when_nothing_is_answered(name: str) -> None:
    form = the(name)
    seen = outline(form, response(State.STARTED))

    assert {problem.message for problem in seen.lacking} == {"Answer this question."}
    assert Decimal(0) == score(form, {}, {}, TODAY).points


# (a) The factory form.


def test_the_factory_form_counts_its_open_items() -> None:
    """Ten items of one point; the paper knows approved, approved with a plan (up to 3 NO), not approved."""
    form = the("factory-form")

    assert ("100.0", "approved") == in_short(judged(form, filled(form, certified="no")))
    one = filled(form, certified="no", p1="no", c3="na")
    assert ("88.9", "action-plan") == in_short(judged(form, one))  # 8 of 9: item 10 does not apply
    four = filled(form, certified="no", a1="no", a2="no", p1="no", c2="no")
    assert ("60.0", "rejected") == in_short(judged(form, four))
    assert ("A new fence.", "Bruno", date(2026, 6, 30)) == (
        four.answers["p1"].action.what, four.answers["p1"].action.who, four.answers["p1"].action.due,
    )  # fmt: skip


def test_on_the_factory_form_each_programme_that_is_ticked_wants_a_number_and_a_date() -> None:
    form = the("factory-form")
    given = filled(form, certified="yes", programmes=("ctpat", "aeo"))
    rows = given.answers["certificates"].value

    assert ["ctpat", "aeo"] == [row[NAMED] for row in rows]
    assert "CTPAT (United States) – Number: Something, Valid until: 2027-01-15" in value_text(
        form.question("certificates"), rows
    )
    assert ["particulars", "membership", "signature"] == [part.section.id for part in outline(form, given).sections]
    assert judged(form, given).percent is None


def test_the_factory_form_offers_a_corrective_action_beside_every_item() -> None:
    form = the("factory-form")
    item = form.question("a1")

    assert (Need.ALLOWED, Need.REQUIRED) == (item.option("yes").asks.action, item.option("no").asks.action)


# (b) The weighted carrier form.


def test_the_sections_of_the_carrier_form_have_the_points_that_are_printed() -> None:
    found = judged(the("weighted-carrier"), filled(the("weighted-carrier")))

    assert {"vehicles": "30.00", "tracking": "25.00", "drivers": "20.00", "procedures": "25.00"} == {
        part.id: str(part.possible) for part in found.sections
    }
    assert (Decimal(100), Decimal(100)) == (found.points, found.possible)
    assert ("100.0", "excellent") == in_short(found)


def test_a_carrier_worked_out_by_hand() -> None:
    """Vehicles 30 × (3+5+2)/12 = 25; tracking 25 × (60 × ½ + 25 + 15)/100 = 17.5.
    Drivers 20 × (50 + 50 × ¾)/100 = 17.5; procedures two of three items, 8.34 + 8.33. Together 76.67.
    """
    form = the("weighted-carrier")
    found = judged(form, filled(form, v3="n", t1="n", t2="n", t3="90", d2="80", r2="n"))

    assert [Decimal(25), Decimal("17.5"), Decimal("17.5")] == [part.points for part in found.sections[:3]]
    assert Decimal("16.67") == found.sections[3].points
    assert ("76.7", "pass") == in_short(found)
    assert "plain" == found.outcomes["loads"].outcome
    assert {"t1": "t3", "t2": "t3"} == {line.question: line.instead for line in found.lines if line.instead}


def test_a_mandatory_item_that_is_missing_fails_the_carrier_whatever_its_points() -> None:
    form = the("weighted-carrier")
    found = judged(form, filled(form, v4="n"))

    assert ("87.5", "fail-mandatory") == in_short(found)  # 30 × 7/12 = 17.5 instead of 30


def test_one_weak_section_is_no_pass() -> None:
    """75 points, but tracking has 0 of 25."""
    form = the("weighted-carrier")

    assert ("75.0", "conditional") == in_short(judged(form, filled(form, t1="n", t2="n", t3="240", t4="n", t5="n")))


def test_an_item_that_does_not_apply_counts_as_missing_until_the_buyer_approves() -> None:
    form = the("weighted-carrier")
    given = replace(filled(form, v1="x"), state=State.SUBMITTED)
    approved = Alternative(accepted=True, by="dara@example.com", at=datetime(2026, 4, 1, tzinfo=NOW.tzinfo))
    after = judge_alternative(given, form, "v1", approved)

    assert "fail-mandatory" == in_short(judged(form, given))[1]
    assert ("100.0", "excellent") == in_short(judged(form, after))
    assert Decimal("92.5") == judged(form, after).possible  # the 30 × 3/12 of item 1.1 are left out


# (c) The bilingual checklist.


def test_the_checklist_gives_a_point_for_each_yes_and_a_grade() -> None:
    """18 items. Two missed, one left out: 15 of 17 is 88.2, a B; but B and C then have 1 of 2 and 2 of 3."""
    form = the("bilingual-audit")

    assert ("100.0", "a") == in_short(judged(form, filled(form)))
    found = judged(form, filled(form, a3="n", c2="n", h1="na"))
    assert ("15", "17") == (str(found.points), str(found.possible))
    assert ("88.2", "b") == in_short(found)
    assert {"a": "66.7", "h": "100.0"} == {part.id: str(part.percent) for part in found.sections if part.id in "ah"}
    assert ("88.9", "c") == in_short(judged(form, filled(form, h1="n", h2="n")))  # 16 of 18, but nothing in H
    assert ("94.4", "zero-tolerance") == in_short(judged(form, filled(form, f1="n")))


def test_the_checklist_prints_its_own_labels_and_both_languages() -> None:
    form = the("bilingual-audit")

    assert ["A", "B", "C", "D", "E", "F", "G", "H"] == [one.label for one in form.sections if one.label]
    assert "E1*" == form.question("e1").label
    assert "¿" in form.question("e1").ask


# (d) The physical security survey.


def test_the_survey_asks_about_each_building_and_each_gate() -> None:
    form = the("physical-security")
    given = filled(
        form,
        buildings=({"called": "Hall 1", "use": "production", "floors": "2"},
                   {"called": "Hall 2", "use": "warehouse", "floors": "1"}),
        gates=({"gate": "Main", "vehicles": "yes"},),
    )  # fmt: skip
    answers = {
        **given.answers,
        "openings": replace(given.answers["openings"], value=given.answers["openings"].value[:1]),
    }
    lacking = outline(form, replace(given, answers=answers)).lacking

    assert ["Hall 1", "Hall 2"] == [row[NAMED] for row in given.answers["openings"].value]
    assert ["“Hall 2”: fill in “Doors for people”.", "“Hall 2”: fill in “Loading docks”.",
            "“Hall 2”: fill in “Ground-floor windows barred”."] == [problem.message for problem in lacking]  # fmt: skip
    assert ["north", "east", "south", "west"] == [row[NAMED] for row in given.answers["fence"].value]


def test_the_survey_skips_what_is_not_there() -> None:
    form = the("physical-security")
    shown = {one.id for part in outline(form, filled(form, has_guards="no", camera_count="8")).sections
             for one in part.questions}  # fmt: skip

    assert "shifts" not in shown
    assert "camera-coverage" in shown
    assert "control-room" not in shown


def test_a_survey_worked_out_by_hand() -> None:
    """Fence 2 × ½, clear 1, gates 2 × 1; lit 2 × 3/4; no guards; no cameras; one night measure of weight 3 at ½.
    Together 1 + 1 + 2 + 1.5 + 1.5 = 7 of 2 + 1 + 2 + 2 + 3 = 10; perimeter 4 of 5.
    """
    form = the("physical-security")
    found = judged(
        form,
        filled(form, fence_condition="improve", lit=("gates", "fence", "docks"), has_guards="no", camera_count="0",
               night_alarm="deficient", night_guard="improve", night_analytics="na"),
    )  # fmt: skip

    assert (Decimal(7), Decimal(10)) == (found.points, found.possible)
    assert ("70.0", "medium") == in_short(found)
    assert ["80.0"] == [str(part.percent) for part in found.sections if part.id == "perimeter"]
    assert ("100.0", "high") == in_short(judged(form, filled(form)))


# (e) The Spanish one.


def test_the_spanish_questionnaire_is_spanish_through_and_through() -> None:
    form = the("spanish-maquila")

    assert "es" == form.language
    assert ["Cumple", "En proceso", "No cumple", "No aplica"] == [one.label for one in form.question("f1").options]
    assert ["Sí, siempre", "No, o a veces"] == [option.label for option in form.question("a3").options]
    assert "plan de trabajo" in form.question("f1").option("en-proceso").says


def test_a_spanish_questionnaire_worked_out_by_hand() -> None:
    """Chapter 1: weights 2, 1, 1 of 20 are 10, 5, 5; the analysis of 2024-06 is worth half, 30 % half: 15.
    Chapter 2: weights 2, 1, 1: “en proceso” on 2.1 is 5 of 10: 15. Chapter 3: weights 2, 2, 1 of 20 are 8, 8, 4:
    a companion is missing: 16. Chapter 4: weights 1, 2, 2 of 25 are 5, 10, 10; no fleet, so no GPS: 20 of 20.
    Chapter 5: 15. Together 81 of 95.
    """
    form = the("spanish-maquila")
    found = judged(form, filled(form, r2="2024-06-15", r3="30", f1="en-proceso", a3="no", flota="no"))

    assert (Decimal(81), Decimal(95)) == (found.points, found.possible)
    assert ("85.3", "confiable") == in_short(found)
    assert ("100.0", "confiable") == in_short(judged(form, filled(form)))


def test_a_spanish_partner_is_conditional_below_85_and_not_reliable_without_seals() -> None:
    form = the("spanish-maquila")

    assert ("80.0", "condicionado") == in_short(judged(form, filled(form, f1="no-cumple", r1="no-cumple")))
    assert ("90.0", "no-confiable") == in_short(judged(form, filled(form, sellos="no-cumple")))


def test_in_process_wants_the_plan_and_the_date() -> None:
    form = the("spanish-maquila")
    asks = form.question("f1").option("en-proceso").asks

    assert (Need.REQUIRED, Need.REQUIRED, Need.REQUIRED) == (asks.comment, asks.evidence, asks.action)
