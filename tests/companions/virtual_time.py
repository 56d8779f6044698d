"""An event loop whose time jumps to the next timer when nothing is left to do: hours pass in seconds, and runs repeat.

What a socket of this machine carries arrives before time moves on: loopback hands bytes over within the call that
sends them, so "nothing is ready" means that nothing is on its way either.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from connector.core.clock import Clock
from connector.net.system_clock import SystemClock

Result = TypeVar("Result")
START_MS = 1_800_000_000_000


class JumpingSelector(selectors.DefaultSelector):
    """Never waits: where nothing is ready it lets `now_s` jump by what the loop would have waited.

    Like any machine's steady clock it does not begin at 0.
    """

    now_s = 1_000.0
    #: Called before each jump: at that moment all that is on its way has arrived.
    before_jump: Callable[[], None] | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            return super().select(None)
        if self.before_jump is not None:
            self.before_jump()
        self.now_s += timeout
        return []


class JumpingLoop(asyncio.SelectorEventLoop):
    """A loop on a jumping selector; its time is the selector's."""

    def __init__(self) -> None:
        self.jumping = JumpingSelector()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now_s


class LoopClock:
    """Both clocks of bot and exchange, from the loop's time."""

    def __init__(self, loop: JumpingLoop) -> None:
        self._loop = loop

    def now_ms(self) -> int:
        return START_MS + self.monotonic_ms()

    def now_ns(self) -> int:
        return self.now_ms() * 1_000_000

    def monotonic_ms(self) -> int:
        return round(self._loop.time() * 1000)


def loop_clock() -> Clock:
    """The clock of the running loop: virtual on a loop that jumps, else the machine's."""
    loop = asyncio.get_running_loop()
    return LoopClock(loop) if isinstance(loop, JumpingLoop) else SystemClock()


def run_in_virtual_time(work: Callable[[LoopClock], Coroutine[Any, Any, Result]]) -> Result:
    """Runs `work` to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, JumpingLoop)
        return runner.run(work(LoopClock(loop)))
