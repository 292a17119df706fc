"""Reads the catalogue of criteria."""

import re

from portal.content.fields import Fields, did_you_mean
from portal.core.catalogue import LEVELS, BusinessType, Catalogue, CatalogueCriterion, FocusArea

LONGEST_ASKS = 420
ID = re.compile(r"[1-9][0-9]*\.[1-9][0-9]*")


def read_catalogue(fields: Fields) -> Catalogue:
    """The catalogue; every criterion has a level for every business type."""
    types = _business_types(fields.child("business_types"))
    categories = _texts(fields.child("categories"))
    areas = tuple(_focus_area(area, categories) for area in fields.each("focus_areas"))
    covered = {category for area in areas for category in area.categories}
    for category in categories:
        if category not in covered:
            fields.wrong(f"category {category} belongs to no focus area", "focus_areas")
    catalogue = Catalogue(
        edition=fields.text("edition", required=True),
        business_types=types,
        focus_areas=areas,
        categories=categories,
        criteria=_criteria(fields.child("criteria"), types, categories),
    )
    fields.done()
    return catalogue


def _business_types(fields: Fields | None) -> dict[str, BusinessType]:
    types: dict[str, BusinessType] = {}
    for id in fields.keys if fields else ():
        part = fields.child(id) if fields else None
        if part is not None:
            types[id] = BusinessType(
                id=id, name=part.text("name", required=True), identifiers=part.texts("identifiers")
            )
            part.done()
    return types


def _texts(fields: Fields | None) -> dict[str, str]:
    return {id: fields.text(id, required=True) for id in fields.keys} if fields else {}


def _focus_area(fields: Fields, categories: dict[str, str]) -> FocusArea:
    area = FocusArea(name=fields.text("name", required=True), categories=fields.texts("categories"))
    for category in area.categories:
        if category not in categories:
            fields.wrong(f"“{category}” is no category; {did_you_mean(category, list(categories))}", "categories")
    fields.done()
    return area


def _criteria(
    fields: Fields | None, types: dict[str, BusinessType], categories: dict[str, str]
) -> dict[str, CatalogueCriterion]:
    criteria: dict[str, CatalogueCriterion] = {}
    for id in fields.keys if fields else ():
        part = fields.child(id) if fields else None
        if part is None:
            continue
        if id.split(".")[0] not in categories or not ID.fullmatch(id):
            part.wrong(f"the id “{id}” is not a category and a number, such as 4.10")
        criteria[id] = CatalogueCriterion(
            id=id,
            topic=part.text("topic", required=True),
            asks=part.text("asks", required=True),
            rationale=part.text("rationale", required=True),
            levels=_levels(part, types),
        )
        if len(criteria[id].asks) > LONGEST_ASKS:
            part.wrong(f"say what it asks in one or two sentences, at most {LONGEST_ASKS} characters", "asks")
        part.done()
    return criteria


def _levels(fields: Fields, types: dict[str, BusinessType]) -> dict[str, str]:
    part = fields.child("levels")
    if part is None:
        fields.wrong("“levels” is missing; give one for each business type")
        return {}
    levels = {type: part.text(type, required=True) for type in types}
    for type, level in levels.items():
        if level and level not in LEVELS:
            part.wrong(f"the level of {type} cannot be “{level}”; known are: {', '.join(LEVELS)}", type)
    part.done()
    return levels
