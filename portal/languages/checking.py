"""What the catalogues lack: texts that are not translated, that changed since, or that lost a placeholder."""

import re
from collections import Counter
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from msgspec import Struct

from portal.content.fields import InvalidContent, Mistake
from portal.content.library import Library
from portal.languages.extracting import own_words, what_questionnaires_say
from portal.languages.reading import read_catalogue, text_of
from portal.languages.tongues import ENGLISH
from portal.languages.words import FOLDER, OWN, Languages

# What must stand in a translation as it stands in the English text: places for values, addresses of links, code.
PLACEHOLDERS = re.compile(r"%\(\w+\)s|\{\w+\}|(?<=\]\()[^)\s]+(?=\))|`[^`]+`|https?://[^\s)>\]]+")
LONGEST_SHOWN = 60


class Report(Struct, frozen=True, kw_only=True):
    """One catalogue held against the English texts."""

    texts: int
    missing: tuple[Mistake, ...] = ()
    stale: tuple[Mistake, ...] = ()
    wrong: tuple[Mistake, ...] = ()


def check_languages(questionnaires: Path, library: Library, own: Path = OWN) -> dict[str, Report]:
    """Every language with what both its catalogues lack, by its code."""
    sources = {own: own_words(), questionnaires / FOLDER: what_questionnaires_say(library)}
    return {
        code: _together([check_catalogue(place / f"{code}.po", english) for place, english in sources.items()])
        for code in Languages(questionnaires, own).tongues
        if code != ENGLISH
    }


def _together(reports: list[Report]) -> Report:
    return Report(
        texts=sum(one.texts for one in reports),
        missing=tuple(mistake for one in reports for mistake in one.missing),
        stale=tuple(mistake for one in reports for mistake in one.stale),
        wrong=tuple(mistake for one in reports for mistake in one.wrong),
    )


def check_catalogue(path: Path, english: Catalog) -> Report:
    """What a catalogue lacks; a file that is no catalogue is one mistake, and everything is missing."""
    wanted = [text_of(one) for one in english if one.id]
    try:
        kept = read_catalogue(path)
    except InvalidContent as fact:
        return Report(texts=len(wanted), wrong=tuple(fact.mistakes))
    lines = {text_of(one): one for one in kept if one.id}
    past = {text_of(one): one for one in kept.obsolete.values()}
    missing, stale = list[Mistake](), list[Mistake]()
    for text in wanted:
        one = lines.get(text)
        if one is None and text in past:
            stale.append(
                _mistake(path, past[text], f"“{_short(text)}” is used again; run `portal translations update`")
            )
        elif one is None or not one.string:
            missing.append(_mistake(path, one, f"“{_short(text)}” is not translated"))
        elif one.fuzzy:
            stale.append(_mistake(path, one, f"“{_short(text)}” was reworded; see that this fits, take “fuzzy” away"))
    for text in lines.keys() - {*wanted}:
        stale.append(_mistake(path, lines[text], f"“{_short(text)}” is said nowhere; run `portal translations update`"))
    translated = {text: one for text, one in lines.items() if one.string and not one.fuzzy}
    differing = {text: difference(text, str(one.string)) for text, one in translated.items()}
    wrong = tuple(_mistake(path, lines[text], what) for text, what in differing.items() if what)
    return Report(texts=len(wanted), missing=tuple(missing), stale=tuple(sorted(stale)), wrong=wrong)


def _mistake(path: Path, message: Message | None, text: str) -> Mistake:
    return Mistake(str(path), message.lineno or 1 if message else 1, text)


def difference(english: str, translation: str) -> str:
    """What of an English text its translation lost or invented; empty for nothing."""
    wanted, found = Counter(PLACEHOLDERS.findall(english)), Counter(PLACEHOLDERS.findall(translation))
    lost, invented = [*(wanted - found)], [*(found - wanted)]
    said = [f"lacks {', '.join(lost)}"] if lost else []
    said += [f"has {', '.join(invented)}, which the English text has not"] if invented else []
    return f"the translation of “{_short(english)}” {' and '.join(said)}; write them as they are" if said else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1]}…"
