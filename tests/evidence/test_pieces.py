"""Files that arrive in pieces: each on disk before the next, in step, few at a time, none for ever."""

import os
import time
from pathlib import Path

import pytest

from portal.evidence import pieces
from portal.evidence.limits import MOST_HALF_SENT, PIECES_SECONDS
from portal.evidence.pieces import OutOfStep, Pieces
from portal.evidence.refusals import DiskRefused


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "pieces"


@pytest.fixture
def half_sent(root: Path) -> Pieces:
    return Pieces(root, disk_floor=0)


def test_pieces_follow_one_another(half_sent: Pieces):
    assert [3, 5] == [half_sent.add("r", "u", 0, b"abc"), half_sent.add("r", "u", 3, b"de")]
    with half_sent.open("r", "u") as file:
        assert b"abcde" == file.read()


@pytest.mark.parametrize("at", [-1, 0, 2, 4, 10**9])
def test_a_piece_out_of_step_is_told_how_much_has_arrived(half_sent: Pieces, at: int):
    half_sent.add("r", "u", 0, b"abc")
    with pytest.raises(OutOfStep) as fact:
        half_sent.add("r", "u", at, b"xyz")

    assert 3 == fact.value.held
    with half_sent.open("r", "u") as file:
        assert b"abc" == file.read()


def test_what_strangers_call_their_uploads_is_no_path(half_sent: Pieces, root: Path):
    for name in ("../../etc/passwd", "a/b", "\0", ".", "\ud800"):
        half_sent.add("../r", name, 0, b"x")

    assert 5 == len(list(root.iterdir()))
    assert [root.name] == [path.name for path in root.parent.iterdir()]
    assert all(0o600 == path.stat().st_mode & 0o777 for path in root.iterdir())


def test_one_owner_keeps_few_and_the_oldest_goes(half_sent: Pieces, root: Path):
    for number in range(MOST_HALF_SENT):
        half_sent.add("r", str(number), 0, b"x")
        os.utime(half_sent._path("r", str(number)), (number, number))
    half_sent.add("other", "0", 0, b"x")
    half_sent.add("r", "one more", 0, b"x")

    assert MOST_HALF_SENT + 1 == len(list(root.iterdir()))
    assert 1 == half_sent.add("r", "0", 0, b"x")
    with pytest.raises(OutOfStep):
        half_sent.add("other", "0", 0, b"x")


def test_what_has_not_grown_for_a_day_is_swept(half_sent: Pieces, root: Path):
    for name, age in (("old", PIECES_SECONDS + 60), ("new", PIECES_SECONDS - 60)):
        half_sent.add("r", name, 0, b"x")
        os.utime(half_sent._path("r", name), (time.time() - age,) * 2)

    assert 1 == half_sent.sweep()
    assert [half_sent._path("r", "new")] == list(root.iterdir())


def test_a_full_disk_refuses_a_piece_and_keeps_what_arrived(half_sent: Pieces, monkeypatch: pytest.MonkeyPatch):
    half_sent.add("r", "u", 0, b"abc")

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(pieces.os, "fsync", full)
        with pytest.raises(DiskRefused):
            half_sent.add("r", "u", 3, b"def")
    assert 4 == half_sent.add("r", "u", 3, b"d")


def test_no_piece_is_taken_from_the_room_of_the_answers(root: Path):
    with pytest.raises(DiskRefused):
        Pieces(root, disk_floor=10**18).add("r", "u", 0, b"x")
