"""The countries of the world as two-letter codes, with their names in any language that Babel knows."""

from functools import cache

from babel import Locale

# Codes that Babel lists beside the 249 countries of ISO 3166-1: unions, the whole world, test and exceptional codes.
NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "IC", "TA", "XK", "EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


@cache
def countries(language: str = "en") -> dict[str, str]:
    """Code to name, sorted by name as the language writes it."""
    territories = Locale.parse(language).territories
    named = {code: name for code, name in territories.items() if len(code) == 2 and code not in NOT_COUNTRIES}
    return dict(sorted(named.items(), key=lambda pair: pair[1]))


def country_name(code: str, language: str = "en") -> str:
    """The country's name, or the code itself where it is none."""
    return countries(language).get(code, code)
