"""Mails: how they are put together, and the way out, by SMTP or into a folder of .eml files when none is set."""

import secrets
import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from msgspec import Struct

SMTP_SECONDS = 20
WORKBOOK = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
LONGEST_REASON = 300


class Mailer(Protocol):
    """Hands a message over; raises OSError or smtplib.SMTPException where that fails."""

    def send(self, message: EmailMessage) -> None:
        """Hand over one message."""


class Outbox:
    """Writes each message as an .eml file, readable by this user only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write the message under a name of our own."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{secrets.token_hex(8)}.eml"
        path.touch(mode=0o600)
        path.write_bytes(bytes(message))


class Smtp:
    """Hands messages to a server given as smtp://user:password@host:port, with STARTTLS unless it is this machine."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 25
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")

    def send(self, message: EmailMessage) -> None:
        """Hand over one message; certificates are verified, there is no plain fall-back."""
        server = _Client(self.host, self.port, timeout=SMTP_SECONDS)
        try:
            if self.host not in ("127.0.0.1", "localhost", "::1"):
                # smtplib's own default accepts any certificate.
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)
            with suppress(OSError):  # it is taken; how the server says goodbye changes nothing
                server.quit()
        finally:
            server.close()


class MaybeTaken(OSError):
    """The connection ended in the middle of a message, so nobody can know whether the server took it."""


class _Client(smtplib.SMTP):
    """A client that tells a message which was refused from one whose fate is unknown."""

    def data(self, msg: Any) -> Any:
        """Send the message's bytes."""
        try:
            return super().data(msg)
        except smtplib.SMTPResponseException:
            raise
        except OSError as fault:
            raise MaybeTaken("the connection ended in the middle of the message") from fault


class Outcome(StrEnum):
    """What became of a mail that was handed over.

    Sent: a server has it. Later: tried again. Away: the same, and no other mail would get through now.
    Bounced: that address takes none. Unknown: it may have arrived, so that a person has to decide.
    """

    SENT = "sent"
    LATER = "later"
    AWAY = "away"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"


class Failure(Struct, frozen=True):
    """Why a mail was not sent, as staff read it, and what that means for it."""

    outcome: Outcome
    reason: str


def failure_of(fault: Exception) -> Failure:
    """What a fault of a mailer means."""
    match fault:
        case MaybeTaken():
            return Failure(Outcome.UNKNOWN, str(fault))
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(fault.recipients.values()))
            return Failure(Outcome.BOUNCED if _is_final(code) else Outcome.LATER, _reason(code, said))
        case smtplib.SMTPDataError():
            final = _is_final(fault.smtp_code)
            return Failure(Outcome.BOUNCED if final else Outcome.LATER, _reason(fault.smtp_code, fault.smtp_error))
        case smtplib.SMTPResponseException():
            return Failure(Outcome.AWAY, _reason(fault.smtp_code, fault.smtp_error))
        case _:
            return Failure(Outcome.AWAY, f"The mail server cannot be used: {type(fault).__name__}.")


def _is_final(code: int) -> bool:
    return code >= 500


def _reason(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    return f"{code} {' '.join(line.split())}"[:LONGEST_REASON]


def mailer(smtp: str, outbox: Path) -> Mailer:
    """The way out that the settings name."""
    return Smtp(smtp) if smtp else Outbox(outbox)


class Written(Struct, frozen=True):
    """What a mail says: its subject, its text plainly and as HTML, and how that language is called and written."""

    subject: str
    text: str
    html: str
    language: str
    direction: str

    @property
    def page(self) -> str:
        """The HTML as a whole document."""
        return (
            f'<!doctype html><html lang="{self.language}" dir="{self.direction}"><head><meta charset="utf-8">'
            f"<title>{escape(self.subject)}</title></head><body>{self.html}</body></html>"
        )


def composed(
    written: Written, *, to: str, sender: str, id: str, at: datetime, form: tuple[str, bytes] | None = None
) -> EmailMessage:
    """The message; `id` stays the same however often it is tried, so that mail programs show it once.

    `form` is a workbook to hang on, with its name.
    """
    message = EmailMessage()
    message["To"], message["From"], message["Subject"] = to, sender, written.subject
    message["Date"], message["Message-ID"] = format_datetime(at), f"<{id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # no machine shall answer
    message.set_content(written.text)
    message.add_alternative(written.page, subtype="html")
    if form:
        name, data = form
        message.add_attachment(data, maintype=WORKBOOK[0], subtype=WORKBOOK[1], filename=name)
    return message
