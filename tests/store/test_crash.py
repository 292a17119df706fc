"""Processes that are killed while they save, that save at once, and that die between the parts of one change."""

import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from portal.core.records import LinkKey, Partner
from portal.core.register import PartnerRow
from portal.store.disk import Disk
from portal.store.journal import Journal
from portal.store.protocol import Damaged, NotKept

from .cast import DARA, NOW, bucket, faults, file_of, link_key, opened, partner, put

SCRIPT = Path(__file__).parents[2] / "scripts" / "crash_store.py"


def test_nothing_acknowledged_is_lost_by_processes_killed_again_and_again():
    """The script is a proof of its own; here it runs short, without system calls that fail."""
    run = subprocess.run(
        [sys.executable, SCRIPT, "--kills", "13", "--no-calls"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert "" == run.stderr
    assert 0 == run.returncode
    assert "26 processes killed" in run.stdout
    assert "none lost" in run.stdout


def count_up(root, name, times):
    """In a process of its own: count one record up that all share, and one of its own in the same transaction."""
    store = opened(root)
    for _ in range(times):
        with store.transaction((Partner, "shared"), (Partner, name), by=name, at=NOW) as records:
            for id in ("shared", name):
                now = records.find(Partner, id) or partner(id, city="0")
                records.put(replace(now, city=str(int(now.city) + 1)), "counted")
        put(store, bucket(f"{name}:{now.city}"), partner(f"{name}-{now.city}"))


def test_four_processes_that_save_at_once_lose_nothing(root):
    spawning = multiprocessing.get_context("spawn")
    names, times = ["a", "b", "c", "d"], 8
    processes = [spawning.Process(target=count_up, args=(root, name, times)) for name in names]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    store = opened(root)

    assert [0] * 4 == [process.exitcode for process in processes]
    assert str(4 * times) == store.get(Partner, "shared").city
    assert [str(times)] * 4 == [store.get(Partner, name).city for name in names]
    assert {f"{name}-{number}" for name in names for number in range(times)} < set(store.ids(Partner))
    assert 4 * times == len(store.history(Partner, "shared"))
    assert 4 * times + 5 == len(store.rows(PartnerRow))
    assert [] == faults(store)


class Killed(BaseException):
    """Stands for SIGKILL: nothing tidies up after it."""


def dies_after(patch, owner, name, nth):
    """Let the process die at the end of the nth call of one method, as far as the disk can tell."""
    real, calls = getattr(owner, name), iter(range(1, 1000))

    def dying(*args, **kwargs):
        result = real(*args, **kwargs)
        if next(calls) == nth:
            patch.setattr("portal.store.disk.discard", lambda path: None)
            patch.setattr("portal.store.journal.discard", lambda path: None)
            raise Killed
        return result

    patch.setattr(owner, name, dying)


def several(store, name):
    keys = ((Partner, "meridian"), (Partner, "new"), (LinkKey, link_key().id))
    with store.transaction(*keys, by=DARA, at=NOW) as records:
        records.put(partner(name=name), "changed")
        records.put(partner("new", name=name), "added")
        records.remove(LinkKey, link_key().id, "withdrawn")


def left_half_done(root, owner=Disk, name="switch", nth=2):
    """A store in which a change of three records was begun by a process that died in the middle of it."""
    store = opened(root)
    put(store, partner(name="Old"), link_key(), partner("other"))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        dies_after(patch, owner, name, nth)
        several(store, "New")
    return store


def is_done(root):
    assert [] == list((root / "pending").iterdir())
    store = opened(root)
    assert ("New", "New") == (store.get(Partner, "meridian").name, store.get(Partner, "new").name)
    assert store.find(LinkKey, link_key().id) is None
    assert {"meridian", "new", "other"} == {row.id for row in store.rows(PartnerRow)}
    assert {"New"} == {row.name for row in store.rows(PartnerRow) if row.id != "other"}
    assert [] == faults(store)


# The first switch puts the journal in its place, the others the records.
@pytest.mark.parametrize(("owner", "name", "nth"), [(Journal, "_write", 1), (Disk, "switch", 2), (Disk, "switch", 3)])
def test_a_change_of_several_records_is_finished_by_the_next_who_opens(root, owner, name, nth):
    store = left_half_done(root, owner, name, nth)
    assert ["a change of several records was not finished"] == [
        fault.what for fault in store.verify() if fault.where.startswith("pending")
    ]
    opened(root)

    is_done(root)


def test_a_change_that_was_not_yet_written_down_never_was(root):
    store = left_half_done(root, Disk, "prepare", 2)
    again = opened(root)

    assert "Old" == again.get(Partner, "meridian").name == store.get(Partner, "meridian").name
    assert again.find(Partner, "new") is None
    assert link_key() == again.get(LinkKey, link_key().id)
    assert [] == faults(again)


def test_a_change_of_several_records_is_finished_by_the_next_who_reads_one_of_them(root):
    store = left_half_done(root, nth=2)

    assert "New" == store.get(Partner, "new").name
    is_done(root)


def test_a_change_of_several_records_is_finished_by_the_next_who_changes_one_of_them(root):
    store = left_half_done(root, Journal, "_write", 1)
    with store.transaction((Partner, "meridian"), by=DARA, at=NOW) as records:
        assert "New" == records.get(Partner, "meridian").name

    is_done(root)


def test_what_a_dead_process_left_does_not_keep_others_from_their_records(root):
    store = left_half_done(root)
    put(store, partner("other", name="Changed"))

    assert 1 == len(list((root / "pending").iterdir()))
    assert "Changed" == store.get(Partner, "other").name
    opened(root)
    assert "Changed" == opened(root).get(Partner, "other").name


def test_while_a_change_of_several_records_is_being_made_readers_do_not_wait_and_see_whole_records(root):
    store, reader = opened(root), opened(root)
    put(store, partner(name="Old"), link_key())
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        real = Disk.switch

        def looked_at(disk, prepared):
            real(disk, prepared)
            seen.append((reader.get(Partner, "meridian").name, reader.find(Partner, "new") is not None))

        patch.setattr(Disk, "switch", looked_at)
        several(store, "New")

    assert [("Old", False), ("New", False), ("New", True)] == seen
    assert {"meridian", "new"} == {row.id for row in reader.rows(PartnerRow)}


def test_a_damaged_journal_is_set_aside_and_named(root):
    left_half_done(root, Journal, "_write", 1)
    (journal,) = (root / "pending").iterdir()
    journal.write_bytes(journal.read_bytes()[:-20])
    store = opened(root)

    assert "Old" == store.get(Partner, "meridian").name
    assert ["a change of several records was not finished"] == [fault.what for fault in store.verify()]
    put(store, partner(name="Newer"))
    assert "Newer" == store.get(Partner, "meridian").name


def test_a_journal_of_a_newer_version_is_left_alone(root):
    store = left_half_done(root, Journal, "_write", 1)
    (journal,) = (root / "pending").iterdir()
    journal.write_bytes(journal.read_bytes().replace(b'"schema":1', b'"schema":2', 1))
    lies = journal.read_bytes()
    with pytest.raises(Damaged):
        put(store, partner(name="Newer"))

    assert lies == journal.read_bytes()


def test_waiting_for_a_lock_ends_with_words(root, monkeypatch):
    monkeypatch.setattr("portal.store.locks.WAIT_SECONDS", 0.05)
    store, other = opened(root), opened(root)
    with (
        store.transaction((Partner, "meridian"), by=DARA, at=NOW),
        pytest.raises(NotKept, match="Your text is still in this page"),
    ):
        put(other, partner())

    put(other, partner())
    assert partner() == store.get(Partner, "meridian")


def test_a_crash_between_history_and_record_leaves_no_trace(root):
    store = opened(root)
    put(store, partner(name="Old" * 8000))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        dies_after(patch, Disk, "prepare", 1)
        put(store, partner(name="Lost"))
    history = file_of(root, partner(), ".jsonl")
    assert history.stat().st_size > 0
    assert 1 == len(store.history(Partner, "meridian"))
    put(store, partner(name="New"), what="after")

    assert ["kept", "after"] == [event.what for event in store.history(Partner, "meridian")]
    assert [] == faults(store)


@pytest.mark.parametrize("nth", range(1, 5))
@pytest.mark.parametrize(("owner", "name"), [(Disk, "switch"), (Disk, "remove"), (Disk, "prepare")])
def test_a_process_that_dies_while_it_forgets_leaves_all_of_it_or_none(root, owner, name, nth, monkeypatch):
    """What was begun is ended by whoever comes next, and then no byte of the record is left."""
    secret = "the fence at gate 4 is broken"
    store = opened(root)
    for city in (secret, *map(str, range(30))):
        put(store, partner(city=city), link_key())
    with monkeypatch.context() as patch:
        dies_after(patch, owner, name, nth)
        try:
            with store.transaction((Partner, "meridian"), (LinkKey, link_key().id), by=DARA, at=NOW) as records:
                records.forget(Partner, "meridian", "past its time")
                records.forget(LinkKey, link_key().id, "past its time")
        except Killed:
            pass
    again = opened(root)
    left = [again.find(Partner, "meridian") is not None, again.find(LinkKey, link_key().id) is not None]

    assert left in ([True, True], [False, False])
    if not left[0]:
        assert 1 == len(again.history(Partner, "meridian"))
        again.rebuild()
        holding = [path.name for path in root.rglob("*") if path.is_file() and secret in path.read_text("utf-8")]
        assert [] == [name for name in holding if not name.endswith(".tmp")]


def test_no_byte_of_the_store_holds_what_was_forgotten(root):
    store = opened(root)
    for city in ("the fence at gate 4 is broken", *map(str, range(30))):
        put(store, partner(city=city, name="Meridian " + city))
    with store.transaction((Partner, "meridian"), by=DARA, at=NOW) as records:
        records.forget(Partner, "meridian", "past its time")
    bytes_of_all = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())

    assert b"gate 4" not in bytes_of_all
    assert b"Meridian" not in bytes_of_all
