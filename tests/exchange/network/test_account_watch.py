"""What is read when something of the account is doubted; how each change is told stands with the flows."""

import asyncio

import pytest

from connector.core.event_tags import MarketEvent
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, until

pytestmark = pytest.mark.virtual_time


async def test_a_reading_that_fails_is_tried_again_and_the_gate_stays_shut(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.act(lambda engine, now_ms: engine.set_hedge(venue.account_id, True))
    venue.faults.arm("service_unavailable", times=2, method="GET", path=endpoints.ACCOUNT_CONFIG.path)
    connector.components.account_watch._doubt_mode("a test")
    await asyncio.sleep(0.5)
    assert not connector.status_dict[gates.POSITION_MODE]
    await log.waits_for(MarketEvent.PositionModeChanged)
    await until(lambda: connector.ready, "ready")


async def test_a_leverage_that_we_set_while_all_is_read_is_not_undone_by_what_was_read_before(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("slow_answer", ms=500, method="GET", path=endpoints.SYMBOL_CONFIG.path)
    reading = asyncio.create_task(connector.components.account_watch.read())
    await asyncio.sleep(0.1)
    await connector.set_leverage(PAIR, 33)
    await reading
    assert connector.get_leverage(PAIR) == 33
    assert venue.engine.accounts[venue.account_id].leverage(SYMBOL) == 33
    assert not log.of(MarketEvent.LeverageChanged)
