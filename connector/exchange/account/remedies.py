"""What a refusal says is to be read again, is read again: rules, position, leverage, position mode.

Each is read once at a time, and not again within a few seconds, however many orders are refused for it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from connector.core.clock import Clock
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, MarketOrderFailureEvent, OrderModifyFailedEvent
from connector.core.faults import ConnectorFault
from connector.exchange.bus import Bus
from connector.orders.in_flight_order import InFlightOrder
from connector.venue.refusals import ANY, REFUSALS, Reread

_LOG = logging.getLogger(__name__)
_APART_MS = 5_000

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
        if event.fault is None or not event.fault.code:
            return
        reread, order = REFUSALS.get(event.fault.code, ANY).reread, self._order_of(event.order_id)
        if reread is None or order is None:
            return
        read_ms = self._read_ms.get((reread, order.symbol))
        if read_ms is None or self._clock.monotonic_ms() - read_ms >= _APART_MS:
            self._wanted[reread, order.symbol] = None
            self._news.set()

    async def _read(self, reread: Reread, symbol: str) -> None:
        self._read_ms[reread, symbol] = self._clock.monotonic_ms()
        try:
            await self._readings[reread](symbol)
        except ConnectorFault as fault:
            _LOG.warning("%s: reading the %s again after a refusal: %s", symbol, reread, fault)
