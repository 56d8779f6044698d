"""Our own orders in the public book: quotes that follow the touch must not follow themselves.

The book tells of an order later than the account does, so that a price which we have left counts as ours for a while,
with all of the order's amount. What others have at such a price beyond that is theirs.
"""

from collections.abc import Iterable
from decimal import Decimal

from connector.core.amounts import ZERO
from connector.core.enums import TradeType
from connector.core.interface import OrderBookView
from connector.orders.in_flight_order import InFlightOrder

#: Longer than the slowest pace of depth, 500 ms, and the way of its frame.
_LEFT_MS = 1_000


class OwnLevels:
    """Prices at which orders of ours are, may be, or were just now, by side."""

    def __init__(self) -> None:
        #: Price to amount, and when an order was last known there.
        self._levels: dict[TradeType, dict[Decimal, tuple[Decimal, int]]] = {side: {} for side in TradeType}
        #: Amount by price.
        self.bids: dict[float, float] = {}
        self.asks: dict[float, float] = {}

    def note(self, orders: Iterable[InFlightOrder], now_ms: int) -> None:
        """Takes in where the orders are now, and where a change that is not answered may have brought them."""
        here: dict[TradeType, dict[Decimal, Decimal]] = {side: {} for side in TradeType}
        for order in orders:
            prices = {order.price, order.change.price if order.change else None} - {None}
            for price in prices:
                level = here[order.trade_type]
                level[price or ZERO] = level.get(price or ZERO, ZERO) + order.amount
        for side, levels in self._levels.items():
            left = {price: known for price, known in levels.items() if now_ms - known[1] < _LEFT_MS}
            self._levels[side] = left | {price: (amount, now_ms) for price, amount in here[side].items()}
        self.bids, self.asks = self._amounts(TradeType.BUY), self._amounts(TradeType.SELL)

    def best_of_others(self, book: OrderBookView, side: TradeType) -> Decimal | None:
        """The best price at which there is more than ours; None where there is none."""
        touch = book.touch_bid if side is TradeType.BUY else book.touch_ask
        if touch is None or touch[1] > self._ours(side, touch[0]):
            return touch and touch[0]
        levels = book.levels(side is TradeType.BUY, len(self._levels[side]) + 1)
        return next((price for price, amount in levels if amount > self._ours(side, price)), None)

    def _amounts(self, side: TradeType) -> dict[float, float]:
        return {float(price): float(amount) for price, (amount, _) in self._levels[side].items()}

    def _ours(self, side: TradeType, price: Decimal) -> Decimal:
        known = self._levels[side].get(price)
        return ZERO if known is None else known[0]
