"""Who trades a pair looks when something changed that it goes by, and not before."""

import asyncio
import logging
from decimal import Decimal

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.faults import ArgumentFault
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import BUY
from tests.companions.exchange.quoting import move_touch
from tests.companions.local_trading import PAIR, EventLog, Trader, until

pytestmark = pytest.mark.virtual_time

D = Decimal


class Looks:
    """Counts its looks, and what the touch was at each."""

    def __init__(self, connector: PerpetualDerivative) -> None:
        self.connector = connector
        self.bids: list[Decimal] = []
        self.wants = True
        connector.watch(PAIR, self.look, self.needs_look)

    def look(self) -> None:
        self.bids.append(self.connector.get_price(PAIR, False))

    def needs_look(self) -> bool:
        return self.wants


async def settled(looks: Looks) -> None:
    """Until what was under way has been looked at."""
    await asyncio.sleep(0.5)
    looks.bids.clear()


async def test_the_first_look_is_made_in_the_next_turn(connector: PerpetualDerivative) -> None:
    looks = Looks(connector)
    assert looks.bids == []
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert looks.bids == [59_990]


async def test_a_touch_that_moves_is_looked_at_and_depth_behind_it_is_not(
    connector: PerpetualDerivative, trader: Trader
) -> None:
    looks = Looks(connector)
    await settled(looks)
    trader.quote(BUY, "59970", "3")
    await until(lambda: len(connector.get_order_book(PAIR).levels(True, 9)) == 3, "depth has it")
    assert looks.bids == []
    trader.quote(BUY, "59995", "1")
    await until(lambda: bool(looks.bids), "a look")
    assert looks.bids == [59_995]


async def test_where_the_touch_needs_no_look_none_is_made_but_an_order_is_looked_at(
    connector: PerpetualDerivative, trader: Trader, log: EventLog
) -> None:
    looks = Looks(connector)
    await settled(looks)
    looks.wants = False
    trader.quote(BUY, "59995", "1")
    await until(lambda: connector.get_price(PAIR, False) == 59_995, "the touch")
    assert looks.bids == []
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await until(lambda: bool(looks.bids), "a look at the order")


async def test_however_much_changes_in_a_turn_one_look_is_made_in_it(connector: PerpetualDerivative) -> None:
    looks = Looks(connector)
    await settled(looks)
    for _ in range(5):
        connector.openings.shut("one")
        connector.openings.release("one")
    assert looks.bids == []
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(looks.bids) == 1


async def test_what_a_position_is_by_now_is_looked_at(connector: PerpetualDerivative, log: EventLog) -> None:
    seen: list[Decimal] = []

    def look() -> None:
        seen.append(sum((row.amount for row in connector.account_positions.values()), D(0)))

    connector.watch(PAIR, look)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: D("0.010") in seen, "the position in a look")


async def test_readiness_that_falls_and_comes_back_is_looked_at(connector: PerpetualDerivative) -> None:
    seen: list[bool] = []
    connector.watch(PAIR, lambda: seen.append(connector.ready))
    await asyncio.sleep(0.1)
    connector.components.streams.mark_trades.stream.drop("cut by hand")
    await until(lambda: False in seen, "a look at a connector that is not ready")
    await until(lambda: seen[-1], "and at one that is again")


async def test_a_look_that_fails_is_logged_and_the_next_one_is_made(
    connector: PerpetualDerivative, trader: Trader, caplog: pytest.LogCaptureFixture
) -> None:
    looks = Looks(connector)

    def fails() -> None:
        raise RuntimeError("a strategy's mistake")

    connector.watch(PAIR, fails)
    await settled(looks)
    with caplog.at_level(logging.ERROR):
        trader.quote(BUY, "59995", "1")
        await until(lambda: bool(looks.bids), "the other's look")
        trader.quote(BUY, "59996", "1")
        await until(lambda: len(looks.bids) == 2, "the next move")
    assert "a strategy's look failed" in caplog.text


async def test_who_watches_no_more_is_not_called(connector: PerpetualDerivative, trader: Trader) -> None:
    looks = Looks(connector)
    await settled(looks)
    connector.unwatch(PAIR, looks.look)
    trader.quote(BUY, "59995", "1")
    await until(lambda: connector.get_price(PAIR, False) == 59_995, "the touch")
    await asyncio.sleep(0.1)
    assert looks.bids == []


async def test_a_pair_that_is_not_traded_cannot_be_watched(connector: PerpetualDerivative) -> None:
    with pytest.raises(ArgumentFault, match="ETH-USDT"):
        connector.watch("ETH-USDT", print)


async def test_a_look_that_is_due_is_not_made_after_the_end(connector: PerpetualDerivative) -> None:
    looks = Looks(connector)
    await settled(looks)
    connector.openings.shut("by hand")
    connector.openings.release("by hand")
    connector.unwatch(PAIR, looks.look)
    await asyncio.sleep(0.1)
    assert looks.bids == []


async def test_one_that_another_ends_in_its_look_is_not_called_in_that_turn(connector: PerpetualDerivative) -> None:
    calls: list[str] = []

    def second() -> None:
        calls.append("second")

    def first() -> None:
        calls.append("first")
        connector.unwatch(PAIR, second)

    connector.watch(PAIR, first)
    await asyncio.sleep(0.1)
    connector.watch(PAIR, second)
    calls.clear()
    await asyncio.sleep(0.1)
    assert calls == ["second"]
    move_touch(connector, "59991.0", "60010.0")
    assert calls == ["second", "first"]


async def test_who_watches_twice_is_called_once(connector: PerpetualDerivative) -> None:
    looks = Looks(connector)
    connector.watch(PAIR, looks.look, looks.needs_look)
    await settled(looks)
    move_touch(connector, "59991.0", "60010.0")
    await asyncio.sleep(0.1)
    assert looks.bids == [59_991]


async def test_a_pair_that_is_traded_no_more_is_watched_no_more(connector: PerpetualDerivative) -> None:
    looks = Looks(connector)
    await settled(looks)
    assert await connector.remove_trading_pair(PAIR)
    connector.unwatch(PAIR, looks.look)
    await asyncio.sleep(0.1)
    assert looks.bids == []
