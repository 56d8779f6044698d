"""From wanted quotes to what is asked for."""

from dataclasses import replace

from connector.strategies.ladder import Quote
from connector.strategies.resting import on_grid, toward
from tests.companions.strategies.scene import (
    BUY,
    CLOSE,
    RULE,
    SELL,
    D,
    cancelled,
    come_true,
    moment,
    orders_of,
    own,
    shown,
)

WANTED = (Quote("order_amount", BUY, D(59_900), D("0.01")), Quote("order_amount", SELL, D(60_100), D("0.01")))


def test_what_is_missing_is_placed_and_what_rests_as_wanted_stays() -> None:
    intents = toward(moment(), WANTED)
    assert shown(orders_of(intents)) == [("BUY", "59900", "0.01"), ("SELL", "60100", "0.01")]
    assert toward(come_true(moment(), intents), WANTED) == ()


def test_what_is_not_wanted_goes_first_and_its_side_waits_for_that() -> None:
    stray = moment(orders=(own(BUY, "59800", name="stray"),))
    intents = toward(stray, WANTED)
    assert cancelled(intents) == ["stray"]
    assert shown(orders_of(intents)) == [("SELL", "60100", "0.01")]
    going = moment(orders=(own(BUY, "59800", name="stray", cancelling=True),))
    assert shown(orders_of(toward(going, WANTED))) == [("SELL", "60100", "0.01")]


def test_a_quote_within_the_tolerance_stays_and_one_that_is_too_large_goes() -> None:
    near = moment(orders=(own(BUY, "59899", name="near"),))
    assert cancelled(toward(near, WANTED, D("0.0001"))) == []
    assert cancelled(toward(near, WANTED)) == ["near"]
    large = moment(orders=(own(BUY, "59900", "0.02", name="large"),))
    assert cancelled(toward(large, WANTED)) == ["large"]


def test_nothing_is_placed_that_would_take_or_meet_our_own_or_break_a_rule() -> None:
    crossing = (Quote("order_amount", BUY, D("60000.1"), D("0.01")),)
    assert toward(moment(), crossing) == ()
    exit_order = own(SELL, "59900", name="exit", action=CLOSE)
    assert orders_of(toward(moment(orders=(exit_order,)), WANTED[:1])) == []
    assert toward(moment(), (replace(WANTED[0], amount=D("0.0001")),)) == ()
    assert toward(moment(best_ask=None), WANTED[:1]) == ()


def test_a_pair_that_does_not_trade_takes_no_order_and_loses_its_quotes() -> None:
    halted = moment(orders=(own(BUY, "59900", name="buy"),), rule=replace(RULE, is_trading=False))
    intents = toward(halted, WANTED)
    assert (cancelled(intents), orders_of(intents)) == (["buy"], [])


def test_prices_lie_on_the_grid_away_from_the_market() -> None:
    assert on_grid(moment(), Quote("k", BUY, D("59900.19"), D("0.0109"))).price == D("59900.1")
    assert on_grid(moment(), Quote("k", SELL, D("60100.11"), D("0.0109"))) == Quote("k", SELL, D("60100.2"), D("0.010"))
