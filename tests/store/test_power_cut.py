"""Whatever call the power fails after, what was acknowledged is there and the rest is whole."""

import os

import pytest

from portal.core.records import LinkKey, Partner, Session
from portal.core.register import PartnerRow
from portal.store.protocol import Damaged

from .cast import DARA, NOW, faults, link_key, opened, partner, put, remove, session
from .power import Recorder


def change_several(store, name):
    keys = ((Partner, "meridian"), (Partner, "second"), (LinkKey, link_key().id))
    with store.transaction(*keys, by=DARA, at=NOW) as records:
        records.put(partner(name=name), "changed")
        records.put(partner("second", name=name), "changed")
        if records.find(LinkKey, link_key().id):
            records.remove(LinkKey, link_key().id, "withdrawn")
        else:
            records.put(link_key(), "made")


STEPS = [
    lambda store: put(store, partner(name="one" * 6000)),
    lambda store: change_several(store, "two" * 6000),
    lambda store: put(store, session()),
    lambda store: put(store, partner(name="three" * 6000)),
    lambda store: remove(store, session()),
    lambda store: change_several(store, "four" * 6000),
    lambda store: remove(store, partner()),
    lambda store: put(store, partner(name="five")),
]


def state(store):
    found = [store.find(Partner, "meridian"), store.find(Partner, "second")]
    keys = [store.find(LinkKey, link_key().id), store.find(Session, session().id)]
    told = [[event.what for event in store.history(Partner, id)] for id in ("meridian", "second")]
    return [record and record.name[:5] for record in found], [bool(key) for key in keys], told


def states(tmp_path):
    """What is to be seen after each step."""
    store = opened(tmp_path / "expected")
    seen = [state(store)]
    for step in STEPS:
        step(store)
        seen.append(state(store))
    return seen


def cuts(tmp_path, ignored):
    """Each step with what a power cut would leave after each call: steps acknowledged by then, and the files."""
    root = tmp_path / "store"
    store = opened(root)
    found, acknowledged = set(), 0

    def take_down():
        found.update((acknowledged, tuple(sorted(left.items()))) for left in recorder.worst())

    with pytest.MonkeyPatch.context() as patch:
        recorder = Recorder(patch, root, take_down, ignored)
        for step in STEPS:
            step(store)
            acknowledged += 1
            take_down()
    recorder.close()
    return sorted(found)


def lay_out(root, files):
    for name, content in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)
        for folder in path.relative_to(root).parents:
            (root / folder).chmod(0o700)


def violations(tmp_path, ignored=""):
    """What is wrong after each cut, with nothing where nothing is."""
    expected = states(tmp_path)
    found = cuts(tmp_path, ignored)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)  # the power stays on from here, and this is quicker
        for number, (acknowledged, files) in enumerate(found):
            lay_out(tmp_path / f"after-{number}", files)
            yield what_is_wrong(tmp_path / f"after-{number}", expected[acknowledged : acknowledged + 2])


def what_is_wrong(root, expected):
    store = opened(root)
    store.rows(PartnerRow)
    try:
        now = state(store)
    except Damaged as damaged:
        return [str(damaged)]
    return faults(store) + ([] if now in expected else [f"{now} is none of {expected}"])


def test_a_power_cut_after_any_call_loses_nothing_acknowledged(tmp_path):
    found = list(violations(tmp_path))

    assert len(found) > 80
    assert [wrong for wrong in found if wrong] == []


@pytest.mark.parametrize("ignored", ["file", "folder"])
def test_an_fsync_that_does_nothing_would_show(tmp_path, ignored):
    assert any(violations(tmp_path, ignored))
