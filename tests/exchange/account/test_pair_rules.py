"""What the exchange lists."""

import pytest

from connector.core.faults import ConfigFault
from connector.exchange.account.pair_rules import PairRules
from connector.wire.instruments import Instruments
from tests.companions.sample_rules import BTC_RULE

LISTED = Instruments({"BTC-USDT": BTC_RULE}, {"BTCUSDT": "BTC-USDT"}, ())


def test_a_rule_that_is_refreshed_is_everybodys() -> None:
    listing = PairRules(("BTC-USDT",))
    handed_out = listing.rules
    listing.take(LISTED)
    assert handed_out["BTC-USDT"] is BTC_RULE
    assert (listing.pair_of("BTCUSDT"), listing.pair_of("ETHUSDT")) == ("BTC-USDT", None)


def test_a_pair_that_is_not_listed_is_refused() -> None:
    with pytest.raises(ConfigFault, match="DOGE-USDT"):
        PairRules(("DOGE-USDT",)).take(LISTED)
