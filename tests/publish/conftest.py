"""A site that was published once for all tests that only read it."""

from pathlib import Path

import pytest

from portal.publish import publish
from publish.cast import SITE, summary


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published folder of the cast's summary."""
    into = tmp_path_factory.mktemp("published") / "site"
    publish(summary(), into, site_folder=SITE)
    return into
