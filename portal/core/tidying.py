"""Typed text: made tidy, and refused where no store or page could hold it."""

import re

from portal.core.errors import Problem

# Control characters other than tab and line feed, lone surrogates, and the noncharacters by which pages mark
# languages: no keyboard types them, stores choke on them.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef]")
EMAIL = re.compile(r"[^@\s<>,;:\"']{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")


class Wrong(Exception):
    """An answer that cannot be taken, with the sentence for the person who typed it."""

    def __init__(self, text: str, **values: "str | Problem") -> None:
        self.text, self.values = text, values


def tidy(text: str, longest: int) -> str:
    """Typed text with its line ends made one sort and outer blanks removed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if FORBIDDEN.search(text):
        raise Wrong("This text holds a character that cannot be kept. Type it again without it.")
    if len(text) > longest:
        over = str(len(text) - longest)
        raise Wrong("Write at most %(longest)s characters; this is %(over)s too many.", longest=str(longest), over=over)
    return text


def is_email(text: str) -> bool:
    """Whether the text has the form of one e-mail address, without signs that cannot be seen."""
    return len(text) <= 254 and text.isprintable() and bool(EMAIL.fullmatch(text))
