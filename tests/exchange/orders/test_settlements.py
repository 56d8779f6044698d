"""When funding payments are asked for."""

import asyncio
from decimal import Decimal

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.orders.settlements import ASKED_AFTER_MS, Settlements
from tests.companions.flows.order_weather import weather
from tests.companions.local_trading import PAIR, until

D = Decimal


def test_after_each_settlement_payments_are_asked_for_soon_and_again() -> None:
    told = [1_000_000]
    settlements = Settlements(lambda: told[0])
    asked = []
    for now_ms in range(990_000, 1_200_000, 500):
        told[0] = 1_000_000 if now_ms < 999_500 else 2_000_000
        if settlements.is_due(now_ms):
            asked.append(now_ms)
    assert asked == [1_000_000 + after_ms for after_ms in ASKED_AFTER_MS]


def test_where_no_settlement_is_told_nothing_is_asked() -> None:
    settlements = Settlements(lambda: 0)
    assert not any(settlements.is_due(now_ms) for now_ms in range(0, 100_000, 500))


async def test_a_payment_for_a_position_that_nobody_knew_of_is_told() -> None:
    async with weather(funding_first_s=3.0) as day:
        day.asked.append(day.connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(60_000)))
        await day.log.waits_for(MarketEvent.BuyOrderCreated)
        day.venue.faults.arm("lost_user_event", event="ACCOUNT_UPDATE", times=2)
        day.trades(-1, "0.004")
        await until(lambda: bool(day.log.of(MarketEvent.FundingPaymentCompleted)), "paid", 3 + 75)
        await day.clears()


async def test_a_payment_whose_push_is_lost_is_told() -> None:
    async with weather(funding_first_s=20.0) as day:
        day.asked.append(day.connector.buy(PAIR, D("0.010"), OrderType.MARKET))
        await day.log.waits_for(MarketEvent.BuyOrderCompleted)
        await asyncio.sleep(2)
        day.venue.faults.arm("lost_user_event", event="ACCOUNT_UPDATE")
        await until(lambda: bool(day.log.of(MarketEvent.FundingPaymentCompleted)), "paid", 20 + 75)
        await day.clears()
        assert len(day.log.of(MarketEvent.FundingPaymentCompleted)) == 1
