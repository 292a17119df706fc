"""The register's file: brought up to date after a crash, made anew, kept small, read on from where one was."""

import os
from itertools import pairwise

import pytest

from portal.core.register import PartnerRow
from portal.store import registerfile
from portal.store.upkeep import Upkeep

from .cast import faults, file_of, opened, partner, put, remove, response


@pytest.fixture
def died(monkeypatch):
    """The process dies between a record and its row: the row is never written."""

    def die():
        monkeypatch.setattr(Upkeep, "note", lambda self, changed: list(changed))

    yield die
    monkeypatch.undo()


def names(store):
    return {row.id: row.name for row in store.rows(PartnerRow)}


def test_rows_that_a_crash_left_missing_old_or_over_are_put_right_by_the_next_who_opens(root, died):
    store = opened(root)
    put(store, partner("stays"), partner("changes"), partner("goes"), partner("b c"))
    old = names(store)
    died()
    put(store, partner("comes"), partner("comes, too"))
    put(store, partner("changes", name="New"))
    put(store, partner("b c", name="New"))
    remove(store, partner("goes"))

    assert 5 == len(faults(store))
    assert old == names(store)
    expected = {"stays": old["stays"], "changes": "New", "b c": "New"}
    expected |= dict.fromkeys(("comes", "comes, too"), old["stays"])
    assert expected == names(opened(root))
    assert expected == names(store)
    assert [] == faults(store)


def test_catching_up_writes_nothing_when_nothing_is_behind(root):
    store = opened(root)
    put(store, partner(), response())
    before = register(root)
    opened(root).rows(PartnerRow)

    assert before == register(root)


def register(root):
    return (root / "register.jsonl").read_bytes()


@pytest.mark.parametrize("content", [None, b"", b"\n", b"{", b"\xff\x00\n" * 9, b'{"kind":"person","id":"x"}\n'])
def test_a_register_that_is_gone_or_nonsense_is_made_from_the_records(root, content):
    store = opened(root)
    put(store, partner("one"), partner("two"))
    path = root / "register.jsonl"
    path.unlink() if content is None else path.write_bytes(content)
    again = opened(root)

    assert {"one", "two"} == set(names(again))
    put(again, partner("three"))
    assert {"one", "two", "three"} == set(names(again)) == set(names(opened(root)))
    again.rebuild()
    assert [] == faults(again)


def test_a_torn_last_line_spoils_only_itself(root):
    store = opened(root)
    put(store, partner("one"))
    with (root / "register.jsonl").open("ab") as file:
        file.write(b'{"kind":"partner","id":"to')

    assert {"one"} == set(names(store))
    put(store, partner("two"))
    assert {"one", "two"} == set(names(store)) == set(names(opened(root)))
    assert [] == faults(store)


def test_lines_that_cannot_be_read_are_named_and_gone_with_the_next_save(root):
    store = opened(root)
    put(store, partner("one"))
    with (root / "register.jsonl").open("ab") as file:
        file.write(b"nonsense\n")
    assert ["register.jsonl: it has lines that cannot be read"] == faults(store)
    put(store, partner("two"))

    assert [] == faults(store)
    assert {"one", "two"} == set(names(store))


def test_a_line_that_is_still_being_written_is_read_once_it_is_whole(root):
    store, other = opened(root), opened(root)
    put(store, partner("one"))
    line = register(root).splitlines(keepends=True)[-1].replace(b"Meridian", b"Renamed ")
    path = root / "register.jsonl"
    seen = []
    for part in (line[:20], line[20:60], line[60:]):
        with path.open("ab") as file:
            file.write(part)
        seen.append(names(other)["one"])

    assert ["Meridian Textiles", "Meridian Textiles", "Renamed  Textiles"] == seen


def test_a_register_that_has_outgrown_its_rows_is_written_anew_and_readers_follow(root, monkeypatch):
    monkeypatch.setattr(registerfile, "SMALL_BYTES", 3000)
    store, other = opened(root), opened(root)
    put(store, partner("other"))
    sizes = []
    for number in range(60):
        put(store, partner(name=f"name {number}"))
        sizes.append(len(register(root)))

        assert f"name {number}" == names(other)["meridian"] == names(store)["meridian"]

    assert max(sizes) < 4500
    assert any(after < before for before, after in pairwise(sizes))
    assert [] == faults(store)


def test_saving_goes_on_when_the_register_is_taken_away_meanwhile(root):
    store = opened(root)
    put(store, partner("one"))
    (root / "register.jsonl").unlink()
    put(store, partner("two"))

    assert {"one", "two"} == set(names(store))
    assert [] == faults(store)


def test_a_copied_store_has_all_its_rows(root):
    put(opened(root), partner("one"), partner("two"))
    for path in root.rglob("*.json"):
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data)
        path.chmod(0o600)
    store = opened(root)

    assert {"one", "two"} == set(names(store))
    assert [] == faults(store)


def test_the_same_second_and_size_do_not_hide_a_change(root, died):
    store = opened(root)
    put(store, partner(name="one"))
    path = file_of(root, partner())
    os.utime(path, ns=(0, 0))
    names(opened(root))
    died()
    put(store, partner(name="two"))
    os.utime(path, ns=(0, 0))

    assert {"meridian": "two"} == names(opened(root))
