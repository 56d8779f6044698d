"""The product's loop of virtual time, as tests run on it: what looks on is called before time moves."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from connector.bot.rehearsal import virtual_time
from connector.bot.rehearsal.virtual_time import LoopClock
from connector.core.clock import Clock
from connector.net.system_clock import SystemClock

Result = TypeVar("Result")
#: The wall clock when a loop begins.
BEGINS_MS = 1_800_001_000_000


class JumpingSelector(virtual_time.JumpingSelector):
    """One that is looked on at."""

    #: Called before each jump: at that moment all that is on its way has arrived.
    before_jump: Callable[[], None] | None = None

    def jump(self, by_s: float) -> None:
        if self.before_jump is not None:
            self.before_jump()
        super().jump(by_s)


class JumpingLoop(virtual_time.JumpingLoop):
    """A loop on such a selector."""

    def __init__(self) -> None:
        self.jumping = JumpingSelector()
        super().__init__(self.jumping)


def loop_clock() -> Clock:
    """The clock of the running loop: virtual on a loop that jumps, else the machine's."""
    loop = asyncio.get_running_loop()
    return clock_of(loop) if isinstance(loop, JumpingLoop) else SystemClock()


def clock_of(loop: JumpingLoop) -> LoopClock:
    """The loop's clock, whenever it is asked for."""
    return LoopClock(loop, BEGINS_MS + round((loop.time() - JumpingSelector.BEGINS_S) * 1000))


def run_in_virtual_time(work: Callable[[LoopClock], Coroutine[Any, Any, Result]]) -> Result:
    """Runs `work` to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, JumpingLoop)
        return runner.run(work(clock_of(loop)))
