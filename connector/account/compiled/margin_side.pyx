"""One position side of a compiled margin book: its orders, and what they and the position come to."""

from connector.account.compiled.order_ladder cimport OrderLadder


cdef class Side:
    def __init__(self, unit):
        self.bids, self.asks = OrderLadder(unit), OrderLadder(unit)
        self.market_buys = self.market_sells = self.sized = self.cost = 0
        self.is_isolated = False
        self.buy_sized = self.buy_units = self.buy_loss = 0
        self.sell_sized = self.sell_units = self.sell_loss = 0
        self.with_buys_e8 = self.with_sells_e8 = self.buy_loss_e8 = self.sell_loss_e8 = 0
        self.held_e8 = self.position_e8 = self.orders_e8 = self.exposure_e8 = self.result_e8 = self.needed_e8 = 0
        self.unbracketed = 0

    cdef int keep(self) except -1:
        if self.kept is None:
            self.kept = (
                self.buy_sized, self.buy_units, self.buy_loss, self.with_buys_e8, self.buy_loss_e8,
                self.sell_sized, self.sell_units, self.sell_loss, self.with_sells_e8, self.sell_loss_e8,
                self.orders_e8,
            )
        return 0

    cdef int restore(self) except -1:
        if self.kept is not None:
            (
                self.buy_sized, self.buy_units, self.buy_loss, self.with_buys_e8, self.buy_loss_e8,
                self.sell_sized, self.sell_units, self.sell_loss, self.with_sells_e8, self.sell_loss_e8,
                self.orders_e8,
            ) = self.kept
            self.kept = None
        return 0

    cdef bint is_used(self) except -1:
        return bool(self.sized or self.bids.sized or self.asks.sized or self.market_buys or self.market_sells)


cdef bint at_market(Side side) except -1:
    return bool(side.market_buys or side.market_sells)
