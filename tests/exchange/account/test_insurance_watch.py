"""What a liquidation paid to the insurance fund is told by the account book, each line once."""

import asyncio

import pytest

from connector.core.account_events import InsuranceClearedEvent
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from tests.companions.local_trading import PAIR, SYMBOL, D, EventLog, until

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize(("fault", "times"), [("service_unavailable", 1), ("lagging_trades", 1)])
async def test_a_line_that_is_shown_late_is_told_all_the_same_and_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str, times: int
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await until(lambda: bool(connector.account_positions), "held")
    if fault == "lagging_trades":
        venue.faults.arm(fault, ms=2_000)
    else:
        venue.faults.arm(fault, times=times, method="GET", path=endpoints.INCOME.path)
    venue.act(lambda engine, now_ms: engine.force_liquidation(venue.account_id, SYMBOL, now_ms))
    told = await log.waits_for(MarketEvent.InsuranceCleared)
    assert isinstance(told, InsuranceClearedEvent)
    assert (told.trading_pair, told.asset) == (PAIR, "USDT")
    assert told.amount < 0
    await asyncio.sleep(70)
    assert len(log.of(MarketEvent.InsuranceCleared)) == 1
