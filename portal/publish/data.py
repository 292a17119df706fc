"""The data files of the site: one row a partner, as JSON and as CSV. `site/README.md` documents every column."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO

import msgspec
from msgspec import Struct

from portal.core.summary import Assessment, PartnerSummary, Summary

FORMAT = 1
# A cell that starts so may run as a formula when the file is opened in a spreadsheet; also the full-width twins.
FORMULA_STARTS = tuple("=+-@\t\r\n\0＝＋－＠")
MARK = "'"


class Row(Struct, frozen=True, kw_only=True):
    """One partner as the data files and the partner list tell it; what is not assessed is null or empty."""

    id: str
    name: str
    country: str
    country_name: str
    business_type: str
    business_type_name: str
    state: str
    submitted: date | None
    due: date | None
    overdue: bool
    score: Decimal | None
    rating: str
    rating_label: str
    colour: str
    must_result: str
    certified_until: date | None
    musts: int | None
    musts_met: int | None
    shoulds: int | None
    shoulds_met: int | None
    criticals_unmet: int | None
    categories: dict[str, Decimal | None]
    unmet: tuple[str, ...]


class DataFile(Struct, frozen=True, kw_only=True):
    """What the data files are made of; `categories` are the ids that get a column in the CSV file."""

    format: int
    importer: str
    on: date
    categories: tuple[str, ...]
    partners: tuple[Row, ...]


def data_of(summary: Summary) -> DataFile:
    """The data files' content."""
    return DataFile(
        format=FORMAT,
        importer=summary.importer,
        on=summary.on,
        categories=tuple(category.id for category in summary.overview.categories),
        partners=tuple(_row(partner) for partner in summary.partners),
    )


def _row(partner: PartnerSummary) -> Row:
    found = partner.assessment
    counted = found if found and found.certified_until is None else None
    return Row(
        id=partner.id,
        name=partner.name,
        country=partner.country,
        country_name=partner.country_name,
        business_type=partner.business_type,
        business_type_name=partner.business_type_name,
        state=partner.standing.value,
        submitted=partner.submitted,
        due=partner.due,
        overdue=partner.overdue,
        score=found.percent if found else None,
        rating=found.rating if found else "",
        rating_label=found.rating_label if found else "",
        colour=found.colour if found else "",
        must_result=found.must_result if found else "",
        certified_until=found.certified_until if found else None,
        musts=counted.musts if counted else None,
        musts_met=counted.musts_met if counted else None,
        shoulds=counted.shoulds if counted else None,
        shoulds_met=counted.shoulds_met if counted else None,
        criticals_unmet=counted.criticals_unmet if counted else None,
        categories=_categories(found),
        unmet=tuple(one.id for one in found.unmet) if found else (),
    )


def _categories(found: Assessment | None) -> dict[str, Decimal | None]:
    return {part.id: part.percent for part in found.categories} if found else {}


def to_json(data: DataFile) -> bytes:
    """The data as JSON: numbers are numbers, dates are ISO dates, what is unknown is null."""
    encoder = msgspec.json.Encoder(decimal_format="number")
    return msgspec.json.format(encoder.encode(data), indent=1) + b"\n"


def to_csv(data: DataFile) -> str:
    """The data as CSV: every cell quoted, a header row, and no cell that a spreadsheet would run."""
    plain = [name for name in Row.__struct_fields__ if name not in ("categories", "unmet")]
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([*plain, *(f"category_{id}" for id in data.categories), "unmet"])
    writer.writerows(_cells(row, plain, data.categories) for row in data.partners)
    return out.getvalue()


def _cells(row: Row, plain: Sequence[str], categories: Iterable[str]) -> list[str]:
    values = [getattr(row, name) for name in plain]
    return [harmless(_text(value)) for value in (*values, *map(row.categories.get, categories), " ".join(row.unmet))]


def _text(value: object) -> str:
    if value is None:
        return ""
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet could take it for a formula."""
    return MARK + text if text.startswith(FORMULA_STARTS) else text
