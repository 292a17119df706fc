"""Secrets are made once, shown once, kept as hashes, and stand nowhere else; some words stand nowhere in the code."""

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import CHECKOUT, PASSWORD, Browser, Clock
from flask import Flask

from portal.config import BadSetting, config_from
from portal.core.records import Person, Response, Role
from portal.usecases import inviting
from portal.usecases.inviting import Invitation
from portal.usecases.portal import Portal
from portal.usecases.secrets import hashed, new_reference, new_secret

from .asking import is_staff, knock
from .conftest import token_in
from .places import doors

CODE = sorted((CHECKOUT / "portal").rglob("*.py"))
TEMPLATES = [*sorted((CHECKOUT / "portal").rglob("*.html")), *sorted((CHECKOUT / "site").rglob("*.html"))]
TOKEN_SHAPED = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])")
HASH_SHAPED = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")

# What must not stand anywhere, and the few lines that may, each looked at.
NEVER = {
    "T17: somebody else's shoes": (r"(?i)act_as|impersonat|login_as|testing_login", CODE, ()),
    "A33: text that is not escaped": (r"\|\s*safe\b|autoescape\s*(false|=\s*False)", [*CODE, *TEMPLATES], ()),
    "A35: a shell, or SQL from pieces": (r"shell=True|os\.system|os\.popen|execute\(f", CODE, ()),
    "A37: code from data": (r"(?<![\w.])(eval|exec)\(|render_template_string|from_string\(", [*CODE, *TEMPLATES], ()),
    "A40: data that runs": (r"yaml\.(load|unsafe_load|full_load)\(|pickle|marshal|shelve", CODE, ("Loader",)),
    "A58: chance that can be foretold": (r"import random\b|from random|uuid[14]\(", CODE, ("demonstration",)),
    "T19: debugging": (r"debug=True|app\.run\(|set_trace|breakpoint\(", CODE, ()),
    "A51: cookies of the framework": (r"\bsession\[|secret_key|SECRET_KEY", CODE, ("records",)),
}


def found(pattern: str, files: list[Path]) -> list[str]:
    """Every line that has the pattern in it, with its file."""
    return [
        f"{path.relative_to(CHECKOUT)}: {line.strip()}"
        for path in files
        for line in path.read_text().splitlines()
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize("what", NEVER)
def test_some_words_stand_nowhere_in_the_code(what: str) -> None:
    """T17, A33, A35, A37, A40, A58, A61."""
    pattern, files, allowed = NEVER[what]

    assert [] == [line for line in found(pattern, files) if not any(word in line for word in allowed)]


def test_text_becomes_html_only_where_the_line_says_why() -> None:
    """A33: the reviewed list is in the code itself; joining pieces with nothing between them needs no reason."""
    lines = [line for line in found(r"Markup\((?!\"\"\))", CODE) if "import" not in line]

    assert lines
    assert [] == [line for line in lines if not re.search(r"# noqa: S704 - \w", line)]


# Pages that are opened by the token itself, before Start.
BY_TOKEN = ("partner.invitation", "partner.questions", "entering.form")


class TestMaking:
    def test_a_secret_is_256_bits_of_the_systems_chance(self) -> None:
        """T04, A58: no two alike, every sign used."""
        made = {new_secret() for _ in range(1000)}

        assert 1000 == len(made)
        assert {43} == {len(secret) for secret in made}
        assert 64 == len(set("".join(made)))

    def test_any_text_can_be_hashed(self) -> None:
        """A58: also one that no browser sends."""
        for text in ("", "é", "令牌", "\ud800", "\x00", "x" * 10**6):
            assert 64 == len(hashed(text))

    def test_a_reference_can_be_read_over_the_phone(self) -> None:
        assert all(re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}", new_reference()) for _ in range(200))


class TestSettings:
    @pytest.mark.parametrize("weak", ["changeme", "x" * 31, "changeme" * 8, "my-PASSWORD-" * 5, "12345678" * 8])
    def test_a_weak_key_is_refused_by_name(self, weak: str, tmp_path: Path) -> None:
        """T19: the text names the setting and never repeats the key."""
        with pytest.raises(BadSetting, match="PORTAL_SECRET must be at least 32 random characters") as refused:
            config_from({"PORTAL_SECRET": weak}, tmp_path)

        assert weak not in str(refused.value)

    def test_without_one_a_key_is_made_once_that_only_we_can_read(self, tmp_path: Path) -> None:
        """A60: a file of its own beside the store, mode 0600."""
        made = [config_from({}, tmp_path / "var").secret for _ in range(2)]
        file = tmp_path / "var" / "secret"

        assert made[0] == made[1] == file.read_bytes()
        assert len(made[0]) >= 32
        assert 0 == stat.S_IMODE(file.stat().st_mode) & 0o077
        assert made[0] != config_from({}, tmp_path / "other").secret

    def test_a_key_file_that_was_emptied_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("")

        with pytest.raises(BadSetting, match="holds no key"):
            config_from({}, tmp_path)

    @pytest.mark.parametrize("address", ["portal.example.com", "ftp://portal.example.com", "https://", "//x"])
    def test_links_need_an_address_to_begin_with(self, address: str, tmp_path: Path) -> None:
        """T18: what links are made from is set, and is an address."""
        with pytest.raises(BadSetting, match="PORTAL_BASE_URL"):
            config_from({"PORTAL_BASE_URL": address}, tmp_path)


class TestKeeping:
    def test_nothing_on_the_disk_opens_anything(
        self, portal: Portal, ana: Browser, dara: Browser, values: dict[str, str], secrets_made: list[str]
    ) -> None:
        """A12, T14: every byte of the data folder: no token, no secret of a session, no password, no key."""
        everything = b"".join(path.read_bytes() for path in portal.config.data.rglob("*") if path.is_file())

        assert len(secrets_made) >= 3
        for secret in (*secrets_made, PASSWORD, portal.config.secret.decode()):
            assert secret.encode() not in everything

    def test_what_is_on_the_disk_is_no_link(
        self, portal: Portal, ana: Browser, dara: Browser, invitation: Invitation, clock: Clock
    ) -> None:
        """T14: a hash from the store, used as a link, is unknown; so is everything else that looks like one."""
        kept = "".join(path.read_text("latin-1") for path in portal.config.store.rglob("*.json"))
        shaped = set(HASH_SHAPED.findall(kept)) | set(TOKEN_SHAPED.findall(kept))

        assert hashed(token_in(invitation)) in shaped
        for number, one in enumerate(sorted(shaped)):
            address = {"REMOTE_ADDR": f"198.51.100.{number % 250}"}

            assert 404 == ana.get(f"/invitation/{one}", environ_overrides=address).status_code

    def test_no_history_tells_a_password(self, portal: Portal, dara: Browser) -> None:
        """A65: a change of it is noted, its content never."""
        history = str(portal.store.history(Person, "reviewer@example.com"))

        assert "argon2" not in history


class TestShowing:
    def pages(self, app: Flask, who: Browser, values: dict[str, str], staff: bool) -> dict[str, str]:
        """Every page that somebody can look at."""
        looked = {
            str(door): knock(who, door, values["response_id"])
            for door in doors(app, values)
            if door.method == "GET" and is_staff(door) is staff and door.endpoint not in BY_TOKEN
        }
        return {door: page.data.decode("latin-1") for door, page in looked.items() if page.status_code == 200}

    def test_after_start_no_page_has_the_token_or_its_hash(
        self, app: Flask, ana: Browser, values: dict[str, str], invitation: Invitation, secrets_made: list[str]
    ) -> None:
        """T02: it left the address by 303 and comes back nowhere, not in a page, not in a header."""
        pages = self.pages(app, ana, values, staff=False)

        assert len(pages) >= 6
        for secret in secrets_made:
            for door, page in pages.items():
                assert secret not in page, door
                assert hashed(secret) not in page, door

    @pytest.mark.parametrize("role", Role)
    def test_no_staff_page_hands_out_a_live_link(
        self, role: Role, app: Flask, staff: Callable, values: dict[str, str], browser: Callable
    ) -> None:
        """T16: of all that is shaped like a token on any page that a role can see, none opens a link."""
        pages = self.pages(app, staff(role), values, staff=True)
        shaped = {one for page in pages.values() for one in TOKEN_SHAPED.findall(page) + HASH_SHAPED.findall(page)}

        assert len(pages) >= 6
        for number, one in enumerate(sorted(shaped)):
            address = {"REMOTE_ADDR": f"203.0.113.{number % 250}"}

            assert 404 == browser().get(f"/invitation/{one}", environ_overrides=address).status_code, one

    def test_a_link_is_shown_once_and_a_new_one_ends_the_old(
        self, dara: Browser, invitation: Invitation, browser: Callable
    ) -> None:
        """T16: “send again” makes a new link and kills the old one; looking again shows neither."""
        page = dara.post(
            f"/staff/responses/{invitation.response}/replace", page=f"/staff/responses/{invitation.response}"
        )
        [link] = set(re.findall(r"http://[^/\"\s]+/invitation/[\w-]+", page.text))
        again = dara.get(f"/staff/responses/{invitation.response}").text

        assert 200 == browser().get(link).status_code
        assert 410 == browser().get(invitation.link).status_code
        assert "/invitation/" not in again

    def test_the_staff_are_told_whether_a_link_was_opened_not_what_it_is(
        self, dara: Browser, ana: Browser, invitation: Invitation
    ) -> None:
        for page in ("/staff/partners", "/staff/partners/meridian", f"/staff/responses/{invitation.response}"):
            text = dara.get(page).text

            assert token_in(invitation) not in text
            assert hashed(token_in(invitation)) not in text


def test_the_watch_on_logs_would_notice(
    portal: Portal, invitation: Invitation, clock: Clock, secrets_made: list[str]
) -> None:
    """The fixture that compares every log line of this folder's tests with every secret knows all of them."""
    inviting.replace_link(portal, invitation.response, by="dara@example.com", now=clock())
    links = portal.store.get(Response, invitation.response).links

    assert [hashed(secret) for secret in secrets_made] == [link.token_hash for link in links]
