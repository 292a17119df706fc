#!/usr/bin/env python3
"""Kills the server again and again while people save, and looks whether anything acknowledged is lost.

    .venv/bin/python scripts/crash_server.py [--kills 100] [--people 16]

Everything happens in a temporary folder on this machine; it stops by itself. Exit 1 if an answer was lost.
"""

import argparse
import json
import os
import random
import signal
import sys
import threading
import time

from load import a_free_port, a_portal, person, start_server

from portal.core.records import Response
from portal.store.protocol import Damaged
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal, open_portal
from portal.usecases.safekeeping import verify

QUESTIONS = ("access-badges-written", "access-badges-worn", "access-leavers", "access-mail")


class Saver(threading.Thread):
    """Somebody who saves numbered comments until the connection breaks; knows what was sent and what was kept."""

    def __init__(self, port: int, invitation: Invitation, sent: dict[str, int], kept: dict[str, int]) -> None:
        super().__init__(daemon=True)
        self.connection, self.base, self.token = person(port, invitation)
        self.sent, self.kept, self.count = sent, kept, 0

    def run(self) -> None:
        """Save until the server is gone."""
        headers = f"Content-Type: application/json\r\nX-CSRF-Token: {self.token}\r\n"
        try:
            while True:
                question = random.choice(QUESTIONS)
                number = self.sent[question] = self.sent.get(question, 0) + 1
                body = json.dumps({"value": "yes", "comment": str(number)}).encode()
                status, _ = self.connection.ask("PUT", f"{self.base}/answers/{question}", body, headers)
                if status != 200:
                    return
                self.kept[question] = number
                self.count += 1
        except (OSError, ValueError, IndexError):
            return


def lost(portal: Portal, response: str, sent: dict[str, int], kept: dict[str, int]) -> list[str]:
    """What is wrong with one response: an acknowledged number that is gone, or one that nobody sent."""
    try:
        answers = portal.store.get(Response, response).answers
    except Damaged as fault:
        return [str(fault)]
    found = {question: int(answers[question].comment) if question in answers else 0 for question in QUESTIONS}
    return [
        f"{response} {question}: acknowledged {kept.get(question, 0)}, sent {sent.get(question, 0)}, found {number}"
        for question, number in found.items()
        if not kept.get(question, 0) <= number <= sent.get(question, 0)
    ]


def main() -> int:
    """Kill, start again, look; print figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--people", type=int, default=16)
    given = parser.parse_args()
    acknowledged, problems = 0, []
    with a_portal(given.people) as (portal, invitations):
        sent: list[dict[str, int]] = [{} for _ in invitations]
        kept: list[dict[str, int]] = [{} for _ in invitations]
        for _ in range(given.kills):
            port = a_free_port()
            server = start_server(portal, port)
            savers = [Saver(port, one, sent[place], kept[place]) for place, one in enumerate(invitations)]
            for saver in savers:
                saver.start()
            time.sleep(random.uniform(0.05, 1.0))
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(20)
            for saver in savers:
                saver.join(20)
            acknowledged += sum(saver.count for saver in savers)
            for place, one in enumerate(invitations):
                problems += lost(portal, one.response, sent[place], kept[place])
        faults = verify(open_portal(portal.config))
    print(
        f"{given.kills} kills under {given.people} savers: {acknowledged} acknowledged, {len(problems)} lost or wrong"
    )
    print("\n".join(problems + [f"{fault.where}: {fault.what}" for fault in faults]))
    return 1 if problems or faults else 0


if __name__ == "__main__":
    sys.exit(main())
