"""Orders that are over here and open there."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.simulator.market.orders import Order
from tests.companions.flows.order_weather import Weather, weather
from tests.companions.local_trading import PAIR, SYMBOL

D = Decimal


def open_there(day: Weather) -> list[Order]:
    return [order for order in day.venue.engine.accounts[day.venue.account_id].placed[SYMBOL] if order.is_open]


@pytest.mark.parametrize("word", [OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.FILLED])
async def test_an_order_that_a_false_word_ended_is_cancelled_at_the_next_comparison(word: OrderStatus) -> None:
    async with weather() as day:
        name = day.connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
        day.asked.append(name)
        await day.log.waits_for(MarketEvent.BuyOrderCreated)
        executed = D("0.010") if word is OrderStatus.FILLED else D(0)
        false = OrderReport(ReportSource.STREAM, word, SYMBOL, client_order_id=name, executed_amount=executed)
        day.connector.components.dispatcher.dispatch(false)
        order = day.connector.components.tracker.order(name)
        assert order is not None
        assert order.is_done
        assert open_there(day)
        day.cancelled.add(name)
        await asyncio.sleep(11)
        assert not open_there(day)
        await day.clears()


async def test_a_list_of_right_after_the_end_proves_nothing() -> None:
    async with weather() as day:
        name = day.connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
        day.asked.append(name)
        await day.log.waits_for(MarketEvent.BuyOrderCreated)
        await asyncio.sleep(5)
        day.venue.faults.arm("lagging_orders", ms=4_000)
        day.cancelled.add(name)
        day.connector.cancel(PAIR, name)
        await day.log.waits_for(MarketEvent.OrderCancelled)
        order = day.connector.components.tracker.order(name)
        assert order is not None
        for _ in range(30):
            await day.connector.components.reconciler.compare_open_orders()
            assert not order.ghost
            await asyncio.sleep(0.5)
        await day.clears()
