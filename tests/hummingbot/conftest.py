"""Hummingbot as people run it, each test with a tree of its own.

It lives in `.venv-hummingbot` (`scripts/setup hummingbot`); without it these tests are skipped, in CI that is
a failure.
"""

import os
from pathlib import Path

import pytest

from tests.hummingbot.environment import is_there, new_tree, with_connector

#: They need Hummingbot's own interpreter: test_inside.py runs them there.
collect_ignore = ["inside"]


@pytest.fixture(scope="session", autouse=True)
def _needs_hummingbot() -> None:
    if not is_there():
        reason = "Hummingbot's own virtual environment is absent; make it with scripts/setup hummingbot"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A Hummingbot that has not heard of us."""
    return new_tree(tmp_path / "root")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """One with ours installed."""
    return with_connector(tmp_path / "root")
