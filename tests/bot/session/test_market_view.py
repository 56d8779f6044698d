"""From the connector to the strategy's view."""

from decimal import Decimal

import pytest

from connector.bot.quoting.own_part import Everything
from connector.bot.session.market_view import market_view
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, EventLog, until

pytestmark = pytest.mark.virtual_time

D = Decimal


async def test_a_position_is_seen_as_the_exchange_has_it(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.sell(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: PAIR in connector.account_positions, "the push")
    view = market_view(connector, Everything(connector), PAIR, 1_000, 900, depth=False)
    (position,) = view.positions
    assert (position.amount, position.entry_price) == (D("-0.010"), 59_990)
    assert (view.last_own_price, view.last_complete_fill_ms) == (59_990, 900)
    assert (view.bids, view.asks) == ((), ()), "depth was not asked for"
    assert view.seconds_to_funding is not None
    assert view.mark_price is not None


async def test_a_view_is_not_ready_when_the_connector_is_not(connector: PerpetualDerivative) -> None:
    assert market_view(connector, Everything(connector), PAIR, 1_000, None, depth=False).ready
    await connector.stop_network()
    assert not market_view(connector, Everything(connector), PAIR, 1_000, None, depth=False).ready
