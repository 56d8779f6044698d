"""Orders that the venue places on our account: liquidation, auto-deleveraging, settlement.

They are not ours to track; that a position was closed over our heads is one event an order, told when the order is
over, with all that it traded. One that closed nothing is none. Where trades of it are missing they are owed: whoever
reads them hands them in, or gives them up; then result and fee are told as unknown. Their client ids begin with fixed
words ("ORDER_TRADE_UPDATE", system client ids), which are handed in.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from connector.core.account_events import PositionSettledEvent
from connector.core.amounts import NAN, ZERO
from connector.core.enums import PositionSide
from connector.core.events import Event, LiquidationEvent
from connector.core.order_ends import VenueAct
from connector.core.reports import Fill, OrderReport, OrderStatus

_REMEMBERED: Final = 256
_OVER: Final = frozenset({OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED})
#: Symbol and exchange id: every auto-deleveraging order has one and the same client id.
_Key = tuple[str, str]


@dataclass(slots=True)
class _SystemOrder:
    act: VenueAct
    pair: str
    #: By trade id.
    fills: dict[str, Fill] = field(default_factory=dict)
    #: As it was when it was seen to be over, and when that is told to have been (s).
    end: OrderReport | None = None
    ended_s: float = 0.0
    is_told: bool = False

    @property
    def missing(self) -> Decimal:
        """What it executed and no trade shows."""
        executed = self.end.executed_amount or ZERO if self.end is not None else ZERO
        return executed - sum((fill.amount for fill in self.fills.values()), ZERO)

    @property
    def is_owed(self) -> bool:
        return self.end is not None and not self.is_told


class SystemOrders:
    """The latest of them, each reported once."""

    def __init__(self, acts_by_prefix: Mapping[str, VenueAct], pair_of: Callable[[str], str | None]) -> None:
        #: What a client id that begins so marks.
        self._acts_by_prefix = acts_by_prefix
        #: The trading pair of a symbol, None for a symbol that is not ours to trade.
        self._pair_of = pair_of
        #: The oldest first.
        self._known: OrderedDict[_Key, _SystemOrder] = OrderedDict()
        self._applied: OrderReport | None = None
        self._fresh: tuple[Fill, ...] = ()

    def apply(self, report: OrderReport, at_s: float) -> tuple[Event, ...]:
        """The event of a system order that is over, and all of whose trades are known, for the first time; else
        nothing."""
        self._applied, self._fresh = report, ()
        order = self._order(report)
        if order is None:
            return ()
        if order.end is None or order.missing > ZERO:
            self._fresh = tuple(fill for fill in report.fills if fill.trade_id not in order.fills)
            order.fills.update((fill.trade_id, fill) for fill in self._fresh)
        if order.end is None and report.executed_amount and _is_over(report):
            order.end, order.ended_s = report, at_s
        return self._told(order) if order.is_owed and order.missing <= ZERO else ()

    def new_fills(self, report: OrderReport) -> tuple[Fill, ...]:
        """The trades of the report that was just applied which were not heard of before; none of orders of others."""
        return self._fresh if report is self._applied else ()

    def knows(self, report: OrderReport) -> bool:
        """Whether a report, of a trade that names no client id, is of one of them."""
        return _key(report) in self._known

    def owed(self) -> tuple[OrderReport, ...]:
        """The ends of those that are not told, since trades of theirs are missing."""
        return tuple(order.end for order in self._known.values() if order.is_owed and order.end is not None)

    def waits(self) -> frozenset[str]:
        """The pairs of those."""
        return frozenset(order.pair for order in self._known.values() if order.is_owed)

    def give_up(self, end: OrderReport) -> tuple[tuple[Event, ...], tuple[Fill, ...]]:
        """The event of one whose trades can't be had, and what explains the position in the place of those that are
        missing; of result and fee nobody knows. Nothing where it was told meanwhile."""
        order = self._known.get(_key(end))
        if order is None or not order.is_owed:
            return (), ()
        side = end.position_side or next((fill.position_side for fill in order.fills.values()), PositionSide.BOTH)
        name = f"of order {end.exchange_order_id}"
        lacking = Fill(name, NAN, order.missing, "", NAN, NAN, is_maker=False, time_ms=end.time_ms, position_side=side)
        order.fills[lacking.trade_id] = lacking
        return self._told(order), (lacking,)

    def _told(self, order: _SystemOrder) -> tuple[Event, ...]:
        order.is_told = True
        return () if order.end is None else (_event(order.end, order),)

    def _order(self, report: OrderReport) -> _SystemOrder | None:
        """The order of a report that names it by either id, None where it is none of these."""
        known = self._known.get(_key(report))
        if known is not None:
            return known
        acts = self._acts_by_prefix.items()
        act = next((act for prefix, act in acts if report.client_order_id.startswith(prefix)), None)
        pair = self._pair_of(report.symbol)
        if act is None or pair is None:
            return None
        order = self._known[_key(report)] = _SystemOrder(act, pair)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return order


def _key(report: OrderReport) -> _Key:
    return report.symbol, report.exchange_order_id or report.client_order_id


def _is_over(report: OrderReport) -> bool:
    """The insurance fund takes a whole order over while its status is still that of a new one."""
    executed = report.executed_amount or ZERO
    return report.status in _OVER or (report.amount is not None and executed >= report.amount)


def _event(end: OrderReport, order: _SystemOrder) -> Event:
    name, pair, at_s = end.client_order_id, order.pair, order.ended_s
    amount, price = end.executed_amount or ZERO, end.average_price or _average(order) or end.price or NAN
    realized_pnl = sum((fill.realized_pnl for fill in order.fills.values()), ZERO)
    fee = sum((fill.fee_amount for fill in order.fills.values()), ZERO)
    if order.act is VenueAct.SETTLEMENT:
        return PositionSettledEvent(at_s, pair, name, amount, price, realized_pnl, fee)
    is_adl = order.act is VenueAct.AUTO_DELEVERAGING
    return LiquidationEvent(at_s, pair, name, is_adl, amount=amount, price=price, realized_pnl=realized_pnl, fee=fee)


def _average(order: _SystemOrder) -> Decimal | None:
    amount = sum((fill.amount for fill in order.fills.values()), ZERO)
    return sum((fill.amount * fill.price for fill in order.fills.values()), ZERO) / amount if amount else None
