"""A damaged file is noticed, named, never written over, and takes nothing else down."""

import random
import shutil

import pytest

from portal.core.records import LinkKey, Partner, Person, Response
from portal.core.register import PartnerRow, ResponseRow
from portal.store.engine import FileStore
from portal.store.protocol import Damaged
from portal.store.sealed import SCHEMA, seal

from .cast import DARA, faults, file_of, link_key, opened, partner, person, put, remove, response, row_of


@pytest.fixture
def store(root):
    store = opened(root)
    put(store, person(), partner(), partner("other"), response())
    put(store, partner(city="Huế"))
    return store


def damaged_named(store, root, path, record):
    """Reading and writing this record both name the file, which stays as it is, while the other record works."""
    lies = path.read_bytes() if path.is_file() else None
    with pytest.raises(Damaged) as reading:
        store.find(type(record), record.id)
    with pytest.raises(Damaged):
        put(store, record)

    assert str(path.relative_to(root)) == reading.value.where
    assert lies == (path.read_bytes() if path.is_file() else None)
    put(store, partner("other", city=str(random.random())))
    return reading.value.what


def test_a_file_cut_at_any_length_is_damaged(store, root):
    path = file_of(root, partner())
    whole = path.read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:length])

        assert damaged_named(store, root, path, partner())

    path.write_bytes(whole[:-1])
    assert damaged_named(store, root, path, partner())
    path.write_bytes(b"")
    assert "it is empty" == damaged_named(store, root, path, partner())
    path.write_bytes(whole)
    assert "Huế" == store.get(Partner, "meridian").city


def test_one_flipped_bit_anywhere_is_damage(store, root):
    path = file_of(root, response())
    whole = path.read_bytes()
    chosen = random.Random(7)
    header = len(whole.partition(b"\n")[0]) + 1
    for place in [*range(header), *(chosen.randrange(header, len(whole)) for _ in range(400))]:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chosen.randrange(8)
        path.write_bytes(flipped)

        with pytest.raises(Damaged):
            store.find(Response, "meridian-2026")

    path.write_bytes(whole + b"{}\n")
    assert "its content does not match its checksum" == damaged_named(store, root, path, response())


def test_another_records_file_in_its_place_is_damage(store, root):
    path = file_of(root, partner())
    shutil.copy(file_of(root, partner("other")), path)

    assert "it holds another record" == damaged_named(store, root, path, partner())
    shutil.copy(file_of(root, response()), path)
    assert "it does not hold a partner" == damaged_named(store, root, path, partner())


def test_an_older_version_is_a_whole_record_but_the_register_gives_it_away(store, root):
    path = file_of(root, partner())
    shutil.copy(path.with_name(f"{path.name}~"), path)

    assert ["register.jsonl: its row of partner meridian is not that of the record"] == faults(store)


def test_a_newer_schema_is_said_to_be_that(store, root):
    path = file_of(root, partner())
    path.write_bytes(path.read_bytes().replace(b'"schema":%d' % SCHEMA, b'"schema":%d' % (SCHEMA + 1), 1))

    what = damaged_named(store, root, path, partner())
    assert "it was written by a newer version of the portal" == what


def test_content_that_is_no_such_record_is_damage_even_under_a_right_checksum(store, root):
    path = file_of(root, partner())
    for content in (b"[]\n", b'{"partner":{"1":{}}}\n', b'{"partner":{"1":{"record":{"id":"meridian"}}}}\n', b"\xff"):
        path.write_bytes(seal(1, content))

        assert damaged_named(store, root, path, partner())


def test_a_folder_or_a_link_in_place_of_a_record_is_damage(store, root, tmp_path):
    path = file_of(root, partner())
    outside = tmp_path / "outside.json"
    path.rename(outside)
    path.symlink_to(outside)
    assert "a link stands in its place" == damaged_named(store, root, path, partner())

    path.unlink()
    path.mkdir()
    assert "a folder stands in its place" == damaged_named(store, root, path, partner())


def test_a_link_in_place_of_a_folder_is_not_followed(store, root, tmp_path):
    folder = file_of(root, partner()).parent
    folder.rename(tmp_path / "outside")
    folder.symlink_to(tmp_path / "outside")
    with pytest.raises(Damaged) as reading:
        store.find(Partner, "meridian")

    assert (str(folder.relative_to(root)), "a link stands in its place") == (reading.value.where, reading.value.what)
    assert "other" == store.get(Partner, "other").id


def test_verify_names_the_damaged_file_and_the_version_that_can_be_brought_back(store, root):
    path = file_of(root, partner())
    path.write_bytes(path.read_bytes()[:-9])
    (fault,) = store.verify()

    assert str(path.relative_to(root)) == fault.where
    assert "its content does not match its checksum" == fault.what
    assert f"rename {path.relative_to(root)}~ to meridian.json" in fault.remedy
    assert path.with_name("meridian.json~") == store.newest_good(Partner, "meridian")

    path.rename(root.parent / "kept-elsewhere")
    path.with_name("meridian.json~").rename(path)
    assert "" == store.get(Partner, "meridian").city
    assert path == store.newest_good(Partner, "meridian")
    put(store, partner(city="Vinh"))
    assert ["kept", "kept"] == [event.what for event in store.history(Partner, "meridian")]
    assert [] == faults(store)


def test_verify_sends_to_the_backup_where_no_version_is_whole(store, root):
    path = file_of(root, person())
    path.write_bytes(b"")
    (fault,) = store.verify()

    assert ("it is empty", "Bring it back from a backup.") == (fault.what, fault.remedy)
    assert store.newest_good(Person, DARA) is None


def test_verify_finds_a_record_that_is_missing(store, root):
    path = file_of(root, partner())
    path.rename(root.parent / "gone")
    fault, row = store.verify()

    assert (str(path.relative_to(root)), "the record is missing, its previous version is not") == (
        fault.where,
        fault.what,
    )
    assert "its row of partner meridian is not that of the record" == row.what


def test_verify_finds_what_lies_about(store, root):
    folder = file_of(root, partner()).parent
    (folder / "notes.txt").write_text("")
    (root / "records" / "strange").mkdir()
    file_of(root, partner("other")).chmod(0o644)
    previous = folder / "meridian.json~"
    previous.write_bytes(b"x")

    where = str(folder.relative_to(root))
    found = faults(store)
    assert f"{where}/notes.txt: it does not belong here" in found
    assert "records/strange: it does not belong here" in found
    assert f"{where}/meridian.json~: its first line is not the header it was written with" in found
    assert any(fault.endswith("other accounts of this computer can read it") for fault in found)


def test_lists_and_dumps_go_on_without_a_damaged_record_and_the_dump_says_so_at_the_end(store, root):
    put(store, link_key())
    path = file_of(root, partner())
    path.write_bytes(b"")
    hidden = file_of(root, person())
    hidden.write_bytes(b"")
    parts = []
    with pytest.raises(Damaged) as left_out:
        for name, _ in store.dump():
            parts.append(name)

    assert {"record/partner/other.json", f"record/link/{link_key().id}.json"} <= set(parts)
    assert "record/partner/meridian.json" not in parts
    assert f"{hidden.relative_to(root)}, {path.relative_to(root)}" == left_out.value.where
    assert [] == list(store.ids(Person))
    assert {"other"} == {row.id for row in opened(root).rows(PartnerRow)}
    assert link_key() == store.get(LinkKey, link_key().id)


def test_a_row_that_cannot_be_made_keeps_no_record_from_being_kept(root):
    def picky(record):
        if record.id == "unlucky":
            raise Damaged("records/edition/x.json", "it is empty")
        return row_of(record)

    store = FileStore(root, picky)
    put(store, partner("unlucky"), partner("lucky"), response())

    assert {"lucky"} == {row.id for row in store.rows(PartnerRow)}
    assert 1 == len(store.rows(ResponseRow))
    assert partner("unlucky") == store.get(Partner, "unlucky")
    assert {"lucky", "unlucky"} == {row.id for row in opened(root).rows(PartnerRow)}


def history_of(root):
    store = opened(root)
    for number in range(12):
        put(store, partner("long", name=f"{number}" + "x" * 3600))
    return store, file_of(root, partner("long"), ".jsonl")


def test_an_altered_line_of_a_history_shows(root):
    store, path = history_of(root)
    lines = path.read_bytes().splitlines(keepends=True)
    altered = {
        "altered": [lines[0], lines[1].replace(DARA.encode(), b"mallory@x.example.com"), *lines[2:]],
        "missing": [lines[0], *lines[2:]],
        "swapped": [lines[1], lines[0], *lines[2:]],
        "cut": [*lines[:-1], lines[-1][:-5]],
        "last one altered": [*lines[:-1], lines[-1].replace(b"kept", b"lost")],
        "empty": [],
        "another's": [line.replace(b'"of":"long"', b'"of":"less"') for line in lines],
    }
    for name, content in altered.items():
        path.write_bytes(b"".join(content))
        with pytest.raises(Damaged) as reading:
            store.history(Partner, "long")

        assert str(path.relative_to(root)) == reading.value.where, name
        assert any(fault.startswith(f"{path.relative_to(root)}: ") for fault in faults(store)), name
        assert "x" in store.get(Partner, "long").name, name

    path.write_bytes(b"".join(lines))
    assert [] == faults(store)


def test_a_history_that_was_cut_is_not_written_on(root):
    store, path = history_of(root)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(Damaged):
        for number in range(9):
            put(store, partner("long", name=f"{number}" + "y" * 3600))

    assert 100 == path.stat().st_size


def test_a_record_that_went_without_being_removed_leaves_a_history_that_says_so(root):
    store, path = history_of(root)
    record = file_of(root, partner("long"))
    record.unlink()
    record.with_name(f"{record.name}~").unlink()
    where = str(path.relative_to(root))

    assert f"{where}: its record is missing, though the history does not end with its removal" in faults(store)
    with pytest.raises(Damaged):
        put(store, partner("long"))
    assert store.history(Partner, "long")


def test_a_removed_record_with_an_altered_history_is_found_too(root):
    store, path = history_of(root)
    remove(store, partner("long"))
    assert [] == faults(store)
    path.write_bytes(path.read_bytes().replace(b"removed", b"remover"))

    assert [f"{path.relative_to(root)}: line 13 is not the line that was written"] == faults(store)
