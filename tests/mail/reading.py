"""Reads mails as their reader does."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from portal.usecases.portal import Portal


def mails(portal: Portal) -> list[EmailMessage]:
    """What lies in the folder of mails, the oldest first."""
    files = sorted(portal.config.outbox.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]


def body(mail: EmailMessage, kind: str = "plain") -> str:
    """The text of a mail, or with `html` its HTML."""
    found = mail.get_body(preferencelist=(kind,))
    assert found is not None
    return found.get_content()
