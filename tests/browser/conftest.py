"""A real server and a real browser. Every page that a test looks at is checked: accessible, quiet, on its own."""

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PASSWORD
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from waitress import wasyncore
from waitress.server import create_server

from portal.config import Config
from portal.core.records import Partner, Role
from portal.usecases.inviting import Invitation, invite
from portal.usecases.partners import add_partner
from portal.usecases.people import add_person
from portal.usecases.portal import Portal, open_portal
from portal.web.app import _now, create_app

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SEEN_IN_DARK: set[str] = set()
STANDARD = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    path = os.environ.get("PORTAL_CHROMIUM") or shutil.which("chromium")
    assert path, "install chromium, or name a browser in PORTAL_CHROMIUM; scripts/test does"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Site:
    """A portal that is served, and the people who use it."""

    def __init__(self, portal: Portal, port: int) -> None:
        self.portal, self.address = portal, f"http://127.0.0.1:{port}"

    def invite(
        self,
        id: str = "meridian",
        business_type: str = "foreign_manufacturer",
        country: str = "VN",
        language: str = "en",
    ) -> Invitation:
        """A partner, invited."""
        given = {
            "id": id,
            "name": f"{id.title()} (invented)",
            "country": country,
            "business_type": business_type,
            "contact_email": f"{id}@example.com",
        }
        partner: Partner = add_partner(self.portal, given, by="test", now=_now())
        return invite(self.portal, [partner.id], by="test", now=_now(), language=language)[0]

    def link(self, invitation: Invitation) -> str:
        """The invitation's link on the port that this server has."""
        return self.address + urlsplit(invitation.link).path


@pytest.fixture
def questionnaires() -> Path:
    """The folder of questionnaires that is in use: the shipped one, unless a test says otherwise."""
    return Config.questionnaires


@pytest.fixture
def site(tmp_path: Path, questionnaires: Path) -> Iterator[Site]:
    """A portal on a free port."""
    config = Config(
        data=tmp_path / "var",
        secret=b"a secret of more than thirty-two bytes",
        disk_floor=0,
        questionnaires=questionnaires,
    )
    portal = open_portal(config)
    server = create_server(create_app(portal), host="127.0.0.1", port=0, threads=6)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Site(portal, server.effective_port)
    # Closed by the thread that listens: a socket closed under its hands is an error there.
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    thread.join(5)
    server.task_dispatcher.shutdown()


class Watched:
    """A page under watch: what it says wrong in its console, and whom else it asks."""

    def __init__(self, page: Page) -> None:
        self.page, self.wrong = page, list[str]()
        page.on("pageerror", lambda fault: self.wrong.append(f"script: {fault}"))
        page.on("console", lambda line: self.wrong.append(f"console: {line.text}") if line.type == "error" else None)
        page.on("request", self._asked)

    def _asked(self, request: object) -> None:
        host = urlsplit(request.url).hostname
        if host not in ("127.0.0.1", None):
            self.wrong.append(f"asked {host}")

    def looked_at(self) -> None:
        """Check the page as it stands: accessible, quiet, keeping nothing."""
        self.accessible()
        assert [] == self.wrong, self.page.url
        stored = "Object.keys(localStorage).length + Object.keys(sessionStorage).length"
        assert 0 == self.page.evaluate(stored)

    def accessible(self) -> None:
        """Check the page as it stands, in light, and each sort of page once in dark, where only colours differ."""
        sort = re.sub(r"[0-9a-f]{16}|[\w-]{43}", "*", urlsplit(self.page.url).path)
        schemes = ("light",) if sort in SEEN_IN_DARK else ("dark", "light")
        SEEN_IN_DARK.add(sort)
        for scheme in schemes:
            self.page.emulate_media(color_scheme=scheme)
            found = Axe().run(self.page, options=STANDARD).response["violations"]
            where = [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
            assert [] == where, f"{self.page.url} in {scheme}"


Opens = Callable[..., Watched]


@pytest.fixture
def opens(chromium: Browser) -> Iterator[Opens]:
    """Another person's browser, on a phone unless said otherwise."""
    contexts: list[BrowserContext] = []

    def one(*, scripts: bool = True, width: int = 390) -> Watched:
        context = chromium.new_context(
            java_script_enabled=scripts, viewport={"width": width, "height": 844}, reduced_motion="reduce"
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        return Watched(context.new_page())

    yield one
    for context in contexts:
        context.close()


def started(site: Site, watched: Watched, invitation: Invitation, name: str = "Ana") -> str:
    """Open the link and press Start; the address of the response."""
    page = watched.page
    page.goto(site.link(invitation))
    page.fill("#name", name)
    page.click("main button")
    page.wait_for_url("**/partner/responses/*")
    return page.url


def signed_in(site: Site, watched: Watched, role: Role = Role.REVIEWER) -> None:
    """Come in through the staff's door."""
    email = f"{role.value}@example.com"
    add_person(site.portal, email, role, PASSWORD, may_export=True, by="test", now=_now())
    page = watched.page
    page.goto(site.address + "/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/staff/**")
