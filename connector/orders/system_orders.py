"""Orders that the venue places on our account: liquidation, auto-deleveraging, settlement.

They are not ours to track; that a position was closed over our heads is one event an order. Their client ids begin
with fixed words ("ORDER_TRADE_UPDATE", system client ids), which are handed in.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

from connector.core.amounts import NAN, ZERO
from connector.core.events import Event, LiquidationEvent
from connector.core.reports import Fill, OrderReport, OrderStatus

_REMEMBERED: Final = 256
_Key = tuple[str, str, str]


class SystemOrders:
    """The latest of them, each reported once."""

    def __init__(self, deleverages_by_prefix: Mapping[str, bool], pair_of: Callable[[str], str | None]) -> None:
        #: Whether a client id that begins so marks auto-deleveraging.
        self._deleverages_by_prefix = deleverages_by_prefix
        #: The trading pair of a symbol, None for a symbol that is not ours to trade.
        self._pair_of = pair_of
        #: By symbol, exchange id and client id, the oldest first: the ids of its trades that were heard of.
        self._reported: OrderedDict[_Key, set[str]] = OrderedDict()

    def apply(self, report: OrderReport, at_s: float) -> tuple[Event, ...]:
        """The event of a system order that is seen to have traded, or to be over, for the first time; else nothing."""
        prefix = next(filter(report.client_order_id.startswith, self._deleverages_by_prefix), None)
        trading_pair = self._pair_of(report.symbol)
        key = _key(report)
        if prefix is None or trading_pair is None or key in self._reported:
            return ()
        if not report.executed_amount and report.status is OrderStatus.NEW:
            return ()
        self._reported[key] = set()
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

    def new_fills(self, report: OrderReport) -> tuple[Fill, ...]:
        """The trades of a system order that were not heard of before, in whatever way they come; none of others."""
        heard = self._reported.get(_key(report))
        if heard is None:
            return ()
        fresh = tuple(fill for fill in report.fills if fill.trade_id not in heard)
        heard.update(fill.trade_id for fill in fresh)
        return fresh


def _key(report: OrderReport) -> _Key:
    """Every auto-deleveraging order has one and the same client id: the exchange id tells them apart."""
    return report.symbol, report.exchange_order_id, report.client_order_id
