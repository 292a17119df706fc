"""What a file means once defaults are merged, levels looked up and answers given their worth."""

from decimal import Decimal

import pytest

from content.folder import MAKER, read, spoilt
from portal.content.bank import ids_in
from portal.content.fields import Notes, parse_yaml
from portal.content.library import content_hash
from portal.core.conditions import All, Test
from portal.core.questionnaire import Kind, Need
from portal.core.worth import Obligation, Verdict

YES = Test(operator="is", operand=("yes",), question="rules")


def questionnaire(tmp_path, files=None, id="maker"):
    library, mistakes = read(tmp_path, files)

    assert [] == [str(mistake) for mistake in mistakes]
    return library.questionnaires[id]


def asked(tmp_path, question, *lines, asks="", id="q"):
    """One question of the small folder, as it is read; `asks` stands at its section."""
    text = (
        f'id: cyber\ntitle: Cybersecurity\ncategory: "4"\n{asks}questions:\n'
        "  - {id: gate, kind: yes-partly-no, ask: Is there a gate?}\n"
        f"  - id: q\n    ask: What of it?\n    {question}\n" + "".join(f"    {line}\n" for line in lines)
    ).replace("ask: Is there a gate?", 'ask: "Is there a gate?"')
    return questionnaire(tmp_path, {"sections/cyber.yaml": text}).question(id)


def worth(question):
    return {option.id: (option.verdict, option.credit) for option in question.options}


FULL, HALF, NOUGHT = Decimal(1), Decimal("0.5"), Decimal(0)
MET, PARTLY, NOT_MET = (Verdict.MET, FULL), (Verdict.PARTLY_MET, HALF), (Verdict.NOT_MET, NOUGHT)
NOT_APPLICABLE, NOTHING = (Verdict.NOT_APPLICABLE, None), (None, None)


# What is scored and how much.


@pytest.mark.parametrize(
    ("said", "obligation", "weight", "category"),
    [
        ('criterion: "4.1"', Obligation.MUST, "3", "4"),
        ('criterion: "4.10"', Obligation.SHOULD, "1", "4"),
        ('criterion: "4.1"\n    obligation: should', Obligation.SHOULD, "1", "4"),
        ('criterion: "4.1"\n    weight: "7"', Obligation.MUST, "7", "4"),
        ('criterion: "4.1"\n    weight: "0"', Obligation.MUST, "0", "4"),
        ("obligation: must", Obligation.MUST, "3", "4"),
        ('weight: "2.5"', None, "2.5", "4"),
        ("label: x", None, None, "4"),
    ],
)
def test_a_question_is_scored_when_it_has_a_criterion_an_obligation_or_a_weight(
    tmp_path, said, obligation, weight, category
):
    found = asked(tmp_path, "kind: yes-partly-no", said)

    assert (obligation, None if weight is None else Decimal(weight), category) == (
        found.obligation, found.weight, found.category,
    )  # fmt: skip
    assert (weight is None) is (worth(found) == dict.fromkeys(worth(found), NOTHING))


def test_levels_are_those_of_the_first_business_type(tmp_path):
    files = {
        "maker.yaml": spoilt("maker.yaml", ("[maker]", "[carrier, maker]"), ("use: cyber", "use: fence")),
        "sections/fence.yaml": (
            "id: fence\ntitle: Fence\nquestions:\n"
            '  - {id: fence, criterion: "9.2", kind: yes-partly-no, ask: "Is there one?"}\n'
        ),
    }
    found = questionnaire(tmp_path, files)

    assert (Obligation.MUST, "9") == (found.question("fence").obligation, found.question("fence").category)
    assert ["4.1", "9.2"] == list(found.criteria)


@pytest.mark.parametrize(
    ("category", "expected"), [('category: "9"\n', "9"), ("", "cyber"), ("category: own\n", "own")]
)
def test_a_question_without_a_criterion_counts_in_its_sections_category(tmp_path, category, expected):
    text = f'id: cyber\ntitle: Our own\n{category}questions:\n  - {{id: q, weight: "1", kind: text, ask: Say it.}}\n'
    found = questionnaire(tmp_path, {"sections/cyber.yaml": text})

    assert expected == found.question("q").category
    assert {"9": "Fences"}.get(expected, "Our own") == found.categories[expected]


def test_a_statement_is_never_scored(tmp_path):
    found = asked(tmp_path, "kind: statement", "obligation: must")

    assert (None, None, False) == (found.weight, found.obligation, found.required)


# What options are worth.


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("label: x", [MET, PARTLY, NOT_MET, NOT_APPLICABLE]),
        ("good: yes", [MET, PARTLY, NOT_MET, NOT_APPLICABLE]),
        ("good: no", [NOT_MET, PARTLY, MET, NOT_APPLICABLE]),
        ("good: [no]", [NOT_MET, PARTLY, MET, NOT_APPLICABLE]),
        (
            'credits: {yes: "0", partly: "0.25", no: "1"}',
            [NOT_MET, (Verdict.PARTLY_MET, Decimal("0.25")), MET, NOT_APPLICABLE],
        ),
        ('good: no\n    credits: {partly: "1"}', [NOT_MET, MET, MET, NOT_APPLICABLE]),
    ],
)
def test_a_set_is_worth_what_it_says_unless_the_question_says_otherwise(tmp_path, said, expected):
    found = asked(tmp_path, "kind: yes-partly-no", "obligation: must", said)

    assert expected == list(worth(found).values())
    assert Kind.CHOICE is found.kind


def test_options_of_a_set_can_be_left_out(tmp_path):
    found = asked(tmp_path, "kind: yes-partly-no", "obligation: must", "without: [partly, not-applicable]", "good: no")

    assert {"yes": NOT_MET, "no": MET} == worth(found)


def test_an_option_with_a_credit_has_the_verdict_that_follows_from_it(tmp_path):
    credits = (', credit: "1"', ', credit: "0.1"', ', credit: "0"', "")
    options = [f"  - {{id: {id}, label: {id}{credit}}}" for id, credit in zip("abcd", credits, strict=True)]
    found = asked(tmp_path, "kind: choice", "obligation: must", "options:", *options)

    assert [MET, (Verdict.PARTLY_MET, Decimal("0.1")), NOT_MET, NOTHING] == list(worth(found).values())


def test_none_of_these_is_a_bad_answer_unless_it_says_otherwise(tmp_path):
    several = (
        "good: [a]",
        "options:",
        "  - {id: a, label: A}",
        '  - {id: none, label: None of these, alone: "yes"}',
        '  - {id: nobody, label: Nobody, alone: "yes", verdict: not-applicable}',
    )

    assert {"a": NOTHING, "none": NOT_MET, "nobody": NOT_APPLICABLE} == worth(
        asked(tmp_path / "scored", "kind: choices", "obligation: must", *several)
    )
    assert {NOTHING} == set(worth(asked(tmp_path / "free", "kind: choices", *several)).values())


def test_bands_may_name_a_credit_or_a_verdict(tmp_path):
    found = asked(
        tmp_path, "kind: number", "obligation: must", "bands:",
        '  - {at_least: "10", verdict: met}', '  - {at_least: "5", credit: "0.3"}', "  - {verdict: partly-met}",
    )  # fmt: skip

    assert [(Decimal(10), *MET), (Decimal(5), Verdict.PARTLY_MET, Decimal("0.3")), (None, *PARTLY)] == [
        (band.at_least, band.verdict, band.credit) for band in found.bands
    ]


# What answers ask for.


def comments(question):
    return {option.id: option.asks.comment.value for option in question.options}


NEITHER = {"yes": "allowed", "partly": "allowed", "no": "required", "not-applicable": "required"}


@pytest.mark.parametrize(
    ("section", "own", "expected"),
    [
        ("", "label: x", NEITHER),
        ("asks: {partly-met: {comment: recommended}}\n", "label: x", {**NEITHER, "partly": "recommended"}),
        ("asks: {not-met: {comment: none}}\n", "label: x", {**NEITHER, "no": "none"}),
        ("asks: {not-met: {comment: none}}\n", "asks: {no: {comment: required}}", NEITHER),
        ("asks: {any: {comment: none}}\n", "label: x", dict.fromkeys(NEITHER, "none")),
        ("", "asks: {any: {comment: none}, no: {comment: recommended}}",
         {**dict.fromkeys(NEITHER, "none"), "no": "recommended"}),
        ("", "asks: {no: {comment: recommended}, not-met: {comment: none}}", {**NEITHER, "no": "recommended"}),
        ("", "asks: {must not-met: {comment: none}}", {**NEITHER, "no": "none"}),
        ("", "asks: {should not-met: {comment: none}}", NEITHER),
        ("", "good: no", {**NEITHER, "yes": "required", "no": "allowed"}),
    ],
)  # fmt: skip
def test_the_nearer_and_the_narrower_word_wins(tmp_path, section, own, expected):
    """The questionnaire asks for a comment on what is not met, the set for one on what does not apply."""
    assert expected == comments(asked(tmp_path, "kind: yes-partly-no", "obligation: must", own, asks=section))


def test_an_any_of_the_whole_questionnaire_leaves_alone_what_the_answer_set_says(tmp_path):
    """Forms say once that everything may have an action; the set still asks for its comment on what does not apply."""
    every = spoilt(
        "maker.yaml", ("asks:\n  not-met: {comment: required}", "asks:\n  any: {comment: none, action: allowed}")
    )
    library, _ = read(tmp_path, {"maker.yaml": every})
    rules = library.questionnaires["maker"].question("rules")

    assert {**dict.fromkeys(NEITHER, "none"), "not-applicable": "required"} == comments(rules)
    assert {"allowed"} == {option.asks.action.value for option in rules.options}


def test_an_answer_that_is_not_scored_has_no_verdict_that_could_ask(tmp_path):
    assert {**NEITHER, "no": "allowed"} == comments(asked(tmp_path, "kind: yes-partly-no"))


def test_a_layer_leaves_what_it_does_not_name_alone(tmp_path):
    found = asked(tmp_path, "kind: yes-partly-no", "obligation: must", "asks: {not-met: {action: required}}")
    no = found.option("no").asks

    assert (Need.REQUIRED, Need.ALLOWED, Need.REQUIRED) == (no.comment, no.evidence, no.action)


def test_a_number_asks_by_the_verdict_of_its_band(tmp_path):
    found = asked(tmp_path, "kind: number", "obligation: must", 'bands: [{at_least: "1", credit: "1"}]')

    assert {Verdict.MET: Need.ALLOWED, Verdict.PARTLY_MET: Need.ALLOWED, Verdict.NOT_MET: Need.REQUIRED} == {
        verdict: asks.comment for verdict, asks in found.asks_by_verdict.items()
    }


def test_a_number_that_is_not_scored_asks_for_nothing_by_verdict(tmp_path):
    assert {} == asked(tmp_path, "kind: number").asks_by_verdict


# Where questions stand.


def test_follow_ups_and_groups_stand_flat_behind_each_other_with_their_conditions(tmp_path):
    found = questionnaire(tmp_path)
    rules_when, reviewed = found.question("rules-when"), found.question("reviewed")

    assert ["rules", "rules-when", "places", "days", "reviewed"] == [one.id for one in found.sections[0].questions]
    assert ("rules", Test(operator="is", operand=("no",), question="rules")) == (
        rules_when.parent, rules_when.shown_when,
    )  # fmt: skip
    assert ("", "Rules", YES) == (reviewed.parent, reviewed.heading, reviewed.shown_when)


def test_a_follow_up_inherits_the_condition_of_what_it_follows(tmp_path):
    text = spoilt(
        "sections/cyber.yaml",
        ("kind: text\n",
         "kind: yes-partly-no\n        follow_ups:\n          - when: [no, partly]\n            questions:\n"
         "              - {id: why, kind: text, ask: Why not}\n"),
    )  # fmt: skip
    found = questionnaire(tmp_path, {"sections/cyber.yaml": text}).question("why")

    assert All((YES, Test(operator="is", operand=("no", "partly"), question="reviewed"))) == found.shown_when
    assert ("reviewed", "Rules") == (found.parent, found.heading)


def test_groups_within_groups_need_all_their_conditions(tmp_path):
    text = spoilt(
        "sections/cyber.yaml",
        ("      - id: reviewed\n        kind: text\n        ask: Who reviews them?\n",
         "      - shown_when: {question: places, is: gate}\n        questions:\n"
         "          - {id: reviewed, kind: text, ask: Who, shown_when: {question: days, above: \"3\"}}\n"),
    )  # fmt: skip
    found = questionnaire(tmp_path, {"sections/cyber.yaml": text}).question("reviewed")

    assert (
        All(
            (
                All((YES, Test(operator="is", operand=("gate",), question="places"))),
                Test(operator="above", operand=("3",), question="days"),
            )
        )
        == found.shown_when
    )
    assert "Rules" == found.heading


def test_what_is_for_other_business_types_is_not_in_the_questionnaire(tmp_path):
    text = spoilt(
        "sections/cyber.yaml",
        ('label: "4.1"', "only_for: [maker]"),
        ("ask: How many", "only_for: [carrier]\n    ask: How many"),
    )
    found = questionnaire(tmp_path, {"sections/cyber.yaml": text})

    assert ["rules", "rules-when", "places", "reviewed"] == [one.id for one in found.sections[0].questions]


def test_an_id_may_stand_twice_in_the_bank_where_no_business_type_is_asked_both(tmp_path):
    """The same question with and without its criterion, its text written once."""
    text = (
        'id: cyber\ntitle: Our own\ncategory: "4"\nquestions:\n'
        '  - {id: q, only_for: [maker], criterion: "4.10", kind: yes-partly-no, ask: &ask Are the places known?}\n'
        "  - {id: q, only_for: [carrier], obligation: should, kind: yes-partly-no, ask: *ask }\n"
    )
    files = {
        "sections/cyber.yaml": text,
        "carrier.yaml": spoilt("maker.yaml", ("id: maker", "id: carrier"), ("[maker]", "[carrier]")),
    }
    found = [questionnaire(tmp_path, files, id).question("q") for id in ("maker", "carrier")]

    assert [("4.10", "Are the places known?"), ("", "Are the places known?")] == [
        (one.criterion, one.ask) for one in found
    ]
    assert [Obligation.SHOULD] * 2 == [one.obligation for one in found]


def test_a_section_for_other_business_types_is_left_out(tmp_path):
    text = spoilt("sections/cyber.yaml", ('category: "4"', "only_for: [carrier]"))

    assert ["closing"] == [section.id for section in questionnaire(tmp_path, {"sections/cyber.yaml": text}).sections]


def test_a_question_that_is_left_out_takes_its_follow_ups_with_it(tmp_path):
    files = {
        "maker.yaml": spoilt("maker.yaml", ("use: cyber", "use: cyber\n    leave_out: [places, days]")),
    }

    assert ["rules", "rules-when", "reviewed"] == [
        one.id for one in questionnaire(tmp_path, files).sections[0].questions
    ]


def test_leaving_out_what_a_condition_looks_at_is_a_mistake(tmp_path):
    files = {"maker.yaml": spoilt("maker.yaml", ("use: cyber", "use: cyber\n    leave_out: rules"))}
    _, mistakes = read(tmp_path, files)
    sentence = "no question “rules” stands before this place; known are: places, days"

    assert [f"questionnaires/sections/cyber.yaml:32: {sentence}"] == [str(mistake) for mistake in mistakes]


def test_a_questionnaire_may_give_a_shared_section_a_title_and_label_of_its_own(tmp_path):
    files = {"maker.yaml": spoilt("maker.yaml", ("use: cyber", "use: cyber\n    title: Computers\n    label: IV"))}
    section = questionnaire(tmp_path, files).sections[0]

    assert ("cyber", "Computers", "IV") == (section.id, section.title, section.label)


def test_a_section_may_be_shown_for_some_partners_only(tmp_path):
    text = spoilt("sections/cyber.yaml", ('category: "4"', "shown_when: {fact: country, is: [VN, MX]}"))
    found = questionnaire(tmp_path, {"sections/cyber.yaml": text}).sections[0]

    assert Test(operator="is", operand=("VN", "MX"), fact="country") == found.shown_when


# The library.


def test_a_business_type_has_its_questionnaire(tmp_path):
    library, _ = read(tmp_path)

    assert "maker" == library.for_business_type("maker").id
    assert library.for_business_type("carrier") is None


def test_the_same_content_has_the_same_hash_wherever_it_lies(tmp_path):
    one, other = questionnaire(tmp_path / "a"), questionnaire(tmp_path / "b")

    assert content_hash(one) == content_hash(other)
    assert len(content_hash(one)) == 64


@pytest.mark.parametrize("after", ["# A comment changes nothing.\n", ""])
def test_comments_and_the_order_of_keys_do_not_change_the_hash(tmp_path, after):
    text = MAKER.replace("id: maker\ntitle: Makers\n", "title: Makers\nid: maker\n") + after

    assert content_hash(questionnaire(tmp_path / "a")) == content_hash(
        questionnaire(tmp_path / "b", {"maker.yaml": text})
    )


def test_a_change_in_a_shared_section_changes_the_hash(tmp_path):
    text = spoilt("sections/cyber.yaml", ("Are there rules?", "Are there written rules?"))

    assert content_hash(questionnaire(tmp_path / "a")) != content_hash(
        questionnaire(tmp_path / "b", {"sections/cyber.yaml": text})
    )


def test_ids_of_questions_are_told_apart_from_ids_of_options():
    fields = parse_yaml(
        "id: s\nquestions: [{id: q, kind: choice, ask: Q, options: [{id: a, label: A}]}]", "file", Notes()
    )

    assert {"q"} == ids_in(fields.node)
