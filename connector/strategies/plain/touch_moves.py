"""What a move of the touch asks for, told by comparing floats and whole ticks, without a view or a decision. The
specification of the compiled twin, which answers while the frame that moved it is being read.

A touch is a book's `top`: price and amount of the best bid, and of the best ask; NaN where a side is empty.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, NamedTuple, Protocol

from connector.core.intents import ModifyIntent, OrderIntent

Top = tuple[float, float, float, float]
#: What bounds say of a touch: nothing is to do; a whole look is needed; it lies beyond them.
NOTHING, LOOK, BEYOND = 0, 1, 2
#: Numbers of ticks up to here are exact as floats, and their products with a factor fit into 64 bits.
MOST_TICKS: Final = 10**9
MOST_SCALE: Final = 10**9
#: How far a price may be off a whole number of ticks, as floats are; and what lies so near to a bound is not told.
_OFF_TICK, _MARGIN = 1e-5, 1e-9


@dataclass(frozen=True, slots=True)
class Pull:
    """A quote that goes at once where the reference price is below `low` or above `high`."""

    client_order_id: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quiet:
    """Bounds of prices, exclusive, and of time within which nothing is asked for."""

    until_ms: int
    #: The reference price: parts of best bid and best ask, and what does not move with the touch.
    bid_part: float
    ask_part: float
    fixed: float
    low: float
    high: float
    bid_above: float
    ask_below: float
    pulls: tuple[Pull, ...]

    def holds(self, bid: float, ask: float) -> bool:
        """Whether nothing is to do at that touch, before `until_ms`; False while a side is empty."""
        reference = bid * self.bid_part + ask * self.ask_part + self.fixed
        return self.low < reference < self.high and bid > self.bid_above and ask < self.ask_below

    def verdict(self, top: Top, own_bids: Mapping[float, float], own_asks: Mapping[float, float]) -> int:
        """NOTHING, LOOK or BEYOND at that touch. A side of it that may be ours alone needs a whole look: what is behind
        it counts then. Ours are given as amounts by price."""
        bid, bid_amount, ask, ask_amount = top
        if bid_amount <= own_bids.get(bid, 0.0) or ask_amount <= own_asks.get(ask, 0.0):
            return LOOK
        return NOTHING if self.holds(bid, ask) else BEYOND

    def pulled(self, bid: float, ask: float) -> tuple[str, ...]:
        """The quotes that go at once at that touch, whatever else is decided."""
        reference = bid * self.bid_part + ask * self.ask_part + self.fixed
        return tuple(pull.client_order_id for pull in self.pulls if reference < pull.low or reference > pull.high)


@dataclass(frozen=True, slots=True)
class TickSide:
    """A side that has one quote at most, in ticks. Without one its id is empty."""

    #: +1 buys, -1 sells.
    sign: int
    #: Its share of the reference price, times the scale of the way.
    factor: int
    #: Twice the reference price from which on, or down to which, nothing of the side is quoted.
    capped_at: int
    #: No quote is placed before.
    place_from_ms: int
    client_order_id: str = ""
    price: int = 0
    #: The prices at which it stays where it is.
    keep_low: int = 0
    keep_high: int = 0
    #: How far from the mark price it may be, as a factor; 0: as far as it likes.
    band: float = 0.0
    #: Whether it may be asked to another price at all.
    may_move: bool = True
    #: The prices that it was asked to a short while ago, and until when it is not asked to them again.
    asked: tuple[tuple[int, int], ...] = ()

    def is_capped(self, twice_reference: int) -> bool:
        return self.sign * (twice_reference - self.capped_at) >= 0

    def wanted(self, twice_reference: int, scale: int) -> int:
        """Its price at that reference price, on the grid and away from the market."""
        return self.sign * (self.sign * twice_reference * self.factor // (2 * scale))

    def may_rest(self, price: int, best: int, mark: float, tick: float, other: "TickSide") -> bool:
        """Whether it would rest at that price: within the band, and meeting neither the market nor an order of ours."""
        if not self.may_move or price <= 0 or self.sign * (price - best) >= 0:
            return False
        if other.client_order_id and self.sign * (price - other.price) >= 0:
            return False
        if not mark or not self.band:
            return True
        return self.sign * (price * tick - mark * self.band) < -_MARGIN * mark

    def was_asked(self, price: int, now_ms: int) -> bool:
        return any(price == asked and now_ms < until_ms for asked, until_ms in self.asked)


@dataclass(frozen=True, slots=True)
class ShortWay:
    """The decision of one quote a side where the touch alone moved. Ticks are at most `MOST_TICKS`, `scale` at most
    `MOST_SCALE`."""

    trading_pair: str
    tick: Decimal
    scale: int
    #: Of best bid and best ask in twice the reference price.
    bid_weight: int
    ask_weight: int
    minimum_spread: float
    until_ms: int
    buys: TickSide
    sells: TickSide
    #: As it was last: most often it is still the same object.
    mark_price: Decimal | None = None

    def changes(self, top: Top, mark_price: Decimal | None, now_ms: int) -> tuple[ModifyIntent, ...] | None:
        """The quotes that are wanted at another price, as the whole decision has it; None where that is not plain to
        see, and the whole decision is needed."""
        tick = float(self.tick)
        bid, ask = _ticks(top[0] / tick), _ticks(top[2] / tick)
        if now_ms >= self.until_ms or not bid or not ask:
            return None
        mark = 0.0 if mark_price is None else float(mark_price)
        twice = bid * self.bid_weight + ask * self.ask_weight
        found: list[ModifyIntent] = []
        for side, other, best in ((self.buys, self.sells, ask), (self.sells, self.buys, bid)):
            if not side.client_order_id:
                if now_ms >= side.place_from_ms and not side.is_capped(twice):
                    return None
                continue
            if side.sign * (twice / 2 - side.price) < (self.minimum_spread + _MARGIN) * twice / 2:
                return None
            price = side.wanted(twice, self.scale)
            if side.keep_low <= price <= side.keep_high:
                continue
            if side.is_capped(twice) or not side.may_rest(price, best, mark, tick, other):
                return None
            if not side.was_asked(price, now_ms):
                found.append(ModifyIntent(self.trading_pair, side.client_order_id, self.tick * price))
        return tuple(found)


class Book(Protocol):
    """The part of a book that is asked."""

    @property
    def top(self) -> Top: ...


class Funding(Protocol):
    """The part of a pair's funding that is asked."""

    @property
    def mark_price(self) -> Decimal | None: ...


class Gates(Protocol):
    """Whether the connector is ready."""

    @property
    def ready(self) -> bool: ...


class Sources(NamedTuple):
    """What a touch is judged by."""

    gates: Gates
    book: Book
    funding: Funding
    now_ms: Callable[[], int]


class Hands(NamedTuple):
    """What an answer is carried out by."""

    pull: Callable[[tuple[str, ...]], None]
    #: Handed the changes and the time; what need not be before the bytes is no matter of it.
    reprice: Callable[[tuple[ModifyIntent, ...], int], None]
    #: Called after it, with the changes, the time and the mark price that they were reckoned by.
    note: Callable[[tuple[ModifyIntent, ...], int, Decimal | None], None]


class TouchWatch:
    """A strategy at rest: what a move of the touch asks for leaves from here, while the frame is being read."""

    def __init__(self, sources: Sources, hands: Hands) -> None:
        self._sources = sources
        self._hands = hands
        self._quiet: Quiet | None = None
        self._short_way: ShortWay | None = None
        self._own_bids: Mapping[float, float] = {}
        self._own_asks: Mapping[float, float] = {}

    def wake(self) -> None:
        """Each move of the touch needs a whole look, until one has ended."""
        self._quiet = None

    def rest(
        self,
        quiet: Quiet | None,
        short_way: ShortWay | None,
        own_bids: Mapping[float, float],
        own_asks: Mapping[float, float],
    ) -> None:
        """A look has ended, whose bounds these are; ours at the touch are given as amounts by price."""
        self._quiet, self._short_way, self._own_bids, self._own_asks = quiet, short_way, own_bids, own_asks

    def needs_look(self) -> bool:
        """Whether the touch, where it is now, needs a whole look. What does not is done here."""
        quiet, way, sources = self._quiet, self._short_way, self._sources
        if quiet is None or not sources.gates.ready:
            return True
        top = sources.book.top
        verdict = quiet.verdict(top, self._own_bids, self._own_asks)
        if verdict != BEYOND:
            return verdict == LOOK
        pulled = quiet.pulled(top[0], top[2])
        if pulled:
            self._hands.pull(pulled)
            return True
        if way is None:
            return True
        mark_price, now_ms = sources.funding.mark_price, sources.now_ms()
        changes = way.changes(top, mark_price, now_ms)
        if changes is None:
            return True
        if changes:
            self._hands.reprice(changes, now_ms)
        self._hands.note(changes, now_ms, mark_price)
        return False


def at_price(intent: OrderIntent, price: Decimal) -> OrderIntent:
    """The same order at another price."""
    return replace(intent, price=price)


def _ticks(price: float) -> int:
    """A price in ticks as a whole number of them; 0 where it is none."""
    if not 1 <= price <= MOST_TICKS:
        return 0
    whole = round(price)
    return whole if abs(price - whole) < _OFF_TICK else 0
