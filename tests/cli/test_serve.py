import os
import signal
import socket
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.serving import PATIENCE, Server, is_running, serving, wait_until
from portal.config import config_from
from portal.core.records import Session
from portal.usecases.portal import open_portal
from portal.usecases.secrets import new_secret
from portal.usecases.sessions import open_session
from portal.web.app import LARGEST_BODY

IDLE = 150


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    """A server that no test may harm."""
    with serving(tmp_path_factory.mktemp("served") / "var") as running:
        yield running


def connected(server: Server) -> socket.socket:
    """A bare connection to the server."""
    return socket.create_connection(("127.0.0.1", server.port), PATIENCE)


def test_it_answers(server):
    assert (200, b"alive\n") == server.ask("/healthz")[::2]
    assert (200, b"ready\n") == server.ask("/readyz")[::2]
    assert 200 == server.ask("/sign-in")[0]


def test_it_does_not_say_what_it_is_made_of(server):
    for path in ("/", "/sign-in", "/no-such-page"):
        assert "Server" not in server.ask(path)[1]


@pytest.mark.parametrize(
    "path",
    ["/.git/HEAD", "/console", "/debug", "/openapi.json", "/static/", "/assets/", "/../var/secret", "/%2e%2e/secret"],
)
def test_there_is_nothing_that_only_developers_need(server, path):
    assert 404 == server.ask(path)[0]
    assert b"Traceback" not in server.ask(f"{path}?__debugger__=yes&cmd=resource&f=debugger.js")[2]


def test_a_body_beyond_all_limits_is_refused_before_it_is_sent(server):
    with connected(server) as connection:
        length = 2 * LARGEST_BODY
        connection.sendall(f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n".encode())

        assert connection.recv(200).startswith(b"HTTP/1.1 413")


def test_endless_headers_are_refused(server):
    with connected(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"a" * 40_000 + b"\r\n\r\n")

        assert b" 431 " in connection.recv(200)


def test_slow_clients_are_harmless(server):
    """Sockets that never finish their request hold no thread, so somebody honest is answered at once."""
    ended = threading.Event()
    with ExitStack() as opened:
        idle = [opened.enter_context(connected(server)) for _ in range(IDLE)]

        def trickle() -> None:
            for one in idle:
                one.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            while not ended.wait(0.5):
                for one in idle:
                    one.sendall(b"a")

        trickling = threading.Thread(target=trickle)
        trickling.start()
        answers = [server.ask("/sign-in")[0] for _ in range(20)]
        ended.set()
        trickling.join()

    assert [200] * 20 == answers


def test_clients_that_do_not_read_are_harmless(server):
    with ExitStack() as opened:
        for _ in range(IDLE):
            one = opened.enter_context(connected(server))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            one.sendall(b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

        assert 200 == server.ask("/sign-in")[0]


def test_no_link_is_in_the_log_and_every_line_is_an_event(server):
    secret = new_secret()
    server.ask(f"/invitation/{secret}", Referer=f"http://127.0.0.1/invitation/{secret}")
    server.ask(f"/invitation/{secret}/%0aforged", Host="evil.example.com")

    assert not any(secret in line for line in server.lines)
    assert all({"time", "level", "logger", "event"} <= event.keys() for event in server.events())


def test_it_ends_at_once_and_leaves_nobody_behind(tmp_path):
    with serving(tmp_path / "var", "--workers", "3") as running:
        assert wait_until(lambda: len(running.workers()) == 3)
        workers = running.workers()
        running.process.send_signal(signal.SIGTERM)

        assert 0 == running.process.wait(PATIENCE)
        assert not any(is_running(pid) for pid in workers)


def test_an_open_connection_does_not_keep_it_from_ending(tmp_path):
    with serving(tmp_path / "var") as running, connected(running) as one:
        one.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        one.recv(1000)
        running.process.send_signal(signal.SIGINT)

        assert 0 == running.process.wait(PATIENCE)


def test_a_worker_that_dies_is_replaced(tmp_path):
    with serving(tmp_path / "var") as running:
        assert wait_until(lambda: len(running.workers()) == 2)
        before = running.workers()
        for pid in before:
            os.kill(pid, signal.SIGKILL)

        assert wait_until(lambda: len(running.workers()) == 2 and not running.workers() & before)
        assert 200 == running.ask("/healthz")[0]
        assert any("ended with -9" in event["event"] for event in running.events())


def test_workers_do_not_outlive_a_parent_that_was_killed(tmp_path):
    with serving(tmp_path / "var") as running:
        assert wait_until(lambda: len(running.workers()) == 2)
        workers = running.workers()
        running.process.kill()

        assert wait_until(lambda: not any(is_running(pid) for pid in workers))


@pytest.mark.parametrize("value", ["1", "true"])
def test_it_does_not_start_for_debugging(terminal, value):
    refused = terminal("serve", "--port", "0", FLASK_DEBUG=value)

    assert 78 == refused.exit_code
    assert "FLASK_DEBUG" in refused.stderr


def test_a_port_that_is_taken_is_a_reason(terminal, server):
    refused = terminal("serve", "--port", str(server.port))

    assert 1 == refused.exit_code
    assert f"port {server.port}: " in refused.stderr
    assert 1 == len(refused.stderr.splitlines())


def test_wrong_questionnaires_stop_it_with_their_mistakes(terminal, tmp_path):
    assert 1 == terminal("serve", "--port", "0", PORTAL_QUESTIONNAIRES=str(tmp_path)).exit_code


def test_what_is_long_over_is_swept_away_at_the_start(tmp_path):
    data = tmp_path / "var"
    portal, now = open_portal(config_from({}, data)), datetime.now(UTC)
    old, recent = now - timedelta(days=3), now - timedelta(minutes=1)
    for made in (old, recent):
        open_session(portal, lambda id, made=made: Session(id=id, made=made, seen=made), made)
    portal.config.evidence.mkdir()
    for name, seconds in (("incoming-old", 7200), ("incoming-new", 0)):
        left = portal.config.evidence / name
        left.touch()
        os.utime(left, (now.timestamp() - seconds,) * 2)
    with serving(data) as running:
        assert 200 == running.ask("/healthz")[0]

    assert 1 == len(list(portal.store.ids(Session)))
    assert ["incoming-new"] == [path.name for path in portal.config.evidence.iterdir()]


def test_links_lead_to_where_it_listens(tmp_path):
    """A partner's page served under another host name than the settings' is not ours."""
    with serving(tmp_path / "var", PORTAL_BASE_URL="https://portal.example.com") as running:
        assert 200 == running.ask("/sign-in", Host="portal.example.com")[0]
        assert 400 == running.ask("/sign-in", Host="other.example.com")[0]


def test_a_running_server_is_told_apart(server: Server, tmp_path: Path):
    assert server.address.startswith("http://127.0.0.1:")
    assert 2 == len(server.workers())
