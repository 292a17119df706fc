"""Where the command line meets the machine: clock, environment, data folder, and what is written to the terminal."""

import getpass
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from portal.cli.logs import printable
from portal.config import BadSetting, Config, config_from, port_in, questionnaires_folder, refuse_debugging
from portal.core.errors import PortalError, Refused
from portal.usecases.portal import Portal, open_portal

DATA = Path("var")
# sysexits.h: something is wrong with the configuration; service managers know not to try again.
BAD_SETTING = 78


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


def config(address: str = "") -> Config:
    """The settings in the environment; BadSetting where one cannot be used. `address` is where we serve, if we do."""
    if address:
        refuse_debugging(os.environ)
    return config_from(os.environ, DATA, address)


def port() -> int:
    """The port to serve on when none is given."""
    return port_in(os.environ)


def questionnaires() -> Path:
    """The folder of the questionnaires in use; no data folder is needed to know it."""
    return questionnaires_folder(os.environ)


def portal() -> Portal:
    """The portal in the data folder."""
    return open_portal(config())


def operator() -> str:
    """Who is at the terminal, for the history."""
    try:
        return f"{getpass.getuser()} at the command line"
    except (KeyError, OSError):
        return "somebody at the command line"


def say(line: str) -> None:
    """One line for a person, on standard output."""
    click.echo(printable(line))


def complain(line: str) -> None:
    """One line on standard error."""
    click.echo(printable(line), err=True)


def as_json(rows: Iterable[Any]) -> None:
    """Rows as one JSON array on standard output."""
    data = msgspec.json.encode(list(rows))
    click.echo(msgspec.json.format(data, indent=2).decode())


def as_table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Rows under their heads, in columns."""
    lines = [heads, *([printable(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


class Portals(click.Group):
    """A group that says why something was refused, one line a problem, and never shows a stack trace for it."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit 1 when it is refused and 78 for a bad setting."""
        try:
            return super().invoke(ctx)
        except BadSetting as wrong:
            complain(str(wrong))
            ctx.exit(BAD_SETTING)
        except PortalError as fact:
            for line in reasons(fact):
                complain(line)
        except BrokenPipeError:
            raise
        except OSError as failure:
            complain(f"{failure.filename}: {failure.strerror}" if failure.filename else str(failure))
        return ctx.exit(1)


def reasons(fact: PortalError) -> list[str]:
    """Each reason of a refusal as a line."""
    if isinstance(fact, Refused):
        return [f"{one.where}: {one.message}" if one.where else one.message for one in fact.problems]
    return str(fact).splitlines() or [type(fact).__name__]
