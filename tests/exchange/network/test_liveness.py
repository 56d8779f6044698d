"""Connected is not healthy."""

from decimal import Decimal

from connector.core.connection_events import FeedLostEvent
from connector.core.enums import OrderType, StreamKind
from connector.core.event_tags import MarketEvent
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, until

D = Decimal


async def test_a_stream_that_is_acknowledged_and_silent_shuts_its_gate_after_its_limit(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("silent_stream", stream="btcusdt@markPrice@1s", ms=7_000)
    lost = await log.waits_for(MarketEvent.FeedLost)
    assert isinstance(lost, FeedLostEvent)
    assert (lost.gate, connector.ready) == (gates.FUNDING_INFO, False)
    assert "mark_price silent for 5" in lost.reason
    await log.waits_for(MarketEvent.FeedRestored)
    assert connector.ready


async def test_of_two_pairs_the_one_that_is_silent_is_named_with_why(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    await connector.add_trading_pair("ETH-USDT")
    await until(lambda: connector.ready, "both books are there")
    assert [connector.market_trouble(pair) for pair in (PAIR, "ETH-USDT")] == ["", ""]
    venue.faults.arm("silent_stream", stream="ethusdt@markPrice@1s", ms=7_000)
    await until(lambda: not connector.ready, "its silence is seen")
    assert connector.market_trouble(PAIR) == ""
    assert connector.market_trouble("ETH-USDT").startswith("mark_price silent for 5.")
    await until(lambda: connector.ready, "heard again")
    assert connector.market_trouble("ETH-USDT") == ""


async def test_ages_are_told_by_kind(connector: PerpetualDerivative) -> None:
    ages = connector.stream_ages_ms()
    assert set(ages) == set(StreamKind)
    assert ages[StreamKind.TRADE] is None, "nobody has traded yet"
    mark_age = ages[StreamKind.MARK_PRICE]
    assert mark_age is not None and mark_age < 3_000


async def test_orders_that_are_answered_without_an_event_make_the_user_stream_suspect(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    user = connector.components.user
    connections = user.stream.counters.connections
    venue.faults.arm("lost_user_event", times=40)
    for step in range(40):
        connector.buy(PAIR, D("0.002"), OrderType.LIMIT_MAKER, D(59_000 + step))
    await until(lambda: all(order.was_seen for order in connector.in_flight_orders.values()), "all acknowledged")
    venue.faults.arm("lost_user_event", times=0)
    connector.buy(PAIR, D("0.002"), OrderType.LIMIT_MAKER, D(58_000))
    await until(lambda: user.stream.counters.connections > connections, "a new connection")
    await until(lambda: connector.ready, "ready again")
