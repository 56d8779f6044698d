"""Both twins and a model of a few lines, driven with one stream of frames through the feed itself.

The model knows the law of the venue's page and nothing of the twins: a dictionary a side, a list for the buffer.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.core.enums import BookState
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from tests.companions.market import scenes
from tests.companions.market.scenes import PAIR, PLAIN, D, followed, packed, wrapped

Rows = list[tuple[str, str]]
Side = dict[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Event:
    """What a depth frame carries."""

    first: int
    last: int
    previous: int
    bids: Rows
    asks: Rows


@dataclass(slots=True)
class Model:
    """What the book should be. `has_followed`: an event came after the snapshot."""

    bids: Side = field(default_factory=dict)
    asks: Side = field(default_factory=dict)
    buffer: list[Event] = field(default_factory=list)
    ticker: tuple[int, str, str, str, str] | None = None
    state: BookState = BookState.AWAITING_SNAPSHOT
    has_followed: bool = False
    last: int = 0
    frames: int = 0
    applied: int = 0
    skipped: int = 0
    resyncs: int = 0
    gaps: int = 0

    def depth(self, event: Event) -> None:
        self.frames += 1
        if self.state is not BookState.VALID:
            self.keep(event)
        elif event.last < self.last or (self.has_followed and event.last <= self.last):
            self.skipped += 1
        elif not self.fits(event):
            self.gaps += 1
            self.lose()
            self.keep(event)
        elif not self.apply(event):
            self.lose()
            self.keep(event)

    def fits(self, event: Event) -> bool:
        if self.has_followed:
            return event.previous == self.last
        return event.first <= self.last <= event.last or event.previous == self.last

    def apply(self, event: Event) -> bool:
        self.last, self.has_followed = event.last, True
        change(self.bids, event.bids)
        change(self.asks, event.asks)
        is_sound = not self.is_crossed()
        self.applied += is_sound
        return is_sound

    def is_crossed(self) -> bool:
        return bool(self.bids and self.asks) and max(self.bids) >= min(self.asks)

    def lose(self) -> None:
        self.resyncs += 1
        self.state = BookState.INVALID

    def keep(self, event: Event) -> None:
        if self.buffer and event.previous != self.buffer[-1].last:
            if event.last <= self.buffer[-1].last:
                self.skipped += 1
                return
            self.gaps += 1
            self.drop_buffer()
        self.buffer.append(event)

    def drop_buffer(self) -> None:
        self.skipped += len(self.buffer)
        self.buffer.clear()

    def snapshot(self, last_id: int, bids: Rows, asks: Rows) -> None:
        if self.state is BookState.VALID:
            return
        newer = [event for event in self.buffer if event.last >= last_id]
        if newer and not (newer[0].first <= last_id or newer[0].previous == last_id):
            return
        self.bids, self.asks, self.last, self.has_followed = {}, {}, last_id, False
        change(self.bids, bids)
        change(self.asks, asks)
        if self.is_crossed():
            return
        self.state = BookState.VALID
        while self.buffer:
            event = self.buffer[0]
            if event.last < self.last:
                self.skipped += 1
            elif not self.apply(event):
                self.lose()
                return
            self.buffer.pop(0)

    def lose_socket(self) -> None:
        self.drop_buffer()
        self.ticker = None
        if self.state is BookState.VALID:
            self.state = BookState.INVALID

    def tick(self, ticker: tuple[int, str, str, str, str]) -> None:
        self.frames += 1
        if ticker[0] > max(self.last, self.ticker[0] if self.ticker else 0):
            self.ticker = ticker

    def levels(self, is_bid: bool) -> list[tuple[Decimal, Decimal]]:
        return sorted((self.bids if is_bid else self.asks).items(), reverse=is_bid)

    def touch(self, is_bid: bool) -> tuple[Decimal, Decimal] | None:
        if self.ticker is not None and self.ticker[0] > self.last:
            price, amount = self.ticker[1:3] if is_bid else self.ticker[3:5]
            return D(price), D(amount)
        return next(iter(self.levels(is_bid)), None)


def change(side: Side, rows: Rows) -> None:
    for price, amount in rows:
        side.pop(D(price), None)
        if D(amount):
            side[D(price)] = D(amount)


#: Around a touch that wanders, far off it as the venue's are, and off the grid.
MIDDLES = st.sampled_from([61_800, 61_790, 62_500, 48_000, 9_000])
FAR = st.sampled_from(["560.00", "621368.70", "1", "0.1", "99999.9", "61799.95", "61800.0001"])
FRACTIONS = st.sampled_from(["", ".0", ".10", ".5", ".90"])
AMOUNTS = st.sampled_from(["0", "0.000", "0.001", "1", "12.5", "7.25", "123456.789", "0.00000001"])
SIDE = st.lists(st.tuples(st.integers(1, 30), FRACTIONS, AMOUNTS), max_size=8)
AHEAD = st.sampled_from([0, 0, 0, 0, -3, -7, -9, -15, 4, 20])
LIFTS = st.sampled_from([0] * 12 + [40])
FORMS = st.sampled_from(["even", "even today", "even raw", "wrapped", "raw", "today", "turned", "spaced", "grown"])
STEPS = st.one_of(
    *[st.tuples(st.just("next"), SIDE, SIDE, MIDDLES, FORMS, LIFTS)] * 4,
    st.tuples(st.just("run"), st.lists(SIDE, max_size=6), MIDDLES),
    st.tuples(st.just("lost"), SIDE, SIDE, MIDDLES, FORMS),
    st.tuples(st.just("far"), FAR, AMOUNTS, FORMS),
    st.tuples(st.just("again"), st.integers(1, 6)),
    st.tuples(st.just("swapped"), SIDE, SIDE),
    *[st.tuples(st.just("snapshot"), AHEAD, SIDE, SIDE, MIDDLES)] * 2,
    st.tuples(st.just("socket")),
    st.tuples(st.just("ticker"), st.integers(-9, 9), AMOUNTS),
    st.tuples(st.just("broken"), st.integers(1, 60)),
    st.tuples(st.just("foreign"), SIDE),
)


class Bench:
    """A venue that writes frames, and all who read them."""

    def __init__(self, twins: list[tuple[MarketFeed, SymbolFeed]]) -> None:
        self.twins, self.model = twins, Model()
        self.last = 1000
        self.past: list[tuple[Event, bytes]] = []
        self.malformed = self.others = 0

    def event(self, bids: Rows, asks: Rows, form: str = "wrapped") -> tuple[Event, bytes]:
        event = Event(self.last + 2, self.last + 7, self.last, bids, asks)
        self.last += 7
        self.past.append((event, frame_of(event, form)))
        return self.past[-1]

    def send(self, event: Event, frame: bytes) -> None:
        self.frame(frame)
        self.model.depth(event)

    def frame(self, frame: bytes) -> None:
        for feed, _ in self.twins:
            feed.on_frame(frame, 1)

    def take(self, step: tuple[Any, ...]) -> None:
        getattr(self, step[0])(*step[1:])

    def next(self, bids: Any, asks: Any, middle: int, form: str, lift: int) -> None:
        self.send(*self.event(rows(bids, middle + lift, -1), rows(asks, middle, 1), form))

    def run(self, sides: Any, middle: int) -> None:
        for number, side in enumerate(sides):
            fields = rows(side, middle, -1 if number % 2 else 1)
            self.send(*(self.event(fields, [], "even") if number % 2 else self.event([], fields, "even today")))

    def lost(self, bids: Any, asks: Any, middle: int, form: str) -> None:
        self.event(rows(bids, middle, -1), rows(asks, middle, 1), form)

    def far(self, price: str, amount: str, form: str) -> None:
        is_bid = D(price) < 5_000
        self.send(*self.event([(price, amount)] if is_bid else [], [] if is_bid else [(price, amount)], form))

    def again(self, back: int) -> None:
        if len(self.past) >= back:
            self.send(*self.past[-back])

    def swapped(self, bids: Any, asks: Any) -> None:
        early, late = self.event(rows(bids, 61_800, -1), []), self.event([], rows(asks, 61_800, 1))
        self.send(*late)
        self.send(*early)

    def snapshot(self, ahead: int, bids: Any, asks: Any, middle: int) -> None:
        fields = (self.last + ahead, evened(rows(bids, middle, -1)), evened(rows(asks, middle, 1)))
        for _, one in self.twins:
            assert one.on_snapshot(scenes.snapshot(*fields), 1) is not one.needs_snapshot
        self.model.snapshot(*fields)

    def socket(self) -> None:
        for _, one in self.twins:
            one.invalidate("the socket was lost")
        self.model.lose_socket()

    def ticker(self, ahead: int, amount: str) -> None:
        fields = (self.last + ahead, "61799.9", amount, "61800.10", "1.5")
        self.frame(wrapped(scenes.ticker(*fields), "btcusdt@bookTicker"))
        self.model.tick(fields)

    def broken(self, cut: int) -> None:
        event = Event(self.last + 2, self.last + 7, self.last, [("61700", "1"), ("61701", "2")], [])
        self.frame(frame_of(event, "wrapped")[:-cut])
        self.malformed += 1

    def foreign(self, bids: Any) -> None:
        event = Event(self.last + 2, self.last + 7, self.last, rows(bids, 61_800, -1), [])
        self.frame(wrapped({**fields_of(event), "st": 2}))
        self.others += 1

    def check(self) -> None:
        model = self.model
        for feed, one in self.twins:
            book = one.book
            assert (feed.malformed, feed.foreign, feed.ignored) == (self.malformed, self.others, 0)
            assert book.state is model.state
            counts = (one.frames, one.applied, one.skipped, one.resyncs, one.gaps, one.buffered)
            want = (model.frames, model.applied, model.skipped, model.resyncs, model.gaps, len(model.buffer))
            assert counts == want
            assert book.last_diff_uid == model.last
            for is_bid in (True, False):
                assert book.levels(is_bid, 10_000) == model.levels(is_bid)
            assert (book.best_bid, book.best_ask) == tuple(
                next(iter(model.levels(is_bid)), None) for is_bid in (True, False)
            )
            assert (book.touch_bid, book.touch_ask) == (model.touch(True), model.touch(False))
            assert [text(figure) for figure in book.top] == [
                text(figure) for is_bid in (True, False) for figure in model.touch(is_bid) or (NAN, NAN)
            ]
        assert len({one.book.state_hash() for _, one in self.twins}) == 1


NAN = float("nan")


def text(figure: object) -> str:
    """A float by its text: NaN is like NaN."""
    return repr(float(figure))  # type: ignore[arg-type]


def rows(side: Any, middle: int, sign: int) -> Rows:
    return [(f"{middle + sign * step}{fraction}", amount) for step, fraction, amount in side]


def evened(rows: Rows) -> Rows:
    return [(f"{D(price):.4f}", f"{D(amount):.8f}") for price, amount in rows]


def fields_of(event: Event) -> dict[str, Any]:
    return scenes.depth(event.first, event.last, event.previous, bids=event.bids, asks=event.asks)


def frame_of(event: Event, form: str) -> bytes:
    """One event in the forms a frame may come in. Even: all numbers with the same decimals, as the venue has them."""
    if form.startswith("even"):
        event = replace(event, bids=evened(event.bids), asks=evened(event.asks))
        form = form.removeprefix("even").strip()
    fields = fields_of(event)
    if form == "raw":
        return packed(fields)
    if form == "today":
        return wrapped({**fields, "st": 1, "ps": PAIR})
    if form == "turned":
        return wrapped(dict(reversed(fields.items())))
    if form == "spaced":
        return wrapped(fields).replace(b",", b" , ").replace(b":[", b": [")
    if form == "grown":
        return wrapped({"new": [["1", "2"], {"b": "3"}], **fields, "x": None})
    return wrapped(fields)


@settings(max_examples=250, deadline=None)
@given(steps=st.lists(STEPS, min_size=12, max_size=40), bids=SIDE, asks=SIDE)
def test_both_twins_and_the_model_hold_one_book_whatever_comes(
    steps: list[tuple[Any, ...]], bids: Any, asks: Any
) -> None:
    compiled = scenes.compiled_decoder()
    if compiled is None:
        pytest.skip("the compiled twin was not built: there is nothing to compare")
    bench = Bench([followed(PLAIN), followed(compiled)])
    bench.snapshot(0, bids, asks, 61_800)
    for step in steps:
        bench.take(step)
        bench.check()
