"""Publishing: whole or not at all, only what changed, and nothing that is not ours is touched."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from portal.core.errors import NotAllowed
from portal.publish import Publication, freezing, publication, publish, shelf
from portal.publish.shelf import Manifest
from publish.cast import (
    DELTA,
    KANDY,
    MERIDIAN,
    NORTE,
    ON,
    PARTNERS,
    RESPONSES,
    SITE,
    WEAK,
    files,
    partner,
    response,
    summary,
)

CHANGED = (*RESPONSES, response(KANDY))


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "public" / "site"


def put(into: Path, responses=RESPONSES, partners=PARTNERS, on=ON, site_folder=SITE, **more) -> Publication:
    return publish(summary(partners, responses, on), into, site_folder=site_folder, **more)


def beside(into: Path) -> list[str]:
    """What lies on the shelf, but for the lock."""
    return sorted(path.name for path in into.with_name("site.publications").iterdir() if path.name != ".lock")


def manifest(done: Publication) -> Manifest:
    return msgspec.json.decode(done.folder.with_name(done.folder.name + ".json").read_bytes(), type=Manifest)


def test_the_published_folder_is_a_relative_link_to_a_whole_publication(into):
    done = put(into)

    assert Path("site.publications") / done.folder.name == into.readlink()
    assert done.folder.resolve() == into.resolve()
    assert (len(files(into)), len(files(into)), 0, 0) == (done.files, done.rendered, done.unchanged, done.removed)


def test_a_manifest_beside_it_has_the_digest_of_every_file_and_readers_do_not_get_it(into):
    done = put(into)

    published = files(into)
    assert {name: (sha256(content).hexdigest(), len(content)) for name, content in published.items()} == {
        name: (file.sha256, file.size) for name, file in manifest(done).files.items()
    }
    assert not any("manifest" in name or ".lock" in name for name in published)


def test_progress_is_told_for_every_file(into):
    told = []

    done = put(into, progress=lambda number, all: told.append((number, all)))

    assert [(number, done.files) for number in range(1, done.files + 1)] == told


def test_publishing_the_same_again_makes_nothing(into):
    first = put(into)
    told = []

    again = put(into, progress=lambda number, all: told.append((number, all)))

    assert (first.folder, 0, first.files) == (again.folder, again.rendered, again.unchanged)
    assert [(first.files, first.files)] == told
    assert [first.folder.name, f"{first.folder.name}.json"] == beside(into)


def test_only_pages_whose_inputs_changed_are_rendered_again(into):
    old = put(into).folder

    done = put(into, CHANGED)

    changed = {
        "index.html",
        "partners/index.html",
        "partners/kandy/index.html",
        "criteria/index.html",
        *(f"criteria/{id}/index.html" for id in ("3.1", "3.9", "3.10", "4.1")),
        "data/partners.json",
        "data/partners.csv",
    }
    same = {name for name in files(into) if (old / name).samefile(done.folder / name)}
    assert changed == files(into).keys() - same
    assert (len(changed), len(same)) == (done.rendered, done.unchanged)


def test_what_is_published_piece_by_piece_is_what_is_published_at_once(into, tmp_path):
    put(into, ())
    put(into, RESPONSES)
    put(into, CHANGED)
    put(tmp_path / "at once", CHANGED)

    assert files(tmp_path / "at once") == files(into)


def test_a_new_day_alone_renders_only_what_names_the_day(into):
    put(into, due_never())

    done = put(into, due_never(), on=ON.replace(day=1))

    assert {"index.html", "method/index.html", "data/partners.json", "data/partners.csv"} == rendered(done)


def due_never():
    return tuple(msgspec.structs.replace(row, due=None) for row in RESPONSES)


def rendered(done: Publication) -> set[str]:
    return {name for name in files(done.folder) if (done.folder / name).stat().st_nlink == 1}


def test_everything_is_rendered_when_asked_for(into):
    put(into)

    done = put(into, everything=True)

    assert (done.files, 0) == (done.rendered, done.unchanged)


@pytest.mark.parametrize("name", ["templates/base.html", "assets/look.css"])
def test_a_changed_template_or_asset_renders_every_page_again(into, tmp_path, name):
    folder = shutil.copytree(SITE, tmp_path / "folder")
    put(into, site_folder=folder)
    path = folder / name
    path.write_text(path.read_text().replace("Skip to the content", "Skip") + "\n")

    done = put(into, site_folder=folder)

    assert {path.relative_to(done.folder).as_posix() for path in done.folder.rglob("*.html")} <= rendered(done)


def test_a_changed_text_renders_its_page_again(into, tmp_path):
    folder = shutil.copytree(SITE, tmp_path / "folder")
    put(into, site_folder=folder)
    (folder / "pages/method.md").write_text("All *new*.\n")

    assert {"method/index.html"} == rendered(put(into, site_folder=folder))
    assert "All <em>new</em>." in (into / "method/index.html").read_text()


def test_the_page_of_a_departed_partner_vanishes(into):
    put(into)

    done = put(into, partners=(MERIDIAN, DELTA, KANDY))

    assert not (into / "partners/norte").exists()
    assert 1 == done.removed
    assert [] == [name for name, content in files(into).items() if NORTE.name.encode() in content]


def test_a_page_that_was_changed_behind_our_back_is_made_anew(into):
    done = put(into)
    good = files(into)
    (done.folder / "partners/meridian/index.html").write_text("<h1>Strong</h1>")
    (done.folder / "index.html").unlink()

    again = put(into)

    assert 2 == again.rendered
    assert good == files(into)


def test_a_damaged_manifest_costs_only_time(into):
    done = put(into)
    done.folder.with_name(done.folder.name + ".json").write_text("{")

    assert 0 == put(into).unchanged


def test_a_disk_without_hard_links_gets_copies(into, monkeypatch):
    put(into)

    def refuse(*_):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    done = put(into, CHANGED)

    assert 0 < done.unchanged
    assert files(into) == files(put(into, CHANGED, everything=True).folder)


def test_the_last_three_publications_are_kept(into):
    names = [put(into, everything=True).folder.name for _ in range(5)]

    assert sorted(name + end for name in names[-3:] for end in ("", ".json")) == beside(into)


def test_the_publication_that_readers_see_is_kept_however_old(into):
    """Staff went back to an old one by turning the link round."""
    names = [put(into, everything=True).folder.name for _ in range(3)]
    into.unlink()
    into.symlink_to(Path("site.publications") / names[0])

    again = put(into)

    assert names[0] == again.folder.name
    assert files(again.folder) == files(into)


def test_a_reader_meets_one_whole_site_at_every_moment(into):
    """Both versions of the first page are whole, and no read fails while the link is turned round and round."""
    put(into, everything=True)
    wrong, reads, stop = [], [0], threading.Event()
    known = set()

    def read():
        while not stop.is_set():
            try:
                known.add(sha256((into / "index.html").read_bytes()).hexdigest())
                reads[0] += 1
            except OSError as error:
                wrong.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    expected = {sha256((into / "index.html").read_bytes()).hexdigest()}
    for number in range(12):
        put(into, (RESPONSES, CHANGED)[number % 2])
        expected.add(sha256((into / "index.html").read_bytes()).hexdigest())
    stop.set()
    reader.join()

    assert [] == wrong
    assert 2 == len(expected)
    assert known <= expected
    assert 0 < reads[0]


class Interrupted(BaseException):
    """Somebody pressed Control-C, or worse."""


@pytest.mark.parametrize("at", [1, 5, 12])
def test_an_interruption_in_the_middle_leaves_the_old_site_as_it_was(into, at):
    put(into)
    old, shelved = files(into), beside(into)

    def interrupt(number, _):
        if number == at:
            raise Interrupted

    with pytest.raises(Interrupted):
        put(into, CHANGED, progress=interrupt)

    assert old == files(into)
    assert shelved == beside(into)
    assert files(put(into, CHANGED).folder) != old


def test_a_page_that_cannot_be_drawn_leaves_the_old_site_as_it_was(into, tmp_path):
    put(into)
    old = files(into)
    folder = shutil.copytree(SITE, tmp_path / "folder")
    (folder / "templates/criterion.html").write_text("{{ page.nothing_of_that_name }}")

    with pytest.raises(NotAllowed, match="nothing_of_that_name"):
        put(into, site_folder=folder)

    assert old == files(into)


@pytest.mark.parametrize("what", ["file too many", "file too few", "empty file", "link"])
def test_a_result_that_is_not_as_expected_is_not_published(into, monkeypatch, what):
    put(into)
    old = files(into)
    spoil = {
        "file too many": lambda folder: (folder / "stray.html").write_text("x"),
        "file too few": lambda folder: (folder / "index.html").unlink(),
        "empty file": lambda folder: (folder / "index.html").write_text(""),
        "link": lambda folder: (folder / "stray.html").symlink_to("/etc/passwd"),
    }[what]
    check = freezing._check

    def spoilt(folder, wanted):
        spoil(folder)
        check(folder, wanted)

    monkeypatch.setattr(freezing, "_check", spoilt)

    with pytest.raises(NotAllowed, match="nothing was published"):
        put(into, CHANGED)

    assert old == files(into)


@pytest.mark.parametrize("step", ["flush", "flush_one"])
def test_a_failing_disk_leaves_the_old_site_as_it_was(into, monkeypatch, step):
    put(into)
    old = files(into)

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr({"flush": publication, "flush_one": shelf}[step], step, fail)

    with pytest.raises(OSError, match="no space left"):
        put(into, CHANGED)

    assert old == files(into)


KILLED = """
import os, signal, sys
from pathlib import Path
from publish.cast import KANDY, PARTNERS, RESPONSES, SITE, response, summary
from portal.publish import publication, publish, shelf

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

into, step = Path(sys.argv[1]), sys.argv[2]
progress = die if step == "first page" else None
if step == "before the flush":
    publication.flush = die
if step == "before the manifest":
    shelf.flush_one = die
if step == "before the link":
    shelf.Shelf._show = die
if step == "while tidying":
    shelf.Shelf._tidy = lambda self: self._publications()[1:] and die()
publish(summary(PARTNERS, (*RESPONSES, response(KANDY))), into, site_folder=SITE, progress=progress)
"""


@pytest.mark.parametrize("step", ["first page", "before the flush", "before the manifest", "before the link"])
def test_killed_at_any_step_the_old_site_stays_and_the_next_publication_works(into, step):
    put(into)
    old = files(into)

    kill(into, step)

    assert old == files(into)
    done = put(into, CHANGED)
    assert files(into) == files(done.folder) != old
    assert [name for name in beside(into) if name.startswith(".")] == []
    assert all(f"{name}.json" in beside(into) for name in beside(into) if not name.endswith(".json"))


def test_killed_after_the_swap_the_new_site_is_there(into):
    put(into)
    expected = files(put(into.with_name("other"), CHANGED).folder)

    kill(into, "while tidying")

    assert expected == files(into)


def kill(into: Path, step: str) -> None:
    paths = os.pathsep.join(str(path) for path in (SITE.parent / "tests", SITE.parent))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(into), step], env={**os.environ, "PYTHONPATH": paths}, check=False
    )
    assert -signal.SIGKILL == done.returncode


def test_two_publications_at_once_are_refused(into):
    put(into)
    refused = []

    def second(number, _):
        if number == 1:
            with pytest.raises(NotAllowed, match="Another publication"):
                put(into)
            refused.append(number)

    put(into, CHANGED, progress=second)

    assert [1] == refused


def test_a_folder_with_other_files_is_refused_and_left_alone(into):
    into.mkdir(parents=True)
    (into / "thesis.txt").write_text("mine")

    with pytest.raises(NotAllowed, match="holds other files"):
        put(into)

    assert {"thesis.txt": b"mine"} == files(into.parent / "site")
    assert [into] == list(into.parent.iterdir())


def test_an_empty_folder_becomes_the_site(into):
    into.mkdir(parents=True)

    put(into)

    assert into.is_symlink()


def test_a_file_is_refused(into):
    into.parent.mkdir(parents=True)
    into.write_text("mine")

    with pytest.raises(NotAllowed, match="is a file"):
        put(into)

    assert "mine" == into.read_text()


@pytest.mark.parametrize("target", ["elsewhere", "../public/elsewhere", "site.publications/../elsewhere"])
def test_a_link_to_something_else_is_refused(into, target):
    (into.parent / "elsewhere").mkdir(parents=True)
    into.symlink_to(target)

    with pytest.raises(NotAllowed, match="is a link to something else"):
        put(into)

    assert Path(target) == into.readlink()


def test_a_link_whose_publication_was_deleted_is_ours_and_mended(into):
    done = put(into)
    shutil.rmtree(done.folder)

    again = put(into)

    assert (0, again.files) == (again.unchanged, len(files(into)))


def test_publications_can_be_moved_to_another_place_together(into, tmp_path):
    put(into)
    moved = tmp_path / "moved"
    into.parent.rename(moved)

    assert (moved / "site/index.html").is_file()
    assert 0 == put(moved / "site").rendered


def test_many_partners_lose_none(into):
    rows = tuple(partner(f"p{number}") for number in range(150))
    given = tuple(response(row, score=WEAK) for row in rows[::2])

    done = put(into, given, rows)

    assert 150 == len(list((into / "partners").glob("*/index.html")))
    assert done.files == len(files(into))
