"""A remedy that is named is done."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.enums import OrderType, PositionAction, PositionMode
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, until
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


async def test_rules_that_were_changed_elsewhere_are_read_again(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.act(lambda engine, now_ms: engine.set_status(SYMBOL, "TRADING_HALT"))
    assert connector.trading_rules[PAIR].is_trading
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(59_000))
    await log.waits_for(MarketEvent.OrderFailure)
    await until(lambda: not connector.trading_rules[PAIR].is_trading, "read again")


@pytest.mark.parametrize("own_settings", [{"check_budget": True}, {"check_budget": False}])
async def test_a_leverage_that_was_changed_elsewhere_is_read_again(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("lost_user_event", event="ACCOUNT_CONFIG_UPDATE")
    venue.act(lambda engine, now_ms: engine.set_leverage(venue.account_id, SYMBOL, 125, now_ms))
    assert connector.get_leverage(PAIR) != 125
    connector.buy(PAIR, D(8), OrderType.LIMIT, D(59_000))
    await log.waits_for(MarketEvent.OrderFailure)
    await until(lambda: connector.get_leverage(PAIR) == 125, "read again")


async def test_what_the_budget_goes_by_is_read_again_once_a_minute_however_often_it_refuses(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    with counted_requests(connector) as sent:
        for _ in range(100):
            connector.buy(PAIR, D(90), OrderType.LIMIT, D(59_000))
            await asyncio.sleep(1)
        assert sent["POST /fapi/v1/order"] == 0
        assert sent["GET /fapi/v1/symbolConfig"] == 3, "once of these is for all that is read every minute"
    assert len(log.of(MarketEvent.OrderFailure)) == 100
