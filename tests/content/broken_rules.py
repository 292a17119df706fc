"""Broken exits, contradictions and sections for reviewers, and what is said of them: more data of `test_mistakes`."""

from .broken import CYBER, MAKER

# A section with a certificate, and an exit for those who hold it.
PAPER = """\
  - id: paper
    title: Certificate
    questions:
      - id: certified
        kind: choice
        ask: Are you certified?
        options: [{id: "yes", label: "Yes"}, {id: "no", label: "No"}]
      - id: until
        kind: date
        ask: Until when?
      - id: seen
        kind: date
        when: past
        ask: When was it checked?
      - id: copy
        kind: files
        ask: May we have a copy?
"""
EXIT = """\
exits:
  - id: member
    title: Member
    when: {question: certified, is: "yes"}
    valid_until: until
    proof: [copy]
    keep: [closing]
"""
RULE = """\
contradictions:
  - id: rules-and-days
    when: {all: [{question: rules, is: "no"}, {question: days, at_least: "14"}]}
    says: There are no rules, but days are kept.
"""
AGAIN = EXIT.removeprefix("exits:\n").replace("title: Member", "title: Again")
RULE_AGAIN = """\
  - id: rules-and-days
    says: Again.
    when: {all: [{question: rules, is: "no"}, {question: days, at_least: "14"}]}
"""
REVIEW = """\
  - id: review
    title: Review
    for: reviewer
    questions:
      - id: impression
        kind: text
        ask: What is your impression?
"""


def with_exit(*pairs: tuple[str, str], paper: str = PAPER) -> list[tuple[str, str]]:
    """The small questionnaire with a certificate and an exit, in which something is replaced."""
    exit = EXIT
    for before, after in pairs:
        assert before in exit + paper
        exit, paper = exit.replace(before, after), paper.replace(before, after)
    end = "ask: Anything else?\n"
    return [("  - id: closing", f"{paper}  - id: closing"), (end, end + exit)]


def with_rule(before: str, after: str, text: str = RULE) -> list[tuple[str, str]]:
    """The small questionnaire with a contradiction, in which something is replaced."""
    assert before in text
    return [("sections:\n", text.replace(before, after) + "sections:\n")]


def with_review(before: str = "", after: str = "") -> list[tuple[str, str]]:
    """The small questionnaire with a section for reviewers, in which something is replaced."""
    assert before in REVIEW
    return [("  - id: closing", REVIEW.replace(before, after) + "  - id: closing")]


BROKEN_RULES: list[tuple[str, list[tuple[str, str]], str, str]] = [
    (MAKER, with_exit(('title: Member', 'titel: Member')), 'titel:',
     '“titel” is not a key here; did you mean “title”?'),
    (MAKER, with_exit(('when: {question: certified, is: "yes"}\n    ', '')), 'id: member',
     '“when” is missing; say which answers claim the certificate'),
    (MAKER, with_exit(('question: certified', 'question: certifed')), 'when: {question: certifed',
     'no question “certifed” stands before this place; did you mean “certified”?'),
    (MAKER, with_exit(('    valid_until: until\n', '')), 'id: member',
     'an exit ends on one date: give `valid_until`, or `checked` together with `review_months`'),
    (MAKER, with_exit(('valid_until: until', 'checked: seen')), 'id: member',
     'an exit ends on one date: give `valid_until`, or `checked` together with `review_months`'),
    (MAKER, with_exit(('valid_until: until', 'checked: seen\n    review_months: "121"')), 'review_months:',
     '“review_months” is 121; write a whole number from 1 to 120'),
    (MAKER, with_exit(('valid_until: until', 'checked: until\n    review_months: "12"')), 'checked:',
     '“until” could lie in the future; give that question `when: past`'),
    (MAKER, with_exit(('valid_until: until', 'valid_until: untill')), 'valid_until:',
     'there is no question “untill”; did you mean “until”?'),
    (MAKER, with_exit(('valid_until: until', 'valid_until: certified')), 'valid_until:',
     '“certified” is of kind choice; name a question of kind date'),
    (MAKER, with_exit(('    proof: [copy]\n', '')), 'id: member',
     '“proof” is missing; name the questions whose answers or files prove the certificate'),
    (MAKER, with_exit(('proof: [copy]', 'proof: [copie]')), 'proof:',
     'there is no question “copie”; did you mean “copy”?'),
    (MAKER, with_exit(('keep: [closing]', 'keep: [closng]')), 'keep:',
     'there is no section “closng”; did you mean “closing”?'),
    (MAKER, with_exit(('keep: [closing]', 'keep: [closing, paper]\n    skip: [copy]')), 'skip:',
     '“copy” decides whether the exit is open; take it away from `skip`'),
    (MAKER, with_exit(('keep: [closing]', 'keep: [cyber, closing]')), 'keep:',
     'this exit hides nothing; name under `keep` only the sections that everybody must answer'),
    (MAKER, with_exit(('proof: [copy]', 'proof: [copy, rules]')), 'id: member',
     'its questions stand in cyber and paper; all but one of these sections go under `keep`'),
    (MAKER, with_exit(('ask: Until when?', 'ask: Until when?\n        shown_when: {question: rules, is: "yes"}')),
     'id: member', '“until” is asked because of “rules”, which this exit hides; keep the section of that one'),
    (MAKER, with_exit(('keep: [closing]\n', 'keep: [closing]\n' + AGAIN)), 'id: member\n    title: Again',
     'an exit “member” was there before; give each its own id'),
    (MAKER, with_rule('says:', 'say:'), 'id: rules-and-days', '“says” is missing; add it'),
    (CYBER, [('questions:', RULE.replace('    when: {all: [{', '    wen: {all: [{') + 'questions:')],
     'id: rules-and-days', '“when” is missing; say which answers do not fit together'),
    (CYBER, [('questions:', RULE.replace('question: days', 'question: dais') + 'questions:')], 'when: {all',
     'no question “dais” stands before this place; did you mean “days”?'),
    (MAKER, with_rule('    says:', '    at: [rules, notes]\n    says:'), 'at:',
     'no question “notes” stands before this place; did you mean “note”?'),
    (MAKER, with_rule('{all: [{question: rules, is: "no"}, {question: days, at_least: "14"}]}',
                      '{question: rules, is: "no"}'), 'id: rules-and-days',
     'a contradiction is between two answers; name the questions under `at`'),
    (MAKER, with_rule('kept.\n', 'kept.\n' + RULE_AGAIN), 'id: rules-and-days\n    says: Again',
     'a contradiction “rules-and-days” was there before; give each its own id'),
    (MAKER, with_review('for: reviewer', 'for: partner'), 'for: partner',
     '“for” cannot be “partner”; write reviewer, or leave it out for a section of the partner'),
    (MAKER, with_review('kind: text', 'kind: text\n        obligation: must'), 'id: review',
     '“impression” is for reviewers and not scored; take its criterion, obligation and weight away'),
    (MAKER, with_review('kind: text', 'kind: files'), 'id: review',
     '“impression” is for reviewers, who add no files; ask for a text'),
    (MAKER, [*with_review(), ('id: note', 'id: impression')], 'id: closing',
     'a question “impression” was there before; ids are unique in a questionnaire'),
    (MAKER, [*with_review(), ('id: note', 'id: note\n        shown_when: {question: impression, answered: "yes"}')],
     'shown_when:',
     'no question “impression” stands before this place; known are: rules, rules-when, places, days, reviewed'),
    (MAKER, [*with_review(), ('id: closing', 'id: review')], 'id: review\n    title: Closing',
     'a section “review” was there before; ids are unique in a questionnaire'),
]  # fmt: skip
