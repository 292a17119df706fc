import subprocess
import sys
import textwrap
from itertools import pairwise
from types import SimpleNamespace

from cli.serving import PATIENCE
from portal.cli import workers
from portal.cli.server import MOST_CONNECTIONS, PATIENCE_SECONDS, end_trickling, room_for_connections

DIES_AT_ONCE = """
    import os, sys
    from portal.cli.workers import Workers

    def work():
        print(os.times().elapsed, flush=True)
        if len(open(sys.argv[1]).read()) > 2:
            os.kill(os.getppid(), 15)
        open(sys.argv[1], "a").write("x")
        raise RuntimeError("cannot work")

    open(sys.argv[1], "w")
    Workers(work, 1).run()
"""
RETURNS_LATE = """
    import signal, time
    from portal.cli import workers

    workers.TELL_AGAIN, workers.PATIENCE = 0.1, 1.0

    def work():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("deaf", flush=True)
        time.sleep(600)

    workers.Workers(work, 1).run()
    print("ended", flush=True)
"""


def start(program: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_worker_that_dies_at_once_is_started_again_after_longer_and_longer_pauses(tmp_path):
    with start(DIES_AT_ONCE, str(tmp_path / "starts")) as process:
        output, _ = process.communicate(timeout=PATIENCE)
    times = list(map(float, output.split()))
    pauses = [later - earlier for earlier, later in pairwise(times)]

    assert 0 == process.returncode
    assert 3 == len(pauses)
    assert pauses[0] >= workers.FIRST_PAUSE * 0.95
    assert pauses[1] >= workers.FIRST_PAUSE * 1.95


def test_a_worker_that_does_not_listen_is_killed_in_the_end():
    with start(RETURNS_LATE) as process:
        assert "deaf\n" == process.stdout.readline()
        process.terminate()
        output, _ = process.communicate(timeout=PATIENCE)

    assert ("ended\n", 0) == (output, process.returncode)


def channel(come: int, *, whole: bool = False, answering: bool = False) -> SimpleNamespace:
    """A connection of which so many bytes have come."""
    request = None if whole else SimpleNamespace(header_bytes_received=come, body_bytes_received=0)
    return SimpleNamespace(request=request, requests=["one"] if answering else [], will_close=False)


def test_a_request_that_only_trickles_in_is_ended():
    trickling, sending = channel(50), channel(50)
    end_trickling([trickling, sending], 1000.0)
    sending.request.body_bytes_received = 1_000_000

    end_trickling([trickling, sending], 1000.0 + PATIENCE_SECONDS + 1)

    assert (True, False) == (trickling.will_close, sending.will_close)


def test_a_request_has_time_to_begin():
    young = channel(1)
    end_trickling([young], 1000.0)

    end_trickling([young], 1000.0 + PATIENCE_SECONDS)

    assert not young.will_close


def test_connections_between_or_under_answer_are_left_alone():
    waiting, under_answer = channel(0, whole=True), channel(5, answering=True)
    for now in (1000.0, 2000.0):
        end_trickling([waiting, under_answer], now)

    assert (False, False) == (waiting.will_close, under_answer.will_close)


def test_there_is_room_for_the_connections_that_are_let_in():
    program = (
        "import resource; from portal.cli.server import room_for_connections as room;"
        "resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard})); print(room())"
    )

    def room(soft: int, hard: int) -> int:
        command = [sys.executable, "-c", program.format(soft=soft, hard=hard)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    assert MOST_CONNECTIONS == room(soft=256, hard=8192)
    assert 744 == room(soft=256, hard=1000)
    assert 0 < room_for_connections() <= MOST_CONNECTIONS
