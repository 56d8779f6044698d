"""The way out for an order that a look-up does not find: everything that could know of it is read.

A look-up that finds nothing proves nothing by itself: it may come from a replica that lags, and the venue forgets
unfilled orders after days. Open orders, the order history from the order's own id on, and its trades know better.
"""

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
_GONE: Final = FaultRule(
    Fate.GONE,
    Retry.NEVER,
    Blame.VENUE,
    "the exchange has no such order: neither among open orders nor in its history nor among its trades",
)


async def searched(api: VenueApi, order: InFlightOrder) -> tuple[OrderReport, ...]:
    """What the exchange's lists say of an order, as reports; ABSENT where none has it. Raises `Fault`."""
    reports = [*await api.open_orders(order.symbol), *await _history(api, order)]
    found = [report for report in reports if report.client_order_id == order.client_order_id]
    if found:
        return (found[-1],)
    trades = await api.trades_of_order(order.symbol, order.exchange_order_id) if order.exchange_order_id else ()
    absent = OrderReport(
        ReportSource.QUERY,
        OrderStatus.NOT_FOUND if order.state is OrderState.PENDING_UNKNOWN else OrderStatus.ABSENT,
        order.symbol,
        order.client_order_id,
        fault=None if order.state is OrderState.PENDING_UNKNOWN else Fault(_GONE, "look-up"),
    )
    return (*trades, absent)


async def _history(api: VenueApi, order: InFlightOrder) -> tuple[OrderReport, ...]:
    """The history's first page from the order's own id on, else the newest page."""
    if not order.exchange_order_id:
        return await api.newest_orders(order.symbol)
    async for report in api.orders_from(order.symbol, int(order.exchange_order_id)):
        return (report,)
    return ()
