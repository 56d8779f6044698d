"""Pairs that are added and taken away while the connector runs."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from connector.core.connection_events import FeedLostEvent
from connector.core.enums import BookState, OrderType
from connector.core.event_tags import MarketEvent
from connector.core.faults import ConfigFault
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network import trading_pairs
from connector.simulator.market.orders import BUY, LIMIT, MARKET, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, ready, until

OTHER, OTHER_SYMBOL = "ETH-USDT", "ETHUSDT"
D = Decimal


@pytest.fixture
async def with_other(connector: PerpetualDerivative, venue: LocalExchange) -> AsyncIterator[PerpetualDerivative]:
    """The second pair has a market, too."""
    someone = venue.admit(D(1_000_000)).account_id
    for number, (side, price) in enumerate(((BUY, "2990"), (SELL, "3010"))):
        request = OrderRequest(OTHER_SYMBOL, side, LIMIT, D(5), D(price), client_order_id=f"eth-{number}")
        venue.act(lambda engine, now_ms, request=request: engine.place(someone, request, now_ms))
    yield connector


async def test_an_added_pair_is_traded_as_one_that_was_there_from_the_start(
    with_other: PerpetualDerivative, log: EventLog
) -> None:
    connector = with_other
    assert await connector.add_trading_pair(OTHER)
    assert not connector.ready, "its book is not there yet"
    await until(lambda: connector.ready, "ready with both")
    assert connector.trading_pairs == [PAIR, OTHER]
    assert connector.get_price(OTHER, True) == 3010
    assert connector.components.streams.books.stream.counters.connections == 1, "it joined the open socket"
    connector.buy(OTHER, D("0.1"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert not await connector.add_trading_pair(OTHER), "it is traded already"


async def test_a_pair_that_is_not_listed_changes_nothing(connector: PerpetualDerivative) -> None:
    with pytest.raises(ConfigFault, match="NO-SUCH"):
        await connector.add_trading_pair("NO-SUCH")
    assert connector.trading_pairs == [PAIR]
    assert connector.ready


async def test_a_removed_pair_is_silent_and_holds_up_nothing(
    with_other: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector = with_other
    await connector.add_trading_pair(OTHER)
    await until(lambda: connector.ready, "ready with both")
    assert await connector.remove_trading_pair(OTHER)
    assert connector.trading_pairs == [PAIR]
    await until(lambda: not venue.runtime.hub.is_subscribed("ethusdt@depth@100ms"), "unsubscribed")
    before = len(log.of(MarketEvent.FeedLost))
    venue.faults.arm("silent_stream", stream="ethusdt@markPrice@1s", ms=3_000)
    await until(lambda: not venue.runtime.hub.is_subscribed("ethusdt@markPrice@1s"), "no stream of it is left")
    assert connector.ready
    assert len(log.of(MarketEvent.FeedLost)) == before
    assert not await connector.remove_trading_pair(OTHER), "it is not traded"
    assert await connector.add_trading_pair(OTHER), "and may come back"
    await until(lambda: connector.ready, "ready again")


async def test_a_pair_with_something_at_stake_stays(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    assert not await connector.remove_trading_pair(PAIR)
    await connector.cancel_all(5.0)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: bool(connector.account_positions), "the position")
    assert not await connector.remove_trading_pair(PAIR)
    assert connector.components.feed.symbols[SYMBOL].book.state is BookState.VALID
    assert not any(isinstance(event, FeedLostEvent) for event in log.events)


async def test_a_fee_that_is_another_one_is_known_when_it_is_read_again(
    connector: PerpetualDerivative, venue: LocalExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trading_pairs, "_FEES_EVERY_S", 5.0)
    await connector.stop_network()
    await ready(connector)
    before = connector.get_commission_rate(PAIR)
    path = endpoints.COMMISSION_RATE.path
    venue.faults.arm("altered_answer", method="GET", path=path, field="takerCommissionRate", value='"0.000300"')
    await until(lambda: connector.get_commission_rate(PAIR) != before, "read again")
    now = connector.get_commission_rate(PAIR)
    assert now is not None
    assert now.taker == D("0.0003")


async def test_a_pair_that_is_held_already_is_added_while_the_account_is_compared(
    with_other: PerpetualDerivative, venue: LocalExchange
) -> None:
    connector = with_other
    request = OrderRequest(OTHER_SYMBOL, BUY, MARKET, D("0.1"), D(0))
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, request, now_ms))
    venue.faults.arm("slow_answer", ms=15_000, method="GET", path=endpoints.COMMISSION_RATE.path)
    assert await connector.add_trading_pair(OTHER)
    await until(lambda: connector.ready, "ready with both")
    connector.raise_if_broken()
    assert connector.account_positions[OTHER].amount == D("0.1")


async def test_after_a_pair_that_was_traded_is_removed_the_account_is_compared_as_ever(
    with_other: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector = with_other
    free = connector.get_available_balance("USDT")
    await connector.add_trading_pair(OTHER)
    await until(lambda: connector.ready, "ready with both")
    connector.buy(OTHER, D("0.1"), OrderType.LIMIT_MAKER, D(2_900))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await connector.cancel_all(5)
    assert await connector.remove_trading_pair(OTHER)
    venue.faults.arm("cut_sockets")
    await until(lambda: not connector.ready, "cut")
    await until(lambda: connector.ready, "compared", within_s=60)
    assert connector.get_available_balance("USDT") == free
