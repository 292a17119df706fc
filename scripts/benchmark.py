#!/usr/bin/env python3
"""Measures what people feel: pages, saves, scores, publishing, bytes. Prints figures; judges nothing.

    .venv/bin/python scripts/benchmark.py [pages] [saves] [scores] [freeze] [bytes] [pack]

Every part works on a store of its own in a temporary folder, talks to this machine only and stops by itself.
Set-up for 10,000 partners takes about a minute or two.
"""

import argparse
import gzip
import os
import random
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import quote, urlencode

from load import FORM, SECTION, Connection, a_portal, a_server, person

from portal.core.answering import Given
from portal.core.asking import asked
from portal.core.questionnaire import Kind, Question, Questionnaire
from portal.core.records import Answer
from portal.core.scoring import score
from portal.pack.choosing import Wanted
from portal.pack.making import make_pack
from portal.publish import publish
from portal.usecases.answering import Access, add_evidence, enter, save_answers
from portal.usecases.demonstration.files import picture_of
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed
from portal.usecases.summing import summary_of

SECONDS = 6.0


def main() -> None:
    """Run the parts that are named, or all."""
    parts = {"scores": scores, "pages": pages, "saves": saves, "freeze": freeze, "bytes": first_bytes, "pack": packs}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="*", choices=[*parts, []], help="which parts; all if none is named")
    parser.add_argument("--many", type=int, default=10_000, help="how many partners the large store has")
    given = parser.parse_args()
    print(f"# {os.cpu_count()} cores, Python {sys.version.split()[0]}, {datetime.now(UTC):%Y-%m-%d}")
    for name in given.part or parts:
        parts[name](given.many)


def scores(many: int) -> None:
    """10,000 complete responses of the foreign manufacturer questionnaire, each judged with its trace."""
    with a_portal(0) as (portal, _):
        questionnaire = portal.library.questionnaires["foreign-manufacturer"]
    chance = random.Random(1)
    complete = [good_answers(questionnaire, chance) for _ in range(200)]
    asked = statistics.mean(sum(map(len, asked(questionnaire, answers, {}).shown.values())) for answers in complete)
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


def filled(portal: Portal, invitation: Invitation) -> None:
    """Half of the questions answered, so that a response has its usual size."""
    token, now = invitation.link.rsplit("/", 1)[1], datetime.now(UTC)
    enter(portal, token, "Benchmark", None, "127.0.0.1", now)
    access = Access(response=invitation.response, link=hashed(token), name="Benchmark")
    questionnaire = portal.library.questionnaires["foreign-manufacturer"]
    chance = random.Random(2)
    given = {
        question.id: (Given(value=a_value(question, chance), comment="As in our manual."), None)
        for question in questionnaire.questions
        if question.kind is Kind.CHOICE
    }
    save_answers(portal, access, given, now=now)


def in_parallel(people: int, work: Callable[[int], list[float]]) -> tuple[float, list[float]]:
    """Let people work at once; requests a second, and each request's milliseconds."""
    found: list[float] = []
    failed: list[str] = []

    def run(number: int) -> None:
        try:
            found.extend(work(number))
        except (OSError, ValueError, IndexError) as fault:
            failed.append(str(fault))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(people)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    if failed:
        raise SystemExit(f"{len(failed)} people were stopped: {failed[0]}")
    return len(found) / took, found


def told(rate: float, times: list[float]) -> str:
    """Figures as one line."""
    ordered = sorted(times)
    middle, late = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
    return f"{rate:6.0f} a second, median {middle:5.1f} ms, p99 {late:6.1f} ms"


def timed(connection: Connection, make: Callable[[int], bytes], expected: int) -> list[float]:
    """Requests one after another for a few seconds; each one's milliseconds."""
    times, until, number = [], time.perf_counter() + SECONDS, 0
    while time.perf_counter() < until:
        request = make(number)
        begun = time.perf_counter()
        connection.socket.sendall(request)
        status, _ = connection.answer()
        if status != expected:
            raise ValueError(f"the server answered {status}, not {expected}")
        times.append((time.perf_counter() - begun) * 1000)
        number += 1
    return times


def pages(many: int) -> None:
    """Opening a page of twelve questions, at 1 and at 16 people."""
    with a_portal(16) as (portal, invitations):
        for invitation in invitations:
            filled(portal, invitation)
        with a_server(portal) as port:
            for people in (1, 16):
                ready = [person(port, one) for one in invitations[:people]]

                def work(number: int, ready: list[tuple[Connection, str, str]] = ready) -> list[float]:
                    connection, base, _ = ready[number]
                    request = connection.request("GET", f"{base}/sections/{SECTION}")
                    return timed(connection, lambda _: request, 200)

                print(f"pages: {people:2} people, section of 12 questions: {told(*in_parallel(people, work))}")


def saves(many: int) -> None:
    """Saving one answer and saving a section, durably, at 1 and at 16 people, with 10 and with many partners."""
    for partners in (16, many):
        with a_portal(partners) as (portal, invitations), a_server(portal) as port:
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
            return connection.request("PUT", f"{base}/answers/access-badges-written", body, headers)

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


def freeze(many: int) -> None:
    """Publishing 1,000 partners in full, then again with nothing changed."""
    with a_portal(1000) as (portal, _):
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


def first_bytes(many: int) -> None:
    """What a first visit costs on the wire, headers left out: invitation, list, a section, with all they load."""
    with a_portal(1) as (portal, invitations), a_server(portal, 1) as port:
        invitation = invitations[0]
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


def packs(many: int) -> None:
    """A validation pack of 20 and of 200 partners who answered half and sent three photos each."""
    for partners in (20, 200):
        with a_portal(partners) as (portal, invitations), tempfile.TemporaryFile() as file:
            for invitation in invitations:
                filled(portal, invitation)
                access = Access(response=invitation.response, link=hashed(invitation.link.rsplit("/", 1)[1]), name="B")
                for number, question in enumerate(("cyber-rules", "access-badges-written", "vision-contact")):
                    photo = BytesIO(picture_of(f"{invitation.response} {number}"))
                    add_evidence(portal, access, question, "IMG.png", photo, now=datetime.now(UTC))
            wanted = Wanted(partners=tuple(invitation.partner for invitation in invitations))
            begun, worked = time.perf_counter(), time.process_time()
            made = make_pack(portal, wanted, file, by="benchmark", now=datetime.now(UTC))
            took, worked = time.perf_counter() - begun, time.process_time() - worked
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            size = file.tell() / 1_000_000
        print(
            f"pack: {partners} partners: {took:.1f} s ({worked:.1f} s of one core), {made.files} files, {size:.1f} MB,"
        )
        print(f"pack: {most} MB of memory at most")


if __name__ == "__main__":
    main()
