"""Mails: one function a message, and the way out, by SMTP or into a folder of .eml files when none is set."""

import secrets
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from portal.core.wording import phrase

SMTP_SECONDS = 20


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
        with smtplib.SMTP(self.host, self.port, timeout=SMTP_SECONDS) as server:
            if self.host not in ("127.0.0.1", "localhost", "::1"):
                # smtplib's own default accepts any certificate.
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)


def mailer(smtp: str, outbox: Path) -> Mailer:
    """The way out that the settings name."""
    return Smtp(smtp) if smtp else Outbox(outbox)


FRESH_LINK_SUBJECT = phrase("Your new link to the security questionnaire of %(importer)s")
FRESH_LINK = phrase(
    "Hello,\n\nsomebody asked for a new link to “%(title)s” for %(importer)s.\n"
    "Everything you entered before is still there.\n\n%(link)s\n\n"
    "The link works until %(expires)s. Earlier links no longer work.\n"
    "If you did not ask for it, you need not do anything.\n"
)
ANSWERED_SUBJECT = phrase("%(importer)s has answered your question")
ANSWERED = phrase(
    "Hello,\n\n%(importer)s has answered a question about “%(title)s”.\n"
    "Open the link in your invitation to read the answer beside your question.\n"
)

FINDINGS_SUBJECT = phrase("%(importer)s has written to you about corrections")
FINDINGS = phrase(
    "Hello,\n\n%(importer)s has read your answers to “%(title)s” and has written about what should be corrected.\n"
    "Open the link in your invitation to read it, to say what you will do, and to send proof.\n"
)
DECIDED_SUBJECT = phrase("%(importer)s has decided about your security questionnaire")
DECIDED = phrase(
    "Hello,\n\n%(importer)s has decided about your answers to “%(title)s”.\n"
    "Open the link in your invitation to read and print the letter.\n"
)


def findings_sent(*, to: str, sender: str, importer: str, title: str, say: Callable[[str], str]) -> EmailMessage:
    """The mail that says that there is something to correct, or news about it. It says no finding and no score."""
    return _notice((FINDINGS_SUBJECT, FINDINGS), to, sender, {"importer": importer, "title": title}, say)


def decided(*, to: str, sender: str, importer: str, title: str, say: Callable[[str], str]) -> EmailMessage:
    """The mail that says that there is a decision. It does not say which."""
    return _notice((DECIDED_SUBJECT, DECIDED), to, sender, {"importer": importer, "title": title}, say)


def _notice(
    texts: tuple[str, str], to: str, sender: str, values: dict[str, str], say: Callable[[str], str]
) -> EmailMessage:
    message = EmailMessage()
    message["To"], message["From"] = to, sender
    message["Subject"] = say(texts[0]) % values
    message.set_content(say(texts[1]) % values)
    return message


def question_answered(*, to: str, sender: str, importer: str, title: str, say: Callable[[str], str]) -> EmailMessage:
    """The mail that says that staff have answered a question. It repeats neither, and cannot bring the link again."""
    return _notice((ANSWERED_SUBJECT, ANSWERED), to, sender, {"importer": importer, "title": title}, say)


def fresh_link(
    *, to: str, sender: str, importer: str, title: str, link: str, expires: str, say: Callable[[str], str]
) -> EmailMessage:
    """The mail that brings a contact a new link in place of an old one. It says no answer and no score.

    `say` has a text of ours in the contact's language.
    """
    message = EmailMessage()
    message["To"], message["From"] = to, sender
    message["Subject"] = say(FRESH_LINK_SUBJECT) % {"importer": importer}
    message.set_content(say(FRESH_LINK) % {"title": title, "importer": importer, "link": link, "expires": expires})
    return message
