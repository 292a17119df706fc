"""Days, moments and numbers as people write them, in any language that Babel knows."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

# English here is the one that writes the day before the month, as partners all over the world do.
WRITTEN_AS = {"en": "en_GB"}


@cache
def locale_of(language: str) -> Locale:
    """What Babel knows of a language."""
    return Locale.parse(WRITTEN_AS.get(language, language))


def day_text(when: datetime | date | None, language: str = "en") -> str:
    """A day as people read it; nothing where there is none."""
    return format_date(when, "long", locale_of(language)) if when else ""


def moment_text(when: datetime | None, language: str = "en") -> str:
    """A moment as people read it, in UTC."""
    if when is None:
        return ""
    at, locale = when.astimezone(UTC), locale_of(language)
    return f"{format_date(at, 'medium', locale)}, {format_skeleton('Hm', at, locale=locale)} UTC"


def number_text(number: Decimal, language: str = "en") -> str:
    """A number with the signs that the language puts into it, none between thousands."""
    return format_decimal(number, locale=locale_of(language), group_separator=False, decimal_quantization=False)
