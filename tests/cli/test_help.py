import click
import pytest

from portal.cli import main


def commands(group: click.Group, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command by the words it is called with."""
    found = []
    for name, command in group.commands.items():
        words = (*before, name)
        found += [words, *(commands(command, words) if isinstance(command, click.Group) else [])]
    return found


def test_the_commands_are_those_of_the_contract():
    expected = (
        ["check", "translations", "init", "demo", "serve", "staff", "partners", "invite"],
        ["remind", "scores", "publish", "pack", "verify", "backup", "restore", "retention"],
    )

    assert [name for names in expected for name in names] == main.list_commands(click.Context(main))


def test_the_commands_for_staff_and_partners_are_those_of_the_contract():
    words = set(commands(main))

    assert {("staff", name) for name in ("add", "list", "disable", "enable", "role", "password")} <= words
    assert {("partners", "import"), ("partners", "list")} <= words


@pytest.mark.parametrize("words", [(), *commands(main)], ids=" ".join)
def test_every_command_explains_itself(terminal, data, words):
    shown = terminal(*words, "--help")

    assert 0 == shown.exit_code
    assert "Usage: " in shown.stdout
    assert not data.exists()


@pytest.mark.parametrize(
    "words", [("nonsense",), ("staff", "add", "a@example.com"), ("check", "/no/such"), ("restore",)]
)
def test_wrong_usage_is_two(terminal, words):
    assert 2 == terminal(*words).exit_code


def test_the_version_is_told(terminal):
    assert "portal, version " in terminal("--version").stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_SECRET", "changeme"),
        ("PORTAL_BASE_URL", "portal.example.com"),
        ("PORTAL_LINK_DAYS", "many"),
        ("PORTAL_PORT", "70000"),
        ("PORTAL_REMINDERS", "-7;3"),
        ("PORTAL_REMINDERS", "often"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_is_seventy_eight(terminal, data, name, value):
    refused = terminal("partners", "list", **{name: value})

    assert 78 == refused.exit_code
    assert name in refused.stderr
    assert 1 == len(refused.stderr.splitlines())
    assert not data.exists()


def test_a_disk_that_refuses_is_a_reason_and_no_stack_trace(terminal, data):
    data.write_text("a file where the folder should be")

    refused = terminal("init")

    assert 1 == refused.exit_code
    assert "Traceback" not in refused.stderr
    assert str(data) in refused.stderr
