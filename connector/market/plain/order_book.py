"""The order book in plain Python: the specification of the compiled one.

Prices and amounts are integers scaled by the decimal places seen so far; a number with more of them rescales the
book in place (tick sizes change while old levels stand). A side keeps its prices sorted so that the best stands at
the end, where changes are cheap. `apply` and `replace` answer with a flaw: empty, or why the book isn't believable.

    depth ──▶ levels, `last_diff_uid` ──┐
    ticker ─▶ touch, its update id ─────┴─▶ merged: the ticker's touch while its id is above `last_diff_uid`
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from decimal import Decimal
from hashlib import blake2b
from itertools import chain

from connector.core.enums import BookState
from connector.core.interface import OrderBookRow
from connector.market.book_queries import BookQueries
from connector.market.facts import (
    MOST_DIGITS,
    BookTicker,
    DepthDiff,
    DepthSnapshot,
    Level,
    ScaledNumber,
)

_LIMIT = 10**MOST_DIGITS
_WORD = 2**64 - 1
_NAN = float("nan")
TOO_LONG = f"a number needs more than {MOST_DIGITS} digits at the book's scale"
CROSSED = "the best bid is not below the best ask"


class _Side:
    """One side: `keys` are sign x price, ascending, so that the best of either side is the last."""

    __slots__ = ("amounts", "keys", "sign")

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.keys: list[int] = []
        self.amounts: dict[int, int] = {}

    def put(self, price: int, amount: int) -> None:
        """Sets a level's absolute amount; 0 deletes it, deleting an unknown level is normal."""
        key = self.sign * price
        if amount:
            if key not in self.amounts:
                self.keys.insert(bisect_left(self.keys, key), key)
            self.amounts[key] = amount
        elif self.amounts.pop(key, None) is not None:
            del self.keys[bisect_left(self.keys, key)]

    def clear(self) -> None:
        self.keys.clear()
        self.amounts.clear()

    def rescale(self, price_factor: int, amount_factor: int) -> None:
        self.amounts = {key * price_factor: self.amounts[key] * amount_factor for key in self.keys}
        self.keys = list(self.amounts)

    def words(self, price_factor: int, amount_factor: int) -> bytes:
        """Keys, then amounts, as 64-bit words at a fixed scale, whatever the scale in force."""
        keys = array("Q", [key * price_factor & _WORD for key in self.keys])
        amounts = array("Q", [self.amounts[key] * amount_factor & _WORD for key in self.keys])
        return keys.tobytes() + amounts.tobytes()


class LevelExport:
    """A book's levels for a reader that keeps a copy: it remembers what it told."""

    __slots__ = ("_book", "_decimals", "_snapshot_uid", "_told")

    def __init__(self, book: "OrderBook") -> None:
        self._book = book
        self._snapshot_uid: int | None = None
        self._decimals = (0, 0)
        self._told: tuple[dict[int, int], dict[int, int]] = ({}, {})

    def whole(self) -> tuple[bytes, bytes]:
        """Every level, the worst first, as packed 64-bit floats: price, amount, id."""
        return self._tell(({}, {}))

    def changes(self) -> tuple[bytes, bytes] | None:
        """What changed since this was last told; None where only the whole tells it."""
        if self._book.snapshot_uid != self._snapshot_uid:
            return None
        _, decimals = self._book.keyed()
        factors = [10 ** (now - before) for now, before in zip(decimals, self._decimals, strict=True)]
        before = [{key * factors[0]: amount * factors[1] for key, amount in side.items()} for side in self._told]
        return self._tell((before[0], before[1]))

    def _tell(self, before: tuple[dict[int, int], dict[int, int]]) -> tuple[bytes, bytes]:
        sides, self._decimals = self._book.keyed()
        self._snapshot_uid = self._book.snapshot_uid
        self._told = dict(sides[0]), dict(sides[1])
        return self._packed(before[0], self._told[0]), self._packed(before[1], self._told[1])

    def _packed(self, before: dict[int, int], now: dict[int, int]) -> bytes:
        prices, amounts = 10 ** self._decimals[0], 10 ** self._decimals[1]
        rows = array("d")
        for key in sorted(before.keys() | now.keys()):
            if before.get(key) != now.get(key):
                rows.extend((abs(key) / prices, now.get(key, 0) / amounts, self._book.last_diff_uid))
        return rows.tobytes()


class OrderBook(BookQueries):
    """One pair's book. Exact answers are `Decimal`, those for speed `float`."""

    __slots__ = (
        "_amount_decimals", "_asks", "_bids", "_price_decimals", "_ticker", "last_diff_uid",
        "last_trade_price", "snapshot_uid", "state", "symbol", "trading_pair", "valid_depth",
    )  # fmt: skip

    def __init__(self, trading_pair: str, symbol: str) -> None:
        self.trading_pair, self.symbol = trading_pair, symbol
        self.state = BookState.AWAITING_SNAPSHOT
        self.snapshot_uid = self.last_diff_uid = 0
        self.last_trade_price = _NAN
        #: Lowest bid and highest ask of the last snapshot: what lies beyond is unknown until touched.
        self.valid_depth: tuple[Decimal | None, Decimal | None] = (None, None)
        self._bids, self._asks = _Side(1), _Side(-1)
        self._price_decimals = self._amount_decimals = 0
        self._ticker: BookTicker | None = None

    # Facts in.

    def replace(self, snapshot: DepthSnapshot) -> str:
        """Takes the snapshot for the whole of depth. A flaw of size leaves the book as it was."""
        levels = (*snapshot.bids, *snapshot.asks)
        prices, amounts = _decimals(0, levels, 0), _decimals(0, levels, 1)
        if not _fits(levels, prices, amounts):
            return TOO_LONG
        self._price_decimals, self._amount_decimals = prices, amounts
        self._bids.clear()
        self._asks.clear()
        self._put(snapshot.bids, snapshot.asks)
        self.snapshot_uid = self.last_diff_uid = snapshot.last_id
        self.valid_depth = self._worst(self._bids), self._worst(self._asks)
        return self._flaw()

    def apply(self, diff: DepthDiff) -> str:
        """Applies a diff that the sequence law admitted. A flaw of size leaves the book as it was."""
        levels = (*diff.bids, *diff.asks)
        if not self._widen(levels):
            return TOO_LONG
        self._put(diff.bids, diff.asks)
        self.last_diff_uid = diff.last_id
        return self._flaw()

    def apply_ticker(self, ticker: BookTicker) -> bool:
        """Whether the ticker is news: newer than depth and than the ticker before."""
        newest = max(self.last_diff_uid, self._ticker.update_id if self._ticker else self.last_diff_uid)
        if ticker.update_id <= newest:
            return False
        self._ticker = ticker
        return True

    def drop_ticker(self) -> None:
        """Forgets the ticker: after a lost socket its id proves nothing."""
        self._ticker = None

    # Answers.

    @property
    def is_ticker_apart(self) -> bool:
        """Whether the ticker is ahead of depth and tells another touch."""
        ticker = self._newer_ticker
        return ticker is not None and (ticker.best_bid, ticker.best_ask) != (self.best_bid, self.best_ask)

    @property
    def best_bid(self) -> tuple[Decimal, Decimal] | None:
        """Price and amount of depth alone."""
        return next(iter(self.levels(True, 1)), None)

    @property
    def best_ask(self) -> tuple[Decimal, Decimal] | None:
        """Price and amount of depth alone."""
        return next(iter(self.levels(False, 1)), None)

    @property
    def touch_bid(self) -> tuple[Decimal, Decimal] | None:
        """Price and amount, depth and ticker merged by update id."""
        return self._newer_ticker.best_bid if self._newer_ticker else self.best_bid

    @property
    def touch_ask(self) -> tuple[Decimal, Decimal] | None:
        """Price and amount, depth and ticker merged by update id."""
        return self._newer_ticker.best_ask if self._newer_ticker else self.best_ask

    @property
    def top(self) -> tuple[float, float, float, float]:
        """Bid price, bid amount, ask price, ask amount of the merged touch; NaN where a side is empty."""
        ticker = self._newer_ticker
        if ticker is None:
            return (*self._best(self._bids), *self._best(self._asks))
        return (*_floats(ticker.bid), *_floats(ticker.ask))

    def get_price(self, is_buy: bool) -> float:
        """The merged touch that a buy (ask) or a sell (bid) would meet; NaN where the side is empty."""
        return self.top[2 if is_buy else 0]

    def levels(self, is_bid: bool, count: int) -> list[tuple[Decimal, Decimal]]:
        """The best `count` levels of depth, exact, best first."""
        side = self._bids if is_bid else self._asks
        return [
            (self._price(side.sign * key), ScaledNumber(side.amounts[key], self._amount_decimals).exact)
            for key in reversed(side.keys[-count:] if count > 0 else [])
        ]

    def level_export(self) -> "LevelExport":
        """For one reader that keeps a copy."""
        return LevelExport(self)

    def rows(self, is_bid: bool) -> Iterator[OrderBookRow]:
        side = self._bids if is_bid else self._asks
        prices, amounts = 10**self._price_decimals, 10**self._amount_decimals
        as_of = self.snapshot_uid, self.last_diff_uid
        for key in reversed(side.keys):
            yield OrderBookRow(side.sign * key / prices, side.amounts[key] / amounts, self.last_diff_uid)
            if as_of != (self.snapshot_uid, self.last_diff_uid):
                return

    def state_hash(self) -> int:
        """A hash of all levels, the same for the same levels whatever way they came and whichever twin holds them."""
        factors = 10 ** (MOST_DIGITS - self._price_decimals), 10 ** (MOST_DIGITS - self._amount_decimals)
        digest = blake2b(self._bids.words(*factors), digest_size=8)
        digest.update(self._asks.words(*factors))
        return int.from_bytes(digest.digest())

    def keyed(self) -> tuple[tuple[dict[int, int], dict[int, int]], tuple[int, int]]:
        """Amounts of bids and asks by key, and the decimal places of both: for an export, which reads and keeps."""
        return (self._bids.amounts, self._asks.amounts), (self._price_decimals, self._amount_decimals)

    # Within.

    @property
    def _newer_ticker(self) -> BookTicker | None:
        ticker = self._ticker
        return ticker if ticker is not None and ticker.update_id > self.last_diff_uid else None

    def _put(self, bids: Iterable[Level], asks: Iterable[Level]) -> None:
        for side, levels in ((self._bids, bids), (self._asks, asks)):
            for price, amount in levels:
                side.put(_at(price, self._price_decimals), _at(amount, self._amount_decimals))

    def _widen(self, levels: tuple[Level, ...]) -> bool:
        """Brings the book to the decimal places that `levels` need; False where a number would grow too long."""
        prices = _decimals(self._price_decimals, levels, 0)
        amounts = _decimals(self._amount_decimals, levels, 1)
        factors = 10 ** (prices - self._price_decimals), 10 ** (amounts - self._amount_decimals)
        if not _fits(levels, prices, amounts):
            return False
        if factors != (1, 1):
            sides = (self._bids, self._asks)
            highest = max((abs(key) for side in sides for key in side.keys), default=0)
            largest = max(chain(self._bids.amounts.values(), self._asks.amounts.values()), default=0)
            if highest * factors[0] >= _LIMIT or largest * factors[1] >= _LIMIT:
                return False
            for side in sides:
                side.rescale(*factors)
            self._price_decimals, self._amount_decimals = prices, amounts
        return True

    def _flaw(self) -> str:
        bids, asks = self._bids.keys, self._asks.keys
        return CROSSED if bids and asks and bids[-1] >= -asks[-1] else ""

    def _price(self, scaled: int) -> Decimal:
        return ScaledNumber(scaled, self._price_decimals).exact

    def _worst(self, side: _Side) -> Decimal | None:
        return self._price(side.sign * side.keys[0]) if side.keys else None

    def _best(self, side: _Side) -> tuple[float, float]:
        if not side.keys:
            return _NAN, _NAN
        key = side.keys[-1]
        return side.sign * key / 10**self._price_decimals, side.amounts[key] / 10**self._amount_decimals


def _at(number: ScaledNumber, decimals: int) -> int:
    factor: int = 10 ** (decimals - number.decimals)
    return number.digits * factor


def _decimals(least: int, levels: Iterable[Level], column: int) -> int:
    return max(least, max((level[column].decimals for level in levels), default=0))


def _fits(levels: Iterable[Level], prices: int, amounts: int) -> bool:
    return all(_at(price, prices) < _LIMIT and _at(amount, amounts) < _LIMIT for price, amount in levels)


def _floats(level: Level) -> tuple[float, float]:
    if not level.price.digits:
        return _NAN, _NAN
    (price, price_decimals), (amount, amount_decimals) = level
    return price / 10**price_decimals, amount / 10**amount_decimals
