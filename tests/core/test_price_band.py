"""How far from the mark price an order may be priced: tick 0.1, band 5 % to either side."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.amounts import plain
from connector.core.enums import TradeType
from connector.core.price_band import broken_band, broken_bound, edge, within
from tests.companions.sample_rules import BTC_RULE

D = Decimal
BUY, SELL = TradeType.BUY, TradeType.SELL
MARK = D("60000.07")


def test_the_edge_is_the_last_tick_within_the_band() -> None:
    assert edge(BTC_RULE, BUY, MARK) == D("63000")
    assert edge(BTC_RULE, SELL, MARK) == D("57000.1")


@pytest.mark.parametrize(
    ("side", "price", "is_broken"),
    [
        (BUY, "63000", False),
        (BUY, "63000.1", True),
        (BUY, "1", False),
        (SELL, "57000.1", False),
        (SELL, "57000", True),
        (SELL, "999999", False),
    ],
)
def test_buys_are_bound_from_above_and_sells_from_below(side: TradeType, price: str, is_broken: bool) -> None:
    broken = broken_band(BTC_RULE, side, D(price), MARK)
    assert (broken is not None) is is_broken
    limit = edge(BTC_RULE, side, MARK)
    assert within(BTC_RULE, side, D(price), MARK) == (limit if is_broken else D(price))
    if broken is not None:
        assert broken.rule == "PERCENT_PRICE"
        assert limit is not None
        assert plain(limit) in broken.limit


def test_a_pair_without_a_band_binds_nothing() -> None:
    free = replace(BTC_RULE, price_band_up=D(0), price_band_down=D(0))
    for side in TradeType:
        assert edge(free, side, MARK) is None
        assert broken_band(free, side, D(1), MARK) is None
        assert within(free, side, D(1), MARK) == 1


@pytest.mark.parametrize(
    ("side", "best", "rule"),
    [
        (BUY, "61800", None),
        (BUY, "61801", "marketTakeBound"),
        (BUY, "63001", "PERCENT_PRICE"),
        (SELL, "58201", None),
        (SELL, "58199", "marketTakeBound"),
        (SELL, "56999", "PERCENT_PRICE"),
    ],
)
def test_a_market_order_that_would_get_nothing_breaks_the_nearer_bound(
    side: TradeType, best: str, rule: str | None
) -> None:
    bounded = replace(BTC_RULE, market_take_bound=D("0.03"))
    broken = broken_bound(bounded, side, D(best), D(60_000))
    assert (broken.rule if broken else None) == rule
