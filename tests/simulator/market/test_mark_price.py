from decimal import Decimal

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
    assert desk.listing.mark_price.mark_e8 == 60_000 * E8


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
