import pytest

from connector.core.intents import CancelIntent
from tests.companions.strategies.scene import BUY, CLOSE, SELL, D, long_of, moment, own, short_of


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


@pytest.mark.parametrize(("price", "met"), [("59999.9", []), ("60000", ["near"]), ("60100", ["near", "far"])])
def test_an_order_faces_those_of_ours_that_it_would_trade_with(price: str, met: list[str]) -> None:
    orders = own(SELL, "60000", name="near"), own(SELL, "60100", name="far", cancelling=True), own(BUY, "1", name="b")
    assert [order.client_order_id for order in moment(orders=orders).facing(BUY, D(price))] == met


def test_after_a_cancel_the_order_is_going_and_the_others_are_as_they_were() -> None:
    view = moment(orders=(own(SELL, "60600", name="a"), own(SELL, "60700", name="b")))
    later = view.after([CancelIntent("BTC-USDT", "a")])
    assert [order.is_pending_cancel for order in later.orders] == [True, False]
    assert view.after([]) == view
