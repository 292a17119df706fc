"""Proves that the store loses nothing: kills processes that save, and lets each of their system calls fail in turn.

    .venv/bin/python scripts/crash_store.py [--kills 300] [--calls fsync rename … | --no-calls]

First part: two processes save in one store and are killed at a random moment, again and again. Second part, with
`strace`: one process makes a few changes, and its 1st, 2nd, 3rd … call of each sort is where it is killed, or the
call fails with "no space left" or "input/output error". After each, a fresh process must find every change that was
acknowledged, the one that was under way whole or not at all, and nothing that `verify` would name. Exit code 1 where
it does not, 2 where strace cannot be used.
"""

import argparse
import logging
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from crash_store_steps import LONG, STEPS, Violation, expect, row_of, take_steps

from portal.core.errors import PortalError
from portal.core.register import PartnerRow
from portal.store.engine import FileStore

CALLS = ("openat", "write", "pwrite64", "fsync", "rename", "link", "unlink", "flock", "ftruncate", "mkdir")
FAULTS = {"kill": "signal=SIGKILL", "no space": "error=ENOSPC", "i/o error": "error=EIO"}
MOST_CALLS = 400


class Saver:
    """A forked process that tells of each step when it begins it and when it has been acknowledged."""

    def __init__(self, work: Callable[[Callable[[str], None], socket.socket], None]) -> None:
        self.line, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.told: list[str] = []
        self.pid = os.fork()
        if not self.pid:
            self.line.close()
            with suppress(BaseException):
                work(lambda words: far.sendall(words.encode()), far)  # sendto: no call that is made to fail
            os._exit(0)
        far.close()

    def listen(self, seconds: float) -> None:
        """Take down what it tells, until it is done or the time is over."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.line.settimeout(left)
            with suppress(TimeoutError):
                words = self.line.recv(1000).decode()
                if not words:
                    return
                self.told.append(words)

    def end(self, *, kill: bool = True) -> int:
        """Take down its last words and see it end, killed or by itself; the signal that ended it, or 0."""
        if kill:
            os.kill(self.pid, signal.SIGKILL)
        self.listen(60)
        _, status = os.waitpid(self.pid, 0)
        self.line.close()
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


class Ledger:
    """What has been acknowledged, and what may or may not have been done by those who could not tell any more."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], int] = {}
        self.open: Counter[tuple[str, str]] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.told: set[tuple[str, str, int]] = set()

    def take_down(self, told: list[str]) -> None:
        """What one process told, in order; a begin without an end is a step that nobody was told about."""
        for words in told:
            outcome, name, who, *rest = words.split()
            key = (name, who)
            self.outcomes[outcome] += 1
            if outcome == "begin":
                self.open[key] += 1
            elif outcome == "kept":
                self.open[key] -= 1
                value = int(rest[0])
                self.kept[key] = value if name == "session" else max(value, self.kept.get(key, 0))
                expect(
                    name == "session" or (*key, value) not in self.told, f"{name} {who}: step {value} was kept twice"
                )
                self.told.add((*key, value))

    def check(self, root: Path) -> None:
        """Open the store anew and hold it against what was told."""
        store = FileStore(root, row_of)
        store.rows(PartnerRow)
        for name, who in self.kept.keys() | self.open.keys():
            value, kept, unknown = STEPS[name][1](store, who), self.kept.get((name, who), 0), self.open[name, who]
            allowed = {kept, 1 - kept} if name == "session" and unknown else {*range(kept, kept + unknown + 1)}
            expect(value in allowed, f"{name} {who}: {kept} was acknowledged, {value} is there")
            self.kept[name, who], self.open[name, who] = value, 0
        for fault in store.verify():
            raise Violation(f"{fault.where}: {fault.what}")


def save_for_ever(tell: Callable[[str], None], _: socket.socket, *, root: Path, own: str, drawn: random.Random) -> None:
    """Take steps at random, on records of its own and on records that both processes change."""
    store = FileStore(root, row_of)
    while True:
        name = drawn.choice([*STEPS])
        take_steps(store, [(name, own if name == "session" else drawn.choice([own, "shared"]))], tell)


def kill_at_random(root: Path, kills: int, chance: random.Random) -> Ledger:
    """Two processes save in one store, some steps their own and some shared, until both are killed; again and again."""
    ledger = Ledger()
    for _ in range(kills):
        savers = [
            Saver(partial(save_for_ever, root=root, own=own, drawn=random.Random(chance.random())))
            for own in ("one", "two")
        ]
        for saver in savers:
            saver.listen(chance.uniform(0.02, 0.15))
        for saver in chance.sample(savers, 2):
            saver.end()
        for saver in savers:
            ledger.take_down(saver.told)
        ledger.check(root)
    return ledger


SCENE = [("partner", "p"), ("pair", "q"), ("response", "r"), ("session", "s"), ("session", "s"), ("partner", "new")]


def set_the_scene(root: Path) -> None:
    """A store in which nearly all of the scene has been played before, with a torn end behind each history."""
    take_steps(FileStore(root, row_of), SCENE[:4] * 2, lambda _: None)
    for path in root.glob("history/*/*/*.jsonl"):
        with path.open("ab") as file:
            file.write(b'{"of":"torn' + b"x" * 10 * len(LONG))


def fail_at(root: Path, call: str, fault: str, nth: int) -> Counter[str] | None:
    """Play the scene with the nth call of one sort going wrong; how it ended, or None where there was no nth call."""
    store, ledger = FileStore(root, row_of), Ledger()
    ledger.kept = {(name, who): STEPS[name][1](store, who) for name, who in SCENE}

    def play(tell: Callable[[str], None], line: socket.socket) -> None:
        line.recv(10)
        take_steps(store, SCENE, tell)

    saver, trace = Saver(play), root.with_suffix(".trace")
    rule = f"inject={call}:{FAULTS[fault]}:when={nth}"
    with subprocess.Popen(
        ["strace", "-f", "-o", trace, "-p", str(saver.pid), "-e", f"trace={call}", "-e", rule],
        stderr=subprocess.DEVNULL,
    ) as tracer:
        wait_until_traced(saver, tracer)
        saver.line.sendall(b"go")
        killed = saver.end(kill=False) == signal.SIGKILL
    shown = trace.read_text()
    if not (killed if fault == "kill" else "(INJECTED)" in shown):
        expect(not killed, "a process was killed that was not to be")
        return None
    expect(f"{call}(" in shown, f"the trace does not show the {call} that went wrong")
    ledger.take_down(saver.told)
    ledger.check(root)
    outcomes, told = ledger.outcomes.copy(), list[str]()
    take_steps(FileStore(root, row_of), SCENE, told.append)
    ledger.take_down(told)
    expect(ledger.outcomes["refused"] == outcomes["refused"], "saving did not go on")
    ledger.check(root)
    return outcomes


def wait_until_traced(saver: Saver, tracer: subprocess.Popen[bytes]) -> None:
    """Wait until strace has the process in its hands."""
    status = Path(f"/proc/{saver.pid}/status")
    for _ in range(1000):
        if "TracerPid:\t0" not in status.read_text():
            return
        if tracer.poll() is not None:
            break
        time.sleep(0.005)
    saver.end()
    print("strace cannot trace another process here; run with --no-calls, or allow it.", file=sys.stderr)
    sys.exit(2)


def fail_everywhere(folder: Path, calls: list[str]) -> int:
    """Each call of each sort going wrong in each way; how many times one did."""
    pattern, times = folder / "pattern", 0
    set_the_scene(pattern)
    for call in calls:
        for fault in FAULTS:
            total: Counter[str] = Counter()
            for nth in range(1, MOST_CALLS):
                root = folder / f"{call}-{FAULTS[fault].rpartition('=')[2]}-{nth}"
                shutil.copytree(pattern, root)
                outcomes = fail_at(root, call, fault, nth)
                shutil.rmtree(root)
                if outcomes is None:
                    break
                total.update(outcomes)
            expect(nth > 1, f"no {call} was ever made, so none has been tested")
            unknown = total["begin"] - total["kept"] - total["refused"]
            print(
                f"{call:10} {fault:10} {nth - 1:4} times: {total['kept']} steps acknowledged, "
                f"{total['refused']} refused, {unknown} cut off, none lost",
                flush=True,
            )
            times += nth - 1
    return times


def main() -> int:
    asked = argparse.ArgumentParser(description="Kills savers and fails their system calls; nothing may be lost.")
    asked.add_argument("--kills", type=int, default=300, metavar="N", help="random kills (300)")
    asked.add_argument("--calls", nargs="*", choices=CALLS, default=list(CALLS), help="system calls to fail (all)")
    asked.add_argument("--no-calls", dest="calls", action="store_const", const=[], help="without strace")
    asked.add_argument("--seed", type=int, default=time.time_ns() % 10**6, help="for the same moments again")
    given = asked.parse_args()
    logging.disable()  # what fails here is meant to
    with tempfile.TemporaryDirectory(prefix="crash-store-") as folder:
        try:
            print(f"seed {given.seed}", flush=True)
            ledger = kill_at_random(Path(folder) / "killed", given.kills, random.Random(given.seed))
            told = ledger.outcomes
            print(
                f"{2 * given.kills} processes killed: {told['kept']} steps acknowledged, {told['refused']} refused, "
                f"{told['begin'] - told['kept'] - told['refused']} cut off, none lost",
                flush=True,
            )
            times = fail_everywhere(Path(folder), given.calls)
            print(f"{times} calls went wrong, nothing acknowledged was lost")
        except (Violation, PortalError) as violation:
            print(f"VIOLATION: {violation}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
