"""A refusal in words."""

from decimal import Decimal

import pytest

from connector.core.enums import OrderType
from connector.core.trading_rule import TradingRule
from tests.companions.account.scenes import BUY, candidate, desk_with
from tests.companions.sample_rules import rule_of

D = Decimal


@pytest.mark.parametrize(
    ("amount", "order_type", "text"),
    [
        ("0.05", OrderType.LIMIT, "BTC-USDT buy 0.05: LOT_SIZE (minimum 0.1); 0.1 would pass"),
        ("0.05", OrderType.MARKET, "BTC-USDT buy 0.05: MARKET_LOT_SIZE (minimum 0.1); 0.1 would pass"),
        ("1", OrderType.LIMIT, ""),
        ("0", OrderType.LIMIT, ""),
    ],
)
def test_what_is_below_a_minimum_is_told_the_least_that_passes(amount: str, order_type: OrderType, text: str) -> None:
    desk = desk_with("1000")
    desk.rule_of = _small
    assert desk.budget.explain(candidate(BUY, amount, "100", order_type=order_type)) == text


def _small(trading_pair: str) -> TradingRule:
    return rule_of(trading_pair, step_size=D("0.1"), min_amount=D("0.1"), min_market_amount=D("0.1"), min_notional=D(5))
