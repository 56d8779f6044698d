"""What our own orders hold: counted from the moment an order is tracked until it is gone, at each of its events.

An order of unknown outcome, one that is lost from sight and one that was given up though the venue has it hold as an
open one does. While a change is not answered, the order holds the more of what it is and may become. A conditional
order holds nothing before it is triggered: the venue looks for its margin then. A closing order holds nothing; what it
would close is kept, so that no other order closes it again, until its cancel is asked for: the venue judges which of
two exits is too much, and an exit is never held back for one that is on its way out.
"""

from collections.abc import Callable
from typing import NamedTuple

from connector.account.margin_book import BOTH, LONG, SHORT
from connector.account.pair_budget import PairBudget, WorkingOrder
from connector.core.amounts import to_e8
from connector.core.enums import PositionAction, PositionMode, TradeType


class _Hold(NamedTuple):
    pair: PairBudget
    which: int
    is_buy: bool
    #: 0: a market order.
    price_e8: int
    closes: bool
    sized: int


def position_side(mode: PositionMode, *, is_buy: bool, closes: bool) -> int:
    """The position that an order is of, by its number in the margin book."""
    if mode is PositionMode.ONEWAY:
        return BOTH
    return LONG if is_buy is not closes else SHORT


class OrderHolds:
    """All orders of ours that may be open, as the margin book has counted them."""

    def __init__(self, pair_of: Callable[[str], PairBudget | None]) -> None:
        """`pair_of` finds a pair that is traded; an order of another waits until it is."""
        self._pair_of = pair_of
        self._orders: dict[str, WorkingOrder] = {}
        self._holds: dict[str, _Hold] = {}
        self._mode = PositionMode.ONEWAY
        #: Those that the venue keeps until they are triggered: they hold nothing.
        self.waiting: dict[str, WorkingOrder] = {}

    def take(self, order: WorkingOrder) -> PairBudget | None:
        """An order that changed, or is new; the pair whose sums changed."""
        name = order.client_order_id
        # Its pair may be opened by this, which counts all orders anew: what it held is asked afterwards.
        after = self._hold_of(order)
        before = self._holds.get(name)
        if after is not None or order.is_open or order.ghost:
            self._orders[name] = order
        else:
            self._orders.pop(name, None)
        if order.waits_for_trigger and (order.is_open or order.ghost):
            self.waiting[name] = order
        elif self.waiting:
            self.waiting.pop(name, None)
        if after == before:
            return None
        if before is not None and after is not None and before[:-1] == after[:-1]:
            # As when a trade leaves less of it: the sums are moved once.
            _count(after, after.sized - before.sized)
            self._holds[name] = after
            return after.pair
        if before is not None:
            _count(before, -before.sized)
            del self._holds[name]
        if after is not None:
            _count(after, after.sized)
            self._holds[name] = after
        changed = after or before
        return None if changed is None else changed.pair

    def forget(self, trading_pair: str) -> None:
        """The orders of a pair hold nothing more, until it is traded again."""
        for name, order in self._orders.items():
            if order.trading_pair == trading_pair and (hold := self._holds.pop(name, None)) is not None:
                _count(hold, -hold.sized)

    def take_mode(self, mode: PositionMode) -> None:
        """The account's position mode: the same orders are of other positions."""
        if mode is not self._mode:
            self._mode = mode
            self.count_anew()

    def count_anew(self) -> None:
        """Every order again, those too whose pair was not traded until now."""
        for order in tuple(self._orders.values()):
            self.take(order)

    def _hold_of(self, order: WorkingOrder) -> _Hold | None:
        if order.waits_for_trigger or not (order.is_open or order.ghost):
            return None
        amount = order.claimed_amount
        pair = self._pair_of(order.trading_pair) if amount else None
        if pair is None:
            return None
        is_buy, closes = order.trade_type is TradeType.BUY, order.position_action is PositionAction.CLOSE
        if closes and (order.cancel_wanted or order.cancel_requested_ms is not None):
            return None
        which = position_side(self._mode, is_buy=is_buy, closes=closes)
        price_e8 = 0 if order.price is None else to_e8(order.price)
        if order.change is not None and price_e8 and not closes:
            price_e8 = pair.dearer(is_buy, price_e8, to_e8(order.change.price))
        return _Hold(pair, which, is_buy, price_e8, closes, pair.sized(amount))


def _count(hold: _Hold, sized: int) -> None:
    if hold.closes:
        key = hold.which, hold.is_buy
        hold.pair.closers[key] = hold.pair.closers.get(key, 0) + sized
    else:
        hold.pair.sums.order(hold.which, hold.is_buy, hold.price_e8, sized)
