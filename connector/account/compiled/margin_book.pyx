"""The compiled margin book; `plain/margin_book.py` specifies it. Sums outgrow 64 bits: they stay Python's numbers."""

from bisect import bisect_left, insort

from connector.account.plain.margin_book import ASK_MARKUP, LAST_MARKUP, NO_CAP, WHOLE, Need
from connector.core.amounts import E8
from connector.venue.contracts import Linear

cdef object whole = WHOLE
cdef object last_markup = LAST_MARKUP
cdef object ask_markup = ASK_MARKUP
cdef object e8 = E8


cdef inline object half_up(object numerator, object denominator):
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((denominator - 2 * numerator) // (2 * denominator))


cdef class OrderLadder:
    """Open amounts of one side by price."""

    cdef readonly object sized
    cdef readonly object units
    cdef object unit
    cdef dict at, units_at
    cdef list prices
    # Of each of two pointers: the price it stands at, and what lies below.
    cdef object standing_0, standing_1, low_0, low_1, low_units_0, low_units_1

    def __init__(self, unit not None):
        self.unit = unit
        self.sized = self.units = 0
        self.at, self.units_at, self.prices = {}, {}, []
        self.standing_0 = self.standing_1 = self.low_0 = self.low_1 = self.low_units_0 = self.low_units_1 = 0

    cpdef add(self, object price_e8, object sized):
        cdef object before = self.at.get(price_e8, 0)
        cdef object after = before + sized
        if not before:
            insort(self.prices, price_e8)
        cdef object units = sized * self.unit(price_e8)
        if after:
            self.at[price_e8] = after
            self.units_at[price_e8] = self.units_at.get(price_e8, 0) + units
        else:
            del self.at[price_e8]
            del self.units_at[price_e8]
            del self.prices[bisect_left(self.prices, price_e8)]
        self.sized += sized
        self.units += units
        if price_e8 < self.standing_0:
            self.low_0 += sized
            self.low_units_0 += units
        if price_e8 < self.standing_1:
            self.low_1 += sized
            self.low_units_1 += units

    def below(self, object price_e8, int which):
        """Amount and units at prices below `price_e8`; pointer `which` is moved there."""
        self.move(price_e8, which)
        return (self.low_1, self.low_units_1) if which else (self.low_0, self.low_units_0)

    cdef int move(self, object price_e8, int which) except -1:
        cdef object stands = self.standing_1 if which else self.standing_0
        if price_e8 == stands:
            return 0
        cdef object low, high, more = 0, more_units = 0, price
        cdef bint is_up = price_e8 > stands
        low, high = (stands, price_e8) if is_up else (price_e8, stands)
        cdef Py_ssize_t first = bisect_left(self.prices, low)
        cdef Py_ssize_t last = bisect_left(self.prices, high, first)
        cdef Py_ssize_t index
        for index in range(first, last):
            price = self.prices[index]
            more += self.at[price]
            more_units += self.units_at[price]
        if not is_up:
            more, more_units = -more, -more_units
        if which:
            self.standing_1 = price_e8
            self.low_1 += more
            self.low_units_1 += more_units
        else:
            self.standing_0 = price_e8
            self.low_0 += more
            self.low_units_0 += more_units
        return 0


cdef class AssetSum:
    """One margin asset: what backs its cross positions, and what is taken of it."""

    cdef public object wallet_e8, result_e8, drawn_e8, isolated_orders_e8, withheld_e8, granted_e8

    def __init__(self):
        self.wallet_e8 = self.result_e8 = self.drawn_e8 = 0
        self.isolated_orders_e8 = self.withheld_e8 = self.granted_e8 = 0

    cdef object free(self):
        return self.wallet_e8 + self.result_e8 - self.drawn_e8 - self.withheld_e8 - self.granted_e8

    @property
    def free_e8(self):
        return self.free()


cdef class Side:
    cdef OrderLadder bids, asks
    cdef object market_buys, market_sells, sized, cost
    cdef bint is_isolated
    cdef object buy_sized, buy_units, buy_loss, sell_sized, sell_units, sell_loss
    cdef object held_e8, position_e8, orders_e8, exposure_e8, result_e8
    cdef tuple kept

    def __init__(self, unit):
        self.bids, self.asks = OrderLadder(unit), OrderLadder(unit)
        self.market_buys = self.market_sells = self.sized = self.cost = 0
        self.is_isolated = False
        self.buy_sized = self.buy_units = self.buy_loss = 0
        self.sell_sized = self.sell_units = self.sell_loss = 0
        self.held_e8 = self.position_e8 = self.orders_e8 = self.exposure_e8 = self.result_e8 = 0


cdef class PairSums:
    """One pair: its prices and terms, and its position sides."""

    cdef readonly AssetSum asset
    cdef object unit, scale
    cdef int gain
    # Whether a unit is the price itself: then nobody is asked for it.
    cdef bint is_linear
    cdef readonly object mark_e8, last_e8
    cdef object bid_e8, ask_e8, mark_unit, least_e8, least_unit, market_buy_unit, market_sell_unit
    cdef readonly object leverage
    cdef readonly object cap_e8
    cdef public object fee_e8
    cdef Side both, long_side, short_side

    def __init__(self, contract not None, AssetSum asset not None):
        self.asset = asset
        self.unit, self.scale, self.gain = contract.unit, contract.scale, contract.gain_sign
        self.is_linear = isinstance(contract, Linear)
        self.both, self.long_side, self.short_side = Side(self.unit), Side(self.unit), Side(self.unit)
        self.mark_e8 = self.last_e8 = self.bid_e8 = self.ask_e8 = 0
        self.mark_unit = self.least_e8 = self.least_unit = self.market_buy_unit = self.market_sell_unit = 0
        self.leverage, self.cap_e8, self.fee_e8 = 1, NO_CAP, 0

    @property
    def is_used(self):
        for side in (self.both, self.long_side, self.short_side):
            if is_used(side):
                return True
        return False

    def set_prices(self, object mark_e8, object last_e8, object bid_e8, object ask_e8):
        if mark_e8 == self.mark_e8 and last_e8 == self.last_e8 and bid_e8 == self.bid_e8 and ask_e8 == self.ask_e8:
            return
        cdef bint is_moved = mark_e8 != self.mark_e8 or last_e8 != self.last_e8
        self.mark_e8, self.last_e8, self.bid_e8, self.ask_e8 = mark_e8, last_e8, bid_e8, ask_e8
        self.mark_unit = self.unit_at(mark_e8)
        self.least_e8 = max(mark_e8, last_e8 * last_markup // whole)
        self.least_unit = self.unit_at(self.least_e8)
        self.market_buy_unit = self.unit_at(ask_e8 * ask_markup // whole)
        self.market_sell_unit = self.unit_at(max(bid_e8, mark_e8))
        cdef Side side
        for side in (self.both, self.long_side, self.short_side):
            if is_moved or side.market_buys or side.market_sells:
                self.reckon(side)

    def set_terms(self, object leverage, object cap_e8):
        self.cap_e8 = cap_e8
        if leverage != self.leverage:
            self.leverage = leverage
            self.reckon(self.both)
            self.reckon(self.long_side)
            self.reckon(self.short_side)

    def hold(self, int which, object sized, object cost, bint is_isolated):
        cdef Side side = self.side(which)
        if sized == side.sized and cost == side.cost and is_isolated == side.is_isolated:
            return
        self.take_off(side)
        side.sized, side.cost, side.is_isolated = sized, cost, is_isolated
        self.put_on(side)

    def order(self, int which, bint is_buy, object price_e8, object sized):
        cdef Side side = self.side(which)
        if price_e8:
            (side.bids if is_buy else side.asks).add(price_e8, sized)
        elif is_buy:
            side.market_buys += sized
        else:
            side.market_sells += sized
        self.reckon(side)

    def held(self, int which):
        return self.side(which).sized

    def figures(self, int which):
        cdef Side side = self.side(which)
        return side.position_e8, side.orders_e8, side.result_e8, side.exposure_e8

    def need(self, int which, bint is_buy, object price_e8, object sized):
        return Need(*self.needed(self.side(which), is_buy, price_e8, sized))

    def grant(self, int which, bint is_buy, object price_e8, object sized):
        cdef Side side = self.side(which)
        cdef tuple need = self.needed(side, is_buy, price_e8, sized)
        if not self.pays_for(need):
            return False
        if side.kept is None:
            side.kept = (
                side.buy_sized, side.buy_units, side.buy_loss, side.sell_sized, side.sell_units, side.sell_loss,
                side.orders_e8,
            )
        self.count(side, is_buy, price_e8, sized)
        side.orders_e8 += need[0]
        self.asset.granted_e8 += need[0] + need[1]
        return True

    def pays(self, need not None):
        return self.pays_for((need[0], need[1], need[2]))

    def release(self):
        cdef Side side
        for side in (self.both, self.long_side, self.short_side):
            if side.kept is not None:
                (
                    side.buy_sized, side.buy_units, side.buy_loss, side.sell_sized, side.sell_units, side.sell_loss,
                    side.orders_e8,
                ) = side.kept
                side.kept = None

    # Within.

    cdef inline object unit_at(self, object price_e8):
        return price_e8 if self.is_linear else self.unit(price_e8)

    cdef Side side(self, int which):
        return self.both if which == 0 else self.long_side if which == 1 else self.short_side

    cdef bint pays_for(self, tuple need) except -1:
        cdef object margin_e8 = need[0]
        if margin_e8 > 0 and need[2] > self.cap_e8:
            return False
        cdef object total_e8 = margin_e8 + need[1]
        return total_e8 <= 0 or self.asset.free() >= total_e8

    cdef tuple needed(self, Side side, bint is_buy, object price_e8, object sized):
        cdef object buys = side.buy_sized, buy_units = side.buy_units, buy_loss = side.buy_loss
        cdef object sells = side.sell_sized, sell_units = side.sell_units, sell_loss = side.sell_loss
        cdef object own, assumed, apart, before, after, closing, fees_e8 = 0
        if is_buy:
            own = assumed = self.unit_at(price_e8) if price_e8 else self.market_buy_unit
            apart = self.gain * (own - self.mark_unit)
            before, closing = buys, -side.sized
            after = buys = buys + sized
            buy_units = buy_units + sized * assumed
            if apart > 0:
                buy_loss = buy_loss + sized * apart
        else:
            own = self.unit_at(price_e8) if price_e8 else self.market_sell_unit
            assumed = self.least_unit if price_e8 and price_e8 < self.least_e8 else own
            apart = self.gain * (self.mark_unit - own)
            before, closing = sells, side.sized
            after = sells = sells + sized
            sell_units = sell_units + sized * assumed
            if apart > 0:
                sell_loss = sell_loss + sized * apart
        cdef tuple found = self.sum(side, buys, buy_units, buy_loss, sells, sell_units, sell_loss)
        if self.fee_e8:
            if closing < 0:
                closing = 0
            opening = max(0, after - closing) - max(0, before - closing)
            fees_e8 = half_up(opening * assumed * self.fee_e8, self.scale * e8)
        return found[0] - side.position_e8 - side.orders_e8, fees_e8, found[1]

    cdef int count(self, Side side, bint is_buy, object price_e8, object sized) except -1:
        cdef object own, apart
        if is_buy:
            own = self.unit_at(price_e8) if price_e8 else self.market_buy_unit
            apart = self.gain * (own - self.mark_unit)
            side.buy_sized += sized
            side.buy_units += sized * own
            if apart > 0:
                side.buy_loss += sized * apart
        else:
            own = self.unit_at(price_e8) if price_e8 else self.market_sell_unit
            apart = self.gain * (self.mark_unit - own)
            side.sell_sized += sized
            side.sell_units += sized * (self.least_unit if price_e8 and price_e8 < self.least_e8 else own)
            if apart > 0:
                side.sell_loss += sized * apart
        return 0

    cdef tuple sum(
        self, Side side, object buys, object buy_units, object buy_loss, object sells, object sell_units,
        object sell_loss,
    ):
        cdef object scale = self.scale, held_e8 = side.held_e8, margin_e8, opening
        cdef object with_buys = held_e8 + half_up(buy_units, scale) if buys else held_e8
        cdef object with_sells = held_e8 - half_up(sell_units, scale) if sells else held_e8
        if with_buys < 0:
            with_buys = -with_buys
        if with_sells < 0:
            with_sells = -with_sells
        cdef object exposure_e8 = with_buys if with_buys > with_sells else with_sells
        margin_e8 = half_up(exposure_e8, self.leverage)
        if margin_e8 < side.position_e8:
            margin_e8 = side.position_e8
        if buy_loss:
            opening = buys + side.sized if side.sized < 0 else buys
            if opening > 0:
                margin_e8 = margin_e8 + half_up(buy_loss * opening, buys * scale)
        if sell_loss:
            opening = sells - side.sized if side.sized > 0 else sells
            if opening > 0:
                margin_e8 = margin_e8 + half_up(sell_loss * opening, sells * scale)
        return margin_e8, exposure_e8

    cdef int reckon(self, Side side) except -1:
        self.take_off(side)
        self.put_on(side)
        return 0

    cdef int take_off(self, Side side) except -1:
        cdef AssetSum asset = self.asset
        asset.drawn_e8 -= side.orders_e8
        if side.is_isolated:
            asset.isolated_orders_e8 -= side.orders_e8
        else:
            asset.drawn_e8 -= side.position_e8
            asset.result_e8 -= side.result_e8
        return 0

    cdef int put_on(self, Side side) except -1:
        cdef AssetSum asset = self.asset
        if self.mark_e8:
            self.sum_up(side)
        asset.drawn_e8 += side.orders_e8
        if side.is_isolated:
            asset.isolated_orders_e8 += side.orders_e8
        else:
            asset.drawn_e8 += side.position_e8
            asset.result_e8 += side.result_e8
        return 0

    cdef int sum_up(self, Side side) except -1:
        cdef object mark_unit = self.mark_unit, scale = self.scale
        cdef OrderLadder bids = side.bids, asks = side.asks
        side.buy_sized, side.buy_units, side.buy_loss = bids.sized, bids.units, 0
        if bids.sized:
            bids.move(self.mark_e8 + 1, 0)
            side.buy_loss = self.gain * (bids.units - bids.low_units_0 - (bids.sized - bids.low_0) * mark_unit)
        side.sell_sized, side.sell_units, side.sell_loss = asks.sized, asks.units, 0
        if asks.sized:
            asks.move(self.least_e8, 0)
            side.sell_units += asks.low_0 * self.least_unit - asks.low_units_0
            asks.move(self.mark_e8, 1)
            side.sell_loss = self.gain * (asks.low_1 * mark_unit - asks.low_units_1)
        if side.market_buys:
            self.count(side, True, 0, side.market_buys)
        if side.market_sells:
            self.count(side, False, 0, side.market_sells)
        side.held_e8 = side.position_e8 = side.result_e8 = 0
        if side.sized:
            side.held_e8 = half_up(side.sized * mark_unit, scale)
            side.position_e8 = half_up(abs(side.held_e8), self.leverage)
            side.result_e8 = half_up(self.gain * (side.sized * mark_unit - side.cost), scale)
        cdef tuple found = self.sum(
            side, side.buy_sized, side.buy_units, side.buy_loss, side.sell_sized, side.sell_units, side.sell_loss
        )
        side.exposure_e8 = found[1]
        side.orders_e8 = found[0] - side.position_e8
        return 0


cdef bint is_used(Side side) except -1:
    return bool(side.sized or side.bids.sized or side.asks.sized or side.market_buys or side.market_sells)
