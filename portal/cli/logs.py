"""The log: one JSON object a line, so that nothing a stranger sends can forge a line, and no link in it."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

# A token in an address, and anything else of its exact length and alphabet, such as the secret of a session.
SECRETS = re.compile(r"(?:(?<=/invitation/)|(?<=/entry/))[^/?#\s\"'\\]+|(?<![\w-])[A-Za-z0-9_-]{43}(?![\w-])")
MASK = "…"


def masked(text: str) -> str:
    """The text with every secret link and session in it made unusable."""
    return SECRETS.sub(MASK, text)


def printable(text: str) -> str:
    """The text on one line, its control and direction characters written out, so that it cannot steer a terminal."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


class OneLine(logging.Formatter):
    """One event as one line of JSON in plain ASCII, secrets masked."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with the stack trace as a field of its own."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": record.process,
            "logger": record.name,
            "event": masked(record.getMessage()),
        }
        if record.exc_info:
            line["trace"] = masked(self.formatException(record.exc_info))
        return json.dumps(line)


def start_logging() -> None:
    """Send everything from `info` upwards to standard error in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # It warns whenever a request waits for a thread, which is what requests do when many come at once.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    logging.captureWarnings(True)
