"""A terminal with a data folder of its own."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import CHECKOUT

from portal.cli import main
from portal.content.library import load_library

read_once = cache(load_library)
Terminal = Callable[..., Result]

PARTNERS = """id,name,country,business_type,contact_email,tags
meridian,Meridian Textiles,VN,foreign_manufacturer,ana@example.com,asia;cotton
norte,Transportes del Norte,Mexico,Highway carrier,chen@example.com,
puerto,Puerto Terminal,MX,marine_terminal,port@example.com,
"""


@pytest.fixture(autouse=True)
def library_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command reads the questionnaires anew, which takes longer than most tests."""
    monkeypatch.setattr("portal.usecases.portal.load_library", read_once)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder; nothing has made it yet."""
    return tmp_path / "var"


@pytest.fixture
def terminal(data: Path) -> Terminal:
    """Types a command and gives what came of it; `settings` are environment variables."""

    def run(*words: str | Path, typed: str = "", **settings: str) -> Result:
        environment = {"PORTAL_DATA": str(data), "PORTAL_DISK_FLOOR_MB": "0", **settings}
        return CliRunner().invoke(main, [str(word) for word in words], input=typed, env=environment)

    return run


@pytest.fixture(scope="session")
def two_questionnaires(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the questionnaires of two business types, and none for the others."""
    folder = tmp_path_factory.mktemp("two") / "questionnaires"
    shutil.copytree(CHECKOUT / "questionnaires", folder)
    for path in folder.glob("*.yaml"):
        if path.stem not in ("criteria", "answers", "foreign-manufacturer", "highway-carrier"):
            path.unlink()
    return folder


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of three partners; the last one is a terminal."""
    path = tmp_path / "partners.csv"
    path.write_text(PARTNERS)
    return path


@pytest.fixture
def with_partners(terminal: Terminal, table: Path, two_questionnaires: Path) -> Terminal:
    """A terminal where the three partners were imported; for the last one's business type there is no questionnaire."""
    assert terminal("partners", "import", table).exit_code == 0

    def run(*words: str | Path, **settings: str) -> Result:
        return terminal(*words, PORTAL_QUESTIONNAIRES=str(two_questionnaires), **settings)

    return run
