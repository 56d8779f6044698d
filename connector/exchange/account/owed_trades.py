"""Trades of the venue's own orders on the account that are known to be missing: asked for until they come.

The stream may lose one, and a list of trades lags behind the list of orders. What no answer shows in the end is given
up: the order is told, its result and fee as unknown.
"""

import logging

from connector.core.clock import Clock
from connector.core.reports import OrderReport
from connector.exchange.account.venue_side import VenueSide
from connector.orders.system_orders import SystemOrders

_LOG = logging.getLogger(__name__)
#: After an order was seen to be over; a replica lags by less than the last.
_ASKED_AFTER_MS = (0, 500, 1_000, 3_000, 6_000, 10_000)
#: Its trades may be dated before its own last word by so much.
_LONGEST_ORDER_MS = 600_000


class OwedTrades:
    """Raises `ConnectorFault` from what reads; a question that was not answered is no try."""

    def __init__(self, venue: VenueSide, orders: SystemOrders, clock: Clock) -> None:
        self._api, self._dispatcher = venue.api, venue.dispatcher
        self._orders, self._clock = orders, clock
        #: By symbol and number: since when, by the steady clock, and how often was asked.
        self._asked: dict[tuple[str, str], tuple[int, int]] = {}

    def before(self, time_ms: int) -> int:
        """A time (the venue's) before everything that is still to be told, the given one at most."""
        return min((time_ms, *(end.time_ms - 1 for end in self._orders.owed())))

    async def ask(self) -> None:
        """Asks for what is due, and gives up what was asked for often enough."""
        owed = {(end.symbol, end.exchange_order_id): end for end in self._orders.owed()}
        now_ms = self._clock.monotonic_ms()
        self._asked = {key: self._asked.get(key, (now_ms, 0)) for key in owed}
        for key, end in owed.items():
            since_ms, times = self._asked[key]
            if now_ms - since_ms >= _ASKED_AFTER_MS[times]:
                await self._ask(end)
                self._asked[key] = since_ms, times + 1
                if times + 1 == len(_ASKED_AFTER_MS):
                    self._give_up(end)

    async def _ask(self, end: OrderReport) -> None:
        since_ms = end.time_ms - _LONGEST_ORDER_MS
        for trade in await self._api.trades_of_order(end.symbol, end.exchange_order_id, since_ms):
            self._dispatcher.dispatch(trade)

    def _give_up(self, end: OrderReport) -> None:
        if end in self._orders.owed():
            _LOG.warning("the trades of %s of %s can't be had", end.client_order_id, end.symbol)
            self._dispatcher.give_up_trades(end)
