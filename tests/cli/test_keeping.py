import pytest


def test_init_makes_an_empty_store(terminal, data):
    made = terminal("init")

    assert 0 == made.exit_code
    assert (data / "store").is_dir()
    assert 0o700 == data.stat().st_mode & 0o777


def test_init_twice_is_as_good_as_once(terminal):
    terminal("init")

    assert 0 == terminal("init").exit_code


@pytest.mark.parametrize("command", ["init", "demo"])
def test_a_store_with_records_is_left_alone(with_partners, command):
    refused = with_partners(command)

    assert 1 == refused.exit_code
    assert "" == refused.stdout
    assert 1 == len(refused.stderr.splitlines())


def test_the_demonstrations_doors_are_not_opened_in_another_store(with_partners):
    refused = with_partners("demo", "--renew")

    assert 1 == refused.exit_code
    assert "does not hold the demonstration" in refused.stderr


def test_a_whole_store_verifies(with_partners):
    verified = with_partners("verify")

    assert (0, "") == (verified.exit_code, verified.stderr)


def test_damage_is_named_one_line_a_fault(with_partners, data):
    for path in (data / "store" / "records" / "partner").rglob("*.json"):
        path.write_bytes(path.read_bytes()[:-5])

    verified = with_partners("verify")

    assert 1 == verified.exit_code
    assert "" == verified.stdout
    assert 3 <= len(verified.stderr.splitlines())
    assert "Traceback" not in verified.stderr


def test_the_register_can_be_rebuilt(with_partners):
    verified = with_partners("verify", "--rebuild")

    assert 0 == verified.exit_code
    assert "The register has been rebuilt: 3 rows." in verified.stdout


def test_a_backup_comes_back_in_another_place(with_partners, tmp_path):
    file = tmp_path / "backup.tar.gz"

    saved = with_partners("backup", file)
    brought = with_partners("restore", file, PORTAL_DATA=str(tmp_path / "elsewhere"))
    listed = with_partners("partners", "list", "--json")

    assert (0, 0) == (saved.exit_code, brought.exit_code), brought.stderr
    assert 0o600 == file.stat().st_mode & 0o777
    assert listed.stdout == with_partners("partners", "list", "--json", PORTAL_DATA=str(tmp_path / "elsewhere")).stdout


def test_a_backup_is_not_brought_back_into_a_store_with_records(with_partners, tmp_path):
    with_partners("backup", tmp_path / "backup.tar.gz")

    refused = with_partners("restore", tmp_path / "backup.tar.gz")

    assert 1 == refused.exit_code
    assert "not empty" in refused.stderr


def test_a_backup_to_a_folder_that_is_not_there_is_refused(with_partners, tmp_path):
    refused = with_partners("backup", tmp_path / "nowhere" / "backup.tar.gz")

    assert 1 == refused.exit_code
    assert "No such file or directory" in refused.stderr


def test_the_key_is_made_once_and_kept_from_others(terminal, data):
    terminal("init")
    made = (data / "secret").read_bytes()
    terminal("verify")

    assert made == (data / "secret").read_bytes()
    assert 0o600 == (data / "secret").stat().st_mode & 0o777
    assert ["secret", "store"] == sorted(path.name for path in data.iterdir())


def test_an_empty_key_is_refused(terminal, data):
    data.mkdir()
    (data / "secret").touch()

    assert 78 == terminal("init").exit_code
