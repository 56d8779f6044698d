"""One pair's rule in whole numbers."""

from decimal import Decimal

import pytest

from connector.account.margin_book import BOTH, AssetSum
from connector.account.order_cost import MarketPrices
from connector.account.pair_budget import PairBudget
from connector.core.amounts import E8
from connector.venue.contracts import INVERSE, LINEAR
from tests.companions.account.scenes import FLAT_PRICES, position
from tests.companions.orders.scenes import fill
from tests.companions.sample_rules import BTC_RULE, rule_of

D = Decimal


def test_contracts_are_counted_by_their_size() -> None:
    pair = PairBudget(INVERSE, rule_of("BTC-USD", contract_size=D(100)), AssetSum())
    assert pair.sized(D(3)) == 300 * E8
    assert pair.amount(300 * E8) == 3


@pytest.mark.parametrize(("lots", "is_limit", "passes"), [("0.001", True, True), ("0.0009", True, False)])
def test_the_least_of_the_lot_filter(lots: str, is_limit: bool, passes: bool) -> None:
    pair = PairBudget(LINEAR, BTC_RULE, AssetSum())
    assert pair.is_least(pair.sized(D(lots)), is_limit=is_limit) is passes


def test_the_least_notional_is_judged_at_the_orders_price_and_a_market_orders_at_mark() -> None:
    pair = PairBudget(LINEAR, BTC_RULE, AssetSum())
    pair.take_prices(FLAT_PRICES)
    half = pair.sized(D("0.5"))
    assert pair.is_worth(half, 100 * E8)
    assert not pair.is_worth(half, 99 * E8)
    assert pair.is_worth(half, 0)


def test_prices_that_are_not_known_change_nothing() -> None:
    pair = PairBudget(LINEAR, BTC_RULE, AssetSum())
    lost = MarketPrices(D("NaN"), D(1), D(1), D(1))
    assert not pair.take_prices(lost)
    assert pair.take_prices(FLAT_PRICES)
    assert pair.take_prices(lost)
    assert pair.sums.mark_e8 == 100 * E8


def test_an_empty_side_of_the_book_hides_no_mark() -> None:
    pair = PairBudget(LINEAR, BTC_RULE, AssetSum())
    assert pair.take_prices(MarketPrices(D(100), D("NaN"), D(99), D("NaN")))
    assert pair.sums.mark_e8 == pair.sums.last_e8 == 100 * E8


def test_a_trade_that_is_told_twice_counts_once() -> None:
    """1 at 100 and 2 at 101 are 302, whatever price is told."""
    pair = PairBudget(LINEAR, BTC_RULE, AssetSum())
    pair.take_prices(FLAT_PRICES)
    for trade in (fill("7", "1", "100"), fill("8", "2", "101"), fill("8", "2", "101")):
        pair.take_trade(BOTH, trade, is_buy=True)
    pair.take_position(BOTH, position("3", entry="100.66666667"), is_isolated=False)
    assert pair.stake(BOTH).cost == 302 * E8 * E8
    assert pair.sums.figures(BOTH)[2] == -2 * E8


def test_the_margin_type_of_a_flat_pair_is_that_of_its_orders() -> None:
    pair = PairBudget(LINEAR, BTC_RULE, AssetSum())
    pair.take_prices(FLAT_PRICES)
    pair.take_position(BOTH, None, is_isolated=True)
    pair.sums.order(BOTH, True, 90 * E8, E8)
    assert pair.is_isolated(BOTH)
    assert pair.asset.isolated_orders_e8 == 90 * E8


def test_what_is_left_to_close_is_the_position_less_what_waits() -> None:
    pair = PairBudget(LINEAR, BTC_RULE, AssetSum())
    pair.take_position(BOTH, position("-3"), is_isolated=False)
    pair.closers[BOTH, True] = E8
    assert pair.room_to_close(BOTH, True) == 2 * E8
    assert pair.room_to_close(BOTH, False) == 0
    pair.closers_granted[BOTH, True] = 5 * E8
    assert pair.room_to_close(BOTH, True) == 0
    pair.release()
    assert pair.room_to_close(BOTH, True) == 2 * E8
    pair.take_position(BOTH, None, is_isolated=False)
    assert pair.room_to_close(BOTH, True) == 0
