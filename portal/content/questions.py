"""Reads questions and resolves them: defaults merged, levels and weights looked up, options given their worth."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from portal.content.carrying import Carrying, carried_over, check_replaces, read_carrying
from portal.content.conditions import Scope, read_condition
from portal.content.fields import FLAGS, Fields, did_you_mean
from portal.content.limits import read_bands, read_limits
from portal.content.options import Layers, asks_for, relabelled, resolve_options
from portal.content.rows import read_rows, shown_with_rows
from portal.content.schemes import CREDITED, AsksLayer, RawOption, read_asks, read_options
from portal.content.weighing import read_sufficing
from portal.core.catalogue import Catalogue
from portal.core.conditions import All, Condition, Test
from portal.core.questionnaire import Asks, FactOf, Kind, Question
from portal.core.schemes import Scheme
from portal.core.worth import Obligation, Verdict

# Kinds without options of their own worth, whose answers are judged as a whole.
JUDGED = (Kind.CHOICES, Kind.NUMBER, Kind.PERCENTAGE)


# The names of answers that need no option; `should not-met` is an unmet should.
ANSWERS = {*Verdict, "any", *(f"{obligation} {verdict}" for obligation in Obligation for verdict in Verdict)}
# How a form names what goes with an answer, and the cells of rows, after the question's id and a hyphen.
PARTS = re.compile(r"comment|other|evidence|asking|action(-who|-due)?")
CELL = re.compile(r"[0-9]+-.+")


class Setting(Struct, frozen=True, kw_only=True):
    """What a question inherits from where it stands.

    A section that no questionnaire uses is read as if for `anybody`, its conditions looking at questions `elsewhere`.
    """

    catalogue: Catalogue
    answer_sets: Mapping[str, tuple[RawOption, ...]]
    scheme: Scheme
    business_type: str
    category: str
    layers: tuple[AsksLayer, ...] = ()
    shown_when: Condition | None = None
    heading: str = ""
    parent: str = ""
    left_out: frozenset[str] = frozenset()
    carrying: Carrying = Carrying()
    anybody: bool = False
    elsewhere: Mapping[str, Question] = {}

    def scope(self, seen: Mapping[str, Question]) -> Scope:
        """What a condition may look at here."""
        return Scope({**self.elsewhere, **seen} if self.elsewhere else seen)


def both(one: Condition | None, other: Condition | None) -> Condition | None:
    """Two conditions that must both hold."""
    if one is None or other is None:
        return one or other
    return All((one, other))


def read_questions(fields: Fields, setting: Setting, seen: dict[str, Question]) -> Iterator[Question]:
    """The questions under `questions`, groups and follow-ups laid flat; `seen` collects them by id."""
    for each in fields.each("questions"):
        if "questions" in each and "id" not in each:
            yield from _read_group(each, setting, seen)
        else:
            yield from _read_question(each, setting, seen)


def asked_of(fields: Fields, setting: Setting) -> bool:
    """Whether `only_for` lets this business type in."""
    types = fields.texts("only_for")
    for name in types:
        if name not in setting.catalogue.business_types:
            known = list(setting.catalogue.business_types)
            fields.wrong(f"“{name}” is no business type; {did_you_mean(name, known)}", "only_for")
    return not types or setting.anybody or setting.business_type in types


def known_answers(setting: Setting) -> set[str]:
    """The words by which the `asks` of more than one question may name an answer: verdicts, any, and shared answers."""
    return ANSWERS | {option.id for one in setting.answer_sets.values() for option in one}


def _read_group(fields: Fields, setting: Setting, seen: dict[str, Question]) -> Iterator[Question]:
    if not asked_of(fields, setting):
        return
    inner = replace(
        setting,
        shown_when=both(setting.shown_when, read_condition(fields.child("shown_when"), setting.scope(seen))),
        heading=fields.text("heading", setting.heading),
        layers=(*setting.layers, read_asks(fields.child("asks"), known_answers(setting))),
        carrying=read_carrying(fields, setting.carrying),
    )
    yield from read_sufficing(fields, list(read_questions(fields, inner, seen)))
    fields.done()


def _read_question(fields: Fields, setting: Setting, seen: dict[str, Question]) -> Iterator[Question]:
    id = fields.identifier()
    if not asked_of(fields, setting) or id in setting.left_out:
        return
    # Read for nobody in particular, the wordings for several business types stand side by side.
    if id in seen and not setting.anybody:
        fields.wrong(f"a question “{id}” was there before; ids are unique in a questionnaire", "id")
    question = _build(fields, setting, setting.scope(seen), id)
    own = f"{id}-"
    for other in seen.values():
        related = other.id.startswith(own) or id.startswith(f"{other.id}-")
        if related and (_share_a_name(other, question) or _share_a_name(question, other)):
            fields.wrong(f"“{other.id}” and “{id}” would give two fields of a form one name; change one id", "id")
    check_replaces(fields, question, seen)
    seen[id] = question
    yield question
    for follow_up in fields.each("follow_ups"):
        when = follow_up.texts("when")
        _check_words(follow_up, "when", when, question)
        condition = both(question.shown_when, Test(operator="is", operand=when, question=id))
        inner = replace(setting, shown_when=condition, parent=id)
        yield from read_questions(follow_up, inner, seen)
        follow_up.done()
    fields.done()


def _share_a_name(one: Question, other: Question) -> bool:
    """A form names the parts of a question by its id and a word; no other question may have such a name as its id."""
    before, _, after = other.id.partition(f"{one.id}-")
    return not before and bool(PARTS.fullmatch(after) or (one.kind is Kind.ROWS and CELL.fullmatch(after)))


def _check_words(fields: Fields, key: str, words: tuple[str, ...], question: Question) -> None:
    known = [option.id for option in question.options]
    if not words:
        fields.wrong(f"“{key}” is missing; name the answers of “{question.id}”")
    for word in words:
        if word not in known:
            fields.wrong(f"“{word}” is not an answer to “{question.id}”; {did_you_mean(word, known)}", key)


def _build(fields: Fields, setting: Setting, scope: Scope, id: str) -> Question:
    kind, options = _kind_and_options(fields, setting)
    criterion, obligation, weight = _worth(fields, setting, kind)
    scored = weight is not None
    known = ANSWERS | {option.id for option in options if kind is Kind.CHOICE or option.alone}
    layers = Layers(setting.layers, read_asks(fields.child("asks"), known), obligation)
    good, own = fields.texts("good"), fields.child("credits")
    question = Question(
        id=id,
        kind=kind,
        ask=fields.text("ask", required=True),
        label=fields.text("label"),
        help=fields.text("help"),
        typical_evidence=fields.text("typical_evidence"),
        criterion=criterion,
        category=criterion.split(".")[0] if criterion else setting.category,
        obligation=obligation,
        critical=fields.flag("critical"),
        weight=weight,
        required=fields.flag("required", default=kind is not Kind.STATEMENT),
        **_read_fact(fields, kind),
        options=resolve_options(fields, options, kind, scored, setting.scheme, good, own, layers),
        good=good if kind is Kind.CHOICES else (),
        bands=read_bands(fields, kind, scored, setting.scheme),
        asks=asks_for(layers, None, None, {}),
        asks_by_verdict=_by_verdict(layers) if scored and kind in JUDGED else {},
        shown_when=both(setting.shown_when, read_condition(fields.child("shown_when"), scope)),
        parent=setting.parent,
        heading=setting.heading,
        **read_rows(fields, kind, setting.scheme, setting.answer_sets, scope.questions),
        **carried_over(fields, kind, setting.carrying),
        **read_limits(fields, kind),
    )
    question = replace(question, shown_when=both(shown_with_rows(question), question.shown_when))
    if question.critical and not scored:
        fields.wrong("only a scored question can be critical; give it a `criterion`, an `obligation` or a `weight`")
    return question


def _read_fact(fields: Fields, kind: Kind) -> dict[str, Any]:
    """Whether it is a header fact, and what about: yes and no, or a word that says both."""
    said = fields.parsed("fact", _fact, f"write yes, no, {', '.join(FactOf)}")
    if not isinstance(said, FactOf):
        return {"fact": said is True}
    wanted = Kind.COUNTRY if said is FactOf.SITE_COUNTRY else Kind.TEXT
    if said in (FactOf.SITE_NAME, FactOf.SITE_CITY, FactOf.SITE_COUNTRY) and kind is not wanted:
        fields.wrong(f"“{said}” is filled in for every site; make this question a “{wanted}”", "fact")
    return {"fact": True, "fact_of": said}


def _fact(text: str) -> bool | FactOf:
    return FLAGS[text.lower()] if text.lower() in FLAGS else FactOf(text)


def _by_verdict(layers: Layers) -> dict[Verdict, Asks]:
    return {verdict: asks_for(layers, None, verdict, {}) for verdict in CREDITED}


def _kind_and_options(fields: Fields, setting: Setting) -> tuple[Kind, tuple[RawOption, ...]]:
    word = fields.text("kind", required=True)
    own, without = read_options(fields), fields.texts("without")
    answer_set = setting.answer_sets.get(word)
    if answer_set is None:
        if word not in list(Kind):
            known = [*Kind, *setting.answer_sets]
            fields.wrong(f"“{word}” is no kind of question; {did_you_mean(word, known)}", "kind")
            return Kind.TEXT, own
        kind, options = Kind(word), own
        if kind in (Kind.CHOICE, Kind.CHOICES) and not options:
            fields.wrong(f"a {kind} needs `options`, or the name of an answer set as its kind", "kind")
        if kind not in (Kind.CHOICE, Kind.CHOICES) and options:
            fields.wrong(f"a {kind} has no options; use choice or choices", "options")
    else:
        kind, options = Kind.CHOICE, answer_set
        if own:
            fields.wrong(f"“{word}” has its options in answers.yaml; use kind choice for options of its own", "options")
    for id in without:
        if id not in {option.id for option in options}:
            fields.wrong(f"there is no option “{id}” to leave out", "without")
    return kind, relabelled(fields, tuple(option for option in options if option.id not in without))


def _worth(fields: Fields, setting: Setting, kind: Kind) -> tuple[str, Obligation | None, Decimal | None]:
    """The criterion, how binding it is and the weight; no weight where the question is not scored."""
    criterion, obligation = fields.text("criterion"), fields.one_of("obligation", Obligation)
    weight = fields.decimal("weight")
    if weight is not None and weight < 0:
        fields.wrong("a weight is nought or more", "weight")
    if criterion:
        known = setting.catalogue.criteria.get(criterion)
        if known is None:
            remedy = did_you_mean(criterion, list(setting.catalogue.criteria))
            fields.wrong(f"“{criterion}” is no criterion of the catalogue; {remedy}", "criterion")
        elif setting.anybody:
            obligation = obligation or Obligation.MUST
        elif (level := known.obligation(setting.business_type)) is None:
            said = known.levels.get(setting.business_type, "?")
            fields.wrong(
                f"criterion {criterion} has the level “{said}” for {setting.business_type}; ask without it, "
                "or limit the question with `only_for`",
                "criterion",
            )
        else:
            obligation = obligation or level
    if kind is Kind.STATEMENT or (weight is None and obligation is None):
        return criterion, None, None
    if weight is None and obligation is not None:
        weight = setting.scheme.weights.get(obligation)
    return criterion, obligation, weight
