"""The streams of one route for many symbols, spread over as many sockets as the venue's limit asks for.

A symbol's streams share a socket, so that it is up or down as a whole, and sockets carry equally many symbols. A
symbol that comes at run time joins the emptiest socket; where none has room, there is a new one.
"""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from connector.core.clock import Clock
from connector.exchange.market_data.read_pace import ReadPace
from connector.net.handshakes import HandshakePace
from connector.net.listener import FrameReader
from connector.net.stream import Stream, StreamCounters
from connector.venue.limits import MAX_STREAMS, StreamTerms


class SymbolSink(Protocol):
    """What hears of the streams, by the symbols that a socket carries. Called from the loop; must not block. Market
    frames that a reader takes do not come here."""

    def on_up(self, symbols: Collection[str]) -> None: ...
    def on_down(self, symbols: Collection[str], reason: str) -> None: ...
    def on_frame(self, frame: bytes, received_ms: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Route:
    """An address that takes SUBSCRIBE messages, and the kinds of stream that each symbol has there."""

    name: str
    address: str
    kinds: tuple[str, ...]

    def names(self, symbol: str) -> list[str]:
        return [f"{symbol.lower()}@{kind}" for kind in self.kinds]


class _Share:
    """One socket's symbols."""

    def __init__(self, owner: "ShardedStream", number: int) -> None:
        self.symbols: dict[str, None] = {}
        self._route = owner.route
        self._sink = owner.sink
        self.on_frame = owner.sink.on_frame
        self.stream = Stream(
            f"{self._route.name} {number}", self._address, self, owner.clock, owner.terms, owner.handshakes
        )

    def on_up(self) -> None:
        self._sink.on_up(self.symbols)

    def on_down(self, reason: str) -> None:
        self._sink.on_down(self.symbols, reason)

    async def _address(self) -> str:
        return self._route.address


class ShardedStream:
    """Carries the symbols that were added. `run` runs until cancelled."""

    def __init__(
        self,
        route: Route,
        sink: SymbolSink,
        clock: Clock,
        terms: StreamTerms,
        most_streams: int = MAX_STREAMS,
        handshakes: HandshakePace | None = None,
    ) -> None:
        self.route = route
        self.sink = sink
        self.clock = clock
        self.terms = terms
        #: The sockets of one address share it.
        self.handshakes = handshakes or HandshakePace(clock.monotonic_ms)
        self._most_symbols = max(1, most_streams // len(route.kinds))
        self._reader: FrameReader | None = None
        self._pace: ReadPace | None = None
        self._shares: list[_Share] = []
        self._share_of: dict[str, _Share] = {}
        self._group: asyncio.TaskGroup | None = None

    @property
    def streams(self) -> tuple[Stream, ...]:
        """One a socket."""
        return tuple(share.stream for share in self._shares)

    @property
    def counters(self) -> StreamCounters:
        """All sockets' counters, summed."""
        rows = [stream.counters for stream in self.streams]
        return StreamCounters(
            frames=sum(row.frames for row in rows),
            connections=sum(row.connections for row in rows),
            failures=sum(row.failures for row in rows),
            handovers=sum(row.handovers for row in rows),
            refusals=sum(row.refusals for row in rows),
        )

    def stream_of(self, symbol: str) -> Stream:
        """The stream that carries a symbol. Raises KeyError for one that was not added."""
        return self._share_of[symbol].stream

    def read_by(self, reader: FrameReader | None) -> None:
        """Market frames go straight to the reader, from now on and on every socket; without one to the sink."""
        self._reader = reader
        for stream in self.streams:
            stream.read_by(reader)

    def read_at(self, pace: ReadPace) -> None:
        """Every socket that is opened from now on is read at that pace."""
        self._pace = pace
        for stream in self.streams:
            stream.on_read = pace.after_read

    def add(self, symbols: Iterable[str]) -> None:
        """Carries these symbols, too; one that is carried already is no error."""
        added = [symbol for symbol in symbols if symbol not in self._share_of]
        room_for = self._most_symbols * len(self._shares)
        while len(self._share_of) + len(added) > room_for:
            self._open_share()
            room_for += self._most_symbols
        for symbol in added:
            share = min(self._shares, key=lambda share: len(share.symbols))
            share.symbols[symbol] = None
            self._share_of[symbol] = share
        for share in self._shares:
            share.stream.carry(name for symbol in added if symbol in share.symbols for name in self.route.names(symbol))

    def remove(self, symbol: str) -> None:
        """Carries the symbol no more; one that is not carried is no error."""
        share = self._share_of.pop(symbol, None)
        if share is not None:
            del share.symbols[symbol]
            share.stream.cease(self.route.names(symbol))

    def resubscribe(self, symbol: str) -> None:
        """Asks anew for a symbol's streams."""
        self.stream_of(symbol).resubscribe(self.route.names(symbol))

    def drop(self, reason: str) -> None:
        """Ends every present connection; `run` makes the next ones."""
        for stream in self.streams:
            stream.drop(reason)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            self._group = group
            for stream in self.streams:
                group.create_task(stream.run())
            await asyncio.Event().wait()

    def _open_share(self) -> None:
        share = _Share(self, len(self._shares) + 1)
        share.stream.read_by(self._reader)
        share.stream.on_read = self._pace.after_read if self._pace else None
        self._shares.append(share)
        if self._group is not None:
            self._group.create_task(share.stream.run())
