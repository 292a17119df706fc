"""The catalogue of criteria: what the Minimum Security Criteria ask, and how binding each is for a business type."""

from msgspec import Struct

from portal.core.worth import Obligation

NOT_APPLICABLE, UNKNOWN = "-", "?"
LEVELS = (*Obligation, NOT_APPLICABLE, UNKNOWN)


class BusinessType(Struct, frozen=True, kw_only=True):
    """A sort of partner as CTPAT names it, with the identifiers such a company has."""

    id: str
    name: str
    identifiers: tuple[str, ...] = ()


class FocusArea(Struct, frozen=True, kw_only=True):
    """One of the broad parts that categories fall under."""

    name: str
    categories: tuple[str, ...]


class CatalogueCriterion(Struct, frozen=True, kw_only=True):
    """One criterion with its level for every business type: must, should, `-` (does not apply), `?` (unknown)."""

    id: str
    topic: str
    asks: str
    rationale: str
    levels: dict[str, str]

    @property
    def category(self) -> str:
        """The part of the id before the dot."""
        return self.id.split(".")[0]

    def obligation(self, business_type: str) -> Obligation | None:
        """Must or should for this business type; None where it does not apply or is not known to."""
        level = self.levels.get(business_type, UNKNOWN)
        return None if level in (NOT_APPLICABLE, UNKNOWN) else Obligation(level)


class Catalogue(Struct, frozen=True, kw_only=True):
    """All criteria in natural order."""

    edition: str
    business_types: dict[str, BusinessType]
    focus_areas: tuple[FocusArea, ...]
    categories: dict[str, str]
    criteria: dict[str, CatalogueCriterion]


def natural(id: str) -> tuple[int, ...]:
    """A sort key by which 9.2 comes before 9.10."""
    return tuple(int(part) for part in id.split(".") if part.isdigit())
