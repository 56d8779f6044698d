from connector.simulator.market.orders import BUY
from tests.companions.simulator.traders import Desk


def test_an_order_counts_what_is_still_open() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    order = maker.limit(BUY, "0.01", "60000")
    taker.limit(-BUY, "0.004", "60000")
    assert (order.lots, order.filled_lots, order.open_lots, order.is_open) == (10, 4, 6, True)
    taker.limit(-BUY, "0.006", "60000")
    assert (order.open_lots, order.is_open, order.rests) == (0, False, False)
