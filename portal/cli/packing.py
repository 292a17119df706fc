"""`portal pack`: the validation pack."""

import os
import tempfile
from datetime import date, datetime
from pathlib import Path

import click

from portal.cli import edge
from portal.evidence.limits import size_label
from portal.pack.choosing import Wanted, choose, size_of
from portal.pack.making import make_pack, require_room
from portal.usecases.partners import partner_rows

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(short_help="Make a validation pack.")
@click.option("--partners", metavar="IDS", default="", help="Ids of partners, separated by commas.")
@click.option("--all", "everybody", is_flag=True, help="All partners.")
@click.option("--from", "since", type=DAY, help="The first day, such as 2026-01-01.")
@click.option("--until", type=DAY, help="The last day.")
@click.option("--with-review", is_flag=True, help="Also the sections that only reviewers fill in.")
@click.option("--into", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The ZIP to write.")
def pack(
    partners: str, since: datetime | None, until: datetime | None, into: Path, *, everybody: bool, with_review: bool
) -> None:
    """Make a validation pack: one ZIP with an index by criterion, a page for each partner, evidence, tables, hashes.

    A response lies in the period by the day on which it was submitted, or else last saved or invited.
    """
    if everybody == bool(partners):
        raise click.UsageError("Name partners with --partners, or take --all.")
    portal = edge.portal()
    ids = [row.id for row in partner_rows(portal)] if everybody else [id.strip() for id in partners.split(",")]
    wanted = Wanted(partners=tuple(dict.fromkeys(ids)), since=_day(since), until=_day(until), review=with_review)
    require_room(portal, size_of(portal, choose(portal, wanted)))
    descriptor, name = tempfile.mkstemp(prefix=f".{into.name}-", dir=into.parent)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            made = make_pack(portal, wanted, file, by=edge.operator(), now=edge.now())
        Path(name).replace(into)
    finally:
        Path(name).unlink(missing_ok=True)
    edge.say(
        f"{into}: {made.size.partners} partners, {made.size.responses} responses, {made.files} files, "
        f"{size_label(into.stat().st_size)}."
    )
    for one in made.lacking:
        edge.complain(f"{one.partner_name}: the file {one.sha256} is {one.state} and not in the pack.")
    for left in made.skipped:
        edge.complain(f"{left.partner_name}: the response {left.response} cannot be read: {left.why}")


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None
