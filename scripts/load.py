"""A portal of our own in a temporary folder, a server on it, and people who use it: for benchmarks and crash tests."""

import gzip
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from portal.config import config_from
from portal.usecases.inviting import Invitation, invite
from portal.usecases.partners import add_partners
from portal.usecases.portal import Portal, open_portal

SECTION = "access"  # twelve questions are visible in it before anything is answered
BATCH = 100


@contextmanager
def a_portal(partners: int) -> Iterator[tuple[Portal, list[Invitation]]]:
    """A portal with that many partners, all invited."""
    with tempfile.TemporaryDirectory() as folder:
        portal = open_portal(config_from({"PORTAL_DATA": folder, "PORTAL_DISK_FLOOR_MB": "0"}, Path(folder)))
        yield portal, list(invited(portal, partners))


def invited(portal: Portal, count: int) -> Iterator[Invitation]:
    """Add partners and invite each, in batches, through the same doors as staff."""
    now = datetime.now(UTC)
    for start in range(0, count, BATCH):
        rows = [
            (
                f"row {number}",
                {
                    "id": f"p{number}",
                    "name": f"Invented Company {number}",
                    "country": "VN",
                    "business_type": "foreign_manufacturer",
                    "contact_email": f"contact{number}@example.com",
                },
            )
            for number in range(start, min(start + BATCH, count))
        ]
        added = add_partners(portal, rows, by="benchmark", now=now)
        yield from invite(portal, [partner.id for partner in added], by="benchmark", now=now)


def a_free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def start_server(portal: Portal, port: int, workers: int = 2) -> subprocess.Popen[bytes]:
    """Serve the portal as in production, in a process group of its own, and wait until it answers."""
    environment = {
        **os.environ,
        "PORTAL_DATA": str(portal.config.data),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
        "PORTAL_DISK_FLOOR_MB": "0",
    }
    command = [Path(sys.executable).parent / "portal", "serve", "--port", str(port), "--workers", str(workers)]
    log = (portal.config.data / "server.log").open("ab")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    until_open(port)
    return server


@contextmanager
def a_server(portal: Portal, workers: int = 2) -> Iterator[int]:
    """The portal served as in production, on a free port; ended with the block."""
    port = a_free_port()
    server = start_server(portal, port, workers)
    try:
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def until_open(port: int) -> None:
    """Wait until the server answers, half a minute at most."""
    for _ in range(300):
        try:
            Connection(port).ask("GET", "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


class Connection:
    """One kept-alive connection, as cheap as it can be, since it shares the machine with the server."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.file = self.socket.makefile("rb")
        self.cookies: dict[str, str] = {}

    @property
    def cookie(self) -> str:
        """What it sends back of what it was given."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def ask(self, method: str, path: str, body: bytes = b"", headers: str = "") -> tuple[int, bytes]:
        """Send one request; its status and its body."""
        self.socket.sendall(self.request(method, path, body, headers))
        return self.answer()

    def request(self, method: str, path: str, body: bytes = b"", headers: str = "") -> bytes:
        """A request as bytes."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", "Accept-Encoding: gzip"]
        lines += [f"Cookie: {self.cookie}"] if self.cookies else []
        lines += [f"Content-Length: {len(body)}"] if body else []
        return "\r\n".join(lines).encode() + b"\r\n" + headers.encode() + b"\r\n" + body

    def answer(self) -> tuple[int, bytes]:
        """Read one answer."""
        status, length = int(self.file.readline().split()[1]), 0
        while (line := self.file.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            if name.lower() == b"set-cookie":
                kept, _, secret = value.split(b";")[0].strip().decode().partition("=")
                self.cookies[kept] = secret
        return status, self.file.read(length)


FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


def person(port: int, invitation: Invitation) -> tuple[Connection, str, str]:
    """Somebody who has pressed Start: the connection, the address of the response, the token for forms."""
    connection = Connection(port)
    path = "/invitation/" + invitation.link.rsplit("/", 1)[1]
    token = token_in(connection.ask("GET", path)[1])
    status, _ = connection.ask("POST", path, urlencode({"csrf_token": token}).encode(), FORM)
    if status != 303:
        raise SystemExit(f"Start answered {status}")
    base = f"/partner/responses/{invitation.response}"
    return connection, base, token_in(connection.ask("GET", f"{base}/sections/{SECTION}")[1])


def token_in(page: bytes) -> str:
    """The token in a page."""
    text = gzip.decompress(page).decode() if page[:2] == b"\x1f\x8b" else page.decode()
    return text.split('name="csrf_token" value="')[1].split('"')[0]
