import io
import json
import logging
import sys

import pytest

from portal.cli.logs import OneLine, masked, printable
from portal.usecases.secrets import hashed, new_secret


@pytest.fixture
def log():
    """A log, and the lines that were written to it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine())
    logger = logging.Logger("portal.test")
    logger.addHandler(handler)
    return logger, lambda: stream.getvalue().splitlines()


def test_an_event_is_one_line_of_json(log):
    logger, lines = log
    logger.warning("worker %d ended", 7)

    event = json.loads(lines()[0])

    assert ("warning", "portal.test", "worker 7 ended") == (event["level"], event["logger"], event["event"])
    assert event["time"].endswith("+00:00")


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\x1b[2J", "\x00", "\x85", "\u2028", "\u202e"])
def test_what_a_stranger_sends_can_neither_forge_a_line_nor_steer_a_terminal(log, sign):
    logger, lines = log
    logger.error("not found: %s", f"/a{sign}2026 error forged")

    assert 1 == len(lines())
    assert all(" " <= letter <= "~" for letter in lines()[0])
    assert f"not found: /a{sign}2026 error forged" == json.loads(lines()[0])["event"]


def test_a_stack_trace_stays_on_the_line(log):
    logger, lines = log
    logger.error("failed", exc_info=ValueError("two\nlines"))

    assert 1 == len(lines())
    assert "ValueError: two\nlines" in json.loads(lines()[0])["trace"]


@pytest.mark.parametrize(
    "text",
    [
        "GET /invitation/%s",
        "http://127.0.0.1:8000/invitation/%s?utm=1",
        "cookie portal-staff=%s; path=/",
        "“%s”",
    ],
)
def test_no_secret_is_written(log, text):
    secret = new_secret()
    logger, lines = log
    logger.error(text, secret, exc_info=LookupError(text % secret))

    assert secret not in lines()[0]
    assert secret[:10] not in lines()[0]


def test_a_link_is_masked_however_it_was_cut():
    assert "GET /invitation/…" == masked("GET /invitation/abc")


def test_hashes_and_ids_stay_readable():
    text = f"evidence {hashed('x')} of 0123456789abcdef"

    assert text == masked(text)


def test_a_line_for_a_person_keeps_letters_of_all_scripts():
    assert "金针 Đà Nẵng – Żółć" == printable("金针 Đà Nẵng – Żółć")
    assert r"a\nb\x1b[0m\u202e" == printable("a\nb\x1b[0m\u202e")


def test_the_server_logs_to_standard_error(monkeypatch):
    stream, root = io.StringIO(), logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(logging, "captureWarnings", lambda _: None)

    from portal.cli.logs import start_logging

    start_logging()
    logging.getLogger("portal").info("here")

    assert "here" == json.loads(stream.getvalue())["event"]
