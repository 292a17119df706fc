"""`portal partners` and `portal scores`: who is asked, and how they stand."""

from pathlib import Path

import click

from portal.cli import edge
from portal.core.errors import Problem, Refused
from portal.usecases import importing_partners as importing
from portal.usecases import partners as register
from portal.usecases.scores import scores as all_scores

JSON = click.option("--json", "wants_json", is_flag=True, help="As JSON rows.")


@click.group()
def partners() -> None:
    """Import and list partners."""


@partners.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--update", is_flag=True, help="Change partners that are there already; empty cells change nothing.")
@click.option("--anyway", is_flag=True, help="Add partners too that look like others.")
@JSON
def import_(file: Path, *, update: bool, anyway: bool, wants_json: bool) -> None:
    """Add every partner of FILE, an .xlsx or .csv table, or none of them.

    The first row names the columns: name, country, business_type, contact_email and, if you have them, others; the
    page Import a table explains them and has a template. Every row that is not right is named, and so is every new
    partner that looks like one that is there.
    """
    portal, now = edge.portal(), edge.now()
    typed = register.read_rows(file.read_bytes(), file.name)
    if update:
        rows = _decided(importing.look(portal, typed, now), anyway=anyway)
        done = importing.take(portal, typed, {row.place: "add" for row in rows}, by=edge.operator(), now=now)
        edge.say(f"{done.added} added, {done.changed} changed.")
        return
    if not anyway:
        _decided([row for row in importing.look(portal, typed, now) if not row.partner], anyway=False)
    added = register.add_partners(portal, typed, by=edge.operator(), now=now)
    if wants_json:
        edge.as_json({"id": one.id, "name": one.name, "country": one.country} for one in added)
        return
    edge.say(f"{len(added)} {'partner' if len(added) == 1 else 'partners'} added.")


def _decided(rows: list[importing.Row], *, anyway: bool) -> list[importing.Row]:
    """The rows that look like other partners, where they are wanted anyway; else Refused naming each."""
    doubtful = [row for row in rows if row.twins]
    if doubtful and not anyway:
        text = "“%(name)s” looks like “%(twin)s” (%(id)s): %(reasons)s. Add it all the same with --anyway."
        raise Refused([Problem(row.place, text, _values(row)) for row in doubtful])
    return doubtful


def _values(row: importing.Row) -> dict[str, str]:
    twin = row.twins[0]
    told = {"name": row.name, "twin": twin.company.name, "id": twin.company.id}
    return {**told, "reasons": ", ".join(twin.reasons)}


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
