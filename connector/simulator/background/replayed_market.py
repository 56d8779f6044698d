"""A recording as the market: its book and trades are played again, and orders of ours stand in the midst of them.

    the book    the recorded amount of a level stands there as orders of the house, in the order in which it grew:
                what was there before an order of ours is ahead of it, what comes later is behind
    it shrinks  by a cancel: the youngest lots leave first, so that an order of ours never gains by a guess
    a trade     takes as much as it took then, at its price: what stands ahead first, then orders of ours
    through     a trade, or a level of the other side, beyond the price of an order of ours fills it at its own price

Where we took what others took then, the level stands as recorded again with its next change. When the recording is
over, its last book stands, and whoever runs the exchange is told.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from connector.simulator.background.background import Background
from connector.simulator.background.recorded_traffic import BookChange, Fact, PriceLevel, Print, first_snapshots
from connector.simulator.engine import Engine
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import decimals_of
from connector.simulator.market.default_instruments import ETHUSDT, MAJORS
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BUY, IOC, LIMIT, SELL, Order, OrderRequest

_QUOTE = "USDT"
#: Levels that one recorded trade can have gone through.
MOST_SWEPT = 1_000


class ReplayedMarket:
    """Plays `facts` on `engine`, from `start_ms` of the steady clock on, `pace` times as fast as they came.

    `maker` and `taker` are the house's accounts.
    """

    def __init__(
        self, facts: Iterator[Fact], engine: Engine, house: tuple[int, int], start_ms: int, pace: float = 1.0
    ) -> None:
        self._facts, self._engine, self._pace = facts, engine, pace
        self._maker, self._taker = house
        self._start_ms = start_ms
        self._ahead = next(facts, None)
        self._first_ms = self._ahead.at_ms if self._ahead else 0
        self._standing: dict[tuple[str, int, int], list[Order]] = {}
        self._held: dict[str, list[BookChange]] = {}
        self._last_ids: dict[str, int] = {}
        self.background = Background(0, ())
        self.refused_commands = 0

    @property
    def is_over(self) -> bool:
        """Whether all of the recording was played."""
        return self._ahead is None

    def next_ms(self) -> float:
        """When the steady clock makes something due; never again when the recording is over."""
        return self._due_ms(self._ahead) if self._ahead else math.inf

    def play(self, steady_ms: int, now_ms: Callable[[], int], publish: Callable[[], None]) -> Iterator[None]:
        """Does what is due, and tells after each fact. Others may have their turn whenever it yields."""
        moved: dict[str, int] = {}
        while self._ahead is not None and self._due_ms(self._ahead) <= steady_ms:
            fact, self._ahead = self._ahead, next(self._facts, None)
            listing = self._listing(fact.symbol)
            if listing is not None:
                self._do(fact, listing, now_ms())
                moved[listing.symbol] = _mid_e8(listing)
                publish()
                yield
        self._engine.move_prices(moved, now_ms())

    def _due_ms(self, fact: Fact) -> float:
        return self._start_ms + (fact.at_ms - self._first_ms) / self._pace

    def _listing(self, symbol: str) -> Listing | None:
        """The symbol's listing; a snapshot that names none is of the first."""
        return self._engine.listings.get(symbol or next(iter(self._engine.listings)))

    def _do(self, fact: Fact, listing: Listing, now_ms: int) -> None:
        symbol = listing.symbol
        if isinstance(fact, Print):
            if symbol in self._last_ids:
                self._trade(fact, listing, now_ms)
        elif fact.snapshot:
            self._last_ids[symbol] = fact.last_id
            self._stand(_whole(fact, listing, self._standing), listing, now_ms)
            for held in self._held.pop(symbol, []):
                self._change(held, listing, now_ms)
        elif symbol not in self._last_ids:
            self._held.setdefault(symbol, []).append(fact)
        else:
            self._change(fact, listing, now_ms)

    def _change(self, change: BookChange, listing: Listing, now_ms: int) -> None:
        """By "How to manage a local order book": what the snapshot knows already is passed over."""
        if change.last_id >= self._last_ids[listing.symbol]:
            self._stand(_levels(change, listing.instrument), listing, now_ms)

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


def _whole(
    change: BookChange, listing: Listing, standing: dict[tuple[str, int, int], list[Order]]
) -> list[tuple[int, int, int]]:
    """A snapshot's levels, and nothing at every other price where the house stands."""
    named = list(_levels(change, listing.instrument))
    prices = {(side, ticks) for side, ticks, _ in named}
    gone = [
        (side, ticks, 0) for symbol, side, ticks in standing if symbol == listing.symbol and (side, ticks) not in prices
    ]
    return gone + named


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
