"""The databases that the history is carried into."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.companions.store.databases import PG_CTL, postgresql_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if PG_CTL is None:
        pytest.skip("no PostgreSQL server is installed here (Debian: apt install postgresql)")
    with postgresql_server(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.sqlite'}"
    address: str = request.getfixturevalue("server")
    return address
