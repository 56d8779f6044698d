from connector.simulator.market.orders import BUY, RPI, SELL
from connector.simulator.streams.rpi_depth import rpi_depth, rpi_levels, rpi_update_id
from tests.companions.simulator.traders import START_MS, Desk


def desk_with_hidden_orders() -> Desk:
    desk = Desk()
    trader = desk.trader()
    for quantity, price in (("0.05", "59999"), ("0.07", "59998"), ("0.09", "60000")):
        trader.limit(BUY, quantity, price, RPI)
    trader.limit(BUY, "0.01", "59998")
    trader.limit(SELL, "0.02", "60000")
    return desk


def test_hidden_orders_add_to_the_levels_and_crossed_ones_stay_hidden() -> None:
    listing = desk_with_hidden_orders().listing
    assert rpi_levels(listing, BUY, 10) == [(599_990, 50), (599_980, 80)]
    assert listing.book.levels(BUY, 10) == [(599_980, 10)]


def test_the_snapshot_has_the_latest_id_of_both_books() -> None:
    listing = desk_with_hidden_orders().listing
    snapshot = rpi_depth(listing, 1, START_MS)
    assert snapshot["lastUpdateId"] == rpi_update_id(listing) >= listing.rpi_book.update_id
    assert snapshot["bids"] == [["59999.00", "0.050"]]
    assert snapshot["asks"] == [["60000.00", "0.020"]]
