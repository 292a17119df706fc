"""Mail servers to talk to: an honest one in this process, and one that says what a test tells it to say."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

# A key and a certificate for mail.example.com and 127.0.0.2 which nobody vouches for; made for these tests alone.
NOBODY = Path(__file__).parent / "nobody.pem"
USER, PASSWORD = "portal", "p@ss/word"
STARTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Inbox:
    """What a server took."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.refuses: dict[str, str] = {}  # address to what is said of it

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        """Take everybody but those it shall refuse."""
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 box"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        """Take everything."""
        self.taken.append(envelope)
        return "250 taken"


def free_port(host: str) -> int:
    """A port on which nobody listens."""
    with socket.socket() as one:
        one.bind((host, 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def server(host: str = "127.0.0.1", *, tls: bool = False, login: bool = False) -> Iterator[tuple[Inbox, int]]:
    """A server while the block lasts: its inbox and its port."""
    inbox, context = Inbox(), None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(NOBODY)

    def known(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=right)

    one = Controller(
        inbox,
        hostname=host,
        port=free_port(host),
        tls_context=context,
        auth_required=login,
        auth_require_tls=False,
        authenticator=known if login else None,
    )
    one.start()
    try:
        yield inbox, one.port
    finally:
        one.stop()


@contextmanager
def scripted(*lines: str) -> Iterator[int]:
    """A server that greets and then gives these answers, whatever it is asked; after the last it hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            try:
                caller, _ = door.accept()
            except OSError:
                return
            with caller, caller.makefile("rb") as heard:
                for line in lines:
                    caller.sendall(f"{line}\r\n".encode())
                    if line[3:4] == "-":
                        continue
                    if line.startswith("354"):
                        while heard.readline() not in (b".\r\n", b""):
                            pass
                    elif not heard.readline():
                        return

        thread = Thread(target=answer)
        thread.start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)
        thread.join()


def message() -> EmailMessage:
    """A small mail."""
    one = EmailMessage()
    one["To"], one["From"], one["Subject"] = "ana@example.com", "portal@example.com", "Hello"
    one.set_content("A link for you.\n")
    return one
