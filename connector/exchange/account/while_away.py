"""What happened to the account while nobody heard: the venue's own orders on it, and money that came or went.

The user stream tells both as they happen. What it did not, since it was away or since this program was, is read from
the exchange's lists from the last moment up to which all was told; that moment stands in the journal. What is found
is told as the stream tells it, once.
"""

import asyncio
from collections import deque

from connector.account.told_transfers import SAME_MS, date_ms, read_back, spelled
from connector.core.account_events import InsuranceClearedEvent, PositionSettledEvent, TransferEvent
from connector.core.clock import Clock
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, LiquidationEvent
from connector.core.journal import AccountHeard
from connector.exchange.account.owed_trades import OwedTrades
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.order_journaling import OrderJournaling
from connector.orders.system_orders import SystemOrders
from connector.venue.income_kinds import moves_money

#: The lists name what is no older than so much.
_LISTED_MS = 7 * 86_400_000 - 60_000
#: What is dated so soon after a start may be of before it, as well as the venue's clock is known; the account that is
#: read next has it.
_BEGUN_MS = 250
#: An order of the venue that the stream did not tell is looked for so far before the last one that it told.
_MISSED_MS = 600_000
#: All was told up to so long before a comparison that found nothing unexplained: no replica lags longer.
_LAG_MS = 10_000
#: The list of the venue's orders is dear: where nothing is unexplained it is asked for no more often.
_ORDERS_EVERY_MS = 15_000
_HEARD = (
    MarketEvent.Liquidation, MarketEvent.PositionSettled, MarketEvent.InsuranceCleared, MarketEvent.Transfer,
)  # fmt: skip
#: Of transfers that were told since the moment that is written down so many stand beside it; of more, the last is the
#: moment.
_MOST_TOLD = 64
#: The moment is written down no more often.
_WRITTEN_EVERY_MS = 60_000


class WhileAway:
    """Raises `ConnectorFault` from what reads."""

    def __init__(self, venue: VenueSide, journaling: OrderJournaling, orders: SystemOrders, clock: Clock) -> None:
        self._api, self._dispatcher = venue.api, venue.dispatcher
        self._bus, self._gateway, self._clock = venue.bus, venue.gateway, clock
        self._journaling, self._owed = journaling, OwedTrades(venue, orders, clock)
        #: Of the venue's own orders, of transfers, and of what the insurance fund had or paid: before it all is told.
        self._orders_ms = self._transfers_ms = self.insurance_ms = 0
        #: What the venue closed before is not ours to tell; and when this start was, for what others do.
        self.from_ms = self.began_ms = 0
        #: When transfers were last asked for, and whether the stream was away since; orders likewise.
        self._asked_ms, self._asked_orders_ms = 0, -_ORDERS_EVERY_MS
        self._misses_transfers = self._misses_orders = False
        #: Transfers that were told last, and whether the account book is read for more: by one at a time.
        self._told, self._reads = venue.dispatcher.transfers, asyncio.Lock()
        #: Those that are dated since `_transfers_ms`, or hardly before.
        self._newest: deque[TransferEvent] = deque()
        #: As it was last written down; None before the first start.
        self._heard: AccountHeard | None = None
        for tag in _HEARD:
            venue.bus.add_listener(tag, self._hear)

    async def begin(self) -> None:
        """Tells what happened since this connector heard last, or an earlier life; without either, all of before is not
        ours to tell."""
        now_ms, earlier = self._gateway.venue_ms(), self._heard or self._journaling.earlier.account_heard
        self._orders_ms = earlier.orders_ms if earlier else now_ms
        self._transfers_ms = earlier.transfers_ms if earlier else now_ms + _BEGUN_MS
        self.insurance_ms = (earlier.insurance_ms or earlier.orders_ms) if earlier else now_ms
        self.from_ms, self.began_ms = self._orders_ms, now_ms
        if earlier and self._heard is None:
            self._recall(earlier)
        if earlier:
            await self.read_orders()
            await self._read_unheard(now_ms - _LAG_MS)
            self._misses_transfers = True  # the book may lack the newest yet
        self._orders_ms = max(self._orders_ms, self._owed.before(now_ms))
        self._asked_ms = now_ms
        self._mark()

    def _recall(self, earlier: AccountHeard) -> None:
        """Whom an earlier life told of."""
        if earlier.told:
            self._newest.extend(read_back(earlier.told))
            self._told.recall(self._newest)
        else:
            # Its last one is known by its date alone, and the account book's word may be dated later.
            self._transfers_ms += SAME_MS

    async def read(self) -> None:
        """Tells what is new on the lists; of what was just asked for, soon."""
        self._misses_orders = self._misses_transfers = True
        await self.tend()
        await self._look_for_transfers()

    async def tend(self) -> None:
        """Reads what is due: the list of orders that was put off, and trades that are owed."""
        if self._misses_orders and self._clock.monotonic_ms() - self._asked_orders_ms >= _ORDERS_EVERY_MS:
            await self.read_orders()
        await self._owed.ask()

    async def read_transfers(self) -> None:
        """Tells at once what money came or went that the stream did not tell."""
        await self._read_unheard(self._gateway.venue_ms() - _LAG_MS)

    async def _look_for_transfers(self) -> None:
        now_ms = self._gateway.venue_ms()
        if self._misses_transfers and now_ms - self._asked_ms >= _LAG_MS:
            await self._read_unheard(now_ms - _LAG_MS)

    async def _read_unheard(self, until_ms: int) -> None:
        """Each that was told since is known by its figure."""
        async with self._reads:
            await self._read_transfers(self._transfers_ms, until_ms)

    async def _read_transfers(self, from_ms: int, until_ms: int) -> None:
        self._asked_ms = self._gateway.venue_ms()
        self._told.begin()
        try:
            async for line in self._api.income_since(self._since(from_ms)):
                if line.time_ms > from_ms and moves_money(line.kind):
                    event = TransferEvent(line.time_ms / 1000, line.asset, line.amount, line.kind)
                    if self._told.is_news(event):
                        self._bus.publish((event,))
        finally:
            self._told.end()
        self._misses_transfers = False
        self._told_until(until_ms)

    async def read_orders(self) -> None:
        """Tells, at once, the venue's own orders that are new on its list: one may have been missed before one that was
        told."""
        since_ms = max(self.from_ms, self._orders_ms - _MISSED_MS)
        self._asked_orders_ms = self._clock.monotonic_ms()
        reports = await self._api.forced_orders(self._since(since_ms))
        self._misses_orders = False
        for report in reports:
            if report.time_ms > self.from_ms:
                self._dispatcher.dispatch(report)
        await self._owed.ask()

    async def explained(self, asked_ms: int, *, is_heard: bool) -> None:
        """A comparison of that time (the venue's) found nothing that was not told. Transfers are told by the stream
        alone, where it is heard."""
        await self._look_for_transfers()
        until_ms = self._owed.before(asked_ms - _LAG_MS)
        if until_ms - self._orders_ms >= _WRITTEN_EVERY_MS:
            self._orders_ms = until_ms
            self._mark()
        if is_heard and not self._misses_transfers and until_ms - self._transfers_ms >= _WRITTEN_EVERY_MS:
            self._told_until(until_ms)
            self._mark()

    def _told_until(self, until_ms: int) -> None:
        """No transfer of before that moment is owed."""
        self._transfers_ms = max(self._transfers_ms, until_ms)
        while self._newest and date_ms(self._newest[0]) < self._transfers_ms - SAME_MS:
            self._newest.popleft()
        self._told.forget(self._transfers_ms)

    def _take_told(self, event: TransferEvent) -> None:
        self._newest.append(event)
        if len(self._newest) > _MOST_TOLD:
            self._transfers_ms = max(self._transfers_ms, *map(date_ms, self._newest)) + SAME_MS
            self._newest.clear()

    def _since(self, heard_ms: int) -> int:
        return max(heard_ms, self._gateway.venue_ms() - _LISTED_MS)

    def _hear(self, event: Event) -> None:
        match event:
            case LiquidationEvent() | PositionSettledEvent():
                self._orders_ms = max(self._orders_ms, self._owed.before(round(event.timestamp * 1000)))
            case InsuranceClearedEvent():
                self.insurance_ms = max(self.insurance_ms, round(event.timestamp * 1000))
            case TransferEvent():
                self._take_told(event)
        self._mark()

    def _mark(self) -> None:
        self._heard = AccountHeard(self._orders_ms, self._transfers_ms, self.insurance_ms, spelled(self._newest))
        self._journaling.reached("account", self._heard)
