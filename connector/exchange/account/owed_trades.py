"""Trades of the venue's own orders on the account that are known to be missing: asked for until they come.

The stream may lose one, and a list of trades lags behind the list of orders. What no answer shows in the end is given
up: the order is told, its result and fee as unknown.
"""

import asyncio
import logging
from dataclasses import dataclass

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault
from connector.core.reports import OrderReport
from connector.exchange.account.venue_side import VenueSide
from connector.orders.system_orders import SystemOrders

_LOG = logging.getLogger(__name__)
#: After an order was seen to be over; a replica lags by less than the last.
_ASKED_AFTER_MS = (0, 500, 1_000, 3_000, 6_000, 10_000)
#: A question that was not answered is asked again after so long.
_AGAIN_MS = 2_000
#: Nor is one that nobody answers waited for any longer.
_ANSWERED_WITHIN_MS = 60_000
#: Its trades may be dated before its own last word by so much.
_LONGEST_ORDER_MS = 600_000


@dataclass(slots=True)
class _Asked:
    """Since when trades are owed, how often was answered, when is asked again after a fault; by the steady clock."""

    since_ms: int
    times: int = 0
    again_ms: int = 0


class OwedTrades:
    """A question that was not answered is no try, but has an end, too."""

    def __init__(self, venue: VenueSide, orders: SystemOrders, clock: Clock) -> None:
        self._api, self._dispatcher = venue.api, venue.dispatcher
        self._orders, self._clock = orders, clock
        #: By symbol and number.
        self._asked: dict[tuple[str, str], _Asked] = {}
        self._asking = asyncio.Lock()

    def before(self, time_ms: int) -> int:
        """A time (the venue's) before everything that is still to be told, the given one at most."""
        return min((time_ms, *(end.time_ms - 1 for end in self._orders.owed())))

    async def ask(self) -> None:
        """Asks for what is due, and gives up what was asked for often enough."""
        async with self._asking:
            owed = {(end.symbol, end.exchange_order_id): end for end in self._orders.owed()}
            now_ms = self._clock.monotonic_ms()
            self._asked = {key: self._asked.get(key, _Asked(now_ms)) for key in owed}
            for key, end in owed.items():
                await self._ask_if_due(end, self._asked[key], now_ms)

    async def _ask_if_due(self, end: OrderReport, asked: _Asked, now_ms: int) -> None:
        if now_ms < asked.again_ms or now_ms - asked.since_ms < _ASKED_AFTER_MS[asked.times]:
            return
        if await self._is_answered(end):
            asked.times += 1
        else:
            asked.again_ms = now_ms + _AGAIN_MS
        if asked.times == len(_ASKED_AFTER_MS) or now_ms - asked.since_ms >= _ANSWERED_WITHIN_MS:
            self._give_up(end)

    async def _is_answered(self, end: OrderReport) -> bool:
        since_ms = end.time_ms - _LONGEST_ORDER_MS
        try:
            trades = await self._api.trades_of_order(end.symbol, end.exchange_order_id, since_ms)
        except ConnectorFault as fault:
            # It must not keep what follows from being compared.
            _LOG.info("asking for the trades of %s: %s", end.client_order_id, fault)
            return False
        for trade in trades:
            self._dispatcher.dispatch(trade)
        return True

    def _give_up(self, end: OrderReport) -> None:
        if end in self._orders.owed():
            _LOG.warning("the trades of %s of %s can't be had", end.client_order_id, end.symbol)
            self._dispatcher.give_up_trades(end)
