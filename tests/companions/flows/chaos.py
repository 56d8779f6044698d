"""What a chaos flow needs: an exchange whose every book is remembered, and a listener that checks each price."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from connector.core.enums import BookState
from connector.core.secrets import Secret
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.market.symbol_feed import SymbolFeed
from connector.net.sign import HmacSigner
from connector.simulator.errors import VenueError
from connector.simulator.market.book import Book
from connector.simulator.market.orders import BUY, LIMIT, MARKET, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.simulator.streams.wire_frames import StreamFrame
from connector.venue.domains import LOCAL
from connector.venue.limits import StreamTerms
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, until
from tests.companions.virtual_time import loop_clock

D = Decimal
DEPTH = "btcusdt@depth@100ms"
_LEVELS = 12
_PACE_S = 0.02

Side = list[tuple[Decimal, Decimal]]
Touch = tuple[tuple[Decimal, Decimal] | None, tuple[Decimal, Decimal] | None]


class Market:
    """Someone who trades all the time, and remembers the exchange's own book by update id."""

    def __init__(self, venue: LocalExchange, seed: int = 1) -> None:
        self.books: dict[int, tuple[Side, Side]] = {}
        self.is_moving = True
        self._venue = venue
        self._random = random.Random(seed)
        self._maker, self._taker = (venue.admit(D(100_000_000)).account_id for _ in range(2))
        self._names: list[str] = []
        self._count = 0
        for rung in range(1, 16):
            self._quote(BUY, 60_000 - 2 * rung)
            self._quote(SELL, 60_000 + 2 * rung)
        venue.runtime.hub.subscribe(DEPTH, self)

    def deliver(self, frame: StreamFrame) -> None:
        """Others trade, too: the book that a depth frame ends with is remembered while the exchange sends it."""
        self._remember()

    def cut(self) -> None:
        """It has no socket."""

    def touches_since(self, update_id: int) -> set[Touch]:
        """Best bid and ask at that book and at every later one."""
        return {
            (bids[0] if bids else None, asks[0] if asks else None)
            for number, (bids, asks) in self.books.items()
            if number >= update_id
        }

    async def run(self) -> None:
        while True:
            if self.is_moving:
                self.move()
            await asyncio.sleep(_PACE_S)

    def move(self) -> None:
        """One command: a quote, a cancel, or now and then a trade. A side that gets thin is filled up first."""
        chance = self._random.random()
        thin = next((side for side in (BUY, SELL) if len(self._book.levels(side, _LEVELS)) < _LEVELS), None)
        if thin is not None:
            self._quote(thin, 60_000 - thin * self._random.randint(1, 40))
        elif chance < 0.45:
            side = self._random.choice((BUY, SELL))
            self._quote(side, 60_000 - side * self._random.randint(1, 40))
        elif chance < 0.9 and len(self._names) > 20:
            name = self._names.pop(self._random.randrange(len(self._names)))
            with contextlib.suppress(VenueError):  # it was traded away meanwhile
                self._venue.act(lambda engine, now_ms: engine.cancel(self._maker, SYMBOL, None, name, now_ms))
        else:
            self._send(self._random.choice((BUY, SELL)), MARKET, None)
        self._remember()

    def _quote(self, side: int, price: int) -> None:
        self._names.append(self._send(side, LIMIT, D(price)))
        self._remember()

    def _send(self, side: int, kind: str, price: Decimal | None) -> str:
        self._count += 1
        amount = D(self._random.randint(1, 400)) / 1000
        name = f"market-{self._count}"
        request = OrderRequest(SYMBOL, side, kind, amount, price, client_order_id=name)
        account = self._maker if kind == LIMIT else self._taker
        self._venue.act(lambda engine, now_ms: engine.place(account, request, now_ms))
        return name

    @property
    def _book(self) -> Book:
        return self._venue.engine.listing(SYMBOL).book

    def _remember(self) -> None:
        row = self._venue.engine.listing(SYMBOL).instrument
        bids, asks = (
            [(D(row.price_text(ticks)), D(row.quantity_text(lots))) for ticks, lots in self._book.levels(side, _LEVELS)]
            for side in (BUY, SELL)
        )
        self.books[self._book.update_id] = (bids, asks)


class Wire:
    """Hears a stream at the exchange's own door, at the moment at which it is sent."""

    def __init__(self, venue: LocalExchange, name: str = DEPTH) -> None:
        #: When a frame was sent that does not follow its predecessor, by the loop's clock.
        self.holes_s: list[float] = []
        self.frames = 0
        self._last_id: int | None = None
        venue.runtime.hub.subscribe(name, self)

    def deliver(self, frame: StreamFrame) -> None:
        row = json.loads(frame.payload)
        self.frames += 1
        if self._last_id is not None and row["pu"] != self._last_id and row["u"] > self._last_id:
            self.holes_s.append(asyncio.get_running_loop().time())
        self._last_id = row["u"]

    def cut(self) -> None:
        """It has no socket."""

    async def sends_again(self) -> None:
        """The stream was silent, and sends a frame."""
        frames = self.frames
        await until(lambda: self.frames > frames, "the stream speaks again")


@dataclass
class BookCheck:
    """A strategy's eyes: compares every price that is shown as valid with what the exchange had."""

    market: Market
    connector: PerpetualDerivative
    log: EventLog
    seen: int = 0
    wrong: list[str] = field(default_factory=list)
    #: When the book changed to and from valid, by the loop's clock.
    turns: list[tuple[float, bool]] = field(default_factory=list)

    def look(self, symbol_feed: SymbolFeed) -> None:
        book, loop = symbol_feed.book, asyncio.get_running_loop()
        is_valid = book.state is BookState.VALID
        if not self.turns or self.turns[-1][1] != is_valid:
            self.turns.append((loop.time(), is_valid))
        if not is_valid:
            return
        self.seen += 1
        truth = self.market.books.get(book.last_diff_uid)
        mine = (book.levels(True, _LEVELS), book.levels(False, _LEVELS))
        if mine != truth:
            self.wrong.append(f"book of {book.last_diff_uid}: {mine} and not {truth}")
        if (book.touch_bid, book.touch_ask) not in self.market.touches_since(book.last_diff_uid):
            self.wrong.append(f"touch after {book.last_diff_uid}: {book.touch_bid} {book.touch_ask}")

    def lost_s(self) -> list[float]:
        """When a valid book was lost."""
        return [at for number, (at, is_valid) in enumerate(self.turns) if number and not is_valid]

    async def is_right_again(self, within_s: float = 2.0) -> None:
        """The connector is ready, and its book is the exchange's own of this moment."""
        book = self.connector.get_order_book(PAIR)

        def is_right() -> bool:
            now = (book.levels(True, _LEVELS), book.levels(False, _LEVELS))
            recent = [self.market.books[number] for number in sorted(self.market.books)[-25:]]
            return self.connector.ready and book.state is BookState.VALID and now in recent

        await until(is_right, f"right again: {self.connector.status_report}", within_s)

    def saw_nothing_wrong(self) -> None:
        assert self.wrong == []
        assert self.seen > 10, "prices were seen at all"


@dataclass
class Scene:
    venue: LocalExchange
    market: Market
    wire: Wire
    connector: PerpetualDerivative
    log: EventLog
    book_check: BookCheck


@contextlib.asynccontextmanager
async def scene(terms: StreamTerms | None = None, *, start: bool = True, **settings: object) -> AsyncIterator[Scene]:
    """A moving market, and a connector that is ready and watched (`start` False: neither)."""
    rows = SimulatorSettings(background=False, funding_first_s=3600, clock=loop_clock(), **settings)  # type: ignore[arg-type]
    async with LocalExchange(rows) as venue:
        market = Market(venue)
        domain = replace(LOCAL.at(venue.rest, venue.stream, venue.ws_api), streams=terms or StreamTerms())
        signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
        connector = assemble(domain, signer, (PAIR,), "chaos1", loop_clock())
        log = EventLog(connector)
        book_check = BookCheck(market, connector, log)
        moving = asyncio.create_task(market.run())
        try:
            await connector.start_network()
            connector.components.feed.symbols[SYMBOL].add_listener(book_check.look)
            if start:
                await until(lambda: connector.ready, f"ready: {connector.status_dict}")
            wire = Wire(venue)
            await until(lambda: wire.frames > 0, "the stream is told of")
            yield Scene(venue, market, wire, connector, log, book_check)
        finally:
            await connector.stop_network()
            moving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await moving
