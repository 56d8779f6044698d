from connector.market.facts import BookTicker, Level, ScaledNumber
from tests.companions.market.scenes import D


def test_a_scaled_number_is_the_number_as_written() -> None:
    assert ScaledNumber(76110, 4).exact == D("7.6110")
    assert ScaledNumber(621_368, 0).exact == D(621_368)
    assert ScaledNumber(999_999_999_999_999_999, 18).exact == D("0.999999999999999999")


def test_a_ticker_with_a_price_of_zero_says_that_the_side_is_empty() -> None:
    empty = Level(ScaledNumber(0, 0), ScaledNumber(0, 0))
    ticker = BookTicker("BTCUSDT", 1, 5, Level(ScaledNumber(1, 1), ScaledNumber(2, 0)), empty)
    assert ticker.best_bid == (D("0.1"), D(2))
    assert ticker.best_ask is None
