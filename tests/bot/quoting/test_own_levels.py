"""Quotes that follow the touch don't follow themselves."""

from decimal import Decimal

import pytest

from connector.bot.quoting.own_levels import OwnLevels
from connector.core.enums import OrderType, TradeType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import BUY
from tests.companions.local_trading import PAIR, EventLog, Trader, until

pytestmark = pytest.mark.virtual_time

D = Decimal


def may_be_all(levels: OwnLevels, bid: float, amount: float) -> bool:
    """Whether that best bid may be ours alone."""
    return amount <= levels.bids.get(bid, 0.0)


async def test_what_is_ours_at_the_touch_is_no_price_of_others_and_what_they_add_is(
    connector: PerpetualDerivative, trader: Trader, log: EventLog
) -> None:
    book, levels = connector.get_order_book(PAIR), OwnLevels()
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_995))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await until(lambda: connector.get_price(PAIR, False) == 59_995, "the book tells of it")
    assert levels.best_of_others(book, TradeType.BUY) == 59_995, "nothing is known to be ours"
    levels.note(connector.in_flight_orders.values(), 1_000)
    assert levels.best_of_others(book, TradeType.BUY) == 59_990
    assert may_be_all(levels, *book.top[:2])
    assert levels.best_of_others(book, TradeType.SELL) == 60_010
    trader.quote(BUY, "59995", "0.020")
    await until(lambda: book.top[1] == 0.03, "the book tells of theirs")
    assert levels.best_of_others(book, TradeType.BUY) == 59_995
    assert not may_be_all(levels, *book.top[:2])


async def test_a_price_that_was_left_is_ours_for_a_second(connector: PerpetualDerivative, log: EventLog) -> None:
    levels = OwnLevels()
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_995))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    connector.modify(PAIR, name, price=D(59_993))
    levels.note(connector.in_flight_orders.values(), 1_000)
    assert may_be_all(levels, 59_993.0, 0.01), "the venue may have changed it by now"
    await log.waits_for(MarketEvent.OrderModified)
    levels.note(connector.in_flight_orders.values(), 1_999)
    assert may_be_all(levels, 59_995.0, 0.01), "the book may still show it there"
    levels.note(connector.in_flight_orders.values(), 2_999)
    assert not may_be_all(levels, 59_995.0, 0.01)
    assert may_be_all(levels, 59_993.0, 0.01)
