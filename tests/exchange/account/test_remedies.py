"""A remedy that is named is done."""

import asyncio
from decimal import Decimal

from connector.core.enums import OrderType, PositionAction, PositionMode
from connector.core.events import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, until
from tests.companions.orders.counted_requests import counted_requests

D = Decimal


async def test_a_position_mode_that_was_changed_elsewhere_is_read_again(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.act(lambda engine, now_ms: engine.set_hedge(venue.account_id, True))
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(59_000))
    await log.waits_for(MarketEvent.OrderFailure)
    await until(lambda: connector.position_mode is PositionMode.HEDGE, "read again")
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)


async def test_a_position_that_is_not_there_is_read_again_once_however_often_that_is_told(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    with counted_requests(connector) as sent:
        for _ in range(5):
            connector.sell(PAIR, D("0.010"), OrderType.MARKET, position_action=PositionAction.CLOSE)
            await asyncio.sleep(0.1)
        assert sent["GET /fapi/v3/positionRisk"] == 1
    assert len(log.of(MarketEvent.OrderFailure)) == 5
