from collections.abc import Callable
from decimal import Decimal

import pytest

from connector.simulator.errors import VenueError
from connector.simulator.market.orders import BUY, GTD, GTX, LIMIT, LONG, SELL, SHORT, OrderRequest
from tests.companions.simulator.traders import BTC, START_MS, Desk, Trader


def refused(deed: Callable[[], object]) -> int:
    with pytest.raises(VenueError) as refusal:
        deed()
    return refusal.value.code


def long_of(desk: Desk, quantity: str) -> Trader:
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, quantity, "60000")
    trader.market(BUY, quantity)
    return trader


def test_a_client_id_is_taken_while_its_order_is_open() -> None:
    desk = Desk()
    trader = desk.trader()
    first = trader.limit(BUY, "0.01", "60000", client_order_id="x")
    assert refused(lambda: trader.limit(BUY, "0.01", "60000", client_order_id="x")) == -4116
    trader.cancel(first)
    assert trader.limit(BUY, "0.01", "60000", client_order_id="x").is_open


@pytest.mark.parametrize("client_id", ["a" * 37, "with space", "ünder"])
def test_a_client_id_keeps_to_the_venues_letters(client_id: str) -> None:
    trader = Desk().trader()
    assert refused(lambda: trader.limit(BUY, "0.01", "60000", client_order_id=client_id)) == -4015


def test_the_position_side_follows_the_accounts_mode() -> None:
    desk = Desk()
    trader = desk.trader()
    assert refused(lambda: trader.limit(BUY, "0.01", "60000", position_side=LONG)) == -4061
    desk.engine.set_hedge(trader.id, True)
    assert refused(lambda: trader.limit(BUY, "0.01", "60000")) == -4061
    reducing = {"position_side": LONG, "reduce_only": True}
    assert refused(lambda: trader.limit(SELL, "0.01", "60000", **reducing)) == -4062


def test_reduce_only_is_refused_without_a_position_to_reduce() -> None:
    desk = Desk()
    trader = desk.trader()
    assert refused(lambda: trader.limit(SELL, "0.01", "60000", reduce_only=True)) == -2022
    trader = long_of(desk, "0.01")
    assert refused(lambda: trader.limit(BUY, "0.01", "59000", reduce_only=True)) == -2022


def test_an_oversize_reduce_only_order_is_cut_and_the_next_one_refused() -> None:
    trader = long_of(Desk(), "0.01")
    cut = trader.limit(SELL, "0.05", "61000", reduce_only=True)
    assert cut.lots == 10
    assert refused(lambda: trader.limit(SELL, "0.001", "61000", reduce_only=True)) == -4118


def test_closing_in_hedge_mode_never_exceeds_the_position() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    desk.engine.set_hedge(trader.id, True)
    assert refused(lambda: trader.limit(SELL, "0.01", "60000", position_side=LONG)) == -2022
    other.limit(SELL, "0.01", "60000")
    trader.market(BUY, "0.01", position_side=LONG)
    assert refused(lambda: trader.limit(SELL, "0.02", "60000", position_side=LONG)) == -2022
    assert trader.limit(SELL, "0.01", "60000", position_side=LONG).is_open
    assert refused(lambda: trader.limit(SELL, "0.001", "60000", position_side=LONG)) == -4118
    assert trader.limit(SELL, "0.01", "60000", position_side=SHORT).is_open


def test_a_post_only_order_that_would_take_leaves_no_trace() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.01", "60000")
    assert refused(lambda: trader.limit(BUY, "0.01", "60000", GTX)) == -5022
    assert trader.account.orders == {} and desk.events(trader)[1:] == []
    assert trader.limit(BUY, "0.01", "59999.9", GTX).is_open


def test_the_two_hundred_and_first_open_order_is_refused() -> None:
    trader = Desk().trader()
    for _ in range(200):
        trader.limit(BUY, "0.01", "30000")
    assert refused(lambda: trader.limit(BUY, "0.01", "30000")) == -2025


def test_margin_that_is_short_refuses_and_just_enough_is_enough() -> None:
    desk = Desk()
    trader = desk.trader("300")
    assert refused(lambda: trader.limit(BUY, "0.101", "60000")) == -2019
    assert trader.limit(BUY, "0.1", "60000").is_open
    assert refused(lambda: trader.limit(BUY, "0.001", "60000")) == -2019


def test_closing_needs_no_margin_even_when_nothing_is_left() -> None:
    desk = Desk()
    trader, other = desk.trader("310"), desk.trader()
    other.limit(SELL, "0.1", "60000")
    trader.market(BUY, "0.1")
    desk.mark("58000")
    other.limit(BUY, "0.1", "57990")
    assert trader.market(SELL, "0.1").status == "FILLED"


def test_the_bracket_of_the_leverage_bounds_the_position() -> None:
    desk = Desk()
    trader = desk.trader("1000000")
    desk.engine.set_leverage(trader.id, BTC, 125, desk.now_ms)
    assert trader.limit(BUY, "5", "60000").is_open
    assert refused(lambda: trader.limit(BUY, "0.001", "60000")) == -2027
    assert trader.limit(SELL, "1", "60100").is_open


def test_a_market_order_is_refused_when_the_best_price_is_out_of_bounds() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.01", "66000")
    assert refused(lambda: trader.market(BUY, "0.01")) == -4131


def test_a_good_till_date_lies_more_than_ten_minutes_ahead() -> None:
    trader = Desk().trader()
    early, late = START_MS + 600_000, START_MS + 601_000
    assert refused(lambda: trader.limit(BUY, "0.01", "60000", GTD, good_till_ms=early)) == -5040
    assert trader.limit(BUY, "0.01", "60000", GTD, good_till_ms=late).is_open


def test_a_matched_price_is_that_of_the_book() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.01", "60010")
    other.limit(BUY, "0.01", "60000")

    def matched(price_match: str) -> OrderRequest:
        return OrderRequest(BTC, BUY, LIMIT, Decimal("0.01"), price_match=price_match)

    assert trader.place(matched("QUEUE")).price_ticks == 600_000
    assert refused(lambda: trader.place(matched("OPPONENT_5"))) == -5041
    assert trader.place(matched("OPPONENT")).status == "FILLED"
