"""Streams of many symbols, spread over sockets."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection

from connector.exchange.market_data.sharded_stream import Route, ShardedStream
from connector.simulator.server import LocalExchange
from connector.venue.limits import StreamTerms
from tests.companions.local_trading import Trader, until
from tests.companions.virtual_time import loop_clock


class Sink:
    """Remembers which symbols went up and down, and every frame."""

    def __init__(self) -> None:
        self.up: list[set[str]] = []
        self.down: list[tuple[set[str], str]] = []
        self.frames: list[bytes] = []

    def on_up(self, symbols: Collection[str]) -> None:
        self.up.append(set(symbols))

    def on_down(self, symbols: Collection[str], reason: str) -> None:
        self.down.append((set(symbols), reason))

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        self.frames.append(frame)


def spread(venue: LocalExchange, sink: Sink, most_streams: int) -> ShardedStream:
    route = Route("books", f"{venue.stream}/public/stream", ("depth@100ms", "bookTicker"))
    return ShardedStream(route, sink, loop_clock(), StreamTerms(), most_streams)


@contextlib.asynccontextmanager
async def running(stream: ShardedStream) -> AsyncIterator[None]:
    task = asyncio.create_task(stream.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_symbols_are_spread_evenly_and_share_a_socket_with_all_their_streams(venue: LocalExchange) -> None:
    sink = Sink()
    stream = spread(venue, sink, most_streams=8)
    stream.add(f"S{number}" for number in range(9))
    assert sorted(len(one.names) for one in stream.streams) == [6, 6, 6]
    for number in range(9):
        mine = stream.stream_of(f"S{number}").names
        assert {f"s{number}@depth@100ms", f"s{number}@bookTicker"} <= set(mine)


async def test_the_venues_limit_of_streams_a_socket_is_kept(venue: LocalExchange) -> None:
    sink = Sink()
    route = Route("books", f"{venue.stream}/public/stream", ("depth@100ms", "bookTicker"))
    stream = ShardedStream(route, sink, loop_clock(), StreamTerms())
    stream.add(f"S{number}" for number in range(513))
    assert [len(one.names) for one in stream.streams] == [514, 512]


async def test_a_symbol_that_comes_at_run_time_joins_the_open_socket_and_one_that_goes_is_silent(
    venue: LocalExchange, trader: Trader
) -> None:
    sink = Sink()
    stream = spread(venue, sink, most_streams=8)
    stream.add(["ETHUSDT"])
    async with running(stream):
        await until(lambda: sink.up == [{"ETHUSDT"}], "up")
        stream.add(["BTCUSDT"])
        await until(lambda: venue.runtime.hub.is_subscribed("btcusdt@bookTicker"), "granted")
        trader.quote(1, "59990.5", "0.1")
        await until(lambda: any(b"BTCUSDT" in frame for frame in sink.frames), "its frames come")
        stream.remove("BTCUSDT")
        assert stream.counters.connections == 1
        await until(lambda: not venue.runtime.hub.is_subscribed("btcusdt@bookTicker"), "unsubscribed")
        assert venue.runtime.hub.is_subscribed("ethusdt@bookTicker")


async def test_a_socket_that_is_cut_takes_down_its_own_symbols_alone(venue: LocalExchange) -> None:
    sink = Sink()
    stream = spread(venue, sink, most_streams=2)
    stream.add(["BTCUSDT", "ETHUSDT"])
    async with running(stream):
        await until(lambda: len(sink.up) == 2, "both up")
        stream.stream_of("BTCUSDT").drop("cut by hand")
        await until(lambda: sink.down == [({"BTCUSDT"}, "cut by hand")], "down")
        await until(lambda: sink.up[2:] == [{"BTCUSDT"}], "up again")


async def test_a_symbol_beyond_the_last_sockets_room_gets_a_new_socket_while_running(venue: LocalExchange) -> None:
    sink = Sink()
    stream = spread(venue, sink, most_streams=2)
    stream.add(["BTCUSDT"])
    async with running(stream):
        await until(lambda: len(sink.up) == 1, "up")
        stream.add(["ETHUSDT"])
        await until(lambda: sink.up[1:] == [{"ETHUSDT"}], "up on a socket of its own")
        assert stream.counters.connections == 2


async def test_a_reader_takes_the_frames_of_every_socket_also_of_one_that_comes_later(
    venue: LocalExchange, trader: Trader
) -> None:
    sink, reader = Sink(), Sink()
    stream = spread(venue, sink, most_streams=2)
    stream.add(["ETHUSDT"])
    stream.read_by(reader)
    async with running(stream):
        await until(lambda: len(sink.up) == 1, "up")
        stream.add(["BTCUSDT"])
        await until(lambda: len(sink.up) == 2, "the new socket, too")
        trader.quote(1, "59990.5", "0.1")
        await until(lambda: any(b"BTCUSDT" in frame for frame in reader.frames), "its frames come")
        assert sink.frames == []
        assert stream.counters.frames == len(reader.frames)
