"""Comparison with slow truth."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.events import FundingPaymentCompletedEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from tests.companions.exchange.conditional_scenes import fix_mark
from tests.companions.local_trading import PAIR, EventLog, Trader, until

D = Decimal


async def test_what_happened_while_the_stream_was_cut_is_heard_after_it(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(60_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm("cut_sockets")
    Trader(venue).take(-1, "0.004")
    venue.act(lambda engine, now_ms: [
        engine.settle_funding(listing, now_ms, now_ms) for listing in engine.listings.values()
    ])  # fmt: skip
    filled = await log.waits_for(MarketEvent.OrderFilled)
    assert getattr(filled, "amount", None) == D("0.004")
    paid = await log.waits_for(MarketEvent.FundingPaymentCompleted)
    assert isinstance(paid, FundingPaymentCompletedEvent)
    assert paid.amount != 0
    await until(lambda: connector.ready, "ready again")
    assert len(log.of(MarketEvent.OrderFilled)) == 1
    assert len(log.of(MarketEvent.FundingPaymentCompleted)) == 1
    assert connector.get_balance("USDT") == 10_000 + paid.amount - D("0.004") * 60_000 * D("0.0002")


async def test_funding_is_pushed_and_counted_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    venue.act(lambda engine, now_ms: [
        engine.settle_funding(listing, now_ms, now_ms) for listing in engine.listings.values()
    ])  # fmt: skip
    await log.waits_for(MarketEvent.FundingPaymentCompleted)
    await connector.components.reconciler.compare_all()
    assert len(log.of(MarketEvent.FundingPaymentCompleted)) == 1


async def test_an_order_cancelled_by_another_hand_is_noticed(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm("lost_user_event")
    venue.act(lambda engine, now_ms: engine.cancel_all(venue.account_id, "BTCUSDT", now_ms))
    await connector.components.reconciler.compare_open_orders()
    await log.waits_for(MarketEvent.OrderCancelled)
    assert connector.in_flight_orders == {}


@pytest.mark.virtual_time
async def test_a_position_that_no_trade_explains_is_drift_and_the_exchange_is_believed(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: PAIR in connector.account_positions, "the push")
    await asyncio.sleep(11)
    venue.faults.arm(
        "altered_answer", times=20, method="GET", path="/fapi/v3/positionRisk", field="positionAmt", value='"0.004"'
    )
    drift = await log.waits_for(MarketEvent.PositionDrift)
    assert (getattr(drift, "ours", None), getattr(drift, "venue", None)) == (D("0.010"), D("0.004"))
    assert len(log.of(MarketEvent.OrderFilled)) == 1
    assert log.of(MarketEvent.ForeignFill) == []


@pytest.mark.virtual_time
async def test_a_position_that_a_trade_of_another_hand_explains_is_no_drift(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await connector.components.gateway.call(
        endpoints.PLACE_ORDER,
        {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.005", "newClientOrderId": "by-hand"},
    )
    await until(lambda: PAIR in connector.account_positions, "the push")
    for _ in range(3):
        await connector.components.reconciler.compare_account()
        await asyncio.sleep(6)
    assert connector.account_positions[PAIR].amount == D("0.005")
    assert len(log.of(MarketEvent.ForeignFill)) == 1
    assert log.of(MarketEvent.PositionDrift) == []
    assert log.of(MarketEvent.OrderFilled) == []


async def test_a_mark_that_moves_between_stream_and_snapshot_withholds_nothing(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    fix_mark(venue, 60_000)
    connector.buy(PAIR, D("0.5"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: connector.components.prices.prices_of(PAIR).mark == 60_000, "the mark")
    await connector.components.reconciler.compare_account()
    free = connector.get_available_balance("USDT")
    fix_mark(venue, 57_000)
    await connector.components.reconciler.compare_account()
    told = connector.components.ledger.balances["USDT"].available
    assert connector.components.prices.prices_of(PAIR).mark == 60_000, "its stream is not there yet"
    assert connector.get_available_balance("USDT") == free
    await until(lambda: connector.components.prices.prices_of(PAIR).mark == 57_000, "the mark")
    assert connector.get_available_balance("USDT") == told == free - D("0.5") * 3_000 + D("0.5") * 3_000 / 20
