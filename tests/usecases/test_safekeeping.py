"""Backup, restore and verify: whole or not at all, and proved by comparing."""

import gzip
import random
import tarfile
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from conftest import Clock
from evidence.samples import png

from portal.config import Config
from portal.core.answering import Given
from portal.core.errors import NotAllowed, Refused
from portal.core.records import Answer, Response
from portal.core.register import ResponseRow
from portal.usecases import answering, safekeeping
from portal.usecases.answering import Access
from portal.usecases.archive import FORMAT, HEAD, MANIFEST, Manifest, Part
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal, open_portal

from .filling import entered, submitted

Contents = dict[str, bytes]


@pytest.fixture
def access(portal: Portal, invitation: Invitation, clock: Clock) -> Access:
    """Ana, who answers for Meridian and has added two files."""
    access = entered(portal, invitation, clock())
    answer(portal, access, "yes", clock())
    for width in (2, 3):
        answering.add_evidence(portal, access, "cyber-rules", "rules.png", BytesIO(png(width)), now=clock())
    return access


@pytest.fixture
def saved(portal: Portal, access: Access, tmp_path: Path, clock: Clock) -> Path:
    """A backup of all this."""
    file = tmp_path / "backup.tar.gz"
    safekeeping.backup(portal, file, clock())
    return file


@pytest.fixture
def elsewhere(config: Config, tmp_path: Path) -> Portal:
    """A portal with an empty store."""
    return open_portal(replace(config, data=tmp_path / "elsewhere"))


@pytest.fixture
def refused(elsewhere: Portal) -> Callable[[Path], str]:
    """Why an archive is refused, after making sure that nothing was written."""

    def reason(file: Path) -> str:
        with pytest.raises(Refused) as caught:
            safekeeping.restore(elsewhere, file)
        assert safekeeping.is_empty(elsewhere)
        assert [] == list(elsewhere.evidence.sha256s())
        assert [] == list(elsewhere.store.dump())
        return str(caught.value)

    return reason


def answer(portal: Portal, access: Access, value: str, now: datetime) -> None:
    given = {"cyber-rules": (Given(value=value, comment="Since 2019."), None)}
    answering.save_answers(portal, access, given, now=now)


def contents(file: Path) -> Contents:
    """The members of an archive by name, in order."""
    with tarfile.open(file) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}


def packed(file: Path, members: Contents, *, odd: tarfile.TarInfo | None = None) -> Path:
    """An archive of these members, as somebody could make it."""
    with (
        file.open("wb") as plain,
        gzip.GzipFile(filename="", fileobj=plain, mode="wb", compresslevel=6, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w|") as tar,
    ):
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, BytesIO(data))
        if odd:
            tar.addfile(odd)
    return file


def listed(members: Contents) -> Contents:
    """The members with a manifest that fits them."""
    parts = tuple(Part(name, len(data), sha256(data).hexdigest()) for name, data in members.items())
    manifest = Manifest(format=FORMAT, made=datetime(2026, 3, 2), parts=parts)  # noqa: DTZ001
    return {MANIFEST: msgspec.json.encode(manifest), **members}


def test_everything_comes_back(portal, elsewhere, saved):
    restored = safekeeping.restore(elsewhere, saved)

    assert list(portal.store.dump()) == list(elsewhere.store.dump())
    assert list(portal.evidence.sha256s()) == list(elsewhere.evidence.sha256s())
    assert 2 == restored.evidence
    assert [] == safekeeping.verify(elsewhere)


def test_a_restored_portal_goes_on_where_the_other_stopped(elsewhere, saved, access, clock):
    safekeeping.restore(elsewhere, saved)
    clock.move(minutes=5)
    answer(elsewhere, access, "no", clock())

    assert "no" == elsewhere.store.get(Response, access.response).answers["cyber-rules"].value
    assert 1 == len(elsewhere.store.rows(ResponseRow))
    assert "answers saved" == elsewhere.store.history(Response, access.response)[-1].what


def test_history_comes_back_and_sessions_do_not(portal, elsewhere, saved, access):
    safekeeping.restore(elsewhere, saved)

    assert portal.store.history(Response, access.response) == elsewhere.store.history(Response, access.response)
    assert not any("session" in name or "bucket" in name for name in contents(saved))


def test_a_backup_is_for_this_account_only(saved):
    assert 0o600 == saved.stat().st_mode & 0o777


def test_the_manifest_comes_first_and_names_every_part(saved):
    found = contents(saved)
    manifest = msgspec.json.decode(found[MANIFEST], type=Manifest)

    assert MANIFEST == next(iter(found))
    assert {part.name: part.sha256 for part in manifest.parts} == {
        name: sha256(data).hexdigest() for name, data in found.items() if name != MANIFEST
    }


def test_the_same_content_makes_the_same_archive(portal, saved, tmp_path, clock):
    safekeeping.backup(portal, tmp_path / "again.tar.gz", clock())

    assert saved.read_bytes() == (tmp_path / "again.tar.gz").read_bytes()


def test_a_backup_that_fails_leaves_the_one_before(portal, saved, clock, monkeypatch):
    before = saved.read_bytes()

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portal.usecases.archive.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        safekeeping.backup(portal, saved, clock())

    assert before == saved.read_bytes()
    assert [saved.name, "var"] == sorted(path.name for path in saved.parent.iterdir())


def test_an_empty_store_can_be_backed_up_and_restored(portal, elsewhere, tmp_path, clock):
    safekeeping.backup(portal, tmp_path / "empty.tar.gz", clock())

    assert safekeeping.Restored(records=0, evidence=0) == safekeeping.restore(elsewhere, tmp_path / "empty.tar.gz")


def test_a_store_that_is_not_empty_is_left_alone(portal, saved):
    before = list(portal.store.dump())
    with pytest.raises(NotAllowed):
        safekeeping.restore(portal, saved)

    assert before == list(portal.store.dump())


def test_a_file_that_is_no_backup_is_refused(refused, tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text("Dear Ana")

    assert "not a backup" in refused(file)


@pytest.mark.parametrize("share", [0, 1, 10, 50, 90, 99])
def test_a_backup_that_was_cut_short_is_refused(saved, refused, share):
    data = saved.read_bytes()
    saved.write_bytes(data[: len(data) * share // 100])

    assert refused(saved)


def test_a_backup_that_lost_its_last_byte_is_refused(saved, refused):
    saved.write_bytes(saved.read_bytes()[:-1])

    assert refused(saved)


@pytest.mark.parametrize("place", ["head", "anywhere", "end"])
def test_a_backup_with_a_flipped_bit_is_refused(saved, refused, place):
    data, lot = saved.read_bytes(), random.Random(place)
    places = {
        "head": range(len(HEAD)),
        "anywhere": lot.sample(range(len(data)), 40),
        "end": range(len(data) - 8, len(data)),
    }
    for at in places[place]:
        flipped = bytearray(data)
        flipped[at] ^= 1 << lot.randrange(8)
        saved.write_bytes(flipped)

        assert refused(saved), f"byte {at}"


def test_what_hangs_behind_a_backup_is_refused(saved, refused):
    saved.write_bytes(saved.read_bytes() + b"and more")

    assert refused(saved)


@pytest.mark.parametrize("change", ["changed", "left out", "added", "longer"])
def test_parts_that_are_not_those_of_the_manifest_are_refused(saved, refused, change):
    members = contents(saved)
    name = next(name for name in members if name.startswith("records/record/response/"))
    changed = {
        "changed": lambda: members.update({name: members[name].replace(b"yes", b"no!")}),
        "left out": lambda: members.pop(name),
        "added": lambda: members.update({"records/record/response/other.json": members[name]}),
        "longer": lambda: members.update({name: members[name] + b" "}),
    }
    changed[change]()

    assert refused(packed(saved, members))


@pytest.mark.parametrize(
    "name",
    [
        "../escaped", "/etc/escaped", "records/../../escaped", "records//escaped", "evidence/..", "records", "other/x",
        "records/a\\b", "records/a\nb", "",
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(refused, tmp_path, name):
    refused(packed(tmp_path / "bad.tar.gz", listed({name: b"data"})))

    assert not (tmp_path / "escaped").exists()


def test_a_part_that_is_named_twice_is_refused(refused, tmp_path):
    manifest = Manifest(
        format=FORMAT,
        made=datetime(2026, 3, 2),  # noqa: DTZ001
        parts=(Part("records/a", 0, sha256().hexdigest()),) * 2,
    )

    assert refused(packed(tmp_path / "twice.tar.gz", {MANIFEST: msgspec.json.encode(manifest)}))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_a_part_that_is_no_plain_file_is_refused(refused, tmp_path, kind):
    members = listed({"records/record/person/a.json": b""})
    del members["records/record/person/a.json"]
    odd = tarfile.TarInfo("records/record/person/a.json")
    odd.type, odd.linkname = kind, "/etc/passwd"

    assert refused(packed(tmp_path / "odd.tar.gz", members, odd=odd))


def test_more_than_the_manifest_allows_is_refused_without_unpacking_it_all(refused, tmp_path):
    """A small archive that would unpack to very much."""
    members = {**listed({}), "records/record/person/a.json": b"\0" * 30_000_000}

    assert refused(packed(tmp_path / "bomb.tar.gz", members))


def test_a_record_that_the_store_cannot_read_is_refused(refused, tmp_path):
    assert refused(packed(tmp_path / "strange.tar.gz", listed({"records/record/person/a.json": b"{}"})))


def test_a_backup_while_people_save_holds_all_that_was_there_before_it(portal, elsewhere, access, tmp_path, clock):
    ended = threading.Event()

    def saving() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            answer(portal, access, ("yes", "no")[number % 2], clock() + timedelta(seconds=number))

    before = portal.store.get(Response, access.response)
    threads = [threading.Thread(target=saving) for _ in range(2)]
    for thread in threads:
        thread.start()
    made = safekeeping.backup(portal, tmp_path / "busy.tar.gz", clock())
    ended.set()
    for thread in threads:
        thread.join()
    safekeeping.restore(elsewhere, tmp_path / "busy.tar.gz")
    after = elsewhere.store.get(Response, access.response)

    assert () == made.left_out
    assert before.evidence == after.evidence
    assert before.answers["cyber-rules"].version <= after.answers["cyber-rules"].version


def test_evidence_that_is_gone_is_told(portal, access):
    gone = portal.store.get(Response, access.response).evidence[0].sha256
    portal.evidence.remove(gone)

    faults = safekeeping.verify(portal)

    assert [f"evidence {gone}"] == [fault.where for fault in faults]
    assert access.response in faults[0].what


def damaged(folder: Path, pattern: str) -> Path:
    """A file of the store, with one byte changed."""
    path = next(path for path in sorted(folder.rglob(pattern)) if path.is_file())
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return path


def test_damaged_evidence_is_told_and_left_out_of_a_backup(portal, access, elsewhere, tmp_path, clock):
    path = damaged(portal.config.evidence, "*")

    made = safekeeping.backup(portal, tmp_path / "backup.tar.gz", clock())
    restored = safekeeping.restore(elsewhere, tmp_path / "backup.tar.gz")

    assert [f"evidence {path.name}"] == [fault.where for fault in safekeeping.verify(portal)]
    assert [f"evidence {path.name}"] == [fault.where for fault in made.left_out]
    assert 1 == restored.evidence


def test_a_damaged_record_is_told_and_does_not_stop_the_backup_of_all_others(
    portal, access, other, elsewhere, tmp_path, clock
):
    damaged(portal.config.store / "records" / "partner", "norte*")

    made = safekeeping.backup(portal, tmp_path / "backup.tar.gz", clock())
    safekeeping.restore(elsewhere, tmp_path / "backup.tar.gz")

    assert safekeeping.verify(portal)
    assert 1 == len(made.left_out)
    assert portal.store.get(Response, access.response) == elsewhere.store.get(Response, access.response)


def test_a_submitted_response_that_is_not_what_its_receipt_says_is_named(
    portal: Portal, invitation: Invitation, other_invitation: Invitation, clock: Clock
):
    """Every other response matches, before and after."""
    sent = submitted(portal, invitation, clock())
    submitted(portal, other_invitation, clock())
    before = safekeeping.verify(portal)
    changed = msgspec.structs.replace(sent, answers={**sent.answers, "cyber-rules": Answer(value="no")})
    with portal.store.transaction((Response, sent.id), by="nobody", at=clock()) as records:
        records.put(changed, "answers saved")
    [fault] = safekeeping.verify(portal)

    assert [] == before
    assert (f"response {sent.id}", f"what is kept is not what its receipt was made of ({sent.reference})") == (
        fault.where, fault.what,
    )  # fmt: skip
