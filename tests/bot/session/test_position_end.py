"""The end of a run, for a position: closed at the market, whatever it takes, as long as there is time."""

import asyncio
from dataclasses import replace

import pytest

from connector.bot.session.position_end import PositionEnd, liquidated
from connector.core.amounts import NAN
from connector.core.enums import OrderType, PositionMode
from connector.core.event_tags import MarketEvent
from connector.core.events import LiquidationEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, D, EventLog, until

pytestmark = pytest.mark.virtual_time


async def _held(connector: PerpetualDerivative, log: EventLog, *, hedge: bool) -> None:
    if hedge:
        await connector.set_position_mode(PositionMode.HEDGE)
        connector.sell(PAIR, D("0.020"), OrderType.MARKET)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await until(lambda: len(connector.account_positions) == 1 + hedge, "held")


@pytest.mark.parametrize("hedge", [False, True])
async def test_what_is_held_is_closed_by_one_order_a_side(
    connector: PerpetualDerivative, log: EventLog, hedge: bool
) -> None:
    await _held(connector, log, hedge=hedge)
    said: list[str] = []
    end = PositionEnd(connector, (PAIR,), said.append)
    assert "0.01 BTC-USDT at 60010" in end.text()
    await asyncio.wait_for(end.close(), 6)
    assert (end.held, end.text()) == ((), "")
    assert len(said) == 1 + hedge
    assert not log.of(MarketEvent.OrderFailure)


async def test_what_is_refused_is_asked_for_again(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await _held(connector, log, hedge=False)
    venue.faults.arm("service_unavailable", times=2, method="POST", path="/fapi/v1/order")
    closing = asyncio.create_task(PositionEnd(connector, (PAIR,), lambda line: None).close())
    await log.waits_for(MarketEvent.OrderFailure, 2)
    assert not closing.done()
    await asyncio.wait_for(closing, 6)
    assert not connector.account_positions


async def test_more_than_one_market_order_may_hold_is_closed_in_parts(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    await _held(connector, log, hedge=False)
    rules = connector.components.pair_rules.rules

    rules[PAIR] = replace(rules[PAIR], max_market_amount=D("0.004"))
    await asyncio.wait_for(PositionEnd(connector, (PAIR,), lambda line: None).close(), 10)
    assert len(log.of(MarketEvent.SellOrderCompleted)) == 3


def _step(result: str, fee: str) -> LiquidationEvent:
    return LiquidationEvent(1.0, PAIR, "a", amount=D(1), realized_pnl=D(result), fee=D(fee))


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ([_step("-10.5", "0.5")], "liquidated in 1 step: result -11 USDT, fees included"),
        ([_step("-10", "1"), _step("-5", "1")], "liquidated in 2 steps: result -17 USDT, fees included"),
        ([LiquidationEvent(1.0, PAIR, "a", realized_pnl=NAN, fee=NAN)], "liquidated in 1 step: result unknown"),
        (
            [_step("-10", "1"), LiquidationEvent(1.0, PAIR, "a", realized_pnl=NAN, fee=NAN)],
            "liquidated in 2 steps: result unknown (1 of them, the others came to -11 USDT)",
        ),
    ],
)
def test_what_a_liquidation_came_to_is_told_as_far_as_it_is_known(steps: list[LiquidationEvent], text: str) -> None:
    assert liquidated(steps, "USDT") == text
