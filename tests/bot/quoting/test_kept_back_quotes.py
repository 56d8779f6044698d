"""What the user's own limits never let out."""

from decimal import Decimal

import pytest

from connector.bot.quoting.kept_back_quotes import kept_back_quotes
from connector.core.enums import TradeType
from connector.risk.bounds import RiskBounds
from connector.strategies.ladder import Quote
from tests.companions.sample_rules import BTC_RULE

D = Decimal
QUOTES = (
    Quote("order_amount", TradeType.BUY, D(60_000), D("0.01")),
    Quote("order_amount", TradeType.SELL, D(60_100), D("0.01")),
)


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        (RiskBounds(), ""),
        (RiskBounds(max_position={"BTC": D("0.01")}), ""),
        (RiskBounds(max_position={"ETH": D("0.001")}), ""),
        (RiskBounds(max_position={"BTC": D("0.009")}), "max_position (0.009 BTC)"),
        (RiskBounds(max_position_notional=D(600)), "max_position_notional (600 USDT)"),
        (RiskBounds(max_open_orders_notional=D(599)), "max_open_orders_notional (599 USDT)"),
    ],
)
def test_a_key_is_told_once_with_the_limit_that_one_quote_of_it_would_pass(bounds: RiskBounds, told: str) -> None:
    lines = kept_back_quotes(bounds, BTC_RULE, QUOTES)
    assert len(lines) == bool(told)
    assert all(told in line for line in lines)
