"""Orders that the venue places on our account: liquidation, auto-deleveraging, settlement.

They are not ours to track; that a position was closed over our heads is one event an order, told when the order is
over, with all that it traded. One that closed nothing is none. Their client ids begin with fixed words
("ORDER_TRADE_UPDATE", system client ids), which are handed in.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from connector.core.account_events import PositionSettledEvent
from connector.core.amounts import NAN, ZERO
from connector.core.events import Event, LiquidationEvent
from connector.core.order_ends import VenueAct
from connector.core.reports import Fill, OrderReport, OrderStatus

_REMEMBERED: Final = 256
_OVER: Final = frozenset({OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED})
_Key = tuple[str, str, str]


@dataclass(slots=True)
class _SystemOrder:
    #: By trade id.
    fills: dict[str, Fill] = field(default_factory=dict)
    is_told: bool = False


class SystemOrders:
    """The latest of them, each reported once."""

    def __init__(self, acts_by_prefix: Mapping[str, VenueAct], pair_of: Callable[[str], str | None]) -> None:
        #: What a client id that begins so marks.
        self._acts_by_prefix = acts_by_prefix
        #: The trading pair of a symbol, None for a symbol that is not ours to trade.
        self._pair_of = pair_of
        #: By symbol, exchange id and client id, the oldest first.
        self._known: OrderedDict[_Key, _SystemOrder] = OrderedDict()
        self._applied: OrderReport | None = None
        self._fresh: tuple[Fill, ...] = ()

    def apply(self, report: OrderReport, at_s: float) -> tuple[Event, ...]:
        """The event of a system order that is seen to be over, and to have traded, for the first time; else nothing."""
        self._applied, self._fresh = report, ()
        act = next((act for prefix, act in self._acts_by_prefix.items() if _begins(report, prefix)), None)
        pair = self._pair_of(report.symbol)
        if act is None or pair is None:
            return ()
        order = self._order(report)
        self._fresh = tuple(fill for fill in report.fills if fill.trade_id not in order.fills)
        order.fills.update((fill.trade_id, fill) for fill in self._fresh)
        executed = report.executed_amount or ZERO
        if order.is_told or not executed or not _is_over(report):
            return ()
        order.is_told = True
        return (_told(report, order, act, (pair, at_s)),)

    def new_fills(self, report: OrderReport) -> tuple[Fill, ...]:
        """The trades of the report that was just applied which were not heard of before; none of orders of others."""
        return self._fresh if report is self._applied else ()

    def _order(self, report: OrderReport) -> _SystemOrder:
        """Every auto-deleveraging order has one and the same client id: the exchange id tells them apart."""
        key = report.symbol, report.exchange_order_id, report.client_order_id
        order = self._known.setdefault(key, _SystemOrder())
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return order


def _begins(report: OrderReport, prefix: str) -> bool:
    return report.client_order_id.startswith(prefix)


def _is_over(report: OrderReport) -> bool:
    """The insurance fund takes a whole order over while its status is still that of a new one."""
    executed = report.executed_amount or ZERO
    return report.status in _OVER or (report.amount is not None and executed >= report.amount)


def _told(report: OrderReport, order: _SystemOrder, act: VenueAct, where: tuple[str, float]) -> Event:
    pair, at_s = where
    amount, price = report.executed_amount or ZERO, report.average_price or _average(order) or report.price or NAN
    realized_pnl = sum((fill.realized_pnl for fill in order.fills.values()), ZERO)
    fee = sum((fill.fee_amount for fill in order.fills.values()), ZERO)
    if act is VenueAct.SETTLEMENT:
        return PositionSettledEvent(at_s, pair, report.client_order_id, amount, price, realized_pnl, fee)
    is_adl = act is VenueAct.AUTO_DELEVERAGING
    return LiquidationEvent(
        at_s, pair, report.client_order_id, is_adl, amount=amount, price=price, realized_pnl=realized_pnl, fee=fee
    )


def _average(order: _SystemOrder) -> Decimal | None:
    amount = sum((fill.amount for fill in order.fills.values()), ZERO)
    return sum((fill.amount * fill.price for fill in order.fills.values()), ZERO) / amount if amount else None
