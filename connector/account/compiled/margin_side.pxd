# One position side, for the book that it is of.

from connector.account.compiled.order_ladder cimport OrderLadder


cdef class Side:
    cdef OrderLadder bids, asks
    cdef object market_buys, market_sells, sized, cost
    cdef bint is_isolated
    cdef object buy_sized, buy_units, buy_loss, sell_sized, sell_units, sell_loss
    # Of these orders: the notional of the position with either side, and what either side would lose at once.
    cdef object with_buys_e8, with_sells_e8, buy_loss_e8, sell_loss_e8
    cdef object held_e8, position_e8, orders_e8, exposure_e8, result_e8, needed_e8
    # 1: it is held, and nobody told its brackets.
    cdef int unbracketed
    cdef tuple kept

    cdef int keep(self) except -1
    cdef int restore(self) except -1
    cdef bint is_used(self) except -1


cdef bint at_market(Side side) except -1
