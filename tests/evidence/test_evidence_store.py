"""Files in and out of the evidence store."""

import errno
import hashlib
import io
import os
import resource
import stat
import time
import tracemalloc
from pathlib import Path

import pytest

from portal.core.errors import NotFound, Refused
from portal.evidence.limits import GB, JPEG, KB, MB, PDF, PNG, size_label
from portal.evidence.refusals import DiskRefused, TooLarge, WrongType
from portal.evidence.store import EvidenceStore

from .samples import jpeg, pdf, png

NAMES = [
    "",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\x",
    "a%00b",
    "a\0b",
    "f" * 63,
    "f" * 65,
    "F" * 64,
    "f" * 64 + "\n",
    "x" * 300,
]


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "data" / "evidence", disk_floor=0)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data" / "evidence"


def keep(store: EvidenceStore, data: bytes, limit: int = 25 * MB):
    return store.keep(io.BytesIO(data), limit)


def left(root: Path) -> list[str]:
    """Every file in the store's folder, uploads under way included."""
    return sorted(path.name for path in root.rglob("*") if not path.is_dir())


def test_a_kept_file_comes_back_byte_for_byte(store):
    kept = keep(store, pdf())

    with store.open(kept.sha256) as file:
        assert pdf() == file.read()
    assert (hashlib.sha256(pdf()).hexdigest(), len(pdf()), PDF) == (kept.sha256, kept.size, kept.media_type)


def test_the_type_comes_from_the_content(store):
    assert [JPEG, PNG] == [keep(store, data).media_type for data in (jpeg(), png())]


def test_the_same_file_twice_is_kept_once(store, root):
    names = {keep(store, pdf()).sha256, keep(store, pdf()).sha256}

    assert sorted(names) == left(root)
    assert sorted(names) == list(store.sha256s())


def test_sending_a_damaged_file_again_heals_it(store, root):
    kept = keep(store, pdf())
    (root / kept.sha256[:2] / kept.sha256).write_bytes(b"rot")

    keep(store, pdf())

    assert [] == list(store.verify())


def test_only_the_portal_can_read_what_is_kept(store, root):
    kept = keep(store, pdf())
    folders = (root, root / kept.sha256[:2])

    assert [0o700, 0o700] == [stat.S_IMODE(folder.stat().st_mode) for folder in folders]
    assert 0o600 == stat.S_IMODE((root / kept.sha256[:2] / kept.sha256).stat().st_mode)


def test_a_file_is_on_disk_before_it_is_acknowledged(store, root, monkeypatch):
    """The file is flushed before it gets its name, the folder after it; then its parents last as well."""
    calls = []
    real_fsync, real_replace = os.fsync, os.replace
    monkeypatch.setattr(
        os, "fsync", lambda fd: (calls.append(str(Path(f"/proc/self/fd/{fd}").readlink())), real_fsync(fd))
    )
    monkeypatch.setattr(os, "replace", lambda *a, **k: (calls.append("rename"), real_replace(*a, **k)))

    kept = keep(store, pdf())

    place = calls.index("rename")
    assert Path(calls[place + 1]) == root / kept.sha256[:2]
    assert {str(root), str(root.parent)} <= set(calls[:place])
    assert any(Path(call).name.startswith("incoming-") for call in calls[:place])


def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(store, root):
    keep(store, pdf(), limit=len(pdf()))
    with pytest.raises(TooLarge, match="bytes"):
        keep(store, pdf(end=b"\n\n"), limit=len(pdf()))

    assert 1 == len(left(root))


def test_no_more_than_one_byte_beyond_the_limit_is_asked_of_the_stream(store):
    stream = io.BytesIO(b"%PDF-1.7" * MB)
    with pytest.raises(TooLarge, match="1 MB"):
        store.keep(stream, MB)

    assert MB + 1 == stream.tell()


@pytest.mark.parametrize("data", [b"<html>", b"", jpeg()[:-2]], ids=["wrong", "empty", "cut"])
def test_a_refused_file_leaves_nothing_behind(store, root, data):
    with pytest.raises(Refused):
        keep(store, data)

    assert [] == left(root)


def test_a_connection_that_breaks_off_leaves_nothing_behind(store, root):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            return super().read(10) if self.tell() < 100 else self.fail()

        def fail(self):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.keep(Broken(pdf()), MB)

    assert [] == left(root)


def test_a_large_file_costs_little_memory(store):
    data = io.BytesIO(pdf(b"x" * (20 * MB)))
    tracemalloc.start()
    try:
        store.keep(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 2 * MB


def test_a_disk_below_its_floor_takes_no_file_and_says_that_answers_are_saved(root):
    with pytest.raises(DiskRefused, match="still being saved"):
        keep(EvidenceStore(root, disk_floor=2**70), pdf())

    assert not root.exists()


def test_a_disk_that_fills_while_copying_takes_no_file(store, root, monkeypatch):
    free = iter([GB, GB, 0])
    usage = type("Usage", (), {"free": property(lambda self: next(free))})
    monkeypatch.setattr("portal.evidence.store.shutil.disk_usage", lambda path: usage())

    with pytest.raises(DiskRefused, match="no room"):
        EvidenceStore(root, disk_floor=MB).keep(io.BytesIO(pdf(b"x" * MB)))

    assert [] == left(root)


def test_a_write_that_the_disk_cuts_short_is_refused_as_no_room(store, root):
    """A limit on file sizes makes real writes come back short and then fail."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300 * KB, before[1]))
    try:
        with pytest.raises(DiskRefused, match="no room"):
            keep(store, pdf(b"x" * MB))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert [] == left(root)


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize(("number", "words"), [(errno.EIO, "could not keep"), (errno.ENOSPC, "no room")])
def test_a_failing_disk_is_never_acknowledged(store, root, monkeypatch, call, number, words):
    keep(store, png())

    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(DiskRefused, match=words):
        keep(store, pdf())

    assert [hashlib.sha256(png()).hexdigest()] == left(root)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_no_hash_does_not_exist(store, name):
    keep(store, pdf())

    with pytest.raises(NotFound):
        store.open(name)
    with pytest.raises(NotFound):
        store.remove(name)


def test_a_hash_that_was_never_kept_does_not_exist(store):
    for _ in range(2):
        with pytest.raises(NotFound):
            store.open("f" * 64)
        keep(store, pdf())


def test_a_link_planted_as_a_file_is_not_followed(store, root, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    keep(store, pdf())
    (root / "ff").mkdir()
    (root / "ff" / ("f" * 64)).symlink_to(secret)

    with pytest.raises(NotFound):
        store.open("f" * 64)
    assert "f" * 64 not in list(store.sha256s())
    assert [("f" * 64, "it does not belong in the evidence store")] == list(store.verify())


def test_a_link_planted_as_a_folder_is_neither_read_nor_written_through(store, root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    sha256 = hashlib.sha256(pdf()).hexdigest()
    (outside / sha256).write_bytes(pdf())
    root.mkdir(parents=True)
    (root / sha256[:2]).symlink_to(outside)
    before = (outside / sha256).stat()

    with pytest.raises(NotFound):
        store.open(sha256)
    with pytest.raises(DiskRefused):
        keep(store, pdf())
    assert before.st_ino == (outside / sha256).stat().st_ino
    assert [] == list(store.sha256s())
    assert [sha256[:2]] == [name for name, _ in store.verify()]


def test_a_pipe_planted_as_a_file_is_refused_without_waiting(store, root):
    (root / "ff").mkdir(parents=True)
    os.mkfifo(root / "ff" / ("f" * 64))

    with pytest.raises(NotFound):
        store.open("f" * 64)


def test_a_removed_file_is_gone(store, root):
    kept = keep(store, pdf())
    other = keep(store, png())

    store.remove(kept.sha256)

    assert [other.sha256] == list(store.sha256s())
    with pytest.raises(NotFound):
        store.open(kept.sha256)
    with pytest.raises(NotFound):
        store.remove(kept.sha256)


def test_verify_finds_a_flipped_bit_and_strangers(store, root):
    kept, sound = keep(store, pdf()), keep(store, png())
    (root / kept.sha256[:2] / kept.sha256).write_bytes(pdf()[:-1] + b"!")
    (root / sound.sha256[:2] / "notes.txt").write_text("x")
    (root / "notes.txt").write_text("x")

    found = dict(store.verify())

    assert "its bytes are not those that were kept" == found.pop(kept.sha256)
    assert {"notes.txt": "it does not belong in the evidence store"} == found


def test_verify_names_a_file_that_cannot_be_read_and_goes_on(store, root, monkeypatch):
    kept = keep(store, pdf())
    keep(store, png())

    def fail(file, name):
        if Path(file.name).name == kept.sha256:
            raise OSError(errno.EIO, "Input/output error")
        return hashlib.sha256(file.read())

    monkeypatch.setattr(hashlib, "file_digest", fail)

    assert [(kept.sha256, "it cannot be read: Input/output error")] == list(store.verify())


def test_a_store_that_was_never_used_is_empty_and_sound(store):
    assert ([], [], 0) == (list(store.sha256s()), list(store.verify()), store.sweep())


def test_sweep_takes_only_what_an_upload_left_more_than_an_hour_ago(store, root):
    kept = keep(store, pdf())
    for name, age in (("incoming-old", 3_700), ("incoming-new", 3_500)):
        (root / name).write_text("x")
        os.utime(root / name, (0, time.time() - age))

    assert 1 == store.sweep()
    assert sorted(["incoming-new", kept.sha256]) == left(root)


def test_a_wrong_type_is_told_apart_from_a_damaged_file(store):
    with pytest.raises(WrongType):
        keep(store, b"<html>")


def test_sizes_are_said_as_people_say_them():
    assert ["25 MB", "1 GB", "1.5 kB", "7 bytes"] == [size_label(n) for n in (25 * MB, GB, 1536, 7)]
