"""The store as a whole: made, checked, backed up, brought back."""

from pathlib import Path

import click

from portal.cli import edge
from portal.core.errors import NotAllowed
from portal.usecases import safekeeping


@click.command(short_help="Make an empty store.")
def init() -> None:
    """Make an empty store in the data folder; refused where one with records lies there already."""
    portal = edge.portal()
    if not safekeeping.is_empty(portal):
        raise NotAllowed(f"There are records in {portal.config.store} already; nothing was changed.")
    portal.store.ready()
    edge.say(f"An empty store lies in {portal.config.store}.")
    edge.say("Next: portal staff add EMAIL --role admin")


@click.command(short_help="Look for damage in all that is kept.")
@click.option("--rebuild", is_flag=True, help="First write the register anew from the records.")
@click.pass_context
def verify(ctx: click.Context, *, rebuild: bool) -> None:
    """Read everything that is kept and name what is damaged, missing or does not fit together.

    Nothing is changed, unless you ask for the register to be rebuilt.
    """
    portal = edge.portal()
    if rebuild:
        edge.say(f"The register has been rebuilt: {portal.store.rebuild()} rows.")
    faults = safekeeping.verify(portal)
    for fault in faults:
        edge.complain(f"{fault.where}: {fault.what}. {fault.remedy}")
    if faults:
        ctx.exit(1)
    edge.say("Everything is as it was written.")


@click.command(short_help="Write everything to one archive.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup(ctx: click.Context, file: Path) -> None:
    """Write all records, their history and the evidence to FILE, a .tar.gz archive only you can read.

    People may go on working meanwhile. What is damaged is left out and named, with exit status 1. The key that
    forms are signed with is not in it; a restored portal makes a new one.
    """
    made = safekeeping.backup(edge.portal(), file, edge.now())
    for fault in made.left_out:
        edge.complain(f"left out: {fault.where}: {fault.what}. {fault.remedy}")
    edge.say(f"{file}: {made.records} parts of the store, {made.evidence} evidence files, {made.size} bytes.")
    if made.left_out:
        ctx.exit(1)


@click.command(short_help="Bring an archive back into an empty store.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Bring the backup in FILE back into an empty store.

    The whole archive is checked before anything is written, and afterwards everything is read again and compared.
    """
    restored = safekeeping.restore(edge.portal(), file)
    edge.say(f"Restored and compared: {restored.records} parts of the store, {restored.evidence} evidence files.")
