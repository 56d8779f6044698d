"""Whose the trades are that the account's list shows and no order here explains: asked by the number of their orders.

A trade of the list names no client id. It may be of another hand, of the venue itself (a settlement stands on no other
list), or of an order of ours whose outcome nobody knows. It is told once its order is named; where that can't be
had, as another's, never while an order of ours of its symbol might be the one.
"""

import logging
from dataclasses import replace

from connector.core.clock import Clock
from connector.core.enums import OrderState
from connector.core.faults import ConnectorFault, Fate, Fault
from connector.core.reports import OrderReport
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.account.while_away import WhileAway
from connector.orders.tracker import Tracker
from connector.venue.order_fields import SYSTEM_ORDER_PREFIXES

_LOG = logging.getLogger(__name__)
#: An order that is not found for so long is none that can be asked for: no replica lags longer.
_FOUND_WITHIN_MS = 10_000
#: One whose answer is a fault, or can't be read, for so long neither.
_ANSWERED_WITHIN_MS = 60_000
#: Orders that are asked for at one look.
_MOST_ASKED = 20
_OF_THE_VENUE = tuple(SYSTEM_ORDER_PREFIXES)
#: By symbol and number.
_Order = tuple[str, str]


class UnnamedTrades:
    """Asks at each look until every trade is told, or is not to be."""

    def __init__(self, venue: VenueSide, tracker: Tracker, clock: Clock) -> None:
        self._api, self._dispatcher = venue.api, venue.dispatcher
        self._tracker, self._clock = tracker, clock
        #: Since when an order was not found, by the steady clock.
        self._sought_ms: dict[_Order, int] = {}

    def before(self, time_ms: int) -> int:
        """A time (the venue's) before everything that is still to be told, the given one at most."""
        return min((time_ms, *(trade.time_ms - 1 for trade in self._dispatcher.unnamed_trades())))

    async def settle(self, heard: WhileAway) -> None:
        """Tells what can be told. What was `heard` of before, and others' trades of before this start, are not."""
        found = self._by_order(heard.from_ms)
        self._sought_ms = {order: since_ms for order, since_ms in self._sought_ms.items() if order in found}
        for order, trades in tuple(found.items())[:_MOST_ASKED]:
            await self._settle(order, trades, heard.began_ms)

    def _by_order(self, from_ms: int) -> dict[_Order, list[OrderReport]]:
        found: dict[_Order, list[OrderReport]] = {}
        for trade in self._dispatcher.unnamed_trades():
            if trade.time_ms > from_ms:
                found.setdefault((trade.symbol, trade.exchange_order_id), []).append(trade)
            else:
                self._dispatcher.settle_unnamed_trade(trade, tells=False)
        return found

    async def _settle(self, order: _Order, trades: list[OrderReport], began_ms: int) -> None:
        try:
            named = await self._api.order_of_number(*order)
        except ConnectorFault as fault:
            # It must not keep what follows from being compared.
            _LOG.info("asking for order %s of %s: %s", order[1], order[0], fault)
            is_gone = isinstance(fault, Fault) and fault.rule.fate is Fate.GONE
            if self._is_given_up(order, _FOUND_WITHIN_MS if is_gone else _ANSWERED_WITHIN_MS):
                for trade in trades:
                    self._dispatcher.settle_unnamed_trade(trade, tells=trade.time_ms > began_ms)
            return
        is_the_venues = named.client_order_id.startswith(_OF_THE_VENUE)
        if not (is_the_venues or self._tracker.find(named) or max(trade.time_ms for trade in trades) > began_ms):
            for trade in trades:
                self._dispatcher.settle_unnamed_trade(trade, tells=False)
            return
        self._dispatcher.dispatch(replace(named, fills=tuple(fill for trade in trades for fill in trade.fills)))

    def _is_given_up(self, order: _Order, within_ms: int) -> bool:
        now_ms = self._clock.monotonic_ms()
        if any(one.symbol == order[0] and _may_be_any(one.state) for one in self._tracker.active):
            # It is looked for by its own name, and then has a number.
            self._sought_ms[order] = now_ms
        return now_ms - self._sought_ms.setdefault(order, now_ms) >= within_ms


def _may_be_any(state: OrderState) -> bool:
    return state in (OrderState.PENDING_CREATE, OrderState.PENDING_UNKNOWN)
