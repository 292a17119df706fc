"""A built wheel works away from the checkout."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from conftest import CHECKOUT

from portal.config import SHIPPED

PATIENCE = 300


def run(*words: str | Path, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "PYTHON"))}
    return subprocess.run(
        list(map(str, words)),
        cwd=folder,
        env={**environment, **settings},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment with the wheel; it borrows the libraries of the one that runs the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ("wheel", "-q", "--no-build-isolation", "--no-deps", "--no-index", "-w", folder, CHECKOUT)
    built = run(sys.executable, "-m", "pip", *build, folder=folder)
    assert built.returncode == 0, built.stderr
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    wheel = next(folder.glob("*.whl"))
    put = run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel, folder=folder)
    assert put.returncode == 0, put.stderr
    packages = next((folder / "venv").glob("lib/python*/site-packages"))
    (packages / "borrowed.pth").write_text(f"{sysconfig.get_paths()['purelib']}\n")
    return python.parent


def test_the_command_brings_its_questionnaires_and_its_site(installed, tmp_path):
    where = run(installed / "python", "-c", "from portal.config import SHIPPED; print(SHIPPED)", folder=tmp_path)
    checked = run(installed / "portal", "check", folder=tmp_path)
    published = run(installed / "portal", "publish", "--into", tmp_path / "site", folder=tmp_path)

    assert str(SHIPPED) != where.stdout.strip()
    assert where.stdout.startswith(str(installed.parent))
    assert (0, "12 questionnaires read, no mistake found.") == (checked.returncode, checked.stdout.splitlines()[-1])
    assert "zh_Hans: " in checked.stdout, "the catalogues come along"
    assert 0 == published.returncode, published.stderr
    assert (tmp_path / "site" / "index.html").is_file()
    assert (tmp_path / "var" / "secret").is_file()


def test_the_demonstration_is_in_it_as_well(installed, tmp_path):
    names = "from portal.usecases.demonstration.companies import companies; print(len(companies()))"

    assert "27\n" == run(installed / "python", "-c", names, folder=tmp_path).stdout
