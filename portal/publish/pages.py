"""Which pages the site has and what each of them shows.

A template is given nothing but its page's own value, so a digest of that value says whether the page has changed.
"""

import re
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from portal.core.summary import CriterionCount, CriterionSummary, Group, Overview, PartnerSummary, SchemeUse, Summary
from portal.publish.data import DataFile, Row, data_of

MOST_MISSED = 10
PAGES, METHOD = "pages", "method.md"
PLAIN_ID = re.compile(r"[a-z0-9]([a-z0-9.-]{0,78}[a-z0-9])?")
TAKEN = frozenset({"index.html"})


class Page(Struct, frozen=True, kw_only=True):
    """One file of the site. `endpoint` and `values` make its address, `shows` is all that it is made from."""

    endpoint: str
    url: str
    shows: Any
    values: dict[str, str] = {}

    @property
    def file(self) -> str:
        """Where the page lies in the published folder."""
        return self.url.removeprefix("/") + ("index.html" if self.url.endswith("/") else "")

    def digest(self, fingerprint: str) -> str:
        """The SHA-256 of all that decides what the page says; `fingerprint` stands for templates and code."""
        shown = msgspec.json.encode((fingerprint, self.endpoint, self.shows), order="sorted")
        return sha256(shown).hexdigest()


class CriterionLine(Struct, frozen=True, kw_only=True):
    """A criterion as lists show it."""

    id: str
    topic: str
    category: str
    category_title: str
    count: CriterionCount


class OverviewPage(Struct, frozen=True, kw_only=True):
    """What the first page shows."""

    on: date
    overview: Overview
    missed: tuple[CriterionLine, ...]


class PartnersPage(Struct, frozen=True, kw_only=True):
    """What the list of partners shows."""

    partners: tuple[Row, ...]
    ratings: tuple[str, ...]
    countries: tuple[Group, ...]
    business_types: tuple[Group, ...]


class MethodPage(Struct, frozen=True, kw_only=True):
    """What the method page shows: the folder's own text, and the schemes as data."""

    on: date
    text: str
    schemes: tuple[SchemeUse, ...]


def slug(id: str) -> str:
    """The id as a folder name: itself where it is plain, else a digest of it, so that no id can name another place."""
    if PLAIN_ID.fullmatch(id) and ".." not in id and id not in TAKEN:
        return id
    return "x-" + sha256(id.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def pages_of(summary: Summary, site_folder: Path) -> dict[str, Page]:
    """Every page of the site by its address."""
    return {page.url: page for page in _pages(summary, (site_folder / PAGES / METHOD).read_text("utf-8"))}


def _pages(summary: Summary, method: str) -> Iterator[Page]:
    data = data_of(summary)
    lines = tuple(_line(criterion) for criterion in summary.criteria)
    yield Page(endpoint="overview", url="/", shows=_overview(summary, lines))
    yield Page(endpoint="partners", url="/partners/", shows=_partners(summary, data))
    yield from (_partner(partner) for partner in summary.partners)
    yield Page(endpoint="criteria", url="/criteria/", shows=lines)
    yield from (_criterion(criterion) for criterion in summary.criteria)
    yield Page(endpoint="method", url="/method/", shows=MethodPage(on=summary.on, text=method, schemes=summary.schemes))
    yield Page(endpoint="partners_json", url="/data/partners.json", shows=data)
    yield Page(endpoint="partners_csv", url="/data/partners.csv", shows=data)


def _overview(summary: Summary, lines: tuple[CriterionLine, ...]) -> OverviewPage:
    """The first page, with the criteria that most partners miss; where two are alike, in the catalogue's order."""
    missed = sorted(lines, key=lambda line: line.count.met - line.count.judged)
    missed = [line for line in missed if line.count.judged > line.count.met]
    return OverviewPage(on=summary.on, overview=summary.overview, missed=tuple(missed[:MOST_MISSED]))


def _partners(summary: Summary, data: DataFile) -> PartnersPage:
    return PartnersPage(
        partners=data.partners,
        ratings=tuple(count.label for count in summary.overview.ratings),
        countries=summary.overview.countries,
        business_types=summary.overview.business_types,
    )


def _partner(partner: PartnerSummary) -> Page:
    folder = slug(partner.id)
    return Page(endpoint="partner", url=f"/partners/{folder}/", shows=partner, values={"folder": folder})


def _criterion(criterion: CriterionSummary) -> Page:
    folder = slug(criterion.id)
    return Page(endpoint="criterion", url=f"/criteria/{folder}/", shows=criterion, values={"folder": folder})


def _line(criterion: CriterionSummary) -> CriterionLine:
    return CriterionLine(
        id=criterion.id,
        topic=criterion.topic,
        category=criterion.category,
        category_title=criterion.category_title,
        count=criterion.count,
    )
