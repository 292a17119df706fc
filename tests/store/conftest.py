"""The engines that the contract is held against."""

from collections.abc import Callable
from pathlib import Path

import pytest

from portal.store import transaction
from portal.store.protocol import Store

from .cast import opened

Opener = Callable[[str], Store]
ENGINES: dict[str, Callable[[Path, str], Store]] = {"files": lambda folder, name: opened(folder / name)}


@pytest.fixture(autouse=True)
def _histories_move_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few short events fill a record's own file, so that small records come by their history files too."""
    monkeypatch.setattr(transaction, "CARRIED_BYTES", 2048)


@pytest.fixture(params=ENGINES)
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens the store of a name; the same name twice is the same store, opened twice."""
    return lambda name: ENGINES[request.param](tmp_path, name)


@pytest.fixture
def store(open_store: Opener) -> Store:
    return open_store("store")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "store"
