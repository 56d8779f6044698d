"""What of a connector is one strategy's."""

from decimal import Decimal

import pytest

from connector.bot.quoting.own_part import Everything, OfPairs
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, until

pytestmark = pytest.mark.virtual_time

D = Decimal


async def test_a_strategy_that_is_alone_has_everything_and_one_of_another_pair_nothing_of_it(
    connector: PerpetualDerivative, log: EventLog, venue: LocalExchange
) -> None:
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D("59000"))
    connector.sell(PAIR, D("0.004"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: bool(connector.account_positions), "the position")
    everything, of_pair, of_another = (
        Everything(connector),
        OfPairs(connector, (PAIR,)),
        OfPairs(connector, ("ETH-USDT",)),
    )
    for part in (everything, of_pair):
        assert [order.client_order_id for order in part.orders()] == [name]
        assert part.owns(name)
        assert [row.amount for row in part.held(PAIR)] == [D("-0.004")]
    assert not of_another.orders()
    assert not of_another.owns(name)
    assert not of_another.held("ETH-USDT")
