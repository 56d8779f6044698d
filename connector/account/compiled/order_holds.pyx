"""What our own orders hold, compiled; `plain/order_holds.py` specifies it."""

from cython cimport final

from connector.account.plain.margin_book import BOTH, LONG, SHORT
from connector.core.amounts import E8
from connector.core.enums import PositionAction, PositionMode, TradeType

from decimal import Decimal

cdef object units = Decimal(E8)
cdef object buy = TradeType.BUY, closing = PositionAction.CLOSE, oneway = PositionMode.ONEWAY
cdef int both = BOTH, long_side = LONG, short_side = SHORT


@final
cdef class Hold:
    cdef object pair
    cdef int which
    cdef bint is_buy
    cdef bint closes
    cdef object sized
    # 0: a market order.
    cdef object price_e8
    # What that is of; none where a change that is awaited counts.
    cdef object price

    cdef bint is_beside(self, Hold other) except -1:
        """Whether both are of one place in the sums."""
        if self.pair is not other.pair or self.which != other.which or self.is_buy != other.is_buy:
            return False
        return self.closes == other.closes and self.price_e8 == other.price_e8


cdef class OrderHolds:
    """All orders of ours that may be open, as the margin book has counted them."""

    cdef object pair_of
    cdef dict orders
    cdef dict holds
    cdef readonly dict waiting
    cdef object mode

    def __init__(self, pair_of):
        self.pair_of, self.orders, self.holds, self.waiting, self.mode = pair_of, {}, {}, {}, oneway

    def take(self, order):
        """An order that changed, or is new; the pair whose sums changed."""
        cdef object name = order.client_order_id
        # Its pair may be opened by this, which counts all orders anew: what it held is asked afterwards.
        cdef Hold after = self.hold_of(order, self.holds.get(name)), before = self.holds.get(name)
        if after is not None or order.is_open or order.ghost:
            self.orders[name] = order
        else:
            self.orders.pop(name, None)
        if order.waits_for_trigger and (order.is_open or order.ghost):
            self.waiting[name] = order
        elif self.waiting:
            self.waiting.pop(name, None)
        if before is None and after is None:
            return None
        if before is not None and after is not None and before.is_beside(after):
            self.holds[name] = after
            if before.sized == after.sized:
                return None
            # As when a trade leaves less of it: the sums are moved once.
            count(after, after.sized - before.sized)
            return after.pair
        if before is not None:
            count(before, -before.sized)
            del self.holds[name]
        if after is not None:
            count(after, after.sized)
            self.holds[name] = after
        return before.pair if after is None else after.pair

    def forget(self, trading_pair):
        """The orders of a pair hold nothing more, until it is traded again."""
        cdef Hold hold
        for name, order in self.orders.items():
            if order.trading_pair == trading_pair:
                hold = self.holds.pop(name, None)
                if hold is not None:
                    count(hold, -hold.sized)

    def take_mode(self, mode):
        """The account's position mode: the same orders are of other positions."""
        if mode is not self.mode:
            self.mode = mode
            self.count_anew()

    def count_anew(self):
        """Every order again, those too whose pair was not traded until now."""
        for order in tuple(self.orders.values()):
            self.take(order)

    cdef Hold hold_of(self, object order, Hold before):
        if order.waits_for_trigger or not (order.is_open or order.ghost):
            return None
        cdef object amount = order.claimed_amount, pair
        if not amount:
            return None
        # A pair that is open stays the same.
        pair = self.pair_of(order.trading_pair) if before is None else before.pair
        if pair is None:
            return None
        cdef bint is_buy = order.trade_type is buy, closes = order.position_action is closing
        if closes and (order.cancel_wanted or order.cancel_requested_ms is not None):
            return None
        cdef object price = order.price, change = order.change
        cdef Hold hold = Hold.__new__(Hold)
        hold.pair, hold.is_buy, hold.closes = pair, is_buy, closes
        hold.which = both if self.mode is oneway else long_side if is_buy != closes else short_side
        hold.sized = int((amount if pair.size is None else amount * pair.size) * units)
        if change is None and price is not None:
            hold.price = price
            hold.price_e8 = before.price_e8 if before is not None and before.price is price else int(price * units)
            return hold
        hold.price_e8 = 0 if price is None else int(price * units)
        if change is not None and hold.price_e8 and not closes:
            hold.price_e8 = pair.dearer(is_buy, hold.price_e8, int(change.price * units))
        return hold


cdef int count(Hold hold, object sized) except -1:
    cdef object key
    cdef dict closers
    if hold.closes:
        key, closers = (hold.which, hold.is_buy), hold.pair.closers
        closers[key] = closers.get(key, 0) + sized
    else:
        hold.pair.sums.order(hold.which, hold.is_buy, hold.price_e8, sized)
    return 0
