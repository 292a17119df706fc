"""The handbook for authors: its examples read without a mistake, and it tells every key that can be written."""

import re
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from content.folder import write
from portal.content.fields import Fields
from portal.content.library import read_library
from portal.core.conditions import OPERATORS
from portal.core.questionnaire import Kind, Need
from portal.core.worth import Obligation, Verdict

QUESTIONNAIRES = Path(__file__).parents[2] / "questionnaires"
README = (QUESTIONNAIRES / "README.md").read_text()
CRITERIA = (QUESTIONNAIRES / "criteria.yaml").read_text()
SORTS = ("questionnaire", "section", "questions", "answers", "follow-up", "condition", "rules", "scheme")

# One of those of which one is enough, and the rest of the section: between them they have its points.
WEIGHED = ("night-guard", "night-light")

# What the examples speak of and do not show.
OTHER_ANSWERS = """
  yes-no:
    options:
      - {id: "yes", label: "Yes", verdict: met}
      - {id: "no", label: "No", verdict: not-met}
"""
LEFT_OUT = """
  - id: cyber-threat-sharing
    kind: text
    ask: With whom do you share what you know of threats?
"""
COMPANY = """
id: company
title: Your company
questions:
  - {id: company-name, kind: text, ask: "What is its name?"}
  - {id: uses-computers, kind: yes-no, ask: "Are there computers?"}
"""
CONDITION = """
id: conditions
title: Conditions
questions:
  - {id: uses-cameras, kind: yes-no, ask: "Are there cameras?"}
  - {id: cameras-count, kind: number, ask: "How many?"}
  - {id: uses-guards, kind: yes-no, ask: "Are there guards?"}
  - id: camera-places
    kind: choices
    ask: Where?
    options: [{id: gate, label: Gate}, {id: dock, label: Dock}]
  - id: follows
    kind: text
    ask: What follows from that?
    shown_when:
"""
RULES = """
id: rules
title: Rules
edition: "1"
business_types: [foreign_manufacturer]
scheme: standard
sections:
  - id: company
    title: Your company
    questions:
      - {id: company-years, kind: number, ask: "For how many years?"}
  - id: certificate
    title: Certificate
    questions:
      - {id: certificate-aeo, kind: yes-no, ask: "Are you an AEO?"}
      - id: certificate-type
        kind: choice
        ask: Of which type?
        options: [{id: security, label: Security}, {id: both, label: Both}]
      - {id: certificate-until, kind: date, ask: "Until when?"}
      - {id: certificate-number, kind: text, ask: "Which number?"}
      - {id: certificate-file, kind: files, ask: "May we have a copy?"}
      - {id: certificate-ctpat, kind: choice, ask: "A member?", options: [{id: member, label: "Yes"}]}
      - {id: certificate-checked, kind: date, when: past, ask: "When was it checked?"}
  - id: guards
    title: Guards
    questions:
      - {id: uses-guards, kind: yes-no, ask: "Are there guards?"}
      - {id: guards-log, kind: yes-no, ask: "Do they keep a log?"}
  - id: closing
    title: Signature
    questions:
      - {id: signature, kind: signature, ask: "Sign here."}
"""
MANY = """
id: many
title: Everything else
edition: "1"
business_types: [foreign_manufacturer]
scheme: standard
sections:
  - {use: conditions}
"""


def examples():
    """The fenced examples by sort, in the order of the handbook."""
    found = defaultdict(list)
    for sort, text in re.findall(r"^```yaml example=(\S+)\n(.*?)^```$", README, re.M | re.S):
        found[sort].append(text)
    return found


def indented(text, by):
    return "".join(f"{' ' * by}{line}" for line in text.splitlines(keepends=True))


def id_of(text):
    return re.search(r"^id: (\S+)", text, re.M)[1]


def folder_of_examples(folder):
    """A folder of questionnaires made of nothing but the examples and what they speak of."""
    shown = examples()
    names = [f"questions-{number}" for number, _ in enumerate(shown["questions"])]
    return write(
        folder / "questionnaires",
        {
            "criteria.yaml": CRITERIA,
            "answers.yaml": shown["answers"][0] + OTHER_ANSWERS,
            "schemes/standard.yaml": shown["scheme"][0],
            "follow-up.yaml": shown["follow-up"][0],
            "foreign-manufacturer.yaml": shown["questionnaire"][0],
            "sections/company.yaml": COMPANY,
            "sections/cybersecurity.yaml": shown["section"][0].rstrip() + LEFT_OUT,
            **{f"sections/{id_of(text)}.yaml": text for text in shown["section"][1:]},
            "rules.yaml": RULES + "".join(shown["rules"]),
            "sections/conditions.yaml": CONDITION + indented(shown["condition"][0], 6),
            "many.yaml": MANY
            + "".join(f"  - {{use: {name}}}\n" for name in (*map(id_of, shown["section"][1:]), *names)),
            **{
                f"sections/{name}.yaml": f"id: {name}\ntitle: Questions\nquestions:\n{indented(text, 2)}"
                for name, text in zip(names, shown["questions"], strict=True)
            },
        },
    )


def test_every_sort_of_file_has_an_example():
    assert set(SORTS) == set(examples())


def test_every_block_of_yaml_says_what_it_is_an_example_of():
    assert README.count("```yaml") == sum(len(texts) for texts in examples().values())


def test_the_examples_read_without_a_mistake(tmp_path):
    library, mistakes = read_library(folder_of_examples(tmp_path))

    assert [] == [str(mistake) for mistake in mistakes]
    assert ["foreign-manufacturer", "many", "rules"] == sorted(library.questionnaires)


def test_the_examples_mean_what_the_handbook_says_of_them(tmp_path):
    library, _ = read_library(folder_of_examples(tmp_path))
    maker, many = library.questionnaires["foreign-manufacturer"], library.questionnaires["many"]

    assert ["company", "cybersecurity", "closing"] == [section.id for section in maker.sections]
    assert maker.question("cyber-threat-sharing") is None
    assert Obligation.SHOULD is many.question("guards-day").obligation
    assert ("9.4", "9") == (many.question("guards-day").criterion, many.question("guards-day").category)
    assert "guards-day" == many.question("guards-day-gap").parent
    assert many.question("inspection-points").option("none").alone
    assert ["review"] == [section.id for section in many.review]
    assert ["aeo", "ctpat"] == [exit.id for exit in library.questionnaires["rules"].exits]
    assert ("uses-guards", "guards-log") == library.questionnaires["rules"].contradictions[0].at
    assert "Remote access" == maker.question("remote-access-secure").heading
    assert ["trucks-count", "trucks-locked"] == [
        one.id for one in many.section("trucks").questions if one.shown_when is not None
    ]
    assert Decimal(20) == sum(one.weight for one in many.section("watching").questions if one.id in WEIGHED)
    assert {"night-guard"} == {one.one_of for one in many.section("watching").questions if one.one_of}
    assert "name" == many.question("place-guards").name
    assert ["front", "left", "right", "floor", "roof", "doors", "undercarriage", "other"] == [
        row.id for row in many.question("point-photos").rows
    ]
    assert ["Always", "Sometimes", "Never", "Does not apply to us"] == [
        option.label for option in many.question("seals-checked").options
    ]


# Where each reader's keys are explained: a chapter of the handbook, or the head of the catalogue.
CATALOGUE = "criteria.yaml"
CHAPTERS = {
    "_questionnaire": "A questionnaire",
    "_build": "A questionnaire",
    "_draft": "A questionnaire",
    "section": "A questionnaire",
    "_shared": "A section",
    "_read": "A section",
    "read_exits": "A questionnaire",
    "_exits": "A questionnaire",
    "read_contradictions": "A questionnaire",
    "_read_exit": "Exits",
    "_date_question": "Exits",
    "_named": "Exits",
    "_read_contradiction": "Contradictions",
    "is_for_reviewers": "A section",
    "_read_fact": "A question",
    "_read_group": "A section",
    "read_questions": "A section",
    "read_answer_sets": "A question",
    "identifier": "A question",
    "_read_question": "A question",
    "_build question": "A question",
    "_kind_and_options": "A question",
    "_worth": "A question",
    "_by_verdict": "A question",
    "read_sufficing": "A section",
    "read_points": "A section",
    "read_limits": "A question",
    "_whole": "A question",
    "_day": "A question",
    "_when": "A question",
    "read_bands": "A question",
    "_read_band": "A question",
    "read_rows": "A question",
    "_unique": "A question",
    "_read_row_name": "A question",
    "_read_source": "A question",
    "_read_column": "A question",
    "relabelled": "A question",
    "_by_option": "A question",
    "_language": "A questionnaire",
    "read_options": "A question",
    "read_option": "A question",
    "_own_credits": "A question",
    "read_asks": "A question",
    "_read_needs": "A question",
    "read_condition": "Conditions",
    "_read_test": "Conditions",
    "read_carrying": "Carrying over to the next year",
    "carried_over": "Carrying over to the next year",
    "read_scheme": "A scoring scheme",
    "_numbers": "A scoring scheme",
    "_read_table": "A scoring scheme",
    "_read_row": "A scoring scheme",
    "read_follow_up": "After submission",
    "_read_days": "After submission",
    "_read_event": "After submission",
    "read_catalogue": CATALOGUE,
    "_business_types": CATALOGUE,
    "_texts": CATALOGUE,
    "_focus_area": CATALOGUE,
    "_criteria": CATALOGUE,
    "_levels": CATALOGUE,
}
HELPERS = ("asked_of", "identifier", "ids_in")


def explained_in(chapter):
    """The words of a chapter; for the catalogue, of the comment at its head."""
    if chapter == CATALOGUE:
        return "".join(line for line in CRITERIA.splitlines(keepends=True) if line.startswith("#"))
    parts = re.split(r"^## (.+)$", README, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[chapter]


def keys_asked_for(tmp_path, monkeypatch):
    """Every key that the reader asks for while it reads the examples, with the chapter that must explain it."""
    asked = set()
    take = Fields.take

    def note(fields, key):
        frame = sys._getframe(1)
        while frame.f_code.co_filename.endswith("fields.py") or frame.f_code.co_name.startswith(("<", *HELPERS)):
            frame = frame.f_back
        in_questions = frame.f_code.co_filename.endswith("questions.py") and frame.f_code.co_name == "_build"
        asked.add((frame.f_code.co_name + (" question" if in_questions else ""), key))
        return take(fields, key)

    monkeypatch.setattr(Fields, "take", note)
    read_library(folder_of_examples(tmp_path))
    return asked


# Words that authors choose: names of answers, of answer sets, of business types, and ids of criteria and categories.
CHOSEN = re.compile(r"[0-9.]+|yes.*|no|partly|not-applicable|[a-z_]+_[a-z_]+|importer|exporter|consolidator")


def test_every_key_that_can_be_written_is_explained(tmp_path, monkeypatch):
    asked = keys_asked_for(tmp_path, monkeypatch)
    unplaced = sorted({reader for reader, _ in asked} - CHAPTERS.keys())

    assert [] == unplaced, "say in CHAPTERS which chapter explains the keys of these readers"

    missing = sorted(
        f"{key} ({CHAPTERS[reader]}, read by {reader})"
        for reader, key in asked
        if not re.search(rf"(`|[{{, -]|^){re.escape(key)}(`|:|,|  )", explained_in(CHAPTERS[reader]), re.M)
    )

    told = [text for text in missing if not CHOSEN.fullmatch(text.split(" (")[0])]

    assert [] == told, "explain these keys in questionnaires/README.md: " + "; ".join(told)


@pytest.mark.parametrize("word", [*OPERATORS, *Kind, *Need, *Obligation, *Verdict])
def test_every_word_that_can_be_chosen_is_in_the_handbook(word):
    """Not judged is what a question without an answer is; nobody writes it."""
    told = re.search(rf"[`{{: ]{re.escape(word)}[`:,}} ]", README)

    assert (told is not None) is (word != Verdict.NOT_JUDGED)
