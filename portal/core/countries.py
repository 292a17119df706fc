"""The countries of the world as two-letter codes, with their names in any language that Babel knows."""

from functools import cache
from unicodedata import category, normalize

from babel import Locale

# Codes that Babel lists beside the 249 countries of ISO 3166-1: unions, the whole world, test and exceptional codes.
NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "IC", "TA", "XK", "EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
# Letters that have a place of their own in an alphabet; all others stand with the letter they are made from.
OWN_LETTERS = {
    "es": "ñ", "tr": "çğıöşü", "vi": "ăâđêôơư",
}  # fmt: skip
# Before which letter of its own a letter of its own stands is by what it is made from; these are made from none.
MADE_FROM = {"ı": "h", "đ": "d"}


@cache
def countries(language: str = "en") -> dict[str, str]:
    """Code to name, sorted by name as the language sorts."""
    territories = Locale.parse(language).territories
    named = {code: name for code, name in territories.items() if len(code) == 2 and code not in NOT_COUNTRIES}
    return dict(sorted(named.items(), key=lambda pair: sort_key(pair[1], language)))


def sort_key(name: str, language: str) -> tuple[object, ...]:
    """By what a name is sorted, near enough to each language's own rules for a list that people look through."""
    if language.startswith("zh"):
        return (name.encode("gb18030"),)  # its common signs are in the order of their pronunciation
    own = OWN_LETTERS.get(language, "")
    lowered = (name.replace("I", "ı") if "ı" in own else name).lower()
    return (tuple(_place(letter, own) for letter in normalize("NFC", lowered)), name)


def _place(letter: str, own: str) -> tuple[str, int]:
    """The letter that a letter stands with, and its place behind it. A tone or an accent changes no place."""
    whole = next((sign for sign in (letter, normalize("NFC", normalize("NFD", letter)[:2])) if sign in own), "")
    return MADE_FROM.get(whole) or _base(letter), own.index(whole) + 1 if whole else 0


def _base(letter: str) -> str:
    """The letter without its signs. Blanks and hyphens are alike; vowel signs of other scripts stay what they are."""
    signs = [sign for sign in normalize("NFKD", letter) if sign.isalnum()]
    return signs[0] if signs else letter if category(letter).startswith("M") else " "


def country_name(code: str, language: str = "en") -> str:
    """The country's name, or the code itself where it is none."""
    return countries(language).get(code, code)
