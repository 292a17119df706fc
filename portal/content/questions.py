"""Reads questions and resolves them: defaults merged, levels and weights looked up, options given their worth."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from portal.content.conditions import Scope, read_condition
from portal.content.fields import Fields, did_you_mean
from portal.content.options import Layers, asks_for, resolve_options
from portal.content.schemes import AsksLayer, RawOption, read_asks, read_options
from portal.core.catalogue import Catalogue
from portal.core.conditions import All, Condition, Test
from portal.core.judging import verdict_of
from portal.core.questionnaire import Asks, Band, Column, Kind, Obligation, Question, Scheme, Verdict

BANDED = (Kind.NUMBER, Kind.PERCENTAGE, Kind.DATE)
# Kinds without options of their own worth, whose answers are judged as a whole.
JUDGED = (Kind.CHOICES, Kind.NUMBER, Kind.PERCENTAGE)
COLUMN_KINDS = (Kind.TEXT, Kind.NUMBER, Kind.PERCENTAGE, Kind.DATE, Kind.CHOICE, Kind.COUNTRY, Kind.EMAIL)
ID = "abcdefghijklmnopqrstuvwxyz0123456789-"


class Setting(Struct, frozen=True, kw_only=True):
    """What a question inherits from where it stands."""

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
    return not types or setting.business_type in types


def known_answers(setting: Setting, options: tuple[RawOption, ...] = ()) -> set[str]:
    """The words by which `asks` may name an answer: verdicts, any, and option ids."""
    verdicts = {*Verdict, "any", *(f"{obligation} {verdict}" for obligation in Obligation for verdict in Verdict)}
    if options:
        return verdicts | {option.id for option in options}
    return verdicts | {option.id for one in setting.answer_sets.values() for option in one}


def _read_group(fields: Fields, setting: Setting, seen: dict[str, Question]) -> Iterator[Question]:
    if not asked_of(fields, setting):
        return
    inner = replace(
        setting,
        shown_when=both(setting.shown_when, read_condition(fields.child("shown_when"), Scope(seen))),
        heading=fields.text("heading", setting.heading),
        layers=(*setting.layers, read_asks(fields.child("asks"), known_answers(setting))),
    )
    yield from read_questions(fields, inner, seen)
    fields.done()


def _read_question(fields: Fields, setting: Setting, seen: dict[str, Question]) -> Iterator[Question]:
    id = fields.text("id", required=True)
    if not asked_of(fields, setting) or id in setting.left_out:
        return
    if id and set(id) - set(ID):
        fields.wrong(f"the id “{id}” has other signs than lower-case letters, digits and hyphens", "id")
    if id in seen:
        fields.wrong(f"a question “{id}” was there before; ids are unique in a questionnaire", "id")
    question = _build(fields, setting, Scope(seen), id)
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
    layers = Layers(setting.layers, read_asks(fields.child("asks"), known_answers(setting, options)), obligation)
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
        fact=fields.flag("fact"),
        options=resolve_options(fields, options, kind, scored, setting.scheme, good, own, layers),
        good=good if kind is Kind.CHOICES else (),
        bands=_bands(fields, kind, scored, setting.scheme),
        asks=asks_for(layers, None, None, {}),
        asks_by_verdict=_by_verdict(layers) if scored and kind in JUDGED else {},
        shown_when=both(setting.shown_when, read_condition(fields.child("shown_when"), scope)),
        parent=setting.parent,
        heading=setting.heading,
        columns=tuple(_column(column, setting) for column in fields.each("columns")),
        **_limits(fields),
    )
    _check_rows(fields, question)
    return question


def _by_verdict(layers: Layers) -> dict[Verdict, Asks]:
    judged = (Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET)
    return {verdict: asks_for(layers, None, verdict, {}) for verdict in judged}


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
    return kind, tuple(option for option in options if option.id not in without)


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


def _bands(fields: Fields, kind: Kind, scored: bool, scheme: Scheme) -> tuple[Band, ...]:
    bands = tuple(_band(band, scheme) for band in fields.each("bands"))
    if bands and kind not in BANDED:
        fields.wrong(f"a {kind} has no bands; they are for number, percentage and date", "bands")
    if scored and kind in BANDED and not bands:
        fields.wrong(f"a scored {kind} needs `bands`, so that it is clear what a good answer is")
    return bands


def _band(fields: Fields, scheme: Scheme) -> Band:
    verdict, credit = fields.one_of("verdict", Verdict), fields.decimal("credit")
    if credit is None:
        credit = scheme.credits.get(verdict) if verdict else None
    if credit is None or not 0 <= credit <= 1:
        fields.wrong("a band needs a `credit` from 0 to 1, or a `verdict`")
    months = fields.integer("within_months", 0)
    credit = credit or Decimal(0)
    band = Band(
        at_least=fields.decimal("at_least"),
        within_months=months or None,
        verdict=verdict or verdict_of(credit),
        credit=credit,
    )
    fields.done()
    return band


def _column(fields: Fields, setting: Setting) -> Column:
    kind = fields.one_of("kind", Kind) or Kind.TEXT
    if kind not in COLUMN_KINDS:
        fields.wrong(f"a column cannot be {kind}; known are: {', '.join(COLUMN_KINDS)}", "kind")
    options = read_options(fields)
    if kind is Kind.CHOICE and not options:
        fields.wrong("a choice column needs `options`", "kind")
    column = Column(
        id=fields.text("id", required=True),
        label=fields.text("label", required=True),
        kind=kind,
        required=fields.flag("required"),
        options=resolve_options(fields, options, kind, False, setting.scheme, (), None, Layers((), {})),
    )
    fields.done()
    return column


def _limits(fields: Fields) -> dict[str, Any]:
    def day(key: str) -> date | None:
        value = fields.parsed(key, date.fromisoformat, "write a date such as 2026-03-31")
        return value if isinstance(value, date) else None

    when = fields.text("when")
    if when not in ("", "past", "future"):
        fields.wrong(f"“when” cannot be “{when}”; write past or future", "when")
    return {
        "unit": fields.text("unit"),
        "at_least": fields.decimal("at_least"),
        "at_most": fields.decimal("at_most"),
        "decimals": fields.integer("decimals", 0),
        "not_before": day("not_before"),
        "not_after": day("not_after"),
        "when": when,
        "longest": fields.integer("longest", 2000),
        "lines": fields.integer("lines", 1),
        "fewest": fields.integer("fewest", 0),
        "most": fields.integer("most", 50),
    }


def _check_rows(fields: Fields, question: Question) -> None:
    if question.kind is Kind.ROWS and not question.columns:
        fields.wrong("rows need `columns`")
    if question.kind is not Kind.ROWS and question.columns:
        fields.wrong("columns are for rows", "columns")
    if question.fewest > question.most:
        fields.wrong("“fewest” is more than “most”", "fewest")
    if None not in (question.at_least, question.at_most) and question.at_least > question.at_most:  # type: ignore[operator]
        fields.wrong("“at_least” is more than “at_most”", "at_least")
