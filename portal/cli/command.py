"""The command itself, and the table of all that it can do."""

import click

from portal.cli import (
    checking,
    demo,
    inviting,
    keeping,
    packing,
    partners,
    publishing,
    reminding,
    retaining,
    serving,
    staff,
    translations,
)
from portal.cli.edge import Portals

HELP = """Ask business partners about their security, score the answers, publish a summary.

Everything is kept in the folder that PORTAL_DATA names; without it, in var/ in the current folder. README lists
the other settings. Exit status: 0 done, 1 refused (the reasons are on standard error), 2 wrong usage, 78 a setting
that cannot be used.
"""

COMMANDS = (
    checking.check,
    translations.translations,
    keeping.init,
    demo.demo,
    serving.serve,
    staff.staff,
    partners.partners,
    inviting.invite,
    reminding.remind,
    partners.scores,
    publishing.publish,
    packing.pack,
    keeping.verify,
    keeping.backup,
    keeping.restore,
    retaining.retention,
)


class InOrder(Portals):
    """Lists the commands in the order in which they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The names of the commands."""
        return [name for name in (command.name for command in COMMANDS) if name]


@click.group(cls=InOrder, help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="partner-security-portal", prog_name="portal")
def main() -> None:
    """Ask business partners about their security, score the answers, publish a summary."""


for command in COMMANDS:
    main.add_command(command)
