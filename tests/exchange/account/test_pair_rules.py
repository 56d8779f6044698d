"""What the exchange lists."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.faults import ConfigFault, UnreadableFault
from connector.core.trading_rule import TradingRule
from connector.exchange.account.pair_rules import PairRules
from connector.wire.instruments import Instruments
from tests.companions.sample_rules import BTC_RULE, rule_of

LISTED = Instruments({"BTC-USDT": BTC_RULE}, {"BTCUSDT": "BTC-USDT"}, ())


def test_a_rule_that_is_refreshed_is_everybodys() -> None:
    pair_rules = PairRules(("BTC-USDT",))
    handed_out = pair_rules.rules
    pair_rules.take(LISTED)
    assert handed_out["BTC-USDT"] is BTC_RULE
    assert (pair_rules.pair_of("BTCUSDT"), pair_rules.pair_of("ETHUSDT")) == ("BTC-USDT", None)


def test_a_pair_that_is_not_listed_is_refused() -> None:
    with pytest.raises(ConfigFault, match="DOGE-USDT"):
        PairRules(("DOGE-USDT",)).take(LISTED)


def test_whether_a_traded_pair_is_on_traditional_finance_is_known() -> None:
    pair_rules = PairRules(("BTC-USDT",))
    pair_rules.take(replace(LISTED, on_traditional_finance=("XAUUSDT",)))
    assert not pair_rules.trades_traditional, "the one that is, is not traded"
    pair_rules.take(replace(LISTED, on_traditional_finance=("BTCUSDT",)))
    assert pair_rules.trades_traditional


def listed(*rules: TradingRule, unusable: dict[str, str] | None = None) -> Instruments:
    by_symbol = {rule.symbol: rule for rule in rules}
    by_pair = {rule.trading_pair: rule for rule in rules}
    return Instruments(by_pair, {rule.symbol: rule.trading_pair for rule in rules}, (), by_symbol, unusable or {})


def test_a_pair_that_vanished_is_marked_and_keeps_nobody_behind_it_from_being_refreshed() -> None:
    pairs = ("BTC-USDT", "ETH-USDT", "SOL-USDT")
    first, second, third = (rule_of(pair) for pair in pairs)
    pair_rules = PairRules(pairs)
    pair_rules.take(listed(first, second, third))
    finer = replace(third, tick_size=third.tick_size / 10)
    pair_rules.refresh(listed(second, finer))
    assert (pair_rules.rule("BTC-USDT").is_trading, pair_rules.rule("BTC-USDT").status) == (False, "NOT_LISTED")
    assert pair_rules.rule("ETH-USDT") == second
    assert pair_rules.rule("SOL-USDT") == finer
    pair_rules.refresh(listed(first, second, finer))
    assert pair_rules.rule("BTC-USDT") == first


def test_a_pair_whose_row_can_not_be_read_keeps_its_rule_and_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    pair_rules = PairRules(("BTC-USDT", "ETH-USDT"))
    pair_rules.take(listed(rule_of("BTC-USDT"), rule_of("ETH-USDT")))
    finer = replace(rule_of("ETH-USDT"), tick_size=Decimal("0.01"))
    for _ in range(3):
        pair_rules.refresh(listed(finer, unusable={"BTC-USDT": "filters is missing", "XMR-USDT": "no step"}))
    assert pair_rules.rule("BTC-USDT") == rule_of("BTC-USDT")
    assert pair_rules.rule("ETH-USDT") == finer
    assert caplog.text.count("row of BTC-USDT is left out: filters is missing") == 1
    assert caplog.text.count("row of XMR-USDT") == 1


def test_a_pair_keeps_its_symbol_though_another_of_it_trades_now() -> None:
    """Its book and its orders are that symbol's."""
    pair_rules = PairRules(("BTC-USDT",))
    pair_rules.take(listed(BTC_RULE))
    closed, other = replace(BTC_RULE, is_trading=False, status="CLOSE"), replace(BTC_RULE, symbol="BTC2USDT")
    both = Instruments({"BTC-USDT": other}, {"BTC2USDT": "BTC-USDT"}, (), {"BTCUSDT": closed, "BTC2USDT": other})
    pair_rules.refresh(both)
    assert (pair_rules.rule("BTC-USDT").symbol, pair_rules.rule("BTC-USDT").is_trading) == ("BTCUSDT", False)


def test_a_list_of_nothing_is_believed_in_nothing() -> None:
    pair_rules = PairRules(("BTC-USDT",))
    pair_rules.take(listed(BTC_RULE))
    with pytest.raises(UnreadableFault, match="lists no perpetual contract"):
        pair_rules.refresh(listed())
    assert pair_rules.rule("BTC-USDT") is BTC_RULE
