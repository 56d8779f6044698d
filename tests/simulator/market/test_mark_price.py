from decimal import Decimal

from connector.simulator.engine import HOUR_MS
from connector.simulator.fixed_point import E8, to_e8
from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.traders import START_MS, Desk


def test_one_stray_trade_does_not_move_the_mark_price() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(BUY, "0.01", "59990")
    maker.limit(SELL, "0.01", "60010")
    maker.limit(SELL, "0.01", "61000")
    taker.market(BUY, "0.02")
    desk.engine.move_prices({"BTCUSDT": 60_000 * E8}, START_MS)
    assert desk.listing.mark_price.last_e8 == 61_000 * E8
    assert desk.listing.mark_price.mark_e8 == 60_006 * E8, "the index and the interest of the interval that is left"


def test_of_the_last_rate_as_much_counts_as_is_left_of_the_interval() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(SELL, "0.01", "61000")
    taker.market(BUY, "0.01")
    for hours, mark in ((0, 60_006), (4, 60_003), (8, 60_000)):
        desk.engine.move_prices({"BTCUSDT": 60_000 * E8}, START_MS + hours * HOUR_MS)
        assert desk.listing.mark_price.mark_e8 == mark * E8


def test_the_mids_distance_from_the_index_counts_by_its_average_of_thirty_seconds() -> None:
    desk = Desk()
    maker, taker = desk.trader("1000000"), desk.trader()
    maker.limit(BUY, "0.01", "60090")
    maker.limit(SELL, "0.01", "60110")
    for second in range(1, 16):
        desk.engine.move_prices({"BTCUSDT": 60_000 * E8}, START_MS + second * 1000)
    maker.limit(SELL, "0.01", "60400")
    taker.market(BUY, "0.02")
    maker.limit(BUY, "0.01", "60390")
    maker.limit(SELL, "0.01", "60410")
    for second in range(16, 31):
        desk.engine.move_prices({"BTCUSDT": 60_000 * E8}, START_MS + second * 1000)
    assert desk.listing.mark_price.mark_e8 == 60_250 * E8
    for second in range(31, 46):
        desk.engine.move_prices({"BTCUSDT": 60_000 * E8}, START_MS + second * 1000)
    assert desk.listing.mark_price.mark_e8 == 60_400 * E8


def test_the_impact_price_is_the_average_of_what_the_impact_notional_takes() -> None:
    desk = Desk()
    maker = desk.trader("1000000")
    maker.limit(BUY, "0.2", "60300")
    maker.limit(BUY, "5", "60120")
    maker.limit(SELL, "1", "60310")
    desk.engine.move_prices({"BTCUSDT": 60_000 * E8}, START_MS + 1000)
    taken = 25_000 / (0.2 + (25_000 - 0.2 * 60_300) / 60_120)
    assert abs(desk.listing.mark_price.premium_e8 / E8 - (taken / 60_000 - 1)) < 1e-7


def test_the_mark_follows_when_trades_and_book_agree() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(BUY, "0.01", "60190")
    maker.limit(SELL, "0.02", "60210")
    taker.market(BUY, "0.01")
    desk.engine.move_prices({}, START_MS)
    assert desk.listing.mark_price.mark_e8 == 60_200 * E8


def test_a_book_far_above_the_index_makes_longs_pay() -> None:
    desk = Desk()
    maker = desk.trader("1000000")
    maker.limit(BUY, "1", "60300")
    maker.limit(SELL, "1", "60310")
    for second in range(1, 4):
        desk.engine.move_prices({"BTCUSDT": 60_000 * E8}, START_MS + second * 1000)
    assert desk.listing.mark_price.rate_e8 == to_e8(Decimal("0.0045"))


def test_a_nailed_mark_price_stays_until_it_is_let_go() -> None:
    desk = Desk()
    desk.mark("55000")
    desk.engine.move_prices({"BTCUSDT": 60_000 * E8}, START_MS)
    assert desk.listing.mark_price.mark_e8 == 55_000 * E8
    desk.listing.mark_price.fix(None)
    assert desk.listing.mark_price.mark_e8 == 60_000 * E8
