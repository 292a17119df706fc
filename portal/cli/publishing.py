"""`portal publish`: the summary site."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from portal.cli import edge
from portal.publish import publish as publish_site
from portal.usecases.summing import summary_of


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, and what to call when so many of so many files are done."""
    with click.progressbar(length=1, label="Publishing", file=sys.stderr) as bar:

        def tell(done: int, number: int) -> None:
            bar.length = number
            bar.update(done - bar.pos)

        yield tell


@click.command(short_help="Publish the summary site.")
@click.option(
    "--into", type=click.Path(path_type=Path), help="Where readers find the site.  [default: site in the data folder]"
)
@click.option("--all", "everything", is_flag=True, help="Write every page anew, not only what changed.")
def publish(into: Path | None, *, everything: bool) -> None:
    """Publish the summary site: static files for people who have no account.

    Readers find the old site or the new one, each whole: the new one takes its place in one step.
    """
    portal = edge.portal()
    summary = summary_of(portal, edge.now().date())
    target = into or portal.config.publication
    with progress_bar() as tell:
        done = publish_site(summary, target, site_folder=portal.config.site, everything=everything, progress=tell)
    edge.say(f"{target / 'index.html'}: {done.files} files, {done.rendered} written, {done.unchanged} unchanged.")
