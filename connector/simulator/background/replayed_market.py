"""A recording as the market: its book and trades are played again, and orders of ours stand in the midst of them.

    the book    the recorded amount of a level stands there as orders of the house, in the order in which it grew:
                what was there before an order of ours is ahead of it, what comes later is behind
    it shrinks  by a cancel: the youngest lots leave first, so that an order of ours never gains by a guess
    a trade     takes as much as it took then, at its price: what stands ahead first, then orders of ours
    through     a trade, or a level of the other side, beyond the price of an order of ours fills it at its own price

    out of sight where whoever recorded had lost sight of a symbol nothing stands, and it is halted until it is seen

Where we took what others took then, the level stands as recorded again with its next change. When the recording is
over, its last book stands, and whoever runs the exchange is told. Mark price, index and funding are those of the
recording, where it tells them.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from connector.simulator.background.background import Background
from connector.simulator.background.recorded_traffic import (
    BookChange,
    Fact,
    FundingBounds,
    Outage,
    Priced,
    PriceLevel,
    Print,
    first_snapshots,
)
from connector.simulator.background.recordings import Recording
from connector.simulator.background.told_prices import follow_bounds, follow_prices
from connector.simulator.engine import Engine
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import decimals_of, to_e8
from connector.simulator.market.default_instruments import ETHUSDT, MAJORS
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.listing import TRADING_HALT, Listing
from connector.simulator.market.orders import BUY, IOC, LIMIT, SELL, Order, OrderRequest

_QUOTE = "USDT"
#: Levels that one recorded trade can have gone through.
MOST_SWEPT = 1_000
#: Changes of a book that are kept while its snapshot is waited for.
MOST_HELD = 4_096


class ReplayedMarket:
    """Plays what is due of `recording` on `engine`; `house` are the accounts of its makers and of its takers."""

    def __init__(self, recording: Recording, engine: Engine, house: tuple[int, int]) -> None:
        self._recording, self._engine = recording, engine
        self._maker, self._taker = house
        self._standing: dict[tuple[str, int, int], list[Order]] = {}
        self._held: dict[str, deque[BookChange]] = {}
        self._last_ids: dict[str, int] = {}
        self._last_trades: dict[str, int] = {}
        #: Index prices that were told.
        self._indexes: dict[str, int] = {}
        #: Of symbols that are out of sight: their status before, and the book as far as it is known again.
        self._unseen: dict[str, tuple[str, dict[tuple[int, int], int]]] = {}
        self.background = Background(0, ())
        self.refused_commands = 0

    @property
    def is_over(self) -> bool:
        """Whether all of the recording was played."""
        return self._recording.is_over

    def next_ms(self) -> float:
        """When the steady clock makes something due; infinity where nothing is known of."""
        return self._recording.next_ms()

    def play(self, steady_ms: int, now_ms: Callable[[], int], publish: Callable[[], None]) -> Iterator[None]:
        """Does what is due, and tells after each fact. Others may have their turn whenever it yields."""
        moved: dict[str, int] = {}
        for fact in self._recording.due(steady_ms):
            for listing in self._listings(fact):
                self._do(fact, listing, now_ms())
                moved[listing.symbol] = self._indexes.get(listing.symbol) or _mid_e8(listing)
                publish()
                yield
        self._engine.move_prices(moved, now_ms())

    def _listings(self, fact: Fact) -> tuple[Listing, ...]:
        """Those that a fact is about. A snapshot that names none is of the first, an outage of all."""
        if not fact.symbol and isinstance(fact, Outage):
            return tuple(self._engine.listings.values())
        found = self._engine.listings.get(fact.symbol or next(iter(self._engine.listings)))
        return () if found is None else (found,)

    def _do(self, fact: Fact, listing: Listing, now_ms: int) -> None:
        match fact:
            case Print():
                self._print(fact, listing, now_ms)
            case Priced():
                self._indexes[listing.symbol] = to_e8(fact.index)
                follow_prices(self._engine, fact, listing, now_ms)
            case FundingBounds():
                follow_bounds(self._engine, fact, listing, now_ms)
            case Outage() if fact.reason:
                self._lose(listing, now_ms)
            case Outage():
                self._see_again(listing, now_ms)
            case BookChange():
                self._book(fact, listing, now_ms)

    def _book(self, change: BookChange, listing: Listing, now_ms: int) -> None:
        symbol = listing.symbol
        if change.snapshot:
            self._last_ids[symbol] = change.last_id
            self._show(_whole(change, listing, self._known(symbol)), listing, now_ms)
            for held in self._held.pop(symbol, ()):
                self._change(held, listing, now_ms)
        elif symbol not in self._last_ids:
            self._held.setdefault(symbol, deque(maxlen=MOST_HELD)).append(change)
        else:
            self._change(change, listing, now_ms)

    def _change(self, change: BookChange, listing: Listing, now_ms: int) -> None:
        """By "How to manage a local order book": what the book knows already is passed over."""
        if change.last_id >= self._last_ids[listing.symbol]:
            self._last_ids[listing.symbol] = change.last_id
            self._show(_levels(change, listing.instrument), listing, now_ms)

    def _known(self, symbol: str) -> Iterable[tuple[int, int]]:
        """Where the house stands, (side, ticks), or would stand if the symbol were in sight."""
        if symbol in self._unseen:
            return self._unseen[symbol][1]
        return [(side, ticks) for name, side, ticks in self._standing if name == symbol]

    def _show(self, levels: Iterable[tuple[int, int, int]], listing: Listing, now_ms: int) -> None:
        """Makes levels stand; of a symbol that is out of sight they are kept until it is seen again."""
        if listing.symbol not in self._unseen:
            self._stand(levels, listing, now_ms)
            return
        book = self._unseen[listing.symbol][1]
        for side, ticks, lots in levels:
            if lots:
                book[side, ticks] = lots
            else:
                book.pop((side, ticks), None)

    def _lose(self, listing: Listing, now_ms: int) -> None:
        """No price is shown that may be over: the house leaves the book, and nobody trades until it is known again."""
        symbol = listing.symbol
        if symbol not in self._unseen:
            self._stand([(side, ticks, 0) for side, ticks in self._known(symbol)], listing, now_ms)
            self._unseen[symbol] = listing.own_status, {}
            self._engine.set_status(symbol, TRADING_HALT)
        self._unseen[symbol][1].clear()
        self._held.pop(symbol, None)
        for known in (self._last_ids, self._last_trades):
            known.pop(symbol, None)

    def _see_again(self, listing: Listing, now_ms: int) -> None:
        symbol = listing.symbol
        if symbol in self._unseen:
            status, book = self._unseen.pop(symbol)
            self._engine.set_status(symbol, status)
            self._stand([(side, ticks, lots) for (side, ticks), lots in book.items()], listing, now_ms)

    def _stand(self, levels: Iterable[tuple[int, int, int]], listing: Listing, now_ms: int) -> None:
        """Makes levels, (side, ticks, lots), stand as recorded: what shrinks before what grows."""
        growing = []
        for side, ticks, lots in levels:
            surplus = self._lots(listing.symbol, side, ticks) - lots
            if surplus > 0:
                self._cut(listing.symbol, side, ticks, surplus, now_ms)
            elif surplus < 0:
                growing.append((side, ticks, -surplus))
        for side, ticks, lots in growing:
            self._grow(listing, side, ticks, lots, now_ms)

    def _lots(self, symbol: str, side: int, ticks: int) -> int:
        """What stands of the house, orders that were eaten forgotten."""
        key = (symbol, side, ticks)
        standing = [order for order in self._standing.get(key, ()) if order.rests and order.is_open]
        if standing:
            self._standing[key] = standing
        else:
            self._standing.pop(key, None)
        return sum(order.open_lots for order in standing)

    def _cut(self, symbol: str, side: int, ticks: int, lots: int, now_ms: int) -> None:
        standing = self._standing[symbol, side, ticks]
        while lots:
            youngest = standing[-1]
            if youngest.open_lots > lots:
                self._engine.shrink(self._maker, symbol, youngest.order_id, lots)
                return
            lots -= youngest.open_lots
            standing.pop()
            self._engine.cancel(self._maker, symbol, youngest.order_id, None, now_ms)

    def _grow(self, listing: Listing, side: int, ticks: int, lots: int, now_ms: int) -> None:
        order = self._place(self._maker, listing, side, ticks, lots, now_ms)
        if order is not None and order.rests:
            self._standing.setdefault((listing.symbol, side, ticks), []).append(order)

    def _print(self, fact: Print, listing: Listing, now_ms: int) -> None:
        """One that comes before the book, while the symbol is out of sight, or for the second time, makes nothing."""
        symbol, is_numbered = listing.symbol, fact.number > 0
        if symbol not in self._last_ids or symbol in self._unseen:
            return
        if is_numbered and fact.number <= self._last_trades.get(symbol, 0):
            return
        self._last_trades[symbol] = fact.number
        self._trade(fact, listing, now_ms)

    def _trade(self, fact: Print, listing: Listing, now_ms: int) -> None:
        """The recorded taker again. House levels that it must have found empty are emptied, its own is made sure of."""
        instrument = listing.instrument
        ticks, lots = instrument.ticks_of(fact.price), instrument.lots_of(fact.amount)
        side = SELL if fact.buyer_is_maker else BUY
        for at, _ in listing.book.levels(-side, MOST_SWEPT):
            if side * (ticks - at) <= 0:
                break
            surplus = self._lots(listing.symbol, -side, at)
            if surplus:
                self._cut(listing.symbol, -side, at, surplus, now_ms)
        missing = lots - self._lots(listing.symbol, -side, ticks)
        if missing > 0:
            self._grow(listing, -side, ticks, missing, now_ms)
        self._place(self._taker, listing, side, ticks, lots, now_ms, IOC)

    def _place(
        self, account: int, listing: Listing, side: int, ticks: int, lots: int, now_ms: int, in_force: str = "GTC"
    ) -> Order | None:
        row = listing.instrument
        request = OrderRequest(row.symbol, side, LIMIT, lots * row.step, ticks * row.tick, in_force, client_order_id="")
        try:
            return self._engine.place(account, request, now_ms)
        except VenueError:
            self.refused_commands += 1
            return None


def _levels(change: BookChange, row: Instrument) -> Iterator[tuple[int, int, int]]:
    for side, levels in ((BUY, change.bids), (SELL, change.asks)):
        for price, amount in levels:
            yield side, row.ticks_of(price), row.lots_of(amount)


def _whole(change: BookChange, listing: Listing, standing: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """A snapshot's levels, and nothing at every other price where the house stands."""
    named = list(_levels(change, listing.instrument))
    prices = {(side, ticks) for side, ticks, _ in named}
    return [(side, ticks, 0) for side, ticks in standing if (side, ticks) not in prices] + named


def _mid_e8(listing: Listing) -> int:
    """The middle of the book, the index where a side is empty."""
    bid, ask = listing.book.best(BUY), listing.book.best(SELL)
    if bid is None or ask is None:
        return listing.mark_price.index_e8
    return (bid + ask) * listing.instrument.tick_e8 // 2


def instruments_of(path: Path) -> tuple[Instrument, ...]:
    """What the recording trades: listed contracts at its prices, others made up from the decimals it uses."""
    listed = {row.symbol: row for row in MAJORS}
    return tuple(_instrument(symbol, fact, listed.get(symbol)) for symbol, fact in first_snapshots(path).items())


def _instrument(symbol: str, snapshot: BookChange, listed: Instrument | None) -> Instrument:
    levels = snapshot.bids + snapshot.asks
    price = snapshot.bids[0][0] if snapshot.bids else levels[0][0]
    row = listed or _made_up(symbol, price, levels)
    return replace(row, start_price=price - price % row.tick)


def _made_up(symbol: str, price: Decimal, levels: tuple[PriceLevel, ...]) -> Instrument:
    """A contract that no list has: its grids are the finest that the snapshot shows."""
    digits = max(decimals_of(each) for each, _ in levels)
    lot_digits = max(decimals_of(amount) for _, amount in levels)
    tick, step = Decimal(1).scaleb(-digits), Decimal(1).scaleb(-lot_digits)
    return Instrument(
        symbol=symbol,
        base=symbol.removesuffix(_QUOTE),
        quote=_QUOTE,
        tick=tick,
        step=step,
        price_precision=digits,
        quantity_precision=lot_digits,
        min_price=tick,
        max_price=price * 100,
        max_quantity=Decimal(10**9),
        market_max_quantity=Decimal(10**9),
        min_notional=Decimal(5),
        start_price=price,
        brackets=ETHUSDT.brackets,
        onboard_ms=ETHUSDT.onboard_ms,
    )
