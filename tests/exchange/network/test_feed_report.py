"""What happened to each pair's data is told in figures."""

import json
from decimal import Decimal

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.twins import COMPILED
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network.feed_report import feed_report
from connector.simulator.market.orders import BUY
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, Trader, until


async def test_gaps_cuts_and_silences_are_counted_where_they_happened(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader
) -> None:
    before = feed_report(connector.components)
    assert (before.pairs[PAIR].gaps, before.sockets["books"].connections) == (0, 1)
    trader.quote(BUY, "59991", "1")
    await until(lambda: feed_report(connector.components).pairs[PAIR].applied >= 1, "a first event")
    venue.faults.arm("drop_depth")
    trader.quote(BUY, "59992", "1")
    await until(lambda: not venue.faults.armed(), "dropped")
    trader.quote(BUY, "59993", "1")
    await log.waits_for(MarketEvent.FeedRestored)
    connector.components.streams.mark_trades.stream.drop("cut by hand")
    await until(lambda: feed_report(connector.components).sockets["funding"].connections == 2, "a second socket")
    row = feed_report(connector.components).pairs[PAIR]
    assert (row.gaps, row.resyncs) == (1, 1)
    assert row.silences == {}
    told = json.loads(json.dumps(feed_report(connector.components).to_json()))
    assert told["pairs"][PAIR]["gaps"] == 1
    assert set(told["sockets"]) == {"books", "funding", "user"}


async def test_frames_that_the_compiled_decoder_left_to_the_plain_one_are_counted(
    connector: PerpetualDerivative,
) -> None:
    feed = connector.components.feed
    assert feed_report(connector.components).fallback == 0, "the exchange's own frames are all of known shapes"
    feed.on_frame(b'{"e":"depthUpdate","s":"BTC\\u0055SDT","b":[["1","2"]],"a":[]', 1)
    told = feed_report(connector.components)
    assert (told.fallback, told.malformed) == (int(COMPILED), 1)


async def test_the_events_of_an_order_and_its_fills_are_all_of_shapes_that_the_compiled_reader_knows(
    connector: PerpetualDerivative, log: EventLog, trader: Trader
) -> None:
    connector.sell(PAIR, Decimal("0.010"), OrderType.LIMIT_MAKER, Decimal(60005))
    await log.waits_for(MarketEvent.SellOrderCreated)
    trader.take(BUY, "0.010")
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: bool(connector.account_positions), "the account's event")
    assert feed_report(connector.components).user_fallback == 0
    connector.components.user.on_frame(b'{"e":"STRATEGY_UPDATE","T":1}', 1)
    assert feed_report(connector.components).user_fallback == int(COMPILED)
