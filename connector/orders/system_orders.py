"""Orders that the venue places on our account: liquidation, auto-deleveraging, settlement.

They are not ours to track; that a position was closed over our heads is one event an order. Their client ids begin
with fixed words ("ORDER_TRADE_UPDATE", system client ids), which are handed in.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

from connector.core.amounts import NAN, ZERO
from connector.core.events import Event, LiquidationEvent
from connector.core.reports import OrderReport, OrderStatus

_REMEMBERED: Final = 256


class SystemOrders:
    """The latest of them, each reported once."""

    def __init__(self, deleverages_by_prefix: Mapping[str, bool], pair_of: Callable[[str], str | None]) -> None:
        #: Whether a client id that begins so marks auto-deleveraging.
        self._deleverages_by_prefix = deleverages_by_prefix
        #: The trading pair of a symbol, None for a symbol that is not ours to trade.
        self._pair_of = pair_of
        #: Symbol, exchange id and client id, the oldest first.
        self._reported: OrderedDict[tuple[str, str, str], None] = OrderedDict()

    def apply(self, report: OrderReport, at_s: float) -> tuple[Event, ...]:
        """The event of a system order that is seen to have traded, or to be over, for the first time; else nothing."""
        prefix = next(filter(report.client_order_id.startswith, self._deleverages_by_prefix), None)
        trading_pair = self._pair_of(report.symbol)
        # Every auto-deleveraging order has one and the same client id: the exchange id tells them apart.
        key = (report.symbol, report.exchange_order_id, report.client_order_id)
        if prefix is None or trading_pair is None or key in self._reported:
            return ()
        if not report.executed_amount and report.status is OrderStatus.NEW:
            return ()
        self._reported[key] = None
        if len(self._reported) > _REMEMBERED:
            self._reported.popitem(last=False)
        deleveraged = self._deleverages_by_prefix[prefix]
        return (
            LiquidationEvent(
                at_s,
                trading_pair,
                report.client_order_id,
                deleveraged,
                amount=report.executed_amount or ZERO,
                price=report.average_price or report.price or NAN,
                realized_pnl=sum((fill.realized_pnl for fill in report.fills), ZERO),
                fee=sum((fill.fee_amount for fill in report.fills), ZERO),
            ),
        )
