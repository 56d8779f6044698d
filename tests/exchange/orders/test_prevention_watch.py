"""An own order that self-trade prevention ended is known to be over, though its event is lost."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.enums import OrderState, OrderType, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import OrderExpiredEvent
from connector.core.intents import OrderIntent
from connector.core.order_ends import ExpiryReason
from connector.core.order_options import OrderOptions, SelfTradePrevention
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, EventLog, until
from tests.companions.orders.counted_requests import counted_requests

D = Decimal
WITHIN_S = 1.0


async def rests(connector: PerpetualDerivative, log: EventLog, side: str, price: object) -> str:
    name: str = getattr(connector, side)(PAIR, D("0.010"), OrderType.LIMIT, D(str(price)))
    await until(lambda: connector.in_flight_orders[name].state is OrderState.OPEN, "it rests")
    return name


@pytest.fixture
def lost(connector: PerpetualDerivative, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The frames that tell the end of an order by self-trade prevention: none of them is heard."""
    user, frames = connector.components.user, list[bytes]()
    hear = user.on_frame

    def deaf(frame: bytes, received_ms: int) -> None:
        if b"EXPIRED_IN_MATCH" in frame:
            frames.append(frame)
        else:
            hear(frame, received_ms)

    monkeypatch.setattr(user, "on_frame", deaf)
    return frames


async def expires(log: EventLog, name: str) -> OrderExpiredEvent:
    await until(
        lambda: any(getattr(event, "order_id", "") == name for event in log.of(MarketEvent.OrderExpired)),
        f"{name} is told to be over; heard {log.tags()}",
        within_s=WITHIN_S,
    )
    (told,) = [event for event in log.of(MarketEvent.OrderExpired) if getattr(event, "order_id", "") == name]
    assert isinstance(told, OrderExpiredEvent)
    return told


@pytest.mark.parametrize("after_s", [0.0, 0.13, 0.26, 0.39])
@pytest.mark.parametrize("kind", [OrderType.LIMIT, OrderType.MARKET])
@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_the_maker_whose_event_is_lost_is_asked_about_within_a_second(
    connector: PerpetualDerivative, log: EventLog, lost: list[bytes], side: str, kind: OrderType, after_s: float
) -> None:
    maker = await rests(connector, log, side, 60_005 if side == "buy" else 59_995)
    await asyncio.sleep(after_s)
    other = connector.sell if side == "buy" else connector.buy
    price = D(60_000) if kind is OrderType.LIMIT else D("NaN")
    other(PAIR, D("0.010"), kind, price)
    told = await expires(log, maker)
    assert told.expiry is ExpiryReason.SELF_TRADE_PREVENTION
    assert len(lost) == 1


async def test_both_are_known_to_be_over_where_both_were_ended(
    connector: PerpetualDerivative, log: EventLog, lost: list[bytes]
) -> None:
    maker = await rests(connector, log, "sell", 59_995)
    options = OrderOptions(self_trade_prevention=SelfTradePrevention.EXPIRE_BOTH)
    intent = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT, D("0.010"), D(60_000), options=options)
    connector.batch_order_create([intent])
    await expires(log, maker)
    assert lost


async def test_a_change_that_meets_an_own_order_is_seen_too(
    connector: PerpetualDerivative, log: EventLog, lost: list[bytes]
) -> None:
    maker = await rests(connector, log, "sell", 60_005)
    moved = await rests(connector, log, "buy", 59_000)
    connector.modify(PAIR, moved, price=D(60_006))
    await expires(log, maker)
    assert lost


async def test_orders_that_do_not_meet_are_not_asked_about(connector: PerpetualDerivative, log: EventLog) -> None:
    with counted_requests(connector) as sent:
        for price in range(59_000, 59_010):
            await rests(connector, log, "buy", price)
            await rests(connector, log, "sell", price + 2_000)
        await asyncio.sleep(3)
        assert sent["GET /fapi/v1/order"] == 0
