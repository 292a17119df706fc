#!/usr/bin/env python3
"""Measures what people feel: pages, saves, scores, publishing, bytes. Prints figures; judges nothing.

    .venv/bin/python scripts/benchmark.py [pages] [saves] [scores] [freeze] [bytes]

Every part works on a store of its own in a temporary folder, talks to this machine only and stops by itself.
Set-up for 10,000 partners takes about a minute or two.
"""

import argparse
import gzip
import os
import random
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

from portal.config import config_from
from portal.core.answering import Given
from portal.core.asking import visible
from portal.core.questionnaire import Kind, Question, Questionnaire
from portal.core.records import Answer
from portal.core.scoring import score
from portal.usecases.answering import Access, save_answers
from portal.usecases.inviting import Invitation, invite
from portal.usecases.partners import add_partners
from portal.usecases.portal import Portal, open_portal
from portal.usecases.secrets import hashed

SECTION = "access"  # twelve questions are visible in it before anything is answered
SECONDS = 6.0
BATCH = 100


def main() -> None:
    """Run the parts that are named, or all."""
    parts = {"scores": scores, "pages": pages, "saves": saves, "freeze": freeze, "bytes": first_bytes}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="*", choices=[*parts, []], help="which parts; all if none is named")
    parser.add_argument("--many", type=int, default=10_000, help="how many partners the large store has")
    given = parser.parse_args()
    print(f"# {os.cpu_count()} cores, Python {sys.version.split()[0]}, {datetime.now(UTC):%Y-%m-%d}")
    for name in given.part or parts:
        parts[name](given.many)


def scores(_: int) -> None:
    """10,000 complete responses of the foreign manufacturer questionnaire, each judged with its trace."""
    with a_portal(0) as portal:
        questionnaire = portal.library.questionnaires["foreign-manufacturer"]
    chance = random.Random(1)
    complete = [good_answers(questionnaire, chance) for _ in range(200)]
    asked = statistics.mean(sum(map(len, visible(questionnaire, answers, {}).values())) for answers in complete)
    begun = time.perf_counter()
    for number in range(10_000):
        score(questionnaire, complete[number % 200], {}, datetime.now(UTC).date())
    took = time.perf_counter() - begun
    print(f"scores: 10,000 responses of about {asked:.0f} questions in {took:.1f} s, {took / 10:.3f} ms each")


def good_answers(questionnaire: Questionnaire, chance: random.Random) -> dict[str, Answer]:
    """An answer to every question, at random."""
    return {question.id: Answer(value=a_value(question, chance)) for question in questionnaire.questions}


def a_value(question: Question, chance: random.Random) -> str | tuple[str | dict[str, str], ...] | None:
    """Something that may be said to a question."""
    match question.kind:
        case Kind.CHOICE:
            return chance.choice(question.options).id
        case Kind.CHOICES:
            several = [option.id for option in question.options if not option.alone and chance.random() < 0.7]
            return tuple(several) or (question.options[0].id,)
        case Kind.NUMBER | Kind.PERCENTAGE:
            return "7"
        case Kind.DATE:
            return "2026-03-01"
        case _:
            return "Something"


@contextmanager
def a_portal(partners: int) -> Iterator[Portal]:
    """A portal with that many partners, all invited."""
    with tempfile.TemporaryDirectory() as folder:
        portal = open_portal(config_from({"PORTAL_DATA": folder, "PORTAL_DISK_FLOOR_MB": "0"}, Path(folder)))
        portal.__dict__["invitations"] = list(invited(portal, partners))
        yield portal


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


def filled(portal: Portal, invitation: Invitation) -> None:
    """Half of the questions answered, so that a response has its usual size."""
    access = Access(response=invitation.response, link=hashed(invitation.link.rsplit("/", 1)[1]), name="Benchmark")
    questionnaire = portal.library.questionnaires["foreign-manufacturer"]
    chance = random.Random(2)
    given = {
        question.id: (Given(value=a_value(question, chance), comment="As in our manual."), None)
        for question in questionnaire.questions
        if question.kind is Kind.CHOICE
    }
    save_answers(portal, access, given, now=datetime.now(UTC))


@contextmanager
def a_server(portal: Portal, workers: int = 2) -> Iterator[int]:
    """The portal served as in production, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "PORTAL_DATA": str(portal.config.data),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
        "PORTAL_DISK_FLOOR_MB": "0",
    }
    command = [Path(sys.executable).parent / "portal", "serve", "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until_open(port)
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
        self.cookie = ""

    def ask(self, method: str, path: str, body: bytes = b"", headers: str = "") -> tuple[int, bytes]:
        """Send one request; its status and its body."""
        self.socket.sendall(self.request(method, path, body, headers))
        return self.answer()

    def request(self, method: str, path: str, body: bytes = b"", headers: str = "") -> bytes:
        """A request as bytes."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", "Accept-Encoding: gzip"]
        lines += [f"Cookie: {self.cookie}"] if self.cookie else []
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
                self.cookie = value.split(b";")[0].strip().decode()
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


def in_parallel(people: int, work: Callable[[int], list[float]]) -> tuple[float, list[float]]:
    """Let people work at once; requests a second, and each request's milliseconds."""
    found: list[float] = []
    threads = [threading.Thread(target=lambda n=n: found.extend(work(n))) for n in range(people)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(found) / (time.perf_counter() - begun), found


def told(rate: float, times: list[float]) -> str:
    """Figures as one line."""
    ordered = sorted(times)
    return f"{rate:6.0f} a second, median {statistics.median(ordered):5.1f} ms, p99 {ordered[int(len(ordered) * 0.99)]:6.1f} ms"


def timed(connection: Connection, make: Callable[[int], bytes], expected: int) -> list[float]:
    """Requests one after another for a few seconds; each one's milliseconds."""
    times, until, number = [], time.perf_counter() + SECONDS, 0
    while time.perf_counter() < until:
        request = make(number)
        begun = time.perf_counter()
        connection.socket.sendall(request)
        status, _ = connection.answer()
        if status != expected:
            raise SystemExit(f"the server answered {status}, not {expected}")
        times.append((time.perf_counter() - begun) * 1000)
        number += 1
    return times


def pages(_: int) -> None:
    """Opening a page of twelve questions, at 1 and at 16 people."""
    with a_portal(16) as portal:
        for invitation in portal.__dict__["invitations"]:
            filled(portal, invitation)
        with a_server(portal) as port:
            for people in (1, 16):
                ready = [person(port, one) for one in portal.__dict__["invitations"][:people]]

                def work(number: int, ready: list[tuple[Connection, str, str]] = ready) -> list[float]:
                    connection, base, _ = ready[number]
                    request = connection.request("GET", f"{base}/sections/{SECTION}")
                    return timed(connection, lambda _: request, 200)

                print(f"pages: {people:2} people, section of 12 questions: {told(*in_parallel(people, work))}")


def saves(many: int) -> None:
    """Saving one answer and saving a section, durably, at 1 and at 16 people, with 10 and with many partners."""
    for partners in (16, many):
        with a_portal(partners) as portal, a_server(portal) as port:
            invitations = portal.__dict__["invitations"]
            for invitation in invitations[:16]:
                filled(portal, invitation)
            for people in (1, 16):
                ready = [person(port, one) for one in invitations[:people]]
                print(f"saves: {partners:5} partners, {people:2} people, one answer: {told(*one_answer(ready))}")
                print(f"saves: {partners:5} partners, {people:2} people, a section:  {told(*a_section(portal, ready))}")


def one_answer(ready: list[tuple[Connection, str, str]]) -> tuple[float, list[float]]:
    """PUT one answer, another one each time."""

    def work(number: int) -> list[float]:
        connection, base, token = ready[number]
        headers = f"Content-Type: application/json\r\nX-CSRF-Token: {token}\r\n"

        def make(count: int) -> bytes:
            body = f'{{"value": "yes", "comment": "Save number {count}."}}'.encode()
            return connection.request("PUT", f"{base}/answers/access-badges", body, headers)

        return timed(connection, make, 200)

    return in_parallel(len(ready), work)


def a_section(portal: Portal, ready: list[tuple[Connection, str, str]]) -> tuple[float, list[float]]:
    """POST a section of twelve answers with comments, all of them changed each time."""
    questionnaire = portal.library.questionnaires["foreign-manufacturer"]
    section = questionnaire.section(SECTION)
    asked = [question for question in section.questions if question.kind is Kind.CHOICE] if section else []

    def work(number: int) -> list[float]:
        connection, base, token = ready[number]

        def make(count: int) -> bytes:
            form = {"csrf_token": token}
            for question in asked[:12]:
                form[question.id] = question.options[count % 2].id
                form[f"{question.id}-comment"] = f"Save number {count}."
            return connection.request(
                "POST", f"{base}/sections/{SECTION}", urlencode(form, quote_via=quote).encode(), FORM
            )

        return timed(connection, make, 303)

    return in_parallel(len(ready), work)


def freeze(_: int) -> None:
    """Publishing 1,000 partners in full, then again with nothing changed."""
    from portal.publish import publish
    from portal.usecases.summing import summary_of

    with a_portal(1000) as portal:
        today = datetime.now(UTC).date()
        for what, everything in (("in full", True), ("nothing changed", False)):
            begun = time.perf_counter()
            publish(
                summary_of(portal, today),
                portal.config.publication,
                site_folder=portal.config.site,
                everything=everything,
            )
            took = time.perf_counter() - begun
            count = sum(1 for path in portal.config.publication.rglob("*.html"))
            print(f"freeze: 1,000 partners {what}: {took:.1f} s, {count} pages, {count / took:.0f} pages a second")
    print(f"freeze: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")


def first_bytes(_: int) -> None:
    """What a first visit costs on the wire, headers left out: the invitation, the list, a section, with all they load."""
    with a_portal(1) as portal, a_server(portal, 1) as port:
        invitation = portal.__dict__["invitations"][0]
        connection, base, _ = person(port, invitation)
        addresses = {
            "invitation": "/invitation/" + invitation.link.rsplit("/", 1)[1],
            "list of sections": base,
            "largest section": f"{base}/sections/procedures",
        }
        for name, path in addresses.items():
            page = connection.ask("GET", path)[1]
            text = gzip.decompress(page).decode()
            parts = {part.split('"')[0] for part in text.replace('src="', 'href="').split('href="')[1:]}
            loaded = sum(len(connection.ask("GET", part)[1]) for part in parts if part.startswith("/assets/"))
            print(f"bytes: {name}: page {len(page)}, style, script and icon {loaded}, together {len(page) + loaded}")


if __name__ == "__main__":
    main()
