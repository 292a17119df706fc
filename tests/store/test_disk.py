"""Full and failing disks, rights, and what lies where."""

import errno
import os
import stat
import time

import pytest

from portal.core.errors import PortalError
from portal.core.records import LinkKey, Partner
from portal.core.register import PartnerRow
from portal.store.protocol import NotKept

from .cast import DARA, NOW, ONE_OF_EACH, bucket, faults, file_of, link_key, opened, partner, put, remove

FULL = "Not saved: the server's disk is full. Your text is still in this page."
FAILING = "Not saved: the server's disk reports an error. Your text is still in this page."

CALLS = ["open", "write", "pwrite", "fsync", "replace", "link", "unlink", "mkdir", "lstat", "stat", "listdir"]


class Failing:
    """Lets the nth call of one system call fail, and counts how often it was called."""

    def __init__(self, patch, name, number, nth):
        self.real, self.number, self.nth, self.calls = getattr(os, name), number, nth, 0
        patch.setattr(os, name, self)

    def __call__(self, *args, **kwargs):
        self.calls += 1
        if self.calls == self.nth:
            raise OSError(self.number, os.strerror(self.number))
        return self.real(*args, **kwargs)


def change_one(store, name):
    put(store, partner(name=name))


def change_several(store, name):
    keys = ((Partner, "meridian"), (Partner, "second"), (LinkKey, link_key().id))
    with store.transaction(*keys, by=DARA, at=NOW) as records:
        records.put(partner(name=name), "changed")
        records.put(partner("second", name=name), "changed")
        records.remove(LinkKey, link_key().id, "withdrawn")


@pytest.mark.parametrize("change", [change_one, change_several])
@pytest.mark.parametrize("call", CALLS)
def test_whichever_call_fails_the_old_or_the_new_is_kept_whole_and_saving_goes_on(root, call, change):
    store = opened(root)
    before, nth, calls = "old" * 8000, 1, 1
    put(store, partner(name=before), partner("second", name=before), link_key())
    while nth <= calls:
        new = f"new {nth}" * 4000
        kept, calls = with_failing(call, nth, lambda text=new: change(store, text))
        again = opened(root)
        now = again.get(Partner, "meridian").name

        assert now in ({new} if kept else {new, before})
        if change is change_several:
            assert now == again.get(Partner, "second").name
            assert (again.find(LinkKey, link_key().id) is None) == (now == new)
        assert [now] == [row.name for row in again.rows(PartnerRow) if row.id == "meridian"]
        assert [now] == [row.name for row in store.rows(PartnerRow) if row.id == "meridian"]
        assert [] == faults(again)
        put(store, link_key())
        before, nth = now, nth + 1


def with_failing(call, nth, change):
    """Whether the change was kept though the nth such call failed, and how many such calls it made."""
    with pytest.MonkeyPatch.context() as patch:
        failing = Failing(patch, call, errno.EIO, nth)
        try:
            change()
        except (PortalError, OSError):  # an OSError only where reading failed and nothing was to be written yet
            return False, failing.calls
        return True, failing.calls


@pytest.mark.parametrize("call", ["write", "fsync", "replace", "pwrite"])
@pytest.mark.parametrize(("number", "said"), [(errno.ENOSPC, FULL), (errno.EIO, FAILING), (errno.EROFS, FAILING)])
def test_a_disk_that_refuses_is_said_in_words_and_nothing_is_left_lying_about(root, call, number, said):
    store = opened(root)
    put(store, partner(name="old" * 8000))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(NotKept) as refused:
        Failing(patch, call, number, 1)
        put(store, partner(name="new"))

    assert said == str(refused.value)
    assert "old" * 8000 == store.get(Partner, "meridian").name
    assert [] == list(root.rglob("*.tmp"))
    assert [] == list((root / "pending").iterdir())
    put(store, partner(name="new"))
    assert "new" == opened(root).get(Partner, "meridian").name
    assert [] == faults(store)


def test_an_fsync_that_failed_is_not_tried_again(root):
    store = opened(root)
    put(store, partner())
    with pytest.MonkeyPatch.context() as patch, pytest.raises(NotKept):
        failing = Failing(patch, "fsync", errno.EIO, 1)
        put(store, partner(name="new"))

    assert 1 == failing.calls


def test_a_store_that_cannot_be_written_is_not_ready(root):
    store = opened(root)
    store.ready()
    for call in ("write", "fsync", "open"):
        with pytest.MonkeyPatch.context() as patch, pytest.raises(NotKept):
            Failing(patch, call, errno.ENOSPC, 1)
            store.ready()

    assert [] == list(root.glob("*.tmp"))


def test_a_disk_that_takes_little_at_a_time_is_written_in_full(root):
    store = opened(root)
    with pytest.MonkeyPatch.context() as patch:
        write, pwrite = os.write, os.pwrite
        patch.setattr(os, "write", lambda file, data: write(file, data[:100]))
        patch.setattr(os, "pwrite", lambda file, data, offset: pwrite(file, data[:100], offset))
        for number in range(3):
            put(store, partner(name=f"{number}" * 12000))

    assert [] == faults(store)
    assert 3 == len(store.history(Partner, "meridian"))


def test_a_full_disk_keeps_nobody_from_reading(root):
    store = opened(root)
    put(store, *ONE_OF_EACH)
    with pytest.MonkeyPatch.context() as patch:

        def full(*_):
            raise OSError(errno.ENOSPC, "full")

        patch.setattr(os, "write", full)
        patch.setattr(os, "pwrite", full)
        again = opened(root)

        assert all(record == again.get(type(record), record.id) for record in ONE_OF_EACH)
        assert [partner().id] == [row.id for row in again.rows(PartnerRow)]


def test_a_row_that_met_a_full_disk_is_made_up_for(root):
    store = opened(root)
    put(store, partner())
    with pytest.MonkeyPatch.context() as patch:
        Failing(patch, "write", errno.ENOSPC, 2)
        put(store, partner(name="New"))
    assert "New" == store.get(Partner, "meridian").name

    assert ["New"] == [row.name for row in store.rows(PartnerRow)]


def test_nobody_else_on_the_computer_can_read_the_store(root):
    before = os.umask(0)
    try:
        store = opened(root)
        put(store, *ONE_OF_EACH)
        put(store, partner(name="x" * 20000))
        put(store, partner(name="y" * 20000))
        store.rebuild()
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in [root, *root.rglob("*")]}

    assert {0o700} == {mode for path, mode in modes.items() if path.is_dir()}
    assert {0o600} == {mode for path, mode in modes.items() if path.is_file()}
    assert list(root.glob("history/partner/*/meridian.jsonl"))


def test_every_file_lies_in_the_store_whatever_the_id(root):
    store = opened(root)
    for id in ("../../../x", "/etc/x", "a/b", "C:\\x", "..", "x" * 5000, "fine-id.1"):
        put(store, partner(id), bucket(id))
    names = {path.name for path in root.rglob("*.json")}

    assert [root] == list(root.parent.iterdir())
    assert "fine-id.1.json" in names
    assert all(name.startswith(("_", "fine-id.1")) and len(name) == 70 for name in names - {"fine-id.1.json"})


def test_unfinished_writes_of_the_dead_are_swept_at_the_start_and_those_of_the_living_are_not(root):
    before = opened(root)
    put(before, partner())
    folder = file_of(root, partner()).parent
    old, young = folder / ".meridian.json.aa.tmp", folder / ".meridian.json.bb.tmp"
    elsewhere = [root / ".ready.aa.tmp", root / "pending" / ".x.aa.tmp"]
    for path in (old, young, *elsewhere):
        path.write_text("x")
        path.chmod(0o600)
    hour_ago = time.time() - 3600
    for path in (old, *elsewhere):
        os.utime(path, (hour_ago, hour_ago))
    assert 3 == len([fault for fault in faults(before) if "was not finished left it behind" in fault])
    store = opened(root)

    assert young.exists()
    assert [] == [path for path in (old, *elsewhere) if path.exists()]
    assert [] == faults(store)


def test_the_previous_version_of_a_removed_record_goes_with_it(root):
    store = opened(root)
    put(store, partner())
    put(store, partner(name="secret"))
    remove(store, partner())

    assert [] == list((root / "records" / "partner").rglob("*.json*"))


def test_a_disk_without_hard_links_keeps_records_all_the_same(root):
    store = opened(root)
    put(store, partner())
    with pytest.MonkeyPatch.context() as patch:
        Failing(patch, "link", errno.EPERM, 1)
        put(store, partner(name="New"))

    assert "New" == store.get(Partner, "meridian").name
    assert [] == faults(store)
