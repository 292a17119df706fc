"""What becomes of an answer next year, as the questionnaire files say."""

import pytest
from core.making import shipped

from portal.core.questionnaire import Kind

from .folder import spoilt
from .test_resolving import asked, questionnaire

FORMS = pytest.mark.parametrize("form", list(shipped().questionnaires.values()), ids=lambda form: form.id)


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        ("kind: text", "", True),
        ("kind: text", 'carry: "no"', False),
        ("kind: date", "", False),
        ("kind: date", 'carry: "yes"', True),
        ("kind: agreement", "", False),
        ("kind: signature", "", False),
    ],
)
def test_dates_agreements_and_signatures_are_given_anew_unless_a_date_says_otherwise(tmp_path, kind, said, expected):
    text = f"id: cyber\ntitle: Ours\nquestions:\n  - id: q\n    ask: Say it.\n    {kind}\n    {said}\n"

    assert expected is questionnaire(tmp_path, {"sections/cyber.yaml": text}).question("q").carry


@pytest.mark.parametrize(
    ("around", "section", "group", "own", "expected"),
    [
        ("", "", "", "", True),
        ("no", "", "", "", False),
        ("", "no", "", "", False),
        ("", "", "no", "", False),
        ("no", "yes", "", "", True),
        ("no", "", "", "yes", True),
        ("", "yes", "no", "", False),
    ],
)
def test_the_narrower_place_decides_what_is_carried_over(tmp_path, around, section, group, own, expected):
    def carry(said: str, indent: int) -> str:
        return f'{" " * indent}carry: "{said}"\n' if said else ""

    text = (
        f"id: cyber\ntitle: Ours\n{carry(section, 0)}questions:\n  - heading: Group\n{carry(group, 4)}    questions:\n"
        f"      - id: q\n        kind: text\n        ask: Say it.\n{carry(own, 8)}"
    )
    files = {"sections/cyber.yaml": text, "maker.yaml": f"{spoilt('maker.yaml')}{carry(around, 0)}"}

    assert expected is questionnaire(tmp_path, files).question("q").carry


def test_files_count_for_two_years_unless_a_place_says_otherwise(tmp_path):
    text = (
        "id: cyber\ntitle: Ours\nquestions:\n  - {id: a, kind: files, ask: A}\n"
        '  - evidence_valid_months: "12"\n    questions:\n      - {id: b, kind: files, ask: B}\n'
        '      - {id: c, kind: files, ask: C, evidence_valid_months: "6"}\n'
    )
    found = questionnaire(tmp_path, {"sections/cyber.yaml": text})

    assert [24, 12, 6] == [found.question(id).evidence_valid_months for id in "abc"]


def test_a_question_names_those_that_it_replaces(tmp_path):
    found = asked(tmp_path, "kind: text", "replaces: [old-one, old-two]")

    assert ("old-one", "old-two") == found.replaces


@FORMS
def test_incidents_agreements_and_signatures_of_the_shipped_questionnaires_are_given_anew(form):
    anew = {question.id for question in form.questions if not question.carry}
    signed = {question.id for question in form.questions if question.kind in (Kind.AGREEMENT, Kind.SIGNATURE)}

    assert {"closing-incidents", "closing-incident-list", *signed} <= anew
    assert len(anew) < len(list(form.questions)) / 4
