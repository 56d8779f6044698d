"""Order books in bad weather."""

import pytest

from connector.core.connection_events import FeedLostEvent
from connector.core.enums import BookState
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.market.symbol_feed import SymbolFeed
from connector.simulator.market.orders import BUY
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, until
from tests.companions.market import scenes


@pytest.mark.parametrize("fault", ["drop_depth", "reorder_depth"])
async def test_a_hole_in_the_stream_is_noticed_and_mended(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader, fault: str
) -> None:
    symbol_feed = connector.components.feed.symbols[SYMBOL]
    venue.faults.arm(fault)
    trader.quote(BUY, "59991", "1")
    await until(lambda: not venue.faults.armed(), "the frame is touched on its way")
    trader.quote(BUY, "59993", "1")
    await log.waits_for(MarketEvent.FeedLost)
    await log.waits_for(MarketEvent.FeedRestored)
    assert symbol_feed.gaps >= 1
    await until(lambda: connector.get_order_book(PAIR).best_bid == (59_993, 1), "the right book")


async def test_a_frame_that_comes_twice_changes_nothing(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader
) -> None:
    venue.faults.arm("duplicate_depth")
    trader.quote(BUY, "59991", "1")
    await until(lambda: connector.get_order_book(PAIR).best_bid == (59_991, 1), "the new level")
    trader.quote(BUY, "59992", "1")
    await until(lambda: connector.get_order_book(PAIR).best_bid == (59_992, 1), "and the next")
    assert log.events == []


async def test_a_snapshot_older_than_the_stream_is_fetched_again(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader
) -> None:
    venue.faults.arm("stale_snapshot")
    venue.faults.arm("cut_sockets")
    await log.waits_for(MarketEvent.FeedLost)
    trader.quote(BUY, "59995", "1")
    await until(lambda: connector.ready, "ready again")
    await until(lambda: connector.get_order_book(PAIR).best_bid == (59_995, 1), "the right book")


async def test_a_lost_connection_keeps_the_book_but_does_not_believe_it(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("slow_snapshot", ms=700)
    venue.faults.arm("cut_sockets")
    await log.waits_for(MarketEvent.FeedLost)
    book = connector.get_order_book(PAIR)
    assert book.state is BookState.INVALID
    assert book.best_bid is not None
    await until(lambda: book.state is BookState.VALID, "valid again")


async def test_frames_go_straight_to_the_feed_until_someone_wants_their_bytes(
    connector: PerpetualDerivative, trader: Trader
) -> None:
    books, heard = connector.components.streams.books, list[bytes]()

    def readers() -> list[object]:
        return [socket.listener.direct for stream in books.stream.streams for socket in stream.sockets]

    await until(lambda: readers() == [connector.components.feed], "the measure of the first second is over", 5)
    counted = books.stream.counters.frames
    trader.quote(BUY, "59991", "1")
    await until(lambda: connector.get_order_book(PAIR).best_bid == (59_991, 1), "read by the feed")
    assert books.stream.counters.frames > counted
    books.tap(heard.append)
    trader.quote(BUY, "59992", "1")
    await until(lambda: connector.get_order_book(PAIR).best_bid == (59_992, 1), "read by the feed as before")
    assert any(b'"depthUpdate"' in frame and b'"59992' in frame for frame in heard)
    assert readers() == [None]


async def test_a_listener_of_the_book_that_fails_costs_neither_the_connector_nor_the_next_listener(
    connector: PerpetualDerivative,
    venue: LocalExchange,
    log: EventLog,
    trader: Trader,
    caplog: pytest.LogCaptureFixture,
) -> None:
    symbol_feed = connector.components.feed.symbols[SYMBOL]
    heard: list[tuple[BookState, bool]] = []

    def fails(changed: SymbolFeed) -> None:
        raise RuntimeError("a strategy's mistake")

    symbol_feed.add_listener(fails)
    symbol_feed.add_listener(lambda changed: heard.append((changed.book.state, connector.ready)))
    venue.faults.arm("cut_sockets")
    await log.waits_for(MarketEvent.FeedLost)
    await until(lambda: connector.ready, "ready again")
    venue.faults.arm("drop_depth")
    trader.quote(BUY, "59991", "1")
    await until(lambda: not venue.faults.armed(), "the frame is touched on its way")
    trader.quote(BUY, "59993", "1")
    await until(lambda: symbol_feed.gaps == 1, "a gap")
    await until(lambda: connector.get_order_book(PAIR).best_bid == (59_993, 1), "the right book")
    assert "a listener of the feed failed" in caplog.text
    told = [is_ready for state, is_ready in heard if state is BookState.INVALID]
    assert told and not any(told), "who hears of a lost book finds the gate shut"


async def test_a_ticker_that_depth_does_not_reach_shuts_the_gate_and_is_dropped(
    connector: PerpetualDerivative, log: EventLog, trader: Trader
) -> None:
    lie = scenes.ticker(2**63 - 1, "100", "1", "101", "1", st=1)
    connector.components.feed.on_frame(scenes.packed(lie), connector.components.clock.monotonic_ms())
    assert connector.get_price(PAIR, False) == 100
    lost = await log.waits_for(MarketEvent.FeedLost)
    assert isinstance(lost, FeedLostEvent) and "depth did not reach" in lost.reason
    await log.waits_for(MarketEvent.FeedRestored)
    assert connector.get_price(PAIR, False) == 59_990
    trader.quote(BUY, "59995", "1")
    await until(lambda: connector.get_price(PAIR, False) == 59_995, "the touch moves on")
