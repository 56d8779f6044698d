import pytest

from connector.simulator.errors import VenueError
from connector.simulator.market.orders import BUY, GTX, RPI, SELL, Condition
from connector.simulator.matching.order_placement import place_order
from tests.companions.simulator.traders import BTC, Desk, Trader


def app_taker(desk: Desk) -> Trader:
    """Somebody who trades by the venue's app, as the background's takers do."""
    return Trader(desk, desk.engine.open_account(10**18, desk.now_ms, is_house=True))


def test_a_triggered_order_carries_its_condition() -> None:
    desk = Desk()
    trader, condition = desk.trader(), Condition("STOP", trigger_ticks=600_000)
    engine = desk.engine
    desk.trader().limit(SELL, "0.01", "60000")
    request = trader.ask(BUY, "0.01", "60000")
    order = place_order(engine.clearing, engine.listings, trader.account, request, desk.now_ms, condition)
    assert (order.status, order.condition) == ("FILLED", condition)


def test_a_hidden_order_is_in_no_public_depth_and_meets_app_takers_alone() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    hidden = maker.limit(SELL, "0.01", "60000", RPI)
    assert desk.listing.book.best(SELL) is None
    assert desk.listing.rpi_book.levels(SELL, 5) == [(600_000, 10)]
    crossing = taker.limit(BUY, "0.01", "60010")
    assert crossing.rests and hidden.rests and not taker.trades
    app_taker(desk).market(BUY, "0.01")
    assert hidden.status == "FILLED" and desk.listing.tape.trades[-1].is_rpi
    assert desk.listing.rpi_book.levels(SELL, 5) == []


def test_at_one_price_public_orders_come_before_hidden_ones() -> None:
    desk = Desk()
    hidden = desk.trader().limit(SELL, "0.01", "60000", RPI)
    public = desk.trader().limit(SELL, "0.01", "60000")
    app_taker(desk).market(BUY, "0.012")
    assert (public.filled_lots, hidden.filled_lots) == (10, 2)
    assert not desk.listing.tape.trades[0].is_rpi


@pytest.mark.parametrize("time_in_force", [GTX, RPI])
def test_what_only_makes_is_refused_where_it_would_take(time_in_force: str) -> None:
    desk = Desk()
    desk.trader().limit(SELL, "0.01", "60000")
    with pytest.raises(VenueError, match="-5022"):
        desk.trader().limit(BUY, "0.01", "60000", time_in_force)


def test_a_hidden_order_is_cancelled_like_any_other() -> None:
    desk = Desk()
    trader = desk.trader()
    order = trader.limit(BUY, "0.01", "60000", RPI)
    assert trader.cancel(order).status == "CANCELED"
    assert desk.listing.rpi_book.best(BUY) is None


@pytest.mark.parametrize(("status", "code"), [("TRADING_HALT", -4140), ("PENDING_TRADING", -4140), ("SETTLING", -4141)])
def test_a_symbol_that_does_not_trade_takes_no_orders_and_gives_all_back(status: str, code: int) -> None:
    desk = Desk()
    trader = desk.trader()
    before = trader.limit(BUY, "0.01", "60000")
    desk.listing.status = status
    with pytest.raises(VenueError, match=str(code)):
        trader.limit(BUY, "0.01", "60000")
    assert trader.cancel(before).status == "CANCELED"


@pytest.mark.parametrize(
    ("control", "buy", "sell"),
    [("BOTH", -4105, -4105), ("BUY", -4106, None), ("SELL", None, -4107), ("NONE", None, None)],
)
def test_a_controlled_side_may_only_reduce(control: str, buy: int | None, sell: int | None) -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.01", "60000")
    trader.market(BUY, "0.01")
    desk.listing.control_side = control
    for side, price, code in ((BUY, "59000", buy), (SELL, "61000", sell)):
        if code is None:
            assert trader.limit(side, "0.01", price).is_open
        else:
            with pytest.raises(VenueError, match=str(code)):
                trader.limit(side, "0.01", price)
    assert trader.limit(SELL, "0.005", "61000", reduce_only=True).is_open


def test_a_contract_without_retail_orders_refuses_them() -> None:
    desk = Desk()
    desk.permit_rpi(False)
    with pytest.raises(VenueError, match="-1115"):
        desk.trader().limit(BUY, "0.01", "60000", RPI)


def test_without_prevention_an_account_trades_with_itself() -> None:
    desk = Desk()
    trader = desk.trader()
    trader.limit(SELL, "0.01", "60000")
    taker = trader.limit(BUY, "0.01", "60000", self_trade_prevention="NONE")
    assert taker.status == "FILLED" and trader.held() == "0.000"
    assert [trade.side for trade in trader.trades] == [SELL, BUY]
    assert desk.imbalances() == {}
    trader.limit(SELL, "0.01", "60000")
    assert trader.limit(BUY, "0.01", "60000", "FOK", self_trade_prevention="NONE").status == "FILLED"


def test_market_quantity_keeps_to_both_lot_filters() -> None:
    desk = Desk()
    trader = desk.trader("100000000")
    with pytest.raises(VenueError, match="-4005"):
        trader.market(BUY, "120.001")
    assert desk.engine.listing(BTC).instrument.market_max_quantity == 120
