"""A venue made for rehearsing a strategy: it rests, fills and cancels orders, and tells each fill in two messages.

It shares nothing with the strategy but the words of the trade. Requests take effect in the order in which they were
sent, some of them late; orders and positions are reported by two streams that need not keep pace with each other.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from connector.core.enums import OrderType, TradeType
from connector.core.intents import CancelIntent, Intent, OrderIntent
from connector.strategies.view import HeldPosition, MarketView, OwnOrder
from tests.companions.strategies.scene import D, moment

LOT = D("0.001")
FIRST_BID = D("59999.9")
FLAT = HeldPosition(D(0), D(0))


@dataclass
class Rehearsal:
    """The truth (`resting`, `long`, `short`) and what was reported of it to the strategy. One-way: `long` is the net.

    `self_trades` names the orders that met one of ours at the venue.
    """

    is_hedge: bool
    bid: Decimal = FIRST_BID
    now_ms: int = 1_000_000
    resting: dict[str, OwnOrder] = field(default_factory=dict)
    long: HeldPosition = FLAT
    short: HeldPosition = FLAT
    self_trades: list[str] = field(default_factory=list)
    requests: deque[tuple[str, OwnOrder | None]] = field(default_factory=deque)
    reported_orders: dict[str, OwnOrder] = field(default_factory=dict)
    reported_positions: tuple[HeldPosition, ...] = ()
    order_messages: deque[OwnOrder] = field(default_factory=deque)
    position_messages: deque[tuple[HeldPosition, ...]] = field(default_factory=deque)
    last_fill_ms: int | None = None

    @property
    def ask(self) -> Decimal:
        return self.bid + D("0.2")

    def view(self) -> MarketView:
        return moment(
            self.now_ms,
            best_bid=self.bid,
            best_ask=self.ask,
            mark_price=self.bid,
            orders=tuple(self.reported_orders.values()),
            positions=self.reported_positions,
            last_complete_fill_ms=self.last_fill_ms,
        )

    def is_settled(self) -> bool:
        """Whether nothing is on its way, neither to the venue nor from it."""
        return not (self.requests or self.order_messages or self.position_messages)

    def ask_for(self, intents: Iterable[Intent]) -> None:
        """The requests leave; the strategy's own books have them from here on."""
        for intent in intents:
            if isinstance(intent, CancelIntent):
                name = intent.client_order_id
                self.reported_orders[name] = replace(self.reported_orders[name], is_pending_cancel=True)
                self.requests.append((name, None))
                continue
            order = self._named(intent)
            self.reported_orders[order.client_order_id] = order
            self.requests.append(("maker" if intent.order_type is OrderType.LIMIT_MAKER else "limit", order))

    def _named(self, intent: OrderIntent) -> OwnOrder:
        name = f"{self.now_ms}-{len(self.reported_orders)}-{len(self.requests)}"
        price = intent.price or D(0)
        return OwnOrder(name, intent.trade_type, price, intent.amount, self.now_ms, intent.position_action)

    def work(self, requests: int, share: Decimal) -> None:
        """So many requests take effect; what takes, trades `share` of its amount at once."""
        for _ in range(min(requests, len(self.requests))):
            name, order = self.requests.popleft()
            if order is None:
                if name in self.resting:
                    self._end(name)
                continue
            if any(meets(order, other) for other in self.resting.values()):
                self.self_trades.append(order.client_order_id)
            self.resting[order.client_order_id] = order
            if self._is_reached(order) and name == "maker":
                self._end(order.client_order_id)
            elif self._is_reached(order):
                self._fill(order, share)

    def move(self, bid: Decimal, share: Decimal, later_ms: int) -> None:
        """The market moves: what it reaches is filled, `share` of it at first."""
        self.bid, self.now_ms = bid, self.now_ms + later_ms
        for order in [order for order in self.resting.values() if self._is_reached(order)]:
            self._fill(order, share)

    def report(self, orders: int, positions: int) -> None:
        for _ in range(min(orders, len(self.order_messages))):
            order = self.order_messages.popleft()
            if order.remaining:
                going = self.reported_orders[order.client_order_id].is_pending_cancel
                self.reported_orders[order.client_order_id] = replace(order, is_pending_cancel=going)
            else:
                del self.reported_orders[order.client_order_id]
        for _ in range(min(positions, len(self.position_messages))):
            self.reported_positions = self.position_messages.popleft()

    def held(self, closing_side: TradeType) -> Decimal:
        """How much an order of that side may close."""
        if not self.is_hedge:
            return max(self.long.amount * (1 if closing_side is TradeType.SELL else -1), D(0))
        return abs((self.long if closing_side is TradeType.SELL else self.short).amount)

    def _is_reached(self, order: OwnOrder) -> bool:
        return order.price >= self.ask if order.trade_type is TradeType.BUY else order.price <= self.bid

    def _end(self, name: str) -> None:
        self.order_messages.append(replace(self.resting.pop(name), remaining=D(0)))

    def _fill(self, order: OwnOrder, share: Decimal) -> None:
        """A reducing order fills at most what there is to reduce, and ends when that is nothing."""
        amount = max((order.remaining * share).quantize(LOT), LOT)
        if order.is_exit:
            amount = min(amount, self.held(order.trade_type))
        self._settle(order, amount)
        left = order.remaining - amount
        if not left or not amount or (order.is_exit and not self.held(order.trade_type)):
            self._end(order.client_order_id)
            self.last_fill_ms = self.now_ms if not left else self.last_fill_ms
        else:
            self.resting[order.client_order_id] = replace(order, remaining=left)
            self.order_messages.append(self.resting[order.client_order_id])

    def _settle(self, order: OwnOrder, amount: Decimal) -> None:
        signed = order.trade_type.sign * amount
        is_long = not self.is_hedge or (order.trade_type is TradeType.BUY) is not order.is_exit
        if is_long:
            self.long = settled(self.long, signed, order.price)
        else:
            self.short = settled(self.short, signed, order.price)
        self.position_messages.append((self.long, self.short))


def settled(position: HeldPosition, signed: Decimal, price: Decimal) -> HeldPosition:
    """The position after a trade: what enlarges it moves its entry price, what turns it begins a new one."""
    amount = position.amount + signed
    if not amount or position.amount * amount < 0:
        return HeldPosition(amount, price)
    if position.amount * signed < 0:
        return replace(position, amount=amount)
    return HeldPosition(amount, (position.amount * position.entry_price + signed * price) / amount)


def meets(order: OwnOrder | OrderIntent, other: OwnOrder | OrderIntent) -> bool:
    """Whether the two would trade with each other."""
    buy, sell = (order, other) if order.trade_type is TradeType.BUY else (other, order)
    if order.trade_type is other.trade_type or buy.price is None or sell.price is None:
        return False
    return buy.price >= sell.price


def closing(orders: Sequence[OwnOrder], side: TradeType) -> Decimal:
    """How much the exits of a side would close together."""
    return sum((order.remaining for order in orders if order.is_exit and order.trade_type is side), D(0))
