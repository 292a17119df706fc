"""Reads contradictions: answers that can hardly be true together, and what is then said."""

from collections.abc import Container, Iterator

import yaml

from portal.content.conditions import Scope, read_condition
from portal.content.fields import Fields, did_you_mean
from portal.core.conditions import tests
from portal.core.rules import Contradiction


def read_contradictions(
    fields: Fields, scope: Scope, found: dict[str, Contradiction], elsewhere: Container[str] = ()
) -> None:
    """Add the contradictions under `contradictions` to those found before.

    A rule of the bank that looks at a question which this questionnaire does not ask (it is `elsewhere` in the bank)
    is left out, since sections are shared by questionnaires that differ.
    """
    for each in fields.each("contradictions"):
        if any(id in elsewhere and id not in scope.questions for id in _questions_in(each.node)):
            continue
        rule = _read_contradiction(each, scope)
        if rule is not None and rule.id in found:
            each.wrong(f"a contradiction “{rule.id}” was there before; give each its own id", "id")
        elif rule is not None:
            found[rule.id] = rule


def _read_contradiction(fields: Fields, scope: Scope) -> Contradiction | None:
    if "when" not in fields:
        fields.wrong("“when” is missing; say which answers do not fit together")
    when = read_condition(fields.child("when"), scope)
    id, says, at = fields.identifier(), fields.text("says", required=True), fields.texts("at")
    fields.done()
    for one in at:
        if one not in scope.questions:
            hint = did_you_mean(one, list(scope.questions))
            fields.wrong(f"no question “{one}” stands before this place; {hint}", "at")
    looked_at = tuple(dict.fromkeys(test.question for test in tests(when) if test.question))
    if when is not None and not at and len(looked_at) < 2:
        fields.wrong("a contradiction is between two answers; name the questions under `at`")
    return None if when is None else Contradiction(id=id, when=when, says=says, at=at or looked_at)


def _questions_in(node: yaml.Node) -> Iterator[str]:
    """Every question that a rule names, in its condition and under `at`."""
    if isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from _questions_in(part)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "question" and isinstance(value, yaml.ScalarNode):
                yield str(value.value)
            elif key.value == "at":
                parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
                yield from (str(part.value) for part in parts if isinstance(part, yaml.ScalarNode))
            else:
                yield from _questions_in(value)
