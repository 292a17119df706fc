"""`portal retention`: what is past its time, listed before it is deleted."""

import click

from portal.cli import edge
from portal.usecases import retaining


@click.command(short_help="List what is past its time, and delete it if told to.")
@click.option("--delete", is_flag=True, help="Delete what is listed. It cannot be brought back but from a backup.")
def retention(*, delete: bool) -> None:
    """List the responses and retired partners that are past their time by PORTAL_KEEP_…_MONTHS.

    Nothing is deleted without --delete. Of what is deleted one line stays: when, by whom and by which rule.
    """
    portal, now = edge.portal(), edge.now()
    found = retaining.listed(portal, now)
    edge.as_table(
        ("rule", "since", "partner", "responses"),
        ((one.rule.value, one.since.isoformat(), one.partner, " ".join(one.responses)) for one in found),
    )
    if not found:
        edge.say("Nothing is past its time.")
    if not delete:
        return
    gone = retaining.delete(portal, {one.key for one in found}, by=edge.operator(), now=now)
    edge.say(f"Deleted: {gone.responses} responses, {gone.partners} partners, {gone.files} files.")
    for one in gone.left:
        edge.complain(f"left: {one.key} has changed meanwhile")
