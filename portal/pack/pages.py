"""How the pack's pages are drawn: templates of its own, for it must read the same from a disk, without the portal."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from portal.content.markdown import to_html
from portal.core.countries import country_name
from portal.core.days import moment_text
from portal.core.receipts import in_fours
from portal.evidence.limits import size_label

TEMPLATES = Path(__file__).parent / "templates"
VERDICTS = {
    "met": "Met",
    "partly-met": "Partly met",
    "not-met": "Not met",
    "not-applicable": "Does not apply",
    "not-judged": "Not answered",
}


def number_text(number: Decimal | float | None) -> str:
    """A number without needless noughts."""
    return "–" if number is None else f"{Decimal(str(number)).normalize():f}"


def day_text(when: date | datetime | None) -> str:
    """A day that sorts and that nobody misreads."""
    return f"{when:%Y-%m-%d}" if when else ""


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        day=day_text,
        moment=moment_text,
        number=number_text,
        size=size_label,
        country=country_name,
        fours=in_fours,
        markdown=lambda text: Markup(to_html(text)),  # noqa: S704 - reduced to harmless elements
    )
    environment.globals.update(verdicts=VERDICTS)
    return environment


ENVIRONMENT = _environment()


def drawn(template: str, **values: object) -> Markup:
    """A template with its values; whatever was typed is escaped in there."""
    return Markup(ENVIRONMENT.get_template(f"{template}.html").render(**values))  # noqa: S704 - escaped


def style() -> str:
    """The one style sheet."""
    return (TEMPLATES / "style.css").read_text("utf-8")
