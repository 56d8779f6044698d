from dataclasses import replace
from decimal import Decimal

from connector.simulator.orders import BUY, LIMIT, SELL, Order, OrderRequest
from connector.simulator.rpi_depth import rpi_depth, rpi_levels, rpi_update_id
from tests.simulator.traders import BTC, START_MS, Desk, Trader


def hide(desk: Desk, trader: Trader, side: int, quantity: str, price: str) -> Order:
    """Rests an order where retail price improvement rests: aside of the public book."""
    order = trader.limit(side, quantity, price)
    desk.listing.book.remove(order)
    desk.listing.rpi_book.add(order)
    return order


def desk_with_hidden_orders() -> Desk:
    desk = Desk()
    trader = desk.trader()
    hide(desk, trader, BUY, "0.05", "59999")
    hide(desk, trader, BUY, "0.07", "59998")
    hide(desk, trader, BUY, "0.09", "60000")
    trader.place(OrderRequest(BTC, BUY, LIMIT, Decimal("0.01"), Decimal(59_998)))
    trader.place(replace(OrderRequest(BTC, SELL, LIMIT, Decimal("0.02"), Decimal(60_000))))
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
