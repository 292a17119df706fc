"""`portal pack`: the ZIP is there whole or not at all."""

import json
import zipfile

import pytest


def test_a_pack_is_made_where_it_is_wanted(with_partners, tmp_path):
    assert 0 == with_partners("invite", "meridian").exit_code
    made = with_partners("pack", "--partners", "meridian,norte", "--from", "2020-01-01", "--into", tmp_path / "p.zip")

    assert 0 == made.exit_code, made.stderr
    assert "2 partners, 1 responses" in made.stdout
    with zipfile.ZipFile(tmp_path / "p.zip") as pack:
        assert "at the command line" in json.loads(pack.read("manifest.json"))["made_by"]
    assert {"p.zip"} == {path.name for path in tmp_path.iterdir() if "p.zip" in path.name}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--partners", "nobody"), 1),
        (("--all", "--from", "2026-02-01", "--until", "2026-01-01"), 1),
        ((), 2),
        (("--all", "--partners", "meridian"), 2),
        (("--all", "--from", "soon"), 2),
    ],
)
def test_what_cannot_be_made_leaves_no_file(words, code, with_partners, tmp_path):
    refused = with_partners("pack", *words, "--into", tmp_path / "p.zip")

    assert code == refused.exit_code
    assert "Traceback" not in refused.stderr
    assert [] == [path.name for path in tmp_path.iterdir() if "p.zip" in path.name]


def test_all_are_packed_when_all_are_wanted(with_partners, tmp_path):
    assert 0 == with_partners("pack", "--all", "--into", tmp_path / "p.zip").exit_code
    with zipfile.ZipFile(tmp_path / "p.zip") as pack:
        assert 3 == len([name for name in pack.namelist() if name.startswith("partner-")])
