"""The user stream and its key."""

from decimal import Decimal

from connector.core.enums import OrderType
from connector.core.events import FeedLostEvent, MarketEvent
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, Trader, until

D = Decimal


async def test_an_expired_key_is_followed_by_a_new_key_and_a_new_socket(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("listen_key_expired")
    lost = await log.waits_for(MarketEvent.FeedLost)
    assert isinstance(lost, FeedLostEvent) and lost.gate == gates.USER_STREAM
    await log.waits_for(MarketEvent.FeedRestored)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert connector.components.user.stream.counters.connections == 2


async def test_the_gate_holds_only_after_a_full_comparison(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(60_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm("listen_key_expired")
    Trader(venue).take(-1, "0.010")
    await log.waits_for(MarketEvent.FeedRestored)
    tags = log.tags()
    assert tags.index("BuyOrderCompleted") < tags.index("FeedRestored")
    assert tags.count("OrderFilled") == 1


async def test_an_unreadable_frame_leads_to_a_comparison(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.components.user.on_frame(b'{"e":"ORDER_TRADE_UPDATE"', connector.components.clock.monotonic_ms())
    await until(lambda: not connector.components.user._came_up.is_set(), "compared")
    assert connector.ready
    assert log.events == []


async def test_our_stop_leaves_the_key_to_others(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    key = (await connector.components.api.create_listen_key()).reveal()
    await connector.stop_network()
    await connector.components.gateway.measure_clock()
    assert (await connector.components.api.extend_listen_key()).reveal() == key
    await connector.components.http.close()
