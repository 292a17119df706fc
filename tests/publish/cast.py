"""A small world for the summary: a catalogue of six criteria, two business types, a scheme, and some partners.

Meridian is strong, Norte is weak, Delta has started, Kandy was never invited.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.core.catalogue import BusinessType, Catalogue, CatalogueCriterion, FocusArea
from portal.core.conditions import Test
from portal.core.questionnaire import Questionnaire
from portal.core.records import State
from portal.core.register import PartnerRow, ResponseRow, ScoreRow
from portal.core.schemes import OutcomeRow, OutcomeTable, Scheme
from portal.core.summarizing import summarize
from portal.core.summary import Summary
from portal.core.worth import Obligation, Verdict

SITE = Path(__file__).parents[2] / "site"
ON = date(2026, 3, 31)
IMPORTER = "Harbor & Pine Imports"
MAKER, CARRIER, BROKER = "foreign_manufacturer", "highway_carrier", "customs_broker"


def criterion(id: str, maker: str, carrier: str) -> CatalogueCriterion:
    """A criterion with its level for makers and carriers; no broker is bound by anything."""
    levels = {MAKER: maker, CARRIER: carrier, BROKER: "-"}
    return CatalogueCriterion(id=id, topic=f"Topic {id}", asks=f"Asks {id}.", rationale=f"Why {id}.", levels=levels)


CRITERIA = (
    criterion("3.1", "must", "must"),
    criterion("3.9", "should", "-"),
    criterion("3.10", "must", "?"),
    criterion("4.1", "must", "should"),
    criterion("4.2", "-", "must"),
    criterion("4.3", "-", "-"),
)
CATALOGUE = Catalogue(
    edition="2020",
    business_types={
        MAKER: BusinessType(id=MAKER, name="Foreign manufacturer"),
        CARRIER: BusinessType(id=CARRIER, name="Highway carrier"),
        BROKER: BusinessType(id=BROKER, name="Customs broker"),
    },
    focus_areas=(FocusArea(name="Corporate Security", categories=("3", "4")),),
    categories={"3": "Business Partners", "4": "Cybersecurity"},
    criteria={one.id: one for one in CRITERIA},
)
SCHEME = Scheme(
    id="standard",
    title="A must weighs three times a should",
    weights={Obligation.MUST: Decimal(3), Obligation.SHOULD: Decimal(1)},
    credits={Verdict.MET: Decimal(1), Verdict.PARTLY_MET: Decimal("0.5"), Verdict.NOT_MET: Decimal(0)},
    method="**The score** is what was earned.",
    tables=(
        OutcomeTable(
            id="rating",
            title="Rating",
            first=True,
            rows=(
                OutcomeRow(
                    outcome="strong",
                    label="Strong",
                    colour="green",
                    meaning="All is well.",
                    valid_months=12,
                    when=Test(operator="at_least", operand=("90",), fact="score"),
                ),
                OutcomeRow(outcome="adequate", label="Adequate", colour="lime"),
                OutcomeRow(outcome="weak", label="Weak", colour="amber"),
            ),
        ),
        OutcomeTable(
            id="must-result",
            title="Musts and shoulds",
            first=False,
            rows=(
                OutcomeRow(outcome="met", label="All met", colour="green"),
                OutcomeRow(outcome="not-met", label="Musts not met", colour="red"),
            ),
        ),
    ),
)


def questionnaire(id: str, *business_types: str, **more: Any) -> Questionnaire:
    """A questionnaire that asks nothing; the summary looks only at its scheme and titles."""
    said = {"scheme": SCHEME, "categories": {**CATALOGUE.categories, "site": "Your site"}, **more}
    return Questionnaire(
        id=id,
        title=f"Questionnaire for {id}",
        edition="1",
        business_types=business_types,
        intro="",
        minutes=60,
        sections=(),
        criteria={},
        **said,
    )


QUESTIONNAIRES = (questionnaire("maker", MAKER), questionnaire("carrier", CARRIER))


def partner(id: str, name: str = "", **more: Any) -> PartnerRow:
    """A partner's row: a maker in Vietnam, unless said otherwise."""
    said = {
        "country": "VN",
        "business_type": MAKER,
        "contact_name": "Ana",
        "contact_email": "ana@example.com",
        **more,
    }
    return PartnerRow(id=id, name=name or id.title(), **said)


def score(percent: str | None = "95.0", **more: Any) -> ScoreRow:
    """A score's row: strong, everything met, unless said otherwise."""
    said = {
        "rating": "strong",
        "rating_label": "Strong",
        "colour": "green",
        "must_result": "met",
        "must_result_label": "All met",
        "musts": 3,
        "musts_met": 3,
        "shoulds": 1,
        "shoulds_met": 1,
        "criticals_unmet": 0,
        "categories": {"3": (Decimal(7), Decimal(7)), "4": (Decimal(3), Decimal(3))},
        "verdicts": {"3.1": "met", "3.9": "met", "3.10": "met", "4.1": "met"},
        **more,
    }
    return ScoreRow(percent=None if percent is None else Decimal(percent), **said)


WEAK = score(
    "62.5",
    rating="weak",
    rating_label="Weak",
    colour="amber",
    must_result="not-met",
    must_result_label="Musts not met",
    musts=2,
    musts_met=0,
    categories={"3": (Decimal("1.5"), Decimal(3)), "4": (Decimal(1), Decimal(4))},
    verdicts={"3.1": "partly-met", "4.1": "met", "4.2": "not-met"},
)


def response(of: PartnerRow | str, state: State = State.SUBMITTED, **more: Any) -> ResponseRow:
    """A response's row: submitted with a strong score, unless said otherwise."""
    id = of if isinstance(of, str) else of.id
    submitted = state is State.SUBMITTED
    said = {
        "id": f"r-{id}",
        "questionnaire": "maker",
        "edition": "e",
        "invited": datetime(2026, 1, 2, tzinfo=UTC),
        "due": date(2026, 3, 1),
        "link_expires": None,
        "link_withdrawn": False,
        "opened": None,
        "last_saved": None,
        "last_section": "",
        "submitted": datetime(2026, 2, 3, tzinfo=UTC) if submitted else None,
        "answered": 1,
        "asked": 2,
        "evidence": 0,
        "score": score() if submitted else None,
        **more,
    }
    return ResponseRow(partner=id, state=state, **said)


MERIDIAN = partner("meridian", "Meridian Textiles")
NORTE = partner("norte", "Transportes del Norte", country="MX", business_type=CARRIER)
DELTA = partner("delta", "Blue Delta Ceramics", country="CN")
KANDY = partner("kandy", "Kandy Tea Packers", country="LK")
PARTNERS = (MERIDIAN, NORTE, DELTA, KANDY)
RESPONSES = (
    response(MERIDIAN),
    response(NORTE, questionnaire="carrier", score=WEAK),
    response(DELTA, State.STARTED),
)


def summary(
    partners: tuple[PartnerRow, ...] = PARTNERS, responses: tuple[ResponseRow, ...] = RESPONSES, on: date = ON
) -> Summary:
    """The summary of these partners."""
    return summarize(partners, responses, CATALOGUE, QUESTIONNAIRES, IMPORTER, on)


def files(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, by its path in it."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
