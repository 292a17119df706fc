"""Keeps worker processes going: starts them, replaces those that die, and ends them all when it is told to end."""

import logging
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

ENDING = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
# A worker that lived for less than this has something wrong; each such death doubles the pause before the next start.
SHORT_LIFE, FIRST_PAUSE, LONGEST_PAUSE = 5.0, 1.0, 30.0
# Workers finish what they are at, which waitress limits to 5 seconds; afterwards they are killed.
TELL_AGAIN, PATIENCE = 0.5, 10.0

log = logging.getLogger(__name__)


class Workers:
    """`number` processes that each run `work`, which returns or raises SystemExit when the process gets SIGTERM."""

    def __init__(self, work: Callable[[], None], number: int) -> None:
        self._work, self._number = work, number
        self._started: dict[int, float] = {}
        self._pause, self._not_before = 0.0, 0.0

    def run(self) -> None:
        """Keep them going until this process is told to end; then end them and return. For the main thread only."""
        with _signals() as wait, _lifeline() as self._lifeline:
            while ENDING.isdisjoint(wait(self._start_missing())):
                self._bury()
            log.info("ending %d workers", len(self._started))
            self._end(wait)

    def _start_missing(self) -> float | None:
        """Start what is missing; how many seconds to wait before trying again, None for as long as nothing happens."""
        while len(self._started) < self._number:
            pause = self._not_before - monotonic()
            if pause > 0:
                return pause
            self._start_one()
        return None

    def _start_one(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        process = os.fork()
        if process:
            self._started[process] = monotonic()
            log.info("worker %d started", process)
            return
        try:
            status = _live(self._work, *self._lifeline)
        finally:
            os._exit(status)

    def _bury(self) -> None:
        """Note which workers have ended, and hold back the next ones when they do so at once."""
        for process, status in _ended():
            lived = monotonic() - self._started.pop(process, monotonic())
            log.warning("worker %d ended with %d after %.1f s", process, status, lived)
            if lived < SHORT_LIFE:
                self._pause = min(max(FIRST_PAUSE, 2 * self._pause), LONGEST_PAUSE)
            else:
                self._pause = 0.0
            self._not_before = monotonic() + self._pause

    def _end(self, wait: Callable[[float | None], set[int]]) -> None:
        latest = monotonic() + PATIENCE
        while self._started:
            for process in self._started:
                os.kill(process, signal.SIGTERM if monotonic() < latest else signal.SIGKILL)
            wait(TELL_AGAIN)
            for process, _ in _ended():
                self._started.pop(process, None)


def _live(work: Callable[[], None], lifeline: int, other_end: int) -> int:
    """The whole life of a worker; the status it ends with."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the parent passes it on
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, _leave)
        os.close(other_end)
        threading.Thread(target=_follow, args=(lifeline,), daemon=True).start()
        work()
    except SystemExit:
        pass
    except BaseException:
        log.exception("worker failed")
        return 1
    return 0


def _leave(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit


def _follow(lifeline: int) -> None:
    """End with the parent: when it is gone, however it died, its end of the pipe is closed."""
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _ended() -> Iterator[tuple[int, int]]:
    """The workers that have ended since the last look, each with its status, negative for the signal that killed it."""
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not process:
            return
        yield process, os.waitstatus_to_exitcode(status)


@contextmanager
def _lifeline() -> Iterator[tuple[int, int]]:
    """A pipe of which the parent alone holds the writing end."""
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


@contextmanager
def _signals() -> Iterator[Callable[[float | None], set[int]]]:
    """Signals as something to wait for: which came within so many seconds, empty when none did."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    # Under nohup a lost terminal is no reason to end.
    deaf = {signal.SIGHUP} if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else set[signal.Signals]()
    before = {number: signal.signal(number, lambda *_: None) for number in {*ENDING, signal.SIGCHLD} - deaf}
    woken = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def wait(seconds: float | None) -> set[int]:
        readable, _, _ = select.select([reading], [], [], seconds)
        return set(os.read(reading, 4096)) if readable else set()

    try:
        yield wait
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)
