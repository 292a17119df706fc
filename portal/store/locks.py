"""Locks between threads and between processes: a fixed set of lock files, shared out by the hash of kind and id."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256

from filelock import BaseFileLock, FileLock, Timeout

from portal.core.wording import phrase
from portal.store.disk import Disk, kept_or_not
from portal.store.protocol import NotKept

COUNT = 128
WAIT_SECONDS = 30.0
POLL_SECONDS = 0.003

BUSY = phrase(
    "Not saved: others have been saving the same thing for too long. Your text is still in this page. Try again."
)
ALL = range(COUNT)


def number(kind: str, id: str) -> int:
    """Which of the lock files guards this record."""
    return sha256(f"{kind}\0{id}".encode("utf-8", "surrogatepass")).digest()[0] % COUNT


class Locks:
    """The lock files of a store, made when first needed. They stay: one that goes would split those who wait."""

    def __init__(self, disk: Disk) -> None:
        folder = disk.root / "locks"
        disk.make_folder(folder)
        self._paths = [folder / f"{one:03d}.lock" for one in ALL]

    @contextmanager
    def held(self, numbers: Iterable[int], wait: float | None = None) -> Iterator[None]:
        """Hold the locks of these numbers, taken in one order by everybody; NotKept after `wait` seconds for one."""
        wait = WAIT_SECONDS if wait is None else wait
        with ExitStack() as stack:
            for one in sorted(set(numbers)):
                self._take(stack, one, wait)
            yield

    def _take(self, stack: ExitStack, number: int, wait: float) -> None:
        # A lock object of its own each time: two threads that shared one would not exclude each other.
        lock = FileLock(
            self._paths[number],
            timeout=wait,
            poll_interval=POLL_SECONDS,
            mode=0o600,
            thread_local=False,
            fallback_to_soft=False,
        )
        with kept_or_not():
            try:
                lock.acquire()
            except Timeout as timeout:
                raise NotKept(BUSY) from timeout
        stack.callback(_let_go, lock)


def _let_go(lock: BaseFileLock) -> None:
    """Release; what was kept under the lock is kept, so a failure is no reason to say otherwise."""
    for _ in range(2):  # a release that failed still holds the lock, and may be tried again
        with suppress(OSError):
            lock.release()
            return
