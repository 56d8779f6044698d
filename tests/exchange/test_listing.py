"""What the exchange lists."""

import pytest

from connector.core.faults import ConfigFault
from connector.exchange.listing import TAKEOVER_PREFIXES, Listing
from connector.wire.instruments import Instruments
from tests.samples import BTC_RULE

LISTED = Instruments({"BTC-USDT": BTC_RULE}, {"BTCUSDT": "BTC-USDT"}, ())


def test_a_rule_that_is_refreshed_is_everybodys() -> None:
    listing = Listing(("BTC-USDT",))
    handed_out = listing.rules
    listing.take(LISTED)
    assert handed_out["BTC-USDT"] is BTC_RULE
    assert (listing.pair_of("BTCUSDT"), listing.pair_of("ETHUSDT")) == ("BTC-USDT", None)


def test_a_pair_that_is_not_listed_is_refused() -> None:
    with pytest.raises(ConfigFault, match="DOGE-USDT"):
        Listing(("DOGE-USDT",)).take(LISTED)


def test_only_auto_deleveraging_is_told_as_such() -> None:
    assert [prefix for prefix, deleverages in TAKEOVER_PREFIXES.items() if deleverages] == ["adl_autoclose"]
