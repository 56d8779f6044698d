"""The compiled margin book; `plain/margin_book.py` specifies it. Sums outgrow 64 bits: they stay Python's numbers."""

from bisect import bisect_left

from libc.math cimport fabs

from connector.account.compiled.margin_side cimport Side, at_market
from connector.account.compiled.order_ladder cimport OrderLadder
from connector.account.plain.margin_book import ASK_MARKUP, LAST_MARKUP, NO_CAP, WHOLE, Need
from connector.core.amounts import E8
from connector.venue.contracts import Linear

cdef object whole = WHOLE
cdef object last_markup = LAST_MARKUP
cdef object ask_markup = ASK_MARKUP
cdef object e8 = E8


# More than any number of whose sums nothing is asked in haste.
cdef object most_e8 = 1 << 62
cdef extern from "Python.h":
    double near "PyLong_AsDouble"(object number) except? -1.0

cdef double PART = 1e-9, ROUNDING = 16


cdef inline object half_up(object numerator, object denominator):
    if numerator >= 0:
        return (numerator + denominator // 2) // denominator
    return -((denominator // 2 - numerator) // denominator)


cdef inline object size_of(object number):
    return number if number >= 0 else -number


cdef class AssetSum:
    """One margin asset: what backs its cross positions, and what is taken of it."""

    def __init__(self):
        self.wallet_e8 = self.result_e8 = self.drawn_e8 = 0
        self.isolated_orders_e8 = self.needed_e8 = self.withheld_e8 = self.granted_e8 = 0
        self.unbracketed = 0

    cdef object free(self):
        return self.wallet_e8 + self.result_e8 - self.drawn_e8 - self.withheld_e8 - self.granted_e8

    @property
    def free_e8(self):
        return self.free()


cdef class PairSums:
    """One pair: its prices and terms, and its position sides."""

    def __init__(self, contract not None, AssetSum asset not None):
        self.asset = asset
        self.unit, self.scale, self.gain = contract.unit, contract.scale, contract.gain_sign
        self.half_scale, self.fee_scale = self.scale // 2, self.scale * e8
        self.half_fee_scale = self.fee_scale // 2
        self.is_linear = isinstance(contract, Linear)
        self.both, self.long_side, self.short_side = Side(self.unit), Side(self.unit), Side(self.unit)
        self.mark_e8 = self.last_e8 = self.bid_e8 = self.ask_e8 = 0
        self.mark_unit = self.least_e8 = self.least_unit = self.market_buy_unit = self.market_sell_unit = 0
        self.leverage, self.half_leverage, self.cap_e8, self.fee_e8 = 1, 0, NO_CAP, 0
        self.brackets, self.bracket_caps = (), []

    @property
    def is_used(self):
        return self.both.is_used() or self.long_side.is_used() or self.short_side.is_used()

    @property
    def has_market_orders(self):
        return self.waits_at_market()

    cdef bint waits_at_market(self) except -1:
        return at_market(self.both) or at_market(self.long_side) or at_market(self.short_side)

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
            if side.market_buys or side.market_sells or (is_moved and side.is_used()):
                self.reckon(side)

    def set_terms(self, object leverage, object cap_e8):
        self.cap_e8 = cap_e8
        if leverage != self.leverage:
            self.leverage, self.half_leverage = leverage, leverage // 2
            self.reckon_all()

    def set_brackets(self, tuple brackets not None):
        if brackets is not self.brackets:
            self.brackets, self.bracket_caps = brackets, [bracket.cap_e8 for bracket in brackets]
            self.reckon_all()

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

    def held_e8(self, int which):
        return self.side(which).held_e8

    def standing(self, int which):
        cdef Side side = self.side(which)
        cdef object bids = side.bids.units + side.market_buys * self.market_buy_unit
        cdef object asks = side.asks.units + side.market_sells * self.market_sell_unit
        return side.sized, side.bids.sized + side.market_buys, side.asks.sized + side.market_sells, bids, asks

    def figures(self, int which):
        cdef Side side = self.side(which)
        return side.position_e8, side.orders_e8, side.result_e8, side.exposure_e8

    def needed_e8(self, int which):
        cdef Side side = self.side(which)
        return None if side.unbracketed else side.needed_e8

    def cross(self):
        cdef object result_e8 = 0, needed_e8 = 0
        cdef Side side
        for side in (self.both, self.long_side, self.short_side):
            if not side.is_isolated:
                result_e8 += side.result_e8
                needed_e8 += side.needed_e8
        return result_e8, needed_e8

    def need(self, int which, bint is_buy, object price_e8, object sized):
        self.ask(self.side(which), is_buy, price_e8, sized)
        return Need(self.need_e8, self.fees_e8, self.exposure_e8)

    def can_pay(self, int which, bint is_buy, object price_e8, object sized):
        if price_e8 < most_e8 and sized < most_e8:
            return self.bears(which, is_buy, price_e8, sized)
        return self.bears_exactly(which, is_buy, price_e8, sized)

    cdef bint bears(self, int which, bint is_buy, long long price_e8, long long sized) except -1:
        """The same of numbers that fit. Where it is far from the edge, numbers that are nearly exact say so."""
        if price_e8 and self.is_linear and self.bears_by_far(self.side(which), is_buy, price_e8, sized):
            return True
        return self.bears_exactly(which, is_buy, price_e8, sized)

    cdef bint bears_exactly(self, int which, bint is_buy, object price_e8, object sized) except -1:
        self.ask(self.side(which), is_buy, price_e8, sized)
        return self.pays_for(self.need_e8, self.fees_e8, self.exposure_e8)

    cdef bint bears_by_far(self, Side side, bint is_buy, double price_e8, double sized) except -1:
        """Yes is sure; no is no answer. As `ask` and `pays_for`, but all that opens or not is taken to lose and to cost
        fees, and a part in a billion of all that is summed up has to be left over, which rounding never takes."""
        cdef AssetSum asset = self.asset
        cdef double scale = near(self.scale), held_e8 = near(side.held_e8)
        cdef double position_e8 = near(side.position_e8), orders_e8 = near(side.orders_e8)
        cdef double free_e8, summed_e8, exposure_e8, loss_e8, need_e8
        cdef double units = price_e8, apart = price_e8 - near(self.mark_unit)
        cdef double wallet_e8 = near(asset.wallet_e8), result_e8 = near(asset.result_e8), drawn_e8 = near(asset.drawn_e8)
        cdef double withheld_e8 = near(asset.withheld_e8), granted_e8 = near(asset.granted_e8)
        free_e8 = wallet_e8 + result_e8 - drawn_e8 - withheld_e8 - granted_e8
        summed_e8 = fabs(wallet_e8) + fabs(result_e8) + fabs(drawn_e8) + fabs(withheld_e8) + fabs(granted_e8)
        # 1. What the orders of its direction come to with it, and lose at once.
        if is_buy:
            exposure_e8, loss_e8 = fabs(held_e8 + (near(side.buy_units) + sized * units) / scale), near(side.buy_loss)
            exposure_e8 = max(exposure_e8, near(side.with_sells_e8))
            need_e8 = near(side.sell_loss_e8)
        else:
            apart = -apart
            units = max(units, near(self.least_e8))
            exposure_e8, loss_e8 = fabs(held_e8 - (near(side.sell_units) + sized * units) / scale), near(side.sell_loss)
            exposure_e8 = max(exposure_e8, near(side.with_buys_e8))
            need_e8 = near(side.buy_loss_e8)
        need_e8 += (loss_e8 + (sized * apart if apart > 0 else 0)) / scale
        # 2. What that needs, beside what is held back already, and its fee.
        need_e8 += max(exposure_e8 / near(self.leverage), position_e8)
        need_e8 += sized * units / scale * (near(self.fee_e8) / near(e8))
        summed_e8 += need_e8 + position_e8 + fabs(orders_e8)
        # 3. Whether that is there, and the exposure allowed.
        if exposure_e8 * (1 + PART) + ROUNDING > near(self.cap_e8):
            return False
        return free_e8 - need_e8 + position_e8 + orders_e8 >= summed_e8 * PART + ROUNDING

    def grant(self, int which, bint is_buy, object price_e8, object sized):
        cdef Side side = self.side(which)
        self.ask(side, is_buy, price_e8, sized)
        if not self.pays_for(self.need_e8, self.fees_e8, self.exposure_e8):
            return False
        side.keep()
        if is_buy:
            side.buy_sized, side.buy_units, side.buy_loss = self.new_sized, self.new_units, self.new_loss
            side.with_buys_e8, side.buy_loss_e8 = self.new_notional_e8, self.new_loss_e8
        else:
            side.sell_sized, side.sell_units, side.sell_loss = self.new_sized, self.new_units, self.new_loss
            side.with_sells_e8, side.sell_loss_e8 = self.new_notional_e8, self.new_loss_e8
        side.orders_e8 += self.need_e8
        self.asset.granted_e8 += self.need_e8 + self.fees_e8
        return True

    def pays(self, need not None):
        return self.pays_for(need[0], need[1], need[2])

    def release(self):
        self.both.restore()
        self.long_side.restore()
        self.short_side.restore()

    cdef object unit_at(self, object price_e8):
        return price_e8 if self.is_linear else self.unit(price_e8)

    cdef Side side(self, int which):
        return self.both if which == 0 else self.long_side if which == 1 else self.short_side

    cdef bint pays_for(self, object margin_e8, object fees_e8, object exposure_e8) except -1:
        if margin_e8 > 0 and exposure_e8 > self.cap_e8:
            return False
        cdef object total_e8 = margin_e8 + fees_e8
        return total_e8 <= 0 or self.asset.free() >= total_e8

    cdef int ask(self, Side side, bint is_buy, object price_e8, object sized) except -1:
        """What one more order takes: its own side is reckoned, the other stands as it is."""
        cdef object own, assumed, apart, before, closing, opening, beside_e8, margin_e8, exposure_e8
        if is_buy:
            own = assumed = self.unit_at(price_e8) if price_e8 else self.market_buy_unit
            apart = own - self.mark_unit
            before, closing = side.buy_sized, -side.sized
            self.new_units, self.new_loss = side.buy_units, side.buy_loss
            exposure_e8, beside_e8 = side.with_sells_e8, side.sell_loss_e8
        else:
            own = self.unit_at(price_e8) if price_e8 else self.market_sell_unit
            assumed = self.least_unit if price_e8 and price_e8 < self.least_e8 else own
            apart = self.mark_unit - own
            before, closing = side.sell_sized, side.sized
            self.new_units, self.new_loss = side.sell_units, side.sell_loss
            exposure_e8, beside_e8 = side.with_buys_e8, side.buy_loss_e8
        if self.gain < 0:
            apart = -apart
        cdef object units = sized * assumed
        self.new_sized = before + sized
        self.new_units = self.new_units + units
        if apart > 0:
            self.new_loss = self.new_loss + sized * apart
        self.new_notional_e8 = self.beside(side, is_buy, self.new_sized, self.new_units)
        self.new_loss_e8 = self.loss(self.new_loss, self.new_sized, closing)
        if self.new_notional_e8 > exposure_e8:
            exposure_e8 = self.new_notional_e8
        self.exposure_e8 = exposure_e8
        margin_e8 = (exposure_e8 + self.half_leverage) // self.leverage
        if margin_e8 < side.position_e8:
            margin_e8 = side.position_e8
        self.need_e8 = margin_e8 + self.new_loss_e8 + beside_e8 - side.position_e8 - side.orders_e8
        self.fees_e8 = 0
        if self.fee_e8:
            if closing > 0:
                opening = max(0, self.new_sized - closing) - max(0, before - closing)
                units = opening * assumed
            self.fees_e8 = (units * self.fee_e8 + self.half_fee_scale) // self.fee_scale
        return 0

    cdef object beside(self, Side side, bint is_buy, object sized, object units):
        """The notional that a position comes to with the orders of one direction."""
        if not sized:
            return size_of(side.held_e8)
        cdef object notional_e8 = (units + self.half_scale) // self.scale
        return size_of(side.held_e8 + notional_e8 if is_buy else side.held_e8 - notional_e8)

    cdef object loss(self, object loss, object sized, object closing):
        """What the share of one direction that would open loses at once."""
        if not loss:
            return 0
        cdef object opening = sized - closing if closing > 0 else sized
        return half_up(loss * opening, sized * self.scale) if opening > 0 else 0

    cdef int add_market_orders(self, Side side) except -1:
        cdef object apart
        if side.market_buys:
            apart = self.gain * (self.market_buy_unit - self.mark_unit)
            side.buy_sized += side.market_buys
            side.buy_units += side.market_buys * self.market_buy_unit
            if apart > 0:
                side.buy_loss += side.market_buys * apart
        if side.market_sells:
            apart = self.gain * (self.mark_unit - self.market_sell_unit)
            side.sell_sized += side.market_sells
            side.sell_units += side.market_sells * self.market_sell_unit
            if apart > 0:
                side.sell_loss += side.market_sells * apart
        return 0

    cdef int reckon_all(self) except -1:
        self.reckon(self.both)
        self.reckon(self.long_side)
        self.reckon(self.short_side)
        return 0

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
            asset.needed_e8 -= side.needed_e8
            asset.unbracketed -= side.unbracketed
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
            asset.needed_e8 += side.needed_e8
            asset.unbracketed += side.unbracketed
        return 0

    cdef int sum_up(self, Side side) except -1:
        cdef object mark_unit = self.mark_unit, scale = self.scale, margin_e8
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
        self.add_market_orders(side)
        side.held_e8 = side.position_e8 = side.result_e8 = side.needed_e8 = 0
        side.unbracketed = 0
        if side.sized:
            side.held_e8 = half_up(side.sized * mark_unit, scale)
            side.position_e8 = (size_of(side.held_e8) + self.half_leverage) // self.leverage
            side.result_e8 = half_up(self.gain * (side.sized * mark_unit - side.cost), scale)
            if self.bracket_caps:
                side.needed_e8 = self.maintenance(size_of(side.held_e8))
            else:
                side.unbracketed = bool(side.held_e8)
        side.with_buys_e8 = self.beside(side, True, side.buy_sized, side.buy_units)
        side.with_sells_e8 = self.beside(side, False, side.sell_sized, side.sell_units)
        side.exposure_e8 = side.with_buys_e8 if side.with_buys_e8 > side.with_sells_e8 else side.with_sells_e8
        margin_e8 = (side.exposure_e8 + self.half_leverage) // self.leverage
        side.buy_loss_e8 = self.loss(side.buy_loss, side.buy_sized, -side.sized)
        side.sell_loss_e8 = self.loss(side.sell_loss, side.sell_sized, side.sized)
        side.orders_e8 = max(margin_e8 - side.position_e8, 0) + side.buy_loss_e8 + side.sell_loss_e8
        return 0

    cdef object maintenance(self, object notional_e8):
        if not notional_e8:
            return 0
        cdef Py_ssize_t index = bisect_left(self.bracket_caps, notional_e8)
        if index == len(self.bracket_caps):
            index -= 1
        bracket = self.brackets[index]
        return half_up(notional_e8 * bracket.rate_e8, e8) - bracket.cum_e8
