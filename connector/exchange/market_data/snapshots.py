"""Depth snapshots for the books that ask for one, within the weight budget.

The longest waiting goes first, a few at once. A snapshot that does not fit is fetched again after a pause that grows.
Requests are of the slice that leaves room for orders' weight; and where many books wait together, each asks for as
many levels as lets all of them fit into one window: a shallow book now beats a deep one minutes later.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault
from connector.market.symbol_feed import SymbolFeed
from connector.net.gateway import Gateway
from connector.venue import endpoints
from connector.wire import requests

_LOG = logging.getLogger(__name__)
_AT_ONCE = 6
_FIRST_PAUSE_MS = 100
_LONGEST_PAUSE_MS = 1_000

#: Tells what became of a fetch: the feed, and what went wrong (empty when the book is in step).
Outcome = Callable[[SymbolFeed, str], None]
#: Is handed every snapshot's body as it came.
Watcher = Callable[[str, bytes], None]


class Snapshots:
    """Fetches for the symbols of `feeds`. `run` runs until cancelled."""

    def __init__(
        self,
        gateway: Gateway,
        feeds: Mapping[str, SymbolFeed],
        limits: tuple[int, ...],
        clock: Clock,
        outcome: Outcome,
    ) -> None:
        self.watcher: Watcher | None = None
        self._gateway = gateway
        self._feeds = feeds
        self._limits = limits
        self._clock = clock
        self._outcome = outcome
        self._due_ms: dict[str, int] = {}
        self._pause_ms: dict[str, int] = {}
        self._fetching: set[str] = set()
        self._crowd = 0
        self._asked = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many books wait for a snapshot."""
        return len(self._due_ms) + len(self._fetching)

    def want(self, symbol: str, after_ms: int = 0) -> None:
        """Fetches as soon as it is this symbol's turn; one that waits for an earlier one keeps its place."""
        due_ms = self._clock.monotonic_ms() + after_ms
        if symbol in self._fetching or self._due_ms.get(symbol, due_ms + 1) <= due_ms or symbol in self._pause_ms:
            return
        if symbol not in self._due_ms:
            self._crowd = self._crowd + 1 if self.waiting else 1
        self._due_ms[symbol] = due_ms
        self._asked.set()

    def forget(self, symbol: str) -> None:
        """The symbol is followed no more."""
        self._due_ms.pop(symbol, None)
        self._pause_ms.pop(symbol, None)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(self._fetch_forever())

    async def _fetch_forever(self) -> None:
        while True:
            symbol = await self._next()
            self._fetching.add(symbol)
            try:
                flaw = await self._fetch(symbol)
            finally:
                self._fetching.discard(symbol)
            if flaw and symbol in self._feeds:
                pause_ms = self._pause_ms.get(symbol, _FIRST_PAUSE_MS)
                self._pause_ms[symbol] = min(pause_ms * 2, _LONGEST_PAUSE_MS)
                self._due_ms[symbol] = self._clock.monotonic_ms() + pause_ms
            else:
                self._pause_ms.pop(symbol, None)

    async def _next(self) -> str:
        while True:
            self._asked.clear()
            symbol = min(self._due_ms, key=self._due_ms.__getitem__, default=None)
            wait_ms = None if symbol is None else self._due_ms[symbol] - self._clock.monotonic_ms()
            if symbol is not None and wait_ms is not None and wait_ms <= 0:
                del self._due_ms[symbol]
                return symbol
            try:
                async with asyncio.timeout(None if wait_ms is None else wait_ms / 1000):
                    await self._asked.wait()
            except TimeoutError:
                continue

    async def _fetch(self, symbol: str) -> str:
        """One fetch. What went wrong; empty when the book needs no snapshot any more."""
        symbol_feed = self._feeds.get(symbol)
        if symbol_feed is None or not symbol_feed.needs_snapshot:
            return ""
        params = requests.depth(symbol, self._limit())
        try:
            body = await self._gateway.call(
                endpoints.DEPTH, params, still_wanted=lambda: self._feeds.get(symbol) is symbol_feed
            )
        except ConnectorFault as fault:
            self._outcome(symbol_feed, str(fault))
            return str(fault)
        if self.watcher is not None:
            self.watcher(symbol, body)
        in_step = symbol_feed.on_snapshot(body, self._clock.monotonic_ms())
        flaw = "" if in_step else symbol_feed.last_error or "the snapshot does not fit the stream"
        self._outcome(symbol_feed, flaw)
        _LOG.info("%s: snapshot %s", symbol_feed.trading_pair, "taken" if in_step else f"of no use: {flaw}")
        return flaw

    def _limit(self) -> int:
        """The deepest one at which all that wait fit into one window of the budget."""
        budget = self._gateway.throttle.weight_slice(endpoints.DEPTH.priority)
        crowd = max(1, self._crowd)
        fitting = (limit for limit in self._limits if crowd * endpoints.by_depth_limit({"limit": limit}) <= budget)
        return next(fitting, self._limits[-1])
