"""An event loop whose time jumps to the next timer when nothing is left to do: hours pass in seconds, and runs repeat.

What a socket of this machine carries arrives before time moves on: loopback hands bytes over within the call that
sends them, so "nothing is ready" means that nothing is on its way either.
"""

import asyncio
import selectors


class JumpingSelector(selectors.DefaultSelector):
    """Never waits: where nothing is ready it lets `now_s` jump by what the loop would have waited.

    Like any machine's steady clock it does not begin at 0.
    """

    BEGINS_S = 1_000.0

    def __init__(self) -> None:
        super().__init__()
        self.now_s = self.BEGINS_S

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            return super().select(None)
        self.jump(timeout)
        return []

    def jump(self, by_s: float) -> None:
        """All that was on its way has arrived: time moves on."""
        self.now_s += by_s


class JumpingLoop(asyncio.SelectorEventLoop):
    """A loop on a jumping selector; its time is the selector's."""

    def __init__(self, jumping: JumpingSelector | None = None) -> None:
        self._jumping = jumping or JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s


class LoopClock:
    """Both clocks of bot and exchange, from the loop's time; the wall's begins with the loop, at `starts_ms`."""

    def __init__(self, loop: JumpingLoop, starts_ms: int) -> None:
        self._loop = loop
        self._ahead_ms = starts_ms - self.monotonic_ms()

    def now_ms(self) -> int:
        return self._ahead_ms + self.monotonic_ms()

    def now_ns(self) -> int:
        return self.now_ms() * 1_000_000

    def monotonic_ms(self) -> int:
        return round(self._loop.time() * 1000)
