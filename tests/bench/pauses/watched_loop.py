"""An event loop that notes how long each of its turns kept others waiting, and who did.

A turn is from the moment at which the system says what is ready until the loop asks again: nobody else is served
meanwhile. A wake that comes later than it was asked for counts too: another thread held the interpreter, or the machine
was busy.
"""

import asyncio
import gc
import selectors
import time
from dataclasses import dataclass, field

#: Shorter ones are not kept.
KEPT_FROM_NS = 1_000_000


@dataclass(slots=True)
class Stall:
    """Nobody was served from `began_ns` to `ended_ns` (`perf_counter_ns`); `cpu_ns` is the thread's own work in it."""

    kind: str
    began_ns: int
    ended_ns: int
    cpu_ns: int
    #: What ran longest.
    who: str = ""


@dataclass(slots=True)
class Seen:
    """What a loop has noted."""

    stalls: list[Stall] = field(default_factory=list)
    collections: list[tuple[int, int, int]] = field(default_factory=list)
    turns: int = 0
    #: When it began to quote and when it ended, and the process's own time in between.
    began_ns: int = 0
    ended_ns: int = 0
    cpu_s: float = 0.0
    #: Of the market, in that time.
    frames: int = 0


class WatchedSelector(selectors.DefaultSelector):
    """Notes when it is asked and when it answers."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self._seen = seen
        self._began: tuple[int, int] | None = None
        self.longest: tuple[int, str] = (0, "")

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        asked_ns, seen = time.perf_counter_ns(), self._seen
        if self._began is not None and asked_ns - self._began[0] > KEPT_FROM_NS:
            cpu_ns = time.thread_time_ns() - self._began[1]
            seen.stalls.append(Stall("turn", self._began[0], asked_ns, cpu_ns, self.longest[1]))
        self.longest = (0, "")
        ready = super().select(timeout)
        woke_ns = time.perf_counter_ns()
        # The system sleeps in whole milliseconds, rounded up.
        due_ns = asked_ns + int(max(timeout or 0, 0) * 1e9) + 1_000_000
        if timeout and not ready and woke_ns - due_ns > KEPT_FROM_NS:
            seen.stalls.append(Stall("late wake", due_ns, woke_ns, 0))
        seen.turns += 1
        self._began = time.perf_counter_ns(), time.thread_time_ns()
        return ready


class WatchedPolicy(asyncio.DefaultEventLoopPolicy):
    """Makes watched loops."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self._seen = seen

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        selector = WatchedSelector(self._seen)
        _name_the_longest(selector)
        return asyncio.SelectorEventLoop(selector)


def _name_the_longest(selector: WatchedSelector) -> None:
    """Each callback of a loop is timed, so that a long turn has a name."""
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        began_ns = time.perf_counter_ns()
        run(handle)
        spent_ns = time.perf_counter_ns() - began_ns
        if spent_ns > selector.longest[0]:
            selector.longest = spent_ns, _named(handle._callback) if spent_ns > KEPT_FROM_NS // 2 else ""

    asyncio.Handle._run = timed  # type: ignore[method-assign]


def _named(callback: object) -> str:
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        return f"task {getattr(owner.get_coro(), '__qualname__', owner.get_coro())}"
    return str(getattr(callback, "__qualname__", None) or callback)


def watch_collector(seen: Seen) -> None:
    """Notes each collection: when, how long, which generation."""
    began_ns = 0

    def heard(phase: str, told: dict[str, int]) -> None:
        nonlocal began_ns
        if phase == "start":
            began_ns = time.perf_counter_ns()
        else:
            seen.collections.append((began_ns, time.perf_counter_ns(), told["generation"]))

    gc.callbacks.append(heard)
