"""What a liquidation paid to the insurance fund, or had from it, by the account book, each line once, by its number.

The account's event names no contract and no number. A line may be shown late: it is asked for a few times.
"""

import asyncio
import contextlib
import logging

from connector.core.account_events import InsuranceClearedEvent
from connector.core.clock import Clock
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.faults import ConnectorFault
from connector.exchange.account.pair_rules import PairRules
from connector.exchange.account.venue_side import VenueSide
from connector.venue.income_kinds import INSURANCE_CLEAR

_LOG = logging.getLogger(__name__)
#: After the last liquidation that was told.
_ASKED_AFTER_MS = (300, 3_000, 15_000, 60_000)
#: So much of the book is read again: a line may be shown after a later one.
_OVERLAP_MS = 300_000


class InsuranceWatch:
    """`run` runs until cancelled."""

    def __init__(self, venue: VenueSide, pair_rules: PairRules, clock: Clock) -> None:
        self._api, self._bus = venue.api, venue.bus
        self._pair_rules, self._clock = pair_rules, clock
        self._since_ms = 0
        self._told: set[str] = set()
        #: By the steady clock.
        self._due_ms: list[int] = []
        #: Set where what is due has changed: nothing is waited for while nothing is.
        self._has_changed = asyncio.Event()
        venue.bus.add_listener(MarketEvent.Liquidation, self._hear)

    def begin(self, since_ms: int) -> None:
        """What was paid up to that time (the venue's) is not ours to tell, or was told; whether anything was since is
        looked at once."""
        self._since_ms = since_ms + 1
        self._plan(self._due_ms or [self._clock.monotonic_ms()])

    async def run(self) -> None:
        while True:
            await self._come_due()
            try:
                await self._read()
            except ConnectorFault as fault:
                _LOG.warning("reading what liquidation paid to the insurance fund: %s", fault)

    async def _come_due(self) -> None:
        """Waits for the next reading, and takes it off the list."""
        while True:
            self._has_changed.clear()
            wait_s = (self._due_ms[0] - self._clock.monotonic_ms()) / 1000 if self._due_ms else None
            if wait_s is not None and wait_s <= 0:
                del self._due_ms[0]
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._has_changed.wait()

    def _hear(self, event: Event) -> None:
        now_ms = self._clock.monotonic_ms()
        self._plan([now_ms + after_ms for after_ms in _ASKED_AFTER_MS])

    def _plan(self, due_ms: list[int]) -> None:
        self._due_ms = due_ms
        self._has_changed.set()

    async def _read(self) -> None:
        seen: set[str] = set()
        newest_ms = self._since_ms
        async for line in self._api.income_since(self._since_ms, INSURANCE_CLEAR):
            if line.kind != INSURANCE_CLEAR:
                continue
            seen.add(line.income_id)
            newest_ms = max(newest_ms, line.time_ms - _OVERLAP_MS)
            if line.income_id in self._told:
                continue
            self._told.add(line.income_id)
            pair = self._pair_rules.pair_of(line.symbol) or line.symbol
            event = InsuranceClearedEvent(line.time_ms / 1000, pair, line.asset, line.amount, line.income_id)
            self._bus.publish((event,))
        self._since_ms, self._told = newest_ms, seen
