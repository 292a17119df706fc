"""`portal partners` and `portal scores`: who is asked, and how they stand."""

from pathlib import Path

import click

from portal.cli import edge
from portal.usecases import partners as register
from portal.usecases.scores import scores as all_scores

JSON = click.option("--json", "wants_json", is_flag=True, help="As JSON rows.")


@click.group()
def partners() -> None:
    """Import and list partners."""


@partners.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@JSON
def import_(file: Path, *, wants_json: bool) -> None:
    """Add every partner of FILE, an .xlsx or .csv table, or none of them.

    The first row names the columns: name, country, business_type, contact_email and, if you have them, id,
    contact_name, city, tags (separated by semicolons). Every row that is not right is named.
    """
    data = file.read_bytes()
    added = register.import_partners(edge.portal(), data, file.name, by=edge.operator(), now=edge.now())
    if wants_json:
        edge.as_json({"id": one.id, "name": one.name, "country": one.country} for one in added)
        return
    edge.say(f"{len(added)} {'partner' if len(added) == 1 else 'partners'} added.")


@partners.command("list")
@JSON
def list_(*, wants_json: bool) -> None:
    """List all partners by name."""
    rows = register.partner_rows(edge.portal())
    if wants_json:
        edge.as_json(rows)
        return
    edge.as_table(
        ("id", "country", "business type", "name"),
        ((row.id, row.country, row.business_type, row.name) for row in rows),
    )


@click.command(short_help="Show how every response stands.")
@JSON
def scores(*, wants_json: bool) -> None:
    """Show how every response stands: state, score, rating, musts and shoulds met."""
    rows = all_scores(edge.portal(), edge.now())
    if wants_json:
        edge.as_json(rows)
        return
    edge.as_table(
        ("partner", "state", "score", "rating", "musts", "shoulds"),
        (
            (
                row.partner,
                row.state,
                "" if row.score is None else str(row.score),
                row.rating or "",
                f"{row.musts_met}/{row.musts}" if row.musts is not None else "",
                f"{row.shoulds_met}/{row.shoulds}" if row.shoulds is not None else "",
            )
            for row in rows
        ),
    )
