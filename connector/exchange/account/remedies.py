"""What a refusal says is to be read again, is read again: rules, position, leverage, position mode.

Each is read once at a time, and not again within a few seconds, however many orders are refused for it. Where the
budget refused an order before it was sent, what it went by is read again once a minute: it may be what is wrong.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from connector.core.clock import Clock
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, MarketOrderFailureEvent, OrderModifyFailedEvent
from connector.core.faults import ConnectorFault
from connector.core.order_ends import RejectionKind
from connector.exchange.bus import Bus
from connector.orders.in_flight_order import InFlightOrder
from connector.venue.refusals import ANY, REFUSALS, Reread

_LOG = logging.getLogger(__name__)
_APART_MS = 5_000
#: What a refusal of the budget went by.
_OF_THE_BUDGET = (Reread.LEVERAGE, Reread.POSITION)
_OF_THE_BUDGET_APART_MS = 60_000

#: Reads anew, for the symbol that was refused.
Reading = Callable[[str], Awaitable[None]]


class Remedies:
    """Listens for refusals; `run` does what they ask for, until cancelled."""

    def __init__(
        self,
        bus: Bus,
        clock: Clock,
        order_of: Callable[[str], InFlightOrder | None],
        readings: Mapping[Reread, Reading],
    ) -> None:
        """`order_of` finds an order by its client id."""
        self._clock = clock
        self._order_of = order_of
        self._readings = readings
        self._wanted: dict[tuple[Reread, str], None] = {}
        self._read_ms: dict[tuple[Reread, str], int] = {}
        self._news = asyncio.Event()
        bus.add_listener(MarketEvent.OrderFailure, self._hear)
        bus.add_listener(MarketEvent.OrderModifyFailed, self._hear)

    async def run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._wanted:
                wanted = next(iter(self._wanted))
                del self._wanted[wanted]
                await self._read(*wanted)

    def _hear(self, event: Event) -> None:
        if not isinstance(event, MarketOrderFailureEvent | OrderModifyFailedEvent):
            return
        order = self._order_of(event.order_id)
        if event.fault is None or order is None:
            return
        if event.fault.code:
            reread = REFUSALS.get(event.fault.code, ANY).reread
            if reread is not None:
                self._want(reread, order.symbol, _APART_MS)
        elif event.rejection is not None and event.rejection.kind is RejectionKind.MARGIN:
            for reread in _OF_THE_BUDGET:
                self._want(reread, order.symbol, _OF_THE_BUDGET_APART_MS)

    def _want(self, reread: Reread, symbol: str, apart_ms: int) -> None:
        read_ms = self._read_ms.get((reread, symbol))
        if read_ms is None or self._clock.monotonic_ms() - read_ms >= apart_ms:
            self._wanted[reread, symbol] = None
            self._news.set()

    async def _read(self, reread: Reread, symbol: str) -> None:
        self._read_ms[reread, symbol] = self._clock.monotonic_ms()
        try:
            await self._readings[reread](symbol)
        except ConnectorFault as fault:
            _LOG.warning("%s: reading the %s again after a refusal: %s", symbol, reread, fault)
