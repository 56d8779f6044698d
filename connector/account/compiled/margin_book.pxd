# What one more order takes, for a neighbour that has its numbers already.

from connector.account.compiled.margin_side cimport Side


cdef class AssetSum:
    cdef public object wallet_e8, result_e8, drawn_e8, isolated_orders_e8, needed_e8, withheld_e8, granted_e8
    cdef public int unbracketed

    cdef object free(self)


cdef class PairSums:
    cdef readonly AssetSum asset
    cdef object unit, scale, half_scale, fee_scale, half_fee_scale
    cdef int gain
    # Whether a unit is the price itself: then nobody is asked for it.
    cdef bint is_linear
    cdef readonly object mark_e8, last_e8
    cdef object bid_e8, ask_e8, mark_unit, least_e8, least_unit, market_buy_unit, market_sell_unit
    cdef readonly object leverage
    cdef object half_leverage
    cdef readonly object cap_e8
    cdef public object fee_e8
    cdef readonly tuple brackets
    cdef list bracket_caps
    cdef Side both, long_side, short_side
    # What the order that was asked about last takes, and what the orders of its direction come to with it.
    cdef object need_e8, fees_e8, exposure_e8, new_sized, new_units, new_loss, new_notional_e8, new_loss_e8

    cdef bint waits_at_market(self) except -1
    cdef bint bears(self, int which, bint is_buy, long long price_e8, long long sized) except -1
    cdef bint bears_exactly(self, int which, bint is_buy, object price_e8, object sized) except -1
    cdef bint bears_by_far(self, Side side, bint is_buy, double price_e8, double sized) except -1
    cdef object unit_at(self, object price_e8)
    cdef Side side(self, int which)
    cdef bint pays_for(self, object margin_e8, object fees_e8, object exposure_e8) except -1
    cdef int ask(self, Side side, bint is_buy, object price_e8, object sized) except -1
    cdef object beside(self, Side side, bint is_buy, object sized, object units)
    cdef object loss(self, object loss, object sized, object closing)
    cdef int add_market_orders(self, Side side) except -1
    cdef int reckon_all(self) except -1
    cdef int reckon(self, Side side) except -1
    cdef int take_off(self, Side side) except -1
    cdef int put_on(self, Side side) except -1
    cdef int sum_up(self, Side side) except -1
    cdef object maintenance(self, object notional_e8)
