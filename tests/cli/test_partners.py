import json
from datetime import UTC, datetime, timedelta

import pytest


def rows(result) -> list[dict]:
    """The JSON rows of a command that went well."""
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_table_is_imported_and_listed(terminal, table):
    imported = terminal("partners", "import", table)
    listed = rows(terminal("partners", "list", "--json"))

    assert (0, "3 partners added.\n") == (imported.exit_code, imported.stdout)
    assert ["meridian", "puerto", "norte"] == [row["id"] for row in listed]
    assert ("VN", "foreign_manufacturer", ["asia", "cotton"]) == (
        listed[0]["country"],
        listed[0]["business_type"],
        listed[0]["tags"],
    )
    assert "Meridian Textiles" in terminal("partners", "list").stdout


def test_an_import_can_answer_in_json(terminal, table):
    imported = rows(terminal("partners", "import", table, "--json"))

    assert ["meridian", "norte", "puerto"] == [row["id"] for row in imported]


def test_every_bad_row_is_named_and_none_is_kept(terminal, tmp_path):
    table = tmp_path / "bad.csv"
    table.write_text(
        "name,country,business_type,contact_email\n"
        "Good Goods,VN,foreign_manufacturer,good@example.com\n"
        "Atlantis Ltd,Atlantis,foreign_manufacturer,a@example.com\n"
        "Nobody,VN,alchemist,b@example\n"
    )

    refused = terminal("partners", "import", table)

    assert 1 == refused.exit_code
    assert ["row 3, country", "row 4, business_type", "row 4, contact_email"] == sorted(
        line.split(":")[0] for line in refused.stderr.splitlines()
    )
    assert [] == rows(terminal("partners", "list", "--json"))


def test_a_name_that_would_steer_the_terminal_is_written_out(terminal, tmp_path):
    table = tmp_path / "bad.csv"
    table.write_text("name,country,business_type,contact_email\nGood,\x1b[2JVN,foreign_manufacturer,a@example.com\n")

    refused = terminal("partners", "import", table)

    assert 1 == refused.exit_code
    assert "\x1b" not in refused.stderr


def test_one_partner_is_invited(with_partners):
    invited = rows(with_partners("invite", "meridian", "--json"))

    assert {"partner", "response", "link", "expires"} == invited[0].keys()
    assert "meridian" == invited[0]["partner"]
    assert invited[0]["link"].startswith("http://127.0.0.1:8000/invitation/")


def test_links_follow_the_settings(with_partners):
    invited = with_partners("invite", "meridian", "norte", PORTAL_BASE_URL="https://portal.example.com/")

    assert ["meridian", "norte"] == [line.split()[0] for line in invited.stdout.splitlines()]
    assert all(
        line.split()[1].startswith("https://portal.example.com/invitation/") for line in invited.stdout.splitlines()
    )


def test_all_are_invited_that_can_be_asked_and_have_not_been(with_partners):
    with_partners("invite", "meridian")

    assert ["norte"] == [row["partner"] for row in rows(with_partners("invite", "--all", "--json"))]
    assert [] == rows(with_partners("invite", "--all", "--json"))


def test_inviting_nobody_says_so(terminal):
    invited = terminal("invite", "--all")

    assert (0, "") == (invited.exit_code, invited.stdout)
    assert "nobody" in invited.stderr


def test_all_are_invited_or_none(with_partners):
    refused = with_partners("invite", "meridian", "nobody", "puerto")

    assert 1 == refused.exit_code
    assert ["nobody", "puerto"] == sorted(line.split(":")[0] for line in refused.stderr.splitlines())
    assert [] == rows(with_partners("scores", "--json"))


@pytest.mark.parametrize("words", [(), ("meridian", "--all")])
def test_either_partners_are_named_or_all_are_meant(with_partners, words):
    assert 2 == with_partners("invite", *words).exit_code


def test_a_day_that_has_passed_is_no_due_date(with_partners):
    yesterday = datetime.now(UTC).date() - timedelta(days=1)

    assert 2 == with_partners("invite", "meridian", "--due", yesterday.isoformat()).exit_code
    assert [] == rows(with_partners("scores", "--json"))


def test_a_day_to_come_is_a_due_date(with_partners):
    soon = datetime.now(UTC).date() + timedelta(days=40)

    assert 0 == with_partners("invite", "meridian", "--due", soon.isoformat()).exit_code


def test_scores_have_a_row_for_every_response(with_partners):
    with_partners("invite", "meridian")

    row = rows(with_partners("scores", "--json"))[0]
    keys = {"partner", "response", "state", "score", "rating", "musts_met", "musts", "shoulds_met", "shoulds", "risk"}
    keys |= {"site"}

    assert keys == row.keys()
    assert ("meridian", "invited", None) == (row["partner"], row["state"], row["score"])
    assert ["meridian", "invited"] == with_partners("scores").stdout.splitlines()[1].split()


def test_sites_have_a_response_each_on_one_link(with_partners):
    invited = rows(with_partners("invite", "meridian", "--site", "Hanoi", "--site", "Hue", "--json"))
    scores = rows(with_partners("scores", "--json"))

    assert 1 == len(invited)
    assert [("meridian", "Hanoi"), ("meridian", "Hue")] == sorted((row["partner"], row["site"]) for row in scores)
    assert invited[0]["response"] in [row["response"] for row in scores]


def test_sites_go_with_one_partner_only(with_partners):
    refused = with_partners("invite", "meridian", "norte", "--site", "Hanoi")

    assert 1 == refused.exit_code
    assert "one partner at a time" in refused.stderr
