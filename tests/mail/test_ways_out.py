"""How mails leave: into a folder that only we can read, or to a server that proves who it is."""

import os
import smtplib
import ssl
import stat
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import quote

import pytest

from portal.mail import Outbox, Smtp, mailer

from .servers import NOBODY, PASSWORD, USER, free_port, message, scripted, server


class TestOutbox:
    def test_each_message_is_a_file_that_only_we_can_read(self, tmp_path: Path) -> None:
        """A46: mode 0600 in a folder of mode 0700, under a name of ours."""
        folder = tmp_path / "var" / "mail"
        for _ in range(2):
            Outbox(folder).send(message())
        files = sorted(folder.iterdir())
        mail = message_from_bytes(files[0].read_bytes(), policy=policy.default)

        assert ["ana@example.com", "A link for you.\n"] == [mail["To"], mail.get_content()]
        assert 2 == len(files)
        assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in files}
        assert 0o700 == stat.S_IMODE(folder.stat().st_mode)

    def test_a_full_disk_is_an_error_that_callers_know(self, tmp_path: Path) -> None:
        (tmp_path / "mail").write_text("not a folder")

        with pytest.raises(OSError, match=r"exists|Not a directory"):
            Outbox(tmp_path / "mail").send(message())

    def test_no_link_is_ever_world_readable(self, tmp_path: Path) -> None:
        """A46: whatever the process' mask is."""
        before = os.umask(0)
        try:
            Outbox(tmp_path / "mail").send(message())
        finally:
            os.umask(before)
        [file] = (tmp_path / "mail").iterdir()

        assert 0 == stat.S_IMODE(file.stat().st_mode) & 0o077


class TestSettings:
    def test_without_a_server_mails_go_into_the_folder(self, tmp_path: Path) -> None:
        assert isinstance(mailer("", tmp_path), Outbox)
        assert isinstance(mailer("smtp://mail.example.com", tmp_path), Smtp)

    def test_the_setting_names_everything(self) -> None:
        one = Smtp(f"smtp://{quote('dara@example.com')}:{quote('p:a/s@s', safe='')}@mail.example.com:587")

        assert ("mail.example.com", 587, "dara@example.com", "p:a/s@s") == (
            one.host, one.port, one.user, one.password,
        )  # fmt: skip

    def test_no_error_tells_the_password(self) -> None:
        """T19: what goes wrong is said without it."""
        with scripted("220 hello", "250-hello", "250 AUTH PLAIN LOGIN", "535 wrong") as port:
            one = Smtp(f"smtp://portal:CANARY-password@127.0.0.1:{port}")
            with pytest.raises(OSError) as failure:
                one.send(message())

        assert "CANARY" not in str(failure.value) + repr(failure.value)


class TestSmtp:
    def test_a_server_on_this_machine_gets_it_plainly(self) -> None:
        with server() as (inbox, port):
            Smtp(f"smtp://127.0.0.1:{port}").send(message())

        assert [["ana@example.com"]] == [envelope.rcpt_tos for envelope in inbox.taken]
        assert b"A link for you." in inbox.taken[0].content

    @pytest.mark.filterwarnings("ignore:Requiring AUTH")  # on this machine nobody listens in
    def test_it_signs_in_where_a_user_is_given(self) -> None:
        with server(login=True) as (inbox, port):
            Smtp(f"smtp://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{port}").send(message())
            with pytest.raises(smtplib.SMTPException):
                Smtp(f"smtp://{USER}:wrong@127.0.0.1:{port}").send(message())

        assert 1 == len(inbox.taken)

    def test_a_server_elsewhere_that_offers_no_encryption_gets_nothing(self) -> None:
        """A62: no plain fall-back."""
        with server("127.0.0.2") as (inbox, port), pytest.raises(smtplib.SMTPException):
            Smtp(f"smtp://portal:secret@127.0.0.2:{port}").send(message())

        assert [] == inbox.taken

    def test_a_certificate_that_nobody_vouches_for_gets_nothing(self) -> None:
        """A62: the certificate is verified; smtplib's own default would not."""
        with server("127.0.0.2", tls=True) as (inbox, port), pytest.raises(ssl.SSLCertVerificationError):
            Smtp(f"smtp://portal:secret@127.0.0.2:{port}").send(message())

        assert [] == inbox.taken

    def test_a_certificate_that_is_trusted_but_anothers_gets_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A62: the name is compared too."""
        self.trust(monkeypatch)
        with (
            server("127.0.0.3", tls=True) as (inbox, port),
            pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"),
        ):
            Smtp(f"smtp://127.0.0.3:{port}").send(message())

        assert [] == inbox.taken

    def test_a_certificate_that_is_right_lets_it_through(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.trust(monkeypatch)
        with server("127.0.0.2", tls=True) as (inbox, port):
            Smtp(f"smtp://127.0.0.2:{port}").send(message())

        assert 1 == len(inbox.taken)

    def trust(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let this machine trust the test's certificate."""
        real = ssl.create_default_context
        monkeypatch.setattr(ssl, "create_default_context", lambda: real(cafile=str(NOBODY)))

    @pytest.mark.parametrize(
        "lines",
        [
            ["421 too busy"],
            ["220 hello", "250 hello", "450 mailbox busy"],
            ["220 hello", "250 hello", "250 sender", "450 greylisted"],
            ["220 hello", "250 hello", "250 sender", "550 no such box"],
            ["220 hello", "250 hello", "250 sender", "552 box full"],
            ["220 hello", "250 hello", "250 sender", "250 box", "354 go on", "452 no room"],
            ["220 hello", "250 hello", "250 sender", "250 box", "354 go on"],
            ["220 hello"],
        ],
    )
    def test_whatever_a_server_says_it_is_one_sort_of_error(self, lines: list[str]) -> None:
        """R11: temporary, permanent or in the middle of it: OSError, which the use case swallows and notes."""
        with scripted(*lines) as port, pytest.raises(OSError):
            Smtp(f"smtp://127.0.0.1:{port}").send(message())

    def test_nobody_at_home_is_the_same_sort_of_error(self) -> None:
        with pytest.raises(ConnectionRefusedError):
            Smtp(f"smtp://127.0.0.1:{free_port('127.0.0.1')}").send(message())
