import math
from typing import Any

import pytest

from tests.companions.market import scenes
from tests.companions.market.scenes import PAIR, SYMBOL, NewDecoder

BIDS = [("99", "1"), ("98", "2"), ("95", "4")]
ASKS = [("101", "1.5"), ("102", "2"), ("110", "10")]


@pytest.fixture
def book(new_decoder: NewDecoder) -> Any:
    decoder = new_decoder()
    book = decoder.new_book(PAIR, SYMBOL)
    book.replace(decoder.decode_snapshot(scenes.snapshot(7, BIDS, ASKS)))
    return book


def test_a_volume_is_paid_at_the_worst_level_that_it_reaches(book: Any) -> None:
    assert book.get_price_for_volume(True, 1.5)[1:] == (1.5, 101.0, 1.5)
    assert book.get_price_for_volume(True, 1.6)[1:] == (1.6, 102.0, 1.6)
    assert book.get_price_for_volume(False, 3.5)[1:] == (3.5, 95.0, 3.5)


def test_a_volume_beyond_the_book_has_no_price(book: Any) -> None:
    answer = book.get_price_for_volume(False, 8)
    assert math.isnan(answer.result_price)
    assert (answer.query_volume, answer.result_volume) == (8, 7.0)
    assert math.isnan(answer.query_price)


def test_the_average_price_weighs_what_each_level_gives(book: Any) -> None:
    assert book.get_vwap_for_volume(True, 2.5).result_price == pytest.approx((1.5 * 101 + 102) / 2.5)
    assert book.get_vwap_for_volume(False, 3).result_price == pytest.approx((99 + 2 * 98) / 3)
    assert book.get_vwap_for_volume(True, 0).result_price == 101.0
    assert math.isnan(book.get_vwap_for_volume(False, 7.1).result_price)
    assert book.get_vwap_for_volume(False, 7).result_volume == 7.0


def test_a_quote_volume_is_spent_from_the_touch_on(book: Any) -> None:
    assert book.get_price_for_quote_volume(True, 1.5 * 101).result_price == 101.0
    assert book.get_price_for_quote_volume(True, 200).result_price == 102.0
    assert math.isnan(book.get_price_for_quote_volume(False, 10_000).result_price)


def test_the_volume_at_a_price_or_better(book: Any) -> None:
    assert book.get_volume_for_price(True, 102.5) == pytest.approx((102.5, math.nan, 102.0, 3.5), nan_ok=True)
    assert book.get_volume_for_price(False, 98) == pytest.approx((98, math.nan, 98.0, 3.0), nan_ok=True)
    assert book.get_quote_volume_for_price(False, 98).result_volume == 99 + 2 * 98


def test_a_price_better_than_the_touch_finds_nothing(book: Any) -> None:
    for answer in (book.get_volume_for_price(True, 100), book.get_quote_volume_for_price(False, 100)):
        assert math.isnan(answer.result_price)
        assert answer.result_volume == 0.0


def test_an_empty_book_answers_with_nothing(new_decoder: NewDecoder) -> None:
    book = new_decoder().new_book(PAIR, SYMBOL)
    for answer in (book.get_price_for_volume(True, 1), book.get_vwap_for_volume(False, 0)):
        assert math.isnan(answer.result_price)


def test_the_book_as_two_tables(book: Any) -> None:
    bids, asks = book.snapshot
    assert list(bids.columns) == ["price", "amount", "update_id"]
    assert bids.to_numpy().tolist() == [[99.0, 1.0, 7.0], [98.0, 2.0, 7.0], [95.0, 4.0, 7.0]]
    assert asks["price"].tolist() == [101.0, 102.0, 110.0]
