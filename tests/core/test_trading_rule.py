"""A broken rule is named with its limit, the value and the way out."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import OrderType, TradeType
from connector.core.trading_rule import TradingRule
from tests.companions.sample_rules import BTC_RULE as RULE

D = Decimal


def test_prices_move_away_from_the_market() -> None:
    assert RULE.quantize_price(D("60000.17"), TradeType.BUY) == D("60000.1")
    assert RULE.quantize_price(D("60000.17"), TradeType.SELL) == D("60000.2")
    assert RULE.quantize_price(D("60000.17")) == D("60000.1")


def test_amounts_are_cut_to_the_lot_of_their_order_type() -> None:
    rule = replace(RULE, market_step_size=D("0.01"))
    assert rule.quantize_amount(D("0.0199")) == D("0.019")
    assert rule.quantize_amount(D("0.0199"), OrderType.MARKET) == D("0.01")


def test_an_order_within_all_rules_breaks_none() -> None:
    assert RULE.broken_by(D("0.002"), D("60000.1")) is None


@pytest.mark.parametrize(
    ("amount", "price", "rule", "remedy"),
    [
        ("0", "60000", "LOT_SIZE", "use at least 0.001"),
        ("0.0001", "60000", "LOT_SIZE", "use at least 0.001"),
        ("1001", "60000", "LOT_SIZE", "use at most 1000"),
        ("0.0015", "60000", "LOT_SIZE", "use a multiple, such as 0.001"),
        ("0.002", "500", "PRICE_FILTER", "use at least 556.8"),
        ("0.002", "5000000", "PRICE_FILTER", "use at most 4529764"),
        ("0.002", "60000.05", "PRICE_FILTER", "quantize the price first"),
        ("0.001", "40000", "MIN_NOTIONAL", "use an amount of at least 0.002"),
    ],
)
def test_the_broken_rule_is_named_with_the_way_out(amount: str, price: str, rule: str, remedy: str) -> None:
    broken = RULE.broken_by(D(amount), D(price))
    assert broken is not None
    assert (broken.rule, broken.remedy) == (rule, remedy)
    assert broken.remedy in str(broken)


def test_a_reducing_order_is_free_of_the_minimum_notional_but_not_of_the_lot() -> None:
    assert RULE.broken_by(D("0.001"), D("40000"), reduce_only=True) is None
    broken = RULE.broken_by(D("0.0001"), D("40000"), reduce_only=True)
    assert broken is not None and broken.rule == "LOT_SIZE"


def test_a_market_order_has_a_largest_amount_of_its_own() -> None:
    assert RULE.broken_by(D("121"), D("60000")) is None
    broken = RULE.broken_by(D("121"), D("60000"), OrderType.MARKET)
    assert broken is not None and broken.rule == "MARKET_LOT_SIZE"


def test_a_pair_that_does_not_trade_takes_no_order() -> None:
    broken = replace(RULE, is_trading=False, status="SETTLING").broken_by(D("0.002"), D("60000"))
    assert broken is not None and (broken.rule, broken.value) == ("symbol status", "SETTLING")


def test_the_least_amount_satisfies_lot_and_notional_together() -> None:
    least = RULE.least_amount(D("40000"))
    assert least == D("0.002")
    assert RULE.broken_by(least, D("40000")) is None
    assert RULE.broken_by(least - RULE.step_size, D("40000")) is not None


def test_a_bot_finds_the_names_it_knows() -> None:
    assert isinstance(RULE, TradingRule)
    assert RULE.min_price_increment == RULE.tick_size == D("0.1")
    assert RULE.min_base_amount_increment == RULE.step_size == D("0.001")
    assert (RULE.min_order_size, RULE.max_order_size, RULE.min_notional_size) == (D("0.001"), D(1000), D(50))
    assert RULE.buy_order_collateral_token == RULE.sell_order_collateral_token == "USDT"
