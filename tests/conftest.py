"""The cast and the stage: Ana answers for Meridian Textiles, Bruno is her colleague, Chen works for another partner,
Dara reviews. Everybody comes in through the real doors.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from web.checking import check_answer

from portal.config import Config
from portal.content.library import Library, load_library
from portal.core.records import Partner, Response, Role
from portal.usecases import people
from portal.usecases.inviting import Invitation, invite
from portal.usecases.partners import add_partner
from portal.usecases.portal import Portal, open_portal
from portal.web.app import create_app

CHECKOUT = Path(__file__).resolve().parent.parent
PASSWORD = "six brown foxes hum at noon"
STARTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Compiled(BytecodeCache):
    """Templates compiled once for all applications of a run, in memory; a changed source is compiled anew."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = STARTED) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass: days=1, minutes=5."""
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path / "var", secret=b"a secret of more than thirty-two bytes", disk_floor=0)


@pytest.fixture(scope="session")
def library() -> Library:
    """The shipped questionnaires, read once: they do not change while tests run."""
    return load_library(Config.questionnaires)


@pytest.fixture
def portal(config: Config, library: Library, monkeypatch: pytest.MonkeyPatch) -> Portal:
    monkeypatch.setattr("portal.usecases.portal.load_library", lambda folder: library)
    return open_portal(config)


@pytest.fixture
def app(portal: Portal, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(Flask, "jinja_options", {"bytecode_cache": COMPILED})
    app = create_app(portal, clock)
    app.testing = True
    return app


@pytest.fixture
def meridian(portal: Portal, clock: Clock) -> Partner:
    given = {
        "id": "meridian",
        "name": "Meridian Textiles",
        "country": "VN",
        "business_type": "foreign_manufacturer",
        "contact_name": "Ana",
        "contact_email": "ana@example.com",
        "tags": "asia; cotton",
    }
    return add_partner(portal, given, by="dara@example.com", now=clock())


@pytest.fixture
def other(portal: Portal, clock: Clock) -> Partner:
    given = {
        "id": "norte",
        "name": "Transportes del Norte",
        "country": "MX",
        "business_type": "highway_carrier",
        "contact_name": "Chen",
        "contact_email": "chen@example.com",
    }
    return add_partner(portal, given, by="dara@example.com", now=clock())


@pytest.fixture
def invitation(portal: Portal, meridian: Partner, clock: Clock) -> Invitation:
    return invite(portal, [meridian.id], by="dara@example.com", now=clock())[0]


@pytest.fixture
def other_invitation(portal: Portal, other: Partner, clock: Clock) -> Invitation:
    return invite(portal, [other.id], by="dara@example.com", now=clock())[0]


def token_of(page: str) -> str:
    """The CSRF token in a page."""
    return page.split('name="csrf_token" value="')[1].split('"')[0]


class Browser:
    """A browser that fills in forms: it reads the page's token and sends it along, as a person's does.

    Every answer it gets is held to `web/checking.py`: headers, cookies, valid and labelled HTML, nothing inline.
    """

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, address: str, **kwargs: object):
        return check_answer(self.client.get(path_of(address), buffered=True, **kwargs))

    def token(self, address: str) -> str:
        """The token on a page."""
        return token_of(self.get(address).text)

    def post(self, address: str, data: dict | None = None, *, page: str | None = None, **kwargs: object):
        """Fill in the form that stands on `page` (the address itself unless said otherwise) and send it."""
        form = {"csrf_token": self.token(page or address), **(data or {})}
        return check_answer(self.client.post(path_of(address), data=form, buffered=True, **kwargs))

    def put(self, address: str, body: object, *, page: str):
        """Save as the script on a page does."""
        headers = {"X-CSRF-Token": self.token(page)}
        return check_answer(self.client.put(path_of(address), json=body, headers=headers, buffered=True))


def path_of(address: str) -> str:
    """An address without the host."""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.fixture
def browser(app: Flask) -> Callable[[], Browser]:
    """Another browser, which nobody has signed in with."""
    return lambda: Browser(app)


def enter(browser: Browser, invitation: Invitation, name: str) -> Browser:
    """Open the link and press Start."""
    page = browser.post(invitation.link, {"name": name})
    assert page.status_code == 303, page.text
    return browser


@pytest.fixture
def ana(browser: Callable[[], Browser], invitation: Invitation) -> Browser:
    """Ana, who has opened Meridian's link and pressed Start."""
    return enter(browser(), invitation, "Ana")


@pytest.fixture
def bruno(browser: Callable[[], Browser], invitation: Invitation) -> Browser:
    """Bruno, Ana's colleague, on the same link."""
    return enter(browser(), invitation, "Bruno")


@pytest.fixture
def chen(browser: Callable[[], Browser], other_invitation: Invitation) -> Browser:
    """Chen, who works for another partner."""
    return enter(browser(), other_invitation, "Chen")


@pytest.fixture
def meridian_response(portal: Portal, invitation: Invitation) -> Callable[[], Response]:
    """Meridian's response as it is stored now."""
    return lambda: portal.store.get(Response, invitation.response)


@pytest.fixture
def staff(portal: Portal, browser: Callable[[], Browser], clock: Clock) -> Callable[[Role], Browser]:
    """Somebody on our side with a role, signed in at the door."""

    def sign_in(role: Role) -> Browser:
        email = f"{role.value}@example.com"
        if portal.store.find(people.Person, email) is None:
            people.add_person(portal, email, role, PASSWORD, may_export=True, by="test", now=clock())
        one = browser()
        page = one.post("/sign-in", {"email": email, "password": PASSWORD})
        assert page.status_code == 303, page.text
        return one

    return sign_in


@pytest.fixture
def dara(staff: Callable[[Role], Browser]) -> Browser:
    """Dara, a reviewer, signed in."""
    return staff(Role.REVIEWER)


@pytest.fixture
def section_page(invitation: Invitation) -> str:
    """The address of Meridian's cybersecurity section."""
    return f"/partner/responses/{invitation.response}/sections/cybersecurity"
