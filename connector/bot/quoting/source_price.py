"""The price of a source beside the market that is quoted: with an age limit, and told when it is over it.

seen now ──▶ counts            not seen ──▶ the last one counts until it is too old ──▶ None, and told
                                            seen again ──▶ counts at once, and told
"""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Final, NamedTuple, Protocol

from connector.core.clock import Clock

#: A source may take so long to tell its first price before a word is said of it.
FIRST_WITHIN_MS: Final = 3_000


class Seen(NamedTuple):
    """A price, and when it was last known to be true, by the steady clock."""

    price: Decimal
    at_ms: int


class Source(Protocol):
    """Where a price comes from."""

    #: In a few words, for whoever reads the screen.
    name: str
    #: Why it is not seen; empty while it is, or where nothing is known.
    trouble: str

    def seen(self) -> Seen | None: ...

    async def begin(self) -> None:
        """Raises `ConnectorFault` for one that can't be used as it is set."""
        ...

    async def run(self) -> None:
        """Follows it until cancelled."""
        ...

    async def close(self) -> None: ...


class SourcePrice:
    """One source, and how old its price may be. `report` is handed a line when it is too old, and when it is back."""

    def __init__(self, source: Source, max_age_ms: int, clock: Clock, report: Callable[[str], None]) -> None:
        self._source, self._max_age_ms = source, max_age_ms
        self._clock, self._report = clock, report
        self._lost_ms: int | None = None
        #: Until then a price that was never told is awaited in silence.
        self._awaited_until_ms = clock.monotonic_ms() + FIRST_WITHIN_MS
        self._running: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return self._source.name

    async def begin(self) -> None:
        """Follows it from here on. Raises `ConnectorFault`."""
        await self._source.begin()
        self._awaited_until_ms = self._clock.monotonic_ms() + FIRST_WITHIN_MS
        self._running = asyncio.create_task(self._source.run())

    async def close(self) -> None:
        """Ends it, whatever state it is in."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self._source.close()

    def price(self) -> Decimal | None:
        """None while it is too old, or was never told."""
        seen = self._source.seen()
        if seen is None or self._clock.monotonic_ms() - seen.at_ms > self._max_age_ms:
            return None
        return seen.price

    def watch(self) -> None:
        """Tells what changed; called now and then. Raises the defect that ended the following, if one did."""
        if self._running is not None and self._running.done():
            self._running.result()
        now_ms, is_seen = self._clock.monotonic_ms(), self.price() is not None
        if is_seen and self._lost_ms is not None:
            self._report(
                f"the price of {self._source.name} is there again after {(now_ms - self._lost_ms) / 1000:.1f} s"
            )
            self._lost_ms = None
        elif not is_seen and self._lost_ms is None:
            was_seen = self._source.seen() is not None
            if not was_seen and now_ms < self._awaited_until_ms:
                return
            self._lost_ms = now_ms
            why = f" ({self._source.trouble})" if self._source.trouble else ""
            how = f"is older than {self._max_age_ms / 1000:g} s" if was_seen else "was not told yet"
            self._report(f"the price of {self._source.name} {how}{why}: nothing is quoted until it is back")
