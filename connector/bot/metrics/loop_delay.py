"""How late the bot's own turns come: what a frame, an answer or an order would have waited for."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from prometheus_client import CollectorRegistry, Histogram

from connector.bot.metrics.families import PREFIX

_EVERY_S = 0.25
_BOUNDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class LoopDelay:
    """Wakes four times a second and notes by how much that came late."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._delays = Histogram(
            f"{PREFIX}loop_delay_seconds",
            "By how much a turn of the bot's loop came late, taken four times a second.",
            buckets=_BOUNDS,
            registry=registry,
        )

    @contextlib.asynccontextmanager
    async def measured(self) -> AsyncIterator[None]:
        """For as long as the block lasts."""
        task = asyncio.create_task(self._measure())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _measure(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + _EVERY_S
            await asyncio.sleep(_EVERY_S)
            self._delays.observe(max(0.0, loop.time() - due_s))
