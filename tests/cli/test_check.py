import re
import shutil
from pathlib import Path

import pytest
from conftest import CHECKOUT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the questionnaires that may be spoilt."""
    return Path(shutil.copytree(CHECKOUT / "questionnaires", tmp_path / "questionnaires"))


def spoil(path: Path, right: str, wrong: str) -> int:
    """Put a mistake into a file; the line it is in."""
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong, 1))
    return text[: text.index(right)].count("\n") + 1


def test_the_questionnaires_that_are_shipped_have_no_mistake(terminal, data):
    checked = terminal("check")

    assert 0 == checked.exit_code
    assert checked.stdout.endswith("12 questionnaires read, no mistake found.\n")
    assert not data.exists()


def test_every_mistake_is_told_with_file_and_line(terminal, folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    seals = spoil(folder / "sections" / "seals.yaml", "kind: choices", "kind: choyces")
    carrier = spoil(folder / "highway-carrier.yaml", "use: company", "use: compani")

    checked = terminal("check", "questionnaires")

    assert 1 == checked.exit_code
    lines = checked.stdout.splitlines()
    assert any(line.startswith(f"questionnaires/sections/seals.yaml:{seals}: ") for line in lines)
    assert any(line.startswith(f"questionnaires/highway-carrier.yaml:{carrier}: ") for line in lines)


def test_of_a_single_file_only_its_own_mistakes_are_told(terminal, folder):
    spoil(folder / "sections" / "seals.yaml", "kind: choices", "kind: choyces")
    spoil(folder / "highway-carrier.yaml", "use: company", "use: compani")

    checked = terminal("check", folder / "highway-carrier.yaml")

    assert 1 == checked.exit_code
    assert ["highway-carrier.yaml"] == [Path(line.split(":")[0]).name for line in checked.stdout.splitlines()]


def test_a_folder_without_a_catalogue_is_a_mistake_and_no_stack_trace(terminal, tmp_path):
    checked = terminal("check", tmp_path)

    assert 1 == checked.exit_code
    assert "criteria.yaml:1: " in checked.stdout


def test_the_setting_names_the_folder_to_check(terminal, folder):
    spoil(folder / "schemes" / "standard.yaml", 'weights: {must: "3"', 'weights: {must: "x"')

    assert 1 == terminal("check", PORTAL_QUESTIONNAIRES=str(folder)).exit_code


def test_what_checks_out_nowhere_stops_every_other_command_with_its_mistakes(terminal, folder):
    spoil(folder / "sections" / "seals.yaml", "kind: choices", "kind: choyces")

    refused = terminal("init", PORTAL_QUESTIONNAIRES=str(folder))

    assert 1 == refused.exit_code
    assert "questionnaires/sections/seals.yaml:" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_how_far_each_language_is_comes_after_the_mistakes(terminal, folder):
    checked = terminal("check", folder)

    assert 0 == checked.exit_code
    lines = [line for line in checked.stdout.splitlines() if re.match(r"(ar|es|hi|pt_BR|tr|vi|zh_Hans): ", line)]
    assert ["ar", "es", "hi", "pt_BR", "tr", "vi", "zh_Hans"] == [line.split(":")[0] for line in lines]


def test_what_is_not_translated_is_a_mistake_only_when_asked(terminal, folder):
    (folder / "languages" / "es.po").write_text("")

    assert 0 == terminal("check", folder).exit_code
    checked = terminal("check", folder, "--translations", "--language", "es")
    assert 1 == checked.exit_code
    assert "languages/es.po:1: “Cybersecurity” is not translated" in checked.stdout
    assert "ar.po" not in checked.stdout


def test_a_translation_that_lost_a_place_for_a_value_is_always_a_mistake(terminal, folder):
    path = folder / "languages" / "es.po"
    path.write_text('msgid "Cybersecurity"\nmsgstr "Ciberseguridad %(x)s"\n')

    checked = terminal("check", folder)
    assert 1 == checked.exit_code
    assert "languages/es.po:1: the translation of “Cybersecurity” has %(x)s" in checked.stdout


def test_update_writes_every_text_into_every_catalogue_and_begins_a_language(terminal, folder, tmp_path):
    settings = {"PORTAL_QUESTIONNAIRES": str(folder)}
    words = tmp_path / "words"
    words.mkdir()
    updated = terminal("translations", "update", "--add", "fr", "--words", words, **settings)

    assert 0 == updated.exit_code, updated.output
    assert 'msgid "Cybersecurity"\nmsgstr ""' in (folder / "languages" / "fr.po").read_text()
    assert 'msgid "Leave"\nmsgstr ""' in (words / "fr.po").read_text()
    assert 2 == terminal("translations", "update", "--add", "../x", **settings).exit_code


def test_invite_takes_a_language_and_refuses_one_that_there_is_not(with_partners):
    refused = with_partners("invite", "meridian", "--language", "xx")
    invited = with_partners("invite", "meridian", "--language", "es")

    assert (1, 0) == (refused.exit_code, invited.exit_code)
    assert "There is no language “xx”" in refused.stderr
