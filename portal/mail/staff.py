"""Mails to staff, in English."""

from datetime import datetime
from email.message import EmailMessage

from portal.core.accounts import Purpose

SUBJECTS = {
    Purpose.INVITATION: "You can sign in to the partner security portal of %(importer)s",
    Purpose.RESET: "Choose a new password for the partner security portal of %(importer)s",
}
TEXTS = {
    Purpose.INVITATION: (
        "Hello,\n\nyou have been added to the staff of the partner security portal of %(importer)s.\n"
        "Open this link and choose a password:\n\n%(link)s\n\n"
        "The link works once, until %(expires)s. After that, ask whoever invited you for another.\n"
        "Do not pass it on: whoever opens it can sign in as you.\n"
    ),
    Purpose.RESET: (
        "Hello,\n\nsomebody asked for a new password for your account in the partner security portal of\n"
        "%(importer)s. If it was you, open this link and choose one:\n\n%(link)s\n\n"
        "The link works once, until %(expires)s. All your sessions end then. If you use codes from an\n"
        "app, you still need one to sign in.\n"
        "If it was not you, you need not do anything: your password stays as it is.\n"
    ),
}


def choose_password(
    *, to: str, sender: str, importer: str, purpose: Purpose, link: str, expires: datetime
) -> EmailMessage:
    """The mail that brings somebody of ours the link by which they choose a password."""
    message = EmailMessage()
    message["To"], message["From"] = to, sender
    message["Subject"] = SUBJECTS[purpose] % {"importer": importer}
    values = {"importer": importer, "link": link, "expires": f"{expires:%d %B %Y, %H:%M} UTC"}
    message.set_content(TEXTS[purpose] % values)
    return message
