"""`portal demo`: invented partners to try everything with."""

import click

from portal.cli import edge
from portal.usecases import demonstration
from portal.usecases.demonstration import Doors
from portal.usecases.safekeeping import is_empty


@click.command(short_help="Load 27 invented partners into an empty store.")
@click.option("--partners", type=click.IntRange(1, 5000), help="So many partners; those beyond the usual ones repeat.")
@click.option("--renew", is_flag=True, help="Where the demonstration is already there, open its doors anew.")
def demo(*, renew: bool, partners: int | None) -> None:
    """Load the demonstration into an empty store: 27 invented partners in every state.

    Printed are the sign-ins of its three people and the links of two partners, one that has not started and one that
    is in progress. None of them is kept; with --renew new ones are made for a demonstration that was loaded before.
    """
    portal = edge.portal()
    if renew and not is_empty(portal):
        _show(demonstration.renew_demonstration(portal, edge.now()), portal.config.base_url)
    else:
        _show(demonstration.load_demonstration(portal, edge.now(), partners or 0), portal.config.base_url)


def _show(doors: Doors, address: str) -> None:
    edge.say(f"Staff sign in at {address}/sign-in")
    for one in doors.people:
        edge.say(f"As {one.role.value}:")
        edge.say(f"  E-mail: {one.email}")
        edge.say(f"  Password: {one.password}")
    edge.say("Partner links, one not started and one in progress:")
    for link in doors.links:
        edge.say(link)
