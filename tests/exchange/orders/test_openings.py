"""The gate `openings`."""

import asyncio
from decimal import Decimal

from connector.core.connection_events import OpeningsPausedEvent, OpeningsResumedEvent
from connector.core.enums import OrderType, PositionAction
from connector.core.event_tags import MarketEvent
from connector.core.events import MarketOrderFailureEvent
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, EventLog, until
from tests.companions.orders.counted_requests import counted_requests

D = Decimal
CREATE = "POST /fapi/v1/order"


async def test_a_shut_gate_keeps_back_what_opens_and_passes_closes_and_cancels(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    resting = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    connector.openings.shut("the desk")
    assert connector.ready, "all else goes on"
    assert connector.openings_stopped == "the gate openings is shut by the desk"
    with counted_requests(connector) as sent:
        connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
        failed = await log.waits_for(MarketEvent.OrderFailure)
        assert sent[CREATE] == 0
        assert isinstance(failed, MarketOrderFailureEvent)
        assert "not sent: the gate openings is shut by the desk" in str(failed.fault)
        connector.sell(PAIR, D("0.010"), OrderType.MARKET, position_action=PositionAction.CLOSE)
        connector.cancel(PAIR, resting)
        await log.waits_for(MarketEvent.SellOrderCompleted)
        await log.waits_for(MarketEvent.OrderCancelled)
        connector.openings.release("the desk")
        connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
        await log.waits_for(MarketEvent.BuyOrderCreated, 3)


async def test_it_is_open_when_nobody_holds_it_and_told_once(connector: PerpetualDerivative, log: EventLog) -> None:
    gate = connector.openings
    for name in ("the desk", "the risk program", "the desk"):
        gate.shut(name)
    assert gate.shut_by == ("the desk", "the risk program")
    gate.release("nobody")
    gate.release("the desk")
    assert not gate.is_open
    assert gate.reason == "the gate openings is shut by the risk program"
    assert log.of(MarketEvent.OpeningsResumed) == []
    gate.release("the risk program")
    assert gate.is_open and not gate.reason
    told = [event.reason for event in log.of(MarketEvent.OpeningsPaused) if isinstance(event, OpeningsPausedEvent)]
    assert told == ["shut by the desk", "shut by the risk program"]
    assert gate.times == {"the desk": 1, "the risk program": 1}
    (over,) = log.of(MarketEvent.OpeningsResumed)
    assert isinstance(over, OpeningsResumedEvent) and (over.of, over.kept) == ("all pairs", 0)


async def test_orders_that_were_asked_for_before_are_kept_back_too(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    connector.components.gateway.throttle.account.pause.begin(connector.components.clock.monotonic_ms() + 500)
    with counted_requests(connector) as sent:
        connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
        await asyncio.sleep(0.1)
        connector.openings.shut("the desk")
        await until(lambda: bool(log.of(MarketEvent.OrderFailure)), "it waited for the limits")
        assert sent[CREATE] == 0
