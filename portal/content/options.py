"""What each option of a question is worth and asks for, after everything that was said about it is merged."""

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from portal.content.fields import Fields, did_you_mean
from portal.content.schemes import AsksLayer, RawOption
from portal.core.judging import verdict_of
from portal.core.questionnaire import Asks, Kind, Need, Option
from portal.core.schemes import Scheme
from portal.core.worth import Obligation, Verdict

Worth = tuple[Verdict | None, Decimal | None]
WORTH_NOTHING: Worth = (None, None)


class Layers(Struct, frozen=True):
    """What was said of answers: by the questionnaire, the section and the groups, then by the question.

    `obligation` is the question's, so that an unmet should may ask for less than an unmet must.
    """

    inherited: tuple[AsksLayer, ...]
    own: AsksLayer
    obligation: Obligation | None = None


def asks_for(layers: Layers, id: str | None, verdict: Verdict | None, by_set: Mapping[str, Need]) -> Asks:
    """What an answer asks for: the set first, then each layer, in a layer `any`, the verdict, the verdict of a
    must or a should, the option's id. The widest `any`, a questionnaire's, leaves alone what the set says.
    """
    said: dict[str, Need] = dict(by_set)
    of_obligation = f"{layers.obligation} {verdict}" if layers.obligation and verdict else None
    for place, layer in enumerate((*layers.inherited, layers.own)):
        said.update({**layer.get("any", {}), **(by_set if place == 0 else {})})
        for name in (verdict, of_obligation, id):
            said.update(layer.get(name, {}) if name else {})
    return Asks(**said)


def resolve_options(
    fields: Fields,
    options: tuple[RawOption, ...],
    kind: Kind,
    scored: bool,
    scheme: Scheme,
    good: tuple[str, ...],
    credits: Fields | None,
    layers: Layers,
) -> tuple[Option, ...]:
    """The options with verdict, credit and needs. A question that is not scored has neither verdict nor credit."""
    worth = dict.fromkeys((option.id for option in options), WORTH_NOTHING)
    if scored:
        worth = {option.id: _worth(option, scheme) for option in options}
    _check_good(fields, kind, good, worth)
    if kind is Kind.CHOICE and good:
        worth = _turned(fields, worth, good)
    if kind is Kind.CHOICES:
        _check_several(fields, options)
        worth = _alone_is_nothing(fields, options, worth, good) if scored else worth
    if credits is not None and (kind is not Kind.CHOICE or not scored):
        fields.wrong("only a scored question with one answer has `credits`", "credits")
    worth = {**worth, **_own_credits(credits, worth)}
    _check_alternatives(fields, options, kind, credits, good)
    if kind is Kind.CHOICE and scored and all(verdict is None for verdict, _ in worth.values()):
        fields.wrong("a scored choice needs options with a verdict or a credit")
    return tuple(_resolved(option, worth[option.id], scored, layers) for option in options)


def _resolved(option: RawOption, worth: Worth, scored: bool, layers: Layers) -> Option:
    asks, accepted_as = asks_for(layers, option.id, worth[0], option.asks), Verdict.MET
    if option.alternative:
        # Not met until a reviewer accepts it, so it must be described; it is no gap that needs an action.
        accepted_as, asks = option.verdict or accepted_as, replace(asks, comment=Need.REQUIRED)
        worth = (Verdict.NOT_MET, Decimal(0)) if scored else worth
    return Option(
        id=option.id,
        label=option.label,
        verdict=worth[0],
        credit=worth[1],
        asks=asks,
        other=option.other,
        alone=option.alone,
        alternative=option.alternative,
        accepted_as=accepted_as,
        says=option.says,
    )


def _check_alternatives(
    fields: Fields, options: tuple[RawOption, ...], kind: Kind, credits: Fields | None, good: tuple[str, ...]
) -> None:
    for option in options:
        if option.alternative and (kind is not Kind.CHOICE or option.id in good or (credits and option.id in credits)):
            fields.wrong(f"“{option.id}” is an alternative measure: for one answer, worth what a reviewer says")


def relabelled(fields: Fields, options: tuple[RawOption, ...]) -> tuple[RawOption, ...]:
    """The options with the words and instructions that the question gives them."""
    words, says = _by_option(fields, "words", options), _by_option(fields, "says", options)
    return tuple(
        replace(option, label=words.get(option.id, option.label), says=says.get(option.id, option.says))
        for option in options
    )


def _by_option(fields: Fields, key: str, options: tuple[RawOption, ...]) -> dict[str, str]:
    part, known = fields.child(key), [option.id for option in options]
    if part is None:
        return {}
    for id in part.keys:
        if id not in known:
            part.wrong(f"“{id}” is no option here; {did_you_mean(id, known)}")
    return {id: part.text(id, required=True) for id in part.keys}


def _worth(option: RawOption, scheme: Scheme) -> Worth:
    if option.credit is not None:
        return option.verdict or verdict_of(option.credit), option.credit
    return option.verdict, scheme.credits.get(option.verdict) if option.verdict else None


def _check_good(fields: Fields, kind: Kind, good: tuple[str, ...], worth: Mapping[str, Worth]) -> None:
    if good and kind not in (Kind.CHOICE, Kind.CHOICES):
        fields.wrong(f"a {kind} has no good option; use `bands` for numbers and dates", "good")
        return
    for id in good:
        if id not in worth:
            fields.wrong(f"“{id}” is no option here; {did_you_mean(id, list(worth))}", "good")


def _turned(fields: Fields, worth: dict[str, Worth], good: tuple[str, ...]) -> dict[str, Worth]:
    """The worths given the other way round where the last scored option is the good one."""
    counted = [id for id, (_, credit) in worth.items() if credit is not None]
    if good == tuple(counted[:1]):
        return worth
    if good != tuple(counted[-1:]):
        fields.wrong("only the first or the last option can be the good one here; give `credits` for each", "good")
        return worth
    return {**worth, **{id: worth[twin] for id, twin in zip(counted, reversed(counted), strict=True)}}


def _check_several(fields: Fields, options: tuple[RawOption, ...]) -> None:
    """Of several choices the question earns and asks as a whole; what an option says of itself would go unheard."""
    for option in options:
        if option.alone:
            continue
        if option.asks:
            fields.wrong(f"several choices ask as a whole; put what “{option.id}” asks for at the question")
        if option.verdict or option.credit is not None:
            fields.wrong(f"several choices earn as a whole; name “{option.id}” in `good`, or leave its worth out")


def _alone_is_nothing(
    fields: Fields, options: tuple[RawOption, ...], worth: dict[str, Worth], good: tuple[str, ...]
) -> dict[str, Worth]:
    """In a scored choice of several, “none of these” earns nothing unless it says otherwise."""
    if not good:
        fields.wrong("a scored choice of several needs `good`: the options that earn full credit together")
    nothing: Worth = (Verdict.NOT_MET, Decimal(0))
    bare = {option.id for option in options if option.alone and worth[option.id] == WORTH_NOTHING}
    return {id: nothing if id in bare else one for id, one in worth.items()}


def _own_credits(credits: Fields | None, worth: Mapping[str, Worth]) -> dict[str, Worth]:
    if credits is None:
        return {}
    found: dict[str, Worth] = {}
    for id in credits.keys:
        credit = credits.decimal(id)
        if id not in worth:
            credits.wrong(f"“{id}” is no option here; {did_you_mean(id, list(worth))}")
        elif credit is None or not 0 <= credit <= 1:
            credits.wrong(f"the credit of “{id}” lies between 0 and 1", id)
        else:
            found[id] = (verdict_of(credit), credit)
    return found
