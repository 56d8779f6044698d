"""The tasks of a connector: one owner, so that when it ends they have ended."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from connector.core.faults import UnavailableFault

Work = Coroutine[Any, Any, None]


class Tasks:
    """Runs works side by side until stopped; the first defect among them ends all."""

    __slots__ = ("_group", "_owner")

    def __init__(self) -> None:
        self._owner: asyncio.Task[None] | None = None
        self._group: asyncio.TaskGroup | None = None

    async def start(self, works: Iterable[Work]) -> None:
        """Starts the works; returns once each has a task."""
        started = asyncio.Event()
        self._owner = asyncio.create_task(self._own(tuple(works), started))
        await started.wait()

    async def stop(self) -> None:
        """Cancels whatever runs and awaits its end."""
        if self._owner is not None:
            self._owner.cancel()
            await asyncio.gather(self._owner, return_exceptions=True)
            self._owner = None

    @property
    def is_running(self) -> bool:
        """Whether works can be carried."""
        return self._group is not None

    def require_running(self) -> asyncio.TaskGroup:
        """The running group. Raises `UnavailableFault` while nothing runs."""
        if self._group is None:
            raise UnavailableFault("the connector is not started")
        return self._group

    def spawn(self, work: Work) -> None:
        """One more work. Raises `UnavailableFault` while nothing runs."""
        if self._group is None:
            work.close()
        self.require_running().create_task(work)

    def raise_if_broken(self) -> None:
        """Raises what ended the tasks, if a defect did: nothing goes on half alive."""
        if self._owner is not None and self._owner.done() and not self._owner.cancelled():
            self._owner.result()

    async def _own(self, works: tuple[Work, ...], started: asyncio.Event) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                for work in works:
                    group.create_task(work)
                started.set()
        finally:
            self._group = None
