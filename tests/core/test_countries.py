"""Countries are listed as each language sorts them, and days and numbers are written as it writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.core.countries import countries
from portal.core.days import day_text, moment_text, number_text


@pytest.mark.parametrize(
    ("language", "in_order"),
    [
        ("es", ("AF", "ES", "US", "MX", "ZW")),  # España, Estados Unidos: ñ after n
        ("tr", ("DE", "CC", "TD", "CN", "DK", "IQ", "JM")),  # Cocos, Çad; Irak before Jamaika
        ("vi", ("DZ", "AT", "PL", "TR", "VN")),  # Áo stands with a, not behind z
        ("zh_Hans", ("EG", "BR", "MX", "VN", "CN")),  # by pronunciation: aiji, baxi, moxige, yuenan, zhongguo
        ("ar", ("BR", "KW", "DE", "VN")),
        ("hi", ("CN", "BR", "IN", "US")),
    ],
)
def test_countries_are_in_the_order_of_the_language(language: str, in_order: tuple[str, ...]) -> None:
    places = [list(countries(language)).index(code) for code in in_order]

    assert sorted(places) == places
    assert countries(language).keys() == countries("en").keys()


def test_days_moments_and_numbers_are_written_as_the_language_does() -> None:
    at = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)

    assert ("2 March 2026", "2 de marzo de 2026", "2026年3月2日", "2 مارس 2026") == tuple(
        day_text(date(2026, 3, 2), language) for language in ("en", "es", "zh_Hans", "ar")
    )
    assert ("2 Mar 2026, 09:05 UTC", "2 thg 3, 2026, 9:05 UTC") == (moment_text(at), moment_text(at, "vi"))
    assert ("1500.5", "1500,5") == (number_text(Decimal("1500.5")), number_text(Decimal("1500.5"), "tr"))
    assert ("", "") == (day_text(None, "es"), moment_text(None, "es"))
