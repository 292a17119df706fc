"""The settings: one frozen value, read from the environment once, at the edge. README lists each of them."""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from portal.core.errors import PortalError

PACKAGE = Path(__file__).resolve().parent
# In a checkout the folders lie beside the package; a wheel carries them inside.
SHIPPED = PACKAGE / "shipped" if (PACKAGE / "shipped").is_dir() else PACKAGE.parent

SHORTEST_SECRET = 32
KNOWN_SECRETS = ("changeme", "secret", "password", "development", "12345678")

PORT, HIGHEST_PORT = 8000, 65535
OFF = ("", "0", "false", "no")


class BadSetting(PortalError):
    """A setting that cannot be used; the text names it and says what would be right."""


@dataclass(frozen=True)
class Config:
    """Everything that differs between two installations. Sizes in bytes, durations in days or months."""

    data: Path
    secret: bytes
    base_url: str = "http://127.0.0.1:8000"
    importer: str = "Example Importer Inc."
    contact: str = "supply-chain-security@example.com"
    questionnaires: Path = SHIPPED / "questionnaires"
    site: Path = SHIPPED / "site"
    link_days: int = 60
    disk_floor: int = 500_000_000
    proxies: int = 0
    smtp: str = ""
    mail_from: str = "portal@example.com"
    reminders: tuple[int, ...] = (-7, -1, 3, 10)
    second_factor: str = "offered"
    keep_unsent: int = 24
    keep_superseded: int = 60
    keep_retired: int = 60

    @property
    def store(self) -> Path:
        """Where the records lie."""
        return self.data / "store"

    @property
    def pieces(self) -> Path:
        """Where files lie while they arrive in pieces."""
        return self.data / "pieces"

    @property
    def evidence(self) -> Path:
        """Where evidence bytes lie."""
        return self.data / "evidence"

    @property
    def publication(self) -> Path:
        """Where the summary site is published unless said otherwise."""
        return self.data / "site"

    @property
    def outbox(self) -> Path:
        """Where mails are written while no SMTP server is set."""
        return self.data / "mail"

    @property
    def https(self) -> bool:
        """Whether browsers reach the portal by https, so cookies can be kept from anything else."""
        return self.base_url.startswith("https://")


def questionnaires_folder(environment: Mapping[str, str]) -> Path:
    """Where the questionnaires lie; the one setting that can be read without a data folder."""
    return Path(environment.get("PORTAL_QUESTIONNAIRES") or Config.questionnaires).resolve()


def port_in(environment: Mapping[str, str]) -> int:
    """The port to serve on when nothing else is said."""
    port = _number(environment, "PORTAL_PORT", PORT)
    if port > HIGHEST_PORT:
        raise BadSetting(f"PORTAL_PORT must be at most {HIGHEST_PORT}, not {port}")
    return port


def refuse_debugging(environment: Mapping[str, str]) -> None:
    """BadSetting where Flask would be told to show its insides to visitors."""
    if environment.get("FLASK_DEBUG", "").lower() not in OFF:
        raise BadSetting("FLASK_DEBUG must not be set: it shows the insides of the portal to every visitor")


def config_from(environment: Mapping[str, str], default_data: Path, address: str = "") -> Config:
    """The settings in an environment, or BadSetting naming the first that is wrong.

    `address` is where the portal is served, when that is known; links use it unless PORTAL_BASE_URL says otherwise.
    """
    data = Path(environment.get("PORTAL_DATA") or default_data).resolve()
    base_url = (environment.get("PORTAL_BASE_URL") or address or f"http://127.0.0.1:{port_in(environment)}").rstrip("/")
    if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).hostname:
        raise BadSetting("PORTAL_BASE_URL must be an address such as https://portal.example.com")
    return Config(
        data=data,
        base_url=base_url,
        importer=environment.get("PORTAL_IMPORTER") or Config.importer,
        contact=environment.get("PORTAL_CONTACT") or Config.contact,
        questionnaires=questionnaires_folder(environment),
        site=Path(environment.get("PORTAL_SITE") or Config.site).resolve(),
        link_days=_number(environment, "PORTAL_LINK_DAYS", Config.link_days),
        disk_floor=_number(environment, "PORTAL_DISK_FLOOR_MB", Config.disk_floor // 1_000_000) * 1_000_000,
        proxies=_number(environment, "PORTAL_PROXIES", Config.proxies),
        smtp=environment.get("PORTAL_SMTP", ""),
        mail_from=environment.get("PORTAL_MAIL_FROM") or Config.mail_from,
        reminders=_reminders(environment),
        second_factor=_second_factor(environment),
        keep_unsent=_number(environment, "PORTAL_KEEP_UNSENT_MONTHS", Config.keep_unsent),
        keep_superseded=_number(environment, "PORTAL_KEEP_SUPERSEDED_MONTHS", Config.keep_superseded),
        keep_retired=_number(environment, "PORTAL_KEEP_RETIRED_MONTHS", Config.keep_retired),
        secret=_secret(environment, data),  # last: it makes the data folder, which a wrong setting must not
    )


def _second_factor(environment: Mapping[str, str]) -> str:
    text = environment.get("PORTAL_SECOND_FACTOR") or "offered"
    if text not in ("offered", "admins", "required"):
        raise BadSetting(f"PORTAL_SECOND_FACTOR is offered, admins or required, not “{text}”")
    return text


def _reminders(environment: Mapping[str, str]) -> tuple[int, ...]:
    text = environment.get("PORTAL_REMINDERS", "")
    if not text:
        return Config.reminders
    steps = [] if text == "none" else [step.strip() for step in text.split(",")]
    if not all(re.fullmatch(r"[+-]?\d{1,3}", step) for step in steps):
        raise BadSetting(f"PORTAL_REMINDERS is days around the due date such as -7,-1,3, or none; not “{text}”")
    return tuple(sorted({int(step) for step in steps}))


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or len(text) > 9:
        raise BadSetting(f"{name} must be a whole number, not “{text}”")
    return int(text)


def _secret(environment: Mapping[str, str], data: Path) -> bytes:
    """The key that forms are signed with: from PORTAL_SECRET, or a file of its own beside the store, made once."""
    given = environment.get("PORTAL_SECRET", "")
    if given:
        if len(given) < SHORTEST_SECRET or any(known in given.lower() for known in KNOWN_SECRETS):
            raise BadSetting(f"PORTAL_SECRET must be at least {SHORTEST_SECRET} random characters")
        return given.encode()
    path = data / "secret"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make_secret(path)
    made = path.read_bytes()
    if len(made) < SHORTEST_SECRET:
        raise BadSetting(f"{path} holds no key; delete it, and a new one is made")
    return made


def _make_secret(path: Path) -> None:
    """Write a new key where there is none: whole before anybody can see it, and of two at once the first stays."""
    descriptor, name = tempfile.mkstemp(prefix=".secret-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(SHORTEST_SECRET).encode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
