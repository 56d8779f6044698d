"""Hummingbot's order books, written from ours when somebody looks and at every tick: frames cost them nothing.

Each is one object for its pair's life, however often the connection is renewed. Only what changed since the last write
is written; after a new snapshot the whole of it. Their ids are the venue's: after a write both books stand as of one.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from struct import iter_unpack
from typing import Any, Final, Protocol

import numpy as np
from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.data_type.order_book_tracker import OrderBookTracker
from hummingbot.core.event.events import OrderBookEvent, OrderBookTradeEvent

from connector.adapters.hummingbot.words import THEIR_TRADE_TYPES
from connector.core.enums import BookState
from connector.core.funding_info import FundingInfo
from connector.core.interface import MarketDataView, PublicTrade
from connector.exchange.beat import beat

_LOOK_EVERY_S: Final = 1.0
_TICKS_MISSED_S: Final = 0.9
#: Until every book is there.
_FIRST_LOOKS_EVERY_S: Final = 0.05
_MOST_FIRST_LOOKS: Final = 200
_ROW: Final = "ddd"


class WrittenBook:
    """One book of theirs, and the book of ours that it is written from."""

    def __init__(self, theirs: OrderBook, data: MarketDataView) -> None:
        self.theirs = theirs
        self._last_trade_id = self._written = 0
        self._is_new, self._tells = True, False
        self._follow(data)

    def write(self, data: MarketDataView) -> None:
        """Brings theirs to where ours stands; a book that is not believed now leaves theirs as it was."""
        if data is not self._data:
            self._follow(data)
        self._tell_last_price(data)
        ours = data.book
        stands_at = ours.last_diff_uid
        if (stands_at == self._written and not self._is_new) or ours.state is not BookState.VALID:
            return
        changes = self._export.changes()
        if changes is None:
            bids, asks = self._export.whole()
            self.theirs.apply_numpy_snapshot(_rows(bids), _rows(asks))
        elif any(changes):
            bids, asks = changes
            self.theirs.apply_numpy_diffs(_rows(bids), _rows(asks))
        if self.theirs.last_diff_uid != stands_at:
            self.theirs.apply_diffs([], [], stands_at)
        self._written, self._is_new = stands_at, False

    def tell_trades(self) -> None:
        """Trades go to whoever listens to theirs, at once; where nobody does, ours has no listener either."""
        wanted = bool(self.theirs.get_listeners(OrderBookEvent.TradeEvent))
        if wanted and not self._tells:
            trades = self._data.trades
            self._last_trade_id = trades[-1].trade_id if trades else 0
            self._data.add_listener(self._hear)
        elif self._tells and not wanted:
            self._data.remove_listener(self._hear)
        self._tells = wanted

    def _follow(self, data: MarketDataView) -> None:
        self._data = data
        self._export = data.book.level_export()
        self._written, self._is_new, self._tells = 0, True, False

    def _hear(self, data: MarketDataView) -> None:
        for trade in _after(data, self._last_trade_id):
            self._last_trade_id = trade.trade_id
            self.theirs.apply_trade(
                OrderBookTradeEvent(
                    trading_pair=data.trading_pair,
                    timestamp=trade.time_ms / 1000,
                    type=THEIR_TRADE_TYPES[trade.trade_type],
                    price=float(trade.price),
                    amount=float(trade.amount),
                    trade_id=str(trade.trade_id),
                )
            )

    def _tell_last_price(self, data: MarketDataView) -> None:
        price = data.book.last_trade_price
        if not self._tells and price == price and price != self.theirs.last_trade_price:
            self.theirs.last_trade_price = price
            self.theirs.last_trade_price_rest_updated = time.perf_counter()


class _Rows(np.ndarray[Any, Any]):
    """Rows of price, amount and id. Theirs reads them one by one, which of tuples costs half of what it does of
    arrays."""

    def __iter__(self) -> Iterator[Any]:
        return iter_unpack(_ROW, self.data)


def _rows(levels: bytes) -> _Rows:
    return np.frombuffer(levels, dtype=np.float64).reshape(-1, len(_ROW)).view(_Rows)


def _after(data: MarketDataView, trade_id: int) -> list[PublicTrade]:
    """The newest trades, oldest first, back to one that was told."""
    newer = []
    for trade in reversed(data.trades):
        if trade.trade_id <= trade_id:
            break
        newer.append(trade)
    return newer[::-1]


class WrittenBooks(dict[str, Any]):
    """Books by pair: each is written as it is handed out."""

    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__()
        self._write = write

    def __getitem__(self, trading_pair: str) -> Any:
        self._write(trading_pair)
        return super().__getitem__(trading_pair)

    def get(self, trading_pair: str, default: Any = None) -> Any:
        if trading_pair not in self:
            return default
        return self[trading_pair]

    def values(self) -> Any:
        return [self[trading_pair] for trading_pair in self]

    def items(self) -> Any:
        return [(trading_pair, self[trading_pair]) for trading_pair in self]


class BookSource:
    """What Hummingbot asks a tracker's source for."""

    def __init__(self, last_prices: Callable[[list[str]], Awaitable[dict[str, float]]]) -> None:
        #: Paper trading puts another kind of book in place.
        self.order_book_create_function: Callable[[], OrderBook] = OrderBook
        self._last_prices = last_prices

    async def get_last_traded_prices(self, trading_pairs: list[str], domain: str | None = None) -> dict[str, float]:
        """By pair."""
        return await self._last_prices(trading_pairs)


class Market(Protocol):
    """What the books are read from: it is started and stopped, and its pairs come and go."""

    def market_data(self, trading_pair: str) -> MarketDataView | None:
        """None while the pair is not followed."""
        ...

    def funding_info(self, trading_pair: str) -> FundingInfo | None:
        """None before the pair's first frame."""
        ...

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def add(self, trading_pair: str) -> bool: ...
    async def remove(self, trading_pair: str) -> bool: ...


class BookTracker(OrderBookTracker):
    """Their tracker of books, with none of its queues. Paper trading starts it by itself, without a connector."""

    def __init__(self, source: BookSource, trading_pairs: list[str], domain: str, market: Market) -> None:
        super().__init__(data_source=source, trading_pairs=trading_pairs, domain=domain)
        self.market = market
        self._written: dict[str, WrittenBook] = {}
        self._order_books: WrittenBooks = WrittenBooks(self._write)
        self._looked_s = 0.0
        self._keeper: asyncio.Task[None] | None = None
        #: One that was stopped, and may not be at its end.
        self._ending: asyncio.Task[None] | None = None
        self._order_book_stream_listener_task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it keeps the books."""
        return self._keeper is not None and not self._keeper.done()

    def start(self) -> None:
        """Follows the market until stopped. Their books stay the objects that they are."""
        if not self.is_running:
            self._keeper = asyncio.ensure_future(self._keep(self._ending))
            # What waits for their own listener to have begun looks at this.
            self._order_book_stream_listener_task = self._keeper

    def stop(self) -> None:
        """The books stand as they stood last."""
        if self._keeper is not None:
            self._keeper.cancel()
            self._ending, self._keeper = self._keeper, None
            self._order_book_stream_listener_task = None
        self._order_books_initialized.clear()

    async def end(self) -> None:
        """Stops, and waits until the market is not followed any more."""
        self.stop()
        if self._ending is not None:
            await asyncio.wait({self._ending})

    def look(self) -> None:
        """Makes books that are due, writes all, and hands on trades."""
        self._looked_s = time.monotonic()
        for trading_pair in self._trading_pairs:
            self._write(trading_pair)
            if trading_pair in self._written:
                self._written[trading_pair].tell_trades()
        if all(trading_pair in self._written for trading_pair in self._trading_pairs):
            self._order_books_initialized.set()

    async def add_trading_pair(self, trading_pair: str) -> bool:
        """Waits for its book a while; False where it is followed already, or not listed."""
        if trading_pair in self._order_books or not await self.market.add(trading_pair):
            return False
        if trading_pair not in self._trading_pairs:
            self._trading_pairs.append(trading_pair)
        for _ in range(_MOST_FIRST_LOOKS):
            self.look()
            if trading_pair in self._order_books:
                break
            await asyncio.sleep(_FIRST_LOOKS_EVERY_S)
        return True

    async def remove_trading_pair(self, trading_pair: str) -> bool:
        """False where it is not followed, or something of ours is at stake there."""
        if trading_pair not in self._trading_pairs or not await self.market.remove(trading_pair):
            return False
        self._trading_pairs.remove(trading_pair)
        self._written.pop(trading_pair, None)
        self._order_books.pop(trading_pair, None)
        return True

    def _write(self, trading_pair: str) -> None:
        data = self.market.market_data(trading_pair)
        if data is None:
            return
        written = self._written.get(trading_pair)
        if written is None:
            if data.book.state is not BookState.VALID:
                return
            theirs = self._data_source.order_book_create_function()
            written = self._written[trading_pair] = WrittenBook(theirs, data)
            self._order_books[trading_pair] = theirs
        written.write(data)

    async def _keep(self, former: asyncio.Task[None] | None) -> None:
        """Once the former one has stopped the market, it starts it."""
        try:
            await _end_of(former)
            await self.market.start()
            while True:
                # Where a clock ticks it looks by itself.
                if not self.ready or time.monotonic() - self._looked_s > _TICKS_MISSED_S:
                    self.look()
                await beat(_LOOK_EVERY_S if self.ready else _FIRST_LOOKS_EVERY_S)
        finally:
            await _end_of(former)
            await self.market.stop()


async def _end_of(task: asyncio.Task[None] | None) -> None:
    """Unlike awaiting it, a cancel of whoever waits is none of the task's."""
    if task is not None:
        await asyncio.wait({task})
