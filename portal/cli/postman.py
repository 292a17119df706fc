"""The thread of a server process that hands mails over, so that no page ever waits for a mail server."""

import logging
from threading import Thread
from time import sleep

from portal.cli import edge
from portal.usecases.delivering import deliver
from portal.usecases.portal import Portal

ROUND_SECONDS = 5

log = logging.getLogger(__name__)


def start_postman(portal: Portal) -> None:
    """Look for mails that are due every few seconds; the thread ends with its process, the queue stays in the store."""
    Thread(target=_rounds, args=(portal,), name="postman", daemon=True).start()


def _rounds(portal: Portal) -> None:
    while True:
        try:
            deliver(portal, edge.now)
        except Exception:  # whatever it is, the next round has to come
            log.exception("a round of mails was broken off")
        sleep(ROUND_SECONDS)
