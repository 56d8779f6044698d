"""The way out for an order that a look-up does not find: everything that could know of it is read.

A look-up that finds nothing proves nothing by itself: it may come from a replica that lags, and the venue forgets
unfilled orders after days. Open orders, the order history from the order's own id on, and its trades know better.
"""

import asyncio
from typing import Final

from connector.core.enums import OrderState
from connector.core.faults import Blame, Fate, Fault, FaultRule, Retry
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.exchange.account.venue_api import VenueApi
from connector.orders.in_flight_order import InFlightOrder
from connector.venue.limits import RECV_WINDOW_MS

#: With the receive window, the longest a request may take to arrive, and the most that a replica lags, this is how
#: long "no such order" proves nothing.
PROVEN_AFTER_MS: Final = RECV_WINDOW_MS + 5_000
_CLOCKS_APART_MS: Final = 60_000
_GONE: Final = FaultRule(
    Fate.GONE,
    Retry.NEVER,
    Blame.VENUE,
    "the exchange has no such order: neither among open orders nor in its history nor among its trades",
)


async def searched(api: VenueApi, order: InFlightOrder, since_ms: int) -> tuple[OrderReport, ...]:
    """What the exchange's lists say of an order that was placed after `since_ms`; ABSENT where none has it. Raises
    `Fault`."""
    listed, history = await asyncio.gather(api.open_orders(order.symbol), _history(api, order, since_ms))
    reports = (*listed, *history)
    found = [report for report in reports if report.client_order_id == order.client_order_id]
    if found:
        return (found[-1],)
    name = order.exchange_order_id
    trades = await api.trades_of_order(order.symbol, name, since_ms) if name else ()
    absent = OrderReport(
        ReportSource.QUERY,
        OrderStatus.NOT_FOUND if order.state is OrderState.PENDING_UNKNOWN else OrderStatus.ABSENT,
        order.symbol,
        order.client_order_id,
        fault=None if order.state is OrderState.PENDING_UNKNOWN else Fault(_GONE, "look-up"),
    )
    return (*trades, absent)


def time_before(order: InFlightOrder, now_ms: int, venue_ms: int) -> int:
    """A time by the venue's clock that lies before the order, whatever our clock said when it was made."""
    age_ms = now_ms - order.created_ms
    return max(0, min(venue_ms - age_ms, order.created_ms) - _CLOCKS_APART_MS)


async def _history(api: VenueApi, order: InFlightOrder, since_ms: int) -> tuple[OrderReport, ...]:
    """The history from the order's own id on, else from the time on."""
    if not order.exchange_order_id:
        return await api.orders_since(order.symbol, since_ms)
    async for report in api.orders_from(order.symbol, int(order.exchange_order_id)):
        return (report,)
    return ()
