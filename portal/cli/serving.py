"""`portal serve`: one listening socket, several processes behind it."""

import socket
from functools import partial

import click

from portal.cli import edge
from portal.cli.logs import start_logging
from portal.cli.server import serve_on
from portal.cli.workers import Workers
from portal.config import HIGHEST_PORT, Config
from portal.core.errors import NotAllowed
from portal.usecases.entering import sweep_entries
from portal.usecases.portal import open_portal
from portal.usecases.sessions import sweep_sessions

BACKLOG = 1024
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # compared with, and shown as what a browser can open


@click.command(short_help="Serve the portal.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 for all.")
@click.option(
    "--port",
    metavar="PORT",
    type=click.IntRange(0, HIGHEST_PORT),
    help="Else PORTAL_PORT, else 8000; 0 for any free one.",
)
@click.option(
    "--workers", metavar="N", type=click.IntRange(1, 64), default=2, show_default=True, help="How many processes."
)
def serve(host: str, port: int | None, workers: int) -> None:
    """Serve the portal until it is told to end (Ctrl-C or SIGTERM).

    Several processes share one socket; one that dies is replaced. Slow clients cost a place in a list and no thread.
    The log goes to standard error, one JSON object a line, without links or answers. For https put a proxy in front
    and set PORTAL_BASE_URL and PORTAL_PROXIES.
    """
    with listening(host, edge.port() if port is None else port) as door:
        address = address_of(door)
        config = edge.config(address)
        tidy_up(config)
        start_logging()
        edge.say(f"Serving on {address} with {workers} processes. Ctrl-C ends it.")
        Workers(partial(serve_on, door, config), workers).run()


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; NotAllowed where the address cannot be had."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as failure:
        text = f"Cannot listen on {host}, port {port}: {failure.strerror}. Choose another with --port or PORTAL_PORT."
        raise NotAllowed(text) from failure


def address_of(door: socket.socket) -> str:
    """The address that a browser on this machine opens."""
    host, port = door.getsockname()[:2]
    host = ANYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def tidy_up(config: Config) -> None:
    """Open the portal once, so that what is wrong is said here, and take away what is long over."""
    portal = open_portal(config)
    portal.store.ready()
    sweep_sessions(portal, edge.now())
    sweep_entries(portal, edge.now())
    portal.evidence.sweep()
    portal.pieces.sweep()
