from dataclasses import replace
from itertools import pairwise

import pytest

from connector.simulator.accounts.events import AccountChanged, LeverageChanged
from connector.simulator.engine import Engine
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.default_instruments import BTCUSDT
from connector.simulator.market.orders import BUY, FOK, GTD, SELL
from tests.companions.simulator.traders import BTC, START_MS, Desk


def test_an_order_is_told_new_before_it_is_told_filled() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(SELL, "0.01", "60000")
    taker.market(BUY, "0.01")
    assert desk.order_events(taker) == [("NEW", "NEW", 0), ("TRADE", "FILLED", 0)]


def test_what_a_market_order_cannot_fill_expires_by_reason_nine() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(SELL, "0.01", "60000")
    maker.limit(SELL, "0.01", "63000.1")
    order = taker.market(BUY, "0.02")
    assert (order.filled_lots, order.status, order.expiry_reason) == (10, "EXPIRED", 9)
    assert desk.order_events(taker)[-1] == ("EXPIRED", "EXPIRED", 9)


def test_what_an_immediate_order_cannot_fill_expires_by_reason_two() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(SELL, "0.01", "60000")
    order = taker.limit(BUY, "0.02", "60000", "IOC")
    assert (order.filled_lots, order.status, order.expiry_reason) == (10, "EXPIRED", 2)
    assert desk.listing.book.best(BUY) is None


def test_fill_or_kill_fills_wholly_or_not_at_all() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.01", "60000")
    with pytest.raises(VenueError, match="-5021"):
        trader.limit(BUY, "0.011", "60000", FOK)
    assert trader.account.orders == {} and desk.order_events(trader) == []
    assert trader.limit(BUY, "0.01", "60000", FOK).status == "FILLED"


@pytest.mark.parametrize("mode", ["EXPIRE_TAKER", "EXPIRE_BOTH"])
def test_fill_or_kill_is_refused_where_an_own_order_stands_in_its_way(mode: str) -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.01", "60000")
    own = trader.limit(SELL, "0.01", "60001")
    other.limit(SELL, "0.01", "60002")
    with pytest.raises(VenueError, match="-5021"):
        trader.limit(BUY, "0.02", "60002", FOK, self_trade_prevention=mode)
    assert own.is_open and not trader.trades
    assert trader.limit(BUY, "0.01", "60002", FOK, self_trade_prevention=mode).status == "FILLED"


def test_a_cancelled_order_is_gone_once() -> None:
    desk = Desk()
    trader = desk.trader()
    order = trader.limit(BUY, "0.01", "60000")
    trader.cancel(order)
    assert (order.status, desk.listing.book.best(BUY)) == ("CANCELED", None)
    with pytest.raises(VenueError, match="-2011"):
        trader.cancel(order)


def test_nobody_cancels_what_is_not_his() -> None:
    desk = Desk()
    order = desk.trader().limit(BUY, "0.01", "60000")
    with pytest.raises(VenueError, match="-2011"):
        desk.trader().cancel(order)


def test_cancel_all_takes_one_symbol_of_one_account() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    trader.limit(BUY, "0.01", "60000")
    trader.limit(SELL, "0.01", "60100")
    stays = other.limit(BUY, "0.01", "59999")
    assert len(desk.engine.cancel_all(trader.id, BTC, desk.now_ms)) == 2
    assert stays.is_open and not trader.account.has_open_orders()


@pytest.mark.parametrize("leverage", [0, 126])
def test_leverage_outside_the_contracts_range_is_refused(leverage: int) -> None:
    desk = Desk()
    with pytest.raises(VenueError, match="-4028"):
        desk.engine.set_leverage(desk.trader().id, BTC, leverage, desk.now_ms)


def test_a_leverage_that_changed_is_told_once() -> None:
    desk = Desk()
    trader = desk.trader()
    for _ in range(2):
        assert desk.engine.set_leverage(trader.id, BTC, 50, desk.now_ms) == 12_000_000
    events = [change for change in desk.events(trader) if isinstance(change, LeverageChanged)]
    assert events == [LeverageChanged(trader.id, desk.now_ms, BTC, 50)]


def test_leverage_cannot_go_where_the_position_would_be_too_large_or_margin_too_short() -> None:
    desk = Desk()
    trader, other = desk.trader("50000"), desk.trader("1000000")
    other.limit(SELL, "10", "60000")
    trader.market(BUY, "10")
    with pytest.raises(VenueError, match="-2027"):
        desk.engine.set_leverage(trader.id, BTC, 125, desk.now_ms)
    with pytest.raises(VenueError, match="-2028"):
        desk.engine.set_leverage(trader.id, BTC, 2, desk.now_ms)
    assert trader.account.leverage(BTC) == 20


def test_the_position_mode_changes_only_when_flat_and_without_orders() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    with pytest.raises(VenueError, match="-4059"):
        desk.engine.set_hedge(trader.id, False)
    order = trader.limit(BUY, "0.01", "60000")
    with pytest.raises(VenueError, match="-4067"):
        desk.engine.set_hedge(trader.id, True)
    other.market(SELL, "0.01")
    assert order.status == "FILLED"
    with pytest.raises(VenueError, match="-4068"):
        desk.engine.set_hedge(trader.id, True)


def test_a_transfer_is_booked_and_told() -> None:
    desk = Desk()
    trader = desk.trader("100")
    desk.events(trader)
    desk.engine.transfer(trader.id, -40 * 10**8, desk.now_ms)
    (event,) = desk.events(trader)
    assert isinstance(event, AccountChanged)
    (row,) = event.balances
    assert (event.reason, row.change_e8, row.wallet_e8) == ("WITHDRAW", -40 * 10**8, 60 * 10**8)
    with pytest.raises(VenueError, match="-2018"):
        desk.engine.transfer(trader.id, -61 * 10**8, desk.now_ms)


def test_funding_comes_at_its_time_and_then_at_every_interval() -> None:
    engine = Engine(START_MS, funding_first_ms=12_000, funding_interval_ms=5_000)
    for second in range(30):
        engine.advance(START_MS + second * 1_000)
    due = [row.funding_ms - START_MS for row in engine.settlements if row.symbol == BTC]
    assert due == [12_000, 17_000, 22_000, 27_000]


def test_settlements_that_were_slept_through_are_settled_once() -> None:
    engine = Engine(START_MS, funding_first_ms=12_000, funding_interval_ms=5_000)
    engine.advance(START_MS + 24_000)
    assert [row.funding_ms - START_MS for row in engine.settlements if row.symbol == BTC] == [22_000]
    assert engine.listings[BTC].mark_price.next_funding_ms == START_MS + 27_000


def test_a_dated_order_expires_at_its_date() -> None:
    desk = Desk()
    trader = desk.trader()
    order = trader.limit(BUY, "0.01", "60000", GTD, good_till_ms=START_MS + 700_000)
    desk.engine.advance(START_MS + 699_999)
    assert order.is_open
    desk.engine.advance(START_MS + 700_000)
    assert order.status == "EXPIRED"


@pytest.mark.parametrize("end", ["cancelled", "filled"])
def test_a_dated_order_that_ended_is_not_kept_until_its_date(end: str) -> None:
    desk = Desk()
    trader = desk.trader()
    order = trader.limit(BUY, "0.01", "60000", GTD, good_till_ms=START_MS + 700_000)
    assert list(desk.engine.clearing.dated) == [order]
    if end == "cancelled":
        trader.cancel(order)
    else:
        desk.trader().market(SELL, "0.01")
    assert not desk.engine.clearing.dated


def test_an_order_that_waited_for_a_year_expires() -> None:
    desk = Desk()
    trader = desk.trader()
    order = trader.limit(BUY, "0.01", "60000")
    year_ms = 365 * 86_400_000
    desk.engine.advance(START_MS + year_ms - 1)
    assert order.is_open
    desk.engine.advance(START_MS + year_ms + 3_600_000)
    assert order.status == "EXPIRED"


def test_a_gain_that_is_not_realised_pays_for_margin_and_does_not_leave_itself() -> None:
    desk = Desk()
    trader, other = desk.trader("1000"), desk.trader()
    other.limit(SELL, "0.1", "60000")
    trader.market(BUY, "0.1")
    for mark, most_e8 in (("61000", trader.account.wallet_e8 - 205 * E8), ("75000", 205 * E8)):
        desk.mark(mark)
        with pytest.raises(VenueError, match="-2018"):
            desk.engine.transfer(trader.id, -most_e8 - 1, desk.now_ms)
        desk.engine.transfer(trader.id, -most_e8, desk.now_ms)
    assert trader.account.wallet_e8 == 0


def test_an_unknown_symbol_is_refused() -> None:
    with pytest.raises(VenueError, match="-1121"):
        Desk().engine.listing("btcusdt")


def long_engine(count: int) -> Engine:
    rows = [replace(BTCUSDT, symbol=f"C{number}USDT") for number in range(count)]
    return Engine(START_MS, rows, funding_first_ms=1_000, funding_interval_ms=60_000)


def test_funding_of_many_contracts_is_settled_some_a_call_and_all_of_it_for_the_same_moment() -> None:
    engine = long_engine(50)
    for number, settled in enumerate((20, 40, 50, 50)):
        engine.advance(START_MS + 1_000 + 50 * number)
        assert len(engine.settlements) == settled
    assert {row.funding_ms for row in engine.settlements} == {START_MS + 1_000}
    assert {listing.mark_price.next_funding_ms for listing in engine.listings.values()} == {START_MS + 61_000}


def test_prices_of_many_contracts_are_sampled_some_a_call_and_each_of_them_every_second() -> None:
    engine = long_engine(500)

    def sampled(ms: int) -> int:
        """How many contracts' minutes count more samples than before."""
        engine.move_prices({}, START_MS + ms)
        seconds = (listing.mark_price.mark_candles.series("1m", START_MS + ms) for listing in engine.listings.values())
        return sum(bar.count for series in seconds for bar in series.bars)

    counts = [sampled(ms) for ms in range(0, 4_000, 50)]
    assert all(after - before <= 500 // 8 for before, after in pairwise(counts))
    assert counts[19] == 500 and counts[-1] == 2_000
