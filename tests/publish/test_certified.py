"""A partner with a certificate has a page of its own sort on the site: certified until a day, no number."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from portal.publish import publish
from publish.cast import ON, SITE, partner, response, score, summary
from publish.reading import parse, text

LAST = date(2026, 9, 30)
NOTHING = {"musts": 0, "musts_met": 0, "shoulds": 0, "shoulds_met": 0, "categories": {}, "verdicts": {}}
CERTIFIED = score(None, certified_until=LAST, **NOTHING)
STRONG, HOLDER = partner("strong"), partner("holder")


def published(folder: Path, on: date = ON) -> Path:
    """The site with one strong and one certified partner."""
    given = (response(STRONG), response(HOLDER, score=CERTIFIED))
    publish(summary((STRONG, HOLDER), given, on), folder / "site", site_folder=SITE)
    return folder / "site"


@pytest.mark.parametrize(
    ("on", "said", "row"),
    [
        (LAST, "Proof on file until 30 Sep 2026", "certified"),
        (date(2026, 10, 1), "Proof ended 30 Sep 2026", "certificate-expired"),
    ],
)
def test_the_page_says_until_when_and_shows_no_number(tmp_path, on, said, row):
    site = published(tmp_path, on)
    page = text(parse((site / "partners/holder/index.html").read_bytes()))

    assert said in " ".join(page.split())
    assert [] == [sign for sign in ("of 100", "0.0", "100.0", "Every criterion") if sign in page]
    assert f'"{row}"' in (site / "data/partners.csv").read_text("utf-8")


def test_the_list_and_the_overview_tell_certified_partners_apart(tmp_path):
    site = published(tmp_path)
    overview = " ".join(text(parse((site / "index.html").read_bytes())).split())
    listed = " ".join(text(parse((site / "partners/index.html").read_bytes())).split())

    assert "Certified 1 of 2" in overview
    assert "Assessed 1 of 2" in overview
    assert "Certified until 30 Sep 2026" in listed
    assert "0 of 0" not in listed


def test_the_list_says_that_a_certificate_has_expired(tmp_path):
    site = published(tmp_path, date(2026, 10, 1))
    listed = " ".join(text(parse((site / "partners/index.html").read_bytes())).split())

    assert "Certificate expired on 30 Sep 2026" in listed


def test_a_certificate_neither_raises_nor_lowers_the_mean():
    given = (response(STRONG, score=score("80.0")), response(HOLDER, score=CERTIFIED))
    seen = summary((STRONG, HOLDER), given).overview

    assert (Decimal("80.0"), 1, 1) == (seen.average, seen.assessed, seen.certified)
    assert [1] == [group.assessed for group in seen.countries]
