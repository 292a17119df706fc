"""What a language is called, how pages name it, and which way it is written: all from Babel."""

from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from msgspec import Struct

ENGLISH = "en"


class Tongue(Struct, frozen=True):
    """One language: `code` names its catalogues (`pt_BR`), `tag` stands in pages (`pt-BR`), `name` is its own name."""

    code: str
    tag: str
    direction: str
    name: str


@cache
def tongue(code: str) -> Tongue:
    """The language of a code."""
    locale = Locale.parse(code)
    name = locale.get_display_name() or code
    return Tongue(code, code.replace("_", "-"), locale.text_direction, name[:1].upper() + name[1:])


@lru_cache(maxsize=200)
def is_language(code: str) -> bool:
    """Whether Babel knows a language of that code."""
    try:
        return str(Locale.parse(code)) == code
    except (ValueError, UnknownLocaleError):
        return False
