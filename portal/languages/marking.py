"""Texts that carry their language with them, until the page is whole and it is known what may stand where.

A text in another language than its page (English, where a translation is missing; the second of two languages) is
said with marks around it. In the flow of a page they become an element with `lang` and `dir`; in attributes, titles
and lists of choices, where no element may stand, they go. Templates need not know which of the two they write.

The marks are noncharacters, which Unicode keeps for the inside of programs; no answer may hold one.
"""

import re
from typing import NamedTuple

from portal.languages.tongues import is_language, tongue

# Each mark begins alike, so that a page is cut at all of them in one go, and goes on with its sort.
MARK, TEXT = "\ufdd0", "\ufdd4"
OTHER, SECOND, END = (MARK + sort for sort in "\ufdd1\ufdd2\ufdd3")
PART = re.compile(rf"{MARK}([{OTHER[1]}{SECOND[1]}])(\w+){TEXT}([^{MARK}]*){END}|([^{MARK}]+)")
# Elements that hold bare text only; of two languages a list shows both, a title the first.
BARE = ("<title", "<textarea")
CHOICE = "<option"
BETWEEN = " / "
LONGEST_NAME = 10


class Place(NamedTuple):
    """A place in a page: within a tag, that is in an attribute, since all else is escaped; and the tag begun last."""

    in_tag: bool
    element: str


FLOW, ATTRIBUTE = Place(False, ""), Place(True, "")


def in_other(text: str, language: str) -> str:
    """A text in another language than what is around it."""
    return f"{OTHER}{language}{TEXT}{text}{END}"


def beside(first: str, second: str, language: str) -> str:
    """A text with the same in a second language after it."""
    return f"{first}{SECOND}{language}{TEXT}{second}{END}"


def parts(text: str) -> list[tuple[str, str, bool]]:
    """A questionnaire's text taken apart: each text, its language (nothing: the page's), whether it is the second."""
    return [(one[2] or one[3], one[1], one[0] == SECOND[1]) for one in PART.findall(text)]


def plain(text: str) -> str:
    """A text without marks, in the first language only; for what is no page."""
    return _resolved(text, ATTRIBUTE) if MARK in text else text


def opening(language: str, second: bool, element: str = "span") -> str:
    """The tag before a text in another language."""
    other = tongue(language)
    sort = ' class="second"' if second else ""
    return f'{" " if second else ""}<{element}{sort} lang="{other.tag}" dir="{other.direction}">'


def as_html(page: str) -> str:
    """A page, or a piece of one, with its marks made into elements where elements may stand."""
    return _resolved(page, FLOW) if MARK in page else page


def _resolved(text: str, place: Place) -> str:
    first, *pieces = text.split(MARK)
    out, place = [first], _place_after(first, place)
    ends: list[str | None] = []  # what ends each open mark; None where the text within is left out
    for piece in pieces:
        sort, words = piece[:1], piece[1:]
        if sort == END[1]:
            tag = ends.pop() if ends else ""
        else:
            language, _, words = words.partition(TEXT)
            tag, end = _around(place, language, sort == SECOND[1])
            ends.append(end)
        if None not in ends:
            out += (tag or "", words)
        place = _place_after(words, place)
    return "".join(out)


def _place_after(words: str, place: Place) -> Place:
    """Where in a page one is after some more of it; in an attribute for good where it is no page."""
    start, end = words.rfind("<"), words.rfind(">")
    if place is ATTRIBUTE:
        return place
    if start < 0:
        return Place(place.in_tag and end < 0, place.element)
    return Place(end < start, words[start : start + LONGEST_NAME])


def _around(place: Place, language: str, second: bool) -> tuple[str, str | None]:
    """What stands before and after a marked text, by where in the page it is."""
    if not is_language(language):
        return "", ""  # not from us
    if place.in_tag or place.element.startswith(BARE):
        return "", None if second else ""
    if place.element.startswith(CHOICE):
        return (BETWEEN, "") if second else ("", "")
    return opening(language, second), "</span>"
