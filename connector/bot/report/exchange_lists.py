"""What is new of a symbol's orders and trades at the exchange, whichever way its ids and its clock go.

Both lists are read on by id, which a clock that steps back does not disturb, and beside that by time, which finds what
was given a lower id than those before: an exchange that is set up anew begins its ids below them.
"""

import logging

from connector.core.faults import UnreadableFault
from connector.core.reports import OrderReport, OrderStatus
from connector.exchange.account.venue_api import VenueApi

_LOG = logging.getLogger(__name__)
ENDED = frozenset({OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.REJECTED})
#: A replica shows a row late, and a clock that was measured is not exact: this much is read again.
_OVERLAP_MS = 10_000
#: The exchange tells of a week at once.
_LONGEST_MS = 6 * 86_400_000


class ExchangeLists:
    """Read on from where the last reading ended. Times are the exchange's."""

    def __init__(self, api: VenueApi, symbol: str) -> None:
        self._api = api
        self._symbol = symbol
        #: By id the lists are read from here on: the oldest order that may still change, and the trade after the last.
        self._order_id = 0
        self._trade_id = 1
        #: The newest order and the newest trade that are known.
        self._newest_order_ms = self._newest_trade_ms = 0
        #: Where ids fell: when the oldest order of after that, which may still change, was made; else None.
        self._fallen_ms: int | None = None
        #: Trades that were told, and when they were: as many as may be read again.
        self._told: dict[str, int] = {}

    async def open(self, now_ms: int) -> frozenset[int]:
        """Sets the marks to now. The numbers of orders that may be read again and were over before."""
        self._newest_order_ms = self._newest_trade_ms = now_ms
        self._order_id = await self._api.last_order_id(self._symbol) + 1
        newest = await self._api.newest_trade(self._symbol)
        self._trade_id = int(newest.fills[0].trade_id) + 1 if newest else 1
        since_ms = now_ms - _OVERLAP_MS
        async for row in self._api.trades_since(self._symbol, since_ms):
            self._told[row.fills[0].trade_id] = row.time_ms
        before = await self._api.orders_since(self._symbol, since_ms)
        over = (number_of(row) for row in before if row.status in ENDED)
        return frozenset(number for number in over if number < self._order_id)

    async def from_order(self, number: int) -> tuple[OrderReport, ...]:
        """Every order from an older one on; from there they are read, too."""
        self._order_id = min(self._order_id, number)
        return tuple([row async for row in self._api.orders_from(self._symbol, self._order_id)])

    async def trades(self) -> tuple[OrderReport, ...]:
        """Trades that were not told yet, the oldest first."""
        found = {row.fills[0].trade_id: row for row in await self._trades_since(self._newest_trade_ms - _OVERLAP_MS)}
        trade_id = self._trade_id
        async for row in self._api.trades_from(self._symbol, trade_id):
            found[row.fills[0].trade_id] = row
            trade_id = int(row.fills[0].trade_id) + 1
        # From here on nothing is waited for: a reading that is broken off has told nothing.
        self._trade_id = trade_id
        new = sorted((row for name, row in found.items() if name not in self._told), key=lambda row: row.time_ms)
        self._told.update((row.fills[0].trade_id, row.time_ms) for row in new)
        self._newest_trade_ms = max((self._newest_trade_ms, *(row.time_ms for row in new)))
        oldest_ms = self._newest_trade_ms - 2 * _OVERLAP_MS
        self._told = {name: at for name, at in self._told.items() if at >= oldest_ms}
        return tuple(new)

    async def orders(self) -> tuple[OrderReport, ...]:
        """Every order that is new, or may have changed since the last reading; some of them again."""
        by_id = [row async for row in self._api.orders_from(self._symbol, self._order_id)]
        since_ms = self._newest_order_ms if self._fallen_ms is None else self._fallen_ms
        since_ms = max(since_ms - _OVERLAP_MS, self._newest_order_ms - _LONGEST_MS)
        by_time = await self._orders_since(since_ms)
        self._follow_fall(by_time)
        self._order_id = _first_open(by_id, self._order_id)
        self._newest_order_ms = max((self._newest_order_ms, *(row.created_ms for row in (*by_id, *by_time))))
        return tuple({number_of(row): row for row in (*by_time, *by_id)}.values())

    async def _trades_since(self, start_ms: int) -> list[OrderReport]:
        try:
            return [row async for row in self._api.trades_since(self._symbol, start_ms)]
        except UnreadableFault as fault:
            return _told_by_id_alone(fault)

    async def _orders_since(self, start_ms: int) -> list[OrderReport]:
        try:
            return list(await self._api.orders_since(self._symbol, start_ms))
        except UnreadableFault as fault:
            return _told_by_id_alone(fault)

    def _follow_fall(self, by_time: list[OrderReport]) -> None:
        """An order that was made after all that were known, and has a lower id than they, is of after a fall."""
        fallen = sorted(
            (row for row in by_time if number_of(row) < self._order_id and self._is_after(row)),
            key=lambda row: row.created_ms,
        )
        if fallen:
            open_ms = (row.created_ms for row in fallen if row.status not in ENDED)
            self._fallen_ms = next(open_ms, fallen[-1].created_ms)

    def _is_after(self, row: OrderReport) -> bool:
        after_ms = self._newest_order_ms if self._fallen_ms is None else self._fallen_ms - 1
        return row.created_ms > after_ms


def number_of(row: OrderReport) -> int:
    """The exchange's number of an order."""
    return int(row.exchange_order_id)


def _told_by_id_alone(fault: UnreadableFault) -> list[OrderReport]:
    """After a clock stepped back, what was before is dated ahead of it, and is not read again."""
    _LOG.info("read by id alone: %s", fault)
    return []


def _first_open(rows: list[OrderReport], otherwise: int) -> int:
    """The oldest that may still change; the one after the last where none may."""
    for row in rows:
        if row.status not in ENDED:
            return number_of(row)
        otherwise = number_of(row) + 1
    return otherwise
