"""Texts that carry their language with them, until the page is whole and it is known what may stand where.

A text in another language than its page (English, where a translation is missing; the second of two languages) is
said with marks around it. In the flow of a page they become an element with `lang` and `dir`; in attributes, titles
and lists of choices, where no element may stand, they go. Templates need not know which of the two they write.

The marks are noncharacters, which Unicode keeps for the inside of programs; no answer may hold one.
"""

import re

from portal.languages.tongues import tongue

OTHER, SECOND, TEXT, END = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
MARK = re.compile(f"([{OTHER}{SECOND}])(\\w+){TEXT}|{END}")
PART = re.compile(f"([{OTHER}{SECOND}])(\\w+){TEXT}([^{END}]*){END}|([^{OTHER}{SECOND}]+)")
# Elements that hold bare text only; of two languages a list shows both, a title the first.
BARE = ("<title", "<textarea")
CHOICE = "<option"
BETWEEN = " / "


def in_other(text: str, language: str) -> str:
    """A text in another language than what is around it."""
    return f"{OTHER}{language}{TEXT}{text}{END}"


def beside(first: str, second: str, language: str) -> str:
    """A text with the same in a second language after it."""
    return f"{first}{SECOND}{language}{TEXT}{second}{END}"


def parts(text: str) -> list[tuple[str, str, bool]]:
    """A questionnaire's text taken apart: each text, its language (nothing: the page's), whether it is the second."""
    return [(one[2] or one[3], one[1], one[0] == SECOND) for one in PART.findall(text)]


def plain(text: str) -> str:
    """A text without marks, in the first language only; for what is no page."""
    return "".join(words for words, _, second in parts(text) if not second) if OTHER in text or SECOND in text else text


def opening(language: str, second: bool, element: str = "span") -> str:
    """The tag before a text in another language."""
    other = tongue(language)
    sort = ' class="second"' if second else ""
    return f'{" " if second else ""}<{element}{sort} lang="{other.tag}" dir="{other.direction}">'


def as_html(page: str) -> str:
    """A page, or a piece of one, with its marks made into elements where elements may stand."""
    out, place = list[str](), 0
    open_marks: list[str | None] = []  # what ends each; None where the text within is left out
    for mark in MARK.finditer(page):
        if None not in open_marks:
            out.append(page[place : mark.start()])
        place = mark.end()
        if mark[1] is not None:
            start, end = _around(page, mark)
            if end is not None and None not in open_marks:
                out.append(start)
            open_marks.append(end)
        elif open_marks and (end := open_marks.pop()) and None not in open_marks:
            out.append(end)
    return "".join([*out, page[place:]])


def _around(page: str, mark: re.Match[str]) -> tuple[str, str | None]:
    """What stands before and after a marked text, by where in the page it is."""
    tag, second = page.rfind("<", 0, mark.start()), mark[1] == SECOND
    if page.startswith(CHOICE, tag) and not _inside_tag(page, mark.start()):
        return (BETWEEN, "") if second else ("", "")
    if _inside_tag(page, mark.start()) or page.startswith(BARE, tag):
        return "", None if second else ""
    return opening(mark[2], second), "</span>"


def _inside_tag(page: str, place: int) -> bool:
    """Whether a place lies within a tag: in an attribute, since all else is escaped."""
    return page.rfind("<", 0, place) > page.rfind(">", 0, place)
