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
from connector.net.gateway import Gateway
from connector.orders.in_flight_order import InFlightOrder

_REPLICA_LAG_MS: Final = 5_000
_CLOCKS_APART_MS: Final = 60_000
_GONE: Final = FaultRule(
    Fate.GONE,
    Retry.NEVER,
    Blame.VENUE,
    "the exchange has no such order: neither among open orders nor in its history nor among its trades",
)


def proven_after_ms(gateway: Gateway) -> int:
    """How long "no such order" proves nothing: the longest a request may take to arrive, and a replica lags."""
    return gateway.arrives_within_ms + _REPLICA_LAG_MS


async def searched(api: VenueApi, order: InFlightOrder, since_ms: int) -> tuple[OrderReport, ...]:
    """What the exchange's lists say of an order that was placed after `since_ms`; ABSENT where none has it. Raises
    `Fault`."""
    waiting, listed, history = await asyncio.gather(
        _conditional(api, order, since_ms), api.open_orders(order.symbol), _history(api, order, since_ms)
    )
    found = [report for report in (*listed, *history) if report.client_order_id == order.client_order_id][-1:]
    if found or any(not _only_says_that_it_is_over(report) for report in waiting):
        return (*waiting, *found)
    name = order.exchange_order_id
    trades = await api.trades_of_order(order.symbol, name, since_ms) if name else ()
    absent = OrderReport(
        ReportSource.QUERY,
        OrderStatus.NOT_FOUND if order.state is OrderState.PENDING_UNKNOWN else OrderStatus.ABSENT,
        order.symbol,
        order.client_order_id,
        fault=None if order.state is OrderState.PENDING_UNKNOWN else Fault(_GONE, "look-up"),
    )
    return (*waiting, *trades, absent)


def time_before(order: InFlightOrder, now_ms: int, venue_ms: int) -> int:
    """A time by the venue's clock that lies before the order, whatever our clock said when it was made."""
    age_ms = now_ms - order.created_ms
    return max(0, min(venue_ms - age_ms, order.created_ms) - _CLOCKS_APART_MS)


async def _conditional(api: VenueApi, order: InFlightOrder, since_ms: int) -> tuple[OrderReport, ...]:
    """What the lists of conditional orders say of it, the newest last."""
    if order.trigger is None:
        return ()
    history, listed = await asyncio.gather(
        api.algo.orders_since(order.symbol, since_ms), api.algo.open_orders(order.symbol)
    )
    return tuple(row for row in (*history, *listed) if row.client_order_id == order.client_order_id)


def _only_says_that_it_is_over(report: OrderReport) -> bool:
    """How it ended its child alone would tell, which the venue forgets sooner where it was not filled."""
    return report.conditional is not None and report.conditional.is_finished


async def _history(api: VenueApi, order: InFlightOrder, since_ms: int) -> tuple[OrderReport, ...]:
    """The history from the order's own id on, else from the time on."""
    if not order.exchange_order_id:
        return await api.orders_since(order.symbol, since_ms)
    async for report in api.orders_from(order.symbol, int(order.exchange_order_id)):
        return (report,)
    return ()
