"""Questionnaires made of nothing but the sections on categories 5, 6, 8, 9 and 10, one for each business type."""

from pathlib import Path
from shutil import copytree

from content.folder import write

QUESTIONNAIRES = Path(__file__).parents[2] / "questionnaires"
CATEGORIES = ("5", "6", "8", "9", "10")
SITE = ("seals", "agriculture", "physical", "access")
SECTIONS = {
    "foreign_manufacturer": ("conveyances", *SITE),
    "exporter": ("conveyances", *SITE),
    "importer": ("conveyances", *SITE),
    "highway_carrier": ("conveyances", *SITE),
    "long_haul_carrier_mexico": ("conveyances", *SITE),
    "sea_carrier": ("conveyances", "vessels", *SITE),
    "air_carrier": ("aircraft", *SITE),
    "rail_carrier": ("trains", *SITE),
    "consolidator": ("conveyances", *SITE),
    "third_party_logistics": ("conveyances", *SITE),
    "customs_broker": ("conveyances", *SITE),
    "marine_terminal": ("conveyances", "yard", *SITE),
}
BANK = {name for names in SECTIONS.values() for name in names}


def questionnaire(business_type: str) -> str:
    """The file of a questionnaire that uses the sections of one business type."""
    head = (
        f"id: {file_name(business_type)}\ntitle: Transport and sites\nedition: '1'\nscheme: standard\n"
        f"business_types: [{business_type}]\nasks:\n  not-applicable: {{comment: required}}\nsections:\n"
    )
    return head + "".join(f"  - use: {name}\n" for name in SECTIONS[business_type])


def file_name(business_type: str) -> str:
    """The id of the questionnaire for a business type."""
    return business_type.replace("_", "-")


def generated(folder: Path) -> Path:
    """A folder with the shipped bank and a generated questionnaire for each business type."""
    target = folder / "questionnaires"
    for part in ("sections", "schemes"):
        copytree(QUESTIONNAIRES / part, target / part)
    shared = {name: (QUESTIONNAIRES / name).read_text() for name in ("criteria.yaml", "answers.yaml")}
    return write(target, {**shared, **{f"{file_name(type)}.yaml": questionnaire(type) for type in SECTIONS}})
