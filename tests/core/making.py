"""Small values for tests: questions, answers and questionnaires that say no more than the test needs."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from portal.content.library import Library, load_library
from portal.core.questionnaire import Asks, Column, Kind, Need, Option, Question, Questionnaire, Section
from portal.core.records import Answer, Link, Response, State
from portal.core.schemes import OutcomeTable, Scheme
from portal.core.worth import Obligation, Verdict

QUESTIONNAIRES = Path(__file__).parents[2] / "questionnaires"
TODAY = date(2026, 3, 31)
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
LATER = datetime(2026, 4, 30, 12, tzinfo=UTC)
CREDITS = {Verdict.MET: Decimal(1), Verdict.PARTLY_MET: Decimal("0.5"), Verdict.NOT_MET: Decimal(0)}


@cache
def shipped() -> Library:
    """The questionnaires that are shipped."""
    return load_library(QUESTIONNAIRES)


def question(id: str = "q", kind: Kind = Kind.TEXT, **more: Any) -> Question:
    """A question of any kind."""
    return Question(id=id, kind=kind, ask=f"What about {id}?", **more)


def option(id: str, verdict: Verdict | None = None, **more: Any) -> Option:
    """An option worth what its verdict is worth."""
    return Option(id=id, label=id.title(), verdict=verdict, credit=CREDITS.get(verdict), **more)


YES_PARTLY_NO = (
    option("yes", Verdict.MET),
    option("partly", Verdict.PARTLY_MET),
    option("no", Verdict.NOT_MET),
    option("not-applicable", Verdict.NOT_APPLICABLE),
)


def scored(id: str, weight: str = "1", **more: Any) -> Question:
    """A scored question that is answered yes, partly, no or not-applicable."""
    said = {"category": "4", "options": YES_PARTLY_NO, **more}
    return question(id, Kind.CHOICE, weight=Decimal(weight), **said)


def must(id: str, criterion: str = "", **more: Any) -> Question:
    """A scored question about a must."""
    return scored(id, "3", obligation=Obligation.MUST, criterion=criterion, **more)


def should(id: str, criterion: str = "", **more: Any) -> Question:
    """A scored question about a should."""
    return scored(id, "1", obligation=Obligation.SHOULD, criterion=criterion, **more)


def column(id: str, kind: Kind = Kind.TEXT, **more: Any) -> Column:
    """A column of rows."""
    return Column(id=id, label=id.title(), kind=kind, **more)


def section(id: str, *questions: Question, **more: Any) -> Section:
    """A page of questions."""
    return Section(id=id, title=id.title(), questions=questions, **more)


def questionnaire(*parts: Question | Section, tables: tuple[OutcomeTable, ...] = ()) -> Questionnaire:
    """A questionnaire of these sections, or of these questions in one section."""
    sections = tuple(part for part in parts if isinstance(part, Section))
    loose = tuple(part for part in parts if isinstance(part, Question))
    scheme = Scheme(
        id="plain",
        title="Plain",
        weights={Obligation.MUST: Decimal(3), Obligation.SHOULD: Decimal(1)},
        credits=CREDITS,
        tables=tables,
    )
    return Questionnaire(
        id="plain",
        title="Plain",
        edition="1",
        business_types=("foreign_manufacturer",),
        intro="",
        minutes=10,
        sections=(*sections, section("loose", *loose)) if loose else sections,
        scheme=scheme,
        categories={"1": "One", "4": "Four"},
        criteria={},
    )


def answers(**values: Any) -> dict[str, Answer]:
    """Answers by question id, underscores standing for hyphens."""
    return {id.replace("_", "-"): Answer(value=value) for id, value in values.items()}


def link(token_hash: str = "first", **more: Any) -> Link:
    """A link that is live until LATER."""
    return Link(token_hash=token_hash, made=NOW, made_by="dara@example.com", expires=LATER, **more)


def response(state: State = State.STARTED, **more: Any) -> Response:
    """A response of Meridian Textiles."""
    said: dict[str, Any] = {"links": (link(),), **more}
    return Response(
        id="r1", partner="meridian", questionnaire="plain", edition="hash", state=state, invited=NOW, **said
    )


def needs(comment: str = "allowed", evidence: str = "allowed", action: str = "none") -> Asks:
    """What an answer asks for next."""
    return Asks(comment=Need(comment), evidence=Need(evidence), action=Need(action))
