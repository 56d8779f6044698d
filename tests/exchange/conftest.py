"""The connector's flows run in virtual time: what waits ten seconds for proof takes none of this machine's."""

import asyncio
from collections.abc import Callable

import pytest

from tests.companions.virtual_time import JumpingLoop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"virtual": JumpingLoop}
