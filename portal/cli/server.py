"""One worker: the portal behind waitress, which reads a request whole before it gives it a thread."""

import resource
import socket
from time import monotonic, sleep
from typing import Any

from waitress import create_server  # type: ignore[import-untyped]

from portal.cli.postman import start_postman
from portal.config import Config
from portal.usecases.portal import open_portal
from portal.web.app import LARGEST_BODY, create_app

THREADS = 8
MOST_CONNECTIONS = 2000
# Files that a process needs besides its connections: records, evidence, buffers of large requests.
OTHER_FILES = 256
QUIET_SECONDS = 20
SWEEP_SECONDS = 10
# With few connections it matters which process has them; in a flood every process gets enough anyway.
FEW_CONNECTIONS, HESITATION_SECONDS = 64, 0.0004
# A request that has taken longer than this must have come at this speed on average, however its bytes were spread.
PATIENCE_SECONDS = 30
SLOWEST_BYTES_A_SECOND = 100
LARGEST_HEAD = 32 * 1024
# A little more than the application takes, so that the page which says “too large” is ours.
LARGEST_REQUEST = LARGEST_BODY + 1024 * 1024


def serve_on(door: socket.socket, config: Config) -> None:
    """Answer requests on a listening socket until the process is told to end."""
    portal = open_portal(config)
    app = create_app(portal)
    start_postman(portal)
    server = create_server(
        app,
        sockets=[door],
        threads=THREADS,
        connection_limit=room_for_connections(),
        channel_timeout=QUIET_SECONDS,
        cleanup_interval=SWEEP_SECONDS,
        asyncore_use_poll=True,
        max_request_header_size=LARGEST_HEAD,
        max_request_body_size=LARGEST_REQUEST,
        ident=None,
        expose_tracebacks=False,
        # With a proxy in front, the application itself trusts as many hops as the settings say, and no more.
        clear_untrusted_proxy_headers=not config.proxies,
        log_socket_errors=False,
    )
    sweep = server.maintenance

    def maintenance(now: float) -> None:
        """What waitress does by itself, and an end to requests that only trickle in."""
        sweep(now)
        end_trickling(server.active_channels.values(), monotonic())

    accept = server.handle_accept

    def accept_in_turn() -> None:
        """Take a visitor, but hesitate the longer the more are here, so that a process with fewer is quicker."""
        here = len(server.active_channels)
        sleep(here * HESITATION_SECONDS if here <= FEW_CONNECTIONS else 0)
        accept()

    server.maintenance, server.handle_accept = maintenance, accept_in_turn
    server.run()


def room_for_connections() -> int:
    """How many connections the process may hold open, after raising its limit on open files as far as it can."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MOST_CONNECTIONS + OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(min(MOST_CONNECTIONS, soft - OTHER_FILES), 1)


def end_trickling(channels: Any, now: float) -> None:
    """Close the connections whose request comes more slowly than any line would bring it; `now` is monotonic."""
    for channel in channels:
        request = channel.request
        if request is None or channel.requests:
            continue
        if not hasattr(request, "seen_since"):
            request.seen_since = now
        age = now - request.seen_since
        come = request.header_bytes_received + request.body_bytes_received
        if age > PATIENCE_SECONDS and come < SLOWEST_BYTES_A_SECOND * age:
            channel.will_close = True
