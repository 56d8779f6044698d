import pytest

from tests.strategies.scene import BUY, CLOSE, SELL, D, long_of, moment, own, short_of


def test_mid_price_lies_between_the_best_prices_unrounded() -> None:
    assert moment(best_bid=D("59999.9"), best_ask=D("60000.0")).mid_price == D("59999.95")


@pytest.mark.parametrize("empty_side", ["best_bid", "best_ask"])
def test_there_is_no_mid_price_while_a_side_is_empty(empty_side: str) -> None:
    assert moment(**{empty_side: None}).mid_price is None


def test_a_position_of_zero_counts_as_none() -> None:
    assert moment(positions=(long_of("0"), short_of("0.5"))).open_positions == (short_of("0.5"),)


def test_a_long_position_is_opened_by_buys_and_closed_by_sells() -> None:
    assert (long_of("1").opening_side, long_of("1").closing_side, long_of("1").sign) == (BUY, SELL, 1)
    assert (short_of("1").opening_side, short_of("1").closing_side, short_of("1").sign) == (SELL, BUY, -1)


def test_quotes_and_exits_of_a_side_are_told_apart_by_what_they_may_do() -> None:
    quote, exit_order = own(SELL, "60600", name="q"), own(SELL, "60300", name="x", action=CLOSE)
    view = moment(orders=(quote, exit_order, own(BUY, "59400")))
    assert view.quotes(SELL) == (quote,)
    assert view.exits(SELL) == (exit_order,)
    assert view.own(SELL) == (quote, exit_order)
    assert view.exits(BUY) == ()


def test_a_view_speaks_of_the_pair_of_its_rule() -> None:
    assert moment().trading_pair == "BTC-USDT"
