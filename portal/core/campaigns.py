"""A campaign: partners that were invited together by mail, each in a language. Pure."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import ClassVar

from babel import Locale, UnknownLocaleError

from portal.core.record import Record

LONGEST_NAME, LONGEST_NOTE = 100, 4000
OWN = ""  # in place of a language: each partner's own


class Campaign(Record, frozen=True, kw_only=True):
    """Who was invited together, by when, and what the mail said to them. `responses` maps a partner to its response.

    `notes` are the campaign's own words, Markdown by language; where there are none in a partner's language, the
    English ones stand.
    """

    kind: ClassVar[str] = "campaign"
    keeps_history: ClassVar[bool] = True

    name: str
    due: date
    made: datetime
    made_by: str
    responses: dict[str, str]
    language: str = OWN
    notes: dict[str, str] = {}  # noqa: RUF012 - msgspec copies it
    form: bool = False

    def note(self, language: str) -> str:
        """What the mail in a language says in the campaign's own words."""
        return self.notes.get(language) or self.notes.get("en", "")


def language_of_country(country: str, known: Iterable[str]) -> str:
    """The language most people read in a country, of those that are known; English where it is none of them."""
    try:
        likely = Locale.parse(f"und_{country}")
    except (UnknownLocaleError, ValueError):
        return "en"
    codes = (f"{likely.language}_{likely.script}", f"{likely.language}_{likely.territory}", likely.language)
    here = list(known)
    # Portuguese is there as Brazil writes it, and serves the others as well.
    kin = [code for code in here if code.split("_")[0] == likely.language and code != "zh_Hans"]
    return next((code for code in (*codes, *kin) if code in here), "en")
