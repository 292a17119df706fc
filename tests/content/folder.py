"""A small folder of questionnaires without a mistake, for tests to spoil in one place."""

from pathlib import Path

from portal.content.fields import Mistake
from portal.content.library import Library, read_library

CRITERIA = """\
edition: "1"
business_types:
  maker: {name: Maker, identifiers: [MID]}
  carrier: {name: Carrier}
categories: {"4": Cybersecurity, "9": Fences}
focus_areas:
  - {name: All, categories: ["4", "9"]}
criteria:
  "4.1":
    topic: Rules
    asks: There are written rules.
    rationale: Unwritten rules are forgotten.
    levels: {maker: must, carrier: must}
  "4.10":
    topic: Places
    asks: The places are known.
    rationale: Unknown places are not guarded.
    levels: {maker: should, carrier: "-"}
  "9.2":
    topic: Fence
    asks: There is a fence.
    rationale: Without one anybody walks in.
    levels: {maker: "?", carrier: must}
"""

ANSWERS = """\
answer_sets:
  yes-partly-no:
    options:
      - {id: "yes", label: "Yes", verdict: met}
      - {id: partly, label: Partly, verdict: partly-met}
      - {id: "no", label: "No", verdict: not-met}
      - {id: not-applicable, label: Does not apply, verdict: not-applicable, asks: {comment: required}}
"""

FOLLOW_UP = """\
due_days:
  must: {critical: "14", major: "30", minor: "60"}
  should: {critical: "30", major: "60", minor: "90"}
events:
  - {id: moved, label: We have moved, sections: [cyber]}
"""

SCHEME = """\
id: plain
title: Plain
weights: {must: "3", should: "1"}
credits: {met: "1", partly-met: "0.5", not-met: "0"}
tables:
  - id: rating
    title: Rating
    read: first
    rows:
      - outcome: good
        label: Good
        colour: green
        when: {fact: score, at_least: "50"}
      - outcome: bad
        label: Bad
        colour: red
"""

CYBER = """\
id: cyber
title: Cybersecurity
category: "4"
questions:
  - id: rules
    label: "4.1"
    criterion: "4.1"
    kind: yes-partly-no
    ask: Are there rules?
    follow_ups:
      - when: ["no"]
        questions:
          - id: rules-when
            kind: date
            ask: When will there be rules?
  - id: places
    criterion: "4.10"
    kind: choices
    ask: Which places are known?
    good: [gate, dock]
    options:
      - {id: gate, label: Gate}
      - {id: dock, label: Dock}
      - {id: none, label: None of these, alone: "yes"}
  - id: days
    criterion: "4.1"
    kind: number
    ask: How many days are kept?
    bands:
      - {at_least: "14", credit: "1"}
      - {at_least: "7", credit: "0.5"}
  - shown_when: {question: rules, is: "yes"}
    heading: Rules
    questions:
      - id: reviewed
        kind: text
        ask: Who reviews them?
"""

SPARE = """\
id: spare
title: Used by no questionnaire yet
shown_when: {question: note, answered: "yes"}
questions:
  - id: spare-rules
    criterion: "9.2"
    only_for: [maker]
    kind: yes-partly-no
    ask: Are there rules?
"""

MAKER = """\
id: maker
title: Makers
edition: "1"
business_types: [maker]
scheme: plain
asks:
  not-met: {comment: required}
sections:
  - use: cyber
  - id: closing
    title: Closing
    questions:
      - id: note
        kind: text
        ask: Anything else?
"""

FILES = {
    "criteria.yaml": CRITERIA,
    "answers.yaml": ANSWERS,
    "follow-up.yaml": FOLLOW_UP,
    "schemes/plain.yaml": SCHEME,
    "sections/cyber.yaml": CYBER,
    "sections/spare.yaml": SPARE,
    "maker.yaml": MAKER,
}


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """The folder with these files in it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def spoilt(name: str, *pairs: tuple[str, str]) -> str:
    """A file of the small folder with one text after another replaced by what should not be there."""
    text = FILES[name]
    for before, after in pairs:
        assert before in text, f"{name} does not say {before!r}"
        text = text.replace(before, after, 1)
    return text


def read(folder: Path, files: dict[str, str | bytes] | None = None) -> tuple[Library | None, tuple[Mistake, ...]]:
    """What the small folder reads as, some files replaced by others."""
    return read_library(write(folder / "questionnaires", {**FILES, **(files or {})}))
