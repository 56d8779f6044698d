"""Own orders that self-trade prevention may have ended: which to ask about, before anybody tells.

    an own order is told of, and one of ours rests where it would have met it  ──▶  in doubt
    in doubt ── its own event comes ──▶ over          ── none comes within a moment ──▶ asked about

The venue keeps two orders of one account from each other by ending one of them ("Self-trade prevention"). The event of
the order that goes on shows it by its price, or by those of its fills; that of the one that ended may be lost. Nothing
is asked where own orders do not cross.
"""

from collections import OrderedDict
from decimal import Decimal
from typing import Final

from connector.core.clock import Clock
from connector.core.enums import TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.exchange.bus import Bus
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.tracker import Tracker

#: When is asked, after the other order was told of: a replica may lag.
_ASKED_AFTER_MS: Final = (250, 1_000, 3_000)
_REMEMBERED: Final = 1_000
_TOLD = (
    MarketEvent.BuyOrderCreated, MarketEvent.SellOrderCreated, MarketEvent.OrderFilled, MarketEvent.OrderModified,
    MarketEvent.OrderTriggered, MarketEvent.OrderExpired,
)  # fmt: skip
#: The book of one side of a symbol.
_Side = tuple[str, TradeType]


class PreventionWatch:
    """`due` is asked from time to time; an event costs nothing but a note, however many orders are open."""

    def __init__(self, bus: Bus, tracker: Tracker, clock: Clock) -> None:
        self._tracker = tracker
        self._clock = clock
        #: Orders that were told of, and when first, since the last look.
        self._news: OrderedDict[str, int] = OrderedDict()
        #: Since when an order is in doubt, and how often it was asked about.
        self._doubted: dict[str, tuple[int, int]] = {}
        for tag in _TOLD:
            bus.add_watcher(tag, self._hear)

    def due(self) -> list[InFlightOrder]:
        """The orders to ask about now; each counts as asked."""
        if self._news:
            self._doubt_crossed()
        if not self._doubted:
            return []
        now_ms, due = self._clock.monotonic_ms(), list[InFlightOrder]()
        for name, (since_ms, asked) in list(self._doubted.items()):
            order = self._tracker.order(name)
            if order is None or order.is_done or asked == len(_ASKED_AFTER_MS):
                del self._doubted[name]
            elif now_ms - since_ms >= _ASKED_AFTER_MS[asked]:
                self._doubted[name] = since_ms, asked + 1
                due.append(order)
        return due

    def _hear(self, event: Event) -> None:
        self._news.setdefault(getattr(event, "order_id", ""), self._clock.monotonic_ms())
        while len(self._news) > _REMEMBERED:
            self._news.popitem(last=False)

    def _doubt_crossed(self) -> None:
        """One pass over what is open, whatever the number of news."""
        reaches: dict[_Side, tuple[Decimal, int]] = {}
        for name, since_ms in self._news.items():
            order = self._tracker.order(name)
            reach = None if order is None or order.waits_for_trigger else _reach(order)
            if order is not None and reach is not None:
                side = order.symbol, order.trade_type
                known, known_since_ms = reaches.get(side, (reach, since_ms))
                reaches[side] = _FARTHEST[order.trade_type](reach, known), min(since_ms, known_since_ms)
        self._news.clear()
        for order in self._tracker.active if reaches else ():
            reached = reaches.get((order.symbol, _OTHER[order.trade_type]))
            if reached is not None and _is_met(order, reached[0]):
                self._doubted.setdefault(order.client_order_id, (reached[1], 0))


_OTHER: Final = {TradeType.BUY: TradeType.SELL, TradeType.SELL: TradeType.BUY}
_FARTHEST: Final = {TradeType.BUY: max, TradeType.SELL: min}
#: One without a price that ended unfilled: it may have gone anywhere.
_ANYWHERE: Final = {TradeType.BUY: Decimal("Infinity"), TradeType.SELL: Decimal(0)}


def _reach(order: InFlightOrder) -> Decimal | None:
    """How far into the other side of the book an order went, as far as is known; None where that is not known yet."""
    if order.price is not None:
        return order.price
    if order.fills:
        return _FARTHEST[order.trade_type](fill.price for fill in order.fills.values())
    return _ANYWHERE[order.trade_type] if order.is_done else None


def _is_met(order: InFlightOrder, reach: Decimal) -> bool:
    """Whether an order of the other side that went so far would have met this one."""
    if order.price is None or not order.was_seen or order.waits_for_trigger:
        return False
    return order.price >= reach if order.trade_type is TradeType.BUY else order.price <= reach
