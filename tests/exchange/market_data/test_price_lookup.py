from decimal import Decimal

import pytest

from connector.core.faults import ArgumentFault
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, connect

D = Decimal


async def test_touch_and_mark_are_the_markets_own(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    prices = connector.components.prices.prices_of(PAIR)
    assert (prices.best_bid, prices.best_ask) == (D(59_990), D(60_010))
    assert prices.mark == connector.components.prices.mark_price(PAIR) > 0


async def test_before_the_first_frame_nothing_is_made_up(venue: LocalExchange) -> None:
    connector = connect(venue)
    components = connector.components
    components.pair_rules.take(await components.api.instruments())
    components.feed.add(SYMBOL, PAIR)
    assert components.prices.mark_price(PAIR).is_nan()
    assert components.prices.prices_of(PAIR).best_bid.is_nan()
    await connector.stop_network()


async def test_a_pair_that_is_not_traded_is_told_by_name(connector: PerpetualDerivative) -> None:
    with pytest.raises(ArgumentFault, match="trading_pair: 'ETH-USDT': is not traded here; traded are: BTC-USDT"):
        connector.components.prices.feed_of("ETH-USDT")
