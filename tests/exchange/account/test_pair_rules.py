"""What the exchange lists."""

from dataclasses import replace

import pytest

from connector.core.faults import ConfigFault
from connector.exchange.account.pair_rules import PairRules
from connector.wire.instruments import Instruments
from tests.companions.sample_rules import BTC_RULE

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
