"""What is read when something of the account is doubted; how each change is told stands with the flows."""

import asyncio

import pytest

from connector.core.account_events import LeverageChangedEvent
from connector.core.enums import OrderType, PositionMode
from connector.core.event_tags import MarketEvent
from connector.core.faults import ConnectorFault
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from tests.companions.local_trading import PAIR, SYMBOL, D, EventLog, until

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


async def _read_slowly(connector: PerpetualDerivative, venue: LocalExchange, path: str) -> None:
    """All is being read; what `path` answers is of now, and comes 1.5 s later."""
    venue.faults.arm("slow_answer", ms=1_500, method="GET", path=path)
    connector.components.account_watch.read_soon()
    await asyncio.sleep(0.3)


async def test_a_leverage_that_is_pushed_while_all_is_read_is_not_undone_by_what_was_read_before(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await _read_slowly(connector, venue, endpoints.SYMBOL_CONFIG.path)
    venue.act(lambda engine, now_ms: engine.set_leverage(venue.account_id, SYMBOL, 2, now_ms))
    told = await log.waits_for(MarketEvent.LeverageChanged)
    assert isinstance(told, LeverageChangedEvent)
    assert told.leverage == 2
    for _ in range(80):
        assert connector.get_leverage(PAIR) == 2
        await asyncio.sleep(1)
    assert len(log.of(MarketEvent.LeverageChanged)) == 1


@pytest.mark.parametrize("own_settings", [{"check_budget": False}])
async def test_what_is_read_after_a_refusal_does_not_undo_what_we_set_meanwhile(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("slow_answer", ms=1_500, method="GET", path=endpoints.SYMBOL_CONFIG.path)
    connector.components.account_watch.read_leverage_soon(SYMBOL)
    await asyncio.sleep(0.3)
    await connector.set_leverage(PAIR, 2)
    for _ in range(80):
        assert connector.get_leverage(PAIR) == 2
        await asyncio.sleep(1)
    assert not log.of(MarketEvent.LeverageChanged)


async def test_a_leverage_that_is_pushed_has_its_most_notional_at_once(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    venue.faults.arm("slow_answer", ms=3_000, method="GET", path=endpoints.SYMBOL_CONFIG.path)
    venue.act(lambda engine, now_ms: engine.set_leverage(venue.account_id, SYMBOL, 100, now_ms))
    await until(lambda: connector.get_leverage(PAIR) == 100, "pushed", within_s=1)
    assert connector.components.ledger.max_notional(SYMBOL) == venue.engine.listing(SYMBOL).instrument.cap_at(100)


@pytest.mark.parametrize("own_settings", [{"on_foreign_mode_change": "stop"}])
async def test_a_mode_of_before_opens_no_gate(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await _read_slowly(connector, venue, endpoints.ACCOUNT_CONFIG.path)
    venue.act(lambda engine, now_ms: engine.set_hedge(venue.account_id, True))
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.OrderFailure)
    await until(lambda: not connector.status_dict[gates.POSITION_MODE], "doubted", within_s=1)
    await until(lambda: connector.status_dict[gates.POSITION_MODE], "read")
    for _ in range(80):
        assert connector.position_mode is PositionMode.HEDGE
        assert "on_foreign_mode_change: stop" in connector.openings_stopped
        await asyncio.sleep(1)
    assert len(log.of(MarketEvent.PositionModeChanged)) == 1


async def test_a_mode_of_assets_of_before_is_not_told(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await _read_slowly(connector, venue, endpoints.ACCOUNT_CONFIG.path)
    venue.act(lambda engine, now_ms: engine.set_multi_assets(venue.account_id, True, now_ms))
    await log.waits_for(MarketEvent.MultiAssetsModeChanged)
    await asyncio.sleep(130)
    assert len(log.of(MarketEvent.MultiAssetsModeChanged)) == 1
    assert connector.components.ledger.is_multi_assets


async def test_a_mode_of_assets_that_we_set_and_that_is_carried_out_late_is_no_other_hands(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("executed_late", ms=3_000, method="POST", path=endpoints.SET_MULTI_ASSETS.path)
    setting = asyncio.create_task(connector.set_multi_assets_mode(True))
    await until(lambda: venue.faults.peek("executed_late") is None, "asked for")
    venue.faults.arm("service_unavailable", times=12, method="GET", path=endpoints.ACCOUNT_CONFIG.path)
    with pytest.raises(ConnectorFault):
        await setting
    assert not connector.ready
    await until(lambda: connector.ready, "read", within_s=30)
    assert connector.components.ledger.is_multi_assets
    assert not log.of(MarketEvent.MultiAssetsModeChanged)
