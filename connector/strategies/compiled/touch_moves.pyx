"""The compiled answers to a move of the touch; `plain/touch_moves.py` specifies them."""

from libc.math cimport fabs, floor

from connector.core.compiled.row_form cimport RowCopy, RowForm, put

from dataclasses import fields

from connector.core.intents import ModifyIntent, OrderIntent
from connector.strategies.plain.touch_moves import MOST_TICKS

cdef enum:
    NOTHING = 0
    LOOK = 1
    BEYOND = 2

cdef double most_ticks = MOST_TICKS
cdef double off_tick = 1e-5
cdef double margin = 1e-9

cdef RowForm change_form = RowForm(ModifyIntent)
cdef Py_ssize_t c_pair = change_form.place("trading_pair"), c_name = change_form.place("client_order_id")
cdef Py_ssize_t c_price = change_form.place("price")
cdef type intent_type = OrderIntent
cdef RowForm intent_form = RowForm(OrderIntent)
cdef Py_ssize_t i_price = intent_form.place("price")
cdef RowCopy whole_intent = RowCopy(intent_form, intent_form, *(field.name for field in fields(OrderIntent)))


cdef class Pull:
    cdef readonly str client_order_id
    cdef readonly double low, high

    def __init__(self, str client_order_id not None, double low, double high):
        self.client_order_id, self.low, self.high = client_order_id, low, high


cdef class Quiet:
    cdef readonly long long until_ms
    cdef readonly double bid_part, ask_part, fixed, low, high, bid_above, ask_below
    cdef readonly tuple pulls

    def __init__(
        self, *, long long until_ms, double bid_part, double ask_part, double fixed, double low, double high,
        double bid_above, double ask_below, tuple pulls not None,
    ):
        self.until_ms, self.bid_part, self.ask_part, self.fixed = until_ms, bid_part, ask_part, fixed
        self.low, self.high, self.bid_above, self.ask_below, self.pulls = low, high, bid_above, ask_below, pulls

    cdef bint is_within(self, double bid, double ask) noexcept:
        cdef double reference = bid * self.bid_part + ask * self.ask_part + self.fixed
        return self.low < reference < self.high and bid > self.bid_above and ask < self.ask_below

    def holds(self, double bid, double ask):
        return self.is_within(bid, ask)

    def verdict(self, tuple top not None, dict own_bids not None, dict own_asks not None):
        return self.judge(top, own_bids, own_asks)

    cdef int judge(self, tuple top, dict own_bids, dict own_asks) except -1:
        cdef double bid, bid_amount, ask, ask_amount
        bid, bid_amount, ask, ask_amount = top
        if bid_amount <= amount_at(own_bids, top[0]) or ask_amount <= amount_at(own_asks, top[2]):
            return LOOK
        return NOTHING if self.is_within(bid, ask) else BEYOND

    def pulled(self, double bid, double ask):
        cdef double reference = bid * self.bid_part + ask * self.ask_part + self.fixed
        cdef Pull pull
        cdef list found = None
        for pull in self.pulls:
            if reference < pull.low or reference > pull.high:
                if found is None:
                    found = []
                found.append(pull.client_order_id)
        return () if found is None else tuple(found)


cdef class TickSide:
    cdef readonly int sign
    cdef readonly long long factor, capped_at, place_from_ms, price, keep_low, keep_high
    cdef readonly str client_order_id
    cdef readonly double band
    cdef readonly bint may_move
    cdef readonly tuple asked
    cdef bint is_there

    def __init__(
        self, int sign, long long factor, long long capped_at, long long place_from_ms, str client_order_id not None="",
        long long price=0, long long keep_low=0, long long keep_high=0, double band=0.0, bint may_move=True,
        tuple asked not None=(),
    ):
        self.sign, self.factor, self.capped_at, self.place_from_ms = sign, factor, capped_at, place_from_ms
        self.client_order_id, self.price, self.keep_low, self.keep_high = client_order_id, price, keep_low, keep_high
        self.band, self.may_move, self.asked, self.is_there = band, may_move, asked, bool(client_order_id)

    cdef bint caps(self, long long twice_reference) noexcept:
        return self.sign * (twice_reference - self.capped_at) >= 0

    cdef long long price_at(self, long long twice_reference, long long scale) noexcept:
        cdef long long product = twice_reference * self.factor, whole = 2 * scale
        return product // whole if self.sign > 0 else (product + whole - 1) // whole

    cdef bint rests_at(self, long long price, long long best, double mark, double tick, TickSide other) noexcept:
        if not self.may_move or price <= 0 or self.sign * (price - best) >= 0:
            return False
        if other.is_there and self.sign * (price - other.price) >= 0:
            return False
        if mark == 0 or self.band == 0:
            return True
        return self.sign * (price * tick - mark * self.band) < -margin * mark

    cdef bint was_asked(self, long long price, long long now_ms) except -1:
        cdef long long asked, until_ms
        for asked, until_ms in self.asked:
            if price == asked and now_ms < until_ms:
                return True
        return False


cdef class ShortWay:
    cdef readonly object tick
    cdef readonly str trading_pair
    cdef readonly long long scale, bid_weight, ask_weight, until_ms
    cdef readonly double minimum_spread
    cdef readonly TickSide buys, sells
    cdef double tick_size, mark
    # The mark price that `mark` was made of: it is the same object for a second.
    cdef object mark_price

    def __init__(
        self, *, str trading_pair not None, tick not None, long long scale, long long bid_weight, long long ask_weight,
        double minimum_spread, long long until_ms, TickSide buys not None, TickSide sells not None, mark_price=None,
    ):
        self.trading_pair = trading_pair
        self.tick, self.scale, self.bid_weight, self.ask_weight = tick, scale, bid_weight, ask_weight
        self.minimum_spread, self.until_ms, self.buys, self.sells = minimum_spread, until_ms, buys, sells
        self.tick_size = tick
        self.note_mark(mark_price)

    def changes(self, tuple top not None, mark_price, long long now_ms):
        cdef long long bid = ticks_of(top[0] / self.tick_size), ask = ticks_of(top[2] / self.tick_size)
        cdef long long twice = bid * self.bid_weight + ask * self.ask_weight
        if now_ms >= self.until_ms or bid == 0 or ask == 0:
            return None
        if mark_price is not self.mark_price:
            self.note_mark(mark_price)
        cdef list found = []
        if not self.moves(self.buys, self.sells, ask, twice, now_ms, found):
            return None
        if not self.moves(self.sells, self.buys, bid, twice, now_ms, found):
            return None
        return tuple(found)

    cdef int note_mark(self, object mark_price) except -1:
        self.mark_price, self.mark = mark_price, 0 if mark_price is None else mark_price
        return 0

    cdef bint moves(
        self, TickSide side, TickSide other, long long best, long long twice, long long now_ms, list found
    ) except -1:
        """Whether it is plain to see what one side asks for, which is added to what is found."""
        cdef long long price
        if not side.is_there:
            return now_ms < side.place_from_ms or side.caps(twice)
        if side.sign * (twice / 2.0 - side.price) < (self.minimum_spread + margin) * twice / 2.0:
            return False
        price = side.price_at(twice, self.scale)
        if side.keep_low <= price <= side.keep_high:
            return True
        if side.caps(twice) or not side.rests_at(price, best, self.mark, self.tick_size, other):
            return False
        if not side.was_asked(price, now_ms):
            found.append(self.change_of(side, price))
        return True

    cdef object change_of(self, TickSide side, long long price):
        cdef object change = change_form.fresh()
        put(change, c_pair, self.trading_pair)
        put(change, c_name, side.client_order_id)
        put(change, c_price, self.tick * price)
        return change


cdef class TouchWatch:
    cdef object gates, book, funding, now_ms, pull, reprice, note
    cdef Quiet quiet
    cdef ShortWay short_way
    cdef dict own_bids, own_asks

    def __init__(self, sources not None, hands not None):
        self.gates, self.book, self.funding, self.now_ms = sources
        self.pull, self.reprice, self.note = hands
        self.own_bids, self.own_asks = {}, {}

    def wake(self):
        self.quiet = None

    def rest(self, Quiet quiet, ShortWay short_way, dict own_bids not None, dict own_asks not None):
        self.quiet, self.short_way, self.own_bids, self.own_asks = quiet, short_way, own_bids, own_asks

    def needs_look(self):
        # The answer may end this rest and begin another.
        cdef Quiet quiet = self.quiet
        cdef ShortWay way = self.short_way
        cdef tuple top
        cdef long long now_ms
        cdef int verdict
        if quiet is None or not self.gates.ready:
            return True
        top = self.book.top
        verdict = quiet.judge(top, self.own_bids, self.own_asks)
        if verdict != BEYOND:
            return verdict == LOOK
        pulled = quiet.pulled(top[0], top[2])
        if pulled:
            self.pull(pulled)
            return True
        if way is None:
            return True
        mark_price = self.funding.mark_price
        now_ms = self.now_ms()
        changes = way.changes(top, mark_price, now_ms)
        if changes is None:
            return True
        if changes:
            self.reprice(changes, now_ms)
        self.note(changes, now_ms, mark_price)
        return False


def at_price(intent not None, price):
    if type(intent) is not intent_type:
        raise TypeError("no intent of an order")
    cdef object other = intent_form.fresh()
    whole_intent.into(other, intent)
    put(other, i_price, price)
    return other


cdef inline double amount_at(dict own, object price) except? -1:
    cdef object amount = own.get(price) if own else None
    return 0 if amount is None else amount


cdef inline long long ticks_of(double price) noexcept:
    cdef double whole
    if not 1 <= price <= most_ticks:
        return 0
    whole = floor(price + 0.5)
    return <long long>whole if fabs(price - whole) < off_tick else 0
